//! Every keyed kind of map tells the history of a key.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    hash::RandomState,
};

use indexmap::{IndexMap, IndexSet};
use mapkeeper::{History, Operation};
use slab::Slab;

use super::{KNOWN, steps};

#[mapkeeper::tracked]
#[derive(Default)]
struct Kinds {
    #[map]
    hash_map: HashMap<String, u32>,
    #[map]
    hash_set: HashSet<String>,
    #[map]
    hashbrown_map: hashbrown::HashMap<String, u32, RandomState>,
    #[map]
    hashbrown_set: hashbrown::HashSet<String, RandomState>,
    #[map]
    btree_map: BTreeMap<String, u32>,
    #[map]
    btree_set: BTreeSet<String>,
    #[map]
    index_map: IndexMap<String, u32>,
    #[map]
    index_set: IndexSet<String>,
    #[map]
    slab: Slab<u32>,
    #[map]
    unhashed: BTreeMap<Unhashed, u32>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Unhashed(u32);

/// Inserted, removed and inserted again, on three lines from `first` on.
#[track_caller]
fn check(history: &History, site: &str, first: u32) {
    if !KNOWN {
        assert!(history.is_empty(), "{site}");
        assert_eq!(history.key_hash, None);
        return;
    }
    assert_eq!(history.site, Some(site));
    assert!(history.key_hash.is_some());
    assert_eq!(
        steps(&history.operations, file!()),
        [
            (Operation::Inserted, Some(first)),
            (Operation::Removed, Some(first + 1)),
            (Operation::Inserted, Some(first + 2)),
        ],
        "{history}"
    );
    let text = history.to_string();
    assert!(text.starts_with(site), "{text}");
    assert!(text.contains("came back after"), "{text}");
}

#[test]
fn every_map_tells_what_happened_to_a_key() {
    let mut kinds = Kinds::default();
    let key = || "key".to_owned();
    let first = line!() + 1;
    kinds.hash_map.insert(key(), 1);
    kinds.hash_map.remove("key");
    kinds.hash_map.insert(key(), 2);
    let history = kinds.hash_map.history("key");
    check(&history, "Kinds.hash_map", first);
    let first = line!() + 1;
    kinds.hashbrown_map.insert(key(), 1);
    kinds.hashbrown_map.remove("key");
    kinds.hashbrown_map.insert(key(), 2);
    let history = kinds.hashbrown_map.history("key");
    check(&history, "Kinds.hashbrown_map", first);
    let first = line!() + 1;
    kinds.btree_map.insert(key(), 1);
    kinds.btree_map.remove("key");
    kinds.btree_map.insert(key(), 2);
    let history = kinds.btree_map.history(&key());
    check(&history, "Kinds.btree_map", first);
    let first = line!() + 1;
    kinds.index_map.insert(key(), 1);
    kinds.index_map.swap_remove("key");
    kinds.index_map.insert(key(), 2);
    let history = kinds.index_map.history(&key());
    check(&history, "Kinds.index_map", first);
    assert!(kinds.hash_map.history("none").is_empty());
    assert!(kinds.btree_map.history(&"none".to_owned()).is_empty());
}

#[test]
fn every_set_tells_what_happened_to_an_element() {
    let mut kinds = Kinds::default();
    let key = || "key".to_owned();
    let first = line!() + 1;
    kinds.hash_set.insert(key());
    kinds.hash_set.remove("key");
    kinds.hash_set.insert(key());
    check(&kinds.hash_set.history("key"), "Kinds.hash_set", first);
    let first = line!() + 1;
    kinds.hashbrown_set.insert(key());
    kinds.hashbrown_set.remove("key");
    kinds.hashbrown_set.insert(key());
    let history = kinds.hashbrown_set.history("key");
    check(&history, "Kinds.hashbrown_set", first);
    let first = line!() + 1;
    kinds.btree_set.insert(key());
    kinds.btree_set.remove("key");
    kinds.btree_set.insert(key());
    check(&kinds.btree_set.history(&key()), "Kinds.btree_set", first);
    let first = line!() + 1;
    kinds.index_set.insert(key());
    kinds.index_set.shift_remove("key");
    kinds.index_set.insert(key());
    check(&kinds.index_set.history(&key()), "Kinds.index_set", first);
}

#[test]
fn a_slab_tells_what_happened_under_a_key() {
    let mut kinds = Kinds::default();
    let first = line!() + 1;
    let key = kinds.slab.insert(1);
    kinds.slab.remove(key);
    let again = kinds.slab.insert(2);
    assert_eq!(key, again);
    check(&kinds.slab.history(key), "Kinds.slab", first);
    assert!(kinds.slab.history(key + 1).is_empty());
}

#[test]
fn keys_without_a_hash_are_not_told_apart() {
    let mut kinds = Kinds::default();
    kinds.unhashed.insert(Unhashed(1), 1);
    kinds.unhashed.remove(&Unhashed(1));
    kinds.unhashed.insert(Unhashed(1), 1);
    let history = kinds.unhashed.history(&Unhashed(1));
    assert_eq!(history.key_hash, None);
    assert!(history.is_empty());
    if KNOWN {
        let operations = super::flights("Kinds.unhashed").pop().unwrap().operations;
        assert_eq!(operations.len(), 3);
        assert!(operations.iter().all(|it| it.key_hash.is_none()));
        let text = history.to_string();
        assert!(text.contains("without a hash"), "{text}");
    }
    let row = mapkeeper_tests::sites::site("Kinds.unhashed");
    assert!(row.call_sites.iter().all(|line| line.returned == 0));
}
