//! Sets as maps of numbers to nothing: std's, and one that mapkeeper tracks.

use std::{collections::HashSet, hint::black_box};

use crate::maps::{Fx, Map, Shape, Sip, spread};

pub(crate) struct U64Set;

impl Shape for U64Set {
    const NAME: &'static str = "set of u64";
    type Key = u64;
    type Value = ();
    fn key(n: u64) -> u64 {
        spread(n)
    }
    fn value(_: u64) {}
}

/// A set does not lend its values: `get_mut` looks the element up.
macro_rules! sets {
    ($($(#[$tracked:meta] #[$map:meta])? $name:ident, $hasher:ident, $row:expr;)+) => {$(
        $(#[$tracked])?
        #[derive(Default)]
        pub(crate) struct $name {
            $(#[$map])?
            set: HashSet<u64, $hasher>,
        }

        impl Map for $name {
            type Shape = U64Set;
            fn row() -> &'static str {
                $row
            }
            #[inline(always)]
            fn reserve(&mut self, n: usize) {
                self.set.reserve(n);
            }
            #[inline(always)]
            fn insert(&mut self, key: u64, (): ()) -> Option<()> {
                (!self.set.insert(key)).then_some(())
            }
            #[inline(always)]
            fn or_insert(&mut self, key: u64, (): ()) {
                self.set.insert(key);
            }
            #[inline(always)]
            fn get(&self, key: &u64) -> Option<&()> {
                self.set.get(key).map(|_| &())
            }
            #[inline(always)]
            fn get_mut(&mut self, key: &u64) -> Option<&mut ()> {
                black_box(self.set.contains(key));
                None
            }
            #[inline(always)]
            fn remove(&mut self, key: &u64) -> Option<()> {
                self.set.remove(key).then_some(())
            }
            #[inline(always)]
            fn retain_all(&mut self) {
                self.set.retain(|_| black_box(true));
            }
            #[inline(always)]
            fn extract_none(&mut self) -> usize {
                self.set.extract_if(|_| black_box(false)).count()
            }
            #[inline(always)]
            fn count(&self) -> usize {
                self.set.iter().map(|key| black_box(usize::from(*key > 0))).sum()
            }
            #[inline(always)]
            fn drain_all(&mut self) -> usize {
                self.set.drain().map(|key| black_box(usize::from(key > 0))).sum()
            }
        }
    )+};
}

sets! {
    StdSetSip, Sip, "std";
    StdSetFx, Fx, "std";
    #[mapkeeper::tracked] #[map] KeptSetSip, Sip, mapkeeper::MODE.as_str();
    #[mapkeeper::tracked] #[map] KeptSetFx, Fx, mapkeeper::MODE.as_str();
}
