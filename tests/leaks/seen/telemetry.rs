//! Series of metrics, documents and their plans, positions.

use std::collections::{BTreeMap, HashMap as Table, VecDeque};

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, MINUTE, SECOND, Sim, leaky},
};

pub(super) static MODELS: [Model; 5] = [
    Model::of::<Metrics<true>>(),
    Model::of::<Metrics<false>>(),
    Model::of::<GraphQl<true>>(),
    Model::of::<GraphQl<false>>(),
    Model::of::<Fleet>(),
];

/// A series to each set of labels. Pods come and go with deployments and load, and their labels with them; nobody drops
/// the series of a pod that is gone.
#[mapkeeper::tracked]
#[derive(Default)]
struct Metrics<const BUGGY: bool> {
    #[map]
    series: StdMap<(u64, u8), Sample>,
    pods: VecDeque<u64>,
}

#[derive(Default)]
struct Sample {
    value: f64,
    at: u64,
}

enum Pod {
    Deploys,
    Restarts,
    Scraped,
}

const DEPLOYS: Load = Load::per_hour(0.6).daily(0.9);
const RESTARTS: Load = Load::per_hour(25.0).daily(0.5);
const PODS: usize = 40;
const SERIES: u8 = 60;

impl<const BUGGY: bool> Metrics<BUGGY> {
    fn start(&mut self, sim: &mut Sim<Pod>) {
        let pod = sim.id();
        self.pods.push_back(pod);
        self.scrape(pod, sim.now());
    }

    fn stop(&mut self, sim: &mut Sim<Pod>) {
        if self.pods.pop_front().is_some() && BUGGY {
            sim.lose(usize::from(SERIES));
        }
    }

    fn scrape(&mut self, pod: u64, now: u64) {
        for series in 0..SERIES {
            let sample = leaky!(self.series.entry((pod, series)).or_default());
            sample.value += 1.0;
            sample.at = now;
        }
    }
}

impl<const BUGGY: bool> Service for Metrics<BUGGY> {
    type Event = Pod;
    const NAME: &'static str = if BUGGY {
        "series-of-gone-pods"
    } else {
        "series-expire"
    };
    const ROW: Row = if BUGGY {
        Row::NeverRemoved
    } else {
        Row::Healthy("registry")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Metrics.series", 0.97))
    } else {
        Truth::Healthy { at_most: 10_000 }
    };

    fn open(sim: &mut Sim<Pod>) -> Self {
        let mut metrics = Self::default();
        for _ in 0..PODS {
            metrics.start(sim);
        }
        sim.arrive(&DEPLOYS, Pod::Deploys);
        sim.arrive(&RESTARTS, Pod::Restarts);
        sim.round(MINUTE, Pod::Scraped);
        metrics
    }

    fn handle(&mut self, event: Pod, sim: &mut Sim<Pod>) {
        match event {
            Pod::Deploys => {
                for _ in 0..PODS {
                    self.stop(sim);
                    self.start(sim);
                }
                sim.arrive(&DEPLOYS, Pod::Deploys);
            }
            Pod::Restarts => {
                self.stop(sim);
                self.start(sim);
                sim.arrive(&RESTARTS, Pod::Restarts);
            }
            Pod::Scraped => {
                for pod in self.pods.clone() {
                    self.scrape(pod, sim.now());
                }
                if !BUGGY {
                    let oldest = sim.now().saturating_sub(10 * MINUTE);
                    self.series.retain(|_, sample| sample.at >= oldest);
                }
                sim.round(MINUTE, Pod::Scraped);
            }
        }
    }

    fn held(&self) -> usize {
        self.series.len()
    }

    fn stays(&self) -> u64 {
        (self.pods.len() * usize::from(SERIES)) as u64
    }
}

/// Parsed documents, the 2,000 used last, and a plan of each for every role that asked. A document that is evicted takes
/// the plan of the anonymous role along, and no other.
#[mapkeeper::tracked]
#[derive(Default)]
struct GraphQl<const BUGGY: bool> {
    #[map(max_len = 2001)]
    documents: StdMap<u64, String>,
    #[map]
    plans: FxHashMap<(u64, u8), u32>,
    used: Table<u64, u64>,
    by_use: BTreeMap<u64, u64>,
}

struct Query;

const CALLS: Load = Load::per_hour(20_000.0).daily(0.6);
const LARGEST: usize = 2_000;
const ROLES: u8 = 4;

