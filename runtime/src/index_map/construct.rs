//! How maps are made: constructors, conversions, `collect`, `extend`, clones; and how they end.

use std::hash::{BuildHasher, Hash, RandomState};

use super::{
    IndexMap, entries,
    table::{Inner, Table},
};
use crate::{
    Keeper, RemovalCause,
    log::{Log, listens},
    maps::made_of_entries,
    mode::{Caller, Recorder},
};

impl<K, V, T: Keeper<K, V>> IndexMap<K, V, RandomState, T> {
    /// Same as [`indexmap::IndexMap::new`]; allocates and registers nothing.
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Same as [`indexmap::IndexMap::with_capacity`]; records the map's size.
    #[inline]
    #[must_use]
    pub fn with_capacity(n: usize) -> Self {
        Self::with_capacity_and_hasher(n, RandomState::default())
    }
}

impl<K, V, S, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Same as [`indexmap::IndexMap::with_hasher`]; allocates and registers nothing, `const` in every mode.
    #[inline]
    pub const fn with_hasher(hash_builder: S) -> Self {
        Self {
            table: Table::new(Inner::with_hasher(hash_builder)),
            log: Log::new(T::NEW),
        }
    }

    /// Same as [`indexmap::IndexMap::with_capacity_and_hasher`]; records the map's size.
    #[inline]
    pub fn with_capacity_and_hasher(n: usize, hash_builder: S) -> Self {
        let mut map = Self::with_hasher(hash_builder);
        map.with_room(|map| map.reserve_exact(n));
        map
    }

    /// The entries were put there by nobody that was seen.
    pub(super) fn of(inner: Inner<K, V, S>, at: Caller) -> Self {
        let mut map = Self {
            table: Table::new(inner),
            log: Log::new(T::NEW),
        };
        map.adopt_all(at);
        map
    }

    fn adopt_all(&mut self, at: Caller) {
        self.with_room(|_| ());
        let entries = self.table.map.iter_mut();
        self.log.adopt::<K, V>(entries, |_, _| {}, at);
    }

    /// Takes the entries out, gone for [`Taken`](RemovalCause::Taken).
    #[track_caller]
    pub(super) fn take_entries(mut self, at: Caller) -> Vec<(K, V)> {
        self.settle_quietly();
        let panics = self.note_all_left(RemovalCause::Taken, at);
        // The crate hands its own entries over only with its hasher, which a type with a drop of its own cannot let go.
        let entries = self.table.map.drain(..);
        let entries = entries.map(|(key, slot)| (key, slot.entry.1)).collect();
        self.note_moved_out();
        panics.resume(T::site());
        self.log.recorder.raise::<K, V, T>();
        entries
    }

    /// The entries are gone, and what room there was for them is, or will be.
    pub(super) fn note_moved_out(&mut self) {
        let before = self.table.forget_room();
        self.log.recorder.moved_out::<K, V, T>(before);
    }

    fn end(&mut self) {
        let (at, cause) = (Caller::here(), RemovalCause::MapDropped);
        let table = &self.table;
        let mut panics = self
            .log
            .tell_all::<K, V>(table, entries(&table.map), cause, at);
        if Recorder::watches_loans::<K, V, T>() {
            // Asks user code whether values are vacant.
            panics.run(|| self.settle_quietly());
        }
        self.log.recorder.dropped::<K, V, T>(&self.table);
        panics.resume(T::site());
        self.log.recorder.finish::<K, V, T>();
    }
}

/// What is left goes for [`MapDropped`](RemovalCause::MapDropped).
///
/// # Panics
/// As a [`HashMap`](crate::HashMap) that goes.
impl<K, V, S, T: Keeper<K, V>> Drop for IndexMap<K, V, S, T> {
    #[inline]
    fn drop(&mut self) {
        if listens::<K, V, T>() {
            self.end();
        }
    }
}

impl<K, V, S: Default, T: Keeper<K, V>> Default for IndexMap<K, V, S, T> {
    #[inline]
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

/// A copy: its entries are insertions of the line that cloned, its keeper is new.
impl<K: Clone, V: Clone, S: Clone, T: Keeper<K, V>> Clone for IndexMap<K, V, S, T> {
    #[track_caller]
    fn clone(&self) -> Self {
        Self::of(self.table.map.clone(), Caller::here())
    }

    /// Reuses the room; the entries that were there leave as [`Cleared`](RemovalCause::Cleared).
    #[track_caller]
    fn clone_from(&mut self, source: &Self) {
        let at = Caller::here();
        self.settle();
        self.leave_all(RemovalCause::Cleared, at);
        self.table.map.clone_from(&source.table.map);
        self.adopt_all(at);
        self.log.recorder.raise::<K, V, T>();
    }
}

made_of_entries! {
    IndexMap<K, V, S, T>;
    find: [K: Hash + Eq, V, S: BuildHasher, T: Keeper<K, V>];
    collect: [K: Hash + Eq, V, S: BuildHasher + Default, T: Keeper<K, V>];
}

impl<K: Hash + Eq, V, T: Keeper<K, V>, const N: usize> From<[(K, V); N]>
    for IndexMap<K, V, RandomState, T>
{
    #[track_caller]
    fn from(array: [(K, V); N]) -> Self {
        let mut map = Self::default();
        map.extend(array);
        map
    }
}

/// The hasher and the entries move over; each is an insertion.
impl<K: Hash + Eq, V, S: BuildHasher + Clone, T: Keeper<K, V>> From<::indexmap::IndexMap<K, V, S>>
    for IndexMap<K, V, S, T>
{
    #[track_caller]
    fn from(map: ::indexmap::IndexMap<K, V, S>) -> Self {
        let mut tracked = Self::with_hasher(map.hasher().clone());
        tracked.extend(map);
        tracked
    }
}

/// Every entry leaves for [`Taken`](RemovalCause::Taken).
impl<K: Hash + Eq, V, S: BuildHasher + Clone, T: Keeper<K, V>> From<IndexMap<K, V, S, T>>
    for ::indexmap::IndexMap<K, V, S>
{
    #[track_caller]
    fn from(map: IndexMap<K, V, S, T>) -> Self {
        let mut plain = Self::with_capacity_and_hasher(map.len(), map.hasher().clone());
        plain.extend(map);
        plain
    }
}
