//! The entry API: the crate's, each step recorded.

use std::{cmp::Ordering, fmt};

use super::base;
use crate::{
    Keeper, RemovalCause, Unguarded, Untracked, Vetoed,
    log::{self, Log},
    maps::entry,
    mode::{Caller, Stamp},
    store::{Keyless, Slot},
};

/// Same as [`indexmap::map::Entry`].
pub enum Entry<'a, K, V, T: Keeper<K, V> = Untracked> {
    /// The key is there.
    Occupied(OccupiedEntry<'a, K, V, T>),
    /// The key is not there.
    Vacant(VacantEntry<'a, K, V, T>),
}

/// Same as [`indexmap::map::OccupiedEntry`].
pub struct OccupiedEntry<'a, K, V, T: Keeper<K, V> = Untracked> {
    pub(super) base: base::OccupiedEntry<'a, K, Keyless<V>>,
    pub(super) log: &'a mut Log<T>,
    /// The map's length: the map cannot be asked while an entry holds it.
    pub(super) len: usize,
}

/// Same as [`indexmap::map::IndexedEntry`].
pub struct IndexedEntry<'a, K, V, T: Keeper<K, V> = Untracked> {
    pub(super) base: base::IndexedEntry<'a, K, Keyless<V>>,
    pub(super) log: &'a mut Log<T>,
    /// The map's length: the map cannot be asked while an entry holds it.
    pub(super) len: usize,
}

/// Same as [`indexmap::map::VacantEntry`].
pub struct VacantEntry<'a, K, V, T: Keeper<K, V> = Untracked> {
    pub(super) base: base::VacantEntry<'a, K, Keyless<V>>,
    pub(super) log: &'a mut Log<T>,
}

impl<'a, K, V, T: Keeper<K, V>> Entry<'a, K, V, T> {
    /// Same as [`indexmap::map::Entry::index`]; records nothing.
    #[inline]
    pub fn index(&self) -> usize {
        match self {
            Entry::Occupied(entry) => entry.index(),
            Entry::Vacant(entry) => entry.index(),
        }
    }
}

entry!("indexmap::map::Entry", []);

/// A way for an entry to leave: `$remove` is the crate's for the value, `$remove_entry` for both.
macro_rules! leaves {
    ($name:literal: $remove:ident, $remove_entry:ident, $if_allowed:ident) => {
        #[doc = concat!("Same as [`indexmap::map::", $name, "::", stringify!($remove), "`]; the entry leaves for")]
        /// [`Removed`](RemovalCause::Removed).
        #[inline]
        #[track_caller]
        pub fn $remove(self) -> V
        where
            T: Unguarded,
        {
            self.$remove_entry().1
        }

        #[doc = concat!("Same as [`indexmap::map::", $name, "::", stringify!($remove_entry), "`]; the entry leaves for")]
        /// [`Removed`](RemovalCause::Removed).
        #[inline]
        #[track_caller]
        pub fn $remove_entry(self) -> (K, V)
        where
            T: Unguarded,
        {
            let Self { base, log, len } = self;
            take(log, len, base.$remove_entry(), Caller::here())
        }

        /// Removes the entry if the guard lets it go; it leaves for [`Removed`](crate::RemovalCause::Removed).
        ///
        /// # Errors
        /// [`Vetoed`] with the guard's reason; the entry stays.
        #[track_caller]
        pub fn $if_allowed(self) -> Result<V, Vetoed> {
            let at = Caller::here();
            log::ask::<K, V, T>(self.key(), self.get(), at)?;
            let Self { base, log, len } = self;
            Ok(take(log, len, base.$remove_entry(), at).1)
        }
    };
}

