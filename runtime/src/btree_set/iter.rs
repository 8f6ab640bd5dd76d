//! Iterators over elements in order: std's, with std's traits.

use std::{fmt, ops::RangeBounds};

use super::BTreeSet;
use crate::{
    Keeper, Untracked, btree_map,
    ordered::{of_known_length, ordered},
    sets::empty_by_default,
    store::Keyless,
};

/// Same as [`std::collections::btree_set::Iter`].
pub struct Iter<'a, T> {
    pub(super) inner: btree_map::Keys<'a, T, ()>,
}

/// Same as [`std::collections::btree_set::IntoIter`]; the elements left the set when it was made.
pub struct IntoIter<T> {
    inner: btree_map::IntoKeys<T, ()>,
}

/// Same as [`std::collections::btree_set::Range`].
pub struct Range<'a, T> {
    pub(super) inner: btree_map::Range<'a, T, ()>,
}

/// Same as [`std::collections::btree_set::ExtractIf`]; each element taken leaves for
/// [`Filtered`](crate::RemovalCause::Filtered). `F` is the predicate, wrapped.
#[must_use = "iterators are lazy and do nothing unless consumed; use `retain` to remove and discard"]
pub struct ExtractIf<'a, T, R, F, K: Keeper<T, ()> = Untracked> {
    pub(super) inner: btree_map::ExtractIf<'a, T, (), R, F, K>,
}

ordered!(['a, T] Iter<'a, T>, &'a T, |element| element);
ordered!([T] IntoIter<T>, T, |element| element);
ordered!(['a, T] Range<'a, T>, &'a T, |(element, ())| element);
empty_by_default!([T] Iter<'_, T>);
empty_by_default!([T] IntoIter<T>);
empty_by_default!([T] Range<'_, T>);

of_known_length!([T] Iter<'_, T>);
of_known_length!([T] IntoIter<T>);

macro_rules! cloned_and_shown {
    ($name:ident) => {
        impl<T> Clone for $name<'_, T> {
            #[inline]
            fn clone(&self) -> Self {
                Self {
                    inner: self.inner.clone(),
                }
            }
        }

        impl<T: fmt::Debug> fmt::Debug for $name<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.clone()).finish()
            }
        }
    };
}

cloned_and_shown!(Iter);
cloned_and_shown!(Range);

impl<T: fmt::Debug> fmt::Debug for IntoIter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T, R, F, K> Iterator for ExtractIf<'_, T, R, F, K>
where
    T: PartialOrd,
    R: RangeBounds<T>,
    F: FnMut(&T, &mut Keyless<()>) -> bool,
    K: Keeper<T, ()>,
{
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

impl<T, R, F, K> std::iter::FusedIterator for ExtractIf<'_, T, R, F, K>
where
    T: PartialOrd,
    R: RangeBounds<T>,
    F: FnMut(&T, &mut Keyless<()>) -> bool,
    K: Keeper<T, ()>,
{
}

impl<T, R, F, K: Keeper<T, ()>> fmt::Debug for ExtractIf<'_, T, R, F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractIf").finish_non_exhaustive()
    }
}

/// Every element leaves for [`Taken`](crate::RemovalCause::Taken) now, whether or not the iterator is used up.
impl<T, K: Keeper<T, ()>> IntoIterator for BTreeSet<T, K> {
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
