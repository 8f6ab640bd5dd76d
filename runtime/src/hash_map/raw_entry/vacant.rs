//! A raw entry whose key is not there.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
};

use hashbrown::HashTable;

use super::RawOccupiedEntryMut;
use crate::{
    Keeper, Untracked,
    hash_map::{
        OccupiedEntry, Slot, VacantEntry,
        entry::Place,
        grow::{grow_by, is_full},
        hash_of,
    },
    log::Log,
    mode::{Caller, Recorder},
};

/// Same as [`hashbrown`]'s `hash_map::RawVacantEntryMut`.
pub struct RawVacantEntryMut<'a, K, V, S, T: Keeper<K, V> = Untracked> {
    pub(super) table: &'a mut HashTable<Slot<K, V>>,
    pub(super) log: &'a mut Log<T>,
    pub(super) hash_builder: &'a S,
}

impl<'a, K, V, S, T: Keeper<K, V>> RawVacantEntryMut<'a, K, V, S, T> {
    /// Inserts an entry; counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert(self, key: K, value: V) -> (&'a mut K, &'a mut V)
    where
        K: Hash,
        S: BuildHasher,
    {
        let hash = hash_of(self.hash_builder, &key);
        self.insert_hashed_nocheck(hash, key, value)
    }

    /// Inserts an entry whose hash is known; counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert_hashed_nocheck(self, hash: u64, key: K, value: V) -> (&'a mut K, &'a mut V)
    where
        K: Hash,
        S: BuildHasher,
    {
        let hash_builder = self.hash_builder;
        self.insert_with_hasher(hash, key, value, |key| hash_of(hash_builder, key))
    }

    /// Inserts an entry whose hash is known; `hasher` hashes the others if the table has to grow. Counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert_with_hasher<H>(
        self,
        hash: u64,
        key: K,
        value: V,
        hasher: H,
    ) -> (&'a mut K, &'a mut V)
    where
        H: Fn(&K) -> u64,
    {
        let at = Caller::here();
        let OccupiedEntry { base, log, .. } = self.place(hash, key, value, hasher, true, at);
        if Recorder::watches_loans::<K, V, T>() {
            log.recorder.lent_one(base.bucket_index(), at);
        }
        let (key, value) = &mut base.into_mut().entry;
        (key, value)
    }

    /// The same; the entry itself is handed out.
    #[inline]
    #[track_caller]
    pub(super) fn insert_entry(self, key: K, value: V) -> RawOccupiedEntryMut<'a, K, V, S, T>
    where
        K: Hash,
        S: BuildHasher,
    {
        let hash_builder = self.hash_builder;
        let hash = hash_of(hash_builder, &key);
        let hasher = |key: &K| hash_of(hash_builder, key);
        let entry = self.place(hash, key, value, hasher, false, Caller::here());
        RawOccupiedEntryMut {
            entry,
            hash_builder,
        }
    }

    #[inline(always)]
    #[track_caller]
    fn place(
        self,
        hash: u64,
        key: K,
        value: V,
        hasher: impl Fn(&K) -> u64,
        lent: bool,
        at: Caller,
    ) -> OccupiedEntry<'a, K, V, T> {
        let Self { table, log, .. } = self;
        if is_full(table) {
            grow_by(table, log, |slot| hasher(slot.key()));
        }
        let vacant = VacantEntry {
            place: Place::Table(table),
            log,
            key,
            hash,
        };
        let entry = vacant.place(value, lent, at);
        entry.log.recorder.raise::<K, V, T>();
        entry
    }
}

impl<K, V, S, T: Keeper<K, V>> fmt::Debug for RawVacantEntryMut<'_, K, V, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawVacantEntryMut").finish()
    }
}
