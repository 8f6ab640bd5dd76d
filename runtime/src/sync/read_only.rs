//! A map that nobody can change any more, so that references to its values need no lock.

use std::{
    borrow::Borrow,
    fmt,
    hash::{BuildHasher, Hash, RandomState},
};

use super::{
    HashMap,
    shard::{Part, Shard},
    shard_of,
};
use crate::{
    Keeper, Untracked,
    hash_map::hash_of,
    mode::{Caller, holds::MapId},
};

/// What [`HashMap::into_read_only`] makes: plain references, no locks.
///
/// Entries are still the map's: what is left when this goes leaves for [`MapDropped`](crate::RemovalCause::MapDropped).
pub struct ReadOnlyView<K, V, S = RandomState, T: Keeper<K, V> = Untracked> {
    /// The shards of `map`, which has none meanwhile.
    parts: Box<[Part<K, V, S, T>]>,
    /// There until the view goes.
    map: Option<HashMap<K, V, S, T>>,
}

impl<K, V, S, T: Keeper<K, V>> HashMap<K, V, S, T> {
    /// Nobody can change it from now on, or has to lock it. O(shards).
    pub fn into_read_only(mut self) -> ReadOnlyView<K, V, S, T> {
        let shards = std::mem::take(&mut self.shards);
        ReadOnlyView {
            parts: shards.into_iter().map(Shard::into_inner).collect(),
            map: Some(self),
        }
    }
}

impl<K, V, S, T: Keeper<K, V>> ReadOnlyView<K, V, S, T> {
    /// The map again, if it is still here.
    fn give_back(&mut self) -> Option<HashMap<K, V, S, T>> {
        let mut map = self.map.take()?;
        let id = MapId::next();
        let parts = std::mem::take(&mut self.parts).into_iter();
        map.shards = parts.map(|part| Shard::new(part, id)).collect();
        Some(map)
    }

    /// The map, to be changed again. O(shards).
    #[must_use]
    pub fn into_inner(mut self) -> HashMap<K, V, S, T> {
        match self.give_back() {
            Some(map) => map,
            None => unreachable!("the map is there until the view goes"),
        }
    }

    /// How many entries there are. O(shards).
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }

    /// Whether there are no entries. O(shards).
    pub fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| part.is_empty())
    }

    /// How many entries it could hold without growing. O(shards).
    pub fn capacity(&self) -> usize {
        self.parts.iter().map(|part| part.capacity()).sum()
    }

    /// Every entry, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.parts.iter().flat_map(|part| part.iter())
    }

    /// Every key, in no particular order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    /// Every value, in no particular order.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> ReadOnlyView<K, V, S, T> {
    /// Whether `key` is there.
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.get_key_value(key).is_some()
    }

    /// The value of `key`.
    pub fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        Some(self.get_key_value(key)?.1)
    }

    /// The entry of `key`.
    pub fn get_key_value<Q>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        // They all hash alike.
        let hash = hash_of(self.parts.first()?.hasher(), key);
        let part = self.parts.get(shard_of(hash, self.parts.len()))?;
        let slot = part.slot_of(hash, key)?;
        Some((slot.key(), slot.value()))
    }
}

/// A copy of all entries: insertions of the line that cloned, with a new keeper.
impl<K: Clone, V: Clone, S: Clone, T: Keeper<K, V>> Clone for ReadOnlyView<K, V, S, T> {
    #[track_caller]
    fn clone(&self) -> Self {
        match &self.map {
            Some(map) => {
                let parts: Vec<_> = self.parts.iter().collect();
                HashMap::copy_of(&map.hash_builder, &parts, Caller::here()).into_read_only()
            }
            None => unreachable!("the map is there until the view goes"),
        }
    }
}

impl<K, V, S, T: Keeper<K, V>> Drop for ReadOnlyView<K, V, S, T> {
    fn drop(&mut self) {
        drop(self.give_back());
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, T: Keeper<K, V>> fmt::Debug for ReadOnlyView<K, V, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
