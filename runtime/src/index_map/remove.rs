//! The ways out that take a key, an index, a range or a predicate, unchecked and guarded.

use std::{
    hash::{BuildHasher, Hash},
    ops::{Bound, Range, RangeBounds},
};

use super::{Drain, Equivalent, ExtractIf, IndexMap, entries, extract_if, table::Inner};
use crate::{
    Keeper, Lifecycle, RemovalCause, Removed, Unguarded, Vetoed,
    keyless::{gone, is_light, left},
    log,
    mode::Caller,
    panics::Panics,
    store::Keyless,
};

/// The indices that `range` picks of `len`, as the crate picks them.
#[track_caller]
pub(super) fn picked(range: &impl RangeBounds<usize>, len: usize) -> Range<usize> {
    let start = match range.start_bound() {
        Bound::Unbounded => 0,
        Bound::Included(&index) if index <= len => index,
        Bound::Excluded(&index) if index < len => index + 1,
        Bound::Included(index) | Bound::Excluded(index) => {
            panic!("range start index {index} out of range for slice of length {len}")
        }
    };
    let end = match range.end_bound() {
        Bound::Unbounded => len,
        Bound::Excluded(&index) if index <= len => index,
        Bound::Included(&index) if index < len => index + 1,
        Bound::Included(index) | Bound::Excluded(index) => {
            panic!("range end index {index} out of range for slice of length {len}")
        }
    };
    assert!(
        start <= end,
        "range start index {:?} should be <= range end index {:?}",
        range.start_bound(),
        range.end_bound()
    );
    start..end
}

impl<K, V, S, T: Keeper<K, V> + Unguarded> IndexMap<K, V, S, T> {
    /// Same as [`indexmap::IndexMap::clear`]; every entry leaves for [`Cleared`](RemovalCause::Cleared).
    ///
    /// # Panics
    /// With the first panic of a hook; all hooks have run and the map is empty then.
    #[inline]
    #[track_caller]
    pub fn clear(&mut self) {
        self.settle();
        self.leave_all(RemovalCause::Cleared, Caller::here());
    }

    /// Same as [`indexmap::IndexMap::truncate`]; entries that go leave for [`Cleared`](RemovalCause::Cleared).
    ///
    /// # Panics
    /// With the first panic of a hook; all hooks have run and the entries are gone then.
    #[track_caller]
    pub fn truncate(&mut self, len: usize) {
        self.settle();
        let goes = len.min(self.len())..self.len();
        let panics = self.note_left(goes, RemovalCause::Cleared, Caller::here());
        self.table.map.truncate(len);
        panics.resume(T::site());
        self.log.recorder.raise::<K, V, T>();
    }

    /// Same as [`indexmap::IndexMap::drain`]; entries that go leave for [`Drained`](RemovalCause::Drained) now, whether or
    /// not the iterator is used up.
    ///
    /// # Panics
    /// If the range is out of bounds. With the first panic of a hook; all hooks have run and the entries are gone then.
    #[track_caller]
    pub fn drain<R>(&mut self, range: R) -> Drain<'_, K, V>
    where
        R: RangeBounds<usize>,
    {
        if !log::listens::<K, V, T>() {
            return Drain {
                inner: self.table.map.drain(range),
            };
        }
        let goes = picked(&range, self.len());
        self.settle();
        let panics = self.note_left(goes.clone(), RemovalCause::Drained, Caller::here());
        if panics.any() {
            self.table.map.drain(goes.clone());
            panics.resume(T::site());
        }
        self.log.recorder.raise::<K, V, T>();
        Drain {
            inner: self.table.map.drain(goes),
        }
    }

