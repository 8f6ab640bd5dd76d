//! What hashbrown's map and set have beyond std's: the same answers and contents, each hook with its cause, and the counts.

mod equivalent;
mod made_anew;
mod raw;

use std::{cell::RefCell, hash::RandomState};

use mapkeeper::{
    HashSet, MODE, Mode, RemovalCause,
    RemovalCause::*,
    hash_map::{Entry, EntryRef},
    hash_set,
};
use mapkeeper_tests::{
    panics::caught,
    sites::{ENFORCE, if_recorded, site},
};
use proptest::{collection::vec, prelude::*, sample::select};

type Exit = (String, u8, RemovalCause);

thread_local! {
    static EXITS: RefCell<Vec<Exit>> = const { RefCell::new(Vec::new()) };
}

#[allow(clippy::ptr_arg, reason = "a hook is shown what the map holds")]
fn tell(key: &String, value: &u8, cause: RemovalCause) {
    EXITS.with_borrow_mut(|exits| exits.push((key.clone(), *value, cause)));
}

fn tell_element(element: &String, cause: RemovalCause) {
    tell(element, &0, cause);
}

#[mapkeeper::tracked]
type Map = hashbrown::HashMap<String, u8, RandomState>;

#[mapkeeper::tracked]
#[derive(Default)]
struct Ours {
    #[map(on_remove = tell)]
    map: hashbrown::HashMap<String, u8, RandomState>,
    #[map(on_remove = tell_element)]
    set: hashbrown::HashSet<String, RandomState>,
}

/// hashbrown's own, and what must have been told of what was done to it.
#[derive(Default)]
struct Theirs {
    map: hashbrown::HashMap<String, u8, RandomState>,
    set: hashbrown::HashSet<String, RandomState>,
    came: u64,
    exits: Vec<Exit>,
}

impl Theirs {
    /// It was there, or it came.
    fn comes(&mut self, known: bool) {
        self.came += u64::from(!known);
    }

    fn left(&mut self, key: &str, value: u8, cause: RemovalCause) {
        self.exits.push((key.to_owned(), value, cause));
    }

    fn replaced(&mut self, key: &str) {
        let old = self.map.get(key).copied();
        self.comes(old.is_some());
        old.into_iter()
            .for_each(|old| self.left(key, old, Replaced));
    }
}

type Step = fn(&mut Ours, &mut Theirs, &str, u8);

