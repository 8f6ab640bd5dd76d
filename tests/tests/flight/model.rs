//! The recorder against a model of it, and while a map is written.

use std::{
    collections::VecDeque,
    hash::BuildHasher,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use mapkeeper::Operation;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::{KNOWN, flight, flights};

#[mapkeeper::tracked]
#[derive(Default)]
struct Modelled {
    #[map]
    map: FxHashMap<u64, u64>,
}

#[test]
fn the_last_operations_are_those_of_a_model() {
    const KEPT: usize = 1023;
    if !KNOWN {
        return;
    }
    let mut rng = SmallRng::seed_from_u64(7);
    let mut modelled = Modelled::default();
    let mut there = std::collections::HashSet::new();
    let mut model: VecDeque<(Operation, Option<u64>, u64)> = VecDeque::new();
    let mut before = 0_u64;
    for step in 0..20_000 {
        let key = rng.random_range(0..64);
        let hash = Some(FxBuildHasher.hash_one(key));
        let did = match rng.random_range(0..100) {
            0 => {
                let n = there.len() as u64;
                there.clear();
                modelled.map.clear();
                (n > 0).then_some((Operation::Cleared, None, n))
            }
            1..50 => {
                modelled.map.insert(key, step);
                let did = if there.insert(key) {
                    Operation::Inserted
                } else {
                    Operation::Replaced
                };
                Some((did, hash, 1))
            }
            _ => {
                modelled.map.remove(&key);
                let did = if there.remove(&key) {
                    Operation::Removed
                } else {
                    Operation::Missed
                };
                Some((did, hash, 1))
            }
        };
        model.extend(did);
        if model.len() > KEPT {
            model.pop_front();
            before += 1;
        }
        if step % 997 == 0 || step == 19_999 {
            let Some(map) = flights("Modelled.map").pop() else {
                assert!(model.is_empty() || there.is_empty());
                continue;
            };
            let told: Vec<_> = map
                .operations
                .iter()
                .map(|it| (it.operation, it.key_hash, it.entries))
                .collect();
            assert_eq!(told, Vec::from(model.clone()), "step {step}");
            assert_eq!(map.dropped, before, "step {step}");
        }
    }
    let key = 5;
    let hash = Some(FxBuildHasher.hash_one(key));
    let history = modelled.map.history(&key);
    let told: Vec<_> = history
        .operations
        .iter()
        .map(|it| (it.operation, it.key_hash, it.entries))
        .collect();
    let of_key: Vec<_> = model
        .into_iter()
        .filter(|(_, of, _)| of.is_none() || *of == hash)
        .collect();
    assert_eq!(told, of_key);
    assert_eq!((history.key_hash, history.dropped), (hash, before));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Busy {
    #[map]
    map: FxHashMap<u64, u64>,
}

/// Keys come and leave one by one, so whatever is read has to be a piece of that sequence.
#[test]
fn what_is_read_while_a_map_is_written_happened_in_that_order() {
    if !KNOWN {
        return;
    }
    const KEYS: u64 = 200_000;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut busy = Busy::default();
            for key in 0..KEYS {
                busy.map.insert(key, key);
                busy.map.remove(&key);
            }
            done.store(true, Ordering::SeqCst);
        });
        let mut reads = 0;
        while !done.load(Ordering::SeqCst) || reads == 0 {
            let Some(map) = flights("Busy.map").pop() else {
                continue;
            };
            reads += 1;
            let first = map.dropped;
            for (nth, record) in (first..).zip(&map.operations) {
                let did = [Operation::Inserted, Operation::Removed][nth as usize % 2];
                let hash = FxBuildHasher.hash_one(nth / 2);
                assert_eq!(
                    (record.operation, record.key_hash),
                    (did, Some(hash)),
                    "operation {nth} of a read from {first} on"
                );
            }
        }
    });
    let map = flight("Busy.map");
    assert!(map.gone);
    assert_eq!(map.dropped + map.operations.len() as u64, 2 * KEYS);
}
