//! The entry API by a hash and a comparison: the crate's `RawEntryApiV1`, a trait that it seals, as methods of the map; each step
//! recorded.
//!
//! Hashes must be those of the map's own hasher, and keys must stay what they were: else the map does not find them any more.

mod vacant;

use std::{
    fmt,
    hash::{BuildHasher, Hash},
};

use ::indexmap::map::raw_entry_v1::{self as raw, RawEntryApiV1};

use super::{Equivalent, IndexMap, entry::take, entry_of};
use crate::{
    Keeper, RemovalCause, Unguarded, Untracked, Vetoed,
    log::{self, Log},
    mode::Caller,
    store::Keyless,
};

/// Same as [`indexmap::map::raw_entry_v1::RawEntryBuilder`].
pub struct RawEntryBuilder<'a, K, V, S> {
    base: raw::RawEntryBuilder<'a, K, Keyless<V>, S>,
}

/// Same as [`indexmap::map::raw_entry_v1::RawEntryBuilderMut`].
pub struct RawEntryBuilderMut<'a, K, V, S, T: Keeper<K, V> = Untracked> {
    base: raw::RawEntryBuilderMut<'a, K, Keyless<V>, S>,
    log: &'a mut Log<T>,
    len: usize,
}

/// Same as [`indexmap::map::raw_entry_v1::RawEntryMut`].
pub enum RawEntryMut<'a, K, V, S, T: Keeper<K, V> = Untracked> {
    /// The key is there.
    Occupied(RawOccupiedEntryMut<'a, K, V, S, T>),
    /// The key is not there.
    Vacant(RawVacantEntryMut<'a, K, V, S, T>),
}

/// Same as [`indexmap::map::raw_entry_v1::RawOccupiedEntryMut`].
pub struct RawOccupiedEntryMut<'a, K, V, S, T: Keeper<K, V> = Untracked> {
    base: raw::RawOccupiedEntryMut<'a, K, Keyless<V>, S>,
    log: &'a mut Log<T>,
    len: usize,
}

/// Same as [`indexmap::map::raw_entry_v1::RawVacantEntryMut`].
pub struct RawVacantEntryMut<'a, K, V, S, T: Keeper<K, V> = Untracked> {
    base: raw::RawVacantEntryMut<'a, K, Keyless<V>, S>,
    log: &'a mut Log<T>,
}

impl<K, V, S, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Same as `raw_entry_v1` of [`indexmap::map::raw_entry_v1::RawEntryApiV1`]; records nothing.
    pub fn raw_entry_v1(&self) -> RawEntryBuilder<'_, K, V, S> {
        RawEntryBuilder {
            base: self.table.map.raw_entry_v1(),
        }
    }

    /// Same as `raw_entry_mut_v1` of [`indexmap::map::raw_entry_v1::RawEntryApiV1`], but makes room right away for one more
    /// entry; what is done with the entry is recorded.
    #[track_caller]
    pub fn raw_entry_mut_v1(&mut self) -> RawEntryBuilderMut<'_, K, V, S, T> {
        self.settle();
        let len = self.len();
        if len == self.capacity() {
            self.with_room(|map| map.reserve(1));
        }
        RawEntryBuilderMut {
            base: self.table.map.raw_entry_mut_v1(),
            log: &mut self.log,
            len,
        }
    }
}

/// Each method is that of [`indexmap::map::raw_entry_v1::RawEntryBuilder`].
impl<'a, K, V, S> RawEntryBuilder<'a, K, V, S> {
    /// The entry of a key; records nothing.
    pub fn from_key<Q>(self, key: &Q) -> Option<(&'a K, &'a V)>
    where
        S: BuildHasher,
        Q: ?Sized + Hash + Equivalent<K>,
    {
        self.base.from_key(key).map(entry_of)
    }

    /// The entry of a key with a hash that is known; records nothing.
    pub fn from_key_hashed_nocheck<Q>(self, hash: u64, key: &Q) -> Option<(&'a K, &'a V)>
    where
        Q: ?Sized + Equivalent<K>,
    {
        self.base.from_key_hashed_nocheck(hash, key).map(entry_of)
    }

    /// The entry with a hash that matches; records nothing.
    pub fn from_hash<F>(self, hash: u64, is_match: F) -> Option<(&'a K, &'a V)>
    where
        F: FnMut(&K) -> bool,
    {
        self.base.from_hash(hash, is_match).map(entry_of)
    }

    /// The same with its index; records nothing.
    pub fn from_hash_full<F>(self, hash: u64, is_match: F) -> Option<(usize, &'a K, &'a V)>
    where
        F: FnMut(&K) -> bool,
    {
        let (index, key, slot) = self.base.from_hash_full(hash, is_match)?;
        Some((index, key, slot.value()))
    }

