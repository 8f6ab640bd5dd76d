//! Maps that fill and are emptied at once: cleared, drained, filtered, taken.

use std::mem;

use crate::{
    service::{Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, MINUTE, SECOND, Sim},
};

pub(super) static MODELS: [Model; 5] = [
    Model::of::<HourlyStats>(),
    Model::of::<WriteBuffer>(),
    Model::of::<OpenOrders>(),
    Model::of::<SendQueue>(),
    Model::of::<Aggregator>(),
];

const BATCH: Row = Row::Healthy("batches");

enum Batch {
    Comes,
    Flush,
    Closed(u64),
}

/// A sawtooth of an hour: visitors are counted and the counts are cleared.
#[mapkeeper::tracked]
#[derive(Default)]
struct HourlyStats {
    #[map]
    visits: StdMap<u64, u32>,
}

const VISITS: Load = Load::per_hour(20_000.0).daily(0.7);

impl Service for HourlyStats {
    type Event = Batch;
    const NAME: &'static str = "cleared-hourly";
    const ROW: Row = BATCH;
    const TRUTH: Truth = Truth::Healthy { at_most: 60_000 };

    fn open(sim: &mut Sim<Batch>) -> Self {
        sim.arrive(&VISITS, Batch::Comes);
        sim.round(HOUR, Batch::Flush);
        Self::default()
    }

    fn handle(&mut self, event: Batch, sim: &mut Sim<Batch>) {
        if let Batch::Flush = event {
            self.visits.clear();
            sim.round(HOUR, Batch::Flush);
        } else {
            let visitor = if sim.chance(0.5) {
                sim.below(5_000)
            } else {
                sim.id()
            };
            *self.visits.entry(visitor).or_insert(0) += 1;
            sim.arrive(&VISITS, Batch::Comes);
        }
    }

    fn held(&self) -> usize {
        self.visits.len()
    }
}

/// Rows are written to disk every five minutes, or earlier if there are many.
#[mapkeeper::tracked]
#[derive(Default)]
struct WriteBuffer {
    #[map]
    dirty: StdMap<u64, Vec<u8>>,
    written: u64,
}

const ROWS: Load = Load::per_hour(60_000.0).daily(0.3).bursts(75.0, 6.0, 5.0);

impl WriteBuffer {
    fn flush(&mut self) {
        self.written += self
            .dirty
            .drain()
            .map(|(_, row)| row.len() as u64)
            .sum::<u64>();
    }
}

impl Service for WriteBuffer {
    type Event = Batch;
    const NAME: &'static str = "drained-when-full";
    const ROW: Row = BATCH;
    const TRUTH: Truth = Truth::Healthy { at_most: 8_000 };

    fn open(sim: &mut Sim<Batch>) -> Self {
        sim.arrive(&ROWS, Batch::Comes);
        sim.round(5 * MINUTE, Batch::Flush);
        Self::default()
    }

    fn handle(&mut self, event: Batch, sim: &mut Sim<Batch>) {
        if let Batch::Flush = event {
            self.flush();
            sim.round(5 * MINUTE, Batch::Flush);
        } else {
            self.dirty.insert(sim.id(), vec![0; 24]);
            if self.dirty.len() == 8_000 {
                self.flush();
            }
            sim.arrive(&ROWS, Batch::Comes);
        }
    }

    fn held(&self) -> usize {
        self.dirty.len()
    }
}

/// Orders are marked when they close and filtered out every two minutes.
#[mapkeeper::tracked]
#[derive(Default)]
struct OpenOrders {
    #[map]
    orders: StdMap<u64, bool>,
}

const ORDERS: Load = Load::per_hour(15_000.0).daily(0.6);
const ORDER_TIME: Life = Life::log_normal(200.0, 1.3);

impl Service for OpenOrders {
    type Event = Batch;
    const NAME: &'static str = "retained-while-open";
    const ROW: Row = BATCH;
    const TRUTH: Truth = Truth::Healthy { at_most: 8_000 };

    fn open(sim: &mut Sim<Batch>) -> Self {
        sim.arrive(&ORDERS, Batch::Comes);
        sim.round(2 * MINUTE, Batch::Flush);
        Self::default()
    }

    fn handle(&mut self, event: Batch, sim: &mut Sim<Batch>) {
        match event {
            Batch::Comes => {
                let id = sim.id();
                self.orders.insert(id, true);
                let takes = sim.draw(&ORDER_TIME);
                sim.after(takes, Batch::Closed(id));
                sim.arrive(&ORDERS, Batch::Comes);
            }
            Batch::Closed(id) => {
                if let Some(open) = self.orders.get_mut(&id) {
                    *open = false;
                }
            }
            Batch::Flush => {
                self.orders.retain(|_, open| *open);
                sim.round(2 * MINUTE, Batch::Flush);
            }
        }
    }

    fn held(&self) -> usize {
        self.orders.len()
    }
}

/// A queue: every second up to fifty are sent and removed, the oldest first; a burst takes minutes to work off.
#[mapkeeper::tracked]
#[derive(Default)]
struct SendQueue {
    #[map]
    queued: StdMap<u64, u32>,
    next: Option<u64>,
}

const SENT: Load = Load::per_hour(25_000.0).daily(0.4).bursts(110.0, 5.0, 8.0);

impl Service for SendQueue {
    type Event = Batch;
    const NAME: &'static str = "queue-worked-off";
    const ROW: Row = BATCH;
    const TRUTH: Truth = Truth::Healthy { at_most: 40_000 };

    fn open(sim: &mut Sim<Batch>) -> Self {
        sim.arrive(&SENT, Batch::Comes);
        sim.round(SECOND, Batch::Flush);
        Self::default()
    }

    fn handle(&mut self, event: Batch, sim: &mut Sim<Batch>) {
        if let Batch::Flush = event {
            for _ in 0..self.queued.len().min(50) {
                let next = self.next.expect("there is one in the queue");
                self.queued.remove(&next);
                self.next = Some(next + 1);
            }
            sim.round(SECOND, Batch::Flush);
        } else {
            let id = sim.id();
            self.next.get_or_insert(id);
            self.queued.insert(id, 1);
            sim.arrive(&SENT, Batch::Comes);
        }
    }

    fn held(&self) -> usize {
        self.queued.len()
    }
}

/// Ten minutes of sums are taken as a whole, as if the service had just been started.
#[mapkeeper::tracked]
#[derive(Default)]
struct Aggregator {
    #[map]
    sums: StdMap<(u16, u16), f64>,
    total: f64,
}

const READINGS: Load = Load::per_hour(60_000.0).daily(0.2);

impl Service for Aggregator {
    type Event = Batch;
    const NAME: &'static str = "taken-and-restarted";
    const ROW: Row = BATCH;
    const TRUTH: Truth = Truth::Healthy { at_most: 25_000 };

    fn open(sim: &mut Sim<Batch>) -> Self {
        sim.arrive(&READINGS, Batch::Comes);
        sim.round(10 * MINUTE, Batch::Flush);
        Self::default()
    }

    fn handle(&mut self, event: Batch, sim: &mut Sim<Batch>) {
        if let Batch::Flush = event {
            self.total += mem::take(&mut self.sums).into_values().sum::<f64>();
            sim.round(10 * MINUTE, Batch::Flush);
        } else {
            let sensor = (sim.below(400) as u16, sim.below(50) as u16);
            *self.sums.entry(sensor).or_insert(0.0) += 0.5;
            sim.arrive(&READINGS, Batch::Comes);
        }
    }

    fn held(&self) -> usize {
        self.sums.len()
    }
}
