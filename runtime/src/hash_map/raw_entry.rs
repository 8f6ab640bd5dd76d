//! The entry API by a hash and a comparison: hashbrown's (its feature `raw-entry`), each step recorded.
//!
//! Hashes must be those of the map's own hasher, and keys must stay what they were: else the map does not find them any more.

mod occupied;
mod vacant;

use std::{
    fmt,
    hash::{BuildHasher, Hash},
};

use hashbrown::Equivalent;

use super::{ByBorrow, HashMap, OccupiedEntry, hash_of};
use crate::{Keeper, Unguarded, Untracked};

pub use occupied::RawOccupiedEntryMut;
pub use vacant::RawVacantEntryMut;

/// Same as [`hashbrown`]'s `hash_map::RawEntryBuilder`.
pub struct RawEntryBuilder<'a, K, V, S, T: Keeper<K, V> = Untracked, L = ByBorrow> {
    map: &'a HashMap<K, V, S, T, L>,
}

/// Same as [`hashbrown`]'s `hash_map::RawEntryBuilderMut`.
pub struct RawEntryBuilderMut<'a, K, V, S, T: Keeper<K, V> = Untracked, L = ByBorrow> {
    map: &'a mut HashMap<K, V, S, T, L>,
}

/// Same as [`hashbrown`]'s `hash_map::RawEntryMut`.
pub enum RawEntryMut<'a, K, V, S, T: Keeper<K, V> = Untracked> {
    /// The key is there.
    Occupied(RawOccupiedEntryMut<'a, K, V, S, T>),
    /// The key is not there.
    Vacant(RawVacantEntryMut<'a, K, V, S, T>),
}

impl<K, V, S, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    /// Same as hashbrown's `HashMap::raw_entry`; records nothing.
    #[inline]
    pub fn raw_entry(&self) -> RawEntryBuilder<'_, K, V, S, T, L> {
        RawEntryBuilder { map: self }
    }

    /// Same as hashbrown's `HashMap::raw_entry_mut`; what is done with the entry is recorded.
    #[inline]
    #[track_caller]
    pub fn raw_entry_mut(&mut self) -> RawEntryBuilderMut<'_, K, V, S, T, L> {
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        RawEntryBuilderMut { map: self }
    }
}

impl<'a, K, V, S, T: Keeper<K, V>, L> RawEntryBuilder<'a, K, V, S, T, L> {
    /// The entry of a key; records nothing.
    #[inline]
    pub fn from_key<Q>(self, k: &Q) -> Option<(&'a K, &'a V)>
    where
        S: BuildHasher,
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let hash = hash_of(&self.map.hash_builder, k);
        self.from_key_hashed_nocheck(hash, k)
    }

    /// The entry of a key with a hash that is known; records nothing.
    #[inline]
    pub fn from_key_hashed_nocheck<Q>(self, hash: u64, k: &Q) -> Option<(&'a K, &'a V)>
    where
        Q: Equivalent<K> + ?Sized,
    {
        self.from_hash(hash, |key| k.equivalent(key))
    }

    /// The entry with a hash that matches; records nothing.
    #[inline]
    pub fn from_hash<F>(self, hash: u64, mut is_match: F) -> Option<(&'a K, &'a V)>
    where
        F: FnMut(&K) -> bool,
    {
        let slot = self.map.table.find(hash, |slot| is_match(slot.key()))?;
        Some((slot.key(), slot.value()))
    }
}

