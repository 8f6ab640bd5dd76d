//! The entries of a map that was consumed.

use std::{fmt, iter::FusedIterator};

use hashbrown::hash_table;

use super::{HashMap, Iter, Slot};
use crate::{Keeper, mode::Caller};

/// Same as [`std::collections::hash_map::IntoIter`]; the entries left the map when it was made.
pub struct IntoIter<K, V> {
    inner: hash_table::IntoIter<Slot<K, V>>,
}

/// Same as [`std::collections::hash_map::IntoKeys`]; the entries left the map when it was made.
pub struct IntoKeys<K, V> {
    inner: IntoIter<K, V>,
}

/// Same as [`std::collections::hash_map::IntoValues`]; the entries left the map when it was made.
pub struct IntoValues<K, V> {
    inner: IntoIter<K, V>,
}

impl<K, V, S, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    /// Same as [`std::collections::HashMap::into_keys`]; every entry leaves for
    /// [`Taken`](crate::RemovalCause::Taken) now.
    #[inline]
    #[track_caller]
    pub fn into_keys(self) -> IntoKeys<K, V> {
        IntoKeys {
            inner: self.into_iter(),
        }
    }

    /// Same as [`std::collections::HashMap::into_values`]; every entry leaves for
    /// [`Taken`](crate::RemovalCause::Taken) now.
    #[inline]
    #[track_caller]
    pub fn into_values(self) -> IntoValues<K, V> {
        IntoValues {
            inner: self.into_iter(),
        }
    }
}

/// Every entry leaves for [`Taken`](crate::RemovalCause::Taken) now, whether or not the iterator is used up.
///
/// A guarded map can be consumed too: who owns the map owns its entries.
impl<K, V, S, T: Keeper<K, V>, L> IntoIterator for HashMap<K, V, S, T, L> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    #[inline]
    #[track_caller]
    fn into_iter(self) -> IntoIter<K, V> {
        IntoIter {
            inner: self.take_table(Caller::here()).into_iter(),
        }
    }
}

impl<K, V> IntoIter<K, V> {
    fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            inner: self.inner.iter(),
        }
    }
}

/// The iterator traits of an iterator that owns entries: std's, over `inner`.
macro_rules! owned_entries {
    ($ty:ty) => {
        impl<K, V> Iterator for $ty {
            type Item = (K, V);

            #[inline]
            fn next(&mut self) -> Option<(K, V)> {
                self.inner.next().map(|slot| slot.entry)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.inner.size_hint()
            }

            #[inline]
            fn fold<B, F: FnMut(B, (K, V)) -> B>(self, init: B, mut f: F) -> B {
                self.inner.fold(init, |acc, slot| f(acc, slot.entry))
            }
        }

        impl<K, V> ExactSizeIterator for $ty {
            #[inline]
            fn len(&self) -> usize {
                self.inner.len()
            }
        }

        impl<K, V> std::iter::FusedIterator for $ty {}
    };
}

pub(super) use owned_entries;

owned_entries!(IntoIter<K, V>);

impl<K, V> Default for IntoIter<K, V> {
    fn default() -> Self {
        Self {
            inner: hash_table::IntoIter::default(),
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for IntoIter<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

macro_rules! one_side {
    ($name:ident, $item:ident, $side:tt) => {
        impl<K, V> Iterator for $name<K, V> {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                self.inner.next().map(|entry| entry.$side)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.inner.size_hint()
            }

            #[inline]
            fn fold<B, F: FnMut(B, $item) -> B>(self, init: B, mut f: F) -> B {
                self.inner.fold(init, |acc, entry| f(acc, entry.$side))
            }
        }

        impl<K, V> ExactSizeIterator for $name<K, V> {
            #[inline]
            fn len(&self) -> usize {
                self.inner.len()
            }
        }

        impl<K, V> FusedIterator for $name<K, V> {}

        impl<K, V> Default for $name<K, V> {
            fn default() -> Self {
                Self {
                    inner: IntoIter::default(),
                }
            }
        }

        impl<K, V> fmt::Debug for $name<K, V>
        where
            $item: fmt::Debug,
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list()
                    .entries(self.inner.iter().map(|entry| entry.$side))
                    .finish()
            }
        }
    };
}

one_side!(IntoKeys, K, 0);
one_side!(IntoValues, V, 1);
