//! The entry API: std's, each step recorded.

use std::{
    error, fmt,
    hash::{BuildHasher, Hash},
};

use hashbrown::{HashTable, hash_table};

use super::{Slot, grow::with_room, is_key, log::Arrival};
use crate::{
    Keeper, Unguarded, Untracked, Vetoed,
    log::Log,
    maps::entry,
    mode::{Caller, Recorder},
};

/// Same as [`std::collections::hash_map::Entry`].
pub enum Entry<'a, K, V, T: Keeper<K, V> = Untracked> {
    /// The key is there.
    Occupied(OccupiedEntry<'a, K, V, T>),
    /// The key is not there.
    Vacant(VacantEntry<'a, K, V, T>),
}

/// Same as [`std::collections::hash_map::OccupiedEntry`].
pub struct OccupiedEntry<'a, K, V, T: Keeper<K, V> = Untracked> {
    pub(super) base: hash_table::OccupiedEntry<'a, Slot<K, V>>,
    pub(super) log: &'a mut Log<T>,
    pub(super) hash: u64,
}

/// Same as [`std::collections::hash_map::VacantEntry`].
pub struct VacantEntry<'a, K, V, T: Keeper<K, V> = Untracked> {
    pub(super) place: Place<'a, K, V>,
    pub(super) log: &'a mut Log<T>,
    pub(super) key: K,
    pub(super) hash: u64,
}

/// Where a new entry goes.
pub(super) enum Place<'a, K, V> {
    /// Anywhere: there is room for one more.
    Table(&'a mut HashTable<Slot<K, V>>),
    /// Where the last one of this key was, beside so many others.
    Left(hash_table::VacantEntry<'a, Slot<K, V>>, usize),
}

impl<'a, K, V> Place<'a, K, V> {
    /// The table that it is in.
    pub(super) fn into_table(self) -> &'a mut HashTable<Slot<K, V>> {
        match self {
            Self::Table(table) => table,
            Self::Left(place, _) => place.into_table(),
        }
    }
}

/// The error of [`try_insert`](crate::HashMap::try_insert): the key is there already.
pub struct OccupiedError<'a, K, V, T: Keeper<K, V> = Untracked> {
    /// The entry that is there.
    pub entry: OccupiedEntry<'a, K, V, T>,
    /// The value that was not inserted.
    pub value: V,
}

/// Finds `key`, or makes sure that there is room for it. Like std's: only a key that is not there grows the table.
///
/// The table's own `entry` would grow before it looks, and looks for a place even if the key is there.
#[inline]
pub(super) fn find_or_absent<'a, K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>>(
    table: &'a mut HashTable<Slot<K, V>>,
    hash_builder: &S,
    log: &'a mut Log<T>,
    hash: u64,
    key: K,
) -> Entry<'a, K, V, T> {
    match table.find_entry(hash, is_key(&key)) {
        Ok(base) => Entry::Occupied(OccupiedEntry { base, log, hash }),
        Err(absent) => {
            let table = absent.into_table();
            let (key, hash) = with_room(table, hash_builder, log, (key, hash));
            Entry::Vacant(VacantEntry {
                place: Place::Table(table),
                log,
                key,
                hash,
            })
        }
    }
}

entry!("std::collections::hash_map::Entry", []);

impl<'a, K, V, T: Keeper<K, V>> OccupiedEntry<'a, K, V, T> {
    /// Same as [`std::collections::hash_map::OccupiedEntry::key`]; records nothing.
    #[inline]
    pub fn key(&self) -> &K {
        self.base.get().key()
    }

    /// Same as [`std::collections::hash_map::OccupiedEntry::get`]; records nothing.
    #[inline]
    pub fn get(&self) -> &V {
        self.base.get().value()
    }

    /// Same as [`std::collections::hash_map::OccupiedEntry::get_mut`]; strict looks at the value again at the next
    /// operation.
    #[inline]
    #[track_caller]
    pub fn get_mut(&mut self) -> &mut V {
        self.lend(Caller::here());
        self.base.get_mut().value_mut()
    }

