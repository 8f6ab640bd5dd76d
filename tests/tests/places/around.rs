//! What other crates put around a map: it is seen through, reset through, and never waited for.

use std::{
    cell::LazyCell,
    collections::HashMap,
    rc::Rc,
    sync::{Arc, LazyLock},
};

use mapkeeper::{Clause, TrackedMaps, Vacant};
use mapkeeper_tests::sites::{figures, if_recorded, site};

#[mapkeeper::tracked]
#[derive(Default)]
struct Around {
    #[map]
    pl_mutex: parking_lot::Mutex<HashMap<u32, u32>>,
    #[map]
    pl_rwlock: Arc<parking_lot::RwLock<HashMap<u32, u32>>>,
    #[map]
    tokio_mutex: tokio::sync::Mutex<HashMap<u32, u32>>,
    #[map]
    tokio_rwlock: Arc<tokio::sync::RwLock<HashMap<u32, u32>>>,
    #[map]
    tokio_once: tokio::sync::OnceCell<HashMap<u32, u32>>,
    #[map]
    once: once_cell::sync::OnceCell<HashMap<u32, u32>>,
    #[map]
    once_unsync: Rc<once_cell::unsync::OnceCell<Option<HashMap<u32, u32>>>>,
    #[map]
    swap: arc_swap::ArcSwap<HashMap<u32, u32>>,
    #[map]
    swap_option: arc_swap::ArcSwapOption<parking_lot::Mutex<HashMap<u32, u32>>>,
}

fn lens(value: &impl TrackedMaps) -> Vec<usize> {
    figures(value).iter().map(|map| map.len).collect()
}

#[test]
fn every_place_shows_its_map_and_resets_it() {
    let mut around = Around::default();
    assert_eq!(lens(&around), [0; 5], "cells without a map show none");

    around.pl_mutex.lock().insert(1, 1);
    around.pl_rwlock.write().insert(1, 1);
    around.tokio_mutex.try_lock().unwrap().insert(1, 1);
    around.tokio_rwlock.try_write().unwrap().insert(1, 1);
    around.tokio_once.set([(1, 1)].into()).unwrap();
    around.once.set([(1, 1)].into()).unwrap();
    around.once_unsync.set(Some([(1, 1)].into())).unwrap();
    around.swap.store(Arc::new([(1, 1)].into()));
    around
        .swap_option
        .store(Some(Arc::new(parking_lot::Mutex::new([(1, 1)].into()))));
    assert_eq!(lens(&around), [1; 9]);
    assert_eq!(site("Around.tokio_rwlock").len, if_recorded(1));

    let _shared = Arc::clone(&around.pl_rwlock);
    let _shared = Arc::clone(&around.tokio_rwlock);
    let reset = around.reset_maps();
    assert_eq!(reset.entries(), 8);
    assert_eq!(
        reset.unreached,
        ["Around.swap"],
        "readers share what is swapped"
    );
    assert_eq!(lens(&around), [0, 0, 0, 0, 0, 0, 0, 1, 0]);
}

#[test]
fn held_locks_are_not_waited_for() {
    #[mapkeeper::tracked]
    #[derive(Default)]
    struct Held {
        #[map(max_len = 1, subset_of = b)]
        a: parking_lot::Mutex<HashMap<u32, u32>>,
        #[map]
        b: Arc<tokio::sync::RwLock<HashMap<u32, u32>>>,
    }

    let mut held = Held::default();
    held.a.lock().insert(7, 7);
    let clauses = |held: &Held| -> Vec<Clause> {
        held.check_maps()
            .iter()
            .map(|breach| breach.clause)
            .collect()
    };
    assert_eq!(clauses(&held), [Clause::SubsetOf]);
    {
        let _a = held.a.lock();
        let _b = held.b.try_write().unwrap();
        assert!(lens(&held).is_empty());
        assert!(clauses(&held).is_empty());
        assert_eq!(site("Held.a").len, if_recorded(1));
    }
    let b = Arc::clone(&held.b);
    let _b = b.try_read().unwrap();
    assert_eq!(clauses(&held), [Clause::SubsetOf], "readers may read");
    assert_eq!(held.reset_maps().unreached, ["Held.b"]);
}

#[test]
fn a_lazy_map_of_once_cell_is_not_made_by_looking() {
    use once_cell::{sync, unsync};

    #[mapkeeper::tracked]
    static LAZY: sync::Lazy<parking_lot::RwLock<HashMap<u32, u32>>> =
        sync::Lazy::new(Default::default);

    #[mapkeeper::tracked]
    type Later = unsync::Lazy<HashMap<u32, u32>>;

    assert!(figures(&LAZY).is_empty());
    assert!(sync::Lazy::get(&LAZY).is_none());
    LAZY.write().insert(1, 1);
    assert_eq!(lens(&LAZY), [1]);
    assert_eq!(site("LAZY").len, if_recorded(1));

    let mut later: Later = unsync::Lazy::new(|| [(1, 1), (2, 2)].into());
    assert!(figures(&later).is_empty());
    assert_eq!(later.len(), 2);
    assert_eq!(later.reset_maps().entries(), 2);
}

#[test]
fn a_lazy_map_of_std_is_not_made_by_looking() {
    #[mapkeeper::tracked]
    type InCell = LazyCell<HashMap<u32, u32>>;

    #[mapkeeper::tracked]
    type InLock = LazyLock<HashMap<u32, u32>>;

    let mut in_cell = InCell::new(|| [(1, 1)].into());
    let mut in_lock = InLock::new(|| [(1, 1)].into());
    assert!(lens(&in_cell).is_empty() && lens(&in_lock).is_empty());
    assert_eq!((in_cell.len(), in_lock.len()), (1, 1));
    assert_eq!((lens(&in_cell), lens(&in_lock)), (vec![1], vec![1]));
    assert_eq!(in_cell.reset_maps().entries(), 1);
    assert_eq!(in_lock.reset_maps().entries(), 1);
}

#[test]
fn a_value_behind_a_lock_is_vacant_if_it_can_be_seen_to_be() {
    let parking = parking_lot::Mutex::new(String::new());
    let tokio = tokio::sync::RwLock::new(None::<u8>);
    let once = once_cell::sync::OnceCell::<String>::new();
    assert!(parking.is_vacant() && tokio.is_vacant() && !once.is_vacant());
    once.set(String::new()).unwrap();
    assert!(once.is_vacant());
    let _held = (parking.lock(), tokio.try_write().unwrap());
    assert!(!parking.is_vacant() && !tokio.is_vacant());
}
