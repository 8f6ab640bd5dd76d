//! Iterators hold no lock between two items: what stays is shown once, whatever comes, goes or moves meanwhile.

use super::{
    explore::{holds, holds_in_all_orders, is_found_out},
    maps::{A, B, Map, both, map_of, three},
};
use crate::sync::mutants::keys_by_place;

/// Three that stay, and two that go.
const ENTRIES: [(u64, u64); 5] = [(A[0], 0), (A[1], 0), (A[2], 0), (B[0], 0), (B[1], 0)];
const STAY: [u64; 3] = [A[0], A[2], B[1]];

/// Makes the first shard grow, and move.
fn grow(map: &Map) {
    for key in 10..14 {
        map.insert(key, 1);
    }
}

fn remove(map: &Map) {
    map.remove(&A[1]);
    map.remove(&B[0]);
}

fn keys(map: &Map) -> Vec<u64> {
    map.iter().map(|entry| *entry.key()).collect()
}

#[track_caller]
fn check(mut seen: Vec<u64>) {
    seen.sort_unstable();
    for key in STAY {
        assert!(seen.contains(&key), "not once: {key} of {seen:?}");
    }
    assert!(seen.is_sorted_by(|a, b| a < b), "not once: {seen:?}");
}

#[test]
fn what_stays_is_shown_once_while_others_go() {
    holds_in_all_orders(|| check(both(&map_of(&ENTRIES), remove, keys).1));
}

#[test]
fn what_stays_is_shown_once_while_its_table_grows() {
    holds(|| check(both(&map_of(&ENTRIES), grow, keys).1));
}

#[test]
fn mutant_an_iterator_by_places() {
    is_found_out("not once", || {
        check(both(&map_of(&ENTRIES), grow, keys_by_place).1)
    });
}

#[test]
fn what_stays_is_changed_once() {
    fn count_up(map: &Map) {
        map.iter_mut().for_each(|mut entry| *entry += 1);
    }
    holds(|| {
        let map = map_of(&ENTRIES);
        three(&map, count_up, remove, grow);
        for key in STAY {
            assert_eq!(map.view(&key, |_, n| *n), Some(1));
        }
    });
}

#[test]
fn an_entry_may_be_removed_by_who_iterates() {
    holds(|| {
        let map = map_of(&ENTRIES);
        let clear = |map: &Map| {
            let keys = map.iter().map(|entry| *entry.key());
            keys.filter(|key| map.remove(key).is_some()).count()
        };
        let (one, other) = both(&map, clear, clear);
        assert_eq!(one + other, ENTRIES.len());
        assert!(map.is_empty());
    });
}
