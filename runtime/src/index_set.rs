//! The instrumented set that remembers an order: indexmap's `IndexSet`, method for method, over an [`IndexMap`] of its elements
//! to `()` (feature `indexmap`).
//!
//! The map keeps the record, as for [`HashSet`](crate::HashSet): an element that comes again changes nothing but, if asked to,
//! its index. Left out is what the map leaves out; the methods of `MutableValues`, which the crate seals, are methods of the
//! set.

mod iter;
mod operations;
mod order;
mod remove;
mod slice;
mod traits;

use std::{
    cmp::Ordering,
    hash::{BuildHasher, Hash, RandomState},
    ops::RangeBounds,
};

pub use iter::{Drain, ExtractIf, IntoIter, Iter, Splice};
pub use operations::{Difference, Intersection, Operand, SymmetricDifference, Union};
pub use slice::Slice;

use crate::{
    History, IndexMap, Keeper, Lifecycle, StatefulKeeper, Unguarded, Untracked,
    index_map::{Equivalent, Goes, TryReserveError},
};

/// An ordered hash set whose every mutation is recorded for the place it stands in.
///
/// Same as [`indexmap::IndexSet`] in every method and trait but for what is said of the map's slices, and beyond it
/// [`swap_remove_if_allowed`](Self::swap_remove_if_allowed), [`swap_take_if_allowed`](Self::swap_take_if_allowed) (and
/// `shift_…`), [`try_retain`](Self::try_retain) and [`remove_many`](Self::remove_many). `K` says which place; `#[tracked]` fills
/// it in, and [`Untracked`] is a plain set. The other operand of a set operation may be any of mapkeeper's, whoever keeps it,
/// and indexmap's.
///
/// Everything said of [`IndexMap`] holds: auto traits, variance, drop check, panics in strict mode.
///
/// # Examples
/// ```
/// let mut open: mapkeeper::IndexSet<u64> = [8, 7].into();
/// assert_eq!(open.insert_full(7), (1, false), "it is there, so nothing is counted");
/// assert!(open.shift_remove(&8));
/// assert_eq!(open.first(), Some(&7));
/// ```
pub struct IndexSet<T, S = RandomState, K: Keeper<T, ()> = Untracked> {
    map: IndexMap<T, (), S, K>,
}

impl<T, K: Keeper<T, ()>> IndexSet<T, RandomState, K> {
    /// Same as [`indexmap::IndexSet::new`]; allocates and registers nothing.
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Same as [`indexmap::IndexSet::with_capacity`]; records the set's size.
    #[inline]
    #[must_use]
    pub fn with_capacity(n: usize) -> Self {
        Self::with_capacity_and_hasher(n, RandomState::default())
    }
}

impl<T, S, K: Keeper<T, ()>> IndexSet<T, S, K> {
    /// Same as [`indexmap::IndexSet::with_hasher`]; allocates and registers nothing, `const` in every mode.
    #[inline]
    pub const fn with_hasher(hash_builder: S) -> Self {
        Self {
            map: IndexMap::with_hasher(hash_builder),
        }
    }

    /// Same as [`indexmap::IndexSet::with_capacity_and_hasher`]; records the set's size.
    #[inline]
    pub fn with_capacity_and_hasher(n: usize, hash_builder: S) -> Self {
        Self {
            map: IndexMap::with_capacity_and_hasher(n, hash_builder),
        }
    }

    /// Same as [`indexmap::IndexSet::capacity`]; records nothing.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.map.capacity()
    }

    /// Same as [`indexmap::IndexSet::hasher`]; records nothing.
    #[inline]
    pub fn hasher(&self) -> &S {
        self.map.hasher()
    }

    /// Same as [`indexmap::IndexSet::len`]; records nothing.
    #[inline]
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Same as [`indexmap::IndexSet::is_empty`]; records nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Same as [`indexmap::IndexSet::iter`]; records nothing.
    #[inline]
    pub fn iter(&self) -> Iter<'_, T> {
        Iter {
            inner: self.map.iter(),
        }
    }

    /// Same as [`indexmap::IndexSet::reserve`]; records the set's new size.
    ///
    /// # Panics
    /// If the new capacity overflows `isize::MAX` bytes.
    pub fn reserve(&mut self, additional: usize) {
        self.map.reserve(additional);
    }

    /// Same as [`indexmap::IndexSet::reserve_exact`]; records the set's new size.
    ///
    /// # Panics
    /// If the new capacity overflows `isize::MAX` bytes.
    pub fn reserve_exact(&mut self, additional: usize) {
        self.map.reserve_exact(additional);
    }

    /// Same as [`indexmap::IndexSet::try_reserve`]; records the set's new size.
    ///
    /// # Errors
    /// If the capacity overflows or the allocator fails.
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        self.map.try_reserve(additional)
    }

    /// Same as [`indexmap::IndexSet::try_reserve_exact`]; records the set's new size.
    ///
    /// # Errors
    /// If the capacity overflows or the allocator fails.
    pub fn try_reserve_exact(&mut self, additional: usize) -> Result<(), TryReserveError> {
        self.map.try_reserve_exact(additional)
    }

    /// Same as [`indexmap::IndexSet::shrink_to_fit`]; records the set's new size.
    pub fn shrink_to_fit(&mut self) {
        self.map.shrink_to_fit();
    }

    /// Same as [`indexmap::IndexSet::shrink_to`]; records the set's new size.
    pub fn shrink_to(&mut self, min_capacity: usize) {
        self.map.shrink_to(min_capacity);
    }

    /// Same as [`indexmap::IndexSet::get_index`]; records nothing.
    #[inline]
    pub fn get_index(&self, index: usize) -> Option<&T> {
        self.map.get_index(index).map(|(element, ())| element)
    }

    /// Same as [`indexmap::IndexSet::first`]; records nothing.
    #[inline]
    pub fn first(&self) -> Option<&T> {
        self.map.first().map(|(element, ())| element)
    }

    /// Same as [`indexmap::IndexSet::last`]; records nothing.
    #[inline]
    pub fn last(&self) -> Option<&T> {
        self.map.last().map(|(element, ())| element)
    }

    /// The hooks of this set (`hooks = Type`), made by `Default` at first use.
    #[inline]
    pub fn hooks_mut(&mut self) -> &mut K::Hooks
    where
        K: StatefulKeeper,
    {
        self.map.hooks_mut()
    }
}

