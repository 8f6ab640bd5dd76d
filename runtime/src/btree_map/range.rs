//! Parts of the map, in order.

use std::{borrow::Borrow, collections::btree_map as std_map, fmt, ops::RangeBounds};

use super::{BTreeMap, entry_of};
use crate::{
    Keeper,
    ordered::{cloned_and_shown, ordered},
    store::Keyless,
};

/// Same as [`std::collections::btree_map::Range`].
pub struct Range<'a, K, V> {
    inner: std_map::Range<'a, K, Keyless<V>>,
}

/// Same as [`std::collections::btree_map::RangeMut`].
pub struct RangeMut<'a, K, V> {
    inner: std_map::RangeMut<'a, K, Keyless<V>>,
}

impl<K, V, T: Keeper<K, V>> BTreeMap<K, V, T> {
    /// Same as [`std::collections::BTreeMap::range`]; records nothing.
    ///
    /// # Panics
    /// If the range starts after its end, or if both are the same and excluded.
    #[inline]
    pub fn range<Q, R>(&self, range: R) -> Range<'_, K, V>
    where
        Q: Ord + ?Sized,
        K: Borrow<Q> + Ord,
        R: RangeBounds<Q>,
    {
        Range {
            inner: self.map.range(range),
        }
    }

    /// Same as [`std::collections::BTreeMap::range_mut`]; strict looks at the values again at the next operation.
    ///
    /// # Panics
    /// If the range starts after its end, or if both are the same and excluded.
    #[inline]
    #[track_caller]
    pub fn range_mut<Q, R>(&mut self, range: R) -> RangeMut<'_, K, V>
    where
        Q: Ord + ?Sized,
        K: Borrow<Q> + Ord,
        R: RangeBounds<Q>,
    {
        self.lend_all();
        RangeMut {
            inner: self.map.range_mut(range),
        }
    }
}

ordered!(['a, K, V] Range<'a, K, V>, (&'a K, &'a V), entry_of);
ordered!(['a, K, V] RangeMut<'a, K, V>, (&'a K, &'a mut V), |(key, slot)| (key, slot.value_mut()));
cloned_and_shown!(Range, K, V);

impl<K, V> Default for Range<'_, K, V> {
    #[inline]
    fn default() -> Self {
        Self {
            inner: Default::default(),
        }
    }
}

impl<K, V> Default for RangeMut<'_, K, V> {
    #[inline]
    fn default() -> Self {
        Self {
            inner: Default::default(),
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for RangeMut<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
