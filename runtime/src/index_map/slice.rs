//! Entries that stand together: the crate's slices, as values. The crate hands out `&Slice`, behind which the values stand
//! without marks; here a `Slice` is itself what refers to them, so there is no indexing by a range (`get_range` instead).

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::{Index, IndexMut, RangeBounds},
};

use super::{
    Drain, GetDisjointMutError, IndexMap, Iter, IterMut, Keys, Values, ValuesMut, base, entry_mut,
    entry_of,
};
use crate::{Keeper, store::Keyless};

type Base<K, V> = base::Slice<K, Keyless<V>>;

/// Same as a reference to an [`indexmap::map::Slice`].
pub struct Slice<'a, K, V>(pub(crate) &'a Base<K, V>);

/// Same as a mutable reference to an [`indexmap::map::Slice`]; [`as_slice`](Self::as_slice) has what only looks.
pub struct SliceMut<'a, K, V>(pub(super) &'a mut Base<K, V>);

impl<K, V, S, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Same as [`indexmap::IndexMap::as_slice`]; records nothing.
    #[inline]
    pub fn as_slice(&self) -> Slice<'_, K, V> {
        Slice(self.table.map.as_slice())
    }

    /// Same as [`indexmap::IndexMap::as_mut_slice`]; strict looks at the values again at the next operation.
    #[inline]
    #[track_caller]
    pub fn as_mut_slice(&mut self) -> SliceMut<'_, K, V> {
        self.lend_all();
        SliceMut(self.table.map.as_mut_slice())
    }

    /// Same as [`indexmap::IndexMap::get_range`]; records nothing.
    pub fn get_range<R: RangeBounds<usize>>(&self, range: R) -> Option<Slice<'_, K, V>> {
        self.table.map.get_range(range).map(Slice)
    }

    /// Same as [`indexmap::IndexMap::get_range_mut`]; strict looks at the values again at the next operation.
    #[track_caller]
    pub fn get_range_mut<R: RangeBounds<usize>>(&mut self, range: R) -> Option<SliceMut<'_, K, V>> {
        self.lend_all();
        self.table.map.get_range_mut(range).map(SliceMut)
    }
}

impl<'a, K, V> Iter<'a, K, V> {
    /// Same as [`indexmap::map::Iter::as_slice`].
    pub fn as_slice(&self) -> Slice<'a, K, V> {
        Slice(self.inner.as_slice())
    }
}

impl<'a, K, V> IterMut<'a, K, V> {
    /// Same as [`indexmap::map::IterMut::as_slice`].
    pub fn as_slice(&self) -> Slice<'_, K, V> {
        Slice(self.inner.as_slice())
    }

    /// Same as [`indexmap::map::IterMut::into_slice`].
    pub fn into_slice(self) -> SliceMut<'a, K, V> {
        SliceMut(self.inner.into_slice())
    }
}

impl<K, V> Drain<'_, K, V> {
    /// Same as [`indexmap::map::Drain::as_slice`].
    pub fn as_slice(&self) -> Slice<'_, K, V> {
        Slice(self.inner.as_slice())
    }
}

