//! The path of those who go without saying so forgets to remove.

use std::collections::HashMap as Table;

use tokio::sync::mpsc;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, Sim, leaky},
};

pub(super) static MODELS: [Model; 4] = [
    Model::of::<SocketServer>(),
    Model::of::<PubSub>(),
    Model::of::<Presence>(),
    Model::of::<EventBus>(),
];

enum Peer {
    Comes,
    Goes(u64),
}

/// Sockets in eight shards. A close frame removes; a reset does not.
struct SocketServer {
    shards: [SocketShard; 8],
}

#[mapkeeper::tracked]
#[derive(Default)]
struct SocketShard {
    #[map]
    sockets: StdMap<u64, [u8; 6]>,
}

const SOCKETS: Load = Load::per_hour(5_000.0).daily(0.7);
const SOCKET_TIME: Life = Life::pareto(45.0, 1.4);

impl Service for SocketServer {
    type Event = Peer;
    const NAME: &'static str = "socket-reset";
    const ROW: Row = Row::Disconnect;
    const TRUTH: Truth = Truth::Leaks(Leak::of("SocketShard.sockets", 0.10));

    fn open(sim: &mut Sim<Peer>) -> Self {
        sim.arrive(&SOCKETS, Peer::Comes);
        Self {
            shards: Default::default(),
        }
    }

    fn handle(&mut self, event: Peer, sim: &mut Sim<Peer>) {
        match event {
            Peer::Comes => {
                let id = sim.id();
                let shard = &mut self.shards[id as usize % 8];
                leaky!(shard.sockets.insert(id, [10, 0, 0, 1, 31, 144]));
                let stays = sim.draw(&SOCKET_TIME);
                sim.after(stays, Peer::Goes(id));
                sim.arrive(&SOCKETS, Peer::Comes);
            }
            Peer::Goes(_) if sim.chance(0.10) => sim.lose(1),
            Peer::Goes(id) => {
                self.shards[id as usize % 8].sockets.remove(&id);
            }
        }
    }

    fn held(&self) -> usize {
        self.shards.iter().map(|shard| shard.sockets.len()).sum()
    }
}

/// A client subscribes to three topics at once. Who unsubscribes leaves all; who drops off leaves only the last one.
#[mapkeeper::tracked]
#[derive(Default)]
struct PubSub {
    #[map]
    subscriptions: StdMap<(u64, u16), u8>,
}

const CLIENTS: Load = Load::per_hour(3_500.0).daily(0.5).bursts(120.0, 4.0, 5.0);
const CLIENT_TIME: Life = Life::log_normal(240.0, 1.1);

impl Service for PubSub {
    type Event = Peer;
    const NAME: &'static str = "pubsub-drop-off";
    const ROW: Row = Row::Disconnect;
    const TRUTH: Truth = Truth::Leaks(Leak::of("PubSub.subscriptions", 0.167));

    fn open(sim: &mut Sim<Peer>) -> Self {
        sim.arrive(&CLIENTS, Peer::Comes);
        Self::default()
    }

    fn handle(&mut self, event: Peer, sim: &mut Sim<Peer>) {
        match event {
            Peer::Comes => {
                let client = sim.id();
                let topics = [1, 2, 3].map(|topic| ((client, topic), 1));
                leaky!(self.subscriptions.extend(topics));
                let stays = sim.draw(&CLIENT_TIME);
                sim.after(stays, Peer::Goes(client));
                sim.arrive(&CLIENTS, Peer::Comes);
            }
            Peer::Goes(client) => {
                let said_so = !sim.chance(0.25);
                self.subscriptions.remove(&(client, 3));
                if said_so {
                    self.subscriptions.remove(&(client, 1));
                    self.subscriptions.remove(&(client, 2));
                } else {
                    sim.lose(2);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.subscriptions.len()
    }
}

/// Since a client release in the ninth hour, a third of the users leaves without the message that removes them.
#[mapkeeper::tracked]
#[derive(Default)]
struct Presence {
    #[map]
    online: StdMap<u64, u64>,
}

const USERS: Load = Load::per_hour(8_000.0).daily(0.3);
const USER_TIME: Life = Life::log_normal(600.0, 1.2);

impl Service for Presence {
    type Event = Peer;
    const NAME: &'static str = "presence-since-release";
    const ROW: Row = Row::Disconnect;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Presence.online", 0.21).since_hour(8));

    fn open(sim: &mut Sim<Peer>) -> Self {
        sim.arrive(&USERS, Peer::Comes);
        Self::default()
    }

    fn handle(&mut self, event: Peer, sim: &mut Sim<Peer>) {
        match event {
            Peer::Comes => {
                let user = sim.id();
                leaky!(self.online.insert(user, sim.now()));
                let stays = sim.draw(&USER_TIME);
                sim.after(stays, Peer::Goes(user));
                sim.arrive(&USERS, Peer::Comes);
            }
            Peer::Goes(user) => {
                let new_release = sim.now() >= 8 * HOUR && sim.chance(0.33);
                if new_release {
                    sim.lose(1);
                } else {
                    self.online.remove(&user);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.online.len()
    }
}

/// Senders of a bus; who unsubscribes is removed, who only drops the receiver is sent to for ever.
#[mapkeeper::tracked]
#[derive(Default)]
struct EventBus {
    #[map]
    subscribers: StdMap<u64, mpsc::Sender<u32>>,
    receivers: Table<u64, mpsc::Receiver<u32>>,
}

const SUBSCRIBERS: Load = Load::per_hour(5_500.0).daily(0.5);
const SUBSCRIBER_TIME: Life = Life::log_normal(120.0, 1.4);

impl Service for EventBus {
    type Event = Peer;
    const NAME: &'static str = "bus-receiver-dropped";
    const ROW: Row = Row::Disconnect;
    const TRUTH: Truth = Truth::Leaks(Leak::of("EventBus.subscribers", 0.30));

    fn open(sim: &mut Sim<Peer>) -> Self {
        sim.arrive(&SUBSCRIBERS, Peer::Comes);
        Self::default()
    }

    fn handle(&mut self, event: Peer, sim: &mut Sim<Peer>) {
        match event {
            Peer::Comes => {
                let id = sim.id();
                let (sender, receiver) = mpsc::channel(1);
                leaky!(self.subscribers.insert(id, sender));
                self.receivers.insert(id, receiver);
                let stays = sim.draw(&SUBSCRIBER_TIME);
                sim.after(stays, Peer::Goes(id));
                sim.arrive(&SUBSCRIBERS, Peer::Comes);
            }
            Peer::Goes(id) => {
                self.receivers.remove(&id);
                if sim.chance(0.30) {
                    sim.lose(1);
                } else {
                    self.subscribers.remove(&id);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.subscribers.len()
    }

    fn audit(&self) {
        let mut senders = self.subscribers.values();
        assert!(
            senders.all(mpsc::Sender::is_closed),
            "a lost sender is open"
        );
    }
}