/// What both kinds of entries that are there can do.
macro_rules! held {
    ($ty:ident, $name:literal) => {
        impl<'a, K, V, T: Keeper<K, V>> $ty<'a, K, V, T> {
            #[doc = concat!("Same as [`indexmap::map::", $name, "::index`]; records nothing.")]
            #[inline]
            pub fn index(&self) -> usize {
                self.base.index()
            }

            #[doc = concat!("Same as [`indexmap::map::", $name, "::key`]; records nothing.")]
            #[inline]
            pub fn key(&self) -> &K {
                self.base.key()
            }

            #[doc = concat!("Same as [`indexmap::map::", $name, "::get`]; records nothing.")]
            #[inline]
            pub fn get(&self) -> &V {
                self.base.get().value()
            }

            #[doc = concat!("Same as [`indexmap::map::", $name, "::get_mut`]; strict looks at the value again later.")]
            #[inline]
            #[track_caller]
            pub fn get_mut(&mut self) -> &mut V {
                self.log.lend::<K, V>(Caller::here());
                self.base.get_mut().value_mut()
            }

            #[doc = concat!("Same as [`indexmap::map::", $name, "::into_mut`]; strict looks at the value again later.")]
            #[inline]
            #[track_caller]
            pub fn into_mut(self) -> &'a mut V {
                self.log.lend::<K, V>(Caller::here());
                self.base.into_mut().value_mut()
            }

            #[doc = concat!("Same as [`indexmap::map::", $name, "::insert`]; counts one replacement (cause")]
            /// [`Replaced`](RemovalCause::Replaced)).
            #[inline]
            #[track_caller]
            pub fn insert(&mut self, value: V) -> V {
                let old = self.swap(value, Caller::here());
                self.log.recorder.raise::<K, V, T>();
                old
            }

            /// Puts `value` in the place of the old one.
            #[inline(always)]
            pub(super) fn swap(&mut self, value: V, at: Caller) -> V {
                let hash = self.log.hash_for_swap::<K, V>(self.base.key());
                let old = self.log.swap::<K, V>(self.base.get_mut(), value, hash, at);
                self.log.tell(self.base.key(), &old, RemovalCause::Replaced, at);
                old
            }

            leaves!($name: swap_remove, swap_remove_entry, swap_remove_if_allowed);
            leaves!($name: shift_remove, shift_remove_entry, shift_remove_if_allowed);

            #[doc = concat!("Same as [`indexmap::map::", $name, "::move_index`]; records nothing.")]
            ///
            /// # Panics
            /// If the index is out of bounds.
            #[track_caller]
            pub fn move_index(self, to: usize) {
                self.base.move_index(to);
            }

            #[doc = concat!("Same as [`indexmap::map::", $name, "::swap_indices`]; records nothing.")]
            ///
            /// # Panics
            /// If the index is out of bounds.
            #[track_caller]
            pub fn swap_indices(self, other: usize) {
                self.base.swap_indices(other);
            }
        }
    };
}

held!(OccupiedEntry, "OccupiedEntry");
held!(IndexedEntry, "IndexedEntry");

/// An entry was taken out by its holder.
#[inline(always)]
#[track_caller]
pub(super) fn take<K, V, T: Keeper<K, V>>(
    log: &mut Log<T>,
    len: usize,
    entry: (K, Keyless<V>),
    at: Caller,
) -> (K, V) {
    let out = log.gone_from_entry(len, entry, at);
    log.recorder.raise::<K, V, T>();
    out
}

impl<K, V, T: Keeper<K, V>> OccupiedEntry<'_, K, V, T> {
    /// Same as [`indexmap::map::OccupiedEntry::remove`]; the entry leaves for [`Removed`](RemovalCause::Removed).
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

    /// Same as [`indexmap::map::OccupiedEntry::remove_entry`]; the entry leaves for [`Removed`](RemovalCause::Removed).
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
}

impl<'a, K, V, T: Keeper<K, V>> From<IndexedEntry<'a, K, V, T>> for OccupiedEntry<'a, K, V, T> {
    fn from(IndexedEntry { base, log, len }: IndexedEntry<'a, K, V, T>) -> Self {
        let base = base.into();
        Self { base, log, len }
    }
}

impl<'a, K, V, T: Keeper<K, V>> From<OccupiedEntry<'a, K, V, T>> for IndexedEntry<'a, K, V, T> {
    fn from(OccupiedEntry { base, log, len }: OccupiedEntry<'a, K, V, T>) -> Self {
        let base = base.into();
        Self { base, log, len }
    }
}

/// Puts a value where it gets this index.
#[inline(always)]
fn put_at<'a, K, V>(
    base: base::VacantEntry<'a, K, Keyless<V>>,
    index: usize,
    slot: Keyless<V>,
) -> &'a mut Keyless<V> {
    if index == base.index() {
        base.insert(slot)
    } else {
        base.shift_insert(index, slot)
    }
}

impl<'a, K, V, T: Keeper<K, V>> VacantEntry<'a, K, V, T> {
    /// Same as [`indexmap::map::VacantEntry::index`]; records nothing.
    #[inline]
    pub fn index(&self) -> usize {
        self.base.index()
    }

    /// Same as [`indexmap::map::VacantEntry::key`]; records nothing.
    #[inline]
    pub fn key(&self) -> &K {
        self.base.key()
    }

    /// Same as [`indexmap::map::VacantEntry::into_key`]; records nothing.
    #[inline]
    pub fn into_key(self) -> K {
        self.base.into_key()
    }

