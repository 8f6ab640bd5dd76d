//! A chat's presence hub: who is connected, and which rooms each connection follows.

use std::time::Duration;

use rustc_hash::FxHashMap;

use crate::{
    hunt::{Case, InUse, hunt},
    simulated::Hours,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ConnectionId(u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RoomId(u32);

#[derive(Debug, Default)]
struct Connection {
    rooms: Vec<RoomId>,
}

#[derive(Debug)]
struct Subscription {
    muted: bool,
}

#[mapkeeper::tracked]
#[derive(Debug, Default)]
struct PresenceHub {
    #[map]
    connections: FxHashMap<ConnectionId, Connection>,
    #[map]
    subscriptions: FxHashMap<(ConnectionId, RoomId), Subscription>,
    last_id: u64,
    /// Messages written to connections.
    sent: usize,
    /// Feature flag: whoever is disconnected leaves the rooms. Off, because clients leave them
    /// before they say goodbye. Those that lose their network say nothing.
    leave_on_disconnect: bool,
}

impl PresenceHub {
    fn connect(&mut self) -> ConnectionId {
        self.last_id += 1;
        let id = ConnectionId(self.last_id);
        self.connections.insert(id, Connection::default());
        id
    }

    fn join(&mut self, id: ConnectionId, room: RoomId, muted: bool) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if !connection.rooms.contains(&room) {
            connection.rooms.push(room);
            let subscription = Subscription { muted };
            self.subscriptions.insert((id, room), subscription);
        }
    }

    fn leave(&mut self, id: ConnectionId, room: RoomId) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.rooms.retain(|joined| *joined != room);
        }
        self.subscriptions.remove(&(id, room));
    }

    /// The connection is closed, by the client or by a time-out of its pings.
    fn disconnect(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.remove(&id) else {
            return;
        };
        if self.leave_on_disconnect {
            for room in connection.rooms {
                self.subscriptions.remove(&(id, room));
            }
        }
    }

    /// Tells a room something.
    fn announce(&mut self, room: RoomId) {
        let in_room = self.subscriptions.iter().filter(|((_, of), _)| *of == room);
        self.sent += in_room
            .filter(|(_, subscription)| !subscription.muted)
            .count();
    }

    /// Forgets the subscriptions of connections that are gone.
    fn purge(&mut self) -> usize {
        let before = self.subscriptions.len();
        let connections = &self.connections;
        self.subscriptions
            .retain(|(id, _), _| connections.contains_key(id));
        before - self.subscriptions.len()
    }
}

pub(crate) const CASE: Case = Case {
    name: "presence-hub",
    leak: "the disconnect path forgets",
    service: "A chat's presence hub: who is connected, and which rooms each connection follows.",
    fix: "the flag leave_on_disconnect is on",
    map: "PresenceHub.subscriptions",
    file: "presence_hub.rs",
    source: include_str!("presence_hub.rs"),
    insertion: "self.subscriptions.insert((id, room)",
    hunt: hunt::<Users>,
};

/// People who chat for a quarter of an hour, in some rooms for all that time and in others for
/// minutes. One in five loses the network instead of closing the chat.
pub(crate) struct Users {
    hub: PresenceHub,
}

const CONNECTIONS_PER_HOUR: f64 = 5_000.0;
const ROOMS: u32 = 800;
const LOSES_THE_NETWORK: f64 = 0.2;

pub(crate) enum Chat {
    Opened,
    Joins(ConnectionId),
    Leaves(ConnectionId, RoomId),
    Closed(ConnectionId),
    Lost(ConnectionId),
    Announced,
}

impl InUse for Users {
    type Event = Chat;

    fn opens(hours: &mut Hours<Chat>) -> Self {
        hours.arrives(CONNECTIONS_PER_HOUR, Chat::Opened);
        hours.after(Duration::from_secs(30), Chat::Announced);
        Self {
            hub: PresenceHub::default(),
        }
    }

    fn happens(&mut self, event: Chat, hours: &mut Hours<Chat>) {
        match event {
            Chat::Opened => {
                let id = self.hub.connect();
                let stays = hours.takes(900.0, 0.7);
                for _ in 0..1 + hours.below(6) {
                    let joins = stays.mul_f64(f64::from(hours.below(100)) / 100.0);
                    hours.after(joins, Chat::Joins(id));
                }
                let lost = hours.chance(LOSES_THE_NETWORK);
                let end = if lost { Chat::Lost } else { Chat::Closed };
                hours.after(stays, end(id));
                hours.arrives(CONNECTIONS_PER_HOUR, Chat::Opened);
            }
            Chat::Joins(id) => {
                let room = RoomId(hours.below(ROOMS));
                self.hub.join(id, room, hours.chance(0.1));
                if hours.chance(0.6) {
                    let reads = hours.takes(180.0, 0.8);
                    hours.after(reads, Chat::Leaves(id, room));
                }
            }
            Chat::Leaves(id, room) => {
                if self.hub.connections.contains_key(&id) {
                    self.hub.leave(id, room);
                }
            }
            Chat::Closed(id) => {
                let rooms = self.hub.connections.get(&id).map(|of| of.rooms.clone());
                for room in rooms.into_iter().flatten() {
                    self.hub.leave(id, room);
                }
                self.hub.disconnect(id);
            }
            Chat::Lost(id) => self.hub.disconnect(id),
            Chat::Announced => {
                self.hub.announce(RoomId(hours.below(ROOMS)));
                hours.after(Duration::from_secs(30), Chat::Announced);
            }
        }
    }

    fn fix(&mut self) -> usize {
        self.hub.leave_on_disconnect = true;
        self.hub.purge()
    }
}
