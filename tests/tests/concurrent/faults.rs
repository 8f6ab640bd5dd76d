//! User code that panics, at every place where the map calls it: the map is whole, nothing stays locked, and what left is
//! told and counted once.

use std::{
    cell::Cell,
    hash::{BuildHasher, Hash, Hasher},
};

use mapkeeper::{Keeper, RemovalCause, sync::HashMap};
use mapkeeper_tests::{
    panics::caught,
    sites::{if_recorded, site},
};
use rustc_hash::FxHasher;

thread_local! {
    /// How many more calls into user code go well.
    static FUSE: Cell<u32> = const { Cell::new(u32::MAX) };
    static TOLD: Cell<u64> = const { Cell::new(0) };
}

/// Panics if the fuse has burnt down; it does so once.
fn step() {
    let left = FUSE.get();
    FUSE.set(left.checked_sub(1).unwrap_or(u32::MAX));
    assert!(left > 0, "the fuse has burnt down");
}

#[derive(Clone, Copy, Debug, PartialOrd, Ord)]
struct Key(u64);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        step();
        self.0.hash(state);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        step();
        self.0 == other.0
    }
}

impl Eq for Key {}

#[derive(Clone, Copy, Debug, Default)]
struct Hashes;

impl BuildHasher for Hashes {
    type Hasher = FxHasher;

    fn build_hasher(&self) -> FxHasher {
        FxHasher::default()
    }
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "a hook is shown what the map holds"
)]
fn tell(_: &Key, _: &Option<u64>, _: RemovalCause) {
    TOLD.set(TOLD.get() + 1);
    step();
}

#[mapkeeper::tracked]
struct Mined {
    #[map(on_remove = tell)]
    map: HashMap<Key, Option<u64>, Hashes>,
}

fn filled() -> Mined {
    let s = Mined {
        map: HashMap::with_hasher_and_shard_amount(Hashes, 4),
    };
    for n in 0..20 {
        s.map.insert(Key(n), Some(n));
    }
    s
}

type Act = fn(&mut Mined);

const ACTS: [(&str, Act); 27] = [
    ("insert", |s| _ = s.map.insert(Key(100), Some(1))),
    ("insert many", |s| {
        for n in 100..200 {
            s.map.insert(Key(n), Some(n));
        }
    }),
    ("insert over", |s| _ = s.map.insert(Key(3), None)),
    ("get", |s| _ = s.map.get(&Key(3))),
    ("get_mut", |s| *s.map.get_mut(&Key(3)).unwrap() = None),
    ("view", |s| _ = s.map.view(&Key(3), |_, _| step())),
    ("remove", |s| _ = s.map.remove(&Key(3))),
    ("remove_if", |s| {
        s.map.remove_if(&Key(3), |_, _| {
            step();
            true
        });
    }),
    ("remove_if_mut", |s| {
        s.map.remove_if_mut(&Key(3), |_, value| {
            *value = None;
            step();
            true
        });
    }),
    ("try_remove", |s| _ = s.map.try_remove(&Key(3))),
    ("entry.or_insert_with", |s| {
        s.map.entry(Key(50)).or_insert_with(|| {
            step();
            None
        });
    }),
    ("entry.and_modify", |s| {
        _ = s.map.entry(Key(3)).and_modify(|_| step())
    }),
    ("entry.insert", |s| _ = s.map.entry(Key(3)).insert(None)),
    ("get_or_insert_with", |s| {
        s.map.get_or_insert_with(Key(60), || {
            step();
            Some(1)
        });
    }),
    ("ref.map", |s| {
        let _ = s.map.get(&Key(3)).unwrap().map(|value| {
            step();
            value
        });
        let _ = s.map.get_mut(&Key(3)).unwrap().try_map(|value| {
            step();
            value.as_mut()
        });
    }),
    ("alter", |s| {
        s.map.alter(&Key(3), |_, value| {
            step();
            value
        });
    }),
    ("alter_all", |s| {
        s.map.alter_all(|_, value| {
            step();
            value.map(|n| n + 1)
        });
    }),
    ("retain", |s| {
        s.map.retain(|key, _| {
            step();
            key.0.is_multiple_of(2)
        });
    }),
    ("clear", |s| s.map.clear()),
    ("insert_many", |s| {
        let entries = (0..60).map(|n| (Key(n % 40), Some(n)));
        s.map.insert_many(entries.inspect(|_| step()));
    }),
    ("remove_many", |s| {
        let keys = [3, 5, 3, 70, 6].map(Key);
        s.map.remove_many(&keys);
    }),
    ("update_many", |s| {
        let keys = [3, 5, 3, 70, 6].map(Key);
        s.map.update_many(&keys, |_, value| {
            *value = None;
            step();
        });
    }),
    ("replace_all", |s| {
        s.map.replace_all((10..30).map(|n| (Key(n), Some(n))))
    }),
    ("snapshot", |s| _ = s.map.snapshot()),
    ("iter", |s| s.map.iter().for_each(|_| step())),
    ("shrink_to_fit", |s| {
        s.map.retain(|key, _| key.0 < 4);
        s.map.shrink_to_fit();
    }),
    ("into_iter", |s| {
        let map = std::mem::replace(&mut s.map, HashMap::with_hasher_and_shard_amount(Hashes, 4));
        map.into_iter().for_each(|_| step());
    }),
];

