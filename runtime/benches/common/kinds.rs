//! The kinds other than std's `HashMap`: each one's original, and the one that mapkeeper tracks. Where a kind has no operation
//! of a hash map's, its row is what a program would do instead: `into_iter` for `drain`.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    hint::black_box,
    mem,
};

use indexmap::{IndexMap, IndexSet};
use slab::Slab;

use crate::maps::{Fx, Map, Shape, Sip, U64U64, spread};

pub(crate) struct U64Set;

impl Shape for U64Set {
    const NAME: &'static str = "u64";
    type Key = u64;
    type Value = ();
    fn key(n: u64) -> u64 {
        spread(n)
    }
    fn value(_: u64) {}
}

/// Keys are what the slab gives: the place of a value, filled up from 0.
pub(crate) struct Places;

impl Shape for Places {
    const NAME: &'static str = "u64";
    const IS_NUMBERED: bool = true;
    type Key = usize;
    type Value = u64;
    fn key(n: u64) -> usize {
        n as usize
    }
    fn value(n: u64) -> u64 {
        n
    }
}

/// Two structs with the same map, of which one is tracked, and the same answers for both.
macro_rules! kinds {
    ($($original:ident, $kept:ident: $map:ty, $shape:ident, $kind:literal, $answers:ident!($($how:tt)*);)+) => {$(
        #[derive(Default)]
        pub(crate) struct $original {
            map: $map,
        }

        #[mapkeeper::tracked]
        #[derive(Default)]
        pub(crate) struct $kept {
            #[map]
            map: $map,
        }

        kinds!(@one $original, "original", $shape, $kind, $answers!($($how)*));
        kinds!(@one $kept, mapkeeper::MODE.as_str(), $shape, $kind, $answers!($($how)*));
    )+};
    (@one $name:ident, $who:expr, $shape:ident, $kind:literal, $answers:ident!($($how:tt)*)) => {
        impl Map for $name {
            const KIND: &'static str = $kind;
            type Shape = $shape;
            fn row() -> &'static str {
                $who
            }
            $answers!($($how)*);
        }
    };
}

/// What is done alike by all kinds but slabs.
macro_rules! shared_answers {
    ($reserve:ident, $drain:ident) => {
        #[inline(always)]
        fn reserve(&mut self, n: usize) {
            $reserve!(self.map, n);
        }
        #[inline(always)]
        fn count(&self) -> usize {
            self.map
                .iter()
                .map(|entry| black_box(size_of_val(&entry)))
                .sum()
        }
        #[inline(always)]
        fn drain_all(&mut self) -> usize {
            $drain!(self.map)
                .map(|entry| black_box(size_of_val(&entry)))
                .sum()
        }
    };
}

macro_rules! map_answers {
    ($remove:ident, [$($all:tt)*], $reserve:ident, $drain:ident) => {
        shared_answers!($reserve, $drain);
        #[inline(always)]
        fn insert(&mut self, key: u64, value: u64) -> Option<u64> {
            self.map.insert(key, value)
        }
        #[inline(always)]
        fn or_insert(&mut self, key: u64, value: u64) {
            self.map.entry(key).or_insert(value);
        }
        #[inline(always)]
        fn get(&self, key: &u64) -> Option<&u64> {
            self.map.get(key)
        }
        #[inline(always)]
        fn get_mut(&mut self, key: &u64) -> Option<&mut u64> {
            self.map.get_mut(key)
        }
        #[inline(always)]
        fn remove(&mut self, key: &u64) -> Option<u64> {
            self.map.$remove(key)
        }
        #[inline(always)]
        fn retain_all(&mut self) {
            self.map.retain(|_, _| black_box(true));
        }
        #[inline(always)]
        fn extract_none(&mut self) -> usize {
            let mut taken = 0;
            for entry in self.map.extract_if($($all)* |_, _| black_box(false)) {
                black_box(entry);
                taken += 1;
            }
            taken
        }
    };
}

