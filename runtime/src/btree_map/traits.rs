//! std's traits for whole maps, and those of mapkeeper.

use std::{
    borrow::Borrow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::Index,
};

use super::{BTreeMap, entries, entry_bytes};
use crate::{
    Keeper, MapOfMaps, MapType, RemovalCause, Reset, Site, log,
    mode::Caller,
    panics::Panics,
    whole_map::{is_retained, whole_map},
};

impl<K: PartialEq, V: PartialEq, T: Keeper<K, V>> PartialEq for BTreeMap<K, V, T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other)
    }
}

impl<K: Eq, V: Eq, T: Keeper<K, V>> Eq for BTreeMap<K, V, T> {}

impl<K: PartialOrd, V: PartialOrd, T: Keeper<K, V>> PartialOrd for BTreeMap<K, V, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.iter().partial_cmp(other)
    }
}

impl<K: Ord, V: Ord, T: Keeper<K, V>> Ord for BTreeMap<K, V, T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other)
    }
}

impl<K: Hash, V: Hash, T: Keeper<K, V>> Hash for BTreeMap<K, V, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // As std's map does it: the length first.
        state.write_usize(self.len());
        for entry in self {
            entry.hash(state);
        }
    }
}

/// # Panics
/// If the key is not there.
impl<K, Q, V, T> Index<&Q> for BTreeMap<K, V, T>
where
    K: Borrow<Q> + Ord,
    Q: Ord + ?Sized,
    T: Keeper<K, V>,
{
    type Output = V;

    #[inline]
    #[track_caller]
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("no entry found for key")
    }
}

impl<K: fmt::Debug, V: fmt::Debug, T: Keeper<K, V>> fmt::Debug for BTreeMap<K, V, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K, V> MapType for std::collections::BTreeMap<K, V> {
    type Key = K;
    type Value = V;
    type Signature = crate::signature::OfEntries;
    type With<T: Keeper<K, V>> = BTreeMap<K, V, T>;
}

impl<K, V, U: Keeper<K, V>> MapType for BTreeMap<K, V, U> {
    type Key = K;
    type Value = V;
    type Signature = crate::signature::OfEntries;
    type With<T: Keeper<K, V>> = BTreeMap<K, V, T>;
}

impl<K, V> MapOfMaps for std::collections::BTreeMap<K, V> {
    type WithValue<W> = std::collections::BTreeMap<K, W>;
}

impl<K, V, U: Keeper<K, V>> MapOfMaps for BTreeMap<K, V, U> {
    type WithValue<W> = BTreeMap<K, W>;
}

whole_map!([K, V, T: Keeper<K, V>] BTreeMap<K, V, T>, K => V, [K: Ord]);

impl<K, V, T: Keeper<K, V>> BTreeMap<K, V, T> {
    /// An ordered map has room for what it has; its bytes are estimated.
    fn footprint(&self) -> (usize, usize) {
        (self.len(), self.len() * entry_bytes::<K, V>())
    }

    fn settle_quietly(&mut self) {
        self.log.recorder.settle_quietly::<K, V, T>(&mut self.map);
    }

    fn note_all_left(&mut self, cause: RemovalCause, at: Caller) -> Panics {
        self.log.all_leave(&self.map, entries(&self.map), cause, at)
    }

    /// Empties the map if its guard lets everything go: without an order on `K`, no single entry can be taken out.
    #[track_caller]
    fn reset_guarded(&mut self, site: &'static Site, reset: &mut Reset, at: Caller) {
        let len = self.len();
        let vetoed = self
            .iter()
            .any(|(key, value)| log::ask::<K, V, T>(key, value, at).is_err());
        if vetoed {
            return reset.note(site, 0, 0, 0, len);
        }
        let retained = self
            .values()
            .filter(|value| is_retained::<K, V, T>(value))
            .count();
        let panics = self.note_all_left(RemovalCause::Cleared, at);
        let freed = self.give_back();
        reset.note(site, len, retained, freed, 0);
        panics.resume(T::site());
    }

    /// Drops the entries, which have left, and says how many bytes that was, about.
    fn give_back(&mut self) -> usize {
        let bytes = self.footprint().1;
        self.map.clear();
        self.log.recorder.entries_moved_out::<K, V, T>();
        bytes
    }
}
