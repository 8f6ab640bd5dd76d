//! Every way out of a map takes an entry out of its scope's account, and no way in escapes it.

use std::{cell::Cell, collections::HashMap as StdMap};

use mapkeeper::{TrackedMaps, testing};
use mapkeeper_tests::panics::caught;

use crate::{KNOWN, Shop};

/// Fills a map with ten entries born in a scope, beside ten older ones, lets `leave` do its work and says how many are
/// left of the scope's.
#[track_caller]
fn left(leave: impl FnOnce(&mut Shop)) -> u64 {
    let mut shop = Shop::default();
    shop.orders.extend((0..10).map(|n| (100 + n, Some(n))));
    let scope = testing::scope("exits");
    shop.orders.extend((0..10).map(|n| (n, Some(n))));
    leave(&mut shop);
    scope.check().map_or_else(
        |leaks| leaks.leftovers().iter().map(|row| row.entries).sum(),
        |()| 0,
    )
}

macro_rules! exits {
    ($($name:ident: $left:literal, |$shop:ident| $leave:expr;)+) => {$(
        #[test]
        fn $name() {
            if KNOWN {
                assert_eq!(left(|$shop| { let _ = $leave; }), $left);
            }
        }
    )+};
}

exits! {
    nothing: 10, |shop| shop.orders.get_mut(&1);
    remove: 9, |shop| shop.orders.remove(&1);
    remove_of_an_older_one: 10, |shop| shop.orders.remove(&101);
    remove_of_none: 10, |shop| shop.orders.remove(&999);
    remove_entry: 9, |shop| shop.orders.remove_entry(&1);
    remove_many: 7, |shop| shop.orders.remove_many(&[1, 2, 3, 102, 999]);
    try_remove: 9, |shop| shop.orders.try_remove(&1).unwrap();
    try_remove_entry: 9, |shop| shop.orders.try_remove_entry(&1).unwrap();
    occupied_remove: 9, |shop| occupied(shop).remove();
    occupied_remove_entry: 9, |shop| occupied(shop).remove_entry();
    occupied_try_remove: 9, |shop| occupied(shop).try_remove().unwrap();
    retain: 5, |shop| shop.orders.retain(|key, _| key % 2 == 0);
    try_retain: 5, |shop| shop.orders.try_retain(|key, _| key % 2 == 0);
    extract_if: 5, |shop| shop.orders.extract_if(|key, _| key % 2 == 0).count();
    extract_if_unused: 10, |shop| drop(shop.orders.extract_if(|_, _| true));
    clear: 0, |shop| shop.orders.clear();
    drain: 0, |shop| shop.orders.drain().count();
    drain_unused: 0, |shop| drop(shop.orders.drain());
    drain_leaked: 0, |shop| std::mem::forget(shop.orders.drain());
    into_iter: 0, |shop| std::mem::take(&mut shop.orders).into_iter().count();
    into_iter_unused: 0, |shop| drop(std::mem::take(&mut shop.orders).into_iter());
    into_keys: 0, |shop| std::mem::take(&mut shop.orders).into_keys().count();
    into_values: 0, |shop| std::mem::take(&mut shop.orders).into_values().count();
    into_stds_map: 0, |shop| StdMap::from(std::mem::take(&mut shop.orders));
    drop_of_the_map: 0, |shop| drop(std::mem::take(&mut shop.orders));
    overwritten_map: 0, |shop| shop.orders = Default::default();
    moved_map: 10, |shop| std::mem::forget(std::mem::take(&mut shop.orders));
    reset_maps: 0, |shop| shop.reset_maps();
    clone_from_empty: 0, |shop| shop.orders.clone_from(&Shop::default().orders);
    clone_from_itself: 20, |shop| { let copy = shop.orders.clone(); shop.orders.clone_from(&copy); };
    clone_that_stays: 30, |shop| std::mem::forget(shop.orders.clone());
    clone_that_goes: 10, |shop| drop(shop.orders.clone());
    replaced_values: 10, |shop| shop.orders.extend((0..10).map(|n| (n, None)));
    emptied_then_removed: 9, |shop| { shop.orders.insert(1, None); shop.orders.remove(&1) };
    emptied_through_a_loan: 9, |shop| { shop.orders.get_mut(&1).unwrap().take(); shop.orders.remove(&1) };
    emptied_then_retained: 5, |shop| {
        shop.orders.values_mut().for_each(|value| *value = None);
        shop.orders.retain(|key, _| key % 2 == 0);
    };
    collected: 12, |shop| shop.carts = (0..2).map(|n| (n, n)).collect();
    converted: 12, |shop| shop.carts = StdMap::from([(1, 1), (2, 2)]).into();
    inserted_anew: 10, |shop| { shop.orders.remove(&1); shop.orders.insert(1, None) };
    grown_and_shrunk: 10, |shop| { shop.orders.reserve(10_000); shop.orders.shrink_to_fit(); };
    kept_by_a_predicate_that_panics: 10, |shop| caught(|| shop.orders.retain(|_, _| panic!("p")));
}

fn occupied(
    shop: &mut Shop,
) -> mapkeeper::hash_map::OccupiedEntry<
    '_,
    u32,
    Option<u32>,
    impl mapkeeper::Keeper<u32, Option<u32>> + mapkeeper::Unguarded,
> {
    match shop.orders.entry(1) {
        mapkeeper::hash_map::Entry::Occupied(entry) => entry,
        mapkeeper::hash_map::Entry::Vacant(_) => unreachable!("it was inserted"),
    }
}

thread_local! {
    /// How often a value is looked at before that panics.
    static FUSE: Cell<u32> = const { Cell::new(u32::MAX) };
}

fn look(_: &u32) -> bool {
    FUSE.set(FUSE.get() - 1);
    assert!(FUSE.get() > 0, "boom");
    false
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Arsenal {
    #[map(residue = look)]
    map: StdMap<u32, u32>,
}

/// Copies have the stamps of their originals until they are counted; the originals' account must not pay for them.
#[test]
fn a_copy_that_panics_half_way_leaves_the_originals_in_the_account() {
    if !KNOWN {
        return;
    }
    let mut from = Arsenal::default();
    let scope = testing::scope("half a copy");
    from.map.extend((0..10).map(|n| (n, n)));
    FUSE.set(6);
    assert_eq!(caught(|| from.map.clone()).unwrap_err().message, "boom");
    FUSE.set(6);
    let mut to = Arsenal::default();
    caught(|| to.map.clone_from(&from.map)).unwrap_err();
    FUSE.set(u32::MAX);
    drop(to);
    assert_eq!(scope.check().unwrap_err().leftovers()[0].entries, 10);
}