/// Every method that std's map does not have.
const MAP_STEPS: [(&str, Step); 14] = [
    ("entry_ref.insert", |ours, theirs, key, n| {
        theirs.replaced(key);
        let entry = ours.map.entry_ref(key).insert(n);
        assert_eq!(entry.get(), theirs.map.entry_ref(key).insert(n).get());
    }),
    ("entry_ref.or_insert", |ours, theirs, key, n| {
        theirs.comes(theirs.map.contains_key(key));
        let expected = theirs.map.entry_ref(key).or_insert(n);
        assert_eq!(ours.map.entry_ref(key).or_insert(n), expected);
    }),
    ("entry_ref.or_insert_with", |ours, theirs, key, n| {
        theirs.comes(theirs.map.contains_key(key));
        let expected = theirs.map.entry_ref(key).or_insert_with(|| n);
        assert_eq!(ours.map.entry_ref(key).or_insert_with(|| n), expected);
    }),
    ("entry_ref.or_insert_with_key", |ours, theirs, key, _| {
        let len = |key: &str| key.len() as u8;
        theirs.comes(theirs.map.contains_key(key));
        let expected = theirs.map.entry_ref(key).or_insert_with_key(len);
        assert_eq!(ours.map.entry_ref(key).or_insert_with_key(len), expected);
    }),
    ("entry_ref.and_modify.or_default", |ours, theirs, key, n| {
        theirs.comes(theirs.map.contains_key(key));
        let expected = theirs.map.entry_ref(key).and_modify(|value| *value ^= n);
        let entry = ours.map.entry_ref(key).and_modify(|value| *value ^= n);
        assert_eq!(entry.key(), expected.key());
        assert_eq!(entry.or_default(), expected.or_default());
    }),
    ("entry_ref.or_default_entry", |ours, theirs, key, _| {
        theirs.comes(theirs.map.contains_key(key));
        let expected = theirs.map.entry_ref(key).or_default_entry();
        assert_eq!(
            ours.map.entry_ref(key).or_default_entry().get(),
            expected.get()
        );
    }),
    (
        "entry_ref, with a key of one's own",
        |ours, theirs, key, n| {
            theirs.comes(theirs.map.contains_key(key));
            match ours.map.entry_ref(key) {
                EntryRef::Occupied(entry) => assert_eq!(*entry.get(), theirs.map[key]),
                EntryRef::Vacant(entry) if n.is_multiple_of(2) => {
                    assert_eq!(entry.key(), key);
                    *entry.insert_with_key(key.to_owned(), n) = n;
                    theirs.map.insert(key.to_owned(), n);
                }
                EntryRef::Vacant(entry) => {
                    assert_eq!(*entry.insert_entry_with_key(key.to_owned(), n).get(), n);
                    theirs.map.insert(key.to_owned(), n);
                }
            }
            theirs.map.entry_ref(key).or_insert(n);
        },
    ),
    ("get_key_value_mut", |ours, theirs, key, n| {
        let expected = theirs.map.get_key_value_mut(key);
        let found = ours.map.get_key_value_mut(key);
        assert_eq!(found, expected);
        found
            .into_iter()
            .chain(expected)
            .for_each(|(_, value)| *value = n);
    }),
    ("get_disjoint_key_value_mut", |ours, theirs, key, n| {
        let keys = [key, "another", "k1"];
        let keys = if key == "k1" {
            [key, "another", "k2"]
        } else {
            keys
        };
        let expected = theirs.map.get_disjoint_key_value_mut(keys);
        let found = ours.map.get_disjoint_key_value_mut(keys);
        assert_eq!(found, expected);
        let both = found.into_iter().chain(expected).flatten();
        both.for_each(|(_, value)| *value = n);
    }),
    ("the methods that were renamed", |ours, theirs, key, _| {
        #[allow(deprecated, reason = "they are there")]
        {
            assert_eq!(
                ours.map.get_many_mut([key, ""]),
                theirs.map.get_many_mut([key, ""])
            );
            let expected = theirs.map.get_many_key_value_mut([key, ""]);
            assert_eq!(ours.map.get_many_key_value_mut([key, ""]), expected);
        }
    }),
    ("entry.insert", |ours, theirs, key, n| {
        theirs.replaced(key);
        let expected = theirs.map.entry(key.to_owned()).insert(n);
        assert_eq!(
            ours.map.entry(key.to_owned()).insert(n).get(),
            expected.get()
        );
    }),
    ("entry.or_insert_entry", |ours, theirs, key, n| {
        theirs.comes(theirs.map.contains_key(key));
        let expected = theirs.map.entry(key.to_owned()).or_insert_entry(n);
        let entry = ours.map.entry(key.to_owned()).or_insert_entry(n);
        assert_eq!(entry.into_entry(), expected.into_entry());
    }),
    ("an occupied entry", |ours, theirs, key, n| {
        let Entry::Occupied(mut entry) = ours.map.entry(key.to_owned()) else {
            return;
        };
        assert_eq!(entry.replace_key(key.to_owned()), key);
        if n.is_multiple_of(3) {
            let expected = theirs.map.remove_entry(key).unwrap();
            theirs.left(key, expected.1, Removed);
            assert_eq!(entry.try_remove_entry(), Ok(expected));
        }
    }),
    ("extend", |ours, theirs, key, n| {
        let entries = [(n, n), (n ^ 1, 7)];
        let mut plain: hashbrown::HashMap<u8, u8, RandomState> = [(n, 1)].into_iter().collect();
        let mut kept: mapkeeper::HashMap<u8, u8> = [(n, 1)].into();
        plain.extend(&entries);
        kept.extend(&entries);
        assert!(kept.len() == plain.len() && plain.iter().all(|(key, value)| kept[key] == *value));
        let _ = (ours, theirs, key);
    }),
];

