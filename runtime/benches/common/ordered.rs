//! Ordered maps and slabs: std's `BTreeMap` and the crate's `Slab`, and those that mapkeeper tracks. Where a kind has no
//! operation of a hash map's, the row is what a program would do instead: `into_iter` for `drain`.

use std::{collections::BTreeMap, hint::black_box, mem};

use slab::Slab;

use crate::maps::{Map, Shape, U64U64};

macro_rules! ordered {
    ($($(#[$tracked:meta] #[$map:meta])? $name:ident, $row:expr;)+) => {$(
        $(#[$tracked])?
        #[derive(Default)]
        pub(crate) struct $name {
            $(#[$map])?
            map: BTreeMap<u64, u64>,
        }

        impl Map for $name {
            type Shape = U64U64;
            fn row() -> &'static str {
                $row
            }
            fn reserve(&mut self, _: usize) {}
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
                self.map.remove(key)
            }
            #[inline(always)]
            fn retain_all(&mut self) {
                self.map.retain(|_, _| black_box(true));
            }
            #[inline(always)]
            fn extract_none(&mut self) -> usize {
                let mut taken = 0;
                for entry in self.map.extract_if(.., |_, _| black_box(false)) {
                    black_box(entry);
                    taken += 1;
                }
                taken
            }
            #[inline(always)]
            fn count(&self) -> usize {
                self.map.iter().map(|entry| black_box(usize::from(*entry.1 > 0))).sum()
            }
            #[inline(always)]
            fn drain_all(&mut self) -> usize {
                mem::take(&mut self.map).into_iter().map(|entry| black_box(usize::from(entry.1 > 0))).sum()
            }
        }
    )+};
}

ordered! {
    StdOrdered, "std";
    #[mapkeeper::tracked] #[map] KeptOrdered, mapkeeper::MODE.as_str();
}

/// Keys are what the slab gives: the place of a value, filled up from 0.
pub(crate) struct Places;

impl Shape for Places {
    const NAME: &'static str = "slab of u64";
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

macro_rules! slabs {
    ($($(#[$tracked:meta] #[$map:meta])? $name:ident, $row:expr;)+) => {$(
        $(#[$tracked])?
        #[derive(Default)]
        pub(crate) struct $name {
            $(#[$map])?
            slab: Slab<u64>,
        }

        impl Map for $name {
            type Shape = Places;
            fn row() -> &'static str {
                $row
            }
            fn reserve(&mut self, n: usize) {
                self.slab.reserve(n);
            }
            #[inline(always)]
            fn insert(&mut self, key: usize, value: u64) -> Option<u64> {
                match self.slab.get_mut(key) {
                    Some(known) => Some(mem::replace(known, value)),
                    None => {
                        self.slab.insert(value);
                        None
                    }
                }
            }
            #[inline(always)]
            fn or_insert(&mut self, key: usize, value: u64) {
                if !self.slab.contains(key) {
                    self.slab.vacant_entry().insert(value);
                }
            }
            #[inline(always)]
            fn get(&self, key: &usize) -> Option<&u64> {
                self.slab.get(*key)
            }
            #[inline(always)]
            fn get_mut(&mut self, key: &usize) -> Option<&mut u64> {
                self.slab.get_mut(*key)
            }
            #[inline(always)]
            fn remove(&mut self, key: &usize) -> Option<u64> {
                self.slab.try_remove(*key)
            }
            #[inline(always)]
            fn retain_all(&mut self) {
                self.slab.retain(|_, _| black_box(true));
            }
            /// A slab has no `extract_if`.
            #[inline(always)]
            fn extract_none(&mut self) -> usize {
                self.count()
            }
            #[inline(always)]
            fn count(&self) -> usize {
                self.slab.iter().map(|entry| black_box(usize::from(*entry.1 > 0))).sum()
            }
            #[inline(always)]
            fn drain_all(&mut self) -> usize {
                self.slab.drain().map(|value| black_box(usize::from(value > 0))).sum()
            }
        }
    )+};
}

slabs! {
    StdSlab, "std";
    #[mapkeeper::tracked] #[map] KeptSlab, mapkeeper::MODE.as_str();
}
