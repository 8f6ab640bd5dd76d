//! Iterators over elements: std's, with std's traits.

use std::{fmt, iter::FusedIterator};

use super::HashSet;
use crate::{
    Keeper, Untracked,
    hash_map::{self, Slot},
    sets::{empty_by_default, over_entries},
};

/// Same as [`std::collections::hash_set::Iter`].
pub struct Iter<'a, T> {
    pub(super) inner: hash_map::Keys<'a, T, ()>,
}

/// Same as [`std::collections::hash_set::IntoIter`]; the elements left the set when it was made.
pub struct IntoIter<T> {
    inner: hash_map::IntoKeys<T, ()>,
}

/// Same as [`std::collections::hash_set::Drain`]; the elements left the set when it was made.
pub struct Drain<'a, T> {
    pub(super) inner: hash_map::Drain<'a, T, ()>,
}

over_entries!(['a, T] Iter<'a, T>, &'a T, |element| element);
over_entries!([T] IntoIter<T>, T, |element| element);
over_entries!([T] Drain<'_, T>, T, |(element, ())| element);
empty_by_default!([T] Iter<'_, T>);
empty_by_default!([T] IntoIter<T>);

impl<T> Clone for Iter<'_, T> {
    #[inline]
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Iter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for IntoIter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for Drain<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.inner.iter().map(|(element, ())| element))
            .finish()
    }
}

/// Every element leaves for [`Taken`](crate::RemovalCause::Taken) now, whether or not the iterator is used up.
impl<T, S, K: Keeper<T, ()>, L> IntoIterator for HashSet<T, S, K, L> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    #[inline]
    #[track_caller]
    fn into_iter(self) -> IntoIter<T> {
        IntoIter {
            inner: self.map.into_keys(),
        }
    }
}

/// Same as [`std::collections::hash_set::ExtractIf`]; each element taken leaves for
/// [`Filtered`](crate::RemovalCause::Filtered), its hook run before it is handed over. `F` is the predicate, wrapped.
///
/// # Panics
/// `next` panics with the predicate's panic (the element stays) or a hook's (the element is gone).
#[must_use = "iterators are lazy and do nothing unless consumed; use `retain` to remove and discard"]
pub struct ExtractIf<'a, T, F, K: Keeper<T, ()> = Untracked> {
    pub(super) inner: hash_map::ExtractIf<'a, T, (), F, K>,
}

impl<T, F: FnMut(&mut Slot<T, ()>) -> bool, K: Keeper<T, ()>> Iterator for ExtractIf<'_, T, F, K> {
    type Item = T;

    #[inline]
    #[track_caller]
    fn next(&mut self) -> Option<T> {
        let (element, ()) = self.inner.next()?;
        Some(element)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}

impl<T, F: FnMut(&mut Slot<T, ()>) -> bool, K: Keeper<T, ()>> FusedIterator
    for ExtractIf<'_, T, F, K>
{
}

impl<T: fmt::Debug, F, K: Keeper<T, ()>> fmt::Debug for ExtractIf<'_, T, F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractIf").finish_non_exhaustive()
    }
}
