//! A value is made once per key.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use shuttle::thread::yield_now;

use super::{
    explore::{holds, holds_in_all_orders, is_found_out},
    maps::{A, B, Map, both, entries, map, three},
};
use crate::sync::mutants::get_or_insert_blindly;

/// A map, and how many values were made for it.
struct Made {
    map: Arc<Map>,
    values: AtomicU64,
}

impl Made {
    fn none() -> Arc<Self> {
        let values = AtomicU64::new(0);
        Arc::new(Self { map: map(), values })
    }

    fn so_far(&self) -> u64 {
        self.values.load(Relaxed)
    }

    fn make(&self) -> u64 {
        yield_now();
        self.values.fetch_add(1, Relaxed) + 1
    }

    fn get_or_insert(&self) -> u64 {
        *self.map.get_or_insert_with(A[0], || self.make())
    }

    fn enter(&self) -> u64 {
        *self.map.entry(A[0]).or_insert_with(|| self.make())
    }
}

#[test]
fn a_value_is_made_once_for_two_that_ask() {
    holds_in_all_orders(|| {
        let seen = both(&Made::none(), Made::get_or_insert, Made::get_or_insert);
        assert_eq!(seen, (1, 1));
    });
}

#[test]
fn an_entry_makes_a_value_once() {
    holds_in_all_orders(|| {
        let seen = both(&Made::none(), Made::enter, Made::get_or_insert);
        assert_eq!(seen, (1, 1));
    });
}

#[test]
fn a_value_is_made_once_for_three_that_ask() {
    holds(|| {
        let ask = Made::get_or_insert;
        assert_eq!(three(&Made::none(), Made::enter, ask, ask), (1, 1, 1));
    });
}

#[test]
fn mutant_who_may_write_does_not_look_again() {
    fn get_or_insert(made: &Made) -> u64 {
        *get_or_insert_blindly(&made.map, A[0], || made.make())
    }
    is_found_out("made twice", || {
        let made = Made::none();
        both(&made, get_or_insert, get_or_insert);
        assert_eq!(made.so_far(), 1, "made twice");
    });
}

#[test]
fn a_value_is_made_again_only_after_it_left() {
    holds_in_all_orders(|| {
        let made = Made::none();
        let (seen, gone) = both(&made, Made::get_or_insert, |made| {
            let gone = made.map.remove(&A[0]);
            made.get_or_insert();
            gone
        });
        assert_eq!(made.so_far(), 1 + u64::from(gone.is_some()));
        assert!((1..=made.so_far()).contains(&seen));
        assert_eq!(entries(&made.map), [(A[0], made.so_far())]);
    });
}

/// Who makes a value locks its own shard and no other: two who wait for each other's value would wait for ever else.
#[test]
fn others_go_on_while_a_value_is_made() {
    holds_in_all_orders(|| {
        let map = map();
        let make = |mine: u64, other: u64| {
            move |map: &Map| {
                map.get_or_insert_with(mine, || u64::from(map.contains_key(&other)));
            }
        };
        both(&map, make(A[0], B[0]), |map| {
            map.insert(B[0], 0);
        });
        assert!(map.contains_key(&A[0]) && map.contains_key(&B[0]));
    });
}

#[test]
fn counting_by_entry_loses_nothing() {
    fn count(map: &Map) {
        map.entry(A[0]).and_modify(|n| *n += 1).or_insert(1);
        *map.entry(B[0]).or_default() += 1;
    }
    holds_in_all_orders(|| {
        let map = map();
        both(&map, count, count);
        assert_eq!(entries(&map), [(A[0], 2), (B[0], 2)]);
    });
}
