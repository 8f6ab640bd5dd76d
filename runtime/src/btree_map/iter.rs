//! Iterators that borrow the map: std's, with std's traits.

use std::{collections::btree_map as std_map, fmt};

use super::{BTreeMap, entry_of};
use crate::{
    Keeper,
    ordered::{cloned_and_shown, ordered, sized},
    store::Keyless,
};

/// Same as [`std::collections::btree_map::Iter`].
pub struct Iter<'a, K, V> {
    pub(super) inner: std_map::Iter<'a, K, Keyless<V>>,
}

/// Same as [`std::collections::btree_map::IterMut`].
pub struct IterMut<'a, K, V> {
    pub(super) inner: std_map::IterMut<'a, K, Keyless<V>>,
}

/// Same as [`std::collections::btree_map::Keys`].
pub struct Keys<'a, K, V> {
    pub(super) inner: Iter<'a, K, V>,
}

/// Same as [`std::collections::btree_map::Values`].
pub struct Values<'a, K, V> {
    pub(super) inner: Iter<'a, K, V>,
}

/// Same as [`std::collections::btree_map::ValuesMut`].
pub struct ValuesMut<'a, K, V> {
    pub(super) inner: std_map::ValuesMut<'a, K, Keyless<V>>,
}

ordered!(['a, K, V] Iter<'a, K, V>, (&'a K, &'a V), entry_of);
ordered!(['a, K, V] IterMut<'a, K, V>, (&'a K, &'a mut V), |(key, slot)| (key, slot.value_mut()));
ordered!(['a, K, V] Keys<'a, K, V>, &'a K, |(key, _)| key);
ordered!(['a, K, V] Values<'a, K, V>, &'a V, |(_, value)| value);
ordered!(['a, K, V] ValuesMut<'a, K, V>, &'a mut V, Keyless::value_mut);
sized!(['a, K, V] Iter<'a, K, V>);
sized!(['a, K, V] IterMut<'a, K, V>);
sized!(['a, K, V] Keys<'a, K, V>);
sized!(['a, K, V] Values<'a, K, V>);
sized!(['a, K, V] ValuesMut<'a, K, V>);

cloned_and_shown!(Iter, K, V);
cloned_and_shown!(Keys, K);
cloned_and_shown!(Values, V);

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for IterMut<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<K, V: fmt::Debug> fmt::Debug for ValuesMut<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<'a, K, V, T: Keeper<K, V>> IntoIterator for &'a BTreeMap<K, V, T> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    #[inline]
    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<'a, K, V, T: Keeper<K, V>> IntoIterator for &'a mut BTreeMap<K, V, T> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = IterMut<'a, K, V>;

    #[inline]
    #[track_caller]
    fn into_iter(self) -> IterMut<'a, K, V> {
        self.iter_mut()
    }
}
