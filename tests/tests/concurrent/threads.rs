//! Several threads at once: nothing is lost, told twice or made twice.

use std::{
    collections::HashMap as Plain,
    sync::{
        Barrier,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use mapkeeper::{RemovalCause, sync::HashMap};
use mapkeeper_tests::sites::{if_recorded, site};
use rand::{RngExt, SeedableRng, rngs::SmallRng};

const THREADS: u64 = 4;

/// By cause, how often hooks ran and the sum of the values they saw.
static TOLD: [(AtomicU64, AtomicU64); 7] = [const { (AtomicU64::new(0), AtomicU64::new(0)) }; 7];

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "a hook is shown what the map holds"
)]
fn tell(_: &u64, value: &u64, cause: RemovalCause) {
    TOLD[cause as usize].0.fetch_add(1, Relaxed);
    TOLD[cause as usize].1.fetch_add(*value, Relaxed);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Busy {
    #[map(on_remove = tell)]
    map: HashMap<u64, u64>,
}

#[test]
fn every_exit_is_told_once() {
    let s = Busy::default();
    // Values are never the same twice, so sums tell them apart.
    let value = AtomicU64::new(1);
    let put = AtomicU64::new(0);
    let came = AtomicU64::new(0);
    let out = AtomicU64::new(0);
    let start = Barrier::new(THREADS as usize);
    thread::scope(|threads| {
        for thread in 0..THREADS {
            let (s, value, put, came, out, start) = (&s, &value, &put, &came, &out, &start);
            threads.spawn(move || {
                let mut random = SmallRng::seed_from_u64(thread);
                start.wait();
                for step in 0..20_000 {
                    let key = random.random_range(0..200);
                    let new = value.fetch_add(1, Relaxed);
                    let taken = match random.random_range(0..100) {
                        0..40 => {
                            put.fetch_add(new, Relaxed);
                            let old = s.map.insert(key, new);
                            came.fetch_add(u64::from(old.is_none()), Relaxed);
                            old
                        }
                        40..55 => s.map.remove(&key).map(|(_, value)| value),
                        55..65 => {
                            // What `or_insert_with` made is in.
                            s.map.entry(key).or_insert_with(|| {
                                put.fetch_add(new, Relaxed);
                                came.fetch_add(1, Relaxed);
                                new
                            });
                            None
                        }
                        65..75 => s
                            .map
                            .remove_if(&key, |_, value| value.is_multiple_of(2))
                            .map(|(_, value)| value),
                        75..85 => {
                            assert!(s.map.get(&key).is_none_or(|value| *value > 0));
                            None
                        }
                        85..95 => {
                            s.map.get_or_insert_with(key, || {
                                put.fetch_add(new, Relaxed);
                                came.fetch_add(1, Relaxed);
                                new
                            });
                            None
                        }
                        _ => {
                            let _ = mapkeeper::report();
                            None
                        }
                    };
                    out.fetch_add(taken.unwrap_or(0), Relaxed);
                    if step == 10_000 && thread == 0 {
                        s.map.retain(|key, _| *key < 100);
                    }
                }
            });
        }
    });
    let told = |cause: RemovalCause| TOLD[cause as usize].0.load(Relaxed);
    let sum = |cause: RemovalCause| TOLD[cause as usize].1.load(Relaxed);
    let left: u64 = s.map.iter().map(|entry| *entry).sum();
    let handed = sum(RemovalCause::Removed) + sum(RemovalCause::Replaced);
    assert_eq!(handed, out.load(Relaxed));
    assert_eq!(
        handed + sum(RemovalCause::Filtered) + left,
        put.load(Relaxed)
    );
    let row = site("Busy.map");
    let len = s.map.len() as u64;
    assert_eq!(
        (row.inserts, row.len),
        (if_recorded(came.load(Relaxed)), if_recorded(len))
    );
    assert_eq!(row.replaces, if_recorded(told(RemovalCause::Replaced)));
    for cause in [RemovalCause::Removed, RemovalCause::Filtered] {
        assert_eq!(row.removed.get(cause), if_recorded(told(cause)));
    }
    drop(s);
    assert_eq!(told(RemovalCause::MapDropped), len);
    assert_eq!(sum(RemovalCause::MapDropped), left);
}

#[test]
fn a_value_is_made_once_per_key() {
    let map: HashMap<u64, u64> = HashMap::new();
    let made = AtomicUsize::new(0);
    let start = Barrier::new(THREADS as usize);
    thread::scope(|threads| {
        for _ in 0..THREADS {
            threads.spawn(|| {
                start.wait();
                for key in 0..2_000 {
                    let value = map.get_or_insert_with(key, || {
                        made.fetch_add(1, Relaxed);
                        key * 2
                    });
                    assert_eq!((*value.key(), *value), (key, key * 2));
                }
            });
        }
    });
    assert_eq!(made.into_inner(), 2_000);
    assert_eq!(map.len(), 2_000);
}

#[test]
fn who_iterates_sees_each_key_that_stays_once() {
    const STAY: u64 = 500;
    let map: HashMap<u64, u64> = (0..STAY).map(|key| (key, key)).collect();
    let running = AtomicU64::new(2);
    thread::scope(|threads| {
        for thread in 0..2_u64 {
            let (map, running) = (&map, &running);
            threads.spawn(move || {
                let mut random = SmallRng::seed_from_u64(thread);
                for _ in 0..100_000 {
                    let key = random.random_range(STAY..STAY * 40);
                    if random.random_bool(0.6) {
                        map.insert(key, key);
                    } else {
                        map.remove(&key);
                    }
                }
                map.retain(|key, _| *key < STAY || key % 2 == thread);
                map.shrink_to_fit();
                running.fetch_sub(1, Relaxed);
            });
        }
        loop {
            let last = running.load(Relaxed) == 0;
            let mut seen: Plain<u64, u32> = Plain::new();
            for entry in &map {
                assert_eq!(entry.key(), entry.value());
                *seen.entry(*entry.key()).or_default() += 1;
            }
            for key in 0..STAY {
                assert_eq!(seen.get(&key), Some(&1), "key {key}");
            }
            if last {
                break;
            }
        }
    });
}

#[test]
fn entries_may_be_removed_while_they_are_iterated() {
    let map: HashMap<u64, u64> = (0..1_000).map(|key| (key, key)).collect();
    let mut seen = 0;
    for entry in &map {
        let key = *entry.key();
        drop(entry);
        seen += 1;
        assert!(map.remove(&key).is_some());
        map.insert(key + 10_000_000, 0);
        map.remove(&(key + 10_000_000));
    }
    assert_eq!((seen, map.len()), (1_000, 0));
}
