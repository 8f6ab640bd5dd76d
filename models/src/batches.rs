//! Steps that touch several shards are one: seen as a whole or not at all, and two of them never wait for each other.

use super::{
    explore::{holds, holds_in_all_orders, is_found_out},
    maps::{A, B, Map, both, entries, map, map_of, three},
};
use crate::sync::mutants::{clear_backwards, clear_one_by_one, len_one_by_one};

const BEFORE: [(u64, u64); 2] = [(A[0], 1), (B[0], 1)];

#[track_caller]
fn all_or_none(seen: &[(u64, u64)]) {
    assert!(seen.is_empty() || seen == BEFORE, "half of it: {seen:?}");
}

#[test]
fn a_batch_of_insertions_is_seen_as_one() {
    holds_in_all_orders(|| {
        let map = map();
        let (new, seen) = both(&map, |map| map.insert_many(BEFORE), entries);
        assert_eq!(new, 2);
        all_or_none(&seen);
    });
}

#[test]
fn mutant_a_batch_key_by_key() {
    is_found_out("half of it", || {
        let map = map();
        let insert = |map: &Map| {
            for (key, value) in BEFORE {
                map.insert(key, value);
            }
        };
        let ((), seen) = both(&map, insert, entries);
        all_or_none(&seen);
    });
}

#[test]
fn the_length_counts_all_of_a_batch_or_none() {
    holds_in_all_orders(|| {
        let map = map_of(&BEFORE);
        let (out, len) = both(&map, |map| map.remove_many(&[B[0], A[0]]), Map::len);
        assert_eq!(out, [(B[0], 1), (A[0], 1)]);
        assert!(len == 2 || len == 0, "{len}");
    });
}

/// One entry leaves the first shard and another comes into the second, in one step.
fn swap(map: &Map) {
    map.replace_all([(B[0], 1)]);
}

#[test]
fn an_entry_that_takes_the_place_of_another_changes_no_length() {
    holds_in_all_orders(|| {
        let (_, len) = both(&map_of(&[(A[0], 1)]), swap, Map::len);
        assert_eq!(len, 1);
    });
}

#[test]
fn mutant_a_length_shard_by_shard() {
    is_found_out("nobody ever", || {
        let (_, len) = both(&map_of(&[(A[0], 1)]), swap, len_one_by_one);
        assert_eq!(len, 1, "nobody ever had so many");
    });
}

#[test]
fn a_batch_of_changes_is_seen_as_one() {
    holds_in_all_orders(|| {
        let map = map_of(&BEFORE);
        let (found, seen) = both(
            &map,
            |map| map.update_many(&[A[0], B[0]], |_, value| *value += 1),
            entries,
        );
        assert_eq!(found, 2);
        assert!(seen[0].1 == seen[1].1, "{seen:?}");
    });
}

#[test]
fn all_that_is_there_is_replaced_in_one_step() {
    const AFTER: [(u64, u64); 2] = [(A[1], 2), (B[1], 2)];
    holds_in_all_orders(|| {
        let map = map_of(&BEFORE);
        let ((), seen) = both(&map, |map| map.replace_all(AFTER), entries);
        assert!(seen == BEFORE || seen == AFTER, "{seen:?}");
    });
}

#[test]
fn a_copy_is_of_one_moment() {
    holds_in_all_orders(|| {
        let map = map_of(&BEFORE);
        let (_, copy) = both(&map, |map| map.remove_many(&[A[0], B[0]]), Map::clone);
        let copy = entries(&copy);
        all_or_none(&copy);
    });
}

#[test]
fn clearing_is_one_step() {
    holds_in_all_orders(|| {
        let map = map_of(&BEFORE);
        let ((), seen) = both(&map, Map::clear, entries);
        all_or_none(&seen);
    });
}

#[test]
fn mutant_clearing_shard_by_shard() {
    is_found_out("half of it", || {
        let map = map_of(&BEFORE);
        let ((), seen) = both(&map, clear_one_by_one, entries);
        all_or_none(&seen);
    });
}

#[test]
fn a_batch_is_cleared_as_a_whole() {
    holds_in_all_orders(|| {
        let map = map();
        both(&map, |map| map.insert_many(BEFORE), Map::clear);
        let left = entries(&map);
        all_or_none(&left);
    });
}

/// Whoever locked in the order of its own keys would wait for ever in some order of the steps.
#[test]
fn batches_in_opposite_orders_do_not_wait_for_each_other() {
    holds_in_all_orders(|| {
        let map = map_of(&BEFORE);
        both(
            &map,
            |map| map.update_many(&[A[0], B[0]], |_, value| *value += 1),
            |map| map.update_many(&[B[0], A[0]], |_, value| *value *= 3),
        );
        let values = entries(&map).into_iter().map(|(_, value)| value);
        let values: Vec<u64> = values.collect();
        assert!(values == [6, 6] || values == [4, 4], "{values:?}");
    });
}

#[test]
fn mutant_shards_locked_in_the_wrong_order() {
    is_found_out("deadlock", || {
        let map = map_of(&BEFORE);
        both(&map, clear_backwards, Map::clear);
    });
}

#[test]
fn whatever_is_moved_between_shards_is_never_lost_from_sight() {
    const ALL: u64 = 12;
    fn total(map: &Map) -> u64 {
        map.snapshot().values().sum()
    }
    holds(|| {
        let map = map_of(&[(A[0], 4), (B[0], 4), (A[1], 4)]);
        let give = |from: u64, to: u64| {
            move |map: &Map| {
                for _ in 0..2 {
                    map.update_many(&[from, to], |key, value| {
                        *value = if *key == from { *value - 1 } else { *value + 1 };
                    });
                }
            }
        };
        let look = |map: &Map| [total(map), total(map)];
        let ((), (), totals) = three(&map, give(A[0], B[0]), give(B[0], A[1]), look);
        assert_eq!(totals, [ALL; 2]);
        assert_eq!(total(&map), ALL);
    });
}

/// Batches, single steps and looks at the whole, of three threads: nobody waits for ever, and nothing is half done.
#[test]
fn batches_single_steps_and_looks_at_the_whole_go_together() {
    holds(|| {
        let map = map();
        let (_, len, seen) = three(
            &map,
            |map| {
                map.insert_many(BEFORE);
                map.remove_many(&[B[0], A[0]])
            },
            |map| {
                *map.entry(A[2]).or_insert(0) += 1;
                map.len()
            },
            entries,
        );
        let batch = seen.iter().filter(|entry| BEFORE.contains(entry)).count();
        assert!(batch == 0 || batch == 2, "{seen:?}");
        assert!(len == 1 || len == 3, "{len}");
        assert_eq!(entries(&map), [(A[2], 1)]);
    });
}
