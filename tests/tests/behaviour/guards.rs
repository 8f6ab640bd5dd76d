//! Guards: with the feature `enforce` they can veto a removal; without it nobody asks them.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use mapkeeper::{MODE, Mode, RemovalCause, TrackedMaps, Vetoed, hash_map::Entry};
use mapkeeper_tests::{
    events::{Event, capture, under},
    panics::caught,
    sites::{ENFORCE, if_recorded, site},
};

thread_local! {
    static TOLD: RefCell<Vec<(u32, RemovalCause)>> = const { RefCell::new(Vec::new()) };
}

fn tell(key: &u32, _: &String, cause: RemovalCause) {
    TOLD.with_borrow_mut(|told| told.push((*key, cause)));
}

fn only_even(key: &u32, value: &String) -> Result<(), String> {
    if key.is_multiple_of(2) {
        Ok(())
    } else {
        Err(format!("{key} ({value}) is odd"))
    }
}

macro_rules! guarded {
    ($($site:ident),+) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map(guard = only_even, on_remove = tell, show_keys)]
            map: HashMap<u32, String>,
        }

        impl $site {
            fn full(entries: u32) -> Self {
                TOLD.take();
                Self { map: (0..entries).map(|n| (n, format!("v{n}"))).collect() }
            }
        }
    )+};
}

guarded!(
    TryRemove,
    TryRemoveEntry,
    ByEntry,
    TryRetain,
    Reset,
    Consumed,
    Silent
);

fn told() -> Vec<(u32, RemovalCause)> {
    let mut told = TOLD.take();
    told.sort_unstable();
    told
}

fn vetoes(events: &[Event]) -> Vec<Event> {
    let warnings = under(events, "mapkeeper::audit");
    warnings
        .into_iter()
        .filter(|event| event.level == tracing::Level::WARN)
        .collect()
}

fn check_veto(veto: &Vetoed, name: &str, key: u32) {
    assert_eq!(
        (veto.site(), veto.reason()),
        (name, format!("{key} (v{key}) is odd").as_str())
    );
    assert_eq!(
        veto.to_string(),
        format!("the guard of {name} kept the entry: {key} (v{key}) is odd")
    );
    let _: &dyn std::error::Error = veto;
}

#[test]
fn try_remove_keeps_what_the_guard_does_not_let_go() {
    let mut s = TryRemove::full(4);
    let (kept, events) = capture(|| s.map.try_remove(&1));
    assert_eq!(s.map.try_remove(&2), Ok(Some("v2".to_owned())));
    assert_eq!(
        s.map.try_remove(&77),
        Ok(None),
        "a key that is not there has nobody to ask"
    );
    if ENFORCE {
        check_veto(&kept.unwrap_err(), "TryRemove.map", 1);
        assert_eq!(s.map.get(&1), Some(&"v1".to_owned()));
        assert_eq!(told(), [(2, RemovalCause::Removed)]);
        let vetoes = vetoes(&events);
        assert_eq!(vetoes.len(), 1, "{events:?}");
        assert_eq!(vetoes[0].field("site"), "TryRemove.map");
        assert_eq!(vetoes[0].field("reason"), "1 (v1) is odd");
        assert_eq!(vetoes[0].field("key"), "1");
        if MODE != Mode::Off || cfg!(feature = "audit") {
            assert!(
                vetoes[0].field("call_site").starts_with(file!()),
                "{vetoes:?}"
            );
        }
    } else {
        assert_eq!(kept, Ok(Some("v1".to_owned())));
        assert_eq!(
            told(),
            [(1, RemovalCause::Removed), (2, RemovalCause::Removed)]
        );
        assert!(vetoes(&events).is_empty(), "{events:?}");
    }
    let kept = u64::from(ENFORCE);
    assert_eq!(
        site("TryRemove.map").removed.get(RemovalCause::Removed),
        if_recorded(2 - kept)
    );
    assert_eq!(site("TryRemove.map").misses, if_recorded(1));
}

#[test]
fn try_remove_entry_keeps_what_the_guard_does_not_let_go() {
    let mut s = TryRemoveEntry::full(4);
    let kept = s.map.try_remove_entry(&3);
    assert_eq!(s.map.try_remove_entry(&0), Ok(Some((0, "v0".to_owned()))));
    if ENFORCE {
        check_veto(&kept.unwrap_err(), "TryRemoveEntry.map", 3);
        assert!(s.map.contains_key(&3));
    } else {
        assert_eq!(kept, Ok(Some((3, "v3".to_owned()))));
    }
}

