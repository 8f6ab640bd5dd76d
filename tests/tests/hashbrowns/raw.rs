//! Raw entries, against hashbrown's own: the same answers and contents, each hook with its cause, and the counts.

use std::{
    cell::RefCell,
    hash::{BuildHasher, RandomState},
};

use hashbrown::hash_map::RawEntryMut as Theirs;
use mapkeeper::{RemovalCause, RemovalCause::*, hash_map::RawEntryMut as Ours};
use mapkeeper_tests::{
    panics::caught,
    sites::{ENFORCE, if_recorded, site},
};
use proptest::{collection::vec, prelude::*};

type Plain = hashbrown::HashMap<String, u8, RandomState>;

thread_local! {
    static TOLD: RefCell<Vec<(String, u8, RemovalCause)>> = const { RefCell::new(Vec::new()) };
}

#[allow(clippy::ptr_arg, reason = "a hook is shown what the map holds")]
fn tell(key: &String, value: &u8, cause: RemovalCause) {
    TOLD.with_borrow_mut(|told| told.push((key.clone(), *value, cause)));
}

#[mapkeeper::tracked(on_remove = tell)]
type Raw = Plain;

/// The same to both maps; what was handed over is compared. Whether an entry came, and why the old one left.
macro_rules! both {
    ($what:expr, $ours:expr, $theirs:expr, $key:expr, $n:expr) => {{
        let hash = $ours.hasher().hash_one($key);
        let their_hash = $theirs.hasher().hash_one($key);
        (
            step!($what, $ours, Ours, hash, $key, $n),
            step!($what, $theirs, Theirs, their_hash, $key, $n),
        )
    }};
}

/// One step on one of the maps.
macro_rules! step {
    ($what:expr, $map:expr, $Raw:ident, $hash:expr, $key:expr, $n:expr) => {{
        let (map, hash, key, n) = (&mut $map, $hash, $key, $n);
        let owned = || key.to_owned();
        match $what {
            0 => Some(*map.raw_entry_mut().from_key(key).or_insert(owned(), n).1),
            1 => Some(
                *map.raw_entry_mut()
                    .from_key(key)
                    .or_insert_with(|| (owned(), n))
                    .1,
            ),
            2 => Some(*map.raw_entry_mut().from_key(key).insert(owned(), n).get()),
            3 => {
                let entry = map.raw_entry_mut().from_key_hashed_nocheck(hash, key);
                match entry.and_modify(|_, value| *value ^= n) {
                    $Raw::Occupied(mut entry) => {
                        *entry.get_mut() ^= 1;
                        assert_eq!((entry.key(), entry.get_key_value().0), (&owned(), &owned()));
                        assert_eq!(entry.insert_key(owned()), key);
                        *entry.key_mut() = owned();
                        Some(*entry.into_mut())
                    }
                    $Raw::Vacant(entry) => Some(*entry.insert_hashed_nocheck(hash, owned(), n).1),
                }
            }
            4 => match map.raw_entry_mut().from_hash(hash, |other| other == key) {
                $Raw::Occupied(entry) => Some(entry.remove()),
                $Raw::Vacant(_) => None,
            },
            5 => match map.raw_entry_mut().from_key(key) {
                $Raw::Occupied(entry) => Some(entry.remove_entry().1),
                $Raw::Vacant(_) => None,
            },
            6 => match map.raw_entry_mut().from_key(key) {
                $Raw::Occupied(mut entry) => Some(entry.insert(n)),
                $Raw::Vacant(_) => None,
            },
            7 => {
                let hasher = map.hasher().clone();
                match map.raw_entry_mut().from_key(key) {
                    $Raw::Occupied(entry) => Some(*entry.into_key_value().1),
                    $Raw::Vacant(entry) => {
                        let hasher = |key: &String| hasher.hash_one(key);
                        Some(*entry.insert_with_hasher(hash, owned(), n, hasher).1)
                    }
                }
            }
            _ => {
                let make = |_: &String, value: u8| (n % 2 == 1).then_some(value ^ n);
                match map
                    .raw_entry_mut()
                    .from_key(key)
                    .and_replace_entry_with(make)
                {
                    $Raw::Occupied(entry) => {
                        assert_eq!(entry.key(), key);
                        Some(*entry.get())
                    }
                    $Raw::Vacant(entry) if n % 4 < 2 => Some(*entry.insert(owned(), n).1),
                    $Raw::Vacant(_) => None,
                }
            }
        }
    }};
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn entries(steps in vec((0..9_u8, 0..60_u8, any::<u8>()), 1..400)) {
        TOLD.take();
        let before = site("Raw");
        let (mut ours, mut theirs) = (Raw::default(), Plain::default());
        let mut came = 0;
        for (what, key, n) in steps {
            let key = format!("key {key}");
            let known = theirs.get(&key).copied();
            let (our, their) = both!(what, ours, theirs, key.as_str(), n);
            prop_assert_eq!(our, their, "{}", what);
            let now = theirs.contains_key(&key);
            let left = match (what, known) {
                (2 | 6, Some(old)) => Some((key.clone(), old, Replaced)),
                (4 | 5 | 8, Some(old)) => Some((key.clone(), old, Removed)),
                _ => None,
            };
            came += u64::from(now && (known.is_none() || what == 8));
            prop_assert_eq!(TOLD.take(), Vec::from_iter(left));
            prop_assert_eq!(ours.len(), theirs.len());
            let hash = ours.hasher().hash_one(&key);
            let pair = theirs.get_key_value(&key);
            prop_assert_eq!(ours.raw_entry().from_key(&key), pair);
            prop_assert_eq!(ours.raw_entry().from_key_hashed_nocheck(hash, &key), pair);
            prop_assert_eq!(ours.raw_entry().from_hash(hash, |other| *other == key), pair);
        }
        prop_assert!(theirs.iter().all(|(key, value)| ours.get(key) == Some(value)));
        let row = site("Raw");
        prop_assert_eq!(row.inserts - before.inserts, if_recorded(came));
        let left = row.removed.entries() - before.removed.entries();
        prop_assert_eq!(left, if_recorded(came - theirs.len() as u64));
        ours.clear();
        TOLD.take();
    }
}