    /// Its index; records nothing.
    pub fn index_from_hash<F>(self, hash: u64, is_match: F) -> Option<usize>
    where
        F: FnMut(&K) -> bool,
    {
        self.base.index_from_hash(hash, is_match)
    }
}

/// Each method is that of [`indexmap::map::raw_entry_v1::RawEntryBuilderMut`].
impl<'a, K, V, S, T: Keeper<K, V>> RawEntryBuilderMut<'a, K, V, S, T> {
    /// The entry of a key; records nothing.
    pub fn from_key<Q>(self, key: &Q) -> RawEntryMut<'a, K, V, S, T>
    where
        S: BuildHasher,
        Q: ?Sized + Hash + Equivalent<K>,
    {
        self.found(|base| base.from_key(key))
    }

    /// The entry of a key with a hash that is known; records nothing.
    pub fn from_key_hashed_nocheck<Q>(self, hash: u64, key: &Q) -> RawEntryMut<'a, K, V, S, T>
    where
        Q: ?Sized + Equivalent<K>,
    {
        self.found(|base| base.from_key_hashed_nocheck(hash, key))
    }

    /// The entry with a hash that matches; records nothing.
    pub fn from_hash<F>(self, hash: u64, is_match: F) -> RawEntryMut<'a, K, V, S, T>
    where
        F: FnMut(&K) -> bool,
    {
        self.found(|base| base.from_hash(hash, is_match))
    }

    fn found(
        self,
        find: impl FnOnce(
            raw::RawEntryBuilderMut<'a, K, Keyless<V>, S>,
        ) -> raw::RawEntryMut<'a, K, Keyless<V>, S>,
    ) -> RawEntryMut<'a, K, V, S, T> {
        let Self { base, log, len } = self;
        match find(base) {
            raw::RawEntryMut::Occupied(base) => {
                RawEntryMut::Occupied(RawOccupiedEntryMut { base, log, len })
            }
            raw::RawEntryMut::Vacant(base) => RawEntryMut::Vacant(RawVacantEntryMut { base, log }),
        }
    }
}

/// Each method is that of [`indexmap::map::raw_entry_v1::RawEntryMut`].
impl<'a, K, V, S, T: Keeper<K, V>> RawEntryMut<'a, K, V, S, T> {
    /// Where the entry is, or would be; records nothing.
    pub fn index(&self) -> usize {
        match self {
            Self::Occupied(entry) => entry.index(),
            Self::Vacant(entry) => entry.index(),
        }
    }

    /// The entry that is there, or this one; counts one insertion if none was.
    #[track_caller]
    pub fn or_insert(self, default_key: K, default_value: V) -> (&'a mut K, &'a mut V)
    where
        K: Hash,
        S: BuildHasher,
    {
        match self {
            Self::Occupied(entry) => entry.into_key_value_mut(),
            Self::Vacant(entry) => entry.insert(default_key, default_value),
        }
    }

    /// The entry that is there, or what `call` makes; counts one insertion if none was.
    #[track_caller]
    pub fn or_insert_with<F>(self, call: F) -> (&'a mut K, &'a mut V)
    where
        F: FnOnce() -> (K, V),
        K: Hash,
        S: BuildHasher,
    {
        match self {
            Self::Occupied(entry) => entry.into_key_value_mut(),
            Self::Vacant(entry) => {
                let (key, value) = call();
                entry.insert(key, value)
            }
        }
    }

    /// Changes the entry if it is there; strict looks at the value again later.
    #[track_caller]
    pub fn and_modify<F>(mut self, f: F) -> Self
    where
        F: FnOnce(&mut K, &mut V),
    {
        if let Self::Occupied(entry) = &mut self {
            let (key, value) = entry.get_key_value_mut();
            f(key, value);
        }
        self
    }
}

/// A way for an entry to leave: `$remove` is the crate's for the value, `$remove_entry` for both.
macro_rules! leaves {
    ($($remove:ident, $remove_entry:ident, $if_allowed:ident;)+) => {$(
        /// The entry leaves for [`Removed`](RemovalCause::Removed).
        #[track_caller]
        pub fn $remove(self) -> V
        where
            T: Unguarded,
        {
            self.$remove_entry().1
        }

        /// The entry leaves for [`Removed`](RemovalCause::Removed), with its key.
        #[track_caller]
        pub fn $remove_entry(self) -> (K, V)
        where
            T: Unguarded,
        {
            take(self.log, self.len, self.base.$remove_entry(), Caller::here())
        }

        /// Removes the entry if the guard lets it go; it leaves for [`Removed`](RemovalCause::Removed).
        ///
        /// # Errors
        /// [`Vetoed`] with the guard's reason; the entry stays.
        #[track_caller]
        pub fn $if_allowed(self) -> Result<V, Vetoed> {
            let at = Caller::here();
            log::ask::<K, V, T>(self.key(), self.get(), at)?;
            Ok(take(self.log, self.len, self.base.$remove_entry(), at).1)
        }
    )+};
}

