//! How sets are made of nothing and of arrays.

use std::hash::{BuildHasher, Hash};

use super::HashSet;
use crate::{HashMap, Keeper};

// With any hasher that has a default, as a map.
impl<T, S: Default, K: Keeper<T, ()>, L> HashSet<T, S, K, L> {
    /// Same as [`std::collections::HashSet::new`]; allocates and registers nothing.
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Same as [`std::collections::HashSet::with_capacity`]; records the table's size.
    #[inline]
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self::with_capacity_and_hasher(capacity, S::default())
    }
}

impl<T, S, K: Keeper<T, ()>, L> HashSet<T, S, K, L> {
    /// Same as [`std::collections::HashSet::with_hasher`]; allocates and registers nothing, `const` in every mode.
    #[inline]
    pub const fn with_hasher(hasher: S) -> Self {
        Self {
            map: HashMap::with_hasher(hasher),
        }
    }

    /// Same as [`std::collections::HashSet::with_capacity_and_hasher`]; records the table's size.
    #[inline]
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Self {
            map: HashMap::with_capacity_and_hasher(capacity, hasher),
        }
    }
}

impl<T, S: Default, K: Keeper<T, ()>, L> Default for HashSet<T, S, K, L> {
    #[inline]
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

impl<T, S, K: Keeper<T, ()>, L, const N: usize> From<[T; N]> for HashSet<T, S, K, L>
where
    T: Eq + Hash,
    S: BuildHasher + Default,
{
    #[track_caller]
    fn from(array: [T; N]) -> Self {
        let mut set = Self::default();
        set.extend(array);
        set
    }
}
