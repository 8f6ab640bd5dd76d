//! Nodes of networks without a middle: a resolver of names, peers and what they think of each other, transactions that
//! wait for a block, the chain itself.

use std::{cmp::Reverse, collections::BTreeMap};

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Loses, Model, Row, Service, StdMap, Truth},
    sim::{DAY, HOUR, Life, Load, MINUTE, SECOND, Sim, leaky},
};

pub(super) static MODELS: [Model; 5] = [
    Model::of::<Recursor>(),
    Model::of::<PeerScores<true>>(),
    Model::of::<PeerScores<false>>(),
    Model::of::<Mempool>(),
    Model::of::<Headers>(),
];

/// Questions to other name servers, some dozens at a time. Somebody has a botnet ask for two thousand random names a
/// second, two minutes long, of a domain whose servers then fall silent; the table stays as large as it was that day.
#[mapkeeper::tracked]
#[derive(Default)]
struct Recursor {
    #[map]
    asked: FxHashMap<(u64, u16), u64>,
}

enum Question {
    Comes,
    Flood(u32),
    Ends(Vec<(u64, u16)>),
}

const QUESTIONS: Load = Load::per_hour(7_000.0).daily(0.6).bursts(50.0, 3.0, 4.0);
const ANSWERING: Life = Life::log_normal(0.06, 1.1);
const FLOOD_SECONDS: u32 = 120;
const GIVES_UP: u64 = 40 * SECOND;

impl Service for Recursor {
    type Event = Question;
    const NAME: &'static str = "resolver-was-flooded";
    const ROW: Row = Row::Capacity;
    const TRUTH: Truth = Truth::Leaks(
        Leak::of("Recursor.asked", 0.26)
            .losing(Loses::Room)
            .since_hour(5),
    );

    fn open(sim: &mut Sim<Question>) -> Self {
        sim.arrive(&QUESTIONS, Question::Comes);
        let begins = 5 * HOUR + sim.below(50 * MINUTE);
        sim.after(begins, Question::Flood(0));
        Self::default()
    }

    fn handle(&mut self, event: Question, sim: &mut Sim<Question>) {
        match event {
            Question::Comes => {
                let key = (sim.id(), 1);
                self.asked.insert(key, sim.now());
                let takes = sim.draw(&ANSWERING).min(GIVES_UP);
                sim.after(takes, Question::Ends(vec![key]));
                sim.arrive(&QUESTIONS, Question::Comes);
            }
            Question::Flood(second) => {
                let keys: Vec<(u64, u16)> = (0..2_000).map(|_| (sim.id(), 28)).collect();
                for key in &keys {
                    self.asked.insert(*key, sim.now());
                }
                sim.after(GIVES_UP, Question::Ends(keys));
                if second + 1 < FLOOD_SECONDS {
                    sim.after(SECOND, Question::Flood(second + 1));
                } else {
                    sim.lose(self.asked.capacity());
                }
            }
            Question::Ends(keys) => {
                for key in &keys {
                    self.asked.remove(key);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.asked.len()
    }
}

/// What the node thinks of its peers. Some have been there for months, most come with a new name each time; bad ones are
/// struck off when their ban runs out, and the good ones were meant to be, half an hour after they left.
#[mapkeeper::tracked]
#[derive(Default)]
struct PeerScores<const BUGGY: bool> {
    #[map]
    scores: StdMap<u64, Score>,
}

#[derive(Default)]
struct Score {
    connections: u32,
    left_at: u64,
    points: i32,
}

enum Peer {
    Connects,
    Leaves(u64, bool),
    BanEnds(u64),
    Minute,
}

const PEERS: Load = Load::per_hour(3_500.0).daily(0.4);
const CONNECTED: Life = Life::pareto(90.0, 1.1);
const OLD_FRIENDS: u64 = 2_500;

impl<const BUGGY: bool> Service for PeerScores<BUGGY> {
    type Event = Peer;
    const NAME: &'static str = if BUGGY {
        "peers-under-new-names"
    } else {
        "peers-struck-off"
    };
    const ROW: Row = if BUGGY {
        Row::NeverRemoved
    } else {
        Row::Healthy("sessions")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("PeerScores.scores", 0.86))
    } else {
        Truth::Healthy { at_most: 12_000 }
    };

    fn open(sim: &mut Sim<Peer>) -> Self {
        sim.arrive(&PEERS, Peer::Connects);
        sim.round(MINUTE, Peer::Minute);
        Self::default()
    }

    fn handle(&mut self, event: Peer, sim: &mut Sim<Peer>) {
        match event {
            Peer::Connects => {
                let new = sim.chance(0.75);
                let peer = if new {
                    sim.id()
                } else {
                    sim.below(OLD_FRIENDS)
                };
                let score = leaky!(self.scores.entry(peer).or_default());
                score.connections += 1;
                score.points += 1;
                let bad = new && sim.chance(0.1);
                sim.lose(usize::from(BUGGY && new && !bad));
                let stays = sim.draw(&CONNECTED).min(10 * HOUR);
                sim.after(stays, Peer::Leaves(peer, bad));
                sim.arrive(&PEERS, Peer::Connects);
            }
            Peer::Leaves(peer, bad) => {
                if let Some(score) = self.scores.get_mut(&peer) {
                    score.connections -= 1;
                    score.left_at = sim.now();
                    if bad {
                        score.points -= 100;
                        sim.after(HOUR, Peer::BanEnds(peer));
                    }
                }
            }
            Peer::BanEnds(peer) => drop(self.scores.remove(&peer)),
            Peer::Minute => {
                if !BUGGY {
                    let now = sim.now();
                    self.scores.retain(|_, score| {
                        score.connections > 0
                            || score.points < 0
                            || score.left_at + 30 * MINUTE > now
                    });
                }
                sim.round(MINUTE, Peer::Minute);
            }
        }
    }

    fn held(&self) -> usize {
        self.scores.len()
    }

    fn stays(&self) -> u64 {
        self.scores
            .keys()
            .filter(|peer| **peer < OLD_FRIENDS)
            .count() as u64
    }
}

/// Transactions that wait for a block, by what they pay. A block takes 2,400, the dearest first; by day more come than
/// go, and the cheap ones wait for the night. After fourteen hours one is dropped.
#[mapkeeper::tracked]
#[derive(Default)]
struct Mempool {
    #[map(max_age = "14h30m")]
    by_fee: BTreeMap<(Reverse<u32>, u64), u64>,
}

enum Chain {
    Transaction,
    Block,
}

const TRANSACTIONS: Load = Load::per_hour(11_500.0).daily(0.5);
const FEE: Life = Life::log_normal(20.0, 0.9);

impl Service for Mempool {
    type Event = Chain;
    const NAME: &'static str = "mempool-by-fee";
    const ROW: Row = Row::Healthy("batches");
    const TRUTH: Truth = Truth::Healthy { at_most: 60_000 };

