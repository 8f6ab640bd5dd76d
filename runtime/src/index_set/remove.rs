//! The ways out that take a value, an index, a range or a predicate, unchecked and guarded.

use std::{
    hash::{BuildHasher, Hash},
    ops::RangeBounds,
};

use super::{Drain, ExtractIf, IndexSet};
use crate::{Keeper, Unguarded, Vetoed, index_map::Equivalent, store::Keyless};

impl<T, S, K: Keeper<T, ()> + Unguarded> IndexSet<T, S, K> {
    /// Same as [`indexmap::IndexSet::clear`]; every element leaves for [`Cleared`](crate::RemovalCause::Cleared).
    ///
    /// # Panics
    /// With the first panic of a hook; all hooks have run and the set is empty then.
    #[inline]
    #[track_caller]
    pub fn clear(&mut self) {
        self.map.clear();
    }

    /// Same as [`indexmap::IndexSet::truncate`]; elements that go leave for [`Cleared`](crate::RemovalCause::Cleared).
    ///
    /// # Panics
    /// With the first panic of a hook; all hooks have run and the elements are gone then.
    #[track_caller]
    pub fn truncate(&mut self, len: usize) {
        self.map.truncate(len);
    }

    /// Same as [`indexmap::IndexSet::drain`]; elements that go leave for [`Drained`](crate::RemovalCause::Drained) now, whether
    /// or not the iterator is used up.
    ///
    /// # Panics
    /// As the map's [`drain`](crate::IndexMap::drain).
    #[track_caller]
    pub fn drain<R>(&mut self, range: R) -> Drain<'_, T>
    where
        R: RangeBounds<usize>,
    {
        Drain {
            inner: self.map.drain(range),
        }
    }

    /// Same as [`indexmap::IndexSet::retain`]; elements turned out leave for [`Filtered`](crate::RemovalCause::Filtered).
    ///
    /// # Panics
    /// With a panic of the predicate, at once; with the first panic of a hook, at the end.
    #[inline]
    #[track_caller]
    pub fn retain<F>(&mut self, mut keep: F)
    where
        F: FnMut(&T) -> bool,
    {
        self.map.retain(|element, ()| keep(element));
    }

    /// Same as [`indexmap::IndexSet::extract_if`]; elements taken leave for [`Filtered`](crate::RemovalCause::Filtered).
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
        mut pred: F,
    ) -> ExtractIf<'_, T, impl FnMut(&T, &mut Keyless<()>) -> bool, K>
    where
        F: FnMut(&T) -> bool,
        R: RangeBounds<usize>,
    {
        ExtractIf {
            inner: self.map.extract_if(range, move |element, ()| pred(element)),
        }
    }

    /// Same as [`indexmap::IndexSet::split_off`]; every element that moves leaves for [`Taken`](crate::RemovalCause::Taken) and
    /// is an insertion into the set returned.
    ///
    /// # Panics
    /// As the map's [`split_off`](crate::IndexMap::split_off).
    #[track_caller]
    pub fn split_off(&mut self, at: usize) -> Self
    where
        S: Clone,
    {
        Self {
            map: self.map.split_off(at),
        }
    }

    /// Same as [`indexmap::IndexSet::pop`]; the element leaves for [`Removed`](crate::RemovalCause::Removed).
    #[inline]
    #[track_caller]
    pub fn pop(&mut self) -> Option<T> {
        self.map.pop().map(|(element, ())| element)
    }

    /// Same as [`indexmap::IndexSet::pop_if`]; the element leaves for [`Removed`](crate::RemovalCause::Removed).
    #[track_caller]
    pub fn pop_if(&mut self, predicate: impl FnOnce(&T) -> bool) -> Option<T> {
        let (element, ()) = self.map.pop_if(|element, ()| predicate(element))?;
        Some(element)
    }

    /// Same as [`indexmap::IndexSet::swap_remove_index`]; the element leaves for [`Removed`](crate::RemovalCause::Removed).
    #[track_caller]
    pub fn swap_remove_index(&mut self, index: usize) -> Option<T> {
        self.map
            .swap_remove_index(index)
            .map(|(element, ())| element)
    }

    /// Same as [`indexmap::IndexSet::shift_remove_index`]; the element leaves for [`Removed`](crate::RemovalCause::Removed).
    #[track_caller]
    pub fn shift_remove_index(&mut self, index: usize) -> Option<T> {
        self.map
            .shift_remove_index(index)
            .map(|(element, ())| element)
    }
}

impl<T, S, K: Keeper<T, ()>> IndexSet<T, S, K> {
    /// Keeps what `keep` says, and what the guard does not let go; elements turned out leave for
    /// [`Filtered`](crate::RemovalCause::Filtered). Returns how many the guard kept.
    ///
    /// Without the feature `enforce`, nothing is asked and the answer is 0.
    #[track_caller]
    pub fn try_retain<F>(&mut self, mut keep: F) -> usize
    where
        F: FnMut(&T) -> bool,
    {
        self.map.try_retain(|element, ()| keep(element))
    }
}

