//! Messages, rooms and subscribers.

use std::{
    collections::{HashMap as Table, VecDeque},
    sync::{Arc, Weak},
};

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, MINUTE, SECOND, Sim, leaky},
};

pub(super) static MODELS: [Model; 6] = [
    Model::of::<Dedup<true>>(),
    Model::of::<Dedup<false>>(),
    Model::of::<Rooms<true>>(),
    Model::of::<Rooms<false>>(),
    Model::of::<Flags<true>>(),
    Model::of::<Flags<false>>(),
];

/// The messages of the last five minutes, 2,000 at most: what falls out of a full window is forgotten in the queue only.
#[mapkeeper::tracked]
#[derive(Default)]
struct Dedup<const BUGGY: bool> {
    #[map]
    seen: StdMap<u64, u64>,
    window: VecDeque<(u64, u64)>,
}

enum Message {
    New,
    Arrives(u64),
    Expire,
}

const MESSAGES: Load = Load::per_hour(8_000.0).daily(0.3).bursts(54.0, 6.0, 8.0);
const WINDOW: usize = 2_000;

impl<const BUGGY: bool> Dedup<BUGGY> {
    /// How many were forgotten in the queue only.
    fn arrives(&mut self, message: u64, now: u64) -> usize {
        if self.seen.contains_key(&message) {
            return 0;
        }
        leaky!(self.seen.insert(message, now));
        self.window.push_back((message, now));
        if self.window.len() <= WINDOW {
            return 0;
        }
        let oldest = self.window.pop_front();
        match oldest {
            Some((oldest, _)) if !BUGGY => {
                self.seen.remove(&oldest);
                0
            }
            _ => 1,
        }
    }
}

impl<const BUGGY: bool> Service for Dedup<BUGGY> {
    type Event = Message;
    const NAME: &'static str = if BUGGY {
        "dedup-window-full"
    } else {
        "dedup-window"
    };
    const ROW: Row = if BUGGY {
        Row::ErrorPath
    } else {
        Row::Healthy("window")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Dedup.seen", 0.42))
    } else {
        Truth::Healthy { at_most: 2_001 }
    };

    fn open(sim: &mut Sim<Message>) -> Self {
        sim.arrive(&MESSAGES, Message::New);
        sim.round(10 * SECOND, Message::Expire);
        Self::default()
    }

    fn handle(&mut self, event: Message, sim: &mut Sim<Message>) {
        let now = sim.now();
        match event {
            Message::New => {
                let id = sim.id();
                sim.after(0, Message::Arrives(id));
                // Delivered at least once.
                if sim.chance(0.1) {
                    let again = 1 + sim.below(20 * SECOND);
                    sim.after(again, Message::Arrives(id));
                }
                sim.arrive(&MESSAGES, Message::New);
            }
            Message::Arrives(id) => {
                let forgotten = self.arrives(id, now);
                sim.lose(forgotten);
            }
            Message::Expire => {
                while let Some((message, at)) = self.window.front().copied()
                    && at + 5 * MINUTE < now
                {
                    self.window.pop_front();
                    self.seen.remove(&message);
                }
                sim.round(10 * SECOND, Message::Expire);
            }
        }
    }

    fn held(&self) -> usize {
        self.seen.len()
    }
}

/// Who is in which room, and over which socket. Who comes back over a new socket is in the room already; when the old
/// socket closes, there is nobody to take out, and it stays in the other map.
#[mapkeeper::tracked]
#[derive(Default)]
struct Rooms<const BUGGY: bool> {
    #[map]
    members: StdMap<(u32, u64), u64>,
    #[map]
    sockets: FxHashMap<u64, (u32, u64)>,
}

enum Chat {
    Joins,
    Switches(u32, u64),
    Closes(u64, u32, u64),
}

const JOINS: Load = Load::per_hour(10_000.0).daily(0.8);
const CHAT_TIME: Life = Life::log_normal(480.0, 1.3);

impl<const BUGGY: bool> Rooms<BUGGY> {
    fn join(&mut self, room: u32, user: u64, sim: &mut Sim<Chat>) {
        let socket = sim.id();
        self.members.insert((room, user), socket);
        leaky!(self.sockets.insert(socket, (room, user)));
        let stays = sim.draw(&CHAT_TIME);
        // From the train into the office: a new socket before the old one has timed out.
        if sim.chance(0.08) {
            sim.after(stays, Chat::Switches(room, user));
            sim.after(stays + 20 * SECOND, Chat::Closes(socket, room, user));
        } else {
            sim.after(stays, Chat::Closes(socket, room, user));
        }
    }