/// Every method that std's set does not have.
const SET_STEPS: [(&str, Step); 8] = [
    ("get_or_insert", |ours, theirs, key, _| {
        theirs.comes(theirs.set.contains(key));
        let expected = theirs.set.get_or_insert(key.to_owned());
        assert_eq!(ours.set.get_or_insert(key.to_owned()), expected);
    }),
    ("get_or_insert_with", |ours, theirs, key, _| {
        theirs.comes(theirs.set.contains(key));
        let expected = theirs.set.get_or_insert_with(key, str::to_owned);
        assert_eq!(ours.set.get_or_insert_with(key, str::to_owned), expected);
    }),
    ("entry.insert", |ours, theirs, key, _| {
        theirs.comes(theirs.set.contains(key));
        let entry = ours.set.entry(key.to_owned());
        assert_eq!(entry.get(), key);
        assert_eq!(entry.insert().get(), key);
        theirs.set.entry(key.to_owned()).insert();
    }),
    ("an entry, either way", |ours, theirs, key, n| {
        match ours.set.entry(key.to_owned()) {
            hash_set::Entry::Occupied(entry) => {
                theirs.left(key, 0, Removed);
                assert!(theirs.set.remove(key));
                if n.is_multiple_of(2) {
                    assert_eq!(entry.remove(), key);
                } else {
                    assert_eq!(entry.try_remove().unwrap(), key);
                }
            }
            hash_set::Entry::Vacant(entry) if n.is_multiple_of(2) => {
                assert_eq!(entry.into_value(), key);
            }
            entry @ hash_set::Entry::Vacant(_) => {
                theirs.came += 1;
                entry.or_insert();
                theirs.set.entry(key.to_owned()).or_insert();
            }
        }
    }),
    ("|=", |ours, theirs, _, n| {
        let other = others(n);
        theirs.came += other
            .iter()
            .filter(|key| !theirs.set.contains(*key))
            .count() as u64;
        ours.set |= &other;
        theirs.set |= &other
            .into_iter()
            .collect::<hashbrown::HashSet<_, RandomState>>();
    }),
    ("&=", |ours, theirs, _, n| {
        let other = others(n);
        let gone: Vec<String> = theirs
            .set
            .iter()
            .filter(|key| !other.contains(*key))
            .cloned()
            .collect();
        gone.iter().for_each(|key| theirs.left(key, 0, Filtered));
        ours.set &= &other;
        theirs.set &= &other
            .into_iter()
            .collect::<hashbrown::HashSet<_, RandomState>>();
    }),
    ("^=", |ours, theirs, _, n| {
        let other = others(n);
        for key in &other {
            if theirs.set.contains(key) {
                theirs.left(key, 0, Removed);
            } else {
                theirs.came += 1;
            }
        }
        ours.set ^= &other;
        theirs.set ^= &other
            .into_iter()
            .collect::<hashbrown::HashSet<_, RandomState>>();
    }),
    ("-=", |ours, theirs, _, n| {
        let other = others(n);
        let gone: Vec<String> = theirs
            .set
            .iter()
            .filter(|key| other.contains(*key))
            .cloned()
            .collect();
        gone.iter().for_each(|key| theirs.left(key, 0, Filtered));
        ours.set -= &other;
        theirs.set -= &other
            .into_iter()
            .collect::<hashbrown::HashSet<_, RandomState>>();
    }),
];

/// A few of the keys that steps are about.
fn others(n: u8) -> HashSet<String> {
    (0..u32::from(n % 16))
        .map(|i| format!("k{}", i * 3))
        .collect()
}

