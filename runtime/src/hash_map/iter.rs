//! Iterators that borrow the map: std's, with std's traits.

use std::{fmt, iter::FusedIterator};

use hashbrown::hash_table;

use super::{HashMap, Slot};
use crate::Keeper;

/// Same as [`std::collections::hash_map::Iter`].
pub struct Iter<'a, K, V> {
    pub(super) inner: hash_table::Iter<'a, Slot<K, V>>,
}

/// Same as [`std::collections::hash_map::IterMut`].
pub struct IterMut<'a, K, V> {
    pub(super) inner: hash_table::IterMut<'a, Slot<K, V>>,
}

/// Same as [`std::collections::hash_map::Keys`].
pub struct Keys<'a, K, V> {
    pub(super) inner: Iter<'a, K, V>,
}

/// Same as [`std::collections::hash_map::Values`].
pub struct Values<'a, K, V> {
    pub(super) inner: Iter<'a, K, V>,
}

/// Same as [`std::collections::hash_map::ValuesMut`].
pub struct ValuesMut<'a, K, V> {
    pub(super) inner: IterMut<'a, K, V>,
}

/// The iterator traits of a borrowing iterator: what `$pick` makes of each of `inner`'s items.
macro_rules! borrowing {
    ($name:ident, $item:ty, $pick:expr) => {
        impl<'a, K, V> Iterator for $name<'a, K, V> {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                self.inner.next().map($pick)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.inner.size_hint()
            }

            #[inline]
            fn count(self) -> usize {
                self.inner.len()
            }

            #[inline]
            fn fold<B, F: FnMut(B, $item) -> B>(self, init: B, f: F) -> B {
                self.inner.map($pick).fold(init, f)
            }
        }

        impl<K, V> ExactSizeIterator for $name<'_, K, V> {
            #[inline]
            fn len(&self) -> usize {
                self.inner.len()
            }
        }

        impl<K, V> FusedIterator for $name<'_, K, V> {}

        impl<K, V> Default for $name<'_, K, V> {
            #[inline]
            fn default() -> Self {
                Self {
                    inner: Default::default(),
                }
            }
        }
    };
}

borrowing!(Iter, (&'a K, &'a V), |slot| (slot.key(), slot.value()));
borrowing!(IterMut, (&'a K, &'a mut V), |slot| {
    let (key, value) = &mut slot.entry;
    (&*key, value)
});
borrowing!(Keys, &'a K, |(key, _)| key);
borrowing!(Values, &'a V, |(_, value)| value);
borrowing!(ValuesMut, &'a mut V, |(_, value)| value);

macro_rules! cloned_and_shown {
    ($name:ident, $($shown:ident),+) => {
        impl<K, V> Clone for $name<'_, K, V> {
            #[inline]
            fn clone(&self) -> Self {
                Self { inner: self.inner.clone() }
            }
        }

        impl<K, V> fmt::Debug for $name<'_, K, V>
        where
            $($shown: fmt::Debug),+
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.clone()).finish()
            }
        }
    };
}

cloned_and_shown!(Iter, K, V);
cloned_and_shown!(Keys, K);
cloned_and_shown!(Values, V);

impl<K, V> IterMut<'_, K, V> {
    fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            inner: self.inner.iter(),
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for IterMut<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<K, V: fmt::Debug> fmt::Debug for ValuesMut<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.inner.iter().map(|(_, value)| value))
            .finish()
    }
}

impl<'a, K, V, S, T: Keeper<K, V>, L> IntoIterator for &'a HashMap<K, V, S, T, L> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    #[inline]
    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<'a, K, V, S, T: Keeper<K, V>, L> IntoIterator for &'a mut HashMap<K, V, S, T, L> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = IterMut<'a, K, V>;

    #[inline]
    #[track_caller]
    fn into_iter(self) -> IterMut<'a, K, V> {
        self.iter_mut()
    }
}