    /// Same as [`indexmap::IndexMap::extract_if`]; entries taken leave for [`Filtered`](RemovalCause::Filtered).
    ///
    /// # Panics
    /// If the range is out of bounds.
    #[allow(
        private_interfaces,
        reason = "what the predicate is wrapped in is nobody's business"
    )]
    #[inline]
    #[track_caller]
    pub fn extract_if<F, R>(
        &mut self,
        range: R,
        pred: F,
    ) -> ExtractIf<'_, K, V, impl FnMut(&K, &mut Keyless<V>) -> bool, T>
    where
        F: FnMut(&K, &mut V) -> bool,
        R: RangeBounds<usize>,
    {
        self.lend_all();
        extract_if::start(self, range, pred, Caller::here())
    }

    /// Same as [`indexmap::IndexMap::split_off`]; every entry that moves leaves for [`Taken`](RemovalCause::Taken) and is an
    /// insertion into the map returned.
    ///
    /// # Panics
    /// If the index is out of bounds. With the first panic of a hook; all hooks have run then, and the entries that moved are
    /// gone.
    #[track_caller]
    pub fn split_off(&mut self, at: usize) -> Self
    where
        S: Clone,
    {
        let here = Caller::here();
        self.settle();
        let mut len = self.len();
        let off = self.table.map.split_off(at);
        let mut panics = Panics::default();
        for (key, slot) in &off {
            panics.run(|| {
                self.log
                    .gone_unseen(len, key, slot, RemovalCause::Taken, here);
            });
            len -= 1;
        }
        panics.resume(T::site());
        let mut off = Self::of(off, here);
        self.log.recorder.raise::<K, V, T>();
        off.log.recorder.raise::<K, V, T>();
        off
    }

    /// Same as [`indexmap::IndexMap::pop`]; the entry leaves for [`Removed`](RemovalCause::Removed).
    #[inline]
    #[track_caller]
    pub fn pop(&mut self) -> Option<(K, V)> {
        self.removed_at(Inner::pop)
    }

    /// Same as [`indexmap::IndexMap::pop_if`]; the entry leaves for [`Removed`](RemovalCause::Removed). If it stays, strict
    /// looks at its value again later.
    #[track_caller]
    pub fn pop_if(&mut self, predicate: impl FnOnce(&K, &mut V) -> bool) -> Option<(K, V)> {
        let (key, value) = self.last_mut()?;
        if predicate(key, value) {
            self.pop()
        } else {
            None
        }
    }

    /// Same as [`indexmap::IndexMap::swap_remove_index`]; the entry leaves for [`Removed`](RemovalCause::Removed).
    #[inline]
    #[track_caller]
    pub fn swap_remove_index(&mut self, index: usize) -> Option<(K, V)> {
        self.removed_at(|map| map.swap_remove_index(index))
    }

    /// Same as [`indexmap::IndexMap::shift_remove_index`]; the entry leaves for [`Removed`](RemovalCause::Removed).
    #[inline]
    #[track_caller]
    pub fn shift_remove_index(&mut self, index: usize) -> Option<(K, V)> {
        self.removed_at(|map| map.shift_remove_index(index))
    }
}

impl<K, V, S, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Every entry goes for `cause`.
    pub(super) fn leave_all(&mut self, cause: RemovalCause, at: Caller) {
        let panics = self.note_all_left(cause, at);
        self.table.map.clear();
        panics.resume(T::site());
    }

    /// Records that every entry goes, and runs the hooks; the entries are still there.
    pub(super) fn note_all_left(&mut self, cause: RemovalCause, at: Caller) -> Panics {
        self.log
            .all_leave(&self.table, entries(&self.table.map), cause, at)
    }

    /// The same for some of them.
    pub(super) fn note_left(
        &mut self,
        goes: Range<usize>,
        cause: RemovalCause,
        at: Caller,
    ) -> Panics {
        let mut len = self.len();
        if goes.len() == len {
            return self.note_all_left(cause, at);
        }
        let mut panics = Panics::default();
        if log::listens::<K, V, T>() {
            for (key, slot) in goes.filter_map(|index| self.table.map.get_index(index)) {
                panics.run(|| self.log.gone_unseen(len, key, slot, cause, at));
                len -= 1;
            }
        }
        panics
    }

    /// An entry was taken out, if there was one.
    #[inline(always)]
    #[track_caller]
    fn removed_at(
        &mut self,
        take: impl FnOnce(&mut Inner<K, V, S>) -> Option<(K, Keyless<V>)>,
    ) -> Option<(K, V)> {
        self.settle();
        let entry = take(&mut self.table.map)?;
        let out = gone(self, entry, Caller::here());
        self.log.recorder.raise::<K, V, T>();
        Some(out)
    }
}