/// Does the steps to both and compares, `name` being the site that they are about.
fn run(steps: &'static [(&'static str, Step)], name: &str, given: Vec<(usize, u16, u8)>) {
    EXITS.take();
    let before = site(name);
    let (mut ours, mut theirs) = (Ours::default(), Theirs::default());
    for (index, key, n) in given {
        let (what, step) = steps[index % steps.len()];
        step(&mut ours, &mut theirs, &format!("k{key}"), n);
        let sorted = |mut exits: Vec<Exit>| {
            exits.sort_unstable();
            exits
        };
        let due = std::mem::take(&mut theirs.exits);
        assert_eq!(sorted(EXITS.take()), sorted(due), "{what}");
        assert_eq!(ours.map.len(), theirs.map.len(), "{what}");
        assert!(
            theirs
                .map
                .iter()
                .all(|(key, value)| ours.map.get(key) == Some(value)),
            "{what}"
        );
        assert_eq!(ours.set.len(), theirs.set.len(), "{what}");
        assert!(
            theirs.set.iter().all(|element| ours.set.contains(element)),
            "{what}"
        );
        let came = site(name).inserts - before.inserts;
        assert_eq!(came, if_recorded(theirs.came), "{what}");
    }
    drop(ours);
    let left = theirs.map.len() + theirs.set.len();
    assert_eq!(EXITS.take().len(), left, "those that the maps took along");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn maps(steps in vec((0..100_usize, 0..40_u16, any::<u8>()), 1..200)) {
        run(&MAP_STEPS, "Ours.map", steps);
    }

    #[test]
    fn sets(steps in vec((0..100_usize, select((0..40).collect::<Vec<u16>>()), any::<u8>()), 1..200)) {
        run(&SET_STEPS, "Ours.set", steps);
    }
}

#[test]
fn a_key_that_is_another_one_is_refused() {
    let mut map = Map::default();
    let insert = |map: &mut Map| match map.entry_ref("a") {
        EntryRef::Vacant(entry) => {
            entry.insert_with_key("b".to_owned(), 1);
        }
        EntryRef::Occupied(mut entry) => {
            entry.replace_key("b".to_owned());
        }
    };
    let refused = caught(|| insert(&mut map)).unwrap_err();
    assert!(
        refused.message.starts_with("the key to be inserted is not"),
        "{}",
        refused.message
    );
    assert!(map.is_empty());
    map.insert("a".to_owned(), 1);
    let refused = caught(|| insert(&mut map)).unwrap_err();
    assert!(
        refused.message.starts_with("the new key is not equal"),
        "{}",
        refused.message
    );
    assert_eq!((map.len(), map["a"]), (1, 1));
    let mut set: HashSet<String> = HashSet::new();
    assert!(caught(|| set.get_or_insert_with("a", |_| "b".to_owned()).len()).is_err());
    assert!(set.is_empty());
}

#[test]
fn the_line_that_used_an_entry_is_the_one_that_inserted() {
    #[mapkeeper::tracked]
    type Lines = hashbrown::HashMap<String, u8, RandomState>;

    let mut map = Lines::default();
    let line = line!() + 1;
    map.entry_ref("a").or_insert(1);
    let lines = site("Lines").call_sites;
    let strict = MODE == Mode::Strict;
    assert_eq!(lines.len(), usize::from(strict));
    for inserted in lines {
        assert!(
            inserted.call_site.contains(&format!("main.rs:{line}:")),
            "{}",
            inserted.call_site
        );
    }
}

#[test]
fn a_map_of_nothing_becomes_a_set_and_its_record_goes_on() {
    #[mapkeeper::tracked]
    type Elements = hashbrown::HashMap<u32, (), RandomState>;

    let map: Elements = (0..100).map(|n| (n, ())).collect();
    let set = HashSet::from(map);
    let row = site("Elements");
    assert_eq!(
        (row.inserts, row.len, row.removed.entries()),
        (if_recorded(100), if_recorded(100), 0)
    );
    assert!(set.len() == 100 && set.contains(&99));
    drop(set);
    assert_eq!(site("Elements").removed.get(MapDropped), if_recorded(100));
}

