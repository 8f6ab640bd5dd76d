//! Concurrent maps on two threads: ours in the mode it was compiled in, beside dashmap, papaya, scc and std's map in a lock.
//!
//! A shared machine is as fast as its other tenants let it be, so all maps take turns, milliseconds apart, and a figure is the
//! median over the rounds of a map's throughput over dashmap's in the same round. Half of the keys that are drawn are there;
//! writes insert and remove in turns, so a map keeps its size.
//!
//! `cargo bench -p mapkeeper-tests --bench concurrent [--no-default-features --features strict]`; `-- --rounds 31` for closer
//! figures, `-- --only 'zipf'` for some of them.

#![allow(missing_docs)]
#![forbid(unsafe_code)]

use std::{
    collections::HashMap,
    hash::RandomState,
    hint::black_box,
    sync::{Barrier, PoisonError, RwLock},
    thread,
    time::{Duration, Instant},
};

use dashmap::DashMap;
use lexopt::prelude::*;
use mapkeeper::{Keeper, Unguarded, sync};
use rand::{RngExt, SeedableRng, distr::Distribution, rngs::SmallRng, seq::SliceRandom};

const THREADS: u64 = 2;
/// Operations of each thread in a round.
const OPS: usize = 100_000;
/// Keys of a batch.
const BATCH: usize = 64;

#[mapkeeper::tracked]
type Tracked = sync::HashMap<u64, u64>;

trait Shared: Sync {
    fn get(&self, key: u64) -> Option<u64>;
    fn insert(&self, key: u64, value: u64);
    fn remove(&self, key: u64);
}

impl<T: Keeper<u64, u64> + Unguarded + Sync + Send> Shared
    for sync::HashMap<u64, u64, RandomState, T>
{
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key).map(|value| *value)
    }

    fn insert(&self, key: u64, value: u64) {
        self.insert(key, value);
    }

    fn remove(&self, key: u64) {
        self.remove(&key);
    }
}

impl Shared for DashMap<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key).map(|value| *value)
    }

    fn insert(&self, key: u64, value: u64) {
        self.insert(key, value);
    }

    fn remove(&self, key: u64) {
        self.remove(&key);
    }
}

impl Shared for RwLock<HashMap<u64, u64>> {
    fn get(&self, key: u64) -> Option<u64> {
        let map = self.read().unwrap_or_else(PoisonError::into_inner);
        map.get(&key).copied()
    }

    fn insert(&self, key: u64, value: u64) {
        let mut map = self.write().unwrap_or_else(PoisonError::into_inner);
        map.insert(key, value);
    }

    fn remove(&self, key: u64) {
        let mut map = self.write().unwrap_or_else(PoisonError::into_inner);
        map.remove(&key);
    }
}

impl Shared for papaya::HashMap<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.pin().get(&key).copied()
    }

    fn insert(&self, key: u64, value: u64) {
        self.pin().insert(key, value);
    }

    fn remove(&self, key: u64) {
        self.pin().remove(&key);
    }
}

impl Shared for scc::HashMap<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.read_sync(&key, |_, value| *value)
    }

    fn insert(&self, key: u64, value: u64) {
        self.upsert_sync(key, value);
    }

    fn remove(&self, key: u64) {
        self.remove_sync(&key);
    }
}

/// Each with its name; dashmap first, whom the others are compared with.
fn maps() -> Vec<(&'static str, Box<dyn Shared>)> {
    vec![
        ("dashmap", Box::new(DashMap::<u64, u64>::new())),
        ("mapkeeper", Box::new(Tracked::new())),
        ("papaya", Box::new(papaya::HashMap::<u64, u64>::new())),
        ("scc", Box::new(scc::HashMap::<u64, u64>::new())),
        ("RwLock", Box::new(RwLock::new(HashMap::<u64, u64>::new()))),
    ]
}

#[derive(Clone, Copy)]
enum Op {
    Get,
    Insert,
    Remove,
}

/// What one thread does in a round.
fn script(entries: u64, reads: u32, zipf: bool, seed: u64) -> Vec<(Op, u64)> {
    let mut random = SmallRng::seed_from_u64(seed);
    let keys = entries * 2;
    let ranks = rand_distr::Zipf::new(keys as f64, 1.0).expect("there are keys");
    let mut inserts = false;
    let mut draw = || {
        let key = if zipf {
            // Which keys are hot has nothing to do with their order.
            let rank = ranks.sample(&mut random) as u64;
            rank.wrapping_mul(0x9E37_79B9_7F4A_7C15) % keys
        } else {
            random.random_range(0..keys)
        };
        if random.random_range(0..100) < reads {
            return (Op::Get, key);
        }
        inserts = !inserts;
        (if inserts { Op::Insert } else { Op::Remove }, key)
    };
    (0..OPS).map(|_| draw()).collect()
}

