//! Keys that go 64 at a time, in one step or one by one.

use std::{
    hint::black_box,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use rand::{SeedableRng, rngs::SmallRng, seq::SliceRandom};

use crate::{maps::Tracked, median};

/// Keys of a batch.
pub(crate) const BATCH: usize = 64;
pub(crate) const SIZES: [u64; 2] = [1_000, 1_000_000];

/// Keys to remove, of a map of so many.
pub(crate) fn keys(entries: u64, seed: u64) -> Vec<u64> {
    let mut keys: Vec<u64> = (0..entries).collect();
    keys.shuffle(&mut SmallRng::seed_from_u64(seed));
    keys.truncate(64 * BATCH);
    keys
}

pub(crate) fn filled(entries: u64) -> Tracked {
    let map = Tracked::new();
    map.insert_many((0..entries).map(|key| (key, key)));
    map
}

#[inline(never)]
pub(crate) fn remove(map: &Tracked, keys: &[u64], by_batch: bool) {
    for keys in keys.chunks(BATCH) {
        if by_batch {
            black_box(map.remove_many(keys));
        } else {
            keys.iter().for_each(|key| _ = black_box(map.remove(key)));
        }
    }
}

/// How long a thread takes to remove its keys. Each batch comes back at once, in one step either way.
fn time_of(map: &Tracked, keys: &[u64], by_batch: bool) -> Duration {
    let mut took = Duration::ZERO;
    for keys in keys.chunks(BATCH) {
        let since = Instant::now();
        remove(map, keys, by_batch);
        took += since.elapsed();
        map.insert_many(keys.iter().map(|key| (*key, *key)));
    }
    took
}

/// The same of so many threads together, each with keys of its own.
fn time_of_all(map: &Tracked, keys: &[Vec<u64>], by_batch: bool) -> f64 {
    let start = Barrier::new(keys.len());
    let times = thread::scope(|threads| {
        let start = &start;
        let mut running = Vec::new();
        for keys in keys {
            running.push(threads.spawn(move || {
                start.wait();
                time_of(map, keys, by_batch)
            }));
        }
        let times = running.into_iter().map(|thread| thread.join());
        times
            .map(|time| time.expect("no map panics"))
            .sum::<Duration>()
    });
    times.as_secs_f64()
}

/// How much faster keys go by batches than one by one.
pub(crate) fn print(rounds: u64) {
    for entries in SIZES {
        let map = filled(entries);
        for threads in [1, 2] {
            let ratios = (0..rounds * 4).map(|round| {
                let all = keys(entries, round);
                let each = all.len() / threads / BATCH * BATCH;
                let each: Vec<_> = all.chunks_exact(each).map(<[u64]>::to_vec).collect();
                // Who comes first finds the caches cold: they take turns in that, too.
                let first = time_of_all(&map, &each[..threads], round % 2 == 1);
                let second = time_of_all(&map, &each[..threads], round % 2 == 0);
                if round % 2 == 0 {
                    first / second
                } else {
                    second / first
                }
            });
            println!(
                "{BATCH} removals in a batch over one by one, {entries}, {threads} threads: {:.2}",
                median(ratios.collect())
            );
        }
    }
}
