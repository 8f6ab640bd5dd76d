//! Every public method of the originals is there: hashbrown's, indexmap's and slab's as their sources have them, std's as its
//! documentation lists them (`std-1.95.txt`). Or it is left out for a reason, which stands here.
//!
//! Names are compared, not signatures: those are for the tests of each kind. Of methods that a macro of ours makes, the kind is
//! known and not the type.

#![allow(missing_docs)]

mod source;

use std::collections::{BTreeMap, BTreeSet};

use source::{Api, crate_dir, runtime_dir};

/// An original: its name, where its types are, where ours are, and what is left out.
struct Original {
    name: &'static str,
    theirs: fn() -> Api,
    ours: &'static [&'static str],
    /// Their types whose methods are methods of another type here.
    renamed: &'static [(&'static str, &'static [&'static str])],
    /// Types and methods, and why.
    left_out: &'static [(&'static str, &'static [&'static str], &'static str)],
}

const ENTRY_TYPES: &str = "an entry is std's, whose type does not name the map's";
const ALLOCATORS: &str = "allocators other than the global one are not supported";
/// What names an allocator.
const ALLOCATING: [&str; 5] = [
    "allocator",
    "new_in",
    "with_capacity_in",
    "with_capacity_and_hasher_in",
    "with_hasher_in",
];
const BOXED: &str = "a slice that is boxed is the crate's own";

const ORIGINALS: [Original; 9] = [
    Original {
        name: "hashbrown::hash_map",
        theirs: || {
            Api::read(
                &crate_dir("hashbrown", "0.17"),
                &["src/map.rs", "src/raw_entry.rs"],
            )
        },
        ours: &["hash_map.rs", "hash_map", "maps.rs"],
        renamed: &[],
        left_out: &[
            ("HashMap", &ALLOCATING, ALLOCATORS),
            ("Entry", &["into_map"], ENTRY_TYPES),
            ("OccupiedEntry", &["into_map"], ENTRY_TYPES),
            ("VacantEntry", &["into_map"], ENTRY_TYPES),
            ("EntryRef", &["into_map"], ENTRY_TYPES),
            ("VacantEntryRef", &["into_map"], ENTRY_TYPES),
        ],
    },
    Original {
        name: "hashbrown::hash_set",
        theirs: || Api::read(&crate_dir("hashbrown", "0.17"), &["src/set.rs"]),
        ours: &["hash_set.rs", "hash_set"],
        renamed: &[],
        left_out: &[("HashSet", &ALLOCATING, ALLOCATORS)],
    },
    Original {
        name: "indexmap::map",
        theirs: || {
            Api::read(
                &crate_dir("indexmap", "2"),
                &["src/map.rs", "src/map", "src/inner/entry.rs"],
            )
        },
        ours: &["index_map.rs", "index_map", "maps.rs"],
        renamed: &[
            ("MutableKeys", &["IndexMap"]),
            ("MutableEntryKey", &["Entry"]),
            ("RawEntryApiV1", &["IndexMap"]),
            ("Slice", &["Slice", "SliceMut"]),
        ],
        left_out: &[("Slice", &["into_keys", "into_values"], BOXED)],
    },
    Original {
        name: "indexmap::set",
        theirs: || Api::read(&crate_dir("indexmap", "2"), &["src/set.rs", "src/set"]),
        ours: &["index_set.rs", "index_set"],
        renamed: &[("MutableValues", &["IndexSet"])],
        left_out: &[],
    },
    Original {
        name: "slab",
        theirs: || Api::read(&crate_dir("slab", "0.4"), &["src/lib.rs"]),
        ours: &["slab.rs", "slab"],
        renamed: &[],
        left_out: &[],
    },
    Original {
        name: "std's hash_map",
        theirs: || Api::listed("hash_map"),
        ours: &["hash_map.rs", "hash_map", "maps.rs"],
        renamed: &[],
        left_out: &[],
    },
    Original {
        name: "std's hash_set",
        theirs: || Api::listed("hash_set"),
        ours: &["hash_set.rs", "hash_set"],
        renamed: &[],
        left_out: &[],
    },
    Original {
        name: "std's btree_map",
        theirs: || Api::listed("btree_map"),
        ours: &["btree_map.rs", "btree_map", "maps.rs"],
        renamed: &[],
        left_out: &[],
    },
    Original {
        name: "std's btree_set",
        theirs: || Api::listed("btree_set"),
        ours: &["btree_set.rs", "btree_set"],
        renamed: &[],
        left_out: &[],
    },
];

#[test]
fn every_method_of_the_originals_is_there_or_left_out_for_a_reason() {
    let mut wrong = Vec::new();
    for original in ORIGINALS {
        let theirs = (original.theirs)().methods;
        let ours = Api::read(&runtime_dir(), original.ours);
        assert!(
            theirs.values().map(BTreeSet::len).sum::<usize>() > 10,
            "{}",
            original.name
        );
        let mut left_out: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        for (ty, methods, why) in original.left_out {
            left_out.extend(methods.iter().map(|method| ((*ty, *method), *why)));
        }
        for (ty, methods) in &theirs {
            let renamed = original.renamed.iter().find(|(known, _)| known == ty);
            let types = renamed.map_or_else(|| vec![ty.as_str()], |(_, types)| types.to_vec());
            for method in methods {
                let there =
                    ours.by_macros.contains(method) || types.iter().any(|ty| ours.has(ty, method));
                let excused = left_out.remove(&(ty, method)).is_some();
                if there == excused {
                    let what = if there {
                        "is there, and said to be left out"
                    } else {
                        "is missing"
                    };
                    wrong.push(format!("{}::{ty}::{method} {what}", original.name));
                }
            }
        }
        for ((ty, method), why) in left_out {
            wrong.push(format!(
                "{}::{ty}::{method} is no method, so nothing is left out ({why})",
                original.name
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
