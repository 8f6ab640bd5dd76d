//! No answer, a timeout or a cancellation takes a path that forgets to remove.

use std::{
    cell::RefCell,
    collections::HashMap as Table,
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Waker},
};

use tokio::sync::oneshot;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, SECOND, Sim, leaky},
};

pub(super) static MODELS: [Model; 5] = [
    Model::of::<Broker>(),
    Model::of::<Resolver>(),
    Model::of::<LockManager>(),
    Model::of::<Exporter>(),
    Model::of::<ProxyWorkers>(),
];

enum Ask {
    Comes,
    Answered(u64),
    GaveUp(u64),
}

/// An answer after `takes`, or none within `limit`.
fn plan(sim: &mut Sim<Ask>, id: u64, takes: u64, limit: u64) {
    if takes <= limit {
        sim.after(takes, Ask::Answered(id));
    } else {
        sim.after(limit, Ask::GaveUp(id));
    }
}

/// The caller waits for its answer for five seconds and drops the receiver; the sender stays.
#[mapkeeper::tracked]
#[derive(Default)]
struct Broker {
    #[map]
    waiting: StdMap<u64, oneshot::Sender<u32>>,
    callers: Table<u64, oneshot::Receiver<u32>>,
}

const QUESTIONS: Load = Load::per_hour(30_000.0).daily(0.6).bursts(300.0, 6.0, 4.0);
const ANSWER_TIME: Life = Life::log_normal(0.25, 1.4);

impl Service for Broker {
    type Event = Ask;
    const NAME: &'static str = "broker-no-answer";
    const ROW: Row = Row::Timeout;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Broker.waiting", 0.0163));

    fn open(sim: &mut Sim<Ask>) -> Self {
        sim.arrive(&QUESTIONS, Ask::Comes);
        Self::default()
    }

    fn handle(&mut self, event: Ask, sim: &mut Sim<Ask>) {
        match event {
            Ask::Comes => {
                let id = sim.id();
                let (sender, receiver) = oneshot::channel();
                leaky!(self.waiting.insert(id, sender));
                self.callers.insert(id, receiver);
                let takes = sim.draw(&ANSWER_TIME);
                plan(sim, id, takes, 5 * SECOND);
                sim.arrive(&QUESTIONS, Ask::Comes);
            }
            Ask::Answered(id) => {
                if let Some(sender) = self.waiting.remove(&id) {
                    let _ = sender.send(1);
                }
                self.callers.remove(&id);
            }
            Ask::GaveUp(id) => {
                self.callers.remove(&id);
                sim.lose(1);
            }
        }
    }

    fn held(&self) -> usize {
        self.waiting.len()
    }
}

/// A future inserts, awaits and removes; a timeout drops it at the await.
struct Resolver {
    lookups: Rc<RefCell<Lookups>>,
    running: Table<u64, (Lookup, oneshot::Sender<u32>)>,
}

type Lookup = Pin<Box<dyn Future<Output = ()>>>;

#[mapkeeper::tracked]
#[derive(Default)]
struct Lookups {
    #[map]
    pending: StdMap<u64, String>,
}

const LOOKUPS: Load = Load::per_hour(16_000.0).daily(0.5);
const LOOKUP_TIME: Life = Life::log_normal(0.3, 1.5);

async fn look_up(lookups: Rc<RefCell<Lookups>>, id: u64, answer: oneshot::Receiver<u32>) {
    let host = format!("host-{id}");
    leaky!(lookups.borrow_mut().pending.insert(id, host));
    let _ = answer.await;
    lookups.borrow_mut().pending.remove(&id);
}

impl Service for Resolver {
    type Event = Ask;
    const NAME: &'static str = "future-dropped";
    const ROW: Row = Row::Timeout;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Lookups.pending", 0.0303));

    fn open(sim: &mut Sim<Ask>) -> Self {
        sim.arrive(&LOOKUPS, Ask::Comes);
        Self {
            lookups: Rc::default(),
            running: Table::new(),
        }
    }

    fn handle(&mut self, event: Ask, sim: &mut Sim<Ask>) {
        let mut context = Context::from_waker(Waker::noop());
        match event {
            Ask::Comes => {
                let id = sim.id();
                let (sender, receiver) = oneshot::channel();
                let mut lookup: Lookup = Box::pin(look_up(self.lookups.clone(), id, receiver));
                assert!(lookup.as_mut().poll(&mut context).is_pending());
                self.running.insert(id, (lookup, sender));
                let takes = sim.draw(&LOOKUP_TIME);
                plan(sim, id, takes, 5 * SECOND);
                sim.arrive(&LOOKUPS, Ask::Comes);
            }
            Ask::Answered(id) => {
                if let Some((mut lookup, sender)) = self.running.remove(&id) {
                    let _ = sender.send(1);
                    assert!(lookup.as_mut().poll(&mut context).is_ready());
                }
            }
            Ask::GaveUp(id) => {
                self.running.remove(&id);
                sim.lose(1);
            }
        }
    }

    fn held(&self) -> usize {
        self.lookups.borrow().pending.len()
    }
}

