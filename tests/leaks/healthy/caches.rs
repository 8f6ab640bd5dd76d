//! Caches: full at their bound, expiring, or warming up to all the keys there are.

use std::collections::BTreeMap;

use rand_distr::{Distribution, Zipf};
use rustc_hash::FxHashMap;

use crate::{
    service::{Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Load, MINUTE, Sim},
};

pub(super) static MODELS: [Model; 6] = [
    Model::of::<PageCache>(),
    Model::of::<ThumbnailCache>(),
    Model::of::<DnsCache>(),
    Model::of::<PriceCache>(),
    Model::of::<Geocoder>(),
    Model::of::<Templates>(),
];

const CACHE: Row = Row::Healthy("cache");

enum Cache {
    Ask,
    Sweep,
}

/// Least recently used goes first, before the new one comes in; the bound is declared.
#[mapkeeper::tracked]
struct PageCache {
    #[map(max_len = 5_000)]
    pages: StdMap<u64, u64>,
    by_use: BTreeMap<u64, u64>,
    uses: u64,
    popular: Zipf<f64>,
}

const PAGES: Load = Load::per_hour(40_000.0).daily(0.6);

impl Service for PageCache {
    type Event = Cache;
    const NAME: &'static str = "lru-declared";
    const ROW: Row = CACHE;
    const TRUTH: Truth = Truth::Healthy { at_most: 5_000 };

    fn open(sim: &mut Sim<Cache>) -> Self {
        sim.arrive(&PAGES, Cache::Ask);
        Self {
            pages: StdMap::default().into(),
            by_use: BTreeMap::new(),
            uses: 0,
            popular: Zipf::new(200_000.0, 0.9).expect("a domain and an exponent"),
        }
    }

    fn handle(&mut self, _: Cache, sim: &mut Sim<Cache>) {
        let page = self.popular.sample(&mut sim.rng) as u64;
        self.uses += 1;
        if let Some(used) = self.pages.get_mut(&page) {
            self.by_use.remove(used);
            *used = self.uses;
        } else {
            if self.pages.len() == 5_000 {
                let oldest = self.by_use.pop_first().expect("as many as pages");
                self.pages.remove(&oldest.1);
            }
            self.pages.insert(page, self.uses);
        }
        self.by_use.insert(self.uses, page);
        sim.arrive(&PAGES, Cache::Ask);
    }

    fn held(&self) -> usize {
        self.pages.len()
    }

    fn stays(&self) -> u64 {
        self.by_use.len() as u64
    }
}

/// The same with four times the room, full after some minutes, and nothing declared. First in, first out.
#[mapkeeper::tracked]
#[derive(Default)]
struct ThumbnailCache {
    #[map]
    thumbnails: FxHashMap<u64, [u8; 16]>,
    order: std::collections::VecDeque<u64>,
}

const THUMBNAILS: Load = Load::per_hour(70_000.0).daily(0.4).bursts(120.0, 10.0, 2.0);

impl Service for ThumbnailCache {
    type Event = Cache;
    const NAME: &'static str = "fifo-undeclared";
    const ROW: Row = CACHE;
    const TRUTH: Truth = Truth::Healthy { at_most: 20_001 };

    fn open(sim: &mut Sim<Cache>) -> Self {
        sim.arrive(&THUMBNAILS, Cache::Ask);
        Self::default()
    }

    fn handle(&mut self, _: Cache, sim: &mut Sim<Cache>) {
        let image = sim.below(1_000_000);
        if !self.thumbnails.contains_key(&image) {
            self.thumbnails.insert(image, [0; 16]);
            self.order.push_back(image);
        }
        if self.order.len() > 20_000 {
            let first = self.order.pop_front().expect("it is not empty");
            self.thumbnails.remove(&first);
        }
        sim.arrive(&THUMBNAILS, Cache::Ask);
    }

    fn held(&self) -> usize {
        self.thumbnails.len()
    }

    fn stays(&self) -> u64 {
        self.order.len() as u64
    }
}

/// Every answer has a time to live; a sweep a minute throws out what is over it.
#[mapkeeper::tracked]
#[derive(Default)]
struct DnsCache {
    #[map]
    answers: StdMap<String, u64>,
}

const NAMES: Load = Load::per_hour(30_000.0).daily(0.7);

impl Service for DnsCache {
    type Event = Cache;
    const NAME: &'static str = "ttl-swept";
    const ROW: Row = CACHE;
    const TRUTH: Truth = Truth::Healthy { at_most: 40_000 };

    fn open(sim: &mut Sim<Cache>) -> Self {
        sim.arrive(&NAMES, Cache::Ask);
        sim.round(MINUTE, Cache::Sweep);
        Self::default()
    }

