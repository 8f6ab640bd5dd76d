//! The entry API by a borrowed key: hashbrown's, each step recorded.

use std::{
    borrow::Borrow,
    fmt,
    hash::{BuildHasher, Hash},
};

use hashbrown::{Equivalent, HashTable};

use super::{
    ByEquivalent, HashMap, OccupiedEntry, Slot, VacantEntry, entry::Place, grow::with_room,
    hash_of, is_like,
};
use crate::{Keeper, Untracked, log::Log};

/// Same as [`hashbrown::hash_map::EntryRef`].
pub enum EntryRef<'a, 'b, K, Q: ?Sized, V, T: Keeper<K, V> = Untracked> {
    /// The key is there.
    Occupied(OccupiedEntry<'a, K, V, T>),
    /// The key is not there.
    Vacant(VacantEntryRef<'a, 'b, K, Q, V, T>),
}

/// Same as [`hashbrown::hash_map::VacantEntryRef`].
pub struct VacantEntryRef<'a, 'b, K, Q: ?Sized, V, T: Keeper<K, V> = Untracked> {
    /// Has room for one more.
    table: &'a mut HashTable<Slot<K, V>>,
    log: &'a mut Log<T>,
    key: &'b Q,
    hash: u64,
}

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    /// Same as [`hashbrown::HashMap::entry_ref`]; what is done with the entry is recorded.
    #[inline]
    #[track_caller]
    pub fn entry_ref<'a, 'b, Q>(&'a mut self, key: &'b Q) -> EntryRef<'a, 'b, K, Q, V, T>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        let hash = hash_of(&self.hash_builder, key);
        let log = &mut self.log;
        match self
            .table
            .find_entry(hash, is_like::<_, _, _, ByEquivalent>(key))
        {
            Ok(base) => EntryRef::Occupied(OccupiedEntry { base, log, hash }),
            Err(absent) => {
                let table = absent.into_table();
                let (key, hash) = with_room(table, &self.hash_builder, log, (key, hash));
                EntryRef::Vacant(VacantEntryRef {
                    table,
                    log,
                    key,
                    hash,
                })
            }
        }
    }
}

impl<'a, K, Q: ?Sized, V, T: Keeper<K, V>> EntryRef<'a, '_, K, Q, V, T> {
    /// Same as [`hashbrown::hash_map::EntryRef::insert`]; counts one insertion or one replacement.
    #[inline]
    #[track_caller]
    pub fn insert(self, value: V) -> OccupiedEntry<'a, K, V, T>
    where
        Q: ToOwned<Owned = K>,
    {
        match self {
            EntryRef::Occupied(mut entry) => {
                entry.insert(value);
                entry
            }
            EntryRef::Vacant(entry) => entry.insert_entry(value),
        }
    }

    /// Same as [`hashbrown::hash_map::EntryRef::or_insert`]; counts one insertion if the key was not there.
    #[inline]
    #[track_caller]
    pub fn or_insert(self, default: V) -> &'a mut V
    where
        Q: ToOwned<Owned = K>,
    {
        match self {
            EntryRef::Occupied(entry) => entry.into_mut(),
            EntryRef::Vacant(entry) => entry.insert(default),
        }
    }

    /// Same as [`hashbrown::hash_map::EntryRef::or_insert_with`]; counts one insertion if the key was not there.
    #[inline]
    #[track_caller]
    pub fn or_insert_with<F: FnOnce() -> V>(self, default: F) -> &'a mut V
    where
        Q: ToOwned<Owned = K>,
    {
        match self {
            EntryRef::Occupied(entry) => entry.into_mut(),
            EntryRef::Vacant(entry) => entry.insert(default()),
        }
    }

    /// Same as [`hashbrown::hash_map::EntryRef::or_insert_with_key`]; counts one insertion if the key was not there.
    #[inline]
    #[track_caller]
    pub fn or_insert_with_key<F: FnOnce(&Q) -> V>(self, default: F) -> &'a mut V
    where
        Q: ToOwned<Owned = K>,
    {
        match self {
            EntryRef::Occupied(entry) => entry.into_mut(),
            EntryRef::Vacant(entry) => {
                let value = default(entry.key);
                entry.insert(value)
            }
        }
    }

    /// Same as [`hashbrown::hash_map::EntryRef::or_default`]; counts one insertion if the key was not there.
    #[inline]
    #[track_caller]
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
        Q: ToOwned<Owned = K>,
    {
        match self {
            EntryRef::Occupied(entry) => entry.into_mut(),
            EntryRef::Vacant(entry) => entry.insert(V::default()),
        }
    }

    /// Same as [`hashbrown::hash_map::EntryRef::or_default_entry`]; counts one insertion if the key was not there.
    #[inline]
    #[track_caller]
    pub fn or_default_entry(self) -> OccupiedEntry<'a, K, V, T>
    where
        V: Default,
        Q: ToOwned<Owned = K>,
    {
        match self {
            EntryRef::Occupied(entry) => entry,
            EntryRef::Vacant(entry) => entry.insert_entry(V::default()),
        }
    }

    /// Same as [`hashbrown::hash_map::EntryRef::key`]; records nothing.
    #[inline]
    pub fn key(&self) -> &Q
    where
        K: Borrow<Q>,
    {
        match self {
            EntryRef::Occupied(entry) => entry.key().borrow(),
            EntryRef::Vacant(entry) => entry.key,
        }
    }

    /// Same as [`hashbrown::hash_map::EntryRef::and_modify`]; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn and_modify<F: FnOnce(&mut V)>(mut self, f: F) -> Self {
        if let EntryRef::Occupied(entry) = &mut self {
            f(entry.get_mut());
        }
        self
    }
}

