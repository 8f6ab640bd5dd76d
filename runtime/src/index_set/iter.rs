//! Iterators over elements: the crate's, with the crate's traits.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
    iter::FusedIterator,
    ops::RangeBounds,
    vec,
};

use ::indexmap::set::Slice as Elements;
use rustc_hash::FxBuildHasher;

use super::{IndexSet, Slice};
use crate::{
    IndexMap, Keeper, Untracked, index_map,
    ordered::{of_known_length, ordered, sized},
    store::Keyless,
};

/// Same as [`indexmap::set::Iter`].
pub struct Iter<'a, T> {
    pub(super) inner: index_map::Iter<'a, T, ()>,
}

/// Same as [`indexmap::set::IntoIter`]; the elements left the set when it was made.
#[derive(Clone)]
pub struct IntoIter<T> {
    inner: vec::IntoIter<T>,
}

/// Same as [`indexmap::set::Drain`]; the elements left the set when it was made.
pub struct Drain<'a, T> {
    pub(super) inner: index_map::Drain<'a, T, ()>,
}

ordered!(['a, T] Iter<'a, T>, &'a T, |(element, ())| element);
ordered!([T] IntoIter<T>, T, |element| element);
ordered!([T] Drain<'_, T>, T, |(element, ())| element);
sized!([T] Iter<'_, T>);
sized!([T] IntoIter<T>);
of_known_length!([T] Drain<'_, T>);

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
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for IntoIter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for Drain<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.inner.keys_left()).finish()
    }
}

impl<'a, T> Iter<'a, T> {
    /// Same as [`indexmap::set::Iter::as_slice`]; records nothing.
    pub fn as_slice(&self) -> Slice<'a, T> {
        Slice(self.inner.as_slice())
    }
}

impl<T> IntoIter<T> {
    pub(super) fn of_entries(entries: index_map::IntoIter<T, ()>) -> Self {
        let elements: Vec<T> = entries.map(|(element, ())| element).collect();
        Self {
            inner: elements.into_iter(),
        }
    }

    /// Same as [`indexmap::set::IntoIter::as_slice`], but a slice of plain elements; records nothing.
    pub fn as_slice(&self) -> &[T] {
        self.inner.as_slice()
    }
}

impl<T, S, K: Keeper<T, ()>> IndexSet<T, S, K> {
    /// Same as [`indexmap::IndexSet::into_boxed_slice`], whose slice it is; every element leaves for
    /// [`Taken`](crate::RemovalCause::Taken), and is hashed once more.
    ///
    /// # Panics
    /// With the first panic of a hook, once all of them ran; with a panic of `Hash` or `Eq`.
    #[track_caller]
    pub fn into_boxed_slice(self) -> Box<Elements<T>>
    where
        T: Hash + Eq,
    {
        let set: ::indexmap::IndexSet<T, FxBuildHasher> = self.into_iter().collect();
        set.into_boxed_slice()
    }
}

/// Every element leaves for [`Taken`](crate::RemovalCause::Taken) now, whether or not the iterator is used up.
impl<T, S, K: Keeper<T, ()>> IntoIterator for IndexSet<T, S, K> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    #[inline]
    #[track_caller]
    fn into_iter(self) -> IntoIter<T> {
        IntoIter::of_entries(self.map.into_iter())
    }
}

/// Same as [`indexmap::set::ExtractIf`]; each element taken leaves for [`Filtered`](crate::RemovalCause::Filtered). `F` is the
/// predicate, wrapped.
#[must_use = "iterators are lazy and do nothing unless consumed; use `retain` to remove and discard"]
pub struct ExtractIf<'a, T, F, K: Keeper<T, ()> = Untracked> {
    pub(super) inner: index_map::ExtractIf<'a, T, (), F, K>,
}

impl<T, F, K> Iterator for ExtractIf<'_, T, F, K>
where
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

impl<T, F, K> FusedIterator for ExtractIf<'_, T, F, K>
where
    F: FnMut(&T, &mut Keyless<()>) -> bool,
    K: Keeper<T, ()>,
{
}

impl<T, F, K: Keeper<T, ()>> fmt::Debug for ExtractIf<'_, T, F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// Same as [`indexmap::set::Splice`]; the elements it hands over left the set when it was made, those that come are inserted
/// when it is dropped.
pub struct Splice<'a, I, T, S, K = Untracked>
where
    I: Iterator<Item = T>,
    T: Hash + Eq,
    S: BuildHasher,
    K: Keeper<T, ()>,
{
    inner: index_map::Splice<'a, AsEntries<I>, T, (), S, K>,
}

/// Elements as a map's entries.
struct AsEntries<I>(I);

impl<I: Iterator> Iterator for AsEntries<I> {
    type Item = (I::Item, ());

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|element| (element, ()))
    }
}

impl<I: fmt::Debug> fmt::Debug for AsEntries<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'a, I, T, S, K> Splice<'a, I, T, S, K>
where
    I: Iterator<Item = T>,
    T: Hash + Eq,
    S: BuildHasher,
    K: Keeper<T, ()>,
{
    #[track_caller]
    pub(super) fn start(
        map: &'a mut IndexMap<T, (), S, K>,
        range: impl RangeBounds<usize>,
        replace_with: I,
    ) -> Self {
        Self {
            inner: index_map::Splice::start(map, range, AsEntries(replace_with), false),
        }
    }
}

impl<I, T, S, K> Iterator for Splice<'_, I, T, S, K>
where
    I: Iterator<Item = T>,
    T: Hash + Eq,
    S: BuildHasher,
    K: Keeper<T, ()>,
{
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        self.inner.next().map(|(element, ())| element)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}

impl<I, T, S, K> DoubleEndedIterator for Splice<'_, I, T, S, K>
where
    I: Iterator<Item = T>,
    T: Hash + Eq,
    S: BuildHasher,
    K: Keeper<T, ()>,
{
    #[inline]
    fn next_back(&mut self) -> Option<T> {
        self.inner.next_back().map(|(element, ())| element)
    }
}

impl<I, T, S, K> ExactSizeIterator for Splice<'_, I, T, S, K>
where
    I: Iterator<Item = T>,
    T: Hash + Eq,
    S: BuildHasher,
    K: Keeper<T, ()>,
{
    #[inline]
    fn len(&self) -> usize {
        self.inner.len()
    }
}

impl<I, T, S, K> FusedIterator for Splice<'_, I, T, S, K>
where
    I: Iterator<Item = T>,
    T: Hash + Eq,
    S: BuildHasher,
    K: Keeper<T, ()>,
{
}

impl<I, T, S, K> fmt::Debug for Splice<'_, I, T, S, K>
where
    I: fmt::Debug + Iterator<Item = T>,
    T: fmt::Debug + Hash + Eq,
    S: BuildHasher,
    K: Keeper<T, ()>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
