//! Bad input and bad luck: a clear error, and nothing is lost.

use std::{
    cell::Cell,
    collections::HashMap,
    hash::{BuildHasher, Hasher},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use mapkeeper::RemovalCause;
use mapkeeper_tests::{
    panics::caught,
    sites::{exits, if_recorded, site},
};

macro_rules! sites {
    ($($site:ident),+ $(,)?) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map]
            map: HashMap<u64, u64>,
        }
    )+};
}

sites!(
    TooMuch,
    ForgottenDrain,
    ForgottenMap,
    ForgottenExtract,
    Absent,
    Twice
);

#[test]
fn a_capacity_that_overflows_is_stds_error_and_loses_nothing() {
    let mut s = TooMuch::default();
    s.map.extend((0..100).map(|n| (n, n)));
    let std = HashMap::<u64, u64>::new()
        .try_reserve(usize::MAX)
        .unwrap_err();
    assert_eq!(s.map.try_reserve(usize::MAX).unwrap_err(), std);
    assert_eq!(
        s.map.try_reserve(usize::MAX - 50).unwrap_err(),
        std,
        "len + additional overflows"
    );
    let panic = caught(|| s.map.reserve(usize::MAX)).unwrap_err();
    assert!(panic.message.contains("capacity overflow"), "{panic:?}");
    let panic = caught(|| mapkeeper::HashMap::<u64, u64>::with_capacity(usize::MAX))
        .map(drop)
        .unwrap_err();
    assert!(panic.message.contains("capacity overflow"), "{panic:?}");
    assert_eq!((s.map.len(), s.map.get(&99)), (100, Some(&99)));
    let row = site("TooMuch.map");
    assert_eq!(
        (row.len, row.capacity),
        (if_recorded(100), if_recorded(s.map.capacity() as u64))
    );
}

#[test]
fn a_forgotten_drain_leaves_an_empty_map_that_goes_on() {
    let mut s = ForgottenDrain::default();
    s.map.extend((0..500).map(|n| (n, n)));
    let mut drain = s.map.drain();
    assert!(drain.next().is_some());
    std::mem::forget(drain);
    assert_eq!((s.map.len(), site("ForgottenDrain.map").len), (0, 0));
    s.map.extend((0..300).map(|n| (n, n)));
    assert_eq!(site("ForgottenDrain.map").len, if_recorded(300));
    s.map.remove(&7);
    assert_eq!(
        (s.map.len(), site("ForgottenDrain.map").len),
        (299, if_recorded(299))
    );
}

#[test]
fn a_forgotten_extract_if_leaves_what_was_not_taken() {
    let mut s = ForgottenExtract::default();
    s.map.extend((0..500).map(|n| (n, n)));
    let mut iter = s.map.extract_if(|_, _| true);
    assert!(iter.next().is_some());
    std::mem::forget(iter);
    assert_eq!(
        (s.map.len(), site("ForgottenExtract.map").len),
        (499, if_recorded(499))
    );
    s.map.clear();
    let live: u64 = site("ForgottenExtract.map")
        .call_sites
        .iter()
        .map(|line| line.live)
        .sum();
    assert_eq!(live, 0);
}

#[test]
fn a_forgotten_map_stays_in_the_figures() {
    let mut s = ForgottenMap::default();
    s.map.extend((0..500).map(|n| (n, n)));
    std::mem::forget(s);
    let row = site("ForgottenMap.map");
    assert_eq!((row.len, row.instances), (if_recorded(500), if_recorded(1)));
}

#[test]
fn an_index_that_is_absent_panics_as_stds_does_at_the_callers_line() {
    let s = Absent::default();
    let std = HashMap::<u64, u64>::new();
    let (line, ours) = (line!(), caught(|| s.map[&1]).unwrap_err());
    let theirs = caught(|| std[&1]).unwrap_err();
    assert_eq!((ours.file.as_str(), ours.line), (file!(), line));
    assert_eq!(ours.message, theirs.message);
}

#[test]
fn the_same_key_twice_in_get_disjoint_mut_panics_and_loses_nothing() {
    let mut s = Twice::default();
    s.map.insert(1, 1);
    assert!(caught(|| s.map.get_disjoint_mut([&1, &1]).len()).is_err());
    assert_eq!((s.map.len(), s.map.get(&1)), (1, Some(&1)));
}

