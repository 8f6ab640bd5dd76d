//! Looking at entries, by key and by index, and changing their values in place.

use std::{
    hash::{BuildHasher, Hash},
    ops::{Index, IndexMut},
};

use super::{Equivalent, GetDisjointMutError, IndexMap, IndexedEntry, entry_mut, entry_of};
use crate::{History, Keeper, mode::Caller};

impl<K, V, S: BuildHasher, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Same as [`indexmap::IndexMap::contains_key`]; records nothing.
    #[inline]
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        Q: ?Sized + Hash + Equivalent<K>,
    {
        self.table.map.contains_key(key)
    }

    /// Same as [`indexmap::IndexMap::get`]; records nothing.
    #[inline]
    pub fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        Q: ?Sized + Hash + Equivalent<K>,
    {
        match self.table.map.get(key) {
            Some(slot) => Some(slot.value()),
            None => None,
        }
    }

    /// Same as [`indexmap::IndexMap::get_key_value`]; records nothing.
    #[inline]
    pub fn get_key_value<Q>(&self, key: &Q) -> Option<(&K, &V)>
    where
        Q: ?Sized + Hash + Equivalent<K>,
    {
        self.table.map.get_key_value(key).map(entry_of)
    }

    /// What happened to a key lately, as [`HashMap::history`](crate::HashMap::history); records nothing.
    ///
    /// It is known by the hash of the key, so nothing is if its type has none; and a removal that finds nothing is told
    /// without a key.
    ///
    /// O(operations kept).
    pub fn history(&self, key: &K) -> History {
        let hash = || T::key_hash(key);
        self.log.recorder.history::<K, V, T>(hash)
    }

    /// Same as [`indexmap::IndexMap::get_full`]; records nothing.
    #[inline]
    pub fn get_full<Q>(&self, key: &Q) -> Option<(usize, &K, &V)>
    where
        Q: ?Sized + Hash + Equivalent<K>,
    {
        let (index, key, slot) = self.table.map.get_full(key)?;
        Some((index, key, slot.value()))
    }

    /// Same as [`indexmap::IndexMap::get_index_of`]; records nothing.
    #[inline]
    pub fn get_index_of<Q>(&self, key: &Q) -> Option<usize>
    where
        Q: ?Sized + Hash + Equivalent<K>,
    {
        self.table.map.get_index_of(key)
    }

    /// Same as [`indexmap::IndexMap::get_mut`]; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn get_mut<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        Q: ?Sized + Hash + Equivalent<K>,
    {
        self.settle();
        let slot = self.table.map.get_mut(key)?;
        self.log.lend::<K, V>(Caller::here());
        Some(slot.value_mut())
    }

    /// Same as [`indexmap::IndexMap::get_key_value_mut`]; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn get_key_value_mut<Q>(&mut self, key: &Q) -> Option<(&K, &mut V)>
    where
        Q: ?Sized + Hash + Equivalent<K>,
    {
        self.settle();
        let entry = self.table.map.get_key_value_mut(key)?;
        self.log.lend::<K, V>(Caller::here());
        Some(entry_mut(entry))
    }

    /// Same as [`indexmap::IndexMap::get_full_mut`]; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn get_full_mut<Q>(&mut self, key: &Q) -> Option<(usize, &K, &mut V)>
    where
        Q: ?Sized + Hash + Equivalent<K>,
    {
        self.settle();
        let (index, key, slot) = self.table.map.get_full_mut(key)?;
        self.log.lend::<K, V>(Caller::here());
        Some((index, key, slot.value_mut()))
    }

    /// Same as [`indexmap::IndexMap::get_disjoint_mut`]; strict looks at the values again at the next operation.
    ///
    /// # Panics
    /// If a key is there twice.
    #[track_caller]
    pub fn get_disjoint_mut<Q, const N: usize>(&mut self, keys: [&Q; N]) -> [Option<&mut V>; N]
    where
        Q: ?Sized + Hash + Equivalent<K>,
    {
        self.lend_all();
        let slots = self.table.map.get_disjoint_mut(keys);
        slots.map(|slot| slot.map(|slot| slot.value_mut()))
    }
}

