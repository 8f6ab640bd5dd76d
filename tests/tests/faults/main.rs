//! A panic at every step of user code on every way out of a map or a set: in the hook, in `Hash`, `Eq`, `Clone` and `Drop`.
//!
//! Whatever panics, each entry that was ever in the map has its hook run exactly once, with the right cause; the map
//! stays usable; and the site's figures add up.

#![allow(missing_docs)]

mod bomb;
mod paths;
mod set_paths;
mod unwinding;

use std::collections::{BTreeMap, HashSet};

use bomb::{Element, Key, Value, light, told, went_off};
use mapkeeper::{HashMap, Keeper, RemovalCause, Unguarded};
use mapkeeper_tests::{
    hashers::Clumped,
    panics::caught,
    sites::{if_recorded, records, site},
};

pub(crate) type Map<T> = HashMap<Key, Value, Clumped, T>;

/// Steps after which an operation is believed to be endless.
const MANY: u32 = 20_000;

pub(crate) type Set<T> = mapkeeper::HashSet<Element, Clumped, T>;

/// A map or a set under test, whose entries have identities of their own.
pub(crate) trait Collection: Default {
    fn filled(entries: u32) -> Self;
    fn ids(&self) -> HashSet<u64>;
    fn len(&self) -> usize;
    /// Takes, finds and lets go of another entry; its identity.
    fn insert_find_and_remove(&mut self, key: u32) -> u64;
}

impl<T: Keeper<Key, Value> + Unguarded> Collection for Map<T> {
    fn filled(entries: u32) -> Self {
        (0..entries).map(|key| (Key(key), Value::new())).collect()
    }

    fn ids(&self) -> HashSet<u64> {
        self.values().map(|value| value.0).collect()
    }

    fn len(&self) -> usize {
        assert_eq!(self.iter().count(), self.len());
        self.len()
    }

    fn insert_find_and_remove(&mut self, key: u32) -> u64 {
        let new = Value::new();
        let id = new.0;
        assert!(self.insert(Key(key), new).is_none());
        assert_eq!(self.get(&Key(key)).map(|value| value.0), Some(id));
        assert_eq!(self.remove(&Key(key)).map(|value| value.0), Some(id));
        id
    }
}

impl<T: Keeper<Element, ()> + Unguarded> Collection for Set<T> {
    fn filled(entries: u32) -> Self {
        (0..entries).map(Element::new).collect()
    }

    fn ids(&self) -> HashSet<u64> {
        self.iter().map(Element::id).collect()
    }

    fn len(&self) -> usize {
        assert_eq!(self.iter().count(), self.len());
        self.len()
    }

    fn insert_find_and_remove(&mut self, key: u32) -> u64 {
        let new = Element::new(key);
        let id = new.id();
        assert!(self.insert(new));
        assert_eq!(self.get(&Key(key)).map(Element::id), Some(id));
        assert_eq!(self.take(&Key(key)).as_ref().map(Element::id), Some(id));
        id
    }
}

/// What a path does to its map. The map is handed over boxed, so that a path may consume it.
pub(crate) struct Path<M> {
    pub(crate) site: &'static str,
    /// The cause for which this operation lets entries go.
    pub(crate) cause: RemovalCause,
    pub(crate) prepare: fn(u32) -> M,
    pub(crate) run: fn(&mut M),
    /// Whether memory is leaked on purpose, so that footprints cannot add up.
    pub(crate) leaks: bool,
}

impl<M: Collection> Path<M> {
    /// Runs the operation with the fuse at 0, 1, 2, … until it gets through, on a small and a larger map.
    pub(crate) fn check(&self) {
        // The second size is beyond 64 buckets, where observe keeps an account of each map.
        for entries in [6, 90] {
            let mut steps = 0;
            while !self.survives(entries, steps) {
                // Every step at first, then spread out: the middle of a long run is like its neighbours.
                steps += 1 + steps / 40;
                assert!(steps < MANY, "{} never got through", self.site);
            }
            assert!(
                steps > 0,
                "{} runs no user code, so nothing was tested",
                self.site
            );
        }
    }

    /// One run; whether the operation got through.
    fn survives(&self, entries: u32, steps: u32) -> bool {
        told();
        let before_all = site(self.site);
        let mut map = (self.prepare)(entries);
        let there_before = map.ids();
        let told_before = told();
        light(Some(steps));
        let result = caught(|| (self.run)(&mut map));
        let through = !went_off();
        light(None);
        let at = format!("{} with the fuse at {steps}: {result:?}", self.site);
        if through {
            assert!(result.is_ok(), "{at}");
        }

        let there_after = map.ids();
        assert_eq!(map.len(), there_after.len(), "{at}");
        let mut told_so_far = told();
        self.check_usable(&mut map, &at);
        assert_eq!(map.ids(), there_after, "{at}");
        let now = site(self.site);
        assert_eq!(
            now.len,
            if_recorded(map.len() as u64),
            "len in the report, {at}"
        );
        drop(map);
        for (id, causes) in told() {
            told_so_far.entry(id).or_default().extend(causes);
        }

        for id in &there_before {
            let due = if there_after.contains(id) {
                RemovalCause::MapDropped
            } else {
                self.cause
            };
            assert_eq!(
                told_so_far.get(id),
                Some(&vec![due]),
                "hooks of entry {id}, {at}"
            );
        }
        for id in there_after.difference(&there_before) {
            let due = vec![RemovalCause::MapDropped];
            assert_eq!(
                told_so_far.get(id),
                Some(&due),
                "hooks of new entry {id}, {at}"
            );
        }
        self.check_others(&told_so_far, &there_before, &there_after, &at);
        assert!(told_before.values().all(|causes| causes.len() == 1), "{at}");
        self.check_footprint(&before_all, &at);
        through
    }

    /// The map takes, finds and lets go of another entry; its hook still runs.
    fn check_usable(&self, map: &mut M, at: &str) {
        let len = map.len();
        let id = map.insert_find_and_remove(1_000_000);
        assert_eq!(map.len(), len, "{at}");
        assert_eq!(
            told(),
            BTreeMap::from([(id, vec![RemovalCause::Removed])]),
            "hook, {at}"
        );
    }

    /// Entries nobody saw in the map: none was told, unless this very operation brought and took it.
    fn check_others(
        &self,
        told: &BTreeMap<u64, Vec<RemovalCause>>,
        before: &HashSet<u64>,
        after: &HashSet<u64>,
        at: &str,
    ) {
        let passing = told
            .iter()
            .filter(|(id, _)| !before.contains(id) && !after.contains(id));
        for (id, causes) in passing {
            assert_eq!(
                causes,
                &[RemovalCause::MapDropped],
                "entry {id} that only passed through, {at}"
            );
        }
    }

    fn check_footprint(&self, before: &mapkeeper::SiteReport, at: &str) {
        if !records() {
            return;
        }
        let now = site(self.site);
        assert_eq!(
            now.inserts,
            now.removed.entries(),
            "who came has left, {at}"
        );
        assert_eq!(now.residue, 0, "{at}");
        if !self.leaks {
            assert_eq!(now.instances, 0, "{at}");
            assert_eq!((now.capacity, now.table_bytes), (0, 0), "{at}");
            assert!(now.instances_total > before.instances_total, "{at}");
        }
        let live: u64 = now.call_sites.iter().map(|line| line.live).sum();
        assert_eq!(live, 0, "live entries over all lines, {at}");
    }
}
