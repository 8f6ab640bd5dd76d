//! Method for method: dashmap's answers and contents, each exit told once with its cause, and the counts.

use std::cell::RefCell;

use dashmap::DashMap;
use mapkeeper::{
    RemovalCause,
    RemovalCause::*,
    sync::{Entry, TryResult},
};
use mapkeeper_tests::sites::{if_recorded, site};
use proptest::{collection::vec, prelude::*, sample::select};

type Exit = (String, u8, RemovalCause);

thread_local! {
    static EXITS: RefCell<Vec<Exit>> = const { RefCell::new(Vec::new()) };
}

#[allow(clippy::ptr_arg, reason = "a hook is shown what the map holds")]
fn tell(key: &String, value: &u8, cause: RemovalCause) {
    EXITS.with_borrow_mut(|exits| exits.push((key.clone(), *value, cause)));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Ours {
    #[map(on_remove = tell)]
    map: DashMap<String, u8>,
}

/// dashmap's own, and what must have been told of what was done to it.
#[derive(Default)]
struct Theirs {
    map: DashMap<String, u8>,
    came: u64,
    exits: Vec<Exit>,
}

impl Theirs {
    fn now(&self, key: &str) -> Option<u8> {
        self.map.get(key).map(|value| *value)
    }

    fn left(&mut self, key: &str, value: u8, cause: RemovalCause) {
        self.exits.push((key.to_owned(), value, cause));
    }

    /// The entry leaves if it is there.
    fn leaves(&mut self, key: &str, cause: RemovalCause) {
        if let Some(old) = self.now(key) {
            self.left(key, old, cause);
        }
    }

    /// The entry comes if it is not there.
    fn comes(&mut self, key: &str) {
        self.came += u64::from(!self.map.contains_key(key));
    }

    /// A new value: it takes the place of the old one, or the entry comes.
    fn set(&mut self, key: &str) {
        self.comes(key);
        self.leaves(key, Replaced);
    }

    fn leave_if(&mut self, cause: RemovalCause, leaves: impl Fn(u8) -> bool) {
        for entry in &self.map {
            if leaves(*entry.value()) {
                self.exits
                    .push((entry.key().clone(), *entry.value(), cause));
            }
        }
    }
}

fn all(map: impl IntoIterator<Item = (String, u8)>) -> Vec<(String, u8)> {
    let mut all: Vec<_> = map.into_iter().collect();
    all.sort();
    all
}

type Step = fn(&mut Ours, &mut Theirs, &str, u8);

const STEPS: [(&str, Step); 34] = [
    ("insert", |ours, theirs, key, n| {
        theirs.set(key);
        assert_eq!(
            ours.map.insert(key.to_owned(), n),
            theirs.map.insert(key.to_owned(), n)
        );
    }),
    ("insert", |ours, theirs, key, n| {
        theirs.set(key);
        assert_eq!(
            ours.map.insert(key.to_owned(), n),
            theirs.map.insert(key.to_owned(), n)
        );
    }),
    ("get", |ours, theirs, key, _| {
        let ours = ours.map.get(key);
        let theirs = theirs.map.get(key);
        assert_eq!(
            ours.as_ref().map(|entry| entry.pair()),
            theirs.as_ref().map(|entry| entry.pair())
        );
        assert_eq!(
            ours.map(|entry| entry.try_map(|n| (*n > 9).then_some(n)).is_ok()),
            theirs.map(|entry| entry.try_map(|n| (*n > 9).then_some(n)).is_ok()),
        );
    }),
    ("get_mut", |ours, theirs, key, n| {
        if let Some(mut value) = theirs.map.get_mut(key) {
            *value = n;
            *ours.map.get_mut(key).unwrap() = n;
        } else {
            assert!(ours.map.get_mut(key).is_none());
        }
    }),
    ("get_mut.map", |ours, theirs, key, n| {
        let theirs = theirs
            .map
            .get_mut(key)
            .map(|entry| *entry.map(|value| value) = n);
        assert_eq!(
            ours.map
                .get_mut(key)
                .map(|entry| *entry.map(|value| value) = n),
            theirs
        );
    }),
    ("try_get", |ours, theirs, key, _| {
        let there = theirs.map.try_get(key).is_present();
        assert_eq!(ours.map.try_get(key).is_present(), there);
        assert_eq!(ours.map.try_get(key).is_absent(), !there);
        let _held = ours.map.get_mut(key);
        assert_eq!(ours.map.try_get(key).is_locked(), there);
    }),
    ("try_get_mut", |ours, theirs, key, n| {
        if let TryResult::Present(mut value) = ours.map.try_get_mut(key) {
            *value = n;
        }
        if let Some(mut value) = theirs.map.try_get_mut(key).try_unwrap() {
            *value = n;
        }
    }),
    ("view", |ours, theirs, key, _| {
        assert_eq!(
            ours.map.view(key, |_, n| *n),
            theirs.map.view(key, |_, n| *n)
        );
    }),
    ("contains_key", |ours, theirs, key, _| {
        assert_eq!(ours.map.contains_key(key), theirs.map.contains_key(key));
    }),
    ("remove", |ours, theirs, key, _| {
        theirs.leaves(key, Removed);
        assert_eq!(ours.map.remove(key), theirs.map.remove(key));
    }),
    ("remove_if", |ours, theirs, key, n| {
        if theirs.now(key).is_some_and(|value| value < n) {
            theirs.leaves(key, Removed);
        }
        let ours = ours.map.remove_if(key, |_, value| *value < n);
        assert_eq!(ours, theirs.map.remove_if(key, |_, value| *value < n));
    }),
    ("remove_if_mut", |ours, theirs, key, n| {
        let halve = |_: &String, value: &mut u8| {
            *value /= 2;
            *value < n
        };
        if let Some(value) = theirs.now(key)
            && value / 2 < n
        {
            theirs.left(key, value / 2, Removed);
        }
        assert_eq!(
            ours.map.remove_if_mut(key, halve),
            theirs.map.remove_if_mut(key, halve)
        );
    }),
    ("entry.or_insert", |ours, theirs, key, n| {
        theirs.comes(key);
        let ours = *ours.map.entry(key.to_owned()).or_insert(n);
        assert_eq!(ours, *theirs.map.entry(key.to_owned()).or_insert(n));
    }),
    ("entry.or_insert_with", |ours, theirs, key, n| {
        theirs.comes(key);
        let ours = *ours.map.entry(key.to_owned()).or_insert_with(|| n);
        assert_eq!(ours, *theirs.map.entry(key.to_owned()).or_insert_with(|| n));
    }),
    ("entry.or_try_insert_with", |ours, theirs, key, n| {
        let made = || if n.is_multiple_of(2) { Ok(n) } else { Err(n) };
        if made().is_ok() {
            theirs.comes(key);
        }
        let ours = ours
            .map
            .entry(key.to_owned())
            .or_try_insert_with(made)
            .map(|value| *value);
        let theirs = theirs
            .map
            .entry(key.to_owned())
            .or_try_insert_with(made)
            .map(|value| *value);
        assert_eq!(ours, theirs);
    }),
    ("entry.and_modify.or_default", |ours, theirs, key, n| {
        theirs.comes(key);
        let ours = *ours
            .map
            .entry(key.to_owned())
            .and_modify(|value| *value = n)
            .or_default();
        assert_eq!(
            ours,
            *theirs
                .map
                .entry(key.to_owned())
                .and_modify(|value| *value = n)
                .or_default()
        );
    }),
    ("entry.insert", |ours, theirs, key, n| {
        theirs.set(key);
        let ours = *ours.map.entry(key.to_owned()).insert(n);
        assert_eq!(ours, *theirs.map.entry(key.to_owned()).insert(n));
    }),
    ("entry.insert_entry", |ours, theirs, key, n| {
        theirs.set(key);
        let entry = ours.map.entry(key.to_owned()).insert_entry(n);
        let theirs = theirs.map.entry(key.to_owned()).insert_entry(n);
        assert_eq!((entry.key(), entry.get()), (theirs.key(), theirs.get()));
    }),
    ("entry.remove", |ours, theirs, key, _| {
        theirs.leaves(key, Removed);
        match (
            ours.map.entry(key.to_owned()),
            theirs.map.entry(key.to_owned()),
        ) {
            (Entry::Occupied(ours), dashmap::Entry::Occupied(theirs)) => {
                assert_eq!(ours.remove_entry(), theirs.remove_entry());
            }
            (Entry::Vacant(ours), dashmap::Entry::Vacant(theirs)) => {
                assert_eq!(ours.into_key(), theirs.into_key());
            }
            _ => panic!("one has it, the other has not"),
        }
    }),
    ("entry.replace_entry", |ours, theirs, key, n| {
        theirs.leaves(key, Replaced);
        if let Entry::Occupied(ours) = ours.map.entry(key.to_owned()) {
            let dashmap::Entry::Occupied(theirs) = theirs.map.entry(key.to_owned()) else {
                panic!("only ours is there")
            };
            assert_eq!(ours.replace_entry(n), theirs.replace_entry(n));
        }
    }),
    ("try_entry", |ours, theirs, key, n| {
        theirs.comes(key);
        let ours = *ours.map.try_entry(key.to_owned()).unwrap().or_insert(n);
        assert_eq!(
            ours,
            *theirs.map.try_entry(key.to_owned()).unwrap().or_insert(n)
        );
    }),
    ("alter", |ours, theirs, key, n| {
        ours.map.alter(key, |_, value| value ^ n);
        theirs.map.alter(key, |_, value| value ^ n);
    }),
    ("alter_all", |ours, theirs, _, n| {
        ours.map.alter_all(|_, value| value ^ n);
        theirs.map.alter_all(|_, value| value ^ n);
    }),
    ("retain", |ours, theirs, _, n| {
        theirs.leave_if(Filtered, |value| value < n);
        ours.map.retain(|_, value| *value >= n);
        theirs.map.retain(|_, value| *value >= n);
    }),
    ("clear", |ours, theirs, _, n| {
        if n < 40 {
            theirs.leave_if(Cleared, |_| true);
            ours.map.clear();
            theirs.map.clear();
        }
    }),
    ("shrink_to_fit", |ours, _, _, _| {
        ours.map.shrink_to_fit();
        let entries = ours.map.len();
        assert!(ours.map.capacity() >= entries);
        assert!(entries > 0 || ours.map.capacity() == 0);
    }),
    ("iter", |ours, theirs, _, _| {
        let ours = ours.map.iter().map(|entry| (entry.key().clone(), *entry));
        let theirs = theirs.map.iter().map(|entry| (entry.key().clone(), *entry));
        assert_eq!(all(ours), all(theirs));
    }),
    ("iter_mut", |ours, theirs, _, n| {
        ours.map.iter_mut().for_each(|mut entry| *entry ^= n);
        theirs.map.iter_mut().for_each(|mut entry| *entry ^= n);
    }),
    ("extend", |ours, theirs, key, n| {
        theirs.set(key);
        theirs.map.insert(key.to_owned(), n);
        theirs.set(key);
        theirs.map.insert(key.to_owned(), n ^ 1);
        ours.map
            .extend([(key.to_owned(), n), (key.to_owned(), n ^ 1)]);
    }),
    ("into_iter", |ours, theirs, _, n| {
        if n < 40 {
            theirs.leave_if(Taken, |_| true);
            let ours = std::mem::take(&mut ours.map).into_iter();
            let theirs = std::mem::take(&mut theirs.map);
            assert_eq!(ours.len(), theirs.len());
            assert_eq!(all(ours), all(theirs));
        }
    }),
    ("serde", |ours, theirs, _, _| {
        let wire = serde_json::to_value(&ours.map).unwrap();
        assert_eq!(wire, serde_json::to_value(&theirs.map).unwrap());
        let back: mapkeeper::sync::HashMap<String, u8> = serde_json::from_value(wire).unwrap();
        assert_eq!(all(back), all(theirs.map.clone()));
    }),
    ("clone", |ours, theirs, _, _| {
        // The copies of a clone come, and go with it.
        theirs.came += theirs.map.len() as u64;
        theirs.leave_if(MapDropped, |_| true);
        assert_eq!(all(theirs.map.clone()), {
            let copy = ours.map.clone();
            all(copy.iter().map(|entry| (entry.key().clone(), *entry)))
        });
    }),
    ("get_or_insert_with", |ours, theirs, key, n| {
        theirs.comes(key);
        let ours = *ours.map.get_or_insert_with(key.to_owned(), || n);
        assert_eq!(ours, *theirs.map.entry(key.to_owned()).or_insert(n));
    }),
    ("try_remove", |ours, theirs, key, _| {
        theirs.leaves(key, Removed);
        assert_eq!(ours.map.try_remove(key).unwrap(), theirs.map.remove(key));
    }),
];

fn key(n: u8) -> String {
    n.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 200 }))]

    #[test]
    fn answers_contents_hooks_and_counts_are_dashmaps(
        steps in vec((select(&STEPS[..]), 0_u8..24, any::<u8>()), 1..120),
    ) {
        EXITS.take();
        let before = site("Ours.map");
        let (mut ours, mut theirs) = (Ours::default(), Theirs::default());
        for ((name, step), k, n) in steps {
            step(&mut ours, &mut theirs, &key(k), n);
            let contents = ours.map.iter().map(|entry| (entry.key().clone(), *entry));
            prop_assert_eq!(all(contents), all(theirs.map.clone()), "{}", name);
            prop_assert_eq!(ours.map.len(), theirs.map.len(), "{}", name);
            prop_assert_eq!(ours.map.is_empty(), theirs.map.is_empty(), "{}", name);
            let row = site("Ours.map");
            prop_assert_eq!(row.len, if_recorded(theirs.map.len() as u64), "{}", name);
        }
        theirs.leave_if(MapDropped, |_| true);
        drop(ours);
        let mut exits = EXITS.take();
        exits.sort();
        theirs.exits.sort();
        prop_assert_eq!(&exits, &theirs.exits);
        let row = site("Ours.map");
        prop_assert_eq!(row.inserts - before.inserts, if_recorded(theirs.came));
        for cause in RemovalCause::ALL {
            let counted = if cause == Replaced {
                row.replaces - before.replaces
            } else {
                row.removed.get(cause) - before.removed.get(cause)
            };
            let told = exits.iter().filter(|(.., why)| *why == cause).count() as u64;
            prop_assert_eq!(counted, if_recorded(told), "{}", cause);
        }
        prop_assert_eq!(row.instances, 0);
        prop_assert_eq!((row.capacity, row.table_bytes), (0, 0));
    }
}
