//! The flight recorder of strict, read while maps are written and come and go. (The ring of one map, down to its orderings:
//! `models/tests/ring.rs`.)

use std::{hash::BuildHasher, sync::Arc, time::Duration};

use shuttle::{sync::Mutex, thread};

use super::{
    explore::holds,
    maps::{A, B, Mixed, both},
};
use crate::{
    FlightRecord, FlightRecorder, MapFlight, Operation,
    Operation::{Inserted, Missed, Removed, Replaced},
    flight_recorder, testing,
};

#[crate::tracked]
type Flown = crate::HashMap<u64, u64, Mixed>;

/// What `fly` does, in its order.
const SCRIPT: [(Operation, u64); 6] = [
    (Inserted, A[0]),
    (Inserted, B[0]),
    (Replaced, A[0]),
    (Removed, A[0]),
    (Missed, A[0]),
    (Inserted, A[0]),
];

fn fly(map: &mut Flown) {
    for (operation, key) in SCRIPT {
        match operation {
            Inserted | Replaced => drop(map.insert(key, 0)),
            _ => drop(map.remove(&key)),
        }
    }
}

fn hash(key: u64) -> Option<u64> {
    Some(Mixed.hash_one(key))
}

/// The operations of each map that are known, in the order of the maps.
fn operations(flight: &FlightRecorder) -> Vec<Vec<(Operation, Option<u64>)>> {
    let told = |map: &MapFlight| {
        let operations = map.operations.iter();
        operations
            .map(|told| (told.operation, told.key_hash))
            .collect()
    };
    flight.maps.iter().map(told).collect()
}

fn script() -> Vec<(Operation, Option<u64>)> {
    let script = SCRIPT.iter();
    script
        .map(|(operation, key)| (*operation, hash(*key)))
        .collect()
}

#[test]
fn who_reads_sees_the_first_operations_in_their_order() {
    holds(|| {
        let flying = thread::spawn(|| {
            let mut map = Flown::with_hasher(Mixed);
            fly(&mut map);
            map
        });
        let seen = operations(&flight_recorder());
        assert!(seen.len() <= 1, "{seen:?}");
        if let Some(seen) = seen.first() {
            assert_eq!(*seen, script()[..seen.len()]);
        }
        let map = flying.join().unwrap();
        assert_eq!(operations(&flight_recorder()), [script()]);
        let told = map.history(&A[0]).operations;
        assert_eq!(
            told.len(),
            SCRIPT.iter().filter(|(_, key)| *key == A[0]).count()
        );
    });
}

#[test]
fn each_thread_has_a_number_and_a_name_of_its_own() {
    holds(|| {
        let fly = |name: &str| {
            let thread = thread::Builder::new().name(name.to_owned());
            thread
                .spawn(|| {
                    let mut map = Flown::with_hasher(Mixed);
                    fly(&mut map);
                    map
                })
                .unwrap()
        };
        let threads = [fly("one"), fly("other")];
        let _maps = threads.map(|thread| thread.join().unwrap());
        let flight = flight_recorder();
        let mut who: Vec<(u16, &str)> = Vec::new();
        for map in &flight.maps {
            let first = &map.operations[0];
            let is_theirs = |told: &FlightRecord| told.thread == first.thread;
            assert!(map.operations.iter().all(is_theirs));
            who.push((first.thread, &first.thread_name));
        }
        who.sort_unstable();
        let [(1, one), (2, other)] = who[..] else {
            panic!("{who:?}");
        };
        assert!([one, other] == ["one", "other"] || [one, other] == ["other", "one"]);
    });
}

/// Maps whose operations are kept at a time, in models.
const MAPS: u64 = 4;

#[test]
fn a_ring_that_another_map_takes_over_shows_nothing_of_the_first() {
    holds(|| {
        // All places are taken; the first map is going while another one comes.
        let mut maps: Vec<Flown> = (0..MAPS)
            .map(|_| {
                let mut map = Flown::with_hasher(Mixed);
                map.insert(A[0], 0);
                map
            })
            .collect();
        let first = maps.swap_remove(0);
        let reader = thread::spawn(flight_recorder);
        drop(first);
        let mut later = Flown::with_hasher(Mixed);
        later.insert(B[0], 0);
        let seen = reader.join().unwrap();
        assert_eq!(seen.maps.len() as u64, MAPS);
        let newest = seen.maps.iter().max_by_key(|map| map.map).unwrap();
        let told = newest.operations.iter().map(|told| told.key_hash);
        let told: Vec<_> = told.collect();
        if seen.maps_dropped == 1 {
            assert!(told.is_empty() || told == [hash(B[0])], "{told:?}");
        } else {
            assert_eq!(told, [hash(A[0])]);
        }
    });
}

#[test]
fn a_map_in_a_lock_is_recorded_in_the_order_of_its_threads() {
    holds(|| {
        let map = Arc::new(Mutex::new(Flown::with_hasher(Mixed)));
        let fly = |map: &Mutex<Flown>| {
            let mut map = map.lock().unwrap();
            map.clear();
            fly(&mut map);
        };
        both(&map, fly, fly);
        let all = operations(&flight_recorder());
        let all: Vec<_> = all[0]
            .iter()
            .filter(|(operation, _)| operation.is_of_one_key())
            .copied()
            .collect();
        assert_eq!(all, [script(), script()].concat());
    });
}

/// The tick that is remembered is not that of a clock that was set since.
#[test]
fn what_happens_after_the_clock_was_set_has_the_new_time() {
    const LATER: Duration = Duration::from_secs(60);
    holds(|| {
        let flying = thread::spawn(|| {
            let mut map = Flown::with_hasher(Mixed);
            fly(&mut map);
            map
        });
        let clock = testing::Clock::drive();
        clock.set(LATER);
        let mut mine = Flown::with_hasher(Mixed);
        mine.insert(B[0], 0);
        let is_late = |told: &FlightRecord| u128::from(told.at_ms) >= LATER.as_millis();
        let told = mine.history(&B[0]).operations;
        assert!(told.iter().all(is_late), "{told:?}");
        let mut map = flying.join().unwrap();
        map.insert(B[1], 0);
        let told = map.history(&B[1]).operations;
        assert!(is_late(&told[0]), "{told:?}");
    });
}