impl<T, S: BuildHasher, K: Keeper<T, ()>> IndexSet<T, S, K> {
    /// Same as [`indexmap::IndexSet::contains`]; records nothing.
    #[inline]
    pub fn contains<Q>(&self, value: &Q) -> bool
    where
        Q: ?Sized + Hash + Equivalent<T>,
    {
        self.map.contains_key(value)
    }

    /// Same as [`indexmap::IndexSet::get`]; records nothing.
    #[inline]
    pub fn get<Q>(&self, value: &Q) -> Option<&T>
    where
        Q: ?Sized + Hash + Equivalent<T>,
    {
        self.map.get_key_value(value).map(|(element, ())| element)
    }

    /// What happened to an element lately, as [`HashMap::history`](crate::HashMap::history); records nothing.
    ///
    /// As of an [`IndexMap`](crate::IndexMap::history).
    ///
    /// O(operations kept).
    pub fn history(&self, value: &T) -> History {
        self.map.history(value)
    }

    /// Same as [`indexmap::IndexSet::get_full`]; records nothing.
    #[inline]
    pub fn get_full<Q>(&self, value: &Q) -> Option<(usize, &T)>
    where
        Q: ?Sized + Hash + Equivalent<T>,
    {
        let (index, element, ()) = self.map.get_full(value)?;
        Some((index, element))
    }

    /// Same as `get_full_mut2` of [`indexmap::set::MutableValues`]; records nothing. The element must stay equal to what it
    /// was, and its hash the same.
    #[track_caller]
    pub fn get_full_mut2<Q>(&mut self, value: &Q) -> Option<(usize, &mut T)>
    where
        Q: ?Sized + Hash + Equivalent<T>,
    {
        let (index, element, ()) = self.map.get_full_mut2(value)?;
        Some((index, element))
    }

    /// Same as `get_index_mut2` of [`indexmap::set::MutableValues`]; records nothing. The element must stay equal to what it
    /// was, and its hash the same.
    #[track_caller]
    pub fn get_index_mut2(&mut self, index: usize) -> Option<&mut T> {
        let (element, ()) = self.map.get_index_mut2(index)?;
        Some(element)
    }

    /// Same as `retain2` of [`indexmap::set::MutableValues`]; elements turned out leave for
    /// [`Filtered`](crate::RemovalCause::Filtered) once all were looked at, as those of [`IndexMap::retain2`].
    ///
    /// # Panics
    /// With a panic of the predicate, at once, and every element stays; with the first panic of a hook, at the end.
    #[track_caller]
    pub fn retain2<F>(&mut self, mut keep: F)
    where
        F: FnMut(&mut T) -> bool,
        K: Unguarded,
    {
        self.map.retain2(|element, ()| keep(element));
    }

    /// Same as [`indexmap::IndexSet::get_index_of`]; records nothing.
    #[inline]
    pub fn get_index_of<Q>(&self, value: &Q) -> Option<usize>
    where
        Q: ?Sized + Hash + Equivalent<T>,
    {
        self.map.get_index_of(value)
    }

    /// The steps of the life of `value` in this set until now; `None` if it is not there, or unless in strict mode.
    #[must_use]
    pub fn lifecycle<Q>(&self, value: &Q) -> Option<Lifecycle>
    where
        Q: ?Sized + Hash + Equivalent<T>,
    {
        self.map.lifecycle(value)
    }
}

