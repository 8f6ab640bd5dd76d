//! What each kind of map weighs beside its original, in each mode: the map itself, and what it allocates.
//!
//! A site's first map makes the site's state, once per site and program: every test warms its site up first.

#![allow(missing_docs)]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use allocation_counter::{AllocationInfo, measure};
use indexmap::{IndexMap, IndexSet};
use mapkeeper::{MODE, Mode};
use mapkeeper_tests::sites::TRACES;
use rustc_hash::FxBuildHasher as Fx;
use slab::Slab;

/// A map that observe counts with its site, and one that has an account of its own.
const FEW: u64 = 27;
const MANY: u64 = 5_000;

/// The most allocations, and bytes, that a map's own account takes over its life; in strict the record of its last operations
/// grows to 16 KiB in steps.
const ACCOUNT: (u64, u64) = match MODE {
    Mode::Off => (0, 0),
    // A sample carries its trace.
    Mode::Observe if TRACES => (24, 16 * 1024),
    Mode::Observe => (24, 8 * 1024),
    Mode::Strict => (20, 56 * 1024),
};

/// What stays of a map that went, at most: in observe where it counted, for another map to come; in strict its last operations,
/// for 256 maps.
const RECORD: i64 = match MODE {
    Mode::Off => 0,
    Mode::Observe => 256,
    Mode::Strict => 17 * 1024,
};

/// An entry's mark in strict.
type Mark = [u8; 8];
const MARK: Mark = [0; 8];

/// `$marked` is the original with entries as large as those of `$map` are in strict.
macro_rules! kinds {
    ($($kind:ident |$n:ident|: $map:ty, ($($entry:expr),+); $marked:ty, ($($marked_entry:expr),+);)+) => {$(
        mod $kind {
            use super::*;

            #[derive(Default)]
            struct Original {
                map: $map,
            }

            #[mapkeeper::tracked]
            #[derive(Default)]
            struct Kept {
                #[map]
                map: $map,
            }

            /// A whole life of a map of so many entries.
            fn original(entries: u64) -> AllocationInfo {
                if MODE == Mode::Strict {
                    return measure(|| {
                        let mut map = <$marked>::default();
                        for $n in 0..entries {
                            map.insert($($marked_entry),+);
                        }
                    });
                }
                measure(|| {
                    let mut original = Original::default();
                    for $n in 0..entries {
                        original.map.insert($($entry),+);
                    }
                })
            }

            fn kept(entries: u64) -> AllocationInfo {
                measure(|| {
                    let mut kept = Kept::default();
                    for $n in 0..entries {
                        kept.map.insert($($entry),+);
                    }
                })
            }

            #[test]
            fn is_as_large_as_its_original_when_off() {
                if MODE == Mode::Off {
                    assert_eq!(size_of::<Kept>(), size_of::<Original>());
                }
            }

            #[test]
            fn allocates_what_its_original_does_and_a_bounded_account() {
                kept(MANY);
                assert_eq!(kept(0).count_total, 0, "an empty map");
                for entries in [FEW, MANY] {
                    let (ours, theirs) = (kept(entries), original(entries));
                    let has_account = MODE == Mode::Strict || entries == MANY;
                    let (count, bytes) = if has_account { ACCOUNT } else { (0, 0) };
                    let allocations = theirs.count_total..=theirs.count_total + count;
                    let allocated = theirs.bytes_total..=theirs.bytes_total + bytes;
                    assert!(
                        allocations.contains(&ours.count_total) && allocated.contains(&ours.bytes_total),
                        "{entries} entries: {} allocations of {allocations:?}, {} bytes of {allocated:?}",
                        ours.count_total,
                        ours.bytes_total
                    );
                    assert!(
                        (0..=RECORD).contains(&ours.bytes_current),
                        "{entries} entries left {} bytes behind",
                        ours.bytes_current
                    );
                }
            }
        }
    )+};
}

kinds! {
    hash_map |n|: HashMap<u64, u64, Fx>, (n, n); HashMap<u64, (u64, Mark), Fx>, (n, (n, MARK));
    hash_set |n|: HashSet<u64, Fx>, (n); HashMap<u64, Mark, Fx>, (n, MARK);
    hashbrown_map |n|: hashbrown::HashMap<u64, u64, Fx>, (n, n); HashMap<u64, (u64, Mark), Fx>, (n, (n, MARK));
    hashbrown_set |n|: hashbrown::HashSet<u64, Fx>, (n); HashMap<u64, Mark, Fx>, (n, MARK);
    b_tree_map |n|: BTreeMap<u64, u64>, (n, n); BTreeMap<u64, (u64, Mark)>, (n, (n, MARK));
    b_tree_set |n|: BTreeSet<u64>, (n); BTreeMap<u64, Mark>, (n, MARK);
    index_map |n|: IndexMap<u64, u64, Fx>, (n, n); IndexMap<u64, (u64, Mark), Fx>, (n, (n, MARK));
    index_set |n|: IndexSet<u64, Fx>, (n); IndexMap<u64, Mark, Fx>, (n, MARK);
    a_slab |n|: Slab<u64>, (n); Slab<(u64, Mark)>, ((n, MARK));
}