#[test]
fn originals_become_tracked_maps_and_come_back() {
    #[mapkeeper::tracked]
    struct Moved {
        #[map(on_remove = tell)]
        map: hashbrown::HashMap<String, u8, RandomState>,
        #[map(on_remove = tell_element)]
        set: hashbrown::HashSet<String, RandomState>,
    }

    let plain = || (0..50).map(|n| (n.to_string(), n)).collect();
    let ours = Moved {
        map: hashbrown::HashMap::into(plain()),
        set: hashbrown::HashSet::from_iter(["a".to_owned()]).into(),
    };
    let back: hashbrown::HashMap<String, u8, RandomState> = ours.map.into();
    assert_eq!(back, plain());
    let back: hashbrown::HashSet<String, RandomState> = ours.set.into();
    assert!(back.len() == 1 && back.contains("a"));
    let exits = EXITS.take();
    assert!(exits.len() == 51 && exits.iter().all(|(_, _, cause)| *cause == Taken));
}

#[test]
fn maps_are_made_with_the_hasher_that_their_type_names() {
    #[mapkeeper::tracked]
    type Fast = hashbrown::HashMap<u32, u32, rustc_hash::FxBuildHasher>;
    #[mapkeeper::tracked]
    type FastSet = hashbrown::HashSet<u32, rustc_hash::FxBuildHasher>;

    assert!(Fast::new().is_empty() && Fast::with_capacity(100).capacity() >= 100);
    assert!(FastSet::new().is_empty() && FastSet::with_capacity(100).capacity() >= 100);
    let (map, set) = (Fast::from([(1, 2)]), FastSet::from([3]));
    assert!(map[&1] == 2 && set.contains(&3));
    let line = line!() - 2;
    let inserted = site("Fast").call_sites;
    assert!(
        inserted
            .iter()
            .all(|at| at.call_site.contains(&format!("main.rs:{line}:")))
    );
}

#[test]
fn a_set_is_compared_with_plain_ones() {
    #[mapkeeper::tracked]
    type Numbers = hashbrown::HashSet<u32, RandomState>;

    let state = RandomState::new();
    let mut ours = Numbers::with_hasher(state.clone());
    ours.extend(0..10);
    let mut plain = hashbrown::HashSet::with_hasher(state.clone());
    plain.extend(5..20);
    let mut theirs = hashbrown::HashSet::with_hasher(state);
    theirs.extend(0..10);
    assert!(ours.difference(&plain).count() == theirs.difference(&plain).count());
    assert!(
        ours.intersection(&plain)
            .all(|n| theirs.contains(n) && plain.contains(n))
    );
    assert_eq!((&ours | &plain).len(), (&theirs | &plain).len());
    assert_eq!((&ours ^ &plain).len(), (&theirs ^ &plain).len());
    assert!(!ours.is_subset(&plain) && ours.is_subset(&theirs) && ours.is_superset(&theirs));
    ours -= &plain;
    theirs -= &plain;
    assert!(ours.is_subset(&theirs) && ours.len() == theirs.len());
}

fn never(_: &u32) -> Result<(), &'static str> {
    Err("it stays")
}

#[test]
fn a_guard_is_asked_by_an_entry() {
    #[mapkeeper::tracked(guard = never)]
    type Guarded = hashbrown::HashSet<u32, RandomState>;

    let mut set = Guarded::default();
    set.insert(1);
    let hash_set::Entry::Occupied(entry) = set.entry(1) else {
        panic!("it is there");
    };
    assert_eq!(entry.try_remove().is_err(), ENFORCE);
    assert_eq!(set.contains(&1), ENFORCE);
}
