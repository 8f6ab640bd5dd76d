//! User code that panics in the middle of an operation: the map is whole, and every entry that left was told of.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Mutex,
};

use indexmap::IndexMap;
use mapkeeper_tests::sites::{records, site};

#[mapkeeper::tracked]
#[derive(Default)]
struct Fragile {
    #[map(on_remove = burst)]
    map: IndexMap<u32, u32>,
}

static ALONE: Mutex<()> = Mutex::new(());

thread_local! {
    static TOLD: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// Panics for keys that are multiples of five.
fn burst(key: &u32, _: &u32, _: mapkeeper::RemovalCause) {
    TOLD.with_borrow_mut(|told| told.push(*key));
    assert!(!key.is_multiple_of(5), "the hook bursts");
}

fn panics(step: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(step)).is_err()
}

/// Twenty entries, 1 to 20; `step` panics and leaves those that `stays` says.
fn check(step: impl FnOnce(&mut Fragile), stays: impl Fn(u32) -> bool, births: u32) {
    // Its site is counted, so there is one such map at a time.
    let _alone = ALONE.lock().unwrap();
    let before = site("Fragile.map").inserts;
    TOLD.take();
    let mut s = Fragile::default();
    s.map.extend((1..=20).map(|n| (n, n)));
    assert!(panics(|| step(&mut s)));
    let left: Vec<u32> = s.map.keys().copied().collect();
    let wanted: Vec<u32> = (1..=40).filter(|n| stays(*n)).collect();
    assert_eq!(left, wanted);
    for (index, key) in wanted.iter().enumerate() {
        assert_eq!(s.map.get_index_of(key), Some(index));
    }
    let mut told = TOLD.take();
    told.sort_unstable();
    let gone: Vec<u32> = (1..=20).filter(|n| !stays(*n)).collect();
    assert_eq!(told, gone);
    if records() {
        let row = site("Fragile.map");
        assert_eq!(row.len, wanted.len() as u64);
        assert_eq!(row.inserts - before, u64::from(20 + births));
    }
    assert!(panics(|| drop(s)) || !wanted.iter().any(|n| n.is_multiple_of(5)));
}

#[test]
fn a_hook_that_panics_does_not_stop_the_rest() {
    check(|s| s.map.clear(), |_| false, 0);
    check(|s| s.map.truncate(3), |n| n <= 3, 0);
    check(
        |s| s.map.retain(|n, _| n % 2 == 0),
        |n| n <= 20 && n % 2 == 0,
        0,
    );
    check(
        |s| drop(s.map.drain(3..10)),
        |n| n <= 3 || (11..=20).contains(&n),
        0,
    );
    check(|s| drop(s.map.split_off(9)), |n| n <= 9, 0);
    check(
        |s| drop(s.map.splice(3..6, [])),
        |n| n <= 3 || (7..=20).contains(&n),
        0,
    );
    check(|s| drop(s.map.remove_many(&[20, 19, 18])), |n| n <= 17, 0);
}

#[test]
fn a_predicate_that_panics_leaves_its_entry_in() {
    let pred = |n: &u32, _: &mut u32| {
        assert_ne!(*n, 4, "the predicate bursts");
        *n >= 4
    };
    check(|s| s.map.retain(pred), |n| (4..=20).contains(&n), 0);
}

#[test]
fn a_source_that_panics_leaves_the_map_whole() {
    let source = || {
        (21..40).map(|n| {
            assert_ne!(n, 24, "the source bursts");
            (n, n)
        })
    };
    check(|s| s.map.extend(source()), |n| n <= 23, 3);
    check(|s| drop(s.map.splice(20.., source())), |n| n <= 23, 3);
}
