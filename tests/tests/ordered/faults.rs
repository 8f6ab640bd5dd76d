//! Panics in hooks and in `Ord`: the map stays whole, each entry is hooked once.

use std::{
    cell::{Cell, RefCell},
    cmp::Ordering,
    collections::BTreeMap,
    hash::{Hash, Hasher},
};

use mapkeeper::RemovalCause;
use mapkeeper_tests::{
    panics::caught,
    sites::{records, site},
};

thread_local! {
    static TOLD: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    /// Comparisons and hooks until one of them panics.
    static FUSE: Cell<Option<u32>> = const { Cell::new(None) };
    /// Whether comparisons do not burn it.
    static SPARED: Cell<bool> = const { Cell::new(false) };
}

fn burn(what: &str) {
    if let Some(left) = FUSE.get() {
        FUSE.set(left.checked_sub(1));
        assert!(left > 0, "the fuse of {what}");
    }
}

#[derive(Debug, PartialEq, Eq, Clone)]
struct Key(u32);

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        if !SPARED.get() {
            burn("Ord");
        }
        self.0.cmp(&other.0)
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Bombs {
    #[map(on_remove = told)]
    map: BTreeMap<Key, u32>,
}

fn told(_: &Key, value: &u32, _: RemovalCause) {
    TOLD.with_borrow_mut(|all| all.push(*value));
    burn("the hook");
}

type Path = (&'static str, fn(&mut Bombs));

const PATHS: [Path; 12] = [
    ("insert", |s| _ = s.map.insert(Key(1_000), 1_000)),
    ("overwrite", |s| _ = s.map.insert(Key(5), 1_001)),
    ("entry", |s| _ = s.map.entry(Key(1_002)).or_insert(1_002)),
    ("remove", |s| _ = s.map.remove(&Key(7))),
    ("pop_first", |s| _ = s.map.pop_first()),
    ("retain", |s| {
        s.map.retain(|key, _| !key.0.is_multiple_of(3))
    }),
    ("extract_if", |s| {
        _ = s
            .map
            .extract_if(.., |key, _| key.0.is_multiple_of(2))
            .count()
    }),
    ("remove_many", |s| {
        _ = s.map.remove_many([&Key(3), &Key(4), &Key(5)])
    }),
    ("split_off", |s| drop(s.map.split_off(&Key(4)))),
    ("append", |s| {
        let mut other = Bombs::default();
        other.map.insert(Key(5), 2_000);
        other.map.insert(Key(2_001), 2_001);
        s.map.append(&mut other.map);
    }),
    ("clear", |s| s.map.clear()),
    ("into_iter", |s| {
        drop(std::mem::take(&mut s.map).into_iter())
    }),
];

#[test]
fn whatever_panics_each_entry_is_hooked_once() {
    for (name, path) in PATHS {
        for entries in [10, 100] {
            for fuse in 0.. {
                let mut s = Bombs::default();
                for n in 0..entries {
                    s.map.insert(Key(n), n);
                }
                TOLD.take();
                // std's own map is broken by a comparison that panics while it is split.
                SPARED.set(name == "split_off");
                FUSE.set(Some(fuse));
                let result = caught(|| path(&mut s));
                let burnt = FUSE.take().is_none();
                // What is left can be walked, looked up and taken out, in order.
                let left: Vec<u32> = s.map.values().copied().collect();
                assert_eq!(left.len(), s.map.len(), "{name} at {fuse}");
                assert!(s.map.keys().is_sorted(), "{name} at {fuse}");
                for key in s.map.keys() {
                    assert!(s.map.contains_key(key), "{name} at {fuse}");
                }
                let told = TOLD.take();
                drop(s);
                let rest = TOLD.take();
                assert_eq!(rest, left, "{name} at {fuse}");
                let mut all: Vec<u32> = told
                    .into_iter()
                    .chain(rest)
                    .filter(|n| *n < 1_000)
                    .collect();
                all.sort_unstable();
                // What was split off leaves twice: this map, and then the other one, which is dropped.
                if name != "split_off" {
                    let twice = all.windows(2).find(|pair| pair[0] == pair[1]);
                    assert_eq!(twice, None, "{name} at {fuse}");
                }
                all.dedup();
                assert_eq!(all, (0..entries).collect::<Vec<u32>>(), "{name} at {fuse}");
                if records() {
                    let row = site("Bombs.map");
                    assert_eq!((row.len, row.instances), (0, 0), "{name} at {fuse}");
                }
                if !burnt {
                    assert!(result.is_ok(), "{name}: {result:?}");
                    break;
                }
            }
        }
    }
}

#[test]
fn a_hook_that_panics_while_a_map_is_split_is_not_run_again() {
    let mut s = Bombs::default();
    for n in 0..10 {
        s.map.insert(Key(n), n);
    }
    TOLD.take();
    SPARED.set(true);
    FUSE.set(Some(1));
    assert!(caught(|| s.map.split_off(&Key(6))).is_err());
    FUSE.set(None);
    assert_eq!(TOLD.take(), [6, 7, 8, 9]);
    assert_eq!(s.map.len(), 6);
}

thread_local! {
    static UNHASHABLE: Cell<bool> = const { Cell::new(false) };
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Label(String);

impl Hash for Label {
    fn hash<H: Hasher>(&self, state: &mut H) {
        assert!(!UNHASHABLE.get(), "no hash");
        self.0.hash(state);
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Labels {
    #[map]
    map: BTreeMap<Label, u32>,
}

#[test]
fn an_entry_is_counted_that_leaves_while_the_hash_of_its_key_panics() {
    let label = |n: u32| Label(n.to_string());
    let mut s = Labels::default();
    for n in 0..200 {
        s.map.insert(label(n), n);
    }
    UNHASHABLE.set(true);
    for n in 0..40 {
        _ = caught(|| s.map.remove(&label(n)));
        assert!(!s.map.contains_key(&label(n)), "{n} is out");
    }
    for _ in 0..10 {
        _ = caught(|| s.map.pop_last());
    }
    UNHASHABLE.set(false);
    assert_eq!(s.map.len(), 150);
    if records() {
        let row = site("Labels.map");
        let removed = row.removed.get(RemovalCause::Removed);
        assert_eq!((row.inserts, removed, row.len), (200, 50, 150));
    }
}

fn is_empty(value: &u32) -> bool {
    burn("the look");
    *value == 0
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Looked {
    #[map(residue = is_empty)]
    map: BTreeMap<u32, u32>,
}

#[test]
fn an_entry_is_counted_if_it_came_whatever_panics_that_looks_at_its_value() {
    // From few entries, of which none is sampled, and from many.
    for (entries, steps) in [(10, 60), (5_000, 600)] {
        let mut s = Looked::default();
        s.map.extend((0..entries).map(|n| (n, 1)));
        let mut next = entries;
        for fuse in 0..steps {
            FUSE.set(Some(fuse % 7));
            for n in next..next + 3 {
                _ = caught(|| s.map.insert(n, n % 2));
                _ = caught(|| s.map.insert(n / 2, n % 3));
                _ = caught(|| *s.map.entry(n + 3).or_insert(1));
            }
            next += 6;
            FUSE.set(None);
        }
        if records() {
            assert_eq!(site("Looked.map").len, s.map.len() as u64);
        }
    }
}