/// A lease that its holder gives back is removed. One that runs out is given to nobody else and stays.
#[mapkeeper::tracked]
#[derive(Default)]
struct LockManager {
    #[map]
    leases: StdMap<String, u64>,
}

const LEASES: Load = Load::per_hour(18_000.0).bursts(45.0, 2.0, 8.0);
const LEASE_TIME: Life = Life::log_normal(4.0, 0.8);

impl Service for LockManager {
    type Event = Ask;
    const NAME: &'static str = "lease-runs-out";
    const ROW: Row = Row::Timeout;
    const TRUTH: Truth = Truth::Leaks(Leak::of("LockManager.leases", 0.006));

    fn open(sim: &mut Sim<Ask>) -> Self {
        sim.arrive(&LEASES, Ask::Comes);
        Self::default()
    }

    fn handle(&mut self, event: Ask, sim: &mut Sim<Ask>) {
        match event {
            Ask::Comes => {
                let (id, now) = (sim.id(), sim.now());
                let name = lease(id);
                leaky!(self.leases.entry(name).or_insert_with(|| now));
                let takes = sim.draw(&LEASE_TIME);
                plan(sim, id, takes, 30 * SECOND);
                sim.arrive(&LEASES, Ask::Comes);
            }
            Ask::Answered(id) => {
                self.leases.remove(&lease(id));
            }
            Ask::GaveUp(_) => sim.lose(1),
        }
    }

    fn held(&self) -> usize {
        self.leases.len()
    }
}

fn lease(id: u64) -> String {
    format!("row/{id:x}")
}

/// Exports take minutes, some hours; users cancel one in twenty, which stops the work and leaves the entry.
#[mapkeeper::tracked]
#[derive(Default)]
struct Exporter {
    #[map]
    exports: StdMap<u64, (u32, u32)>,
}

const EXPORTS: Load = Load::per_hour(5_000.0).daily(0.8);
const EXPORT_TIME: Life = Life::pareto(20.0, 1.5);

impl Service for Exporter {
    type Event = Ask;
    const NAME: &'static str = "export-cancelled";
    const ROW: Row = Row::Timeout;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Exporter.exports", 0.05));

    fn open(sim: &mut Sim<Ask>) -> Self {
        sim.arrive(&EXPORTS, Ask::Comes);
        Self::default()
    }

    fn handle(&mut self, event: Ask, sim: &mut Sim<Ask>) {
        match event {
            Ask::Comes => {
                let (id, rows) = (sim.id(), sim.below(10_000) as u32);
                leaky!(self.exports.insert(id, (0, rows)));
                let takes = sim.draw(&EXPORT_TIME);
                if sim.chance(0.05) {
                    sim.after(takes / 2, Ask::GaveUp(id));
                } else {
                    sim.after(takes / 2, Ask::Answered(id));
                }
                sim.arrive(&EXPORTS, Ask::Comes);
            }
            Ask::Answered(id) => match self.exports.get_mut(&id) {
                // Half of the rows are written, then the other half takes as long.
                Some((done, rows)) if *done == 0 => {
                    *done = *rows / 2 + 1;
                    let takes = sim.draw(&EXPORT_TIME);
                    sim.after(takes / 2, Ask::Answered(id));
                }
                _ => drop(self.exports.remove(&id)),
            },
            Ask::GaveUp(_) => sim.lose(1),
        }
    }

    fn held(&self) -> usize {
        self.exports.len()
    }
}

/// Sixteen workers with a map each; a client that hangs up in the very moment of the answer is not removed.
struct ProxyWorkers {
    workers: Vec<ProxyWorker>,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct ProxyWorker {
    #[map]
    upstream: StdMap<u64, u32>,
}

const PROXIED: Load = Load::per_hour(150_000.0).daily(0.7);
const PROXIED_TIME: Life = Life::pareto(0.08, 1.3);

impl Service for ProxyWorkers {
    type Event = Ask;
    const NAME: &'static str = "proxy-hang-up";
    const ROW: Row = Row::Timeout;
    const TRUTH: Truth = Truth::Leaks(Leak::of("ProxyWorker.upstream", 0.001));

    fn open(sim: &mut Sim<Ask>) -> Self {
        sim.arrive(&PROXIED, Ask::Comes);
        let workers = (0..16).map(|_| ProxyWorker::default()).collect();
        Self { workers }
    }

    fn handle(&mut self, event: Ask, sim: &mut Sim<Ask>) {
        match event {
            Ask::Comes => {
                let id = sim.id();
                let worker = &mut self.workers[id as usize % 16];
                leaky!(worker.upstream.insert(id, 80));
                let takes = sim.draw(&PROXIED_TIME);
                sim.after(takes, Ask::Answered(id));
                sim.arrive(&PROXIED, Ask::Comes);
            }
            Ask::Answered(_) if sim.chance(0.001) => sim.lose(1),
            Ask::Answered(id) | Ask::GaveUp(id) => {
                self.workers[id as usize % 16].upstream.remove(&id);
            }
        }
    }

    fn held(&self) -> usize {
        self.workers
            .iter()
            .map(|worker| worker.upstream.len())
            .sum()
    }
}
