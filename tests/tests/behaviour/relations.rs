//! `follows` and `subset_of` between maps of different kinds: key by key where keys have one type, by size where they do not.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, RwLock},
};

use dashmap::{DashMap, DashSet};
use mapkeeper::{Clause, TrackedMaps};
use proptest::{collection::btree_set, prelude::*};
use slab::Slab;

/// Each kind after another one, around the circle and in a place of its own.
#[mapkeeper::tracked]
#[derive(Default)]
struct Mixed {
    #[map(follows = shared)]
    hashed: HashMap<usize, ()>,
    #[map(follows = hashed)]
    sorted: Arc<RwLock<BTreeMap<usize, ()>>>,
    #[map(subset_of = sorted)]
    fast: hashbrown::HashMap<usize, (), rustc_hash::FxBuildHasher>,
    #[map(follows = fast)]
    indexed: Option<indexmap::IndexMap<usize, ()>>,
    #[map(subset_of = indexed)]
    elements: Mutex<HashSet<usize>>,
    #[map(subset_of = elements)]
    sorted_elements: Box<BTreeSet<usize>>,
    #[map(follows = sorted_elements)]
    indexed_elements: indexmap::IndexSet<usize>,
    #[map(subset_of = indexed_elements)]
    slots: Slab<()>,
    #[map(follows = slots)]
    shared_elements: DashSet<usize>,
    #[map(subset_of = shared_elements)]
    shared: DashMap<usize, ()>,
}

/// The names in the order of the fields, with the one that each of them looks at.
const KINDS: [(&str, usize, Clause); 10] = [
    ("Mixed.hashed", 9, Clause::Follows),
    ("Mixed.sorted", 0, Clause::Follows),
    ("Mixed.fast", 1, Clause::SubsetOf),
    ("Mixed.indexed", 2, Clause::Follows),
    ("Mixed.elements", 3, Clause::SubsetOf),
    ("Mixed.sorted_elements", 4, Clause::SubsetOf),
    ("Mixed.indexed_elements", 5, Clause::Follows),
    ("Mixed.slots", 6, Clause::SubsetOf),
    ("Mixed.shared_elements", 7, Clause::Follows),
    ("Mixed.shared", 8, Clause::SubsetOf),
];

fn filled(keys: &[BTreeSet<usize>]) -> Mixed {
    let entries = |kind: usize| keys[kind].iter().map(|key| (*key, ()));
    let mut mixed = Mixed::default();
    mixed.hashed.extend(entries(0));
    mixed.sorted.write().unwrap().extend(entries(1));
    mixed.fast.extend(entries(2));
    mixed.indexed = Some(entries(3).collect());
    mixed.elements.lock().unwrap().extend(&keys[4]);
    mixed.sorted_elements.extend(&keys[5]);
    mixed.indexed_elements.extend(&keys[6]);
    mixed.slots = entries(7).collect();
    keys[8]
        .iter()
        .for_each(|key| assert!(mixed.shared_elements.insert(*key)));
    entries(9).for_each(|(key, ())| assert!(mixed.shared.insert(key, ()).is_none()));
    mixed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn keys_of_all_kinds_are_compared(keys in prop::collection::vec(btree_set(0..12_usize, 6..12), 10)) {
        let mixed = filled(&keys);
        let mut found: Vec<_> = mixed.check_maps();
        found.sort_by_key(|breach| KINDS.iter().position(|(name, ..)| *name == breach.site.name()));
        let found: Vec<_> = found
            .iter()
            .map(|breach| (breach.site.name(), breach.clause, breach.entries, breach.other.map(|other| other.name())))
            .collect();
        let due = KINDS.iter().enumerate().filter_map(|(kind, (name, other, clause))| {
            let strays = keys[kind].difference(&keys[*other]).count();
            (strays > 0).then_some((*name, *clause, strays, Some(KINDS[*other].0)))
        });
        prop_assert_eq!(found, due.collect::<Vec<_>>());
    }
}

/// The key types differ: a subset is no larger than its whole, and nobody knows who follows.
#[mapkeeper::tracked]
#[derive(Default)]
struct Sizes {
    #[map]
    whole: HashMap<String, u8>,
    #[map(subset_of = whole)]
    slots: Slab<u8>,
    #[map(subset_of = whole)]
    sorted: BTreeMap<u64, u8>,
    #[map(subset_of = whole)]
    shared: DashMap<u64, u8>,
    #[map(follows = whole)]
    follower: indexmap::IndexMap<u64, u8>,
    #[map(subset_of = slots)]
    elements: BTreeSet<String>,
}

#[test]
fn sizes_of_all_kinds_are_compared() {
    let mut sizes = Sizes::default();
    sizes.whole.insert("a".to_owned(), 0);
    sizes.slots.insert(0);
    sizes.sorted.insert(7, 0);
    sizes.shared.insert(7, 0);
    sizes.follower.extend([(8, 0), (9, 0)]);
    sizes.elements.insert("b".to_owned());
    assert!(sizes.check_maps().is_empty());
    sizes.slots.insert(0);
    sizes.sorted.extend([(8, 0), (9, 0)]);
    sizes.shared.insert(8, 0);
    let found: Vec<_> = sizes
        .check_maps()
        .iter()
        .map(|breach| (breach.site.name(), breach.entries))
        .collect();
    assert_eq!(
        found,
        [("Sizes.slots", 1), ("Sizes.sorted", 2), ("Sizes.shared", 1)]
    );
}
