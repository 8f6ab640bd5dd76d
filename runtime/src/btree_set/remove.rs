//! The ways out, unchecked and guarded.

use std::{borrow::Borrow, ops::RangeBounds};

use super::{BTreeSet, ExtractIf};
use crate::{Keeper, Unguarded, Vetoed, store::Keyless};

impl<T, K: Keeper<T, ()> + Unguarded> BTreeSet<T, K> {
    /// Same as [`std::collections::BTreeSet::clear`]; every element leaves for
    /// [`Cleared`](crate::RemovalCause::Cleared).
    ///
    /// # Panics
    /// With the first panic of a hook; all hooks have run and the set is empty then.
    #[track_caller]
    pub fn clear(&mut self) {
        self.map.clear();
    }

    /// Same as [`std::collections::BTreeSet::retain`]; elements turned out leave for
    /// [`Filtered`](crate::RemovalCause::Filtered).
    ///
    /// # Panics
    /// With a panic of the predicate, at once; with the first panic of a hook, at the end.
    #[inline]
    #[track_caller]
    pub fn retain<F>(&mut self, mut f: F)
    where
        T: Ord,
        F: FnMut(&T) -> bool,
    {
        self.map.retain(|element, ()| f(element));
    }

    /// Same as [`std::collections::BTreeSet::extract_if`]; elements taken leave for
    /// [`Filtered`](crate::RemovalCause::Filtered).
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
    ) -> ExtractIf<'_, T, R, impl FnMut(&T, &mut Keyless<()>) -> bool, K>
    where
        T: Ord,
        R: RangeBounds<T>,
        F: FnMut(&T) -> bool,
    {
        ExtractIf {
            inner: self.map.extract_if(range, move |element, ()| pred(element)),
        }
    }

    /// Same as [`std::collections::BTreeSet::append`]; every element leaves `other` for
    /// [`Drained`](crate::RemovalCause::Drained) and is an insertion here, or a replacement if it is there.
    ///
    /// # Panics
    /// As the map's [`append`](crate::BTreeMap::append).
    #[track_caller]
    pub fn append(&mut self, other: &mut Self)
    where
        T: Ord,
    {
        self.map.append(&mut other.map);
    }

    /// Same as [`std::collections::BTreeSet::split_off`]; every element that moves leaves for
    /// [`Taken`](crate::RemovalCause::Taken) and is an insertion into the set returned.
    ///
    /// # Panics
    /// As the map's [`split_off`](crate::BTreeMap::split_off).
    #[track_caller]
    pub fn split_off<Q: ?Sized + Ord>(&mut self, value: &Q) -> Self
    where
        T: Borrow<Q> + Ord,
    {
        Self {
            map: self.map.split_off(value),
        }
    }
}

impl<T: Ord, K: Keeper<T, ()>> BTreeSet<T, K> {
    /// Same as [`std::collections::BTreeSet::remove`]; the element leaves for
    /// [`Removed`](crate::RemovalCause::Removed), one that is not there counts as a miss.
    #[inline]
    #[track_caller]
    pub fn remove<Q>(&mut self, value: &Q) -> bool
    where
        T: Borrow<Q>,
        Q: Ord + ?Sized,
        K: Unguarded,
    {
        self.map.remove(value).is_some()
    }

    /// Same as [`std::collections::BTreeSet::take`]; the element leaves for [`Removed`](crate::RemovalCause::Removed),
    /// one that is not there counts as a miss.
    #[inline]
    #[track_caller]
    pub fn take<Q>(&mut self, value: &Q) -> Option<T>
    where
        T: Borrow<Q>,
        Q: Ord + ?Sized,
        K: Unguarded,
    {
        let (element, ()) = self.map.remove_entry(value)?;
        Some(element)
    }

    /// Same as [`std::collections::BTreeSet::pop_first`]; the element leaves for
    /// [`Removed`](crate::RemovalCause::Removed).
    #[inline]
    #[track_caller]
    pub fn pop_first(&mut self) -> Option<T>
    where
        K: Unguarded,
    {
        let (element, ()) = self.map.pop_first()?;
        Some(element)
    }

    /// Same as [`std::collections::BTreeSet::pop_last`]; the element leaves for
    /// [`Removed`](crate::RemovalCause::Removed).
    #[inline]
    #[track_caller]
    pub fn pop_last(&mut self) -> Option<T>
    where
        K: Unguarded,
    {
        let (element, ()) = self.map.pop_last()?;
        Some(element)
    }

    /// Removes `value` (cause [`Removed`](crate::RemovalCause::Removed)) if the guard lets it go, and says whether it
    /// was there.
    ///
    /// Without a guard, or without the feature `enforce`, this is [`remove`](Self::remove).
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the element stays.
    #[track_caller]
    pub fn try_remove<Q>(&mut self, value: &Q) -> Result<bool, Vetoed>
    where
        T: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        Ok(self.try_take(value)?.is_some())
    }

    /// Removes `value` (cause [`Removed`](crate::RemovalCause::Removed)) if the guard lets it go, and hands it over.
    ///
    /// # Errors
    /// As [`try_remove`](Self::try_remove).
    #[track_caller]
    pub fn try_take<Q>(&mut self, value: &Q) -> Result<Option<T>, Vetoed>
    where
        T: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let entry = self.map.try_remove_entry(value)?;
        Ok(entry.map(|(element, ())| element))
    }

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

    /// Removes all `values` in one step (cause [`Removed`](crate::RemovalCause::Removed)) and hands over the elements
    /// that were there, in the order of `values`.
    ///
    /// # Panics
    /// As the map's [`remove_many`](crate::BTreeMap::remove_many).
    #[track_caller]
    pub fn remove_many<'q, Q, I>(&mut self, values: I) -> Vec<T>
    where
        T: Borrow<Q>,
        Q: Ord + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
        K: Unguarded,
    {
        let entries = self.map.remove_many(values);
        entries.into_iter().map(|(element, ())| element).collect()
    }
}