/// Exits that were counted.
fn counted() -> u64 {
    let row = site("Mined.map");
    row.removed.entries() + row.replaces
}

/// Every shard can be had, each key is found where it is iterated, and the record agrees.
fn is_whole<T: Keeper<Key, Option<u64>>>(map: &HashMap<Key, Option<u64>, Hashes, T>) {
    let keys: Vec<Key> = map.iter().map(|entry| *entry.key()).collect();
    assert_eq!(keys.len(), map.len());
    for key in keys {
        assert!(map.try_get_mut(&key).is_present(), "{key:?}");
    }
    for n in 1_000..1_020 {
        assert!(map.try_entry(Key(n)).is_some(), "a shard is locked");
    }
    let row = site("Mined.map");
    assert_eq!(row.len, if_recorded(map.len() as u64));
}

#[test]
fn whatever_panics_leaves_the_map_whole_and_unlocked() {
    for (name, act) in ACTS {
        let mut panics = 0;
        for fuse in 0.. {
            let mut s = filled();
            let before = (TOLD.get(), counted());
            FUSE.set(fuse);
            let end = caught(|| act(&mut s));
            // It starts anew when it has burnt down, and the act may go on.
            let burnt = FUSE.replace(u32::MAX) > 1 << 20;
            assert_eq!(end.is_err(), burnt, "{name}, fuse {fuse}");
            is_whole(&s.map);
            let told = TOLD.get() - before.0;
            // What `alter` was given when it panicked nobody can be shown.
            let lost = u64::from(burnt && s.map.len() < 20 && name.starts_with("alter"));
            assert_eq!(
                counted() - before.1,
                if_recorded(told + lost),
                "{name}, fuse {fuse}"
            );
            drop(s);
            if !burnt {
                break;
            }
            panics += 1;
        }
        assert!(panics > 0, "{name} calls no user code");
    }
    let row = site("Mined.map");
    assert_eq!((row.len, row.residue, row.instances), (0, 0, 0));
    assert_eq!(row.capacity, 0);
}

#[test]
fn what_alter_loses_counts_as_removed() {
    #[mapkeeper::tracked]
    #[derive(Default)]
    struct Altered {
        #[map]
        map: HashMap<u64, Option<u64>>,
    }
    let s = Altered::default();
    s.map.insert(3, None);
    s.map.insert(4, Some(1));
    caught(|| s.map.alter(&3, |_, _| panic!("no new value"))).unwrap_err();
    assert!(!s.map.contains_key(&3));
    let row = site("Altered.map");
    assert_eq!((row.len, row.residue), (if_recorded(1), 0));
    assert_eq!(row.removed.get(RemovalCause::Removed), if_recorded(1));
    s.map.alter_all(|_, value| value.map(|n| n + 1));
    assert_eq!(s.map.remove(&4), Some((4, Some(2))));
}