/// Each method is that of [`indexmap::map::Slice`] and records nothing.
impl<'a, K, V> Slice<'a, K, V> {
    /// A slice of nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self(base::Slice::new())
    }

    /// Entries.
    #[inline]
    pub const fn len(self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The entry with an index.
    pub fn get_index(self, index: usize) -> Option<(&'a K, &'a V)> {
        self.0.get_index(index).map(entry_of)
    }

    /// The entries of a range of indices.
    pub fn get_range<R: RangeBounds<usize>>(self, range: R) -> Option<Self> {
        self.0.get_range(range).map(Self)
    }

    /// The first entry.
    pub fn first(self) -> Option<(&'a K, &'a V)> {
        self.0.first().map(entry_of)
    }

    /// The last entry.
    pub fn last(self) -> Option<(&'a K, &'a V)> {
        self.0.last().map(entry_of)
    }

    /// The entries before an index, and the others.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn split_at(self, index: usize) -> (Self, Self) {
        let (before, others) = self.0.split_at(index);
        (Self(before), Self(others))
    }

    /// The entries before an index, and the others; `None` if it is out of bounds.
    pub fn split_at_checked(self, index: usize) -> Option<(Self, Self)> {
        let (before, others) = self.0.split_at_checked(index)?;
        Some((Self(before), Self(others)))
    }

    /// The first entry, and the others.
    pub fn split_first(self) -> Option<((&'a K, &'a V), Self)> {
        let (first, others) = self.0.split_first()?;
        Some((entry_of(first), Self(others)))
    }

    /// The last entry, and the others.
    pub fn split_last(self) -> Option<((&'a K, &'a V), Self)> {
        let (last, others) = self.0.split_last()?;
        Some((entry_of(last), Self(others)))
    }

    /// The entries, in their order.
    pub fn iter(self) -> Iter<'a, K, V> {
        Iter {
            inner: self.0.iter(),
        }
    }

    /// The keys, in their order.
    pub fn keys(self) -> Keys<'a, K, V> {
        Keys {
            inner: self.0.keys(),
        }
    }

    /// The values, in their order.
    pub fn values(self) -> Values<'a, K, V> {
        Values {
            inner: self.0.values(),
        }
    }

    /// Searches sorted keys.
    ///
    /// # Errors
    /// If the key is not there: the index where it would be.
    pub fn binary_search_keys(self, x: &K) -> Result<usize, usize>
    where
        K: Ord,
    {
        self.0.binary_search_keys(x)
    }

    /// Searches entries that are sorted by `f`.
    ///
    /// # Errors
    /// If there is no such entry: the index where it would be.
    pub fn binary_search_by<F>(self, mut f: F) -> Result<usize, usize>
    where
        F: FnMut(&'a K, &'a V) -> Ordering,
    {
        self.0.binary_search_by(|key, slot| f(key, slot.value()))
    }

    /// Searches entries that are sorted by what `f` makes of them.
    ///
    /// # Errors
    /// If there is no such entry: the index where it would be.
    pub fn binary_search_by_key<B, F>(self, b: &B, mut f: F) -> Result<usize, usize>
    where
        F: FnMut(&'a K, &'a V) -> B,
        B: Ord,
    {
        self.0
            .binary_search_by_key(b, |key, slot| f(key, slot.value()))
    }

    /// Whether the keys are sorted.
    pub fn is_sorted(self) -> bool
    where
        K: PartialOrd,
    {
        self.0.is_sorted()
    }

    /// Whether the entries are sorted by `cmp`.
    pub fn is_sorted_by<F>(self, mut cmp: F) -> bool
    where
        F: FnMut(&'a K, &'a V, &'a K, &'a V) -> bool,
    {
        self.0
            .is_sorted_by(|k1, v1, k2, v2| cmp(k1, v1.value(), k2, v2.value()))
    }

    /// Whether the entries are sorted by what `sort_key` makes of them.
    pub fn is_sorted_by_key<F, B>(self, mut sort_key: F) -> bool
    where
        F: FnMut(&'a K, &'a V) -> B,
        B: PartialOrd,
    {
        self.0
            .is_sorted_by_key(|key, slot| sort_key(key, slot.value()))
    }

    /// The index of the first entry that is not `pred`, where all that are stand in front.
    #[must_use]
    pub fn partition_point<P>(self, mut pred: P) -> usize
    where
        P: FnMut(&K, &V) -> bool,
    {
        self.0.partition_point(|key, slot| pred(key, slot.value()))
    }
}

/// Each method is that of [`indexmap::map::Slice`]; strict looks at the values again at the map's next operation.
impl<'a, K, V> SliceMut<'a, K, V> {
    /// A slice of nothing.
    #[must_use]
    pub fn new_mut() -> Self {
        Self(base::Slice::new_mut())
    }