    /// Same as [`indexmap::map::VacantEntry::insert`]; counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert(self, value: V) -> &'a mut V {
        self.put(value, |base, slot| base.insert(slot))
    }

    /// Same as [`indexmap::map::VacantEntry::insert_entry`]; counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, T> {
        let Self { base, log } = self;
        let len = base.index() + 1;
        let arrival = log.arrival::<K, V>(base.key(), len, false, Caller::here());
        let mut entry = None;
        let place = |slot| entry.insert(base.insert_entry(slot)).get_mut();
        log.put::<K, V>(place, value, arrival);
        log.recorder.raise::<K, V, T>();
        match entry {
            Some(base) => OccupiedEntry { base, log, len },
            None => unreachable!("it was put there just now"),
        }
    }

    /// Same as [`indexmap::map::VacantEntry::insert_sorted`]; counts one insertion.
    #[track_caller]
    pub fn insert_sorted(self, value: V) -> (usize, &'a mut V)
    where
        K: Ord,
    {
        self.put_sorted(value, |base, slot| base.insert_sorted(slot))
    }

    /// Same as [`indexmap::map::VacantEntry::insert_sorted_by`]; counts one insertion.
    #[track_caller]
    pub fn insert_sorted_by<F>(self, value: V, mut cmp: F) -> (usize, &'a mut V)
    where
        F: FnMut(&K, &V, &K, &V) -> Ordering,
    {
        self.put_sorted(value, |base, slot| {
            base.insert_sorted_by(slot, |k1, v1, k2, v2| cmp(k1, v1.value(), k2, v2.value()))
        })
    }

    /// Same as [`indexmap::map::VacantEntry::insert_sorted_by_key`]; counts one insertion.
    #[track_caller]
    pub fn insert_sorted_by_key<B, F>(self, value: V, mut sort_key: F) -> (usize, &'a mut V)
    where
        B: Ord,
        F: FnMut(&K, &V) -> B,
    {
        self.put_sorted(value, |base, slot| {
            base.insert_sorted_by_key(slot, |key, slot| sort_key(key, slot.value()))
        })
    }

    /// Same as [`indexmap::map::VacantEntry::shift_insert`]; counts one insertion.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn shift_insert(self, index: usize, value: V) -> &'a mut V {
        let index = super::Goes::To(index).of_new(self.index());
        self.put(value, |base, slot| put_at(base, index, slot))
    }

    /// Same as [`indexmap::map::VacantEntry::replace_index`]; records nothing: the entry lives on under another key.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn replace_index(self, index: usize) -> (K, OccupiedEntry<'a, K, V, T>) {
        let Self { base, log } = self;
        let len = base.index();
        let to = log.key_hash::<K, V>(base.key());
        let (key, base) = base.replace_index(index);
        let from = log.key_hash::<K, V>(&key);
        log.recorder.renamed(from, to);
        (key, OccupiedEntry { base, log, len })
    }

    #[inline(always)]
    #[track_caller]
    fn put(
        self,
        value: V,
        place: impl FnOnce(base::VacantEntry<'a, K, Keyless<V>>, Keyless<V>) -> &'a mut Keyless<V>,
    ) -> &'a mut V {
        let Self { base, log } = self;
        let arrival = log.arrival::<K, V>(base.key(), base.index() + 1, true, Caller::here());
        let slot = log.put::<K, V>(|slot| place(base, slot), value, arrival);
        log.recorder.raise::<K, V, T>();
        slot.value_mut()
    }

    /// Puts a value where it gets this index, which is in bounds. More may be recorded of it than that it came.
    #[inline(always)]
    pub(super) fn put_noted(self, index: usize, value: V, at: Caller) {
        let Self { base, log } = self;
        let arrival = log.arrival::<K, V>(base.key(), base.index() + 1, false, at);
        log.put_noted::<K, V>(|slot| put_at(base, index, slot), value, arrival);
    }

    /// Puts the value where `place` does, which asks user code: it is recorded once it is there.
    #[inline(always)]
    #[track_caller]
    fn put_sorted(
        self,
        value: V,
        place: impl FnOnce(
            base::VacantEntry<'a, K, Keyless<V>>,
            Keyless<V>,
        ) -> (usize, &'a mut Keyless<V>),
    ) -> (usize, &'a mut V) {
        let Self { base, log } = self;
        let arrival = log.arrival::<K, V>(base.key(), base.index() + 1, true, Caller::here());
        let unseen = Slot {
            entry: ((), value),
            stamp: Stamp::NONE,
        };
        let (index, slot) = place(base, unseen);
        log.found::<K, V>(slot, arrival);
        log.recorder.raise::<K, V, T>();
        (index, slot.value_mut())
    }
}

impl<K: fmt::Debug, V: fmt::Debug, T: Keeper<K, V>> fmt::Debug for OccupiedEntry<'_, K, V, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry")
            .field("key", self.key())
            .field("value", self.get())
            .finish()
    }
}

impl<K: fmt::Debug, V: fmt::Debug, T: Keeper<K, V>> fmt::Debug for IndexedEntry<'_, K, V, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexedEntry")
            .field("index", &self.index())
            .field("key", self.key())
            .field("value", self.get())
            .finish()
    }
}

impl<K: fmt::Debug, V, T: Keeper<K, V>> fmt::Debug for VacantEntry<'_, K, V, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(self.key()).finish()
    }
}