impl<K, V, S, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Same as [`indexmap::IndexMap::get_index`]; records nothing.
    #[inline]
    pub fn get_index(&self, index: usize) -> Option<(&K, &V)> {
        self.table.map.get_index(index).map(entry_of)
    }

    /// Same as [`indexmap::IndexMap::get_index_mut`]; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn get_index_mut(&mut self, index: usize) -> Option<(&K, &mut V)> {
        self.settle();
        let entry = self.table.map.get_index_mut(index)?;
        self.log.lend::<K, V>(Caller::here());
        Some(entry_mut(entry))
    }

    /// Same as [`indexmap::IndexMap::get_disjoint_indices_mut`]; strict looks at the values again at the next operation.
    ///
    /// # Errors
    /// If an index is out of bounds, or is there twice.
    #[track_caller]
    pub fn get_disjoint_indices_mut<const N: usize>(
        &mut self,
        indices: [usize; N],
    ) -> Result<[(&K, &mut V); N], GetDisjointMutError> {
        self.lend_all();
        let entries = self.table.map.get_disjoint_indices_mut(indices)?;
        Ok(entries.map(entry_mut))
    }

    /// Same as [`indexmap::IndexMap::get_index_entry`]; what is done with the entry is recorded.
    #[inline]
    #[track_caller]
    pub fn get_index_entry(&mut self, index: usize) -> Option<IndexedEntry<'_, K, V, T>> {
        self.settle();
        let len = self.len();
        let (base, log) = (self.table.map.get_index_entry(index)?, &mut self.log);
        Some(IndexedEntry { base, log, len })
    }

    /// Same as [`indexmap::IndexMap::first`]; records nothing.
    #[inline]
    pub fn first(&self) -> Option<(&K, &V)> {
        self.get_index(0)
    }

    /// Same as [`indexmap::IndexMap::first_mut`]; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn first_mut(&mut self) -> Option<(&K, &mut V)> {
        self.get_index_mut(0)
    }

    /// Same as [`indexmap::IndexMap::first_entry`]; what is done with the entry is recorded.
    #[inline]
    #[track_caller]
    pub fn first_entry(&mut self) -> Option<IndexedEntry<'_, K, V, T>> {
        self.get_index_entry(0)
    }

    /// Same as [`indexmap::IndexMap::last`]; records nothing.
    #[inline]
    pub fn last(&self) -> Option<(&K, &V)> {
        self.get_index(self.len().checked_sub(1)?)
    }

    /// Same as [`indexmap::IndexMap::last_mut`]; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn last_mut(&mut self) -> Option<(&K, &mut V)> {
        self.get_index_mut(self.len().checked_sub(1)?)
    }

    /// Same as [`indexmap::IndexMap::last_entry`]; what is done with the entry is recorded.
    #[inline]
    #[track_caller]
    pub fn last_entry(&mut self) -> Option<IndexedEntry<'_, K, V, T>> {
        self.get_index_entry(self.len().checked_sub(1)?)
    }
}

/// # Panics
/// If the key is not there.
impl<K, V, Q, S, T> Index<&Q> for IndexMap<K, V, S, T>
where
    Q: ?Sized + Hash + Equivalent<K>,
    S: BuildHasher,
    T: Keeper<K, V>,
{
    type Output = V;

    #[inline]
    #[track_caller]
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("no entry found for key")
    }
}

/// Strict looks at the value again later.
///
/// # Panics
/// If the key is not there.
impl<K, V, Q, S, T> IndexMut<&Q> for IndexMap<K, V, S, T>
where
    Q: ?Sized + Hash + Equivalent<K>,
    S: BuildHasher,
    T: Keeper<K, V>,
{
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, key: &Q) -> &mut V {
        self.get_mut(key).expect("no entry found for key")
    }
}

/// # Panics
/// If the index is out of bounds.
impl<K, V, S, T: Keeper<K, V>> Index<usize> for IndexMap<K, V, S, T> {
    type Output = V;

    #[inline]
    #[track_caller]
    fn index(&self, index: usize) -> &V {
        self.table.map[index].value()
    }
}

/// Strict looks at the value again later.
///
/// # Panics
/// If the index is out of bounds.
impl<K, V, S, T: Keeper<K, V>> IndexMut<usize> for IndexMap<K, V, S, T> {
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, index: usize) -> &mut V {
        self.settle();
        let slot = &mut self.table.map[index];
        self.log.lend::<K, V>(Caller::here());
        slot.value_mut()
    }
}