impl<const BUGGY: bool> GraphQl<BUGGY> {
    fn call(&mut self, document: u64, role: u8) -> usize {
        let uses = self.by_use.last_key_value().map_or(0, |(last, _)| last + 1);
        if let Some(before) = self.used.insert(document, uses) {
            self.by_use.remove(&before);
        }
        self.by_use.insert(uses, document);
        self.documents
            .entry(document)
            .or_insert_with(|| format!("query Q{document} {{ me {{ id }} }}"));
        let plan = (document, role);
        leaky!(self.plans.entry(plan).or_insert(7));
        if self.documents.len() > LARGEST {
            self.evict()
        } else {
            0
        }
    }

    /// How many plans were left behind.
    fn evict(&mut self) -> usize {
        let Some((_, document)) = self.by_use.pop_first() else {
            return 0;
        };
        self.used.remove(&document);
        self.documents.remove(&document);
        self.plans.remove(&(document, 0));
        let others = 1..ROLES;
        if BUGGY {
            others
                .filter(|role| self.plans.contains_key(&(document, *role)))
                .count()
        } else {
            for role in others {
                self.plans.remove(&(document, role));
            }
            0
        }
    }
}

impl<const BUGGY: bool> Service for GraphQl<BUGGY> {
    type Event = Query;
    const NAME: &'static str = if BUGGY {
        "plans-of-the-evicted"
    } else {
        "documents-and-plans"
    };
    const ROW: Row = if BUGGY {
        Row::Index
    } else {
        Row::Healthy("cache")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("GraphQl.plans", 0.5))
    } else {
        Truth::Healthy { at_most: 5_000 }
    };

    fn open(sim: &mut Sim<Query>) -> Self {
        sim.arrive(&CALLS, Query);
        Self::default()
    }

    fn handle(&mut self, _: Query, sim: &mut Sim<Query>) {
        // What apps ask is the same all day; what people write by hand is asked once.
        let document = if sim.chance(0.6) {
            sim.below(80)
        } else {
            sim.id()
        };
        let role = if sim.chance(0.5) {
            0
        } else {
            1 + sim.below(u64::from(ROLES) - 1) as u8
        };
        let left = self.call(document, role);
        sim.lose(left);
        sim.arrive(&CALLS, Query);
    }

    fn held(&self) -> usize {
        self.documents.len() + self.plans.len()
    }

    fn stays(&self) -> u64 {
        let of_documents = self
            .plans
            .keys()
            .filter(|(document, _)| self.documents.contains_key(document));
        (self.documents.len() + of_documents.count()) as u64
    }
}

/// Where each car is: put in anew every half a minute, and taken out at the end of the shift.
#[mapkeeper::tracked]
#[derive(Default)]
struct Fleet {
    #[map]
    positions: StdMap<u64, (f32, f32)>,
    #[map]
    drivers: StdMap<u64, u64>,
}

enum Car {
    Starts,
    Moves(u64),
    Stops(u64),
}

const CARS: Load = Load::per_hour(120.0).daily(0.9);
const SHIFT: Life = Life::log_normal(9_000.0, 0.6);

impl Service for Fleet {
    type Event = Car;
    const NAME: &'static str = "fleet-positions";
    const ROW: Row = Row::Healthy("last value");
    const TRUTH: Truth = Truth::Healthy { at_most: 3_000 };

    fn open(sim: &mut Sim<Car>) -> Self {
        sim.arrive(&CARS, Car::Starts);
        Self::default()
    }

    fn handle(&mut self, event: Car, sim: &mut Sim<Car>) {
        match event {
            Car::Starts => {
                let (car, lasts) = (sim.id(), sim.draw(&SHIFT));
                self.drivers.insert(car, sim.now());
                sim.after(0, Car::Moves(car));
                sim.after(lasts, Car::Stops(car));
                sim.arrive(&CARS, Car::Starts);
            }
            Car::Moves(car) if self.drivers.contains_key(&car) => {
                let at = (sim.below(360) as f32, sim.below(180) as f32);
                self.positions.insert(car, at);
                sim.after(30 * SECOND, Car::Moves(car));
            }
            Car::Moves(_) => {}
            Car::Stops(car) => {
                self.positions.remove(&car);
                self.drivers.remove(&car);
            }
        }
    }

    fn held(&self) -> usize {
        self.positions.len() + self.drivers.len()
    }
}
