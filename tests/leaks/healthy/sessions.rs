//! Sessions whose every path removes: long tails, days and nights, bursts, shards, and work that is planned for later.

use crate::{
    service::{Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, MINUTE, Sim},
};

pub(super) static MODELS: [Model; 7] = [
    Model::of::<WebSessions>(),
    Model::of::<SshSessions>(),
    Model::of::<Downloads>(),
    Model::of::<GameServers>(),
    Model::of::<TicketSale>(),
    Model::of::<MqttBroker>(),
    Model::of::<Reminders>(),
];

const SESSIONS: Row = Row::Healthy("sessions");

enum Session {
    Opens,
    Closes(u64),
}

/// A service of one map from which every session is removed when it closes.
macro_rules! sessions {
    ($(#[$doc:meta])* $service:ident.$map:ident: $value:ty = $new:expr;
     $name:literal, at most $at_most:literal, $load:ident: $arrivals:expr, $time:ident: $life:expr) => {
        $(#[$doc])*
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $service {
            #[map]
            $map: StdMap<u64, $value>,
        }

        const $load: Load = $arrivals;
        const $time: Life = $life;

        impl Service for $service {
            type Event = Session;
            const NAME: &'static str = $name;
            const ROW: Row = SESSIONS;
            const TRUTH: Truth = Truth::Healthy { at_most: $at_most };

            fn open(sim: &mut Sim<Session>) -> Self {
                sim.arrive(&$load, Session::Opens);
                Self::default()
            }

            fn handle(&mut self, event: Session, sim: &mut Sim<Session>) {
                match event {
                    Session::Opens => {
                        let id = sim.id();
                        self.$map.insert(id, $new);
                        let stays = sim.draw(&$time);
                        sim.after(stays, Session::Closes(id));
                        sim.arrive(&$load, Session::Opens);
                    }
                    Session::Closes(id) => drop(self.$map.remove(&id)),
                }
            }

            fn held(&self) -> usize {
                self.$map.len()
            }
        }
    };
}

sessions! {
    /// Minutes, some hours.
    WebSessions.by_cookie: String = "cart".to_owned();
    "sessions-log-normal", at most 12_000,
    WEB: Load::per_hour(8_000.0).daily(0.6), WEB_TIME: Life::log_normal(400.0, 1.5)
}

sessions! {
    /// Minutes, and some that stay open for days.
    SshSessions.open: u32 = 22;
    "sessions-sigma-2", at most 12_000,
    SSH: Load::per_hour(5_000.0).daily(0.4), SSH_TIME: Life::log_normal(300.0, 2.0)
}

sessions! {
    /// A tail without end: the mean says nothing.
    Downloads.running: [u32; 4] = [0; 4];
    "sessions-pareto", at most 6_000,
    DOWNLOADS: Load::per_hour(9_000.0).daily(0.5), DOWNLOAD_TIME: Life::pareto(30.0, 1.2)
}

sessions! {
    /// At night nearly nobody, in the evening everybody.
    GameServers.players: (u64, u64) = (1, 2);
    "sessions-day-and-night", at most 25_000,
    PLAYERS: Load::per_hour(10_000.0).daily(0.97), PLAY_TIME: Life::log_normal(1_800.0, 0.7)
}

sessions! {
    /// Ten times as many for some minutes, every few hours.
    TicketSale.waiting: u64 = 7;
    "sessions-in-bursts", at most 40_000,
    BUYERS: Load::per_hour(12_000.0).bursts(200.0, 12.0, 10.0), WAIT: Life::pareto(60.0, 2.0)
}

/// Sixteen shards of connections; every way to end is handled, the keep-alive too.
struct MqttBroker {
    shards: Vec<MqttShard>,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct MqttShard {
    #[map]
    clients: StdMap<u64, [u8; 8]>,
}

const CLIENTS: Load = Load::per_hour(25_000.0).daily(0.5).bursts(300.0, 10.0, 3.0);
const CLIENT_TIME: Life = Life::log_normal(500.0, 1.2);

impl Service for MqttBroker {
    type Event = Session;
    const NAME: &'static str = "sessions-in-shards";
    const ROW: Row = SESSIONS;
    const TRUTH: Truth = Truth::Healthy { at_most: 25_000 };

    fn open(sim: &mut Sim<Session>) -> Self {
        sim.arrive(&CLIENTS, Session::Opens);
        let shards = (0..16).map(|_| MqttShard::default()).collect();
        Self { shards }
    }

    fn handle(&mut self, event: Session, sim: &mut Sim<Session>) {
        match event {
            Session::Opens => {
                let id = sim.id();
                let shard = &mut self.shards[id as usize % 16];
                shard.clients.insert(id, [0; 8]);
                let stays = sim.draw(&CLIENT_TIME);
                // Whoever says nothing is gone after the keep-alive.
                let silent = if sim.chance(0.1) { 90_000 } else { 0 };
                sim.after(stays + silent, Session::Closes(id));
                sim.arrive(&CLIENTS, Session::Opens);
            }
            Session::Closes(id) => {
                self.shards[id as usize % 16].clients.remove(&id);
            }
        }
    }

    fn held(&self) -> usize {
        self.shards.iter().map(|shard| shard.clients.len()).sum()
    }
}

/// Reminders for some minutes to six hours ahead: the map grows until as many are due as are added.
#[mapkeeper::tracked]
#[derive(Default)]
struct Reminders {
    #[map]
    planned: StdMap<u64, String>,
}

const PLANNED: Load = Load::per_hour(4_000.0).daily(0.4);

impl Service for Reminders {
    type Event = Session;
    const NAME: &'static str = "planned-for-later";
    const ROW: Row = SESSIONS;
    const TRUTH: Truth = Truth::Healthy { at_most: 20_000 };

    fn open(sim: &mut Sim<Session>) -> Self {
        sim.arrive(&PLANNED, Session::Opens);
        Self::default()
    }

    fn handle(&mut self, event: Session, sim: &mut Sim<Session>) {
        match event {
            Session::Opens => {
                let id = sim.id();
                self.planned.insert(id, format!("call {id}"));
                let ahead = 5 * MINUTE + sim.below(6 * HOUR);
                sim.after(ahead, Session::Closes(id));
                sim.arrive(&PLANNED, Session::Opens);
            }
            Session::Closes(id) => drop(self.planned.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        self.planned.len()
    }
}
