//! Tables that grow for ever because that is what they are for, and say so.

use crate::{
    service::{Model, Row, Service, StdMap, Truth},
    sim::{Load, Sim},
};

pub(super) static MODELS: [Model; 2] = [Model::of::<UserTable>(), Model::of::<Ledger>()];

struct Arrival;

/// Everybody who ever signed up, in memory.
#[mapkeeper::tracked]
#[derive(Default)]
struct UserTable {
    #[map(growth = allow)]
    users: StdMap<u64, String>,
}

const SIGN_UPS: Load = Load::per_hour(5_000.0).daily(0.7);

impl Service for UserTable {
    type Event = Arrival;
    const NAME: &'static str = "user-table";
    const ROW: Row = Row::Healthy("grows, says so");
    const TRUTH: Truth = Truth::Healthy { at_most: 200_000 };

    fn open(sim: &mut Sim<Arrival>) -> Self {
        sim.arrive(&SIGN_UPS, Arrival);
        Self::default()
    }

    fn handle(&mut self, _: Arrival, sim: &mut Sim<Arrival>) {
        let id = sim.id();
        self.users.insert(id, format!("user{id}@example.org"));
        if sim.chance(0.01) {
            // Few of them delete their account, most of those at once.
            self.users.remove(&(id - sim.below(20)));
        }
        sim.arrive(&SIGN_UPS, Arrival);
    }

    fn held(&self) -> usize {
        self.users.len()
    }

    fn stays(&self) -> u64 {
        self.users.len() as u64
    }
}

/// Entries are only ever added.
#[mapkeeper::tracked]
#[derive(Default)]
struct Ledger {
    #[map(growth = allow)]
    entries: StdMap<u64, (u64, i32)>,
}

const BOOKINGS: Load = Load::per_hour(12_000.0).daily(0.5).bursts(360.0, 20.0, 3.0);

impl Service for Ledger {
    type Event = Arrival;
    const NAME: &'static str = "ledger";
    const ROW: Row = Row::Healthy("grows, says so");
    const TRUTH: Truth = Truth::Healthy { at_most: 600_000 };

    fn open(sim: &mut Sim<Arrival>) -> Self {
        sim.arrive(&BOOKINGS, Arrival);
        Self::default()
    }

    fn handle(&mut self, _: Arrival, sim: &mut Sim<Arrival>) {
        let cents = sim.below(10_000) as i32 - 5_000;
        self.entries.insert(sim.id(), (sim.now(), cents));
        sim.arrive(&BOOKINGS, Arrival);
    }

    fn held(&self) -> usize {
        self.entries.len()
    }

    fn stays(&self) -> u64 {
        self.entries.len() as u64
    }
}
