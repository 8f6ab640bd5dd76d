//! Hooks, in every mode: each way out tells its cause, once, before the value is handed over.

use std::{cell::RefCell, collections::HashMap};

use mapkeeper::{RemovalCause, RemovalHook, hash_map::Entry};

#[derive(Default)]
struct Ledger {
    rows: Vec<(u32, char, RemovalCause)>,
}

impl RemovalHook<u32, char> for Ledger {
    fn on_remove(&mut self, key: &u32, value: &char, cause: RemovalCause) {
        self.rows.push((*key, *value, cause));
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Stateful {
    #[map(hooks = Ledger)]
    map: HashMap<u32, char>,
}

impl Stateful {
    fn with(entries: &[(u32, char)]) -> Self {
        Self {
            map: entries.iter().copied().collect(),
        }
    }

    fn rows(&mut self) -> Vec<(u32, char, RemovalCause)> {
        let mut rows = std::mem::take(&mut self.map.hooks_mut().rows);
        rows.sort_unstable();
        rows
    }
}

/// The entry of key 1. A macro, because the keeper in its type has no name.
macro_rules! occupied {
    ($s:ident) => {
        match $s.map.entry(1) {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(_) => unreachable!(),
        }
    };
}

/// The table of causes, as the design states it.
#[test]
fn each_method_tells_the_cause_that_the_table_says() {
    use RemovalCause::*;
    type Case = (&'static str, RemovalCause, fn(&mut Stateful));
    let cases: [Case; 20] = [
        ("remove", Removed, |s| drop(s.map.remove(&1))),
        ("remove_entry", Removed, |s| drop(s.map.remove_entry(&1))),
        ("try_remove", Removed, |s| drop(s.map.try_remove(&1))),
        ("try_remove_entry", Removed, |s| {
            drop(s.map.try_remove_entry(&1))
        }),
        ("remove_many", Removed, |s| drop(s.map.remove_many(&[1, 9]))),
        ("OccupiedEntry::remove", Removed, |s| {
            drop(occupied!(s).remove())
        }),
        ("OccupiedEntry::remove_entry", Removed, |s| {
            drop(occupied!(s).remove_entry())
        }),
        ("OccupiedEntry::try_remove", Removed, |s| {
            drop(occupied!(s).try_remove())
        }),
        ("insert", Replaced, |s| drop(s.map.insert(1, 'b'))),
        ("extend", Replaced, |s| s.map.extend([(1, 'b')])),
        ("insert_entry", Replaced, |s| {
            drop(s.map.entry(1).insert_entry('b'))
        }),
        ("OccupiedEntry::insert", Replaced, |s| {
            let mut entry = occupied!(s);
            entry.insert('b');
        }),
        ("clear", Cleared, |s| s.map.clear()),
        ("clone_from", Cleared, |s| {
            s.map.clone_from(&Stateful::default().map)
        }),
        ("drain", Drained, |s| s.map.drain().for_each(drop)),
        ("drain, dropped early", Drained, |s| drop(s.map.drain())),
        ("retain", Filtered, |s| s.map.retain(|_, _| false)),
        ("try_retain", Filtered, |s| {
            drop(s.map.try_retain(|_, _| false))
        }),
        ("extract_if", Filtered, |s| {
            s.map.extract_if(|_, _| true).for_each(drop)
        }),
        ("reset_maps", Cleared, |s| {
            drop(mapkeeper::TrackedMaps::reset_maps(s))
        }),
    ];
    for (method, cause, run) in cases {
        let mut s = Stateful::with(&[(1, 'a')]);
        run(&mut s);
        assert_eq!(s.rows(), [(1, 'a', cause)], "{method}");
    }
}

thread_local! {
    static LAST: RefCell<Vec<(u32, RemovalCause)>> = const { RefCell::new(Vec::new()) };
}

fn note(key: &u32, _: &String, cause: RemovalCause) {
    LAST.with_borrow_mut(|last| last.push((*key, cause)));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Stateless {
    #[map(on_remove = note)]
    map: HashMap<u32, String>,
}

#[test]
fn a_map_that_is_consumed_or_goes_tells_its_entries() {
    let make = || Stateless {
        map: HashMap::from([(1, "one".to_owned())]).into(),
    };
    let told = || LAST.take();
    make().map.into_iter().for_each(drop);
    assert_eq!(told(), [(1, RemovalCause::Taken)]);
    drop(make().map.into_iter());
    assert_eq!(told(), [(1, RemovalCause::Taken)]);
    drop(make().map.into_keys());
    assert_eq!(told(), [(1, RemovalCause::Taken)]);
    drop(make().map.into_values());
    assert_eq!(told(), [(1, RemovalCause::Taken)]);
    drop(HashMap::from(make().map));
    assert_eq!(told(), [(1, RemovalCause::Taken)]);
    drop(make());
    assert_eq!(told(), [(1, RemovalCause::MapDropped)]);
    let mut s = make();
    s.map = mapkeeper::HashMap::new();
    assert_eq!(told(), [(1, RemovalCause::MapDropped)]);
    std::mem::forget(make());
    assert_eq!(told(), []);
}

/// Says what a hook saw, and what the caller saw after it.
#[derive(Default)]
struct Order;

thread_local! {
    static ORDER: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

struct Noisy;

impl Drop for Noisy {
    fn drop(&mut self) {
        ORDER.with_borrow_mut(|order| order.push("dropped"));
    }
}

impl RemovalHook<u32, Noisy> for Order {
    fn on_remove(&mut self, _: &u32, _: &Noisy, _: RemovalCause) {
        ORDER.with_borrow_mut(|order| order.push("hook"));
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Ordered {
    #[map(hooks = Order)]
    map: HashMap<u32, Noisy>,
}

#[test]
fn the_hook_runs_before_the_value_is_handed_over_or_dropped() {
    let mut s = Ordered::default();
    s.map.insert(1, Noisy);
    let value = s.map.remove(&1);
    assert_eq!(ORDER.take(), ["hook"]);
    drop(value);
    assert_eq!(ORDER.take(), ["dropped"]);
    s.map.insert(1, Noisy);
    s.map.clear();
    assert_eq!(ORDER.take(), ["hook", "dropped"]);
    s.map.insert(1, Noisy);
    s.map.retain(|_, _| false);
    assert_eq!(ORDER.take(), ["hook", "dropped"]);
    s.map.insert(1, Noisy);
    drop(s);
    assert_eq!(ORDER.take(), ["hook", "dropped"]);
}

#[test]
fn stateful_hooks_stay_with_their_map_and_a_clone_starts_afresh() {
    let mut s = Stateful::with(&[(1, 'a'), (2, 'b')]);
    s.map.remove(&1);
    let mut copy = Stateful { map: s.map.clone() };
    copy.map.remove(&2);
    assert_eq!(copy.rows(), [(2, 'b', RemovalCause::Removed)]);
    let mut moved = s;
    moved.map.remove(&2);
    assert_eq!(
        moved.rows(),
        [
            (1, 'a', RemovalCause::Removed),
            (2, 'b', RemovalCause::Removed)
        ]
    );
}