impl<T: Hash + Eq, S: BuildHasher, K: Keeper<T, ()>> IndexSet<T, S, K> {
    /// Same as [`indexmap::IndexSet::insert`]; counts one insertion if the value was not there, else nothing.
    #[inline]
    #[track_caller]
    pub fn insert(&mut self, value: T) -> bool {
        self.put(value, Goes::Last).1
    }

    /// Same as [`indexmap::IndexSet::insert_full`]; counts one insertion if the value was not there, else nothing.
    #[inline]
    #[track_caller]
    pub fn insert_full(&mut self, value: T) -> (usize, bool) {
        self.put(value, Goes::Last)
    }

    /// Same as [`indexmap::IndexSet::insert_sorted`]; counts one insertion if the value was not there, else nothing.
    #[track_caller]
    pub fn insert_sorted(&mut self, value: T) -> (usize, bool)
    where
        T: Ord,
    {
        match self.binary_search(&value) {
            Ok(index) => (index, false),
            Err(index) => self.put(value, Goes::Before(index)),
        }
    }

    /// Same as [`indexmap::IndexSet::insert_sorted_by`]; counts one insertion if the value was not there, else nothing.
    #[track_caller]
    pub fn insert_sorted_by<F>(&mut self, value: T, mut cmp: F) -> (usize, bool)
    where
        F: FnMut(&T, &T) -> Ordering,
    {
        let (Ok(index) | Err(index)) = self.binary_search_by(|element| cmp(element, &value));
        self.put(value, Goes::Before(index))
    }

    /// Same as [`indexmap::IndexSet::insert_sorted_by_key`]; counts one insertion if the value was not there, else nothing.
    #[track_caller]
    pub fn insert_sorted_by_key<B, F>(&mut self, value: T, mut sort_key: F) -> (usize, bool)
    where
        B: Ord,
        F: FnMut(&T) -> B,
    {
        let sought = sort_key(&value);
        let (Ok(index) | Err(index)) = self.binary_search_by_key(&sought, sort_key);
        self.put(value, Goes::Before(index))
    }

    /// Same as [`indexmap::IndexSet::insert_before`]; counts one insertion if the value was not there, else nothing.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn insert_before(&mut self, index: usize, value: T) -> (usize, bool) {
        self.put(value, Goes::Before(index))
    }

    /// Same as [`indexmap::IndexSet::shift_insert`]; counts one insertion if the value was not there, else nothing.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn shift_insert(&mut self, index: usize, value: T) -> bool {
        self.put(value, Goes::To(index)).1
    }

    /// Where the value is now, and whether it came.
    #[inline(always)]
    #[track_caller]
    fn put(&mut self, value: T, goes: Goes) -> (usize, bool) {
        let (index, known) = self.map.put(value, (), goes, false);
        (index, known.is_none())
    }

    /// Same as [`indexmap::IndexSet::replace`]; counts one insertion, or one replacement: the old value leaves for
    /// [`Replaced`](crate::RemovalCause::Replaced).
    #[inline]
    #[track_caller]
    pub fn replace(&mut self, value: T) -> Option<T> {
        self.replace_full(value).1
    }

    /// Same as [`indexmap::IndexSet::replace_full`]; counts one insertion, or one replacement: the old value leaves for
    /// [`Replaced`](crate::RemovalCause::Replaced).
    #[track_caller]
    pub fn replace_full(&mut self, value: T) -> (usize, Option<T>) {
        self.map.replace_key(value, ())
    }

    /// Same as [`indexmap::IndexSet::replace_index`]; records nothing: the element's place in the set lives on.
    ///
    /// # Errors
    /// If the value is there with another index: that index, and the value.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn replace_index(&mut self, index: usize, value: T) -> Result<T, (usize, T)> {
        self.map.replace_index(index, value)
    }

    /// Same as [`indexmap::IndexSet::splice`]; elements that go leave for [`Drained`](crate::RemovalCause::Drained) now, those
    /// that come are insertions of this line, when the iterator is dropped.
    ///
    /// # Panics
    /// As the map's [`splice`](IndexMap::splice).
    #[track_caller]
    pub fn splice<R, I>(&mut self, range: R, replace_with: I) -> Splice<'_, I::IntoIter, T, S, K>
    where
        R: RangeBounds<usize>,
        I: IntoIterator<Item = T>,
        K: Unguarded,
    {
        Splice::start(&mut self.map, range, replace_with.into_iter())
    }

    /// Same as [`indexmap::IndexSet::append`]; every element leaves `other` for [`Drained`](crate::RemovalCause::Drained) and is
    /// an insertion here, or nothing if it is there.
    ///
    /// # Panics
    /// With the first panic of a hook of `other`; both sets are whole, and elements not moved yet are gone.
    #[track_caller]
    pub fn append<S2, K2>(&mut self, other: &mut IndexSet<T, S2, K2>)
    where
        K2: Keeper<T, ()> + Unguarded,
    {
        self.extend(other.drain(..));
    }
}