    fn open(sim: &mut Sim<Chain>) -> Self {
        sim.arrive(&TRANSACTIONS, Chain::Transaction);
        sim.after(10 * MINUTE, Chain::Block);
        Self::default()
    }

    fn handle(&mut self, event: Chain, sim: &mut Sim<Chain>) {
        match event {
            Chain::Transaction => {
                let (fee, id) = (sim.draw(&FEE) as u32, sim.id());
                self.by_fee.insert((Reverse(fee), id), sim.now());
                sim.arrive(&TRANSACTIONS, Chain::Transaction);
            }
            Chain::Block => {
                for _ in 0..2_400 {
                    self.by_fee.pop_first();
                }
                let now = sim.now();
                self.by_fee.retain(|_, came| *came + 14 * HOUR > now);
                let next = 5 * MINUTE + sim.below(10 * MINUTE);
                if now < DAY || !self.by_fee.is_empty() {
                    sim.after(next, Chain::Block);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.by_fee.len()
    }
}

/// The headers of a chain, a new one every two or three seconds, each kept for good, but for those of a branch that was
/// given up.
#[mapkeeper::tracked]
#[derive(Default)]
struct Headers {
    #[map(growth = allow)]
    by_height: BTreeMap<u64, [u8; 32]>,
}

const BLOCKS: Load = Load::per_hour(1_500.0);

impl Service for Headers {
    type Event = Chain;
    const NAME: &'static str = "headers-of-a-chain";
    const ROW: Row = Row::Healthy("grows, says so");
    const TRUTH: Truth = Truth::Healthy { at_most: 80_000 };

    fn open(sim: &mut Sim<Chain>) -> Self {
        let mut headers = Self::default();
        for height in 0..30_000 {
            headers.by_height.insert(height, [0; 32]);
        }
        sim.arrive(&BLOCKS, Chain::Block);
        headers
    }

    fn handle(&mut self, _: Chain, sim: &mut Sim<Chain>) {
        if sim.chance(0.01) {
            for _ in 0..1 + sim.below(3) {
                self.by_height.pop_last();
            }
        }
        let next = self.by_height.last_key_value();
        let height = next.map_or(0, |(height, _)| height + 1);
        self.by_height.insert(height, [1; 32]);
        sim.arrive(&BLOCKS, Chain::Block);
    }

    fn held(&self) -> usize {
        self.by_height.len()
    }

    fn stays(&self) -> u64 {
        self.by_height.len() as u64
    }
}