    /// The same, to be looked at.
    #[inline]
    pub fn as_slice(&self) -> Slice<'_, K, V> {
        Slice(self.0)
    }

    /// The same for a shorter time.
    #[inline]
    pub fn reborrow(&mut self) -> SliceMut<'_, K, V> {
        SliceMut(self.0)
    }

    /// The entry with an index.
    pub fn get_index_mut(&mut self, index: usize) -> Option<(&K, &mut V)> {
        self.0.get_index_mut(index).map(entry_mut)
    }

    /// The entries of a range of indices.
    pub fn get_range_mut<R: RangeBounds<usize>>(&mut self, range: R) -> Option<SliceMut<'_, K, V>> {
        self.0.get_range_mut(range).map(SliceMut)
    }

    /// The entries with these indices.
    ///
    /// # Errors
    /// If an index is out of bounds or there twice.
    pub fn get_disjoint_mut<const N: usize>(
        &mut self,
        indices: [usize; N],
    ) -> Result<[(&K, &mut V); N], GetDisjointMutError> {
        Ok(self.0.get_disjoint_mut(indices)?.map(entry_mut))
    }

    /// The first entry.
    pub fn first_mut(&mut self) -> Option<(&K, &mut V)> {
        self.0.first_mut().map(entry_mut)
    }

    /// The last entry.
    pub fn last_mut(&mut self) -> Option<(&K, &mut V)> {
        self.0.last_mut().map(entry_mut)
    }

    /// The entries before an index, and the others.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn split_at_mut(self, index: usize) -> (Self, Self) {
        let (before, others) = self.0.split_at_mut(index);
        (Self(before), Self(others))
    }

    /// The entries before an index, and the others; `None` if it is out of bounds.
    pub fn split_at_mut_checked(self, index: usize) -> Option<(Self, Self)> {
        let (before, others) = self.0.split_at_mut_checked(index)?;
        Some((Self(before), Self(others)))
    }

    /// The first entry, and the others.
    pub fn split_first_mut(self) -> Option<((&'a K, &'a mut V), Self)> {
        let (first, others) = self.0.split_first_mut()?;
        Some((entry_mut(first), Self(others)))
    }

    /// The last entry, and the others.
    pub fn split_last_mut(self) -> Option<((&'a K, &'a mut V), Self)> {
        let (last, others) = self.0.split_last_mut()?;
        Some((entry_mut(last), Self(others)))
    }

    /// The entries, in their order.
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        IterMut {
            inner: self.0.iter_mut(),
        }
    }

    /// The values, in their order.
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, V> {
        ValuesMut {
            inner: self.0.values_mut(),
        }
    }
}

/// # Panics
/// If the index is out of bounds.
impl<K, V> Index<usize> for Slice<'_, K, V> {
    type Output = V;

    fn index(&self, index: usize) -> &V {
        self.0[index].value()
    }
}

/// # Panics
/// If the index is out of bounds.
impl<K, V> Index<usize> for SliceMut<'_, K, V> {
    type Output = V;

    fn index(&self, index: usize) -> &V {
        self.0[index].value()
    }
}

/// # Panics
/// If the index is out of bounds.
impl<K, V> IndexMut<usize> for SliceMut<'_, K, V> {
    fn index_mut(&mut self, index: usize) -> &mut V {
        self.0[index].value_mut()
    }
}

impl<K, V> Clone for Slice<'_, K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for Slice<'_, K, V> {}

impl<K, V> Default for Slice<'_, K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a, K, V> IntoIterator for Slice<'a, K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<'a, K, V> IntoIterator for SliceMut<'a, K, V> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = IterMut<'a, K, V>;

    fn into_iter(self) -> IterMut<'a, K, V> {
        IterMut {
            inner: self.0.iter_mut(),
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Slice<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for SliceMut<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<K, V, K2, V2> PartialEq<Slice<'_, K2, V2>> for Slice<'_, K, V>
where
    K: PartialEq<K2>,
    V: PartialEq<V2>,
{
    fn eq(&self, other: &Slice<'_, K2, V2>) -> bool {
        let mut pairs = self.iter().zip(*other);
        self.len() == other.len() && pairs.all(|((k1, v1), (k2, v2))| k1 == k2 && v1 == v2)
    }
}

impl<K, V, K2, V2> PartialEq<[(K2, V2)]> for Slice<'_, K, V>
where
    K: PartialEq<K2>,
    V: PartialEq<V2>,
{
    fn eq(&self, other: &[(K2, V2)]) -> bool {
        let mut pairs = self.iter().zip(other);
        self.len() == other.len() && pairs.all(|((k1, v1), (k2, v2))| k1 == k2 && v1 == v2)
    }
}

impl<K, V, K2, V2, const N: usize> PartialEq<[(K2, V2); N]> for Slice<'_, K, V>
where
    K: PartialEq<K2>,
    V: PartialEq<V2>,
{
    fn eq(&self, other: &[(K2, V2); N]) -> bool {
        *self == other[..]
    }
}

impl<K: Eq, V: Eq> Eq for Slice<'_, K, V> {}

impl<K: PartialOrd, V: PartialOrd> PartialOrd for Slice<'_, K, V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.iter().partial_cmp(*other)
    }
}

impl<K: Ord, V: Ord> Ord for Slice<'_, K, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(*other)
    }
}

impl<K: Hash, V: Hash> Hash for Slice<'_, K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        self.iter().for_each(|entry| entry.hash(state));
    }
}
