//! Elements that stand together: the crate's slices, as values (see those of [maps](crate::index_map::Slice)).

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::{Index, RangeBounds},
};

use super::{Drain, IndexSet, Iter};
use crate::{Keeper, index_map};

/// Same as a reference to an [`indexmap::set::Slice`].
pub struct Slice<'a, T>(pub(super) index_map::Slice<'a, T, ()>);

impl<T, S, K: Keeper<T, ()>> IndexSet<T, S, K> {
    /// Same as [`indexmap::IndexSet::as_slice`]; records nothing.
    #[inline]
    pub fn as_slice(&self) -> Slice<'_, T> {
        Slice(self.map.as_slice())
    }

    /// Same as [`indexmap::IndexSet::get_range`]; records nothing.
    pub fn get_range<R: RangeBounds<usize>>(&self, range: R) -> Option<Slice<'_, T>> {
        self.map.get_range(range).map(Slice)
    }
}

impl<T> Drain<'_, T> {
    /// Same as [`indexmap::set::Drain::as_slice`].
    pub fn as_slice(&self) -> Slice<'_, T> {
        Slice(self.inner.as_slice())
    }
}

/// Each method is that of [`indexmap::set::Slice`] and records nothing.
impl<'a, T> Slice<'a, T> {
    /// A slice of nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self(index_map::Slice::new())
    }

    /// Elements.
    #[inline]
    pub const fn len(self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The element with an index.
    pub fn get_index(self, index: usize) -> Option<&'a T> {
        self.0.get_index(index).map(element)
    }

    /// The elements of a range of indices.
    pub fn get_range<R: RangeBounds<usize>>(self, range: R) -> Option<Self> {
        self.0.get_range(range).map(Self)
    }

    /// The first element.
    pub fn first(self) -> Option<&'a T> {
        self.0.first().map(element)
    }

    /// The last element.
    pub fn last(self) -> Option<&'a T> {
        self.0.last().map(element)
    }

    /// The elements before an index, and the others.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn split_at(self, index: usize) -> (Self, Self) {
        let (before, others) = self.0.split_at(index);
        (Self(before), Self(others))
    }

    /// The elements before an index, and the others; `None` if it is out of bounds.
    pub fn split_at_checked(self, index: usize) -> Option<(Self, Self)> {
        let (before, others) = self.0.split_at_checked(index)?;
        Some((Self(before), Self(others)))
    }

    /// The first element, and the others.
    pub fn split_first(self) -> Option<(&'a T, Self)> {
        let (first, others) = self.0.split_first()?;
        Some((element(first), Self(others)))
    }

    /// The last element, and the others.
    pub fn split_last(self) -> Option<(&'a T, Self)> {
        let (last, others) = self.0.split_last()?;
        Some((element(last), Self(others)))
    }

    /// The elements, in their order.
    pub fn iter(self) -> Iter<'a, T> {
        Iter {
            inner: self.0.iter(),
        }
    }

    /// Searches sorted elements.
    ///
    /// # Errors
    /// If the element is not there: the index where it would be.
    pub fn binary_search(self, x: &T) -> Result<usize, usize>
    where
        T: Ord,
    {
        self.0.binary_search_keys(x)
    }

    /// Searches elements that are sorted by `f`.
    ///
    /// # Errors
    /// If there is no such element: the index where it would be.
    pub fn binary_search_by<F>(self, mut f: F) -> Result<usize, usize>
    where
        F: FnMut(&'a T) -> Ordering,
    {
        self.0.binary_search_by(|element, ()| f(element))
    }

    /// Searches elements that are sorted by what `f` makes of them.
    ///
    /// # Errors
    /// If there is no such element: the index where it would be.
    pub fn binary_search_by_key<B, F>(self, b: &B, mut f: F) -> Result<usize, usize>
    where
        F: FnMut(&'a T) -> B,
        B: Ord,
    {
        self.0.binary_search_by_key(b, |element, ()| f(element))
    }

    /// Whether the elements are sorted.
    pub fn is_sorted(self) -> bool
    where
        T: PartialOrd,
    {
        self.0.is_sorted()
    }

    /// Whether the elements are sorted by `cmp`.
    pub fn is_sorted_by<F>(self, mut cmp: F) -> bool
    where
        F: FnMut(&'a T, &'a T) -> bool,
    {
        self.0.is_sorted_by(|a, (), b, ()| cmp(a, b))
    }

    /// Whether the elements are sorted by what `sort_key` makes of them.
    pub fn is_sorted_by_key<F, B>(self, mut sort_key: F) -> bool
    where
        F: FnMut(&'a T) -> B,
        B: PartialOrd,
    {
        self.0.is_sorted_by_key(|element, ()| sort_key(element))
    }

    /// The index of the first element that is not `pred`, where all that are stand in front.
    #[must_use]
    pub fn partition_point<P>(self, mut pred: P) -> usize
    where
        P: FnMut(&T) -> bool,
    {
        self.0.partition_point(|element, ()| pred(element))
    }
}

fn element<'a, T>((element, ()): (&'a T, &'a ())) -> &'a T {
    element
}

/// # Panics
/// If the index is out of bounds.
impl<T> Index<usize> for Slice<'_, T> {
    type Output = T;

    #[track_caller]
    fn index(&self, index: usize) -> &T {
        let len = self.len();
        self.get_index(index).unwrap_or_else(|| {
            panic!("index out of bounds: the len is {len} but the index is {index}")
        })
    }
}

impl<T> Clone for Slice<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Slice<'_, T> {}

impl<T> Default for Slice<'_, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a, T> IntoIterator for Slice<'a, T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for Slice<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T, U> PartialEq<Slice<'_, U>> for Slice<'_, T>
where
    T: PartialEq<U>,
{
    fn eq(&self, other: &Slice<'_, U>) -> bool {
        self.len() == other.len() && self.iter().zip(*other).all(|(a, b)| a == b)
    }
}

impl<T, U> PartialEq<[U]> for Slice<'_, T>
where
    T: PartialEq<U>,
{
    fn eq(&self, other: &[U]) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a == b)
    }
}

impl<T, U, const N: usize> PartialEq<[U; N]> for Slice<'_, T>
where
    T: PartialEq<U>,
{
    fn eq(&self, other: &[U; N]) -> bool {
        *self == other[..]
    }
}

impl<T: Eq> Eq for Slice<'_, T> {}

impl<T: PartialOrd> PartialOrd for Slice<'_, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.iter().partial_cmp(*other)
    }
}

impl<T: Ord> Ord for Slice<'_, T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(*other)
    }
}

impl<T: Hash> Hash for Slice<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        self.iter().for_each(|element| element.hash(state));
    }
}
