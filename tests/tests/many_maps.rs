//! More maps at a time than know by themselves where to count: whoever counts where, counts are exact, and a map that comes later
//! starts from none.
//!
//! In a program of its own: which map of a program knows depends on how many others there are.

#![allow(missing_docs)]

use std::{
    collections::{BTreeMap, HashMap},
    thread,
};

use indexmap::IndexMap;
use mapkeeper::RemovalCause;
use mapkeeper_tests::sites::{records, site};
use slab::Slab;

#[mapkeeper::tracked]
#[derive(Default)]
struct Many {
    #[map]
    hashed: HashMap<u32, u32>,
    #[map]
    ordered: BTreeMap<u32, u32>,
    #[map]
    indexed: IndexMap<u32, u32>,
    #[map]
    numbered: Slab<u32>,
}

/// More than count at hand, of four kinds together.
const MAPS: u64 = 1_200;
/// So that each has an account of its own, in observe.
const ENTRIES: u32 = 100;

/// What is known of the maps of one field.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
struct Counts {
    inserts: u64,
    replaces: u64,
    removed: u64,
    dropped: u64,
    misses: u64,
    len: u64,
    peak: u64,
}

impl Counts {
    fn of(field: &str) -> Self {
        let row = site(&format!("Many.{field}"));
        Self {
            inserts: row.inserts,
            replaces: row.replaces,
            removed: row.removed.get(RemovalCause::Removed),
            dropped: row.removed.get(RemovalCause::MapDropped),
            misses: row.misses,
            len: row.len,
            peak: row.peak,
        }
    }
}

/// Each map comes to 103 entries, at most, and 73 in the end; `numbered` has no key to insert twice.
fn used() -> Many {
    let mut many = Many::default();
    for n in 0..ENTRIES {
        many.hashed.insert(n, n);
        many.ordered.insert(n, n);
        many.indexed.insert(n, n);
        many.numbered.insert(n);
    }
    for n in 0..5 {
        many.hashed.insert(n, 0);
        many.ordered.insert(n, 0);
        many.indexed.insert(n, 0);
    }
    for n in 10..15 {
        many.hashed.remove(&n);
        many.ordered.remove(&n);
        many.indexed.swap_remove(&n);
        many.numbered.remove(n as usize);
    }
    for n in 200..208 {
        many.hashed.entry(n).or_insert(n);
        many.ordered.entry(n).or_insert(n);
        many.indexed.entry(n).or_insert(n);
        many.numbered.insert(n);
    }
    for n in 20..50 {
        many.hashed.remove(&n);
        many.ordered.remove(&n);
        many.indexed.shift_remove(&n);
        many.numbered.try_remove(n as usize);
    }
    many.hashed.remove(&999);
    many.ordered.remove(&999);
    many.indexed.swap_remove(&999);
    many.numbered.try_remove(999);
    many
}

fn check(made: u64, living: u64) {
    let entries = u64::from(ENTRIES) + 8;
    let expected = Counts {
        inserts: made * entries,
        replaces: made * 5,
        removed: made * 35,
        dropped: (made - living) * 73,
        misses: made,
        len: living * 73,
        peak: 103,
    };
    for field in ["hashed", "ordered", "indexed"] {
        assert_eq!(Counts::of(field), expected, "{field}");
    }
    let numbered = Counts {
        replaces: 0,
        ..expected
    };
    assert_eq!(Counts::of("numbered"), numbered, "numbered");
}

#[test]
fn counts_are_exact_however_many_maps_there_are() {
    let mut all: Vec<Many> = (0..MAPS).map(|_| used()).collect();
    if !records() {
        return;
    }
    check(MAPS, MAPS);
    // Some of those that knew go, and some that did not; what they left behind is for others.
    all.drain(..100);
    all.drain(MAPS as usize - 200..);
    check(MAPS, MAPS - 200);
    let more: Vec<Many> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..100).map(|_| used()).collect::<Vec<_>>()))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("it does not panic"))
            .collect()
    });
    check(MAPS + 400, MAPS + 200);
    drop(all);
    check(MAPS + 400, 400);
    drop(more);
    check(MAPS + 400, 0);
    drop(used());
    check(MAPS + 401, 0);
}