/// Removals of a value: `swap_remove`, and the rest by the same name; `$entry`, `$of_map` and `$entry_if_allowed` are the map's.
macro_rules! by_value {
    ($(
        $remove:ident, $take:ident $entry:ident, $full:ident,
        $if_allowed:ident, $take_if_allowed:ident $entry_if_allowed:ident;
    )+) => {
        impl<T, S: BuildHasher, K: Keeper<T, ()>> IndexSet<T, S, K> {$(
            #[doc = concat!("Same as [`indexmap::IndexSet::", stringify!($remove), "`]; the element leaves for")]
            /// [`Removed`](crate::RemovalCause::Removed), one that is not there counts as a miss.
            #[inline]
            #[track_caller]
            pub fn $remove<Q>(&mut self, value: &Q) -> bool
            where
                Q: ?Sized + Hash + Equivalent<T>,
                K: Unguarded,
            {
                self.map.$remove(value).is_some()
            }

            #[doc = concat!("Same as [`indexmap::IndexSet::", stringify!($take), "`]; the element leaves for")]
            /// [`Removed`](crate::RemovalCause::Removed), one that is not there counts as a miss.
            #[inline]
            #[track_caller]
            pub fn $take<Q>(&mut self, value: &Q) -> Option<T>
            where
                Q: ?Sized + Hash + Equivalent<T>,
                K: Unguarded,
            {
                self.map.$entry(value).map(|(element, ())| element)
            }

            #[doc = concat!("Same as [`indexmap::IndexSet::", stringify!($full), "`]; the element leaves for")]
            /// [`Removed`](crate::RemovalCause::Removed), one that is not there counts as a miss.
            #[inline]
            #[track_caller]
            pub fn $full<Q>(&mut self, value: &Q) -> Option<(usize, T)>
            where
                Q: ?Sized + Hash + Equivalent<T>,
                K: Unguarded,
            {
                self.map.$full(value).map(|(index, element, ())| (index, element))
            }

            #[doc = concat!("Removes `value` as [`", stringify!($remove), "`](Self::", stringify!($remove), ") does, if the guard")]
            /// lets it go, and says whether it was there.
            ///
            /// Without a guard, or without the feature `enforce`, nothing is asked.
            ///
            /// # Errors
            /// [`Vetoed`] with the guard's reason; the element stays, and an event under the target `mapkeeper::audit` says so.
            #[track_caller]
            pub fn $if_allowed<Q>(&mut self, value: &Q) -> Result<bool, Vetoed>
            where
                Q: ?Sized + Hash + Equivalent<T>,
            {
                Ok(self.map.$if_allowed(value)?.is_some())
            }

            #[doc = concat!("Same as [`", stringify!($if_allowed), "`](Self::", stringify!($if_allowed), "), and hands it over.")]
            ///
            /// # Errors
            /// [`Vetoed`] with the guard's reason; the element stays.
            #[track_caller]
            pub fn $take_if_allowed<Q>(&mut self, value: &Q) -> Result<Option<T>, Vetoed>
            where
                Q: ?Sized + Hash + Equivalent<T>,
            {
                let entry = self.map.$entry_if_allowed(value)?;
                Ok(entry.map(|(element, ())| element))
            }
        )+}
    };
}

by_value! {
    swap_remove, swap_take swap_remove_entry, swap_remove_full,
    swap_remove_if_allowed, swap_take_if_allowed swap_remove_entry_if_allowed;
    shift_remove, shift_take shift_remove_entry, shift_remove_full,
    shift_remove_if_allowed, shift_take_if_allowed shift_remove_entry_if_allowed;
}

impl<T, S: BuildHasher, K: Keeper<T, ()> + Unguarded> IndexSet<T, S, K> {
    /// Same as [`indexmap::IndexSet::remove`]; the element leaves for [`Removed`](crate::RemovalCause::Removed), one that is not
    /// there counts as a miss.
    #[deprecated(
        note = "`remove` disrupts the set order -- use `swap_remove` or `shift_remove` for explicit behavior."
    )]
    #[track_caller]
    pub fn remove<Q>(&mut self, value: &Q) -> bool
    where
        Q: ?Sized + Hash + Equivalent<T>,
    {
        self.swap_remove(value)
    }

    /// Same as [`indexmap::IndexSet::take`]; the element leaves for [`Removed`](crate::RemovalCause::Removed), one that is not
    /// there counts as a miss.
    #[deprecated(
        note = "`take` disrupts the set order -- use `swap_take` or `shift_take` for explicit behavior."
    )]
    #[track_caller]
    pub fn take<Q>(&mut self, value: &Q) -> Option<T>
    where
        Q: ?Sized + Hash + Equivalent<T>,
    {
        self.swap_take(value)
    }

    /// Removes all `values` in one step, each as [`swap_remove`](Self::swap_remove) does, and hands over the elements that were
    /// there, in the order of `values`.
    ///
    /// # Panics
    /// As the map's [`remove_many`](crate::IndexMap::remove_many).
    #[track_caller]
    pub fn remove_many<'q, Q, I>(&mut self, values: I) -> Vec<T>
    where
        Q: ?Sized + Hash + Equivalent<T> + 'q,
        I: IntoIterator<Item = &'q Q>,
    {
        let entries = self.map.remove_many(values);
        entries.into_iter().map(|(element, ())| element).collect()
    }
}
