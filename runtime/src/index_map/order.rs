//! The order of the entries: searched, sorted, changed. No entry comes or leaves.

use std::cmp::Ordering;

use super::{IndexMap, IntoIter};
use crate::{Keeper, mode::Caller};

/// Sorts that differ in how, in the same three ways.
macro_rules! sorts {
    ($($keys:ident, $by:ident, $by_key:ident, $sorted_by:ident;)+) => {
        impl<K, V, S, T: Keeper<K, V>> IndexMap<K, V, S, T> {$(
            #[doc = concat!("Same as [`indexmap::IndexMap::", stringify!($keys), "`]; records nothing.")]
            #[track_caller]
            pub fn $keys(&mut self)
            where
                K: Ord,
            {
                self.settle();
                self.table.map.$keys();
            }

            #[doc = concat!("Same as [`indexmap::IndexMap::", stringify!($by), "`]; records nothing.")]
            #[track_caller]
            pub fn $by<F>(&mut self, mut cmp: F)
            where
                F: FnMut(&K, &V, &K, &V) -> Ordering,
            {
                self.settle();
                self.table.map.$by(|k1, v1, k2, v2| cmp(k1, v1.value(), k2, v2.value()));
            }

            #[doc = concat!("Same as [`indexmap::IndexMap::", stringify!($by_key), "`]; records nothing.")]
            #[track_caller]
            pub fn $by_key<B, F>(&mut self, mut sort_key: F)
            where
                B: Ord,
                F: FnMut(&K, &V) -> B,
            {
                self.settle();
                self.table.map.$by_key(|key, slot| sort_key(key, slot.value()));
            }

            #[doc = concat!("Same as [`indexmap::IndexMap::", stringify!($sorted_by), "`]; every entry leaves for")]
            /// [`Taken`](crate::RemovalCause::Taken) now.
            #[track_caller]
            pub fn $sorted_by<F>(self, mut cmp: F) -> IntoIter<K, V>
            where
                F: FnMut(&K, &V, &K, &V) -> Ordering,
            {
                let mut entries = self.take_entries(Caller::here());
                entries.$by(|(k1, v1), (k2, v2)| cmp(k1, v1, k2, v2));
                IntoIter {
                    inner: entries.into_iter(),
                }
            }
        )+}
    };
}

sorts! {
    sort_keys, sort_by, sort_by_key, sorted_by;
    sort_unstable_keys, sort_unstable_by, sort_unstable_by_key, sorted_unstable_by;
}

impl<K, V, S, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Same as [`indexmap::IndexMap::sort_by_cached_key`]; records nothing.
    #[track_caller]
    pub fn sort_by_cached_key<B, F>(&mut self, mut sort_key: F)
    where
        B: Ord,
        F: FnMut(&K, &V) -> B,
    {
        self.settle();
        self.table
            .map
            .sort_by_cached_key(|key, slot| sort_key(key, slot.value()));
    }

    /// Same as [`indexmap::IndexMap::reverse`]; records nothing.
    #[track_caller]
    pub fn reverse(&mut self) {
        self.settle();
        self.table.map.reverse();
    }

    /// Same as [`indexmap::IndexMap::move_index`]; records nothing.
    ///
    /// # Panics
    /// If an index is out of bounds.
    #[track_caller]
    pub fn move_index(&mut self, from: usize, to: usize) {
        self.settle();
        self.table.map.move_index(from, to);
    }

    /// Same as [`indexmap::IndexMap::swap_indices`]; records nothing.
    ///
    /// # Panics
    /// If an index is out of bounds.
    #[track_caller]
    pub fn swap_indices(&mut self, a: usize, b: usize) {
        self.settle();
        self.table.map.swap_indices(a, b);
    }

    /// Same as [`indexmap::IndexMap::binary_search_keys`]; records nothing.
    ///
    /// # Errors
    /// If the key is not there: the index where it would be.
    pub fn binary_search_keys(&self, x: &K) -> Result<usize, usize>
    where
        K: Ord,
    {
        self.table.map.binary_search_keys(x)
    }

    /// Same as [`indexmap::IndexMap::binary_search_by`]; records nothing.
    ///
    /// # Errors
    /// If there is no such entry: the index where it would be.
    #[inline]
    pub fn binary_search_by<'a, F>(&'a self, mut f: F) -> Result<usize, usize>
    where
        F: FnMut(&'a K, &'a V) -> Ordering,
    {
        self.table
            .map
            .binary_search_by(|key, slot| f(key, slot.value()))
    }

    /// Same as [`indexmap::IndexMap::binary_search_by_key`]; records nothing.
    ///
    /// # Errors
    /// If there is no such entry: the index where it would be.
    #[inline]
    pub fn binary_search_by_key<'a, B, F>(&'a self, b: &B, mut f: F) -> Result<usize, usize>
    where
        F: FnMut(&'a K, &'a V) -> B,
        B: Ord,
    {
        self.table
            .map
            .binary_search_by_key(b, |key, slot| f(key, slot.value()))
    }

    /// Same as [`indexmap::IndexMap::is_sorted`]; records nothing.
    #[inline]
    pub fn is_sorted(&self) -> bool
    where
        K: PartialOrd,
    {
        self.table.map.is_sorted()
    }

    /// Same as [`indexmap::IndexMap::is_sorted_by`]; records nothing.
    #[inline]
    pub fn is_sorted_by<'a, F>(&'a self, mut cmp: F) -> bool
    where
        F: FnMut(&'a K, &'a V, &'a K, &'a V) -> bool,
    {
        self.table
            .map
            .is_sorted_by(|k1, v1, k2, v2| cmp(k1, v1.value(), k2, v2.value()))
    }

    /// Same as [`indexmap::IndexMap::is_sorted_by_key`]; records nothing.
    #[inline]
    pub fn is_sorted_by_key<'a, F, B>(&'a self, mut sort_key: F) -> bool
    where
        F: FnMut(&'a K, &'a V) -> B,
        B: PartialOrd,
    {
        self.table
            .map
            .is_sorted_by_key(|key, slot| sort_key(key, slot.value()))
    }

    /// Same as [`indexmap::IndexMap::partition_point`]; records nothing.
    #[must_use]
    pub fn partition_point<P>(&self, mut pred: P) -> usize
    where
        P: FnMut(&K, &V) -> bool,
    {
        self.table
            .map
            .partition_point(|key, slot| pred(key, slot.value()))
    }
}
