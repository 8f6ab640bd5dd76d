//! What a report costs: with 10,000 sites and a million live entries, how long it takes, and how long a writer that goes
//! on meanwhile waits for any single operation.
//!
//! `cargo bench -p mapkeeper --bench report`, in the mode of the features it is given.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use mapkeeper::{__private::Registered, Contract, HashMap, Keeper, Site, Unguarded};
use rustc_hash::FxBuildHasher;

const SITES: usize = 10_000;
const ENTRIES: usize = 1_000_000;
const REPORTS: usize = 20;

static ALL: [Site; SITES] = [const {
    Site::new(
        "Service.map",
        module_path!(),
        file!(),
        line!(),
        1,
        Contract::NONE,
    )
}; SITES];

/// Registers a site for every number of four digits.
macro_rules! register {
    ($($a:literal)*) => { $(register!(@ $a; 0 1 2 3 4 5 6 7 8 9);)* };
    (@ $a:literal; $($b:literal)*) => { $(register!(@ $a $b; 0 1 2 3 4 5 6 7 8 9);)* };
    (@ $a:literal $b:literal; $($c:literal)*) => { $(register!(@ $a $b $c; 0 1 2 3 4 5 6 7 8 9);)* };
    (@ $a:literal $b:literal $c:literal; $($d:literal)*) => { $(
        mapkeeper::__private::inventory::submit! {
            Registered(&ALL[$a * 1000 + $b * 100 + $c * 10 + $d])
        }
    )* };
}
register!(0 1 2 3 4 5 6 7 8 9);

/// A keeper that stands in for ten thousand: its maps belong to the site of the day.
struct Any;
static TODAY: AtomicUsize = AtomicUsize::new(0);

impl Unguarded for Any {}

impl Keeper<u64, u64> for Any {
    const NEW: Self = Self;
    const TRACKED: bool = true;

    fn site() -> Option<&'static Site> {
        Some(&ALL[TODAY.load(Relaxed)])
    }
}

/// The keeper of the maps that are written meanwhile.
struct Busy;
static BUSY: Site = Site::new(
    "Busy.map",
    module_path!(),
    file!(),
    line!(),
    1,
    Contract::NONE,
);
mapkeeper::__private::inventory::submit! { Registered(&BUSY) }

impl Unguarded for Busy {}

impl Keeper<u64, u64> for Busy {
    const NEW: Self = Self;
    const TRACKED: bool = true;

    fn site() -> Option<&'static Site> {
        Some(&BUSY)
    }
}

type Map<T> = HashMap<u64, u64, FxBuildHasher, T>;

/// Inserts, removes, and makes and drops a map, again and again; the longest that any of it took, and how often.
fn write_until(stop: &AtomicBool) -> (Duration, u64) {
    let mut map: Map<Busy> = (0..100_000).map(|n| (n, n)).collect();
    let mut longest = Duration::ZERO;
    let mut operations = 0;
    let mut key = 100_000;
    while !stop.load(Relaxed) {
        let start = Instant::now();
        map.insert(key, key);
        map.remove(&(key - 100_000));
        if key.is_multiple_of(1_000) {
            drop((0..200).map(|n| (n, n)).collect::<Map<Busy>>());
        }
        longest = longest.max(start.elapsed());
        key += 1;
        operations += 1;
    }
    (longest, operations)
}

/// A writer beside `work`.
fn beside(work: impl FnOnce()) -> (Duration, u64) {
    let stop = AtomicBool::new(false);
    let start = Barrier::new(2);
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            start.wait();
            write_until(&stop)
        });
        start.wait();
        work();
        stop.store(true, Relaxed);
        writer.join().unwrap_or_default()
    })
}

fn main() {
    let each = ENTRIES / SITES;
    let mut maps: Vec<Map<Any>> = Vec::new();
    for site in 0..SITES {
        TODAY.store(site, Relaxed);
        maps.push((0..each as u64).map(|n| (n, n)).collect());
    }
    println!(
        "{} mode, {SITES} sites with a map of {each} entries each",
        mapkeeper::MODE
    );
    let mut took: Vec<Duration> = Vec::new();
    let mut json = 0;
    for _ in 0..REPORTS {
        let start = Instant::now();
        let report = mapkeeper::report();
        took.push(start.elapsed());
        json = report.to_json().len();
    }
    took.sort_unstable();
    println!(
        "report()            median {:?}, longest {:?} of {REPORTS}; {json} bytes as JSON",
        took[REPORTS / 2],
        took[REPORTS - 1]
    );
    let idle = beside(|| thread::sleep(Duration::from_secs(3)));
    let asked = beside(|| {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(3) {
            drop(mapkeeper::report());
        }
    });
    println!(
        "a writer meanwhile  longest operation {:?} of {}; while nobody asks for a report {:?} of {}",
        asked.0, asked.1, idle.0, idle.1
    );
    // Each map goes under its own name.
    for (site, map) in maps.into_iter().enumerate() {
        TODAY.store(site, Relaxed);
        drop(map);
    }
}