impl<'a, 'b, K, Q: ?Sized, V, T: Keeper<K, V>> VacantEntryRef<'a, 'b, K, Q, V, T> {
    /// Same as [`hashbrown::hash_map::VacantEntryRef::key`]; records nothing.
    #[inline]
    pub fn key(&self) -> &'b Q {
        self.key
    }

    /// Same as [`hashbrown::hash_map::VacantEntryRef::insert`]; counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert(self, value: V) -> &'a mut V
    where
        Q: ToOwned<Owned = K>,
    {
        let key = self.key.to_owned();
        self.with(key).insert(value)
    }

    /// Same as [`hashbrown::hash_map::VacantEntryRef::insert_with_key`]; counts one insertion.
    ///
    /// # Panics
    /// If `key` is not equal to the key that was looked for; nothing is inserted.
    #[inline]
    #[track_caller]
    pub fn insert_with_key(self, key: K, value: V) -> &'a mut V
    where
        Q: Equivalent<K>,
    {
        self.with_equal(key).insert(value)
    }

    /// Same as [`hashbrown::hash_map::VacantEntryRef::insert_entry`]; counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, T>
    where
        Q: ToOwned<Owned = K>,
    {
        let key = self.key.to_owned();
        self.with(key).insert_entry(value)
    }

    /// Same as [`hashbrown::hash_map::VacantEntryRef::insert_entry_with_key`]; counts one insertion.
    ///
    /// # Panics
    /// If `key` is not equal to the key that was looked for; nothing is inserted.
    #[inline]
    #[track_caller]
    pub fn insert_entry_with_key(self, key: K, value: V) -> OccupiedEntry<'a, K, V, T>
    where
        Q: Equivalent<K>,
    {
        self.with_equal(key).insert_entry(value)
    }

    #[inline]
    #[track_caller]
    fn with_equal(self, key: K) -> VacantEntry<'a, K, V, T>
    where
        Q: Equivalent<K>,
    {
        assert!(
            self.key.equivalent(&key),
            "the key to be inserted is not the one that was looked for: pass an equal one"
        );
        self.with(key)
    }

    #[inline]
    fn with(self, key: K) -> VacantEntry<'a, K, V, T> {
        let Self {
            table, log, hash, ..
        } = self;
        VacantEntry {
            place: Place::Table(table),
            log,
            key,
            hash,
        }
    }
}

impl<K, Q, V, T> fmt::Debug for EntryRef<'_, '_, K, Q, V, T>
where
    K: fmt::Debug,
    Q: fmt::Debug + ?Sized,
    V: fmt::Debug,
    T: Keeper<K, V>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EntryRef::Vacant(entry) => f.debug_tuple("EntryRef").field(entry).finish(),
            EntryRef::Occupied(entry) => f.debug_tuple("EntryRef").field(entry).finish(),
        }
    }
}

impl<K, Q, V, T> fmt::Debug for VacantEntryRef<'_, '_, K, Q, V, T>
where
    Q: fmt::Debug + ?Sized,
    T: Keeper<K, V>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntryRef").field(&self.key).finish()
    }
}
