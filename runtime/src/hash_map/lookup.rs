//! What a set asks of its map that a map is not asked for: elements told apart from entries, and lookups by whoever
//! does not know the keeper.

use std::hash::{BuildHasher, Hash};

use hashbrown::HashTable;

use super::{HashMap, Lookup, Slot, hash_of, is_key, is_like};
use crate::{
    Keeper,
    mode::{Caller, MARKS},
};

/// The part of a map that finds: its table and its hasher.
pub(crate) struct Finder<'a, K, V, S> {
    table: &'a HashTable<Slot<K, V>>,
    hash_builder: &'a S,
}

impl<K, V, S> Clone for Finder<'_, K, V, S> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V, S> Copy for Finder<'_, K, V, S> {}

impl<'a, K, V, S> Finder<'a, K, V, S> {
    #[inline]
    pub(crate) fn len(self) -> usize {
        self.table.len()
    }

    #[inline]
    pub(crate) fn keys(self) -> super::Keys<'a, K, V> {
        super::Keys {
            inner: super::Iter {
                inner: self.table.iter(),
            },
        }
    }

    #[inline(always)]
    pub(crate) fn find(self, key: &K) -> Option<&'a Slot<K, V>>
    where
        K: Hash + Eq,
        S: BuildHasher,
    {
        if self.table.is_empty() {
            return None;
        }
        self.table
            .find(hash_of(self.hash_builder, key), is_key(key))
    }
}

impl<K, V, S, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    #[inline(always)]
    pub(crate) fn lookup(&self) -> Finder<'_, K, V, S> {
        Finder {
            table: &self.table,
            hash_builder: &self.hash_builder,
        }
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    /// The entry of a key, as the table finds it.
    #[inline(always)]
    pub(crate) fn find(&self, key: &K) -> Option<&Slot<K, V>> {
        self.lookup().find(key)
    }

    /// The entry of what `key` is like.
    #[inline(always)]
    pub(super) fn find_like<Q>(&self, key: &Q) -> Option<&Slot<K, V>>
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
    {
        if self.table.is_empty() {
            return None;
        }
        let hash = hash_of(&self.hash_builder, key);
        self.table.find(hash, is_like::<_, _, _, L>(key))
    }

    /// Inserts a key that is not there, and says whether it was not; one that is there stays, and nothing is counted.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn insert_new(&mut self, key: K, value: V) -> bool {
        let at = Caller::here();
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        let hash = self.hash_and_make_room(&key);
        let len = self.table.len() + 1;
        let recorder = &self.log.recorder;
        // Asked first: so of most the hash need not be kept while the table is looked through.
        if !MARKS && recorder.is_notable::<K, V, T>(Some(&value), hash, len) {
            return self.insert_new_noted(hash, key, value, at);
        }
        let known = self.insert_hashed(hash, key, value, at, |_, _, _, _, _| ());
        self.log.recorder.raise::<K, V, T>();
        known.is_none()
    }

    /// The same for one of which more is recorded than that it comes.
    #[cold]
    #[inline(never)]
    fn insert_new_noted(&mut self, hash: u64, key: K, value: V, at: Caller) -> bool {
        let known = self.insert_hashed(hash, key, value, at, |_, _, _, _, _| ());
        known.is_none()
    }

    /// Inserts; an equal key that is there leaves for [`Replaced`](crate::RemovalCause::Replaced), its value stays.
    #[inline]
    #[track_caller]
    pub(crate) fn replace_key(&mut self, key: K, value: V) -> Option<K> {
        let at = Caller::here();
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        let old = self.insert_or(key, value, at, |log, entry, key, _, hash| {
            log.replace_key(entry, key, hash, at)
        });
        self.log.recorder.raise::<K, V, T>();
        old
    }

    /// std's rule before `hint` entries are added one by one: room for all of them if the map is empty, else for half
    /// (the others may be known).
    #[inline]
    #[track_caller]
    pub(crate) fn reserve_for(&mut self, hint: usize) {
        self.reserve(if self.is_empty() {
            hint
        } else {
            hint.div_ceil(2)
        });
    }
}
