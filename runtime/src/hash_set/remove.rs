//! The ways out, unchecked and guarded.

use std::hash::{BuildHasher, Hash};

use super::{Drain, ExtractIf, HashSet};
use crate::{
    Keeper, Unguarded, Vetoed,
    hash_map::{Lookup, Slot},
};

impl<T, S, K: Keeper<T, ()> + Unguarded, L> HashSet<T, S, K, L> {
    /// Same as [`std::collections::HashSet::clear`]; every element leaves for
    /// [`Cleared`](crate::RemovalCause::Cleared).
    ///
    /// # Panics
    /// With the first panic of a hook; all hooks have run and the set is empty then.
    #[inline]
    #[track_caller]
    pub fn clear(&mut self) {
        self.map.clear();
    }

    /// Same as [`std::collections::HashSet::drain`]; every element leaves for
    /// [`Drained`](crate::RemovalCause::Drained) now, whether or not the iterator is used up.
    ///
    /// # Panics
    /// With the first panic of a hook; all hooks have run and the set is empty then.
    #[inline]
    #[track_caller]
    pub fn drain(&mut self) -> Drain<'_, T> {
        Drain {
            inner: self.map.drain(),
        }
    }

    /// Same as [`std::collections::HashSet::retain`]; elements turned out leave for
    /// [`Filtered`](crate::RemovalCause::Filtered).
    ///
    /// # Panics
    /// With a panic of the predicate, at once; with the first panic of a hook, at the end.
    #[inline]
    #[track_caller]
    pub fn retain<F>(&mut self, mut f: F)
    where
        F: FnMut(&T) -> bool,
    {
        self.map.retain(|element, ()| f(element));
    }

    /// Same as [`std::collections::HashSet::extract_if`]; elements taken leave for
    /// [`Filtered`](crate::RemovalCause::Filtered).
    #[allow(
        private_interfaces,
        reason = "what the predicate is wrapped in is nobody's business"
    )]
    #[inline]
    #[track_caller]
    pub fn extract_if<F>(
        &mut self,
        mut pred: F,
    ) -> ExtractIf<'_, T, impl FnMut(&mut Slot<T, ()>) -> bool, K>
    where
        F: FnMut(&T) -> bool,
    {
        ExtractIf {
            inner: self.map.extraction(move |element, ()| pred(element)),
        }
    }
}

impl<T, S, K: Keeper<T, ()>, L> HashSet<T, S, K, L> {
    /// Keeps what `f` says, and what the guard does not let go; elements turned out leave for
    /// [`Filtered`](crate::RemovalCause::Filtered). Returns how many the guard kept.
    ///
    /// Without the feature `enforce`, nothing is asked and the answer is 0.
    #[track_caller]
    pub fn try_retain<F>(&mut self, mut f: F) -> usize
    where
        F: FnMut(&T) -> bool,
    {
        self.map.try_retain(|element, ()| f(element))
    }
}

impl<T: Eq + Hash, S: BuildHasher, K: Keeper<T, ()>, L> HashSet<T, S, K, L> {
    /// Same as [`std::collections::HashSet::remove`]; the element leaves for
    /// [`Removed`](crate::RemovalCause::Removed), one that is not there counts as a miss.
    #[inline(always)]
    #[track_caller]
    pub fn remove<Q>(&mut self, value: &Q) -> bool
    where
        L: Lookup<T, Q>,
        Q: Hash + ?Sized,
        K: Unguarded,
    {
        self.map.remove_entry(value).is_some()
    }

    /// Same as [`std::collections::HashSet::take`]; the element leaves for [`Removed`](crate::RemovalCause::Removed),
    /// one that is not there counts as a miss.
    #[inline]
    #[track_caller]
    pub fn take<Q>(&mut self, value: &Q) -> Option<T>
    where
        L: Lookup<T, Q>,
        Q: Hash + ?Sized,
        K: Unguarded,
    {
        let (element, ()) = self.map.remove_entry(value)?;
        Some(element)
    }

    /// Removes `value` (cause [`Removed`](crate::RemovalCause::Removed)) if the guard lets it go, and says whether it
    /// was there.
    ///
    /// Without a guard, or without the feature `enforce`, this is [`remove`](Self::remove).
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the element stays, and an event under the target `mapkeeper::audit` says so.
    #[inline]
    #[track_caller]
    pub fn try_remove<Q>(&mut self, value: &Q) -> Result<bool, Vetoed>
    where
        L: Lookup<T, Q>,
        Q: Hash + ?Sized,
    {
        Ok(self.try_take(value)?.is_some())
    }

    /// Removes `value` (cause [`Removed`](crate::RemovalCause::Removed)) if the guard lets it go, and hands it over.
    ///
    /// # Errors
    /// As [`try_remove`](Self::try_remove).
    #[inline]
    #[track_caller]
    pub fn try_take<Q>(&mut self, value: &Q) -> Result<Option<T>, Vetoed>
    where
        L: Lookup<T, Q>,
        Q: Hash + ?Sized,
    {
        let entry = self.map.try_remove_entry(value)?;
        Ok(entry.map(|(element, ())| element))
    }

    /// Removes all `values` in one step (cause [`Removed`](crate::RemovalCause::Removed)) and hands over the elements
    /// that were there, in the order of `values`.
    ///
    /// Nothing else sees the set in between, and every element leaves for [`Removed`](crate::RemovalCause::Removed).
    /// Hooks run once all elements are out. O(values).
    ///
    /// # Panics
    /// As the map's [`remove_many`](crate::HashMap::remove_many).
    #[track_caller]
    pub fn remove_many<'q, Q, I>(&mut self, values: I) -> Vec<T>
    where
        L: Lookup<T, Q>,
        Q: Hash + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
        K: Unguarded,
    {
        let entries = self.map.remove_many(values);
        entries.into_iter().map(|(element, ())| element).collect()
    }
}
