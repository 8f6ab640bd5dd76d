//! Maps that overwrite, beside others that go with them.

use std::collections::VecDeque;

use crate::{
    service::{Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, MINUTE, Sim},
};

pub(super) static MODELS: [Model; 2] = [Model::of::<AmendedOrders>(), Model::of::<Sensors>()];

/// Orders by the client's number and by the exchange's. A fill may still come under the old number of an amended order,
/// so that one is kept for half an hour.
#[mapkeeper::tracked]
#[derive(Default)]
struct AmendedOrders {
    #[map]
    working: StdMap<u64, u64>,
    #[map]
    by_reference: StdMap<u64, u64>,
}

enum Trading {
    Orders,
    Amends(u64),
    Fills(u64),
    Forgets(u64),
}

const ORDERS: Load = Load::per_hour(9_000.0).daily(0.4).bursts(120.0, 5.0, 6.0);
const ORDER_TIME: Life = Life::log_normal(240.0, 1.5);

impl AmendedOrders {
    fn place(&mut self, number: u64, sim: &mut Sim<Trading>) {
        let reference = sim.id();
        self.by_reference.insert(reference, number);
        if let Some(old) = self.working.insert(number, reference) {
            sim.after(30 * MINUTE, Trading::Forgets(old));
        }
    }
}

impl Service for AmendedOrders {
    type Event = Trading;
    const NAME: &'static str = "amended-kept-a-while";
    const ROW: Row = Row::Healthy("index");
    const TRUTH: Truth = Truth::Healthy { at_most: 40_000 };

    fn open(sim: &mut Sim<Trading>) -> Self {
        sim.arrive(&ORDERS, Trading::Orders);
        Self::default()
    }

    fn handle(&mut self, event: Trading, sim: &mut Sim<Trading>) {
        match event {
            Trading::Orders => {
                let number = sim.id();
                self.place(number, sim);
                let stays = sim.draw(&ORDER_TIME);
                if sim.chance(0.15) {
                    sim.after(stays / 3, Trading::Amends(number));
                }
                sim.after(stays, Trading::Fills(number));
                sim.arrive(&ORDERS, Trading::Orders);
            }
            Trading::Amends(number) => self.place(number, sim),
            Trading::Fills(number) => {
                if let Some(reference) = self.working.remove(&number) {
                    self.by_reference.remove(&reference);
                }
            }
            Trading::Forgets(reference) => drop(self.by_reference.remove(&reference)),
        }
    }

    fn held(&self) -> usize {
        self.working.len() + self.by_reference.len()
    }
}

/// The last reading of each sensor, and all readings of the last three hours.
#[mapkeeper::tracked]
#[derive(Default)]
struct Sensors {
    #[map]
    latest: StdMap<u64, f32>,
    #[map]
    readings: StdMap<u64, f32>,
    window: VecDeque<(u64, u64)>,
}

struct Reads;

const READINGS: Load = Load::per_hour(15_000.0).daily(0.3);
const SENSORS: u64 = 600;
const KEPT: u64 = 3 * HOUR;

impl Service for Sensors {
    type Event = Reads;
    const NAME: &'static str = "latest-and-recent";
    const ROW: Row = Row::Healthy("window");
    const TRUTH: Truth = Truth::Healthy { at_most: 80_000 };

    fn open(sim: &mut Sim<Reads>) -> Self {
        sim.arrive(&READINGS, Reads);
        Self::default()
    }

    fn handle(&mut self, _: Reads, sim: &mut Sim<Reads>) {
        let (sensor, number, now) = (sim.below(SENSORS), sim.id(), sim.now());
        self.latest.insert(sensor, 20.5);
        self.readings.insert(number, 20.5);
        self.window.push_back((now, number));
        while let Some((at, oldest)) = self.window.front().copied()
            && at + KEPT < now
        {
            self.window.pop_front();
            self.readings.remove(&oldest);
        }
        sim.arrive(&READINGS, Reads);
    }

    fn held(&self) -> usize {
        self.latest.len() + self.readings.len()
    }

    fn stays(&self) -> u64 {
        (self.latest.len() + self.window.len()) as u64
    }
}
