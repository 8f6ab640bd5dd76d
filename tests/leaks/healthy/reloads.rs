//! Maps that are made anew and take the place of the old one.

use std::{mem, sync::Arc};

use crate::{
    service::{Model, Row, Service, StdMap, Truth},
    sim::{Load, MINUTE, SECOND, Sim},
};

pub(super) static MODELS: [Model; 2] = [Model::of::<Rules>(), Model::of::<Routes>()];

const RELOAD: Row = Row::Healthy("reloads");

enum Reload {
    Asked,
    Due,
}

const ASKED: Load = Load::per_hour(60_000.0).daily(0.2);

/// A configuration that is read anew every half hour and replaces the old one by assignment.
#[mapkeeper::tracked]
#[derive(Default)]
struct Rules {
    #[map]
    rules: StdMap<String, u32>,
    hits: u64,
}

impl Rules {
    fn load(&mut self, sim: &mut Sim<Reload>) {
        let mut rules = mapkeeper::HashMap::default();
        for i in 0..1_400 + sim.below(200) {
            rules.insert(format!("rule-{i}"), i as u32);
        }
        self.rules = rules;
    }
}

impl Service for Rules {
    type Event = Reload;
    const NAME: &'static str = "config-reloaded";
    const ROW: Row = RELOAD;
    const TRUTH: Truth = Truth::Healthy { at_most: 1_600 };

    fn open(sim: &mut Sim<Reload>) -> Self {
        let mut rules = Self::default();
        rules.load(sim);
        sim.arrive(&ASKED, Reload::Asked);
        sim.round(30 * MINUTE, Reload::Due);
        rules
    }

    fn handle(&mut self, event: Reload, sim: &mut Sim<Reload>) {
        if let Reload::Due = event {
            self.load(sim);
            sim.round(30 * MINUTE, Reload::Due);
        } else {
            let name = format!("rule-{}", sim.below(2_000));
            self.hits += u64::from(self.rules.contains_key(&name));
            sim.arrive(&ASKED, Reload::Asked);
        }
    }

    fn held(&self) -> usize {
        self.rules.len()
    }

    fn stays(&self) -> u64 {
        self.rules.len() as u64
    }
}

/// Readers hold the routes as they were; who changes them copies, changes the copy and swaps it in.
struct Routes {
    now: Arc<RouteTable>,
    readers: Vec<Arc<RouteTable>>,
}

#[mapkeeper::tracked]
#[derive(Clone, Default)]
struct RouteTable {
    #[map]
    routes: StdMap<u32, u32>,
}

const CHANGES: Load = Load::per_hour(40.0).daily(0.5);

impl Service for Routes {
    type Event = Reload;
    const NAME: &'static str = "copied-and-swapped";
    const ROW: Row = RELOAD;
    const TRUTH: Truth = Truth::Healthy { at_most: 1_600 };

    fn open(sim: &mut Sim<Reload>) -> Self {
        let mut table = RouteTable::default();
        for prefix in 0..800 {
            table.routes.insert(prefix, 1);
        }
        sim.arrive(&CHANGES, Reload::Asked);
        sim.round(SECOND, Reload::Due);
        Self {
            now: Arc::new(table),
            readers: Vec::new(),
        }
    }

    fn handle(&mut self, event: Reload, sim: &mut Sim<Reload>) {
        if let Reload::Due = event {
            // Whoever was reading has finished.
            self.readers.clear();
            sim.round(SECOND, Reload::Due);
        } else {
            let mut next = RouteTable::clone(&self.now);
            for _ in 0..sim.below(20) {
                let (gone, back) = (sim.below(1_000) as u32, sim.below(1_000) as u32);
                next.routes.remove(&gone);
                next.routes.insert(back, sim.below(16) as u32);
            }
            self.readers
                .push(mem::replace(&mut self.now, Arc::new(next)));
            sim.arrive(&CHANGES, Reload::Asked);
        }
    }

    fn held(&self) -> usize {
        self.now.routes.len()
    }

    fn stays(&self) -> u64 {
        self.now.routes.len() as u64
    }

    fn audit(&self) {
        assert!(self.readers.is_empty(), "somebody still reads an old table");
    }
}
