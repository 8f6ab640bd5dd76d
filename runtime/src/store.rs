//! What a record asks of the place where a map keeps its entries.

use std::fmt;

use hashbrown::HashTable;

use crate::mode::{Footprint, Stamp};

/// One entry as a map stores it. Public, for the predicates of `extract_if` see it; it has no name outside of this crate.
#[derive(Clone)]
pub struct Slot<B, V> {
    /// The key, or what stands beside a value whose key the map keeps elsewhere, and the value. Together, as std's map has
    /// them: so they move as one.
    pub(crate) entry: (B, V),
    pub(crate) stamp: Stamp,
}

impl<B, V> Slot<B, V> {
    #[inline(always)]
    pub(crate) fn key(&self) -> &B {
        &self.entry.0
    }

    #[inline(always)]
    pub(crate) fn value(&self) -> &V {
        &self.entry.1
    }

    #[inline(always)]
    pub(crate) fn value_mut(&mut self) -> &mut V {
        &mut self.entry.1
    }
}

/// As the value: what stands beside it is shown by the map that keeps it, or by nobody.
impl<B, V: fmt::Debug> fmt::Debug for Slot<B, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

/// The entries of a map, whatever kind of map it is.
#[allow(dead_code, reason = "each mode asks for some of it")]
pub(crate) trait Store<V> {
    /// What stands beside a value: its key, if the map does not keep that itself.
    type Beside;
    /// Whether entries have places with numbers, which they keep until the table is rehashed.
    const PLACED: bool;
    /// Whether the map says how much room it has; else its size is estimated.
    const ROOMY: bool;

    /// Entries.
    fn entries(&self) -> usize;
    /// Places; 0 if they have no numbers.
    fn places(&self) -> usize;
    /// The entry in a place.
    fn at(&self, place: usize) -> Option<&Slot<Self::Beside, V>>;
    /// The entry in a place.
    fn at_mut(&mut self, place: usize) -> Option<&mut Slot<Self::Beside, V>>;
    /// Every entry.
    fn slots<'s>(&'s self) -> impl Iterator<Item = &'s Slot<Self::Beside, V>>
    where
        Self::Beside: 's,
        V: 's;
    /// Every entry.
    fn slots_mut<'s>(&'s mut self) -> impl Iterator<Item = &'s mut Slot<Self::Beside, V>>
    where
        Self::Beside: 's,
        V: 's;
    /// Its size; empty if it is not known.
    fn footprint(&self) -> Footprint;
}

impl<K, V> Store<V> for HashTable<Slot<K, V>> {
    type Beside = K;
    const PLACED: bool = true;
    const ROOMY: bool = true;

    #[inline(always)]
    fn entries(&self) -> usize {
        self.len()
    }

    #[inline(always)]
    fn places(&self) -> usize {
        self.num_buckets()
    }

    #[inline(always)]
    fn at(&self, place: usize) -> Option<&Slot<K, V>> {
        self.get_bucket(place)
    }

    #[inline(always)]
    fn at_mut(&mut self, place: usize) -> Option<&mut Slot<K, V>> {
        self.get_bucket_mut(place)
    }

    #[inline(always)]
    fn slots<'s>(&'s self) -> impl Iterator<Item = &'s Slot<K, V>>
    where
        K: 's,
        V: 's,
    {
        self.iter()
    }

    #[inline(always)]
    fn slots_mut<'s>(&'s mut self) -> impl Iterator<Item = &'s mut Slot<K, V>>
    where
        K: 's,
        V: 's,
    {
        self.iter_mut()
    }

    #[inline(always)]
    fn footprint(&self) -> Footprint {
        Footprint::of(self)
    }
}

/// Entries of a map that keeps their keys itself: a value and its stamp.
pub(crate) type Keyless<V> = Slot<(), V>;

impl<V> Keyless<V> {
    /// A value of which nothing is known.
    #[inline(always)]
    pub(crate) fn unmarked(value: V) -> Self {
        Self {
            entry: ((), value),
            stamp: Stamp::NONE,
        }
    }

    #[inline(always)]
    pub(crate) fn into_value(self) -> V {
        self.entry.1
    }
}

/// `$room` says how to find out the size of a map that knows it.
macro_rules! keyless_store {
    ([$($generics:tt)*] $map:ty, $room:expr) => {
        impl<$($generics)*> $crate::store::Store<V> for $map {
            type Beside = ();
            const PLACED: bool = false;
            const ROOMY: bool = {
                let room: Option<fn(&$map) -> $crate::mode::Footprint> = $room;
                room.is_some()
            };

            #[inline(always)]
            fn entries(&self) -> usize {
                self.len()
            }

            fn places(&self) -> usize {
                0
            }

            fn at(&self, _: usize) -> Option<&$crate::store::Keyless<V>> {
                None
            }

            fn at_mut(&mut self, _: usize) -> Option<&mut $crate::store::Keyless<V>> {
                None
            }

            fn slots<'s>(&'s self) -> impl Iterator<Item = &'s $crate::store::Keyless<V>>
            where
                V: 's,
            {
                self.iter().map(|(_, slot)| slot)
            }

            fn slots_mut<'s>(&'s mut self) -> impl Iterator<Item = &'s mut $crate::store::Keyless<V>>
            where
                V: 's,
            {
                self.iter_mut().map(|(_, slot)| slot)
            }

            fn footprint(&self) -> $crate::mode::Footprint {
                let room: Option<fn(&$map) -> $crate::mode::Footprint> = $room;
                room.map_or($crate::mode::Footprint::EMPTY, |room| room(self))
            }
        }
    };
}

pub(crate) use keyless_store;
