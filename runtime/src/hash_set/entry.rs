//! The entry API: hashbrown's (and what std's will be), each step recorded.

use std::fmt;

use crate::{Keeper, Unguarded, Untracked, Vetoed, hash_map};

/// Same as [`hashbrown::hash_set::Entry`].
pub enum Entry<'a, T, K: Keeper<T, ()> = Untracked> {
    /// The value is there.
    Occupied(OccupiedEntry<'a, T, K>),
    /// The value is not there.
    Vacant(VacantEntry<'a, T, K>),
}

/// Same as [`hashbrown::hash_set::OccupiedEntry`].
pub struct OccupiedEntry<'a, T, K: Keeper<T, ()> = Untracked> {
    pub(super) inner: hash_map::OccupiedEntry<'a, T, (), K>,
}

/// Same as [`hashbrown::hash_set::VacantEntry`].
pub struct VacantEntry<'a, T, K: Keeper<T, ()> = Untracked> {
    pub(super) inner: hash_map::VacantEntry<'a, T, (), K>,
}

impl<'a, T, K: Keeper<T, ()>> Entry<'a, T, K> {
    /// Same as [`hashbrown::hash_set::Entry::insert`]; counts one insertion if the value was not there.
    #[inline]
    #[track_caller]
    pub fn insert(self) -> OccupiedEntry<'a, T, K> {
        match self {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(entry) => entry.insert(),
        }
    }

    /// Same as [`hashbrown::hash_set::Entry::or_insert`]; counts one insertion if the value was not there.
    #[inline]
    #[track_caller]
    pub fn or_insert(self) {
        if let Entry::Vacant(entry) = self {
            entry.insert();
        }
    }

    /// Same as [`hashbrown::hash_set::Entry::get`]; records nothing.
    #[inline]
    pub fn get(&self) -> &T {
        match self {
            Entry::Occupied(entry) => entry.get(),
            Entry::Vacant(entry) => entry.get(),
        }
    }
}

impl<T, K: Keeper<T, ()>> OccupiedEntry<'_, T, K> {
    /// Same as [`hashbrown::hash_set::OccupiedEntry::get`]; records nothing.
    #[inline]
    pub fn get(&self) -> &T {
        self.inner.key()
    }

    /// Same as [`hashbrown::hash_set::OccupiedEntry::remove`]; the element leaves for
    /// [`Removed`](crate::RemovalCause::Removed).
    #[inline]
    #[track_caller]
    pub fn remove(self) -> T
    where
        K: Unguarded,
    {
        self.inner.remove_entry().0
    }

    /// Removes the element if the guard lets it go, and hands it over; it leaves for
    /// [`Removed`](crate::RemovalCause::Removed).
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the element stays.
    #[track_caller]
    pub fn try_remove(self) -> Result<T, Vetoed> {
        Ok(self.inner.try_remove_entry()?.0)
    }
}

impl<'a, T, K: Keeper<T, ()>> VacantEntry<'a, T, K> {
    /// Same as [`hashbrown::hash_set::VacantEntry::get`]; records nothing.
    #[inline]
    pub fn get(&self) -> &T {
        self.inner.key()
    }

    /// Same as [`hashbrown::hash_set::VacantEntry::into_value`]; records nothing.
    #[inline]
    pub fn into_value(self) -> T {
        self.inner.into_key()
    }

    /// Same as [`hashbrown::hash_set::VacantEntry::insert`]; counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert(self) -> OccupiedEntry<'a, T, K> {
        OccupiedEntry {
            inner: self.inner.insert_entry(()),
        }
    }
}

impl<T: fmt::Debug, K: Keeper<T, ()>> fmt::Debug for Entry<'_, T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entry::Vacant(entry) => f.debug_tuple("Entry").field(entry).finish(),
            Entry::Occupied(entry) => f.debug_tuple("Entry").field(entry).finish(),
        }
    }
}

impl<T: fmt::Debug, K: Keeper<T, ()>> fmt::Debug for OccupiedEntry<'_, T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry")
            .field("value", self.get())
            .finish()
    }
}

impl<T: fmt::Debug, K: Keeper<T, ()>> fmt::Debug for VacantEntry<'_, T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(self.get()).finish()
    }
}
