//! A raw entry whose key is there.

use std::fmt;

use super::{RawEntryMut, RawVacantEntryMut};
use crate::{
    Keeper, Unguarded, Untracked, Vetoed,
    hash_map::{Entry, OccupiedEntry},
    mode::Caller,
};

/// Same as [`hashbrown`]'s `hash_map::RawOccupiedEntryMut`.
pub struct RawOccupiedEntryMut<'a, K, V, S, T: Keeper<K, V> = Untracked> {
    pub(super) entry: OccupiedEntry<'a, K, V, T>,
    pub(super) hash_builder: &'a S,
}

impl<'a, K, V, S, T: Keeper<K, V>> RawOccupiedEntryMut<'a, K, V, S, T> {
    /// Its key; records nothing.
    #[inline]
    pub fn key(&self) -> &K {
        self.entry.key()
    }

    /// Its key, to be changed; records nothing.
    #[inline]
    pub fn key_mut(&mut self) -> &mut K {
        &mut self.entry.base.get_mut().entry.0
    }

    /// Its key, to be changed, for as long as the map is borrowed; records nothing.
    #[inline]
    pub fn into_key(self) -> &'a mut K {
        &mut self.entry.base.into_mut().entry.0
    }

    /// Its value; records nothing.
    #[inline]
    pub fn get(&self) -> &V {
        self.entry.get()
    }

    /// Its value, to be changed; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn get_mut(&mut self) -> &mut V {
        self.entry.get_mut()
    }

    /// Its value, to be changed, for as long as the map is borrowed; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn into_mut(self) -> &'a mut V {
        self.entry.into_mut()
    }

    /// The entry; records nothing.
    #[inline]
    pub fn get_key_value(&self) -> (&K, &V) {
        (self.key(), self.get())
    }

    /// The entry, to be changed; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn get_key_value_mut(&mut self) -> (&mut K, &mut V) {
        self.entry.lend(Caller::here());
        let (key, value) = &mut self.entry.base.get_mut().entry;
        (key, value)
    }

    /// The entry, to be changed, for as long as the map is borrowed; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn into_key_value(mut self) -> (&'a mut K, &'a mut V) {
        self.entry.lend(Caller::here());
        let (key, value) = &mut self.entry.base.into_mut().entry;
        (key, value)
    }

    /// Puts another value there; counts one replacement (cause [`Replaced`](crate::RemovalCause::Replaced)).
    #[inline]
    #[track_caller]
    pub fn insert(&mut self, value: V) -> V {
        self.entry.insert(value)
    }

    /// Puts an equal key there; records nothing: the entry lives on.
    #[inline]
    pub fn insert_key(&mut self, key: K) -> K {
        std::mem::replace(self.key_mut(), key)
    }

    /// The entry leaves for [`Removed`](crate::RemovalCause::Removed).
    #[inline]
    #[track_caller]
    pub fn remove(self) -> V
    where
        T: Unguarded,
    {
        self.entry.remove()
    }

    /// The entry leaves for [`Removed`](crate::RemovalCause::Removed), with its key.
    #[inline]
    #[track_caller]
    pub fn remove_entry(self) -> (K, V)
    where
        T: Unguarded,
    {
        self.entry.remove_entry()
    }

    /// Removes the entry if the guard lets it go; it leaves for [`Removed`](crate::RemovalCause::Removed).
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the entry stays.
    #[track_caller]
    pub fn try_remove(self) -> Result<V, Vetoed> {
        self.entry.try_remove()
    }

    /// Makes the value anew; the entry leaves for [`Removed`](crate::RemovalCause::Removed) before `f` gets its value, and what
    /// `f` returns counts as one insertion, as [`OccupiedEntry::replace_entry_with`] does.
    ///
    /// # Panics
    /// With a panic of `f` or of the hook: the entry is gone then.
    #[track_caller]
    pub fn replace_entry_with<F>(self, f: F) -> RawEntryMut<'a, K, V, S, T>
    where
        F: FnOnce(&K, V) -> Option<V>,
        T: Unguarded,
    {
        let hash_builder = self.hash_builder;
        match self.entry.replace_entry_with(f) {
            Entry::Occupied(entry) => RawEntryMut::Occupied(Self {
                entry,
                hash_builder,
            }),
            Entry::Vacant(entry) => RawEntryMut::Vacant(RawVacantEntryMut {
                table: entry.place.into_table(),
                log: entry.log,
                hash_builder,
            }),
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, T: Keeper<K, V>> fmt::Debug
    for RawOccupiedEntryMut<'_, K, V, S, T>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawOccupiedEntryMut")
            .field("key", self.key())
            .field("value", self.get())
            .finish()
    }
}
