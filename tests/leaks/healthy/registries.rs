//! Maps whose keys are known: registries, counters, last values. What is in them stays on purpose.

use crate::{
    service::{Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, Sim},
};

pub(super) static MODELS: [Model; 5] = [
    Model::of::<Handlers>(),
    Model::of::<Plugins>(),
    Model::of::<StatusCounters>(),
    Model::of::<SensorValues>(),
    Model::of::<Streams>(),
];

const REGISTRY: Row = Row::Healthy("registry");

enum Registry {
    Ask,
    Adds,
}

const ASKED: Load = Load::per_hour(60_000.0).daily(0.6);

/// Filled at the start, then only asked.
#[mapkeeper::tracked]
#[derive(Default)]
struct Handlers {
    #[map]
    by_route: StdMap<String, u32>,
    found: u64,
}

impl Service for Handlers {
    type Event = Registry;
    const NAME: &'static str = "constant-registry";
    const ROW: Row = REGISTRY;
    const TRUTH: Truth = Truth::Healthy { at_most: 2_000 };

    fn open(sim: &mut Sim<Registry>) -> Self {
        let mut handlers = Self::default();
        for i in 0..2_000 {
            handlers.by_route.insert(format!("/api/v1/{i}"), i);
        }
        sim.arrive(&ASKED, Registry::Ask);
        handlers
    }

    fn handle(&mut self, _: Registry, sim: &mut Sim<Registry>) {
        let route = format!("/api/v1/{}", sim.below(2_100));
        self.found += u64::from(self.by_route.contains_key(&route));
        sim.arrive(&ASKED, Registry::Ask);
    }

    fn held(&self) -> usize {
        self.by_route.len()
    }

    fn stays(&self) -> u64 {
        2_000
    }
}

/// Three hundred at the start, and one more every few hours when somebody installs it.
#[mapkeeper::tracked]
#[derive(Default)]
struct Plugins {
    #[map]
    installed: StdMap<u64, String>,
    calls: u64,
}

const INSTALLED: Load = Load::per_hour(0.25);

impl Service for Plugins {
    type Event = Registry;
    const NAME: &'static str = "rare-additions";
    const ROW: Row = REGISTRY;
    const TRUTH: Truth = Truth::Healthy { at_most: 330 };

    fn open(sim: &mut Sim<Registry>) -> Self {
        let mut plugins = Self::default();
        plugins
            .installed
            .extend((0..300).map(|i| (i, format!("plugin-{i}"))));
        sim.arrive(&ASKED, Registry::Ask);
        sim.arrive(&INSTALLED, Registry::Adds);
        plugins
    }

    fn handle(&mut self, event: Registry, sim: &mut Sim<Registry>) {
        match event {
            Registry::Ask => {
                let called = self.installed.get(&sim.below(300));
                self.calls += called.map_or(0, |name| name.len() as u64);
                sim.arrive(&ASKED, Registry::Ask);
            }
            Registry::Adds => {
                let id = sim.id();
                self.installed.insert(id, format!("plugin-{id}"));
                sim.arrive(&INSTALLED, Registry::Adds);
            }
        }
    }

    fn held(&self) -> usize {
        self.installed.len()
    }

    fn stays(&self) -> u64 {
        self.installed.len() as u64
    }
}

/// Counters by route and status: some combinations turn up after hours, and there are not many.
#[mapkeeper::tracked]
#[derive(Default)]
struct StatusCounters {
    #[map]
    counters: StdMap<(u16, u16), u64>,
}

impl Service for StatusCounters {
    type Event = Registry;
    const NAME: &'static str = "finite-counters";
    const ROW: Row = REGISTRY;
    const TRUTH: Truth = Truth::Healthy { at_most: 600 };

    fn open(sim: &mut Sim<Registry>) -> Self {
        sim.arrive(&ASKED, Registry::Ask);
        Self::default()
    }