    fn handle(&mut self, event: Cache, sim: &mut Sim<Cache>) {
        match event {
            Cache::Ask => {
                let name = format!("host-{}.example", sim.below(400_000));
                let ttl = sim.pick(&[MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR]);
                let until = sim.now() + ttl;
                self.answers.entry(name).or_insert(until);
                sim.arrive(&NAMES, Cache::Ask);
            }
            Cache::Sweep => {
                let now = sim.now();
                self.answers.retain(|_, until| *until > now);
                sim.round(MINUTE, Cache::Sweep);
            }
        }
    }

    fn held(&self) -> usize {
        self.answers.len()
    }
}

/// Who asks replaces what is too old; what nobody asks for is taken out once an hour.
#[mapkeeper::tracked]
#[derive(Default)]
struct PriceCache {
    #[map]
    prices: StdMap<u32, (u32, u64)>,
}

const PRICES: Load = Load::per_hour(50_000.0).daily(0.5);

impl Service for PriceCache {
    type Event = Cache;
    const NAME: &'static str = "ttl-lazy";
    const ROW: Row = CACHE;
    const TRUTH: Truth = Truth::Healthy { at_most: 60_000 };

    fn open(sim: &mut Sim<Cache>) -> Self {
        sim.arrive(&PRICES, Cache::Ask);
        sim.round(HOUR, Cache::Sweep);
        Self::default()
    }

    fn handle(&mut self, event: Cache, sim: &mut Sim<Cache>) {
        let now = sim.now();
        match event {
            Cache::Ask => {
                // Squared, so that some are asked for much more than others.
                let article = (sim.below(245) * sim.below(245)) as u32;
                let stale = self
                    .prices
                    .get(&article)
                    .is_none_or(|(_, until)| *until <= now);
                if stale {
                    self.prices
                        .insert(article, (1 + article, now + 20 * MINUTE));
                }
                sim.arrive(&PRICES, Cache::Ask);
            }
            Cache::Sweep => {
                let stale = self.prices.extract_if(|_, (_, until)| *until <= now);
                drop(stale.collect::<Vec<_>>());
                sim.round(HOUR, Cache::Sweep);
            }
        }
    }

    fn held(&self) -> usize {
        self.prices.len()
    }
}

/// Results kept for good, of one of eight thousand questions: grows for some hours and never again.
#[mapkeeper::tracked]
#[derive(Default)]
struct Geocoder {
    #[map]
    places: StdMap<u32, (f32, f32)>,
}

const PLACES: Load = Load::per_hour(20_000.0).daily(0.6);

impl Service for Geocoder {
    type Event = Cache;
    const NAME: &'static str = "warm-up-uniform";
    const ROW: Row = Row::Healthy("warm-up");
    const TRUTH: Truth = Truth::Healthy { at_most: 8_000 };

    fn open(sim: &mut Sim<Cache>) -> Self {
        sim.arrive(&PLACES, Cache::Ask);
        Self::default()
    }

    fn handle(&mut self, _: Cache, sim: &mut Sim<Cache>) {
        let code = sim.below(8_000) as u32;
        self.places
            .entry(code)
            .or_insert_with(|| (52.0, code as f32));
        sim.arrive(&PLACES, Cache::Ask);
    }

    fn held(&self) -> usize {
        self.places.len()
    }

    fn stays(&self) -> u64 {
        8_000
    }
}

/// The same with questions of very different popularity: the rarest come in after hours.
#[mapkeeper::tracked]
struct Templates {
    #[map]
    compiled: StdMap<String, Vec<u8>>,
    popular: Zipf<f64>,
}

const RENDERED: Load = Load::per_hour(50_000.0).daily(0.5).bursts(90.0, 5.0, 3.0);

impl Service for Templates {
    type Event = Cache;
    const NAME: &'static str = "warm-up-zipf";
    const ROW: Row = Row::Healthy("warm-up");
    const TRUTH: Truth = Truth::Healthy { at_most: 3_000 };

    fn open(sim: &mut Sim<Cache>) -> Self {
        sim.arrive(&RENDERED, Cache::Ask);
        Self {
            compiled: StdMap::default().into(),
            popular: Zipf::new(3_000.0, 1.0).expect("a domain and an exponent"),
        }
    }

    fn handle(&mut self, _: Cache, sim: &mut Sim<Cache>) {
        let name = format!("page-{}", self.popular.sample(&mut sim.rng));
        if !self.compiled.contains_key(&name) {
            self.compiled.insert(name, vec![1; 32]);
        }
        sim.arrive(&RENDERED, Cache::Ask);
    }

    fn held(&self) -> usize {
        self.compiled.len()
    }

    fn stays(&self) -> u64 {
        self.compiled.len() as u64
    }
}
