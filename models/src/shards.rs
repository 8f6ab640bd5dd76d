//! One entry at a time: guards shut one another out, no update is lost, and who only tries waits for nobody.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use shuttle::thread::yield_now;

use super::{
    explore::{holds, holds_in_all_orders, is_found_out},
    maps::{A, B, Map, both, entries, map, map_of, three},
};
use crate::sync::TryResult;

fn count_up(map: &Map) {
    let mut count = map.get_mut(&A[0]).unwrap();
    let was = *count;
    yield_now();
    *count = was + 1;
}

#[test]
fn no_update_is_lost() {
    holds_in_all_orders(|| {
        let map = map_of(&[(A[0], 0)]);
        both(&map, count_up, count_up);
        assert_eq!(entries(&map), [(A[0], 2)]);
    });
}

#[test]
fn mutant_an_update_in_two_steps() {
    fn count_up(map: &Map) {
        let was = *map.get(&A[0]).unwrap();
        map.insert(A[0], was + 1);
    }
    is_found_out("an update is lost", || {
        let map = map_of(&[(A[0], 0)]);
        both(&map, count_up, count_up);
        assert_eq!(entries(&map), [(A[0], 2)], "an update is lost");
    });
}

#[test]
fn of_two_insertions_of_a_key_the_later_replaces_the_other() {
    holds_in_all_orders(|| {
        let map = map();
        let (one, other) = both(&map, |map| map.insert(A[0], 1), |map| map.insert(A[0], 2));
        let is = entries(&map);
        match (one, other) {
            (None, Some(1)) => assert_eq!(is, [(A[0], 2)]),
            (Some(2), None) => assert_eq!(is, [(A[0], 1)]),
            both => panic!("{both:?}"),
        }
    });
}

#[test]
fn an_entry_is_removed_once() {
    holds_in_all_orders(|| {
        let map = map_of(&[(A[0], 7)]);
        let (one, other) = both(
            &map,
            |map| map.remove(&A[0]),
            |map| map.remove_if(&A[0], |_, value| *value == 7),
        );
        assert!(one.is_some() != other.is_some(), "{one:?} {other:?}");
        assert!(map.is_empty());
    });
}

/// Threads that come and go in the one shard of a map.
#[test]
fn insertions_removals_and_readers_of_three_threads_keep_to_an_order() {
    holds(|| {
        let map = map_of(&[(A[0], 0)]);
        let read = |map: &Map| map.get(&A[0]).map(|value| *value);
        let (seen, removed, replaced) = three(
            &map,
            move |map| [read(map), read(map)],
            |map| map.remove(&A[0]),
            |map| map.insert(A[0], 1),
        );
        match (removed, replaced) {
            // Removed before the insertion, or after it.
            (Some((_, 0)), None) => assert_eq!(entries(&map), [(A[0], 1)]),
            (Some((_, 1)), Some(0)) => assert_eq!(entries(&map), []),
            both => panic!("{both:?}"),
        }
        if replaced.is_some() {
            // 0, 1, nothing.
            let rank = |value: Option<u64>| value.map_or(2, |value| value);
            assert!(rank(seen[0]) <= rank(seen[1]), "{seen:?}");
        }
    });
}

/// A map, and whether somebody is in there who writes.
type Watched = (Arc<Map>, AtomicBool);

fn watched() -> Arc<Watched> {
    let map = map_of(&[(A[0], 0), (B[0], 0)]);
    Arc::new((map, AtomicBool::new(false)))
}

fn write_for_a_while((map, writes): &Watched) {
    let _guard = map.get_mut(&A[0]).unwrap();
    writes.store(true, Relaxed);
    yield_now();
    writes.store(false, Relaxed);
}

#[test]
fn a_guard_that_writes_shuts_all_others_out() {
    holds_in_all_orders(|| {
        both(&watched(), write_for_a_while, |(map, writes)| {
            let _guard = map.get(&A[0]).unwrap();
            assert!(!writes.load(Relaxed), "one reads while another writes");
            yield_now();
            assert!(!writes.load(Relaxed), "one writes while another reads");
        });
    });
}

#[test]
fn who_only_tries_is_let_in_or_told_that_it_is_locked() {
    holds_in_all_orders(|| {
        let watched = watched();
        both(&watched, write_for_a_while, |(map, writes)| {
            match map.try_get(&A[0]) {
                TryResult::Present(_guard) => assert!(!writes.load(Relaxed)),
                TryResult::Absent => panic!("it is there"),
                TryResult::Locked => {}
            }
            if let Some(_entry) = map.try_entry(A[1]) {
                assert!(!writes.load(Relaxed));
            }
            assert!(map.try_get_mut(&B[0]).is_present(), "nobody is there");
        });
        assert!(watched.0.try_get_mut(&A[0]).is_present(), "nobody is left");
    });
}

/// The lock is not let go between the insertion and the reading.
#[test]
fn what_was_inserted_is_there_when_it_is_read() {
    holds_in_all_orders(|| {
        let map = map();
        let (read, ()) = both(
            &map,
            |map| {
                let mine = map.get_or_insert_with(A[0], || 1);
                let first = *mine;
                yield_now();
                (first, *mine)
            },
            |map| {
                map.remove(&A[0]);
                map.insert(A[0], 2);
            },
        );
        assert!(read == (1, 1) || read == (2, 2), "{read:?}");
    });
}

#[test]
fn two_that_read_one_shard_do_not_wait_for_each_other() {
    holds_in_all_orders(|| {
        let map = map_of(&[(A[0], 0), (A[1], 1)]);
        // Each holds one guard and asks for another: they would wait for ever, did readers shut readers out.
        let read = |[first, second]: [u64; 2]| {
            move |map: &Map| {
                let first = map.get(&first).unwrap();
                let second = map.get(&second).unwrap();
                *first + *second
            }
        };
        let sums = both(&map, read([A[0], A[1]]), read([A[1], A[0]]));
        assert_eq!(sums, (1, 1));
    });
}