fn timed(work: impl FnOnce()) -> Duration {
    let since = Instant::now();
    work();
    since.elapsed()
}

fn run(map: &dyn Shared, scripts: &[Vec<(Op, u64)>]) -> Duration {
    let start = Barrier::new(scripts.len());
    let run_one = |script: &[(Op, u64)]| {
        start.wait();
        timed(|| {
            for (op, key) in script {
                match op {
                    Op::Get => _ = black_box(map.get(*key)),
                    Op::Insert => map.insert(*key, *key),
                    Op::Remove => map.remove(*key),
                }
            }
        })
    };
    thread::scope(|threads| {
        let run_one = &run_one;
        let threads: Vec<_> = scripts
            .iter()
            .map(|script| threads.spawn(move || run_one(script)))
            .collect();
        let times = threads
            .into_iter()
            .map(|thread| thread.join().expect("no map panics"));
        times.max().unwrap_or_default()
    })
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn mixes(rounds: usize, only: &str) {
    println!(
        "throughput over dashmap's, {THREADS} threads, mapkeeper in {} (dashmap: million operations a second)",
        mapkeeper::MODE
    );
    let names: Vec<&str> = maps().iter().map(|(name, _)| *name).collect();
    println!(
        "{:28}{}",
        "",
        names
            .iter()
            .map(|name| format!("{name:>11}"))
            .collect::<String>()
    );
    for entries in [1_000, 1_000_000] {
        for reads in [90, 50] {
            for zipf in [false, true] {
                let shape = if zipf { "zipf" } else { "uniform" };
                let row = format!("{reads}/{} {shape}, {entries}", 100 - reads);
                if row.contains(only) {
                    println!("{row:28}{}", mix(rounds, entries, reads, zipf));
                }
            }
        }
    }
}

fn mix(rounds: usize, entries: u64, reads: u32, zipf: bool) -> String {
    let maps = maps();
    for (_, map) in &maps {
        (0..entries).for_each(|key| map.insert(key * 2, key));
    }
    let mut over: Vec<Vec<f64>> = vec![Vec::new(); maps.len()];
    let mut speeds = Vec::new();
    for round in 0..rounds as u64 {
        let seeds = (0..THREADS).map(|thread| round * THREADS + thread);
        let scripts: Vec<_> = seeds
            .map(|seed| script(entries, reads, zipf, seed))
            .collect();
        // Whoever comes first finds the caches cold: they take turns in that, too.
        let mut times = vec![0.0; maps.len()];
        for turn in 0..maps.len() {
            let which = (turn + round as usize) % maps.len();
            times[which] = run(&*maps[which].1, &scripts).as_secs_f64();
        }
        over.iter_mut()
            .zip(&times)
            .for_each(|(over, time)| over.push(times[0] / time));
        speeds.push(OPS as f64 * THREADS as f64 / times[0] / 1e6);
    }
    let mut cells = vec![format!("{:>11.1}", median(speeds))];
    cells.extend(
        over.into_iter()
            .skip(1)
            .map(|over| format!("{:>11.2}", median(over))),
    );
    cells.concat()
}

/// How much faster keys go by batches than one by one, on one thread.
fn batches(rounds: usize) {
    for entries in [1_000_u64, 1_000_000] {
        let map = Tracked::new();
        let mut random = SmallRng::seed_from_u64(entries);
        let mut ratios = Vec::new();
        for _ in 0..rounds {
            let mut keys: Vec<u64> = (0..entries).collect();
            keys.shuffle(&mut random);
            keys.truncate(64 * BATCH);
            let mut times = [0.0; 2];
            for (by_batch, time) in times.iter_mut().enumerate() {
                map.insert_many((0..entries).map(|key| (key, key)));
                let took = timed(|| {
                    for keys in keys.chunks(BATCH) {
                        if by_batch == 1 {
                            black_box(map.remove_many(keys));
                        } else {
                            keys.iter().for_each(|key| _ = black_box(map.remove(key)));
                        }
                    }
                });
                *time = took.as_secs_f64();
            }
            ratios.push(times[0] / times[1]);
        }
        println!(
            "{BATCH} removals in a batch over one by one, {entries}: {:.2}",
            median(ratios)
        );
    }
}

fn main() -> Result<(), lexopt::Error> {
    let (mut rounds, mut only) = (15, String::new());
    let mut args = lexopt::Parser::from_env();
    while let Some(arg) = args.next()? {
        match arg {
            Long("rounds") => rounds = args.value()?.parse()?,
            Long("only") => only = args.value()?.string()?,
            Long("bench") => {}
            _ => return Err(arg.unexpected()),
        }
    }
    mixes(rounds, &only);
    if "batches".contains(&only) {
        batches(rounds);
    }
    Ok(())
}
