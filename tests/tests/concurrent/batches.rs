//! Batches: the answers and exits of the same steps one by one, and nobody sees half of one.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap as Plain,
    hash::{BuildHasher, Hash, Hasher},
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
};

use mapkeeper::{
    MODE, Mode, RemovalCause,
    RemovalCause::{Cleared, Removed, Replaced},
    sync::HashMap,
};
use mapkeeper_tests::{
    panics::caught,
    sites::{if_recorded, site},
};
use proptest::{collection::vec, prelude::*};
use rustc_hash::FxHasher;

type Exit = (u8, u16, RemovalCause);

thread_local! {
    static EXITS: RefCell<Vec<Exit>> = const { RefCell::new(Vec::new()) };
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "a hook is shown what the map holds"
)]
fn tell(key: &u8, value: &u16, cause: RemovalCause) {
    EXITS.with_borrow_mut(|exits| exits.push((*key, *value, cause)));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Batched {
    #[map(on_remove = tell)]
    map: HashMap<u8, u16>,
}

#[derive(Clone, Debug)]
enum Batch {
    Insert(Vec<(u8, u16)>),
    Remove(Vec<u8>),
    Update(Vec<u8>),
    ReplaceAll(Vec<(u8, u16)>),
    Clear,
}

fn batches() -> impl Strategy<Value = Batch> {
    let key = 0_u8..60;
    let entries = vec((key.clone(), any::<u16>()), 0..50);
    prop_oneof![
        4 => entries.clone().prop_map(Batch::Insert),
        3 => vec(key.clone(), 0..30).prop_map(Batch::Remove),
        2 => vec(key, 0..30).prop_map(Batch::Update),
        1 => entries.prop_map(Batch::ReplaceAll),
        1 => Just(Batch::Clear),
    ]
}

/// The same, one by one; answers are those of the batch.
fn one_by_one(plain: &mut Plain<u8, u16>, exits: &mut Vec<Exit>, batch: &Batch) -> Vec<(u8, u16)> {
    let mut insert = |plain: &mut Plain<u8, u16>, entries: &[(u8, u16)]| {
        for (key, value) in entries {
            if let Some(old) = plain.insert(*key, *value) {
                exits.push((*key, old, Replaced));
            }
        }
    };
    match batch {
        Batch::Insert(entries) => insert(plain, entries),
        Batch::Remove(keys) => {
            let out: Vec<(u8, u16)> = keys
                .iter()
                .filter_map(|key| plain.remove_entry(key))
                .collect();
            exits.extend(out.iter().map(|(key, value)| (*key, *value, Removed)));
            return out;
        }
        Batch::Update(keys) => {
            for key in keys {
                plain
                    .entry(*key)
                    .and_modify(|value| *value = value.wrapping_add(1));
            }
        }
        Batch::ReplaceAll(entries) => {
            insert(plain, entries);
            plain.retain(|key, value| {
                let stays = entries.iter().any(|(new, _)| new == key);
                if !stays {
                    exits.push((*key, *value, Cleared));
                }
                stays
            });
        }
        Batch::Clear => exits.extend(plain.drain().map(|(key, value)| (key, value, Cleared))),
    }
    Vec::new()
}

proptest! {
    #[test]
    fn a_batch_does_what_its_steps_do(batches in vec(batches(), 1..30)) {
        EXITS.take();
        let before = site("Batched.map");
        let s = Batched::default();
        let (mut plain, mut exits, mut misses) = (Plain::new(), Vec::new(), 0);
        for batch in &batches {
            let len = plain.len();
            let out = one_by_one(&mut plain, &mut exits, batch);
            match batch {
                Batch::Insert(entries) => {
                    let new = s.map.insert_many(entries.iter().copied());
                    prop_assert_eq!(new, plain.len() - len);
                }
                Batch::Remove(keys) => {
                    misses += (keys.len() - out.len()) as u64;
                    prop_assert_eq!(s.map.remove_many(keys), out);
                }
                Batch::Update(keys) => {
                    let found = s.map.update_many(keys, |_, value| *value = value.wrapping_add(1));
                    prop_assert_eq!(found, keys.iter().filter(|key| plain.contains_key(key)).count());
                }
                Batch::ReplaceAll(entries) => s.map.replace_all(entries.iter().copied()),
                Batch::Clear => s.map.clear(),
            }
            prop_assert_eq!(&s.map.snapshot(), &plain);
            let mut told = EXITS.take();
            if !matches!(batch, Batch::Insert(_) | Batch::Remove(_)) {
                told.sort();
                exits.sort();
            }
            prop_assert_eq!(&told, &exits, "{:?}", batch);
            exits.clear();
        }
        let row = site("Batched.map");
        prop_assert_eq!(row.len, if_recorded(plain.len() as u64));
        prop_assert_eq!(row.misses - before.misses, if_recorded(misses));
        drop(s);
        prop_assert_eq!(site("Batched.map").len, 0);
    }
}

#[test]
fn nobody_sees_half_of_a_batch() {
    const KEYS: u64 = 100;
    let map: HashMap<u64, u64> = (0..KEYS).map(|key| (key, 0)).collect();
    let keys: Vec<u64> = (0..KEYS).collect();
    let done = AtomicBool::new(false);
    let start = Barrier::new(3);
    thread::scope(|threads| {
        threads.spawn(|| {
            start.wait();
            for round in 1..400 {
                match round % 4 {
                    0 => assert_eq!(map.insert_many((0..KEYS).map(|key| (key, round))), 0),
                    1 => assert_eq!(map.update_many(&keys, |_, value| *value = round), 100),
                    // More keys, but all of one round.
                    2 => map.replace_all((0..KEYS * 2).map(|key| (key, round))),
                    _ => map.replace_all((0..KEYS).map(|key| (key, round))),
                }
            }
            done.store(true, Relaxed);
        });
        for _ in 0..2 {
            threads.spawn(|| {
                start.wait();
                let mut last = 0;
                while !done.load(Relaxed) {
                    let seen = map.snapshot();
                    let round = seen[&0];
                    let wanted = if round % 4 == 2 { KEYS * 2 } else { KEYS };
                    if round % 4 >= 2 {
                        assert_eq!(seen.len() as u64, wanted);
                    }
                    // The second hundred of round 2 was there before: all of it, or nothing.
                    assert!(seen.len() == 100 || seen.len() == 200, "{}", seen.len());
                    assert!((0..KEYS).all(|key| seen[&key] == round), "half of {round}");
                    assert!(round >= last, "{round} after {last}");
                    last = round;
                    assert!([100, 200].contains(&map.len()));
                    assert!([100, 200].contains(&map.clone().len()));
                }
            });
        }
    });
}

#[test]
fn keys_that_are_taken_out_and_put_back_are_there_or_not_at_all() {
    let map: HashMap<u64, u64> = (0..64).map(|key| (key, key)).collect();
    let keys: Vec<u64> = (0..64).collect();
    let done = AtomicBool::new(false);
    thread::scope(|threads| {
        threads.spawn(|| {
            for _ in 0..2_000 {
                let out = map.remove_many(&keys);
                assert_eq!(out.len(), 64);
                map.insert_many(out);
            }
            done.store(true, Relaxed);
        });
        threads.spawn(|| {
            while !done.load(Relaxed) {
                let len = map.len();
                assert!(len == 0 || len == 64, "{len}");
                assert!([0, 64].contains(&map.snapshot().len()));
            }
        });
    });
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Few {
    #[map(max_len = 10)]
    map: HashMap<u64, u8>,
}

#[test]
fn a_batch_is_judged_when_it_is_done() {
    let s = Few::default();
    s.map.insert_many((0..10).map(|key| (key, 0)));
    s.map.replace_all((10..20).map(|key| (key, 0)));
    assert_eq!(site("Few.map").breaches, 0);
    let line = line!() + 1;
    let breach = caught(|| s.map.insert_many((20..25).map(|key| (key, 0))));
    if MODE == Mode::Strict {
        let breach = breach.unwrap_err();
        assert_eq!((breach.line, breach.file.as_str()), (line, file!()));
    } else {
        assert_eq!(breach, Ok(5));
    }
    assert_eq!(
        (s.map.len(), site("Few.map").breaches),
        (15, if_recorded(1))
    );
}

thread_local! {
    static HASHES_LEFT: Cell<u32> = const { Cell::new(u32::MAX) };
}

/// Panics when so many keys were hashed.
#[derive(Clone, Copy, Debug, Default)]
struct Failing;

impl BuildHasher for Failing {
    type Hasher = FxHasher;

    fn build_hasher(&self) -> FxHasher {
        let left = HASHES_LEFT.get();
        assert!(left > 0, "no more hashes");
        HASHES_LEFT.set(left - 1);
        FxHasher::default()
    }
}

/// A batch on a map whose hasher fails at every point in turn: before the batch is done it has done nothing.
#[track_caller]
fn all_or_nothing(batch: impl Fn(&HashMap<u64, u64, Failing>)) {
    for hashes in 0.. {
        let map: HashMap<u64, u64, Failing> = HashMap::with_hasher_and_shard_amount(Failing, 4);
        for key in 0..28 {
            map.insert(key, key);
        }
        let before = map.snapshot();
        HASHES_LEFT.set(hashes);
        let end = caught(|| batch(&map));
        HASHES_LEFT.set(u32::MAX);
        if end.is_ok() {
            assert!(hashes > 20, "it hashed nothing");
            return;
        }
        assert_eq!(map.snapshot(), before, "after {hashes} hashes");
        map.insert_many((0..100).map(|key| (key, 0)));
        assert_eq!(map.len(), 100);
    }
}

#[test]
fn a_hasher_that_fails_in_a_batch_changes_nothing() {
    all_or_nothing(|map| _ = map.insert_many((20..50).chain(20..30).map(|key| (key, 0))));
    all_or_nothing(|map| map.replace_all((20..50).chain(20..30).map(|key| (key, 0))));
    let keys: Vec<u64> = (10..40).collect();
    all_or_nothing(|map| _ = map.remove_many(&keys));
    all_or_nothing(|map| _ = map.update_many(&keys, |_, value| *value = 0));
}

/// Says that there will be more than there can be.
struct Endless;

impl Iterator for Endless {
    type Item = (u64, u64);

    fn next(&mut self) -> Option<(u64, u64)> {
        Some((0, 0))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::MAX, None)
    }
}

#[test]
fn a_batch_without_room_changes_nothing() {
    let map: HashMap<u64, u64> = [(0, 7)].into();
    for batch in [
        (|map| _ = map.insert_many(Endless)) as fn(&HashMap<u64, u64>),
        |map| map.replace_all(Endless),
    ] {
        let end = caught(|| batch(&map)).unwrap_err();
        assert!(end.message.contains("capacity overflow"), "{end:?}");
        assert_eq!(map.snapshot(), Plain::from([(0, 7)]));
        assert!(map.try_entry(0).is_some(), "it is locked");
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Same(u8);

impl Hash for Same {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u8(0);
    }
}

#[test]
fn keys_of_one_hash_are_told_apart() {
    let map: HashMap<Same, u8> = HashMap::new();
    assert_eq!(
        map.insert_many((0..20).chain(5..10).map(|n| (Same(n), n))),
        20
    );
    let mut seen: Vec<u8> = map.iter().map(|entry| *entry).collect();
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..20));
    let gone = map.remove_many(&[3, 25, 3, 4].map(Same));
    assert!(gone.iter().map(|(_, n)| *n).eq([3, 4]));
    map.replace_all([(Same(7), 70), (Same(30), 30)]);
    let snapshot = map.snapshot();
    assert_eq!(
        (snapshot.len(), snapshot[&Same(7)], snapshot[&Same(30)]),
        (2, 70, 30)
    );
}
