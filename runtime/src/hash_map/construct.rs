//! How maps are made: constructors, `collect`, `extend`, clones; and how they end.

use std::{
    hash::{BuildHasher, Hash},
    marker::PhantomData,
    mem,
};

use hashbrown::HashTable;

use super::{HashMap, entries};
use crate::{
    Keeper, RemovalCause,
    log::{Log, listens},
    maps::{made_of_entries, wire_format},
    mode::{Caller, Footprint, RECORDS, Recorder},
    panics::Panics,
};

// With any hasher that has a default: hashbrown's own is another one than std's.
impl<K, V, S: Default, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    /// Same as [`std::collections::HashMap::new`]; allocates and registers nothing.
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Same as [`std::collections::HashMap::with_capacity`]; records the table's size.
    #[inline]
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self::with_capacity_and_hasher(capacity, S::default())
    }
}

impl<K, V, S, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    /// Same as [`std::collections::HashMap::with_hasher`]; allocates and registers nothing, `const` in every mode.
    #[inline]
    pub const fn with_hasher(hash_builder: S) -> Self {
        Self {
            hash_builder,
            table: HashTable::new(),
            log: Log::new(T::NEW),
            lookup: PhantomData,
        }
    }

    /// Same as [`std::collections::HashMap::with_capacity_and_hasher`]; records the table's size.
    #[inline]
    pub fn with_capacity_and_hasher(capacity: usize, hash_builder: S) -> Self {
        let mut map = Self {
            hash_builder,
            table: HashTable::with_capacity(capacity),
            log: Log::new(T::NEW),
            lookup: PhantomData,
        };
        if RECORDS && T::TRACKED && capacity > 0 {
            map.log
                .recorder
                .resized::<K, V, T>(&map.table, Footprint::EMPTY, None, None);
        }
        map
    }
}

impl<K, V, S: Default, T: Keeper<K, V>, L> Default for HashMap<K, V, S, T, L> {
    #[inline]
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

/// A copy: its entries are insertions of the line that cloned, its keeper is new.
impl<K: Clone, V: Clone, S: Clone, T: Keeper<K, V>, L> Clone for HashMap<K, V, S, T, L> {
    #[track_caller]
    fn clone(&self) -> Self {
        let mut copy = Self::with_hasher(self.hash_builder.clone());
        copy.table = self.table.clone();
        copy.record_copy(self, Footprint::EMPTY, Caller::here());
        copy
    }

    /// Reuses the table; the entries that were there leave as [`Cleared`](RemovalCause::Cleared).
    #[track_caller]
    fn clone_from(&mut self, source: &Self) {
        let at = Caller::here();
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        self.leave_all(RemovalCause::Cleared, at);
        let before = Footprint::of(&self.table);
        let hash_builder = source.hash_builder.clone();
        let mut panics = Panics::default();
        panics.run(|| self.table.clone_from(&source.table));
        if panics.any() {
            // No entry was copied, but the table may be another one.
            self.log
                .recorder
                .resized::<K, V, T>(&self.table, before, None, None);
            return panics.resume(T::site());
        }
        self.hash_builder = hash_builder;
        self.record_copy(source, before, at);
    }
}

impl<K, V, S, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    fn record_copy(&mut self, source: &Self, before: Footprint, at: Caller) {
        self.log
            .recorder
            .copied::<K, V, T>(&source.log.recorder, &mut self.table, before, at);
    }

    /// Every entry goes for `cause`, the room stays.
    pub(crate) fn leave_all(&mut self, cause: RemovalCause, at: Caller) {
        let panics = self
            .log
            .all_leave(&self.table, entries(&self.table), cause, at);
        self.table.clear();
        panics.resume(T::site());
    }

    /// Takes the table out, its entries gone for [`Taken`](RemovalCause::Taken).
    #[track_caller]
    pub(super) fn take_table(mut self, at: Caller) -> HashTable<super::Slot<K, V>> {
        self.log.recorder.settle_quietly::<K, V, T>(&mut self.table);
        let panics = self
            .log
            .all_leave(&self.table, entries(&self.table), RemovalCause::Taken, at);
        let before = Footprint::of(&self.table);
        let table = mem::take(&mut self.table);
        self.log.recorder.moved_out::<K, V, T>(before);
        panics.resume(T::site());
        self.log.recorder.raise::<K, V, T>();
        table
    }
}

/// What is left goes for [`MapDropped`](RemovalCause::MapDropped).
///
/// # Panics
/// With the first panic of a hook, once all of them ran; in strict mode, with a breach of `empty_on_drop` or one that
/// the last `&mut` left behind. Never during an unwind.
impl<K, V, S, T: Keeper<K, V>, L> Drop for HashMap<K, V, S, T, L> {
    #[inline]
    fn drop(&mut self) {
        if listens::<K, V, T>() {
            self.end();
        }
    }
}

impl<K, V, S, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    fn end(&mut self) {
        let mut panics = self.log.tell_all(
            &self.table,
            entries(&self.table),
            RemovalCause::MapDropped,
            Caller::here(),
        );
        if Recorder::watches_loans::<K, V, T>() {
            // Asks user code whether values are vacant.
            let Self { log, table, .. } = self;
            panics.run(|| log.recorder.settle_quietly::<K, V, T>(table));
        }
        self.log.recorder.dropped::<K, V, T>(&self.table);
        panics.resume(T::site());
        self.log.recorder.finish::<K, V, T>();
    }
}

made_of_entries! {
    HashMap<K, V, S, T, L>;
    find: [K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>, L];
    collect: [K: Eq + Hash, V, S: BuildHasher + Default, T: Keeper<K, V>, L];
}

wire_format! {
    HashMap<K, V, S, T, L>;
    any: [K, V, S, T: Keeper<K, V>, L];
    collect: [K: Eq + Hash, V, S: BuildHasher + Default, T: Keeper<K, V>, L];
}

impl<K, V, S, T: Keeper<K, V>, L, const N: usize> From<[(K, V); N]> for HashMap<K, V, S, T, L>
where
    K: Eq + Hash,
    S: BuildHasher + Default,
{
    #[track_caller]
    fn from(array: [(K, V); N]) -> Self {
        let mut map = Self::default();
        map.extend(array);
        map
    }
}
