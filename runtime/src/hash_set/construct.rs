//! How sets are made of nothing, of arrays and of std's, and how they become std's.

use std::hash::{BuildHasher, Hash, RandomState};

use super::HashSet;
use crate::{HashMap, Keeper};

impl<T, K: Keeper<T, ()>> HashSet<T, RandomState, K> {
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
        Self::with_capacity_and_hasher(capacity, RandomState::default())
    }
}

impl<T, S, K: Keeper<T, ()>> HashSet<T, S, K> {
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

impl<T, S: Default, K: Keeper<T, ()>> Default for HashSet<T, S, K> {
    #[inline]
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

impl<T: Eq + Hash, K: Keeper<T, ()>, const N: usize> From<[T; N]> for HashSet<T, RandomState, K> {
    #[track_caller]
    fn from(array: [T; N]) -> Self {
        let mut set = Self::default();
        set.extend(array);
        set
    }
}

/// The hasher and the elements move over; each is an insertion. Allocates nothing for an empty set.
impl<T: Eq + Hash, S: BuildHasher + Clone, K: Keeper<T, ()>> From<std::collections::HashSet<T, S>>
    for HashSet<T, S, K>
{
    #[track_caller]
    fn from(set: std::collections::HashSet<T, S>) -> Self {
        let mut tracked = Self::with_hasher(set.hasher().clone());
        tracked.extend(set);
        tracked
    }
}

/// Every element leaves for [`Taken`](crate::RemovalCause::Taken).
impl<T: Eq + Hash, S: BuildHasher + Clone, K: Keeper<T, ()>> From<HashSet<T, S, K>>
    for std::collections::HashSet<T, S>
{
    #[track_caller]
    fn from(set: HashSet<T, S, K>) -> Self {
        let mut plain = Self::with_capacity_and_hasher(set.len(), set.hasher().clone());
        plain.extend(set);
        plain
    }
}