/// Removals of a key: `swap_remove`, and the rest by the same name.
macro_rules! by_key {
    ($($remove:ident, $entry:ident, $full:ident, $tracked:ident, $if_allowed:ident, $entry_if_allowed:ident;)+) => {
        impl<K, V, S: BuildHasher, T: Keeper<K, V>> IndexMap<K, V, S, T> {$(
            #[doc = concat!("Same as [`indexmap::IndexMap::", stringify!($remove), "`]; the entry leaves for")]
            /// [`Removed`](RemovalCause::Removed), a key that is not there counts as a miss.
            #[inline]
            #[track_caller]
            pub fn $remove<Q>(&mut self, key: &Q) -> Option<V>
            where
                Q: ?Sized + Hash + Equivalent<K>,
                T: Unguarded,
            {
                if !log::listens::<K, V, T>() {
                    return self.table.map.$remove(key).map(Keyless::into_value);
                }
                self.$full(key).map(|(_, _, value)| value)
            }

            #[doc = concat!("Same as [`indexmap::IndexMap::", stringify!($entry), "`]; the entry leaves for")]
            /// [`Removed`](RemovalCause::Removed), a key that is not there counts as a miss.
            #[inline]
            #[track_caller]
            pub fn $entry<Q>(&mut self, key: &Q) -> Option<(K, V)>
            where
                Q: ?Sized + Hash + Equivalent<K>,
                T: Unguarded,
            {
                self.$full(key).map(|(_, key, value)| (key, value))
            }

            #[doc = concat!("Same as [`indexmap::IndexMap::", stringify!($full), "`]; the entry leaves for")]
            /// [`Removed`](RemovalCause::Removed), a key that is not there counts as a miss.
            #[inline]
            #[track_caller]
            pub fn $full<Q>(&mut self, key: &Q) -> Option<(usize, K, V)>
            where
                Q: ?Sized + Hash + Equivalent<K>,
                T: Unguarded,
            {
                self.settle();
                let found = self.table.map.$full(key);
                self.removed(found, Caller::here())
            }

            #[doc = concat!("Same as [`", stringify!($remove), "`](Self::", stringify!($remove), "), but the value comes in a")]
            /// guard whose drop says how long it lived on, whatever its type.
            #[track_caller]
            pub fn $tracked<Q>(&mut self, key: &Q) -> Option<Removed<V>>
            where
                Q: ?Sized + Hash + Equivalent<K>,
                T: Unguarded,
            {
                self.settle();
                let out = match self.table.map.$entry(key) {
                    Some(entry) => Some(self.log.gone_tracked(&self.table, entry, Caller::here())),
                    None => {
                        self.log.missed::<K, V>(Caller::here());
                        None
                    }
                };
                self.log.recorder.raise::<K, V, T>();
                out
            }

            #[doc = concat!("Removes the entry of `key` as [`", stringify!($remove), "`](Self::", stringify!($remove), ") does,")]
            /// if the guard lets it go, and hands its value over.
            ///
            /// Without a guard, or without the feature `enforce`, nothing is asked.
            ///
            /// # Errors
            /// [`Vetoed`] with the guard's reason; the entry stays, and an event under the target `mapkeeper::audit` says so.
            #[track_caller]
            pub fn $if_allowed<Q>(&mut self, key: &Q) -> Result<Option<V>, Vetoed>
            where
                Q: ?Sized + Hash + Equivalent<K>,
            {
                Ok(self.$entry_if_allowed(key)?.map(|(_, value)| value))
            }

            #[doc = concat!("Same as [`", stringify!($if_allowed), "`](Self::", stringify!($if_allowed), "), with the key.")]
            ///
            /// # Errors
            /// [`Vetoed`] with the guard's reason; the entry stays.
            #[track_caller]
            pub fn $entry_if_allowed<Q>(&mut self, key: &Q) -> Result<Option<(K, V)>, Vetoed>
            where
                Q: ?Sized + Hash + Equivalent<K>,
            {
                let at = Caller::here();
                self.settle();
                if let Some((key, value)) = self.get_key_value(key) {
                    log::ask::<K, V, T>(key, value, at)?;
                }
                let found = self.table.map.$full(key);
                Ok(self.removed(found, at).map(|(_, key, value)| (key, value)))
            }
        )+}
    };
}

