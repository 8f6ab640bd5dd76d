//! What each key of `#[map(…)]` becomes in the generated `Keeper`, asked directly and so alike in every mode.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use mapkeeper::{Contract, Keeper, RemovalCause, RemovalHook, Residue, Site, TrackedMaps, sites};

/// The keeper of a map, found by the map's type.
struct Kept<K, V, T: Keeper<K, V>>(std::marker::PhantomData<(K, V, T)>);

fn kept<K, V, S, T: Keeper<K, V>>(_: &mapkeeper::HashMap<K, V, S, T>) -> Kept<K, V, T> {
    Kept(std::marker::PhantomData)
}

impl<K, V, T: Keeper<K, V>> Kept<K, V, T> {
    fn site(&self) -> &'static Site {
        T::site().expect("a tracked map has a site")
    }

    fn contract(&self) -> Contract {
        assert_eq!(&T::CONTRACT, self.site().contract());
        T::CONTRACT
    }

    fn tracked_hooked_guarded(&self) -> (bool, bool, bool) {
        (T::TRACKED, T::HOOKED, T::GUARDED)
    }

    fn guard(&self, key: &K, value: &V) -> Result<(), String> {
        T::guard(key, value)
    }

    fn vacancy(&self, value: &V) -> Option<bool> {
        T::knows_vacancy().then(|| T::is_vacant(value))
    }

    fn strong_count(&self, value: &V) -> Option<usize> {
        T::strong_count(value)
    }

    /// Whether values can be watched, and whether this one can.
    fn watch(&self, value: &V) -> Option<bool> {
        T::watcher().map(|watcher| watcher(value).is_some())
    }

    fn show_key(&self, key: &K) -> Option<String> {
        T::show_key(key)
    }

    fn remove(&self, key: &K, value: &V) -> T {
        let mut keeper = T::NEW;
        keeper.on_remove(key, value, RemovalCause::Removed);
        keeper
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Shop {
    #[map]
    plain: HashMap<u64, Option<u8>>,
    #[map(
        residue = deny,
        max_len = 10_000,
        max_age = "1d2h3m4s5ms",
        empty_on_drop,
        growth = allow,
        follows = plain,
        subset_of = named,
        show_keys
    )]
    promised: HashMap<&'static str, Vec<u8>>,
    #[map(residue = allow, name = "The named one")]
    named: HashMap<u64, Arc<u8>>,
    #[map(residue = is_done, guard = may_remove, on_remove = removed)]
    functions: HashMap<u64, u8>,
    #[map(hooks = Count)]
    stateful: HashMap<u64, u8>,
    #[cfg(any())]
    #[map]
    never: HashMap<u64, u8>,
    inner: Inner,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Inner(u8, #[map] HashMap<u64, u8>);

fn is_done(value: &u8) -> bool {
    *value == 0
}

fn may_remove(key: &u64, value: &u8) -> Result<(), impl std::fmt::Display> {
    if *value > 9 {
        Err(format!("{key} holds {value}"))
    } else {
        Ok(())
    }
}

fn removed(key: &u64, value: &u8, cause: RemovalCause) {
    panic!("{key} {value} {cause:?}");
}

#[derive(Default)]
struct Count(Vec<u64>);

impl RemovalHook<u64, u8> for Count {
    fn on_remove(&mut self, key: &u64, _value: &u8, _cause: RemovalCause) {
        self.0.push(*key);
    }
}

#[test]
fn a_plain_map_is_tracked_and_promises_nothing() {
    let plain = kept(&Shop::default().plain);
    assert_eq!(plain.tracked_hooked_guarded(), (true, false, false));
    assert_eq!(plain.contract(), Contract::NONE);
    assert_eq!(plain.guard(&1, &None), Ok(()));
    assert_eq!(plain.show_key(&1), None);
}

#[test]
fn a_site_names_struct_field_and_place() {
    let shop = Shop::default();
    let site = kept(&shop.plain).site();
    assert_eq!(site.name(), "Shop.plain");
    assert_eq!(site.module_path(), module_path!());
    assert_eq!(site.file(), file!());
    let line = include_str!("hygiene_keepers.rs")
        .lines()
        .nth(site.line() as usize - 1);
    assert_eq!(line, Some("    plain: HashMap<u64, Option<u8>>,"));
    assert_eq!(site.column(), 5);
    assert_eq!(kept(&shop.named).site().name(), "The named one");
    assert_eq!(kept(&shop.inner.1).site().name(), "Inner.1");
}

#[test]
fn every_site_is_known_without_an_instance() {
    let mut names: Vec<&str> = sites().map(Site::name).collect();
    names.sort_unstable();
    let expected = [
        "Inner.1",
        "Shop.functions",
        "Shop.plain",
        "Shop.promised",
        "Shop.stateful",
        "The named one",
    ];
    assert_eq!(names, expected);
}

#[test]
fn promises_become_the_contract() {
    let shop = Shop::default();
    let promised = kept(&shop.promised);
    let age = Duration::from_millis((((26 * 60) + 3) * 60 + 4) * 1_000 + 5);
    let expected = Contract::NONE
        .residue(Residue::Deny)
        .max_len(10_000)
        .max_age(age)
        .empty_on_drop()
        .growth_allowed()
        .follows("Shop.plain")
        .subset_of("The named one")
        .show_keys();
    assert_eq!(promised.contract(), expected);
    assert_eq!(promised.show_key(&"key"), Some("\"key\"".to_owned()));
    assert_eq!(
        kept(&shop.named).contract(),
        Contract::NONE.residue(Residue::Allow)
    );
}

#[test]
fn vacancy_is_told_by_the_type_or_by_the_function() {
    let shop = Shop::default();
    assert_eq!(kept(&shop.plain).vacancy(&None), Some(true));
    assert_eq!(kept(&shop.plain).vacancy(&Some(0)), Some(false));
    assert_eq!(kept(&shop.promised).vacancy(&Vec::new()), Some(true));
    assert_eq!(kept(&shop.functions).vacancy(&0), Some(true));
    assert_eq!(kept(&shop.functions).vacancy(&1), Some(false));
    assert_eq!(kept(&shop.stateful).vacancy(&0), None);
}

#[test]
fn shared_values_are_counted() {
    let shop = Shop::default();
    let value = Arc::new(1);
    let _other = Arc::clone(&value);
    assert_eq!(kept(&shop.named).strong_count(&value), Some(2));
    assert_eq!(kept(&shop.plain).strong_count(&None), None);
}

#[test]
fn shared_values_can_be_watched() {
    let shop = Shop::default();
    assert_eq!(kept(&shop.named).watch(&Arc::new(1)), Some(true));
    assert_eq!(kept(&shop.plain).watch(&None), None);
}

#[test]
fn a_guard_gives_its_reason_as_text() {
    let functions = kept(&Shop::default().functions);
    assert_eq!(functions.tracked_hooked_guarded(), (true, true, true));
    assert_eq!(functions.guard(&1, &9), Ok(()));
    assert_eq!(functions.guard(&1, &10), Err("1 holds 10".to_owned()));
}

#[test]
#[should_panic(expected = "7 8 Removed")]
fn on_remove_calls_the_function() {
    kept(&Shop::default().functions).remove(&7, &8);
}

#[test]
fn hooks_keep_their_state() {
    use mapkeeper::StatefulKeeper;

    let stateful = kept(&Shop::default().stateful);
    assert_eq!(stateful.tracked_hooked_guarded(), (true, true, false));
    let mut keeper = stateful.remove(&7, &8);
    assert_eq!(keeper.hooks_mut().0, [7]);
}

#[test]
fn a_struct_shows_its_maps_and_those_of_tracked_fields() {
    let mut shop = Shop::default();
    shop.plain.insert(1, None);
    shop.inner.1.insert(1, shop.inner.0);
    let mut maps = 0;
    shop.visit_maps(&mut |_| maps += 1);
    assert_eq!(maps, 6);
    shop.reset_maps();
    assert!(shop.plain.is_empty() && shop.inner.1.is_empty());
}
