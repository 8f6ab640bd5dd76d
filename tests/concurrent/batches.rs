//! Keys that go 64 at a time, in one step or one by one.

use std::{
    hint::{self, black_box},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use rand::{SeedableRng, rngs::SmallRng, seq::index};

use crate::{maps::Tracked, median, together};

/// Keys of a batch.
pub(crate) const BATCH: usize = 64;
pub(crate) const SIZES: [u64; 2] = [1_000, 1_000_000];

/// Keys to remove, of a map of so many.
pub(crate) fn keys(entries: u64, seed: u64) -> Vec<u64> {
    let entries = entries as usize;
    let random = &mut SmallRng::seed_from_u64(seed);
    let keys = index::sample(random, entries, entries.min(64 * BATCH));
    keys.into_iter().map(|key| key as u64).collect()
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

/// How long threads take together to remove the keys of each. A round is over for all before keys come back: else removals
/// would wait for what brings back the other thread's.
fn time_of_all(map: &Tracked, keys: &[Vec<u64>], by_batch: bool) -> f64 {
    let arrived = AtomicUsize::new(0);
    // Threads that sleep wake one by one, and would have the map to themselves.
    let meet = |round: usize| {
        arrived.fetch_add(1, Ordering::SeqCst);
        while arrived.load(Ordering::SeqCst) < round * keys.len() {
            hint::spin_loop();
        }
    };
    let time_of = |keys: &[u64]| {
        let mut took = Duration::ZERO;
        // A tenth of a small map at a time.
        for (round, keys) in keys.chunks(2 * BATCH).enumerate() {
            meet(round * 2 + 1);
            let since = Instant::now();
            remove(map, keys, by_batch);
            took += since.elapsed();
            meet(round * 2 + 2);
            map.insert_many(keys.iter().map(|key| (*key, *key)));
        }
        took
    };
    let times = together::each(keys, |keys| time_of(keys));
    times.iter().sum::<Duration>().as_secs_f64()
}

/// A map's size and how many threads remove from it.
#[derive(Clone, Copy)]
pub(crate) struct Removals {
    pub(crate) entries: u64,
    pub(crate) threads: usize,
}

impl Removals {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let of = |entries| [1, 2].map(|threads| Self { entries, threads });
        SIZES.into_iter().flat_map(of)
    }

    /// How long all threads together take for all their keys, in nanoseconds a key.
    fn time(self, map: &Tracked, seed: u64, by_batch: bool) -> f64 {
        let all = keys(self.entries, seed);
        let each = all.len() / self.threads / BATCH * BATCH;
        let chunks = all.chunks_exact(each).take(self.threads);
        let of_each: Vec<_> = chunks.map(<[u64]>::to_vec).collect();
        time_of_all(map, &of_each, by_batch) * 1e9 / (each * self.threads) as f64
    }

    /// How many times as fast keys go by batches as one by one, and what a key takes either way: the median turn of each.
    pub(crate) fn measure(self, rounds: u64) -> (f64, f64, f64) {
        let map = filled(self.entries);
        let (mut faster, mut batches, mut singles) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..rounds * 4 {
            let by_batch_first = round % 2 == 1;
            // Each with keys of its own: the second of two would find the first one's in the cache.
            let first = self.time(&map, round * 2, by_batch_first);
            let second = self.time(&map, round * 2 + 1, !by_batch_first);
            let (batch, single) = if by_batch_first {
                (first, second)
            } else {
                (second, first)
            };
            faster.push(single / batch);
            batches.push(batch);
            singles.push(single);
        }
        (median(faster), median(batches), median(singles))
    }
}