by_key! {
    swap_remove, swap_remove_entry, swap_remove_full, swap_remove_tracked, swap_remove_if_allowed, swap_remove_entry_if_allowed;
    shift_remove, shift_remove_entry, shift_remove_full, shift_remove_tracked, shift_remove_if_allowed, shift_remove_entry_if_allowed;
}

impl<K, V, S: BuildHasher, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// An entry was found by its key and taken out, or there was none.
    #[inline(always)]
    #[track_caller]
    fn removed(
        &mut self,
        found: Option<(usize, K, Keyless<V>)>,
        at: Caller,
    ) -> Option<(usize, K, V)> {
        let out = match &found {
            Some(_) if is_light::<K, V>() => found.map(|(index, key, slot)| {
                let (key, value) = gone(self, (key, slot), at);
                (index, key, value)
            }),
            Some((_, key, slot)) => {
                left(self, key, slot, at);
                found.map(|(index, key, slot)| (index, key, slot.into_value()))
            }
            None => {
                self.log.missed::<K, V>(at);
                None
            }
        };
        self.log.recorder.raise::<K, V, T>();
        out
    }

    /// Same as [`indexmap::IndexMap::remove`]; the entry leaves for [`Removed`](RemovalCause::Removed), a key that is not
    /// there counts as a miss.
    #[deprecated(
        note = "`remove` disrupts the map order -- use `swap_remove` or `shift_remove` for explicit behavior."
    )]
    #[track_caller]
    pub fn remove<Q>(&mut self, key: &Q) -> Option<V>
    where
        Q: ?Sized + Hash + Equivalent<K>,
        T: Unguarded,
    {
        self.swap_remove(key)
    }

    /// Same as [`indexmap::IndexMap::remove_entry`]; the entry leaves for [`Removed`](RemovalCause::Removed), a key that is
    /// not there counts as a miss.
    #[deprecated(
        note = "`remove_entry` disrupts the map order -- use `swap_remove_entry` or `shift_remove_entry` for explicit behavior."
    )]
    #[track_caller]
    pub fn remove_entry<Q>(&mut self, key: &Q) -> Option<(K, V)>
    where
        Q: ?Sized + Hash + Equivalent<K>,
        T: Unguarded,
    {
        self.swap_remove_entry(key)
    }

    /// Removes all `keys` in one step, each as [`swap_remove`](Self::swap_remove) does, and hands over the entries that were
    /// there, in the order of `keys`.
    ///
    /// Nothing else sees the map in between, and every entry leaves for [`Removed`](RemovalCause::Removed). Hooks that panic
    /// do not stop the rest. O(keys).
    ///
    /// # Panics
    /// With a panic of the iterator, `Hash` or `Eq`: what was taken out by then is gone, its hooks have run. With the first
    /// panic of a hook, once all of them ran.
    #[track_caller]
    pub fn remove_many<'q, Q, I>(&mut self, keys: I) -> Vec<(K, V)>
    where
        Q: ?Sized + Hash + Equivalent<K> + 'q,
        I: IntoIterator<Item = &'q Q>,
        T: Unguarded,
    {
        let at = Caller::here();
        self.settle();
        let mut panics = Panics::default();
        let mut out = Vec::new();
        for key in keys {
            let len = self.len();
            match self.table.map.swap_remove_entry(key) {
                Some((key, slot)) => {
                    panics.run(|| {
                        self.log
                            .gone_unseen(len, &key, &slot, RemovalCause::Removed, at);
                    });
                    out.push((key, slot.entry.1));
                }
                None => self.log.missed::<K, V>(at),
            }
        }
        panics.resume(T::site());
        self.log.recorder.raise::<K, V, T>();
        out
    }

    /// The steps of the life of the entry of `key` until now; `None` if it is not there, or unless in strict mode.
    #[must_use]
    pub fn lifecycle<Q>(&self, key: &Q) -> Option<Lifecycle>
    where
        Q: ?Sized + Hash + Equivalent<K>,
    {
        self.log
            .recorder
            .lifecycle::<K, V, T>(self.table.map.get(key)?)
    }
}