    fn handle(&mut self, _: Registry, sim: &mut Sim<Registry>) {
        let route = sim.below(120).min(sim.below(120)) as u16;
        let status = match sim.below(10_000) {
            0..=9_500 => 200,
            9_501..=9_900 => 404,
            9_901..=9_980 => 401,
            9_981..=9_997 => 500,
            _ => 503,
        };
        *self.counters.entry((route, status)).or_insert(0) += 1;
        sim.arrive(&ASKED, Registry::Ask);
    }

    fn held(&self) -> usize {
        self.counters.len()
    }

    fn stays(&self) -> u64 {
        self.counters.len() as u64
    }
}

/// The last value of each sensor, replaced all day long; a sensor that was exchanged is removed by hand.
#[mapkeeper::tracked]
#[derive(Default)]
struct SensorValues {
    #[map]
    last: StdMap<u64, f32>,
    sensors: Vec<u64>,
}

impl Service for SensorValues {
    type Event = Registry;
    const NAME: &'static str = "last-values";
    const ROW: Row = REGISTRY;
    const TRUTH: Truth = Truth::Healthy { at_most: 1_500 };

    fn open(sim: &mut Sim<Registry>) -> Self {
        sim.arrive(&ASKED, Registry::Ask);
        sim.arrive(&INSTALLED, Registry::Adds);
        Self {
            last: StdMap::default().into(),
            sensors: (0..1_500).map(|_| sim.id()).collect(),
        }
    }

    fn handle(&mut self, event: Registry, sim: &mut Sim<Registry>) {
        match event {
            Registry::Ask => {
                let sensor = sim.pick(&self.sensors);
                self.last.insert(sensor, sim.below(400) as f32 / 10.0);
                sim.arrive(&ASKED, Registry::Ask);
            }
            Registry::Adds => {
                let place = sim.below(1_500) as usize;
                self.last.remove(&self.sensors[place]);
                self.sensors[place] = sim.id();
                sim.arrive(&INSTALLED, Registry::Adds);
            }
        }
    }

    fn held(&self) -> usize {
        self.last.len()
    }

    fn stays(&self) -> u64 {
        let known = |sensor: &&u64| self.last.contains_key(*sensor);
        self.sensors.iter().filter(known).count() as u64
    }
}

/// A stream that pauses is `None` for a while and comes back; when it ends it is removed.
#[mapkeeper::tracked]
#[derive(Default)]
struct Streams {
    #[map]
    playing: StdMap<u64, Option<u32>>,
}

enum Stream {
    Starts,
    Pauses(u64),
    Resumes(u64),
    Ends(u64),
}

const STREAMS: Load = Load::per_hour(4_000.0).daily(0.8);
const STREAM_TIME: Life = Life::log_normal(1_200.0, 0.8);
const PAUSE: Life = Life::log_normal(30.0, 0.7);

impl Service for Streams {
    type Event = Stream;
    const NAME: &'static str = "none-for-a-while";
    const ROW: Row = Row::Healthy("residue in passing");
    const TRUTH: Truth = Truth::Healthy { at_most: 8_000 };

    fn open(sim: &mut Sim<Stream>) -> Self {
        sim.arrive(&STREAMS, Stream::Starts);
        Self::default()
    }

    fn handle(&mut self, event: Stream, sim: &mut Sim<Stream>) {
        match event {
            Stream::Starts => {
                let id = sim.id();
                self.playing.insert(id, Some(1));
                let lasts = sim.draw(&STREAM_TIME).min(6 * HOUR);
                for _ in 0..sim.below(4) {
                    let later = sim.below(lasts);
                    sim.after(later, Stream::Pauses(id));
                }
                sim.after(lasts, Stream::Ends(id));
                sim.arrive(&STREAMS, Stream::Starts);
            }
            Stream::Pauses(id) => {
                if let Some(playing) = self.playing.get_mut(&id) {
                    *playing = None;
                    let pause = sim.draw(&PAUSE);
                    sim.after(pause, Stream::Resumes(id));
                }
            }
            Stream::Resumes(id) => {
                if let Some(playing) = self.playing.get_mut(&id) {
                    *playing = Some(1);
                }
            }
            Stream::Ends(id) => drop(self.playing.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        self.playing.len()
    }
}
