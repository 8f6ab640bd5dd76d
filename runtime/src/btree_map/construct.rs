//! How maps are made: constructors, conversions, `collect`, `extend`, clones; and how they end.

use std::mem;

use super::{BTreeMap, Inner, entries, meet};
use crate::{
    Keeper, RemovalCause,
    log::{Log, listens},
    maps::{made_of_entries, wire_format},
    mode::{Caller, Recorder},
};

impl<K, V, T: Keeper<K, V>> BTreeMap<K, V, T> {
    /// Same as [`std::collections::BTreeMap::new`]; allocates and registers nothing, `const` in every mode.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self {
            map: Inner::new(),
            log: Log::new(T::NEW),
        }
    }

    /// Takes the entries out, gone for [`Taken`](RemovalCause::Taken).
    #[track_caller]
    pub(super) fn take_map(mut self, at: Caller) -> Inner<K, V> {
        self.log.recorder.settle_quietly::<K, V, T>(&mut self.map);
        let cause = RemovalCause::Taken;
        let panics = self.log.all_leave(&self.map, entries(&self.map), cause, at);
        let map = mem::take(&mut self.map);
        self.log.recorder.entries_moved_out::<K, V, T>();
        panics.resume(T::site());
        self.log.recorder.raise::<K, V, T>();
        map
    }
}

impl<K, V, T: Keeper<K, V>> Default for BTreeMap<K, V, T> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

/// A copy: its entries are insertions of the line that cloned, its keeper is new.
impl<K: Clone, V: Clone, T: Keeper<K, V>> Clone for BTreeMap<K, V, T> {
    #[track_caller]
    fn clone(&self) -> Self {
        let mut copy = Self::new();
        copy.map = self.map.clone();
        copy.log
            .adopt::<K, V>(copy.map.iter_mut(), meet::<K, V, T>, Caller::here());
        copy
    }
}

/// What is left goes for [`MapDropped`](RemovalCause::MapDropped).
///
/// # Panics
/// With the first panic of a hook, once all of them ran; in strict mode, with a breach of `empty_on_drop` or one that
/// the last `&mut` left behind. Never during an unwind.
impl<K, V, T: Keeper<K, V>> Drop for BTreeMap<K, V, T> {
    #[inline]
    fn drop(&mut self) {
        if listens::<K, V, T>() {
            self.end();
        }
    }
}

impl<K, V, T: Keeper<K, V>> BTreeMap<K, V, T> {
    fn end(&mut self) {
        let at = Caller::here();
        let cause = RemovalCause::MapDropped;
        let mut panics = self.log.tell_all(&self.map, entries(&self.map), cause, at);
        if Recorder::watches_loans::<K, V, T>() {
            // Asks user code whether values are vacant.
            let Self { log, map } = self;
            panics.run(|| log.recorder.settle_quietly::<K, V, T>(map));
        }
        self.log.recorder.dropped::<K, V, T>(&self.map);
        panics.resume(T::site());
        self.log.recorder.finish::<K, V, T>();
    }
}

made_of_entries! {
    BTreeMap<K, V, T>;
    find: [K: Ord, V, T: Keeper<K, V>];
    collect: [K: Ord, V, T: Keeper<K, V>];
}

wire_format! {
    BTreeMap<K, V, T>;
    any: [K, V, T: Keeper<K, V>];
    collect: [K: Ord, V, T: Keeper<K, V>];
}

impl<K: Ord, V, T: Keeper<K, V>, const N: usize> From<[(K, V); N]> for BTreeMap<K, V, T> {
    #[track_caller]
    fn from(array: [(K, V); N]) -> Self {
        let mut map = Self::new();
        map.extend(array);
        map
    }
}

/// Each entry is an insertion.
impl<K: Ord, V, T: Keeper<K, V>> From<std::collections::BTreeMap<K, V>> for BTreeMap<K, V, T> {
    #[track_caller]
    fn from(map: std::collections::BTreeMap<K, V>) -> Self {
        let mut tracked = Self::new();
        tracked.extend(map);
        tracked
    }
}

/// Every entry leaves for [`Taken`](RemovalCause::Taken).
impl<K: Ord, V, T: Keeper<K, V>> From<BTreeMap<K, V, T>> for std::collections::BTreeMap<K, V> {
    #[track_caller]
    fn from(map: BTreeMap<K, V, T>) -> Self {
        map.into_iter().collect()
    }
}
