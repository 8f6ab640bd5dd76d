//! dashmap's views that nobody writes to, its operators and its other small methods, beside dashmap itself.

use std::hash::BuildHasherDefault;

use dashmap::DashMap;
use mapkeeper::sync::{HashMap, HashSet};
use mapkeeper_tests::{
    panics::caught,
    sites::{if_recorded, site},
};
use rustc_hash::FxHasher;

#[mapkeeper::tracked]
#[derive(Default)]
struct Frozen {
    #[map]
    map: DashMap<u32, u32>,
}

#[test]
fn a_read_only_view_answers_as_dashmaps() {
    let s = Frozen::default();
    let theirs = DashMap::new();
    for n in 0..100 {
        s.map.insert(n, n * n);
        theirs.insert(n, n * n);
    }
    let (ours, theirs) = (s.map.into_read_only(), theirs.into_read_only());
    assert_eq!(
        (ours.len(), ours.is_empty()),
        (theirs.len(), theirs.is_empty())
    );
    assert!(ours.capacity() >= ours.len());
    for n in 0..120 {
        assert_eq!(ours.get(&n), theirs.get(&n));
        assert_eq!(ours.get_key_value(&n), theirs.get_key_value(&n));
        assert_eq!(ours.contains_key(&n), theirs.contains_key(&n));
    }
    let sorted = |mut items: Vec<u32>| {
        items.sort_unstable();
        items
    };
    let values = |items: &mut dyn Iterator<Item = &u32>| sorted(items.copied().collect());
    assert_eq!(values(&mut ours.keys()), values(&mut theirs.keys()));
    assert_eq!(values(&mut ours.values()), values(&mut theirs.values()));
    assert_eq!(ours.iter().count(), theirs.iter().count());
    let copy = ours.clone();
    assert_eq!(copy.get(&7), Some(&49));
    assert_eq!(format!("{copy:?}").len(), format!("{theirs:?}").len());
    let row = site("Frozen.map");
    assert_eq!((row.len, row.instances), (if_recorded(200), if_recorded(2)));
    drop(copy);
    let map = ours.into_inner();
    assert_eq!(map.insert(7, 0), Some(49));
    drop(map);
    let row = site("Frozen.map");
    assert_eq!((row.len, row.instances), (0, 0));
    let empty: HashMap<u32, u32> = HashMap::new();
    assert_eq!(empty.into_read_only().get(&1), None);
}

#[test]
fn operators_are_dashmaps() {
    let ours: HashMap<String, u32> = HashMap::new();
    let theirs: DashMap<String, u32> = DashMap::new();
    for (key, n) in [("a", 1), ("b", 2), ("a", 3)] {
        assert_eq!(&ours << (key.into(), n), &theirs << (key.into(), n));
    }
    assert_eq!(*(&ours >> "a"), *(&theirs >> "a"));
    *(&ours | "a") += 1;
    *(&theirs | "a") += 1;
    for key in ["a", "b", "c"] {
        assert_eq!(&ours & key, &theirs & key);
        assert_eq!(&ours - key, &theirs - key);
    }
    assert!(ours.is_empty());
    for caught in [
        caught(|| _ = &ours >> "a").unwrap_err(),
        caught(|| _ = &ours | "a").unwrap_err(),
    ] {
        assert!(
            caught.message.contains("the key is not there"),
            "{caught:?}"
        );
        assert_eq!(caught.file, file!());
    }
    assert!(caught(|| _ = &theirs >> "a").is_err());
}

#[test]
fn items_are_hashed_as_dashmap_hashes_them() {
    type Fx = BuildHasherDefault<FxHasher>;
    let ours: HashMap<u64, u8, Fx> = HashMap::default();
    let theirs: DashMap<u64, u8, Fx> = DashMap::default();
    let set: HashSet<u64, Fx> = HashSet::default();
    for n in 0..50_u64 {
        assert_eq!(ours.hash_usize(&n), theirs.hash_usize(&n));
        assert_eq!(set.hash_usize(&n), theirs.hash_usize(&n));
    }
}

#[test]
fn a_copied_iterator_goes_on_from_the_same_place() {
    let map: HashMap<u8, u8> = (0..100).map(|n| (n, n)).collect();
    let mut iter = map.iter();
    (&mut iter).take(30).for_each(drop);
    let rest: Vec<u8> = iter.clone().map(|entry| *entry).collect();
    assert_eq!(rest.len(), 70);
    assert_eq!(iter.map(|entry| *entry).collect::<Vec<_>>(), rest);
}
