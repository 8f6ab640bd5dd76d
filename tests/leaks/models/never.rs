//! Nothing ever removes, or what would remove is never called.

use std::collections::HashMap;

use crate::{
    service::{Leak, Loses, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, MINUTE, Sim, leaky},
};

pub(super) static MODELS: [Model; 5] = [
    Model::of::<WebhookReceiver>(),
    Model::of::<RateLimiter>(),
    Model::of::<Metrics>(),
    Model::of::<Planner>(),
    Model::of::<ChatServer>(),
];

/// Remembers deliveries to drop repeated ones. It can forget old ones, if the configuration said after how long.
#[mapkeeper::tracked]
#[derive(Default)]
struct WebhookReceiver {
    #[map]
    seen: StdMap<u64, u64>,
    forget_after_ms: Option<u64>,
    repeated: u64,
}

enum Webhook {
    Delivery,
    Again(u64),
    Prune,
}

const DELIVERIES: Load = Load::per_hour(12_000.0).daily(0.6);
const AGAIN_AFTER: Life = Life::log_normal(30.0, 1.0);

impl Service for WebhookReceiver {
    type Event = Webhook;
    const NAME: &'static str = "webhook-dedup";
    const ROW: Row = Row::NeverRemoved;
    const TRUTH: Truth = Truth::Leaks(Leak::of("WebhookReceiver.seen", 1.0));

    fn open(sim: &mut Sim<Webhook>) -> Self {
        sim.arrive(&DELIVERIES, Webhook::Delivery);
        sim.round(10 * MINUTE, Webhook::Prune);
        Self::default()
    }

    fn handle(&mut self, event: Webhook, sim: &mut Sim<Webhook>) {
        match event {
            Webhook::Delivery => {
                let id = sim.id();
                leaky!(self.seen.insert(id, sim.now()));
                sim.lose(1);
                if sim.chance(0.04) {
                    let later = sim.draw(&AGAIN_AFTER);
                    sim.after(later, Webhook::Again(id));
                }
                sim.arrive(&DELIVERIES, Webhook::Delivery);
            }
            Webhook::Again(id) => self.repeated += u64::from(self.seen.contains_key(&id)),
            Webhook::Prune => {
                if let Some(age) = self.forget_after_ms {
                    let oldest = sim.now().saturating_sub(age);
                    self.seen.retain(|_, at| *at >= oldest);
                }
                sim.round(10 * MINUTE, Webhook::Prune);
            }
        }
    }

    fn held(&self) -> usize {
        self.seen.len()
    }
}

/// A bucket for each address. Most requests come from addresses that come back, a part from ones never seen again.
#[mapkeeper::tracked]
#[derive(Default)]
struct RateLimiter {
    #[map]
    buckets: StdMap<[u8; 4], (u32, u64)>,
    refused: u64,
}

struct Request;

const REQUESTS: Load = Load::per_hour(30_000.0).daily(0.5).bursts(180.0, 8.0, 3.0);

impl Service for RateLimiter {
    type Event = Request;
    const NAME: &'static str = "rate-limiter-addresses";
    const ROW: Row = Row::NeverRemoved;
    const TRUTH: Truth = Truth::Leaks(Leak::of("RateLimiter.buckets", 1.0));

    fn open(sim: &mut Sim<Request>) -> Self {
        sim.arrive(&REQUESTS, Request);
        Self::default()
    }

    fn handle(&mut self, _: Request, sim: &mut Sim<Request>) {
        let address = if sim.chance(0.6) {
            // Skewed towards few of them.
            let place = sim.below(1 << 16).min(sim.below(1 << 16));
            place as u32
        } else {
            sim.below(1 << 32) as u32
        };
        let before = self.buckets.len();
        let full = (60, sim.now());
        let key = address.to_be_bytes();
        let bucket = leaky!(self.buckets.entry(key).or_insert_with(|| full));
        let refill = (sim.now() - bucket.1) / 1000;
        *bucket = ((bucket.0 + refill as u32).min(60), sim.now());
        match bucket.0.checked_sub(1) {
            Some(left) => bucket.0 = left,
            None => self.refused += 1,
        }
        sim.lose(self.buckets.len() - before);
        sim.arrive(&REQUESTS, Request);
    }

    fn held(&self) -> usize {
        self.buckets.len()
    }
}

