//! The raw entry API against the crate's own: the same answers and order, each hook with its cause, and the counts.

use std::{
    cell::RefCell,
    hash::{BuildHasher, BuildHasherDefault},
};

use ::indexmap::map::raw_entry_v1 as theirs;
use mapkeeper::{RemovalCause, RemovalCause::*, index_map::raw_entry_v1::RawEntryMut};
use mapkeeper_tests::{
    panics::caught,
    sites::{ENFORCE, if_recorded, site},
};
use proptest::{collection::vec, prelude::*};
use rustc_hash::FxHasher;
use theirs::RawEntryApiV1;

type Hasher = BuildHasherDefault<FxHasher>;
type Theirs = ::indexmap::IndexMap<u8, u16, Hasher>;
type Exit = (u8, u16, RemovalCause);

thread_local! {
    static EXITS: RefCell<Vec<Exit>> = const { RefCell::new(Vec::new()) };
}

fn note(key: &u8, value: &u16, cause: RemovalCause) {
    EXITS.with_borrow_mut(|exits| exits.push((*key, *value, cause)));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Raw {
    #[map(on_remove = note)]
    map: Theirs,
}

/// One step done to both: an entry looked for in one of three ways, and one of many things done with it.
fn step(
    ours: &mut Raw,
    map: &mut Theirs,
    due: &mut Vec<Exit>,
    (kind, way, key, value): (u8, u8, u8, u16),
) {
    let hash = Hasher::default().hash_one(key);
    let at = usize::from(value) % (map.len() + 1);
    let builders = (ours.map.raw_entry_mut_v1(), map.raw_entry_mut_v1());
    let (mine, other) = match way % 3 {
        0 => (builders.0.from_key(&key), builders.1.from_key(&key)),
        1 => (
            builders.0.from_key_hashed_nocheck(hash, &key),
            builders.1.from_key_hashed_nocheck(hash, &key),
        ),
        _ => (
            builders.0.from_hash(hash, |known| *known == key),
            builders.1.from_hash(hash, |known| *known == key),
        ),
    };
    assert_eq!(
        (mine.index(), format!("{mine:?}")),
        (other.index(), format!("{other:?}"))
    );
    match (mine, other) {
        (mine, other) if kind == 0 => {
            let add = |_: &mut u8, known: &mut u16| *known += 1;
            let mine = mine.and_modify(add).or_insert(key, value);
            assert_eq!(mine, other.and_modify(add).or_insert(key, value));
        }
        (mine, other) if kind == 1 => {
            assert_eq!(
                mine.or_insert_with(|| (key, value)),
                other.or_insert_with(|| (key, value))
            );
        }
        (RawEntryMut::Vacant(mine), theirs::RawEntryMut::Vacant(other)) => {
            let (mine, other) = match kind % 4 {
                0 => (mine.insert(key, value), other.insert(key, value)),
                1 => (
                    mine.insert_hashed_nocheck(hash, key, value),
                    other.insert_hashed_nocheck(hash, key, value),
                ),
                2 => (
                    mine.shift_insert(at, key, value),
                    other.shift_insert(at, key, value),
                ),
                _ => (
                    mine.shift_insert_hashed_nocheck(at, hash, key, value),
                    other.shift_insert_hashed_nocheck(at, hash, key, value),
                ),
            };
            assert_eq!(mine, other);
        }
        (RawEntryMut::Occupied(mut mine), theirs::RawEntryMut::Occupied(mut other)) => {
            assert_eq!((mine.key(), mine.get()), (other.key(), other.get()));
            assert_eq!(mine.get_key_value(), other.get_key_value());
            assert_eq!(mine.insert_key(key), other.insert_key(key));
            assert_eq!(mine.key_mut(), other.key_mut());
            *mine.get_mut() += 1;
            *other.get_mut() += 1;
            let known = *other.get();
            match kind {
                2 => {
                    due.push((key, known, Replaced));
                    assert_eq!(mine.insert(value), other.insert(value));
                }
                3..6 => {
                    due.push((key, known, Removed));
                    let gone = match kind {
                        3 => (mine.swap_remove(), other.swap_remove()),
                        4 => (mine.shift_remove(), other.shift_remove()),
                        _ => (mine.swap_remove_if_allowed().unwrap(), other.swap_remove()),
                    };
                    assert_eq!(gone.0, gone.1);
                }
                6 => {
                    due.push((key, known, Removed));
                    assert_eq!(mine.shift_remove_entry(), other.shift_remove_entry());
                }
                7 => {
                    let at = at.min(map_len(&other, at));
                    mine.move_index(at);
                    other.move_index(at);
                }
                8 => assert_eq!(mine.into_key_value_mut(), other.into_key_value_mut()),
                9 => assert_eq!(mine.into_key(), other.into_key()),
                _ => assert_eq!(mine.into_mut(), other.into_mut()),
            }
        }
        _ => panic!("one found it and the other did not"),
    }
}

/// An index that is in bounds for the entry's map: at most its own.
fn map_len(entry: &theirs::RawOccupiedEntryMut<'_, u8, u16, Hasher>, at: usize) -> usize {
    entry.index().min(at)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn they_do_what_the_crates_do(steps in vec((0..12_u8, 0..3_u8, 0..40_u8, 0..500_u16), 1..150)) {
        EXITS.take();
        let before = site("Raw.map");
        let (mut ours, mut map, mut due) = (Raw::default(), Theirs::default(), Vec::new());
        let mut came = 0;
        for given in steps {
            let known = map.contains_key(&given.2);
            step(&mut ours, &mut map, &mut due, given);
            came += u64::from(!known);
            assert!(ours.map.iter().eq(map.iter()));
            assert_eq!(EXITS.take(), std::mem::take(&mut due));
            let row = site("Raw.map");
            assert_eq!(row.inserts - before.inserts, if_recorded(came));
            assert_eq!(row.len, if_recorded(map.len() as u64));
        }
        for key in 0..40 {
            let hash = Hasher::default().hash_one(key);
            let (mine, other) = (|| ours.map.raw_entry_v1(), || map.raw_entry_v1());
            assert_eq!(mine().from_key(&key), other().from_key(&key));
            assert_eq!(mine().from_key_hashed_nocheck(hash, &key), other().from_key_hashed_nocheck(hash, &key));
            let is = |known: &u8| *known == key;
            assert_eq!(mine().from_hash(hash, is), other().from_hash(hash, is));
            assert_eq!(mine().from_hash_full(hash, is), other().from_hash_full(hash, is));
            assert_eq!(mine().index_from_hash(hash, is), other().index_from_hash(hash, is));
        }
    }
}

fn never(_: &u8, _: &u16) -> Result<(), &'static str> {
    Err("it stays")
}

#[test]
fn a_guard_is_asked_and_an_index_out_of_bounds_changes_nothing() {
    #[mapkeeper::tracked(guard = never)]
    type Guarded = Theirs;

    let mut map = Guarded::default();
    map.insert(1, 1);
    let missed = caught(|| match map.raw_entry_mut_v1().from_key(&2) {
        RawEntryMut::Vacant(entry) => *entry.shift_insert(9, 2, 2).1,
        RawEntryMut::Occupied(_) => 0,
    });
    assert!(missed.unwrap_err().message.contains("index out of bounds"));
    let RawEntryMut::Occupied(entry) = map.raw_entry_mut_v1().from_key(&1) else {
        panic!("it is there");
    };
    assert_eq!(entry.shift_remove_if_allowed().is_err(), ENFORCE);
    assert_eq!(
        (map.len(), site("Guarded").len),
        (usize::from(ENFORCE), if_recorded(ENFORCE.into()))
    );
}
