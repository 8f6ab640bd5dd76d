//! The entry API: std's, each step recorded.

use std::{collections::btree_map as std_map, fmt};

use super::meet;
use crate::{
    Keeper, RemovalCause, Unguarded, Untracked, Vetoed,
    log::{self, Log},
    maps::entry,
    mode::{Caller, LenBefore, MARKS},
    store::Keyless,
};

/// Same as [`std::collections::btree_map::Entry`].
pub enum Entry<'a, K, V, T: Keeper<K, V> = Untracked> {
    /// The key is not there.
    Vacant(VacantEntry<'a, K, V, T>),
    /// The key is there.
    Occupied(OccupiedEntry<'a, K, V, T>),
}

/// Same as [`std::collections::btree_map::OccupiedEntry`].
pub struct OccupiedEntry<'a, K, V, T: Keeper<K, V> = Untracked> {
    pub(super) base: std_map::OccupiedEntry<'a, K, Keyless<V>>,
    pub(super) log: &'a mut Log<T>,
    /// The map's length: the map cannot be asked while an entry holds it.
    pub(super) len: LenBefore,
}

/// Same as [`std::collections::btree_map::VacantEntry`].
pub struct VacantEntry<'a, K, V, T: Keeper<K, V> = Untracked> {
    pub(super) base: std_map::VacantEntry<'a, K, Keyless<V>>,
    pub(super) log: &'a mut Log<T>,
    /// The map's length without this entry.
    pub(super) len: LenBefore,
}

entry!("std::collections::btree_map::Entry", [Ord]);

impl<'a, K: Ord, V, T: Keeper<K, V>> OccupiedEntry<'a, K, V, T> {
    /// Same as [`std::collections::btree_map::OccupiedEntry::key`]; records nothing.
    #[inline]
    pub fn key(&self) -> &K {
        self.base.key()
    }

    /// Same as [`std::collections::btree_map::OccupiedEntry::get`]; records nothing.
    #[inline]
    pub fn get(&self) -> &V {
        self.base.get().value()
    }

    /// Same as [`std::collections::btree_map::OccupiedEntry::get_mut`]; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn get_mut(&mut self) -> &mut V {
        self.log.lend::<K, V>(Caller::here());
        self.base.get_mut().value_mut()
    }

    /// Same as [`std::collections::btree_map::OccupiedEntry::into_mut`]; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn into_mut(self) -> &'a mut V {
        self.log.lend::<K, V>(Caller::here());
        self.base.into_mut().value_mut()
    }

    /// Same as [`std::collections::btree_map::OccupiedEntry::insert`]; counts one replacement (cause
    /// [`Replaced`](RemovalCause::Replaced)).
    #[inline]
    #[track_caller]
    pub fn insert(&mut self, value: V) -> V {
        self.swap(value, Caller::here())
    }

    /// Puts `value` in the place of the old one.
    #[inline(always)]
    #[track_caller]
    pub(super) fn swap(&mut self, value: V, at: Caller) -> V {
        let hash = self.log.hash_for_swap::<K, V>(self.base.key());
        let old = self.log.swap::<K, V>(self.base.get_mut(), value, hash, at);
        self.log
            .tell(self.base.key(), &old, RemovalCause::Replaced, at);
        self.log.recorder.raise::<K, V, T>();
        old
    }

    /// Same as [`std::collections::btree_map::OccupiedEntry::remove`]; the entry leaves for
    /// [`Removed`](RemovalCause::Removed).
    #[inline]
    #[track_caller]
    pub fn remove(self) -> V
    where
        T: Unguarded,
    {
        self.take(Caller::here()).1
    }

    /// Same as [`std::collections::btree_map::OccupiedEntry::remove_entry`]; the entry leaves for
    /// [`Removed`](RemovalCause::Removed).
    #[inline]
    #[track_caller]
    pub fn remove_entry(self) -> (K, V)
    where
        T: Unguarded,
    {
        self.take(Caller::here())
    }

    /// Removes the entry if the guard lets it go; it leaves for [`Removed`](crate::RemovalCause::Removed).
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the entry stays.
    #[track_caller]
    pub fn try_remove(self) -> Result<V, Vetoed> {
        let at = Caller::here();
        log::ask::<K, V, T>(self.key(), self.get(), at)?;
        Ok(self.take(at).1)
    }

    #[inline(always)]
    #[track_caller]
    fn take(self, at: Caller) -> (K, V) {
        let Self { base, log, len } = self;
        let out = log.gone_from_entry(len.get(), base.remove_entry(), at);
        log.recorder.raise::<K, V, T>();
        out
    }
}