/// Each method is that of [`indexmap::map::raw_entry_v1::RawOccupiedEntryMut`].
impl<'a, K, V, S, T: Keeper<K, V>> RawOccupiedEntryMut<'a, K, V, S, T> {
    /// Where the entry is; records nothing.
    pub fn index(&self) -> usize {
        self.base.index()
    }

    /// Its key; records nothing.
    pub fn key(&self) -> &K {
        self.base.key()
    }

    /// Its key, to be changed; records nothing.
    pub fn key_mut(&mut self) -> &mut K {
        self.base.key_mut()
    }

    /// Its key, to be changed, for as long as the map is borrowed; records nothing.
    pub fn into_key(self) -> &'a mut K {
        self.base.into_key()
    }

    /// Its value; records nothing.
    pub fn get(&self) -> &V {
        self.base.get().value()
    }

    /// Its value, to be changed; strict looks at the value again later.
    #[track_caller]
    pub fn get_mut(&mut self) -> &mut V {
        self.get_key_value_mut().1
    }

    /// Its value, to be changed, for as long as the map is borrowed; strict looks at the value again later.
    #[track_caller]
    pub fn into_mut(self) -> &'a mut V {
        self.into_key_value_mut().1
    }

    /// The entry; records nothing.
    pub fn get_key_value(&self) -> (&K, &V) {
        entry_of(self.base.get_key_value())
    }

    /// The entry, to be changed; strict looks at the value again later.
    #[track_caller]
    pub fn get_key_value_mut(&mut self) -> (&mut K, &mut V) {
        self.log.lend::<K, V>(Caller::here());
        let (key, slot) = self.base.get_key_value_mut();
        (key, slot.value_mut())
    }

    /// The entry, to be changed, for as long as the map is borrowed; strict looks at the value again later.
    #[track_caller]
    pub fn into_key_value_mut(self) -> (&'a mut K, &'a mut V) {
        self.log.lend::<K, V>(Caller::here());
        let (key, slot) = self.base.into_key_value_mut();
        (key, slot.value_mut())
    }

    /// Puts another value there; counts one replacement (cause [`Replaced`](RemovalCause::Replaced)).
    #[track_caller]
    pub fn insert(&mut self, value: V) -> V {
        let at = Caller::here();
        let hash = self.log.key_hash::<K, V>(self.base.key());
        let old = self.log.swap::<K, V>(self.base.get_mut(), value, hash, at);
        self.log
            .tell(self.base.key(), &old, RemovalCause::Replaced, at);
        self.log.recorder.raise::<K, V, T>();
        old
    }

    /// Puts an equal key there; records nothing: the entry lives on.
    pub fn insert_key(&mut self, key: K) -> K {
        self.base.insert_key(key)
    }

    leaves! {
        swap_remove, swap_remove_entry, swap_remove_if_allowed;
        shift_remove, shift_remove_entry, shift_remove_if_allowed;
    }

    /// The entry leaves for [`Removed`](RemovalCause::Removed).
    #[deprecated(
        note = "`remove` disrupts the map order -- use `swap_remove` or `shift_remove` for explicit behavior."
    )]
    #[track_caller]
    pub fn remove(self) -> V
    where
        T: Unguarded,
    {
        self.swap_remove()
    }

    /// The entry leaves for [`Removed`](RemovalCause::Removed), with its key.
    #[deprecated(
        note = "`remove_entry` disrupts the map order -- use `swap_remove_entry` or `shift_remove_entry` for explicit behavior."
    )]
    #[track_caller]
    pub fn remove_entry(self) -> (K, V)
    where
        T: Unguarded,
    {
        self.swap_remove_entry()
    }

    /// Moves the entry to another index; records nothing.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn move_index(self, to: usize) {
        self.base.move_index(to);
    }

    /// Swaps the entry with another; records nothing.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn swap_indices(self, other: usize) {
        self.base.swap_indices(other);
    }
}

impl<K, V, S> fmt::Debug for RawEntryBuilder<'_, K, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.base.fmt(f)
    }
}

impl<K, V, S, T: Keeper<K, V>> fmt::Debug for RawEntryBuilderMut<'_, K, V, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.base.fmt(f)
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, T: Keeper<K, V>> fmt::Debug for RawEntryMut<'_, K, V, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("RawEntryMut");
        match self {
            Self::Vacant(entry) => tuple.field(entry),
            Self::Occupied(entry) => tuple.field(entry),
        };
        tuple.finish()
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, T: Keeper<K, V>> fmt::Debug
    for RawOccupiedEntryMut<'_, K, V, S, T>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.base.fmt(f)
    }
}

impl<K, V, S, T: Keeper<K, V>> fmt::Debug for RawVacantEntryMut<'_, K, V, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.base.fmt(f)
    }
}
