//! Removed from the map as it should be, and kept alive by an `Arc` somewhere else.

use std::sync::{Arc, Mutex, Weak};

use crate::{
    service::{Leak, Loses, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, Sim},
};

pub(super) static MODELS: [Model; 2] = [Model::of::<AuditedSessions>(), Model::of::<Lobby>()];

/// The log of what ended keeps the sessions themselves instead of their numbers.
#[mapkeeper::tracked]
#[derive(Default)]
struct AuditedSessions {
    #[map]
    sessions: StdMap<u64, Arc<Visit>>,
    ended: Vec<Arc<Visit>>,
}

struct Visit {
    since: u64,
    _cart: [u64; 8],
}

enum Visitor {
    Comes,
    Goes(u64),
}

const VISITORS: Load = Load::per_hour(7_000.0).daily(0.7);
const VISIT_TIME: Life = Life::log_normal(300.0, 1.2);

impl Service for AuditedSessions {
    type Event = Visitor;
    const NAME: &'static str = "sessions-in-the-log";
    const ROW: Row = Row::Retained;
    const TRUTH: Truth =
        Truth::Leaks(Leak::of("AuditedSessions.sessions", 1.0).losing(Loses::Values));

    fn open(sim: &mut Sim<Visitor>) -> Self {
        sim.arrive(&VISITORS, Visitor::Comes);
        Self::default()
    }

    fn handle(&mut self, event: Visitor, sim: &mut Sim<Visitor>) {
        match event {
            Visitor::Comes => {
                let (id, since) = (sim.id(), sim.now());
                let visit = Visit {
                    since,
                    _cart: [0; 8],
                };
                self.sessions.insert(id, Arc::new(visit));
                let stays = sim.draw(&VISIT_TIME);
                sim.after(stays, Visitor::Goes(id));
                sim.arrive(&VISITORS, Visitor::Comes);
            }
            Visitor::Goes(id) => {
                self.ended.extend(self.sessions.remove(&id));
                sim.lose(1);
            }
        }
    }

    fn held(&self) -> usize {
        self.sessions.len()
    }

    fn audit(&self) {
        let alive = |visit: &Arc<Visit>| Arc::strong_count(visit) == 1 && visit.since > 0;
        assert!(self.ended.iter().all(alive));
    }
}

/// Two players of a match refer to each other. A match that is given up does not undo that: a cycle.
#[mapkeeper::tracked]
#[derive(Default)]
struct Lobby {
    #[map]
    players: StdMap<u64, Arc<Player>>,
    given_up: Vec<Weak<Player>>,
}

#[derive(Default)]
struct Player {
    opponent: Mutex<Option<Arc<Player>>>,
}

impl Player {
    fn meets(&self, opponent: Option<Arc<Self>>) {
        *self.opponent.lock().expect("no player panics") = opponent;
    }
}

const MATCHES: Load = Load::per_hour(6_000.0).daily(0.5).bursts(180.0, 10.0, 3.0);
const MATCH_TIME: Life = Life::log_normal(240.0, 0.7);

impl Service for Lobby {
    type Event = Visitor;
    const NAME: &'static str = "matches-given-up";
    const ROW: Row = Row::Retained;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Lobby.players", 0.10).losing(Loses::Values));

    fn open(sim: &mut Sim<Visitor>) -> Self {
        sim.arrive(&MATCHES, Visitor::Comes);
        Self::default()
    }

    fn handle(&mut self, event: Visitor, sim: &mut Sim<Visitor>) {
        match event {
            Visitor::Comes => {
                let (one, other) = (Arc::new(Player::default()), Arc::new(Player::default()));
                one.meets(Some(other.clone()));
                other.meets(Some(one.clone()));
                let (id, next) = (sim.id(), sim.id());
                self.players.insert(id, one);
                self.players.insert(next, other);
                let takes = sim.draw(&MATCH_TIME);
                sim.after(takes, Visitor::Goes(id));
                sim.arrive(&MATCHES, Visitor::Comes);
            }
            Visitor::Goes(id) => {
                let given_up = sim.chance(0.10);
                for player in [id, id + 1]
                    .map(|id| self.players.remove(&id))
                    .iter()
                    .flatten()
                {
                    if given_up {
                        self.given_up.push(Arc::downgrade(player));
                        sim.lose(1);
                    } else {
                        player.meets(None);
                    }
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.players.len()
    }

    fn audit(&self) {
        assert!(self.given_up.iter().all(|player| player.strong_count() > 0));
    }
}
