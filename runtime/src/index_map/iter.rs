//! Iterators that borrow the map: the crate's, with the crate's traits.

use std::{fmt, ops::Index};

use super::{IndexMap, base, entry_mut, entry_of};
use crate::{
    Keeper,
    ordered::{cloned_and_shown, of_known_length, ordered, sized},
    store::Keyless,
};

/// Same as [`indexmap::map::Iter`].
pub struct Iter<'a, K, V> {
    pub(super) inner: base::Iter<'a, K, Keyless<V>>,
}

/// Same as [`indexmap::map::IterMut`].
pub struct IterMut<'a, K, V> {
    pub(super) inner: base::IterMut<'a, K, Keyless<V>>,
}

/// Same as [`indexmap::map::Keys`].
pub struct Keys<'a, K, V> {
    pub(super) inner: base::Keys<'a, K, Keyless<V>>,
}

/// Same as [`indexmap::map::Values`].
pub struct Values<'a, K, V> {
    pub(super) inner: base::Values<'a, K, Keyless<V>>,
}

/// Same as [`indexmap::map::ValuesMut`].
pub struct ValuesMut<'a, K, V> {
    pub(super) inner: base::ValuesMut<'a, K, Keyless<V>>,
}

/// Same as [`indexmap::map::Drain`]; the entries left the map when it was made.
pub struct Drain<'a, K, V> {
    pub(super) inner: base::Drain<'a, K, Keyless<V>>,
}

ordered!(['a, K, V] Iter<'a, K, V>, (&'a K, &'a V), entry_of);
ordered!(['a, K, V] IterMut<'a, K, V>, (&'a K, &'a mut V), entry_mut);
ordered!(['a, K, V] Keys<'a, K, V>, &'a K, |key| key);
ordered!(['a, K, V] Values<'a, K, V>, &'a V, |slot| slot.value());
ordered!(['a, K, V] ValuesMut<'a, K, V>, &'a mut V, |slot| slot.value_mut());
ordered!([K, V] Drain<'_, K, V>, (K, V), |(key, slot)| (key, slot.entry.1));
sized!(['a, K, V] Iter<'a, K, V>);
sized!(['a, K, V] IterMut<'a, K, V>);
sized!(['a, K, V] Keys<'a, K, V>);
sized!(['a, K, V] Values<'a, K, V>);
sized!(['a, K, V] ValuesMut<'a, K, V>);
of_known_length!([K, V] Drain<'_, K, V>);
cloned_and_shown!(Iter, K, V);
cloned_and_shown!(Keys, K);
cloned_and_shown!(Values, V);

/// Iterators that cannot be cloned, shown as the crate's: values are shown without their marks.
macro_rules! shown {
    ($([$($generics:tt)*] $ty:ty),+) => {$(
        impl<$($generics)*> fmt::Debug for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.inner.fmt(f)
            }
        }
    )+};
}

shown!(
    [K: fmt::Debug, V: fmt::Debug] IterMut<'_, K, V>,
    [K, V: fmt::Debug] ValuesMut<'_, K, V>,
    [K: fmt::Debug, V: fmt::Debug] Drain<'_, K, V>
);

impl<K, V> Drain<'_, K, V> {
    /// The keys of what is left.
    pub(crate) fn keys_left(&self) -> impl Iterator<Item = &K> {
        self.inner.as_slice().keys()
    }
}

/// The key that is so many from the front of what is left.
///
/// # Panics
/// If the index is out of bounds.
impl<K, V> Index<usize> for Keys<'_, K, V> {
    type Output = K;

    fn index(&self, index: usize) -> &K {
        &self.inner[index]
    }
}

impl<'a, K, V, S, T: Keeper<K, V>> IntoIterator for &'a IndexMap<K, V, S, T> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    #[inline]
    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<'a, K, V, S, T: Keeper<K, V>> IntoIterator for &'a mut IndexMap<K, V, S, T> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = IterMut<'a, K, V>;

    #[inline]
    #[track_caller]
    fn into_iter(self) -> IterMut<'a, K, V> {
        self.iter_mut()
    }
}