#[test]
fn an_occupied_entry_asks_the_guard() {
    let mut s = ByEntry::full(4);
    let mut take = |key| match s.map.entry(key) {
        Entry::Occupied(entry) => entry.try_remove(),
        Entry::Vacant(_) => unreachable!(),
    };
    assert_eq!(take(2), Ok("v2".to_owned()));
    let kept = take(1);
    if ENFORCE {
        check_veto(&kept.unwrap_err(), "ByEntry.map", 1);
        assert_eq!(s.map.len(), 3);
    } else {
        assert_eq!(kept, Ok("v1".to_owned()));
        assert_eq!(s.map.len(), 2);
    }
}

#[test]
fn try_retain_asks_the_guard_for_each_entry_that_would_go() {
    let mut s = TryRetain::full(10);
    let (kept, events) = capture(|| s.map.try_retain(|key, _| *key >= 6));
    let left: HashSet<u32> = s.map.keys().copied().collect();
    if ENFORCE {
        assert_eq!(kept, 3);
        assert_eq!(left, HashSet::from([1, 3, 5, 6, 7, 8, 9]));
        assert_eq!(vetoes(&events).len(), 3);
    } else {
        assert_eq!(kept, 0);
        assert_eq!(left, HashSet::from([6, 7, 8, 9]));
    }
    assert!(
        told()
            .iter()
            .all(|(_, cause)| *cause == RemovalCause::Filtered)
    );
}

#[test]
fn reset_maps_asks_the_guard() {
    let mut s = Reset::full(10);
    let reset = s.reset_maps();
    let (entries, kept) = if ENFORCE { (5, 5) } else { (10, 0) };
    assert_eq!(reset.maps.len(), 1);
    assert_eq!((reset.maps[0].entries, reset.maps[0].kept), (entries, kept));
    assert_eq!(s.map.len(), kept);
    assert_eq!(told().len(), entries);
    assert_eq!(
        site("Reset.map").removed.get(RemovalCause::Cleared),
        if_recorded(entries as u64)
    );
    if ENFORCE {
        assert!(reset.to_string().contains("5 kept by the guard"), "{reset}");
    }
}

#[test]
fn who_owns_a_guarded_map_owns_its_entries() {
    let s = Consumed::full(4);
    assert_eq!(s.map.into_iter().count(), 4);
    assert_eq!(told().len(), 4);
    drop(Consumed::full(4));
    assert_eq!(told().len(), 4);
    let mut s = Consumed::full(4);
    s.map.insert(1, "replaced".to_owned());
    assert_eq!(told(), [(1, RemovalCause::Replaced)]);
}

fn fails(_: &u32, _: &String) -> Result<(), &'static str> {
    panic!("the guard failed")
}

#[mapkeeper::tracked]
#[derive(Default)]
struct FailingGuard {
    #[map(guard = fails, on_remove = tell)]
    map: HashMap<u32, String>,
}

#[test]
fn a_guard_that_panics_lets_nothing_go() {
    if !ENFORCE {
        return;
    }
    let mut s = FailingGuard::default();
    s.map.extend((0..100).map(|n| (n, n.to_string())));
    TOLD.take();
    assert!(caught(|| s.map.try_remove(&1)).is_err());
    assert!(caught(|| s.map.try_retain(|_, _| false)).is_err());
    assert!(caught(|| s.reset_maps()).is_err());
    assert_eq!((s.map.len(), told()), (100, Vec::new()));
    assert_eq!(site("FailingGuard.map").len, if_recorded(100));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Secretive {
    #[map(guard = only_even)]
    map: HashMap<u32, String>,
}

#[test]
fn keys_are_shown_only_where_that_was_asked_for() {
    if !ENFORCE {
        return;
    }
    let mut s = Secretive::default();
    s.map.insert(1, "x".to_owned());
    let (_, events) = capture(|| s.map.try_remove(&1));
    assert_eq!(vetoes(&events)[0].field("key"), "");
    let mut s = Silent::full(2);
    let (_, events) = capture(|| s.map.try_remove(&1));
    assert_eq!(vetoes(&events)[0].field("key"), "1");
}
