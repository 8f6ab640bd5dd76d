//! Keys that go 64 at a time, in one step or one by one.

use std::{
    hint::{self, black_box},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use rand::{SeedableRng, rngs::SmallRng, seq::index};

use crate::{maps::Tracked, median};

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
    let times: Duration = thread::scope(|threads| {
        let threads: Vec<_> = keys
            .iter()
            .map(|keys| threads.spawn(|| time_of(keys)))
            .collect();
        let times = threads.into_iter().map(|thread| thread.join());
        times.map(|time| time.expect("no map panics")).sum()
    });
    times.as_secs_f64()
}

/// How much faster keys go by batches than one by one.
pub(crate) fn print(rounds: u64) {
    for entries in SIZES {
        let map = filled(entries);
        for threads in [1, 2] {
            // Each with keys of its own: the second of two would find the first one's in the cache.
            let time_of = |seed, by_batch| {
                let all = keys(entries, seed);
                let each = all.len() / threads / BATCH * BATCH;
                let chunks = all.chunks_exact(each).take(threads);
                let of_each: Vec<_> = chunks.map(<[u64]>::to_vec).collect();
                time_of_all(&map, &of_each, by_batch) * 1e9 / (each * threads) as f64
            };
            let (mut singles, mut batches, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
            for round in 0..rounds * 4 {
                let batches_first = round % 2 == 1;
                let first = time_of(round * 2, batches_first);
                let second = time_of(round * 2 + 1, !batches_first);
                let (single, batch) = if batches_first {
                    (second, first)
                } else {
                    (first, second)
                };
                ratios.push(single / batch);
                singles.push(single);
                batches.push(batch);
            }
            println!(
                "{BATCH} removals in a batch over one by one, {entries}, {threads} threads: {:.2} ({:.0} for {:.0} ns a key)",
                median(ratios),
                median(batches),
                median(singles),
            );
        }
    }
}