impl<'a, K, V, S, T: Keeper<K, V>, L> RawEntryBuilderMut<'a, K, V, S, T, L> {
    /// The entry of a key; records nothing.
    #[inline]
    pub fn from_key<Q>(self, k: &Q) -> RawEntryMut<'a, K, V, S, T>
    where
        S: BuildHasher,
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let hash = hash_of(&self.map.hash_builder, k);
        self.from_key_hashed_nocheck(hash, k)
    }

    /// The entry of a key with a hash that is known; records nothing.
    #[inline]
    pub fn from_key_hashed_nocheck<Q>(self, hash: u64, k: &Q) -> RawEntryMut<'a, K, V, S, T>
    where
        Q: Equivalent<K> + ?Sized,
    {
        self.from_hash(hash, |key| k.equivalent(key))
    }

    /// The entry with a hash that matches; records nothing.
    #[inline]
    pub fn from_hash<F>(self, hash: u64, mut is_match: F) -> RawEntryMut<'a, K, V, S, T>
    where
        for<'b> F: FnMut(&'b K) -> bool,
    {
        let HashMap {
            hash_builder,
            table,
            log,
            ..
        } = self.map;
        match table.find_entry(hash, |slot| is_match(slot.key())) {
            Ok(base) => RawEntryMut::Occupied(RawOccupiedEntryMut {
                entry: OccupiedEntry { base, log, hash },
                hash_builder,
            }),
            Err(absent) => RawEntryMut::Vacant(RawVacantEntryMut {
                table: absent.into_table(),
                log,
                hash_builder,
            }),
        }
    }
}

impl<'a, K, V, S, T: Keeper<K, V>> RawEntryMut<'a, K, V, S, T> {
    /// Puts the value there, or inserts the entry; counts one replacement or one insertion.
    #[inline]
    #[track_caller]
    pub fn insert(self, key: K, value: V) -> RawOccupiedEntryMut<'a, K, V, S, T>
    where
        K: Hash,
        S: BuildHasher,
    {
        match self {
            Self::Occupied(mut entry) => {
                entry.insert(value);
                entry
            }
            Self::Vacant(entry) => entry.insert_entry(key, value),
        }
    }

    /// The entry, which is inserted if it is not there; counts one insertion then.
    #[inline]
    #[track_caller]
    pub fn or_insert(self, default_key: K, default_val: V) -> (&'a mut K, &'a mut V)
    where
        K: Hash,
        S: BuildHasher,
    {
        match self {
            Self::Occupied(entry) => entry.into_key_value(),
            Self::Vacant(entry) => entry.insert(default_key, default_val),
        }
    }

    /// The entry, which is made and inserted if it is not there; counts one insertion then.
    #[inline]
    #[track_caller]
    pub fn or_insert_with<F>(self, default: F) -> (&'a mut K, &'a mut V)
    where
        F: FnOnce() -> (K, V),
        K: Hash,
        S: BuildHasher,
    {
        match self {
            Self::Occupied(entry) => entry.into_key_value(),
            Self::Vacant(entry) => {
                let (key, value) = default();
                entry.insert(key, value)
            }
        }
    }

    /// Changes the entry if it is there; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn and_modify<F>(mut self, f: F) -> Self
    where
        F: FnOnce(&mut K, &mut V),
    {
        if let Self::Occupied(entry) = &mut self {
            let (key, value) = entry.get_key_value_mut();
            f(key, value);
        }
        self
    }

    /// Makes the value anew if it is there; counts as [`RawOccupiedEntryMut::replace_entry_with`] does.
    ///
    /// # Panics
    /// With a panic of `f` or of the hook: the entry is gone then.
    #[track_caller]
    pub fn and_replace_entry_with<F>(self, f: F) -> Self
    where
        F: FnOnce(&K, V) -> Option<V>,
        T: Unguarded,
    {
        match self {
            Self::Occupied(entry) => entry.replace_entry_with(f),
            Self::Vacant(_) => self,
        }
    }
}

impl<K, V, S, T: Keeper<K, V>, L> fmt::Debug for RawEntryBuilder<'_, K, V, S, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawEntryBuilder").finish()
    }
}

impl<K, V, S, T: Keeper<K, V>, L> fmt::Debug for RawEntryBuilderMut<'_, K, V, S, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawEntryBuilder").finish()
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, T: Keeper<K, V>> fmt::Debug for RawEntryMut<'_, K, V, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vacant(entry) => f.debug_tuple("RawEntry").field(entry).finish(),
            Self::Occupied(entry) => f.debug_tuple("RawEntry").field(entry).finish(),
        }
    }
}