/// A set does not lend its values: `get_mut` looks the element up.
macro_rules! set_answers {
    ($remove:ident, [$($all:tt)*], $reserve:ident, $drain:ident) => {
        shared_answers!($reserve, $drain);
        #[inline(always)]
        fn insert(&mut self, key: u64, (): ()) -> Option<()> {
            (!self.map.insert(key)).then_some(())
        }
        #[inline(always)]
        fn or_insert(&mut self, key: u64, (): ()) {
            self.map.insert(key);
        }
        #[inline(always)]
        fn get(&self, key: &u64) -> Option<&()> {
            self.map.get(key).map(|_| &())
        }
        #[inline(always)]
        fn get_mut(&mut self, key: &u64) -> Option<&mut ()> {
            black_box(self.map.contains(key));
            None
        }
        #[inline(always)]
        fn remove(&mut self, key: &u64) -> Option<()> {
            self.map.$remove(key).then_some(())
        }
        #[inline(always)]
        fn retain_all(&mut self) {
            self.map.retain(|_| black_box(true));
        }
        #[inline(always)]
        fn extract_none(&mut self) -> usize {
            let mut taken = 0;
            for entry in self.map.extract_if($($all)* |_| black_box(false)) {
                black_box(entry);
                taken += 1;
            }
            taken
        }
    };
}

macro_rules! slab_answers {
    () => {
        shared_answers!(room, drain);
        #[inline(always)]
        fn insert(&mut self, key: usize, value: u64) -> Option<u64> {
            match self.map.get_mut(key) {
                Some(known) => Some(mem::replace(known, value)),
                None => {
                    self.map.insert(value);
                    None
                }
            }
        }
        #[inline(always)]
        fn or_insert(&mut self, key: usize, value: u64) {
            if !self.map.contains(key) {
                self.map.vacant_entry().insert(value);
            }
        }
        #[inline(always)]
        fn get(&self, key: &usize) -> Option<&u64> {
            self.map.get(*key)
        }
        #[inline(always)]
        fn get_mut(&mut self, key: &usize) -> Option<&mut u64> {
            self.map.get_mut(*key)
        }
        #[inline(always)]
        fn remove(&mut self, key: &usize) -> Option<u64> {
            self.map.try_remove(*key)
        }
        #[inline(always)]
        fn retain_all(&mut self) {
            self.map.retain(|_, _| black_box(true));
        }
        /// A slab has no `extract_if`.
        #[inline(always)]
        fn extract_none(&mut self) -> usize {
            self.count()
        }
    };
}

macro_rules! room {
    ($map:expr, $n:expr) => {
        $map.reserve($n)
    };
}

macro_rules! no_room {
    ($map:expr, $n:expr) => {
        let _ = $n;
    };
}

macro_rules! drain {
    ($map:expr) => {
        $map.drain()
    };
}

macro_rules! drain_range {
    ($map:expr) => {
        $map.drain(..)
    };
}

macro_rules! take {
    ($map:expr) => {
        mem::take(&mut $map).into_iter()
    };
}

kinds! {
    StdSetSip, KeptSetSip: HashSet<u64, Sip>, U64Set, "HashSet", set_answers!(remove, [], room, drain);
    StdSetFx, KeptSetFx: HashSet<u64, Fx>, U64Set, "HashSet", set_answers!(remove, [], room, drain);
    BaseHashbrown, KeptHashbrown: hashbrown::HashMap<u64, u64, Fx>, U64U64, "hashbrown", map_answers!(remove, [], room, drain);
    StdOrdered, KeptOrdered: BTreeMap<u64, u64>, U64U64, "BTreeMap", map_answers!(remove, [..,], no_room, take);
    StdOrderedSet, KeptOrderedSet: BTreeSet<u64>, U64Set, "BTreeSet", set_answers!(remove, [..,], no_room, take);
    BaseIndexed, KeptIndexed: IndexMap<u64, u64, Fx>, U64U64, "IndexMap", map_answers!(swap_remove, [..,], room, drain_range);
    BaseIndexedSet, KeptIndexedSet: IndexSet<u64, Fx>, U64Set, "IndexSet", set_answers!(swap_remove, [..,], room, drain_range);
    BaseSlab, KeptSlab: Slab<u64>, Places, "Slab", slab_answers!();
}