    /// Same as [`std::collections::hash_map::OccupiedEntry::into_mut`]; strict looks at the value again at the next
    /// operation.
    #[inline]
    #[track_caller]
    pub fn into_mut(mut self) -> &'a mut V {
        self.lend(Caller::here());
        self.base.into_mut().value_mut()
    }

    #[inline(always)]
    pub(super) fn lend(&mut self, at: Caller) {
        if Recorder::watches_loans::<K, V, T>() {
            let bucket = self.base.bucket_index();
            self.log
                .recorder
                .settle_slot::<K, V, T>(self.base.get_mut(), bucket);
            self.log.recorder.lent_one(bucket, at);
        }
    }

    /// Same as [`std::collections::hash_map::OccupiedEntry::insert`]; counts one replacement (cause
    /// [`Replaced`](crate::RemovalCause::Replaced)).
    #[inline]
    #[track_caller]
    pub fn insert(&mut self, value: V) -> V {
        let old = self
            .log
            .replace(&mut self.base, value, self.hash, Caller::here());
        self.log.recorder.raise::<K, V, T>();
        old
    }

    /// Same as [`std::collections::hash_map::OccupiedEntry::remove`]; the entry leaves for
    /// [`Removed`](crate::RemovalCause::Removed).
    #[inline]
    #[track_caller]
    pub fn remove(self) -> V
    where
        T: Unguarded,
    {
        self.remove_entry().1
    }

    /// Same as [`std::collections::hash_map::OccupiedEntry::remove_entry`]; the entry leaves for
    /// [`Removed`](crate::RemovalCause::Removed).
    #[inline]
    #[track_caller]
    pub fn remove_entry(self) -> (K, V)
    where
        T: Unguarded,
    {
        let entry = self.log.remove(self.base, self.hash, Caller::here());
        self.log.recorder.raise::<K, V, T>();
        entry
    }

    /// Removes the entry if the guard lets it go; it leaves for [`Removed`](crate::RemovalCause::Removed).
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the entry stays.
    #[track_caller]
    pub fn try_remove(self) -> Result<V, Vetoed> {
        Ok(self.try_remove_entry()?.1)
    }
}

impl<'a, K, V, T: Keeper<K, V>> VacantEntry<'a, K, V, T> {
    /// Same as [`std::collections::hash_map::VacantEntry::key`]; records nothing.
    #[inline]
    pub fn key(&self) -> &K {
        &self.key
    }

    /// Same as [`std::collections::hash_map::VacantEntry::into_key`]; records nothing.
    #[inline]
    pub fn into_key(self) -> K {
        self.key
    }

    /// Same as [`std::collections::hash_map::VacantEntry::insert`]; counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert(self, value: V) -> &'a mut V {
        let at = Caller::here();
        let OccupiedEntry { base, log, .. } = self.place(value, true, at);
        log.recorder.raise::<K, V, T>();
        if Recorder::watches_loans::<K, V, T>() {
            log.recorder.lent_one(base.bucket_index(), at);
        }
        base.into_mut().value_mut()
    }

    /// Same as [`std::collections::hash_map::VacantEntry::insert_entry`]; counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, T> {
        let entry = self.place(value, false, Caller::here());
        entry.log.recorder.raise::<K, V, T>();
        entry
    }

    #[inline(always)]
    pub(super) fn place(self, value: V, lent: bool, at: Caller) -> OccupiedEntry<'a, K, V, T> {
        let Self {
            place,
            log,
            key,
            hash,
        } = self;
        let others = match &place {
            Place::Table(table) => table.len(),
            Place::Left(_, others) => *others,
        };
        let has_room = |_: &Slot<K, V>| unreachable!("there is room for one more");
        let base = log.insert(
            |slot| match place {
                Place::Table(table) => table.insert_unique(hash, slot, has_room),
                Place::Left(place, _) => place.insert(slot),
            },
            key,
            value,
            Arrival {
                hash,
                len: others + 1,
                lent,
                at,
            },
        );
        OccupiedEntry { base, log, hash }
    }
}

impl<K: fmt::Debug, V: fmt::Debug, T: Keeper<K, V>> fmt::Debug for OccupiedEntry<'_, K, V, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry")
            .field("key", self.key())
            .field("value", self.get())
            .finish_non_exhaustive()
    }
}

impl<K: fmt::Debug, V, T: Keeper<K, V>> fmt::Debug for VacantEntry<'_, K, V, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(self.key()).finish()
    }
}

impl<K: fmt::Debug, V: fmt::Debug, T: Keeper<K, V>> fmt::Debug for OccupiedError<'_, K, V, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedError")
            .field("key", self.entry.key())
            .field("old_value", self.entry.get())
            .field("new_value", &self.value)
            .finish_non_exhaustive()
    }
}

impl<K: fmt::Debug, V: fmt::Debug, T: Keeper<K, V>> fmt::Display for OccupiedError<'_, K, V, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "failed to insert {:?}, key {:?} already exists with value {:?}",
            self.value,
            self.entry.key(),
            self.entry.get(),
        )
    }
}

impl<K: fmt::Debug, V: fmt::Debug, T: Keeper<K, V>> error::Error for OccupiedError<'_, K, V, T> {}
