//! Traits for whole maps.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
};

use super::{IndexMap, table};
use crate::{
    Keeper, MapOfMaps, MapType, RemovalCause, Reset, Site, log,
    mode::Caller,
    whole_map::{is_retained, whole_map},
};

/// Whoever keeps them, and in whatever order they are.
impl<K, V1, S1, T1, V2, S2, T2> PartialEq<IndexMap<K, V2, S2, T2>> for IndexMap<K, V1, S1, T1>
where
    K: Hash + Eq,
    V1: PartialEq<V2>,
    S1: BuildHasher,
    T1: Keeper<K, V1>,
    S2: BuildHasher,
    T2: Keeper<K, V2>,
{
    fn eq(&self, other: &IndexMap<K, V2, S2, T2>) -> bool {
        self.len() == other.len()
            && self
                .iter()
                .all(|(key, value)| other.get(key).is_some_and(|theirs| *value == *theirs))
    }
}

impl<K: Hash + Eq, V: Eq, S: BuildHasher, T: Keeper<K, V>> Eq for IndexMap<K, V, S, T> {}

impl<K: fmt::Debug, V: fmt::Debug, S, T: Keeper<K, V>> fmt::Debug for IndexMap<K, V, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K, V, S> MapType for ::indexmap::IndexMap<K, V, S> {
    type Key = K;
    type Value = V;
    type Signature = crate::signature::OfEntries;
    type With<T: Keeper<K, V>> = IndexMap<K, V, S, T>;
}

impl<K, V, S, U: Keeper<K, V>> MapType for IndexMap<K, V, S, U> {
    type Key = K;
    type Value = V;
    type Signature = crate::signature::OfEntries;
    type With<T: Keeper<K, V>> = IndexMap<K, V, S, T>;
}

impl<K, V, S> MapOfMaps for ::indexmap::IndexMap<K, V, S> {
    type WithValue<W> = ::indexmap::IndexMap<K, W, S>;
}

impl<K, V, S, U: Keeper<K, V>> MapOfMaps for IndexMap<K, V, S, U> {
    type WithValue<W> = IndexMap<K, W, S>;
}

whole_map!([K, V, S, T: Keeper<K, V>] IndexMap<K, V, S, T>, K => V, [K: Hash + Eq, S: BuildHasher]);

impl<K, V, S, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// The bytes are estimated.
    fn footprint(&self) -> (usize, usize) {
        let capacity = self.capacity();
        (capacity, table::bytes::<K, V>(capacity))
    }

    pub(super) fn settle_quietly(&mut self) {
        self.log.recorder.settle_quietly::<K, V, T>(&mut self.table);
    }

    /// Empties the map but for what its guard does not let go.
    #[track_caller]
    fn reset_guarded(&mut self, site: &'static Site, reset: &mut Reset, at: Caller) {
        let len = self.len();
        let mut retained = 0;
        let stays = |key: &K, value: &mut V| {
            let stays = log::ask::<K, V, T>(key, value, at).is_err();
            retained += usize::from(!stays && is_retained::<K, V, T>(value));
            stays
        };
        self.retain_at(stays, RemovalCause::Cleared, at);
        let kept = self.len();
        let freed = if kept == 0 { self.give_back() } else { 0 };
        reset.note(site, len - kept, retained, freed, kept);
    }

    /// Drops the entries, which have left, and says how many bytes that was, about.
    fn give_back(&mut self) -> usize {
        let bytes = self.footprint().1;
        self.note_moved_out();
        self.table.map.clear();
        self.table.map.shrink_to_fit();
        bytes
    }
}
