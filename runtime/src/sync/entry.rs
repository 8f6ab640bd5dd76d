//! The entry API: dashmap's, each step recorded. An entry keeps its shard locked.

use std::{
    fmt,
    hash::{BuildHasher, Hash, RandomState},
};

use super::{HashMap, RefMut, guard::in_place_mut, shard::Part};
use crate::{
    Keeper, Unguarded, Untracked, Vetoed,
    hash_map::Slot,
    mode::{Caller, holds::Hold},
    threads::parking_lot::RwLockWriteGuard,
};

/// An entry of a map, there or not; its shard is locked while it lives.
pub enum Entry<'a, K, V, S = RandomState, T: Keeper<K, V> = Untracked> {
    /// The key is there.
    Occupied(OccupiedEntry<'a, K, V, S, T>),
    /// The key is not there.
    Vacant(VacantEntry<'a, K, V, S, T>),
}

/// An entry that is there.
pub struct OccupiedEntry<'a, K, V, S = RandomState, T: Keeper<K, V> = Untracked> {
    map: RwLockWriteGuard<'a, Part<K, V, S, T>>,
    hold: Hold,
    hash: u64,
    bucket: usize,
    key: K,
}

/// An entry that is not there.
pub struct VacantEntry<'a, K, V, S = RandomState, T: Keeper<K, V> = Untracked> {
    whole: &'a HashMap<K, V, S, T>,
    map: RwLockWriteGuard<'a, Part<K, V, S, T>>,
    hold: Hold,
    hash: u64,
    key: K,
}

#[inline(always)]
pub(super) fn find<'a, K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>>(
    whole: &'a HashMap<K, V, S, T>,
    map: RwLockWriteGuard<'a, Part<K, V, S, T>>,
    hold: Hold,
    hash: u64,
    key: K,
) -> Entry<'a, K, V, S, T> {
    match map.bucket_of(hash, &key) {
        Some(bucket) => Entry::Occupied(OccupiedEntry {
            map,
            hold,
            hash,
            bucket,
            key,
        }),
        None => Entry::Vacant(VacantEntry {
            whole,
            map,
            hold,
            hash,
            key,
        }),
    }
}

impl<'a, K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> Entry<'a, K, V, S, T> {
    /// Changes the value if it is there; strict looks at it again at the shard's next operation.
    #[inline]
    #[track_caller]
    pub fn and_modify(mut self, f: impl FnOnce(&mut V)) -> Self {
        if let Self::Occupied(entry) = &mut self {
            f(entry.get_mut());
        }
        self
    }

    /// The key.
    #[inline]
    pub fn key(&self) -> &K {
        match self {
            Self::Occupied(entry) => entry.key(),
            Self::Vacant(entry) => entry.key(),
        }
    }

    /// The key that was asked for.
    #[inline]
    pub fn into_key(self) -> K {
        match self {
            Self::Occupied(entry) => entry.into_key(),
            Self::Vacant(entry) => entry.into_key(),
        }
    }

    /// The value, by default if it was not there: counts one insertion then.
    #[inline]
    #[track_caller]
    pub fn or_default(self) -> RefMut<'a, K, V>
    where
        V: Default,
    {
        match self {
            Self::Occupied(entry) => entry.into_ref(),
            Self::Vacant(entry) => entry.insert(V::default()),
        }
    }

    /// The value, this one if it was not there: counts one insertion then.
    #[inline]
    #[track_caller]
    pub fn or_insert(self, value: V) -> RefMut<'a, K, V> {
        match self {
            Self::Occupied(entry) => entry.into_ref(),
            Self::Vacant(entry) => entry.insert(value),
        }
    }

    /// The value, made by `value` if it was not there: counts one insertion then. The shard is locked meanwhile.
    #[inline]
    #[track_caller]
    pub fn or_insert_with(self, value: impl FnOnce() -> V) -> RefMut<'a, K, V> {
        match self {
            Self::Occupied(entry) => entry.into_ref(),
            Self::Vacant(entry) => entry.insert(value()),
        }
    }

    /// The value, made by `value` if it was not there: counts one insertion then.
    ///
    /// # Errors
    /// That of `value`; nothing is inserted.
    #[inline]
    #[track_caller]
    pub fn or_try_insert_with<E>(
        self,
        value: impl FnOnce() -> Result<V, E>,
    ) -> Result<RefMut<'a, K, V>, E> {
        match self {
            Self::Occupied(entry) => Ok(entry.into_ref()),
            Self::Vacant(entry) => Ok(entry.insert(value()?)),
        }
    }

    /// Inserts; counts one insertion or one replacement.
    #[inline]
    #[track_caller]
    pub fn insert(self, value: V) -> RefMut<'a, K, V> {
        match self {
            Self::Occupied(mut entry) => {
                entry.insert(value);
                entry.into_ref()
            }
            Self::Vacant(entry) => entry.insert(value),
        }
    }

    /// Inserts; counts one insertion or one replacement.
    #[inline]
    #[track_caller]
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, S, T>
    where
        K: Clone,
    {
        match self {
            Self::Occupied(mut entry) => {
                entry.insert(value);
                entry
            }
            Self::Vacant(entry) => entry.insert_entry(value),
        }
    }
}

