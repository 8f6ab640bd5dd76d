//! A burst makes tables large, and they stay large: not an entry is lost, all of the room is.

use crate::{
    service::{Leak, Loses, Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, MINUTE, SECOND, Sim},
};

pub(super) static MODELS: [Model; 2] = [Model::of::<Frontend>(), Model::of::<Consumers>()];

enum Traffic {
    Request,
    Done(usize, u64),
    /// Many at once, and when all of them have ended.
    Flood,
    FloodOver,
}

/// Some dozens of requests at a time, but for the minute in which a backend hung.
#[mapkeeper::tracked]
#[derive(Default)]
struct Frontend {
    #[map]
    active: StdMap<u64, u64>,
}

const REQUESTS: Load = Load::per_hour(12_000.0).daily(0.5);
const REQUEST_TIME: Life = Life::log_normal(0.5, 1.2);
const FLOOD: u64 = 300_000;

impl Service for Frontend {
    type Event = Traffic;
    const NAME: &'static str = "backend-hung-once";
    const ROW: Row = Row::Capacity;
    const TRUTH: Truth = Truth::Leaks(
        Leak::of("Frontend.active", 0.78)
            .losing(Loses::Room)
            .since_hour(3),
    );

    fn open(sim: &mut Sim<Traffic>) -> Self {
        sim.arrive(&REQUESTS, Traffic::Request);
        sim.after(3 * HOUR + 5 * MINUTE, Traffic::Flood);
        Self::default()
    }

    fn handle(&mut self, event: Traffic, sim: &mut Sim<Traffic>) {
        match event {
            Traffic::Request => {
                let id = sim.id();
                self.active.insert(id, sim.now());
                let takes = sim.draw(&REQUEST_TIME);
                sim.after(takes, Traffic::Done(0, id));
                sim.arrive(&REQUESTS, Traffic::Request);
            }
            Traffic::Done(_, id) => drop(self.active.remove(&id)),
            Traffic::Flood => {
                for _ in 0..FLOOD {
                    let id = sim.id();
                    self.active.insert(id, sim.now());
                    let takes = 20 * SECOND + sim.below(40 * SECOND);
                    sim.after(takes, Traffic::Done(0, id));
                }
                sim.after(2 * MINUTE, Traffic::FloodOver);
            }
            Traffic::FloodOver => sim.lose(self.active.capacity() - self.active.len()),
        }
    }

    fn held(&self) -> usize {
        self.active.len()
    }

    fn audit(&self) {
        assert!(
            self.active.capacity() as u64 >= FLOOD,
            "the room was given back"
        );
    }
}

/// Two hundred consumers with a map of what is not acknowledged yet; all of them once fell behind.
struct Consumers {
    consumers: Vec<Consumer>,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Consumer {
    #[map]
    unacknowledged: StdMap<u64, [u8; 24]>,
}

const RECORDS: Load = Load::per_hour(20_000.0).daily(0.3);
const ACKNOWLEDGED: Life = Life::log_normal(2.0, 1.0);
const BEHIND: u64 = 2_500;

impl Service for Consumers {
    type Event = Traffic;
    const NAME: &'static str = "consumers-fell-behind";
    const ROW: Row = Row::Capacity;
    const TRUTH: Truth = Truth::Leaks(
        Leak::of("Consumer.unacknowledged", 0.73)
            .losing(Loses::Room)
            .since_hour(5),
    );

    fn open(sim: &mut Sim<Traffic>) -> Self {
        sim.arrive(&RECORDS, Traffic::Request);
        sim.after(5 * HOUR + 5 * MINUTE, Traffic::Flood);
        let consumers = (0..200).map(|_| Consumer::default()).collect();
        Self { consumers }
    }

    fn handle(&mut self, event: Traffic, sim: &mut Sim<Traffic>) {
        match event {
            Traffic::Request => {
                let consumer = sim.below(200) as usize;
                let id = sim.id();
                self.consumers[consumer].unacknowledged.insert(id, [0; 24]);
                let takes = sim.draw(&ACKNOWLEDGED);
                sim.after(takes, Traffic::Done(consumer, id));
                sim.arrive(&RECORDS, Traffic::Request);
            }
            Traffic::Done(consumer, id) => {
                self.consumers[consumer].unacknowledged.remove(&id);
            }
            Traffic::Flood => {
                for (i, consumer) in self.consumers.iter_mut().enumerate() {
                    for _ in 0..BEHIND {
                        let id = sim.id();
                        consumer.unacknowledged.insert(id, [0; 24]);
                        let takes = MINUTE + sim.below(4 * MINUTE);
                        sim.after(takes, Traffic::Done(i, id));
                    }
                }
                sim.after(6 * MINUTE, Traffic::FloodOver);
            }
            Traffic::FloodOver => {
                let room = |consumer: &Consumer| consumer.unacknowledged.capacity();
                sim.lose(self.consumers.iter().map(room).sum::<usize>() - self.held());
            }
        }
    }

    fn held(&self) -> usize {
        let len = |consumer: &Consumer| consumer.unacknowledged.len();
        self.consumers.iter().map(len).sum()
    }
}
