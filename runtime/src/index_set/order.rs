//! The order of the elements: searched, sorted, changed. No element comes or leaves.

use std::cmp::Ordering;

use super::{IndexSet, IntoIter};
use crate::Keeper;

/// Sorts that differ in how, in the same three ways; `$keys` is the map's.
macro_rules! sorts {
    ($($sort:ident $keys:ident, $by:ident, $by_key:ident, $sorted_by:ident;)+) => {
        impl<T, S, K: Keeper<T, ()>> IndexSet<T, S, K> {$(
            #[doc = concat!("Same as [`indexmap::IndexSet::", stringify!($sort), "`]; records nothing.")]
            #[track_caller]
            pub fn $sort(&mut self)
            where
                T: Ord,
            {
                self.map.$keys();
            }

            #[doc = concat!("Same as [`indexmap::IndexSet::", stringify!($by), "`]; records nothing.")]
            #[track_caller]
            pub fn $by<F>(&mut self, mut cmp: F)
            where
                F: FnMut(&T, &T) -> Ordering,
            {
                self.map.$by(|a, (), b, ()| cmp(a, b));
            }

            #[doc = concat!("Same as [`indexmap::IndexSet::", stringify!($by_key), "`]; records nothing.")]
            #[track_caller]
            pub fn $by_key<B, F>(&mut self, mut sort_key: F)
            where
                B: Ord,
                F: FnMut(&T) -> B,
            {
                self.map.$by_key(|element, ()| sort_key(element));
            }

            #[doc = concat!("Same as [`indexmap::IndexSet::", stringify!($sorted_by), "`]; every element leaves for")]
            /// [`Taken`](crate::RemovalCause::Taken) now.
            #[track_caller]
            pub fn $sorted_by<F>(self, mut cmp: F) -> IntoIter<T>
            where
                F: FnMut(&T, &T) -> Ordering,
            {
                IntoIter::of_entries(self.map.$sorted_by(|a, (), b, ()| cmp(a, b)))
            }
        )+}
    };
}

sorts! {
    sort sort_keys, sort_by, sort_by_key, sorted_by;
    sort_unstable sort_unstable_keys, sort_unstable_by, sort_unstable_by_key, sorted_unstable_by;
}

impl<T, S, K: Keeper<T, ()>> IndexSet<T, S, K> {
    /// Same as [`indexmap::IndexSet::sort_by_cached_key`]; records nothing.
    #[track_caller]
    pub fn sort_by_cached_key<B, F>(&mut self, mut sort_key: F)
    where
        B: Ord,
        F: FnMut(&T) -> B,
    {
        self.map.sort_by_cached_key(|element, ()| sort_key(element));
    }

    /// Same as [`indexmap::IndexSet::reverse`]; records nothing.
    #[track_caller]
    pub fn reverse(&mut self) {
        self.map.reverse();
    }

    /// Same as [`indexmap::IndexSet::move_index`]; records nothing.
    ///
    /// # Panics
    /// If an index is out of bounds.
    #[track_caller]
    pub fn move_index(&mut self, from: usize, to: usize) {
        self.map.move_index(from, to);
    }

    /// Same as [`indexmap::IndexSet::swap_indices`]; records nothing.
    ///
    /// # Panics
    /// If an index is out of bounds.
    #[track_caller]
    pub fn swap_indices(&mut self, a: usize, b: usize) {
        self.map.swap_indices(a, b);
    }

    /// Same as [`indexmap::IndexSet::binary_search`]; records nothing.
    ///
    /// # Errors
    /// If the value is not there: the index where it would be.
    pub fn binary_search(&self, x: &T) -> Result<usize, usize>
    where
        T: Ord,
    {
        self.map.binary_search_keys(x)
    }

    /// Same as [`indexmap::IndexSet::binary_search_by`]; records nothing.
    ///
    /// # Errors
    /// If there is no such element: the index where it would be.
    #[inline]
    pub fn binary_search_by<'a, F>(&'a self, mut f: F) -> Result<usize, usize>
    where
        F: FnMut(&'a T) -> Ordering,
    {
        self.map.binary_search_by(|element, ()| f(element))
    }

    /// Same as [`indexmap::IndexSet::binary_search_by_key`]; records nothing.
    ///
    /// # Errors
    /// If there is no such element: the index where it would be.
    #[inline]
    pub fn binary_search_by_key<'a, B, F>(&'a self, b: &B, mut f: F) -> Result<usize, usize>
    where
        F: FnMut(&'a T) -> B,
        B: Ord,
    {
        self.map.binary_search_by_key(b, |element, ()| f(element))
    }

    /// Same as [`indexmap::IndexSet::is_sorted`]; records nothing.
    #[inline]
    pub fn is_sorted(&self) -> bool
    where
        T: PartialOrd,
    {
        self.map.is_sorted()
    }

    /// Same as [`indexmap::IndexSet::is_sorted_by`]; records nothing.
    #[inline]
    pub fn is_sorted_by<'a, F>(&'a self, mut cmp: F) -> bool
    where
        F: FnMut(&'a T, &'a T) -> bool,
    {
        self.map.is_sorted_by(|a, (), b, ()| cmp(a, b))
    }

    /// Same as [`indexmap::IndexSet::is_sorted_by_key`]; records nothing.
    #[inline]
    pub fn is_sorted_by_key<'a, F, B>(&'a self, mut sort_key: F) -> bool
    where
        F: FnMut(&'a T) -> B,
        B: PartialOrd,
    {
        self.map.is_sorted_by_key(|element, ()| sort_key(element))
    }

    /// Same as [`indexmap::IndexSet::partition_point`]; records nothing.
    #[must_use]
    pub fn partition_point<P>(&self, mut pred: P) -> usize
    where
        P: FnMut(&T) -> bool,
    {
        self.map.partition_point(|element, ()| pred(element))
    }
}