/// Counters by label. Routes are few; somebody put the user into a label as well.
#[mapkeeper::tracked]
#[derive(Default)]
struct Metrics {
    #[map]
    counters: StdMap<String, u64>,
    routes: u64,
}

const ROUTES: u64 = 180;

impl Service for Metrics {
    type Event = Request;
    const NAME: &'static str = "metric-labels";
    const ROW: Row = Row::NeverRemoved;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Metrics.counters", 1.0));

    fn open(sim: &mut Sim<Request>) -> Self {
        sim.arrive(&REQUESTS, Request);
        Self::default()
    }

    fn handle(&mut self, _: Request, sim: &mut Sim<Request>) {
        let route = format!("route_{}", sim.below(ROUTES));
        let before = self.counters.len();
        *self.counters.entry(route).or_insert(0) += 1;
        self.routes += (self.counters.len() - before) as u64;
        if sim.chance(0.25) {
            let user = format!("logins_total{{user={}}}", sim.id());
            *leaky!(self.counters.entry(user).or_insert(0)) += 1;
            sim.lose(1);
        }
        sim.arrive(&REQUESTS, Request);
    }

    fn held(&self) -> usize {
        self.counters.len()
    }

    fn stays(&self) -> u64 {
        self.routes
    }
}

/// Plans of queries whose text has the literals in it, so that hardly any is asked for twice; new ones come in batches.
#[mapkeeper::tracked]
#[derive(Default)]
struct Planner {
    #[map]
    plans: StdMap<String, [u16; 4]>,
}

const BATCHES: Load = Load::per_hour(600.0).daily(0.8);

impl Service for Planner {
    type Event = Request;
    const NAME: &'static str = "query-plans";
    const ROW: Row = Row::NeverRemoved;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Planner.plans", 1.0));

    fn open(sim: &mut Sim<Request>) -> Self {
        sim.arrive(&BATCHES, Request);
        Self::default()
    }

    fn handle(&mut self, _: Request, sim: &mut Sim<Request>) {
        let size = 1 + sim.below(16);
        let batch: Vec<(String, [u16; 4])> = (0..size)
            .map(|_| {
                (
                    format!("SELECT * FROM t WHERE id = {}", sim.id()),
                    [1, 2, 3, 4],
                )
            })
            .filter(|(text, _)| !self.plans.contains_key(text))
            .collect();
        sim.lose(batch.len());
        leaky!(self.plans.extend(batch));
        sim.arrive(&BATCHES, Request);
    }

    fn held(&self) -> usize {
        self.plans.len()
    }
}

/// Every room has its members in a map. People leave rooms, but empty rooms and the last one to talk in them stay.
#[derive(Default)]
struct ChatServer {
    rooms: HashMap<u64, Room>,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Room {
    #[map]
    members: StdMap<u64, u64>,
}

enum Chat {
    Open,
    Leave(u64, u64),
}

const ROOMS: Load = Load::per_hour(400.0).daily(0.5);
const STAY: Life = Life::log_normal(900.0, 0.9);

impl Service for ChatServer {
    type Event = Chat;
    const NAME: &'static str = "rooms-never-closed";
    const ROW: Row = Row::NeverRemoved;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Room.members", 0.05).losing(Loses::Maps));

    fn open(sim: &mut Sim<Chat>) -> Self {
        sim.arrive(&ROOMS, Chat::Open);
        Self::default()
    }

    fn handle(&mut self, event: Chat, sim: &mut Sim<Chat>) {
        match event {
            Chat::Open => {
                let id = sim.id();
                let room = self.rooms.entry(id).or_default();
                for _ in 0..12 + sim.below(16) {
                    let member = sim.id();
                    room.members.insert(member, sim.now());
                    let stays = sim.draw(&STAY);
                    sim.after(stays, Chat::Leave(id, member));
                }
                sim.arrive(&ROOMS, Chat::Open);
            }
            Chat::Leave(id, member) => {
                let room = self.rooms.entry(id).or_default();
                if room.members.len() > 1 {
                    room.members.remove(&member);
                } else {
                    // The last one keeps the room open, says the design; nobody said for how long.
                    sim.lose(1);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.rooms.values().map(|room| room.members.len()).sum()
    }

    fn stays(&self) -> u64 {
        self.rooms.len() as u64
    }
}