    /// Whether the socket was left behind.
    fn close(&mut self, socket: u64, room: u32, user: u64) -> bool {
        let is_current = self.members.get(&(room, user)) == Some(&socket);
        if is_current {
            self.members.remove(&(room, user));
        } else if BUGGY {
            return true;
        }
        self.sockets.remove(&socket);
        false
    }
}

impl<const BUGGY: bool> Service for Rooms<BUGGY> {
    type Event = Chat;
    const NAME: &'static str = if BUGGY {
        "room-socket-switched"
    } else {
        "rooms-and-sockets"
    };
    const ROW: Row = if BUGGY {
        Row::WrongMoment
    } else {
        Row::Healthy("index")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Rooms.sockets", 0.08))
    } else {
        Truth::Healthy { at_most: 30_000 }
    };

    fn open(sim: &mut Sim<Chat>) -> Self {
        sim.arrive(&JOINS, Chat::Joins);
        Self::default()
    }

    fn handle(&mut self, event: Chat, sim: &mut Sim<Chat>) {
        match event {
            Chat::Joins => {
                let (room, user) = (sim.below(500) as u32, sim.id());
                self.join(room, user, sim);
                sim.arrive(&JOINS, Chat::Joins);
            }
            Chat::Switches(room, user) => self.join(room, user, sim),
            Chat::Closes(socket, room, user) => {
                let stays = self.close(socket, room, user);
                sim.lose(usize::from(stays));
            }
        }
    }

    fn held(&self) -> usize {
        self.members.len() + self.sockets.len()
    }
}

/// Streams that want to hear of feature flags. The ones that are gone are taken out when a flag changes; none does.
#[mapkeeper::tracked]
#[derive(Default)]
struct Flags<const BUGGY: bool> {
    #[map]
    listeners: StdMap<u64, Weak<u64>>,
    streams: Table<u64, Arc<u64>>,
}

enum Stream {
    Opens,
    Closes(u64),
    Deploy,
}

const STREAMS: Load = Load::per_hour(5_000.0).daily(0.6);
const STREAM_TIME: Life = Life::log_normal(900.0, 1.0);

impl<const BUGGY: bool> Flags<BUGGY> {
    fn open_stream(&mut self, sim: &mut Sim<Stream>) {
        let (id, stays) = (sim.id(), sim.draw(&STREAM_TIME));
        let stream = Arc::new(id);
        leaky!(self.listeners.insert(id, Arc::downgrade(&stream)));
        sim.lose(usize::from(BUGGY));
        self.streams.insert(id, stream);
        sim.after(stays, Stream::Closes(id));
    }

    fn close(&mut self, id: u64) {
        self.streams.remove(&id);
        if !BUGGY {
            self.listeners.remove(&id);
        }
    }
}

impl<const BUGGY: bool> Service for Flags<BUGGY> {
    type Event = Stream;
    const NAME: &'static str = if BUGGY {
        "flags-never-change"
    } else {
        "flag-listeners"
    };
    const ROW: Row = if BUGGY {
        Row::Disconnect
    } else {
        Row::Healthy("sessions")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Flags.listeners", 1.0))
    } else {
        Truth::Healthy { at_most: 10_000 }
    };

    fn open(sim: &mut Sim<Stream>) -> Self {
        sim.arrive(&STREAMS, Stream::Opens);
        for hour in [5, 11, 17] {
            sim.after(hour * HOUR + 7 * MINUTE, Stream::Deploy);
        }
        Self::default()
    }

    fn handle(&mut self, event: Stream, sim: &mut Sim<Stream>) {
        match event {
            Stream::Opens => {
                self.open_stream(sim);
                sim.arrive(&STREAMS, Stream::Opens);
            }
            Stream::Closes(id) => {
                if self.streams.contains_key(&id) {
                    self.close(id);
                }
            }
            // The proxy in front starts anew: every stream breaks, and most clients are back at once.
            Stream::Deploy => {
                let mut all: Vec<u64> = self.streams.keys().copied().collect();
                all.sort_unstable();
                for id in all {
                    self.close(id);
                    if sim.chance(0.9) {
                        self.open_stream(sim);
                    }
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.listeners.len()
    }
}