/// Panics while its switch is on.
#[derive(Clone, Default)]
struct Moody(Arc<AtomicBool>);

struct MoodyHasher(u64);

impl BuildHasher for Moody {
    type Hasher = MoodyHasher;

    fn build_hasher(&self) -> MoodyHasher {
        assert!(!self.0.load(Ordering::Relaxed), "the hasher failed");
        MoodyHasher(0)
    }
}

impl Hasher for MoodyHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct MoodyMap {
    #[map]
    map: HashMap<u64, u64, Moody>,
}

#[test]
fn a_hasher_that_panics_loses_nothing() {
    let mut s = MoodyMap::default();
    let switch = s.map.hasher().clone().0;
    s.map.extend((0..100).map(|n| (n, n)));
    switch.store(true, Ordering::Relaxed);
    let all = [
        caught(|| drop(s.map.insert(1, 1))),
        caught(|| drop(s.map.remove(&1))),
        caught(|| drop(s.map.remove_many(&[1, 2]))),
        caught(|| *s.map.entry(1).or_insert(1) += 1),
        caught(|| drop(s.map.get_mut(&1))),
        caught(|| s.map.reserve(10_000)),
        caught(|| drop(s.map.try_reserve(10_000))),
        caught(|| s.map.extend([(1000, 1)])),
        caught(|| {
            s.map.reserve(0);
            s.map.shrink_to_fit();
            panic!("the hasher failed");
        }),
    ];
    for panic in all {
        assert_eq!(panic.unwrap_err().message, "the hasher failed");
    }
    switch.store(false, Ordering::Relaxed);
    assert_eq!(s.map.len(), 100);
    assert!((0..100).all(|n| s.map.get(&n) == Some(&n)));
    let row = site("MoodyMap.map");
    assert_eq!((row.len, row.inserts), (if_recorded(100), if_recorded(100)));
    // What needs no hash works on.
    switch.store(true, Ordering::Relaxed);
    s.map.retain(|key, _| key % 2 == 0);
    assert_eq!(s.map.drain().count(), 50);
}

thread_local! {
    /// How many vacancy tests go well until one panics.
    static FUSE: Cell<u32> = const { Cell::new(u32::MAX) };
}

fn moody(value: &u64) -> bool {
    let left = FUSE.get();
    assert!(left > 0, "the vacancy test failed");
    FUSE.set(left - 1);
    *value == 0
}

#[mapkeeper::tracked]
#[derive(Default)]
struct MoodyValues {
    #[map(residue = moody, on_remove = count_one)]
    map: HashMap<u64, u64>,
}

thread_local! {
    static HOOKS: Cell<u64> = const { Cell::new(0) };
}

fn count_one(_: &u64, _: &u64, _: RemovalCause) {
    HOOKS.set(HOOKS.get() + 1);
}

#[test]
fn a_vacancy_test_that_panics_leaves_counts_and_entries_agreeing() {
    type Operation = fn(&mut MoodyValues);
    let operations: [(&str, Operation); 8] = [
        ("insert", |s| drop(s.map.insert(9_999, 0))),
        ("overwrite", |s| drop(s.map.insert(7, 0))),
        ("fill", |s| drop(s.map.insert(0, 1))),
        ("or_insert", |s| *s.map.entry(9_999).or_insert(0) = 1),
        ("remove", |s| drop(s.map.remove(&7))),
        ("remove a vacant one", |s| drop(s.map.remove(&0))),
        ("retain", |s| s.map.retain(|key, _| key % 2 == 0)),
        ("extract_if", |s| {
            drop(s.map.extract_if(|_, _| true).count())
        }),
    ];
    for entries in [5, 2_000] {
        for (name, operation) in operations {
            for fuse in 0..12 {
                let mut s = MoodyValues::default();
                s.map.extend((0..entries).map(|n| (n, n)));
                FUSE.set(fuse);
                let outcome = caught(|| operation(&mut s));
                FUSE.set(u32::MAX);
                let what = format!("{name}, {entries} entries, test {fuse}: {outcome:?}");
                let row = site("MoodyValues.map");
                assert_eq!(row.len, if_recorded(s.map.len() as u64), "{what}");
                drop(s);
                let left: u64 = exits("MoodyValues.map").iter().map(|(_, n)| n).sum();
                assert_eq!(left, if_recorded(HOOKS.get()), "{what}");
            }
        }
    }
}