impl<'a, K: Ord, V, T: Keeper<K, V>> VacantEntry<'a, K, V, T> {
    /// Same as [`std::collections::btree_map::VacantEntry::key`]; records nothing.
    #[inline]
    pub fn key(&self) -> &K {
        self.base.key()
    }

    /// Same as [`std::collections::btree_map::VacantEntry::into_key`]; records nothing.
    #[inline]
    pub fn into_key(self) -> K {
        self.base.into_key()
    }

    /// Same as [`std::collections::btree_map::VacantEntry::insert`]; counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert(self, value: V) -> &'a mut V {
        if MARKS {
            return self.put_lent(value, Caller::here());
        }
        let len = self.len.get() + 1;
        let Some(quiet) = self.log.quiet_if_lent::<K, V>(self.base.key(), len) else {
            return self.put_one_of_few(value, Caller::here());
        };
        quiet.came();
        self.base.insert(Keyless::unmarked(value)).value_mut()
    }

    /// Puts an entry of which more is recorded than that it came. Whatever is done for it, the many others go by with the registers
    /// that they have to keep anyway: so it does not come back to where they are put.
    #[cold]
    #[inline(never)]
    fn put_one_of_few(self, value: V, at: Caller) -> &'a mut V {
        self.put_lent(value, at)
    }

    #[inline(always)]
    fn put_lent(self, value: V, at: Caller) -> &'a mut V {
        let Self { base, log, len } = self;
        let len = len.get();
        meet::<K, V, T>(&mut log.recorder, len + 1);
        let arrival = log.arrival::<K, V>(base.key(), len + 1, true, at);
        let slot = log.put::<K, V>(|slot| base.insert(slot), value, arrival);
        log.recorder.raise::<K, V, T>();
        slot.value_mut()
    }

    /// Puts an entry of which it is known already that more is recorded than that it came.
    #[inline(always)]
    #[track_caller]
    pub(super) fn put_noted(self, value: V, at: Caller) {
        let Self { base, log, len } = self;
        let len = len.get();
        meet::<K, V, T>(&mut log.recorder, len + 1);
        let arrival = log.arrival::<K, V>(base.key(), len + 1, false, at);
        log.put_noted::<K, V>(|slot| base.insert(slot), value, arrival);
        log.recorder.raise::<K, V, T>();
    }

    /// Same as [`std::collections::btree_map::VacantEntry::insert_entry`]; counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, T> {
        let Self { base, log, len } = self;
        let len = len.get();
        meet::<K, V, T>(&mut log.recorder, len + 1);
        let mut entry = None;
        let arrival = log.arrival::<K, V>(base.key(), len + 1, false, Caller::here());
        let place = |slot| entry.insert(base.insert_entry(slot)).get_mut();
        log.put::<K, V>(place, value, arrival);
        log.recorder.raise::<K, V, T>();
        match entry {
            Some(base) => OccupiedEntry {
                base,
                log,
                len: LenBefore::of(len + 1),
            },
            None => unreachable!("it was put there just now"),
        }
    }
}

impl<K: fmt::Debug + Ord, V: fmt::Debug, T: Keeper<K, V>> fmt::Debug
    for OccupiedEntry<'_, K, V, T>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry")
            .field("key", self.key())
            .field("value", self.get())
            .finish()
    }
}

impl<K: fmt::Debug + Ord, V, T: Keeper<K, V>> fmt::Debug for VacantEntry<'_, K, V, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(self.key()).finish()
    }
}