impl<'a, K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> VacantEntry<'a, K, V, S, T> {
    /// The key.
    #[inline]
    pub fn key(&self) -> &K {
        &self.key
    }

    /// The key.
    #[inline]
    pub fn into_key(self) -> K {
        self.key
    }

    /// Inserts; counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert(self, value: V) -> RefMut<'a, K, V> {
        let at = Caller::here();
        let Self {
            whole,
            mut map,
            hold,
            hash,
            key,
        } = self;
        let bucket = whole.place_in(&mut map, hash, (key, value), true, at);
        map.raise();
        RefMut::new(in_place_mut(map, bucket, at), hold)
    }

    /// Inserts; counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, S, T>
    where
        K: Clone,
    {
        let at = Caller::here();
        let Self {
            whole,
            mut map,
            hold,
            hash,
            key,
        } = self;
        let bucket = whole.place_in(&mut map, hash, (key.clone(), value), false, at);
        map.raise();
        OccupiedEntry {
            map,
            hold,
            hash,
            bucket,
            key,
        }
    }
}

impl<'a, K, V, S, T: Keeper<K, V>> OccupiedEntry<'a, K, V, S, T> {
    fn slot(&self) -> &Slot<K, V> {
        match self.map.slot_in(self.bucket) {
            Some(slot) => slot,
            None => unreachable!("the entry is there, and nobody else can remove it"),
        }
    }

    /// The key.
    #[inline]
    pub fn key(&self) -> &K {
        self.slot().key()
    }

    /// The key that was asked for.
    #[inline]
    pub fn into_key(self) -> K {
        self.key
    }

    /// The value.
    #[inline]
    pub fn get(&self) -> &V {
        self.slot().value()
    }

    /// The value; strict looks at it again at the shard's next operation.
    #[inline]
    #[track_caller]
    pub fn get_mut(&mut self) -> &mut V {
        match self.map.lend_in(self.bucket, Caller::here()) {
            Some(slot) => slot.value_mut(),
            None => unreachable!("the entry is there, and nobody else can remove it"),
        }
    }

    /// The value; strict looks at it again at the shard's next operation.
    #[inline]
    #[track_caller]
    pub fn into_ref(self) -> RefMut<'a, K, V> {
        RefMut::new(
            in_place_mut(self.map, self.bucket, Caller::here()),
            self.hold,
        )
    }

    /// Puts `value` in the place of the old one, which is handed over: counts one replacement.
    #[inline]
    #[track_caller]
    pub fn insert(&mut self, value: V) -> V {
        let at = Caller::here();
        let old = self.map.replace_in(self.bucket, self.hash, value, at);
        self.map.raise();
        old
    }

    /// Puts the key that was asked for and `value` in the place of the old ones, which are handed over: counts one
    /// replacement.
    #[inline]
    #[track_caller]
    pub fn replace_entry(self, value: V) -> (K, V) {
        let at = Caller::here();
        let Self {
            mut map,
            hash,
            bucket,
            key,
            hold: _hold,
        } = self;
        let old = map.replace_in(bucket, hash, value, at);
        let old_key = map.swap_key_in(bucket, key);
        map.raise();
        (old_key, old)
    }

    /// Removes the entry (cause [`Removed`](crate::RemovalCause::Removed)).
    #[inline]
    #[track_caller]
    pub fn remove(self) -> V
    where
        T: Unguarded,
    {
        self.remove_entry().1
    }

    /// Removes the entry (cause [`Removed`](crate::RemovalCause::Removed)).
    #[inline]
    #[track_caller]
    pub fn remove_entry(mut self) -> (K, V)
    where
        T: Unguarded,
    {
        self.take(Caller::here())
    }

    /// Removes the entry if the guard lets it go.
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the entry stays.
    #[track_caller]
    pub fn try_remove(mut self) -> Result<V, Vetoed> {
        let at = Caller::here();
        self.map.ask_in(self.bucket, at)?;
        Ok(self.take(at).1)
    }

    #[inline(always)]
    #[track_caller]
    fn take(&mut self, at: Caller) -> (K, V) {
        let Some(entry) = self.map.remove_in(self.bucket, self.hash, at) else {
            unreachable!("the entry is there, and nobody else can remove it")
        };
        self.map.raise();
        entry
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, T: Keeper<K, V>> fmt::Debug for Entry<'_, K, V, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vacant(entry) => f.debug_tuple("Entry").field(entry).finish(),
            Self::Occupied(entry) => f.debug_tuple("Entry").field(entry).finish(),
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, T: Keeper<K, V>> fmt::Debug
    for OccupiedEntry<'_, K, V, S, T>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry")
            .field("key", self.key())
            .field("value", self.get())
            .finish_non_exhaustive()
    }
}

impl<K: fmt::Debug, V, S, T: Keeper<K, V>> fmt::Debug for VacantEntry<'_, K, V, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(&self.key).finish()
    }
}