#[test]
fn keys_need_no_hash_of_their_own() {
    #[derive(Debug, PartialEq)]
    struct Bare(u64);

    #[mapkeeper::tracked]
    type Bares = hashbrown::HashMap<Bare, u64, ()>;

    let mut map = Bares::with_hasher(());
    let hash = |key: &Bare| key.0.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for n in 0..1_000 {
        let key = Bare(n % 500);
        let entry = map
            .raw_entry_mut()
            .from_hash(hash(&key), |other| *other == key);
        match entry {
            Ours::Vacant(entry) => {
                assert_eq!(*entry.insert_with_hasher(hash(&key), key, n, hash).1, n)
            }
            Ours::Occupied(entry) => assert_eq!(entry.remove(), n - 500),
        }
    }
    assert!(map.is_empty());
    let row = site("Bares");
    assert_eq!(
        (row.inserts, row.removed.get(Removed)),
        (if_recorded(500), if_recorded(500))
    );
}

#[test]
fn a_hasher_that_panics_while_the_table_grows_loses_nothing() {
    let mut map: mapkeeper::HashMap<u64, u64> = (0..3).map(|n| (n, n)).collect();
    let hash = map.hasher().hash_one(7_u64);
    let insert = |map: &mut mapkeeper::HashMap<u64, u64>| {
        while map.len() < map.capacity() {
            map.insert(map.len() as u64 + 100, 0);
        }
        let Ours::Vacant(entry) = map.raw_entry_mut().from_key(&7) else {
            panic!("it is not there");
        };
        entry.insert_with_hasher(hash, 7, 7, |_| panic!("no hash"));
    };
    let panicked = caught(|| insert(&mut map)).unwrap_err();
    assert_eq!(panicked.message, "no hash");
    assert!((0..3).all(|n| map.get(&n) == Some(&n)) && !map.contains_key(&7));
}

fn never(_: &u32, _: &u8) -> Result<(), &'static str> {
    Err("it stays")
}

#[test]
fn a_guard_is_asked() {
    #[mapkeeper::tracked(guard = never)]
    type GuardedRaw = hashbrown::HashMap<u32, u8, RandomState>;

    let mut map = GuardedRaw::default();
    map.insert(1, 1);
    let Ours::Occupied(entry) = map.raw_entry_mut().from_key(&1) else {
        panic!("it is there");
    };
    assert_eq!(entry.try_remove().is_err(), ENFORCE);
    assert_eq!(map.contains_key(&1), ENFORCE);
}
