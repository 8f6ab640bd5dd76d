//! Iterators over slabs: the crate's, with the crate's traits.

use std::{fmt, iter::FusedIterator};

use super::Slab;
use crate::{Keeper, mode::Caller, store::Keyless};

/// Same as [`slab::Iter`].
pub struct Iter<'a, V> {
    pub(super) inner: ::slab::Iter<'a, Keyless<V>>,
}

/// Same as [`slab::IterMut`].
pub struct IterMut<'a, V> {
    pub(super) inner: ::slab::IterMut<'a, Keyless<V>>,
}

/// Same as [`slab::IntoIter`]; the entries left the slab when it was made.
pub struct IntoIter<V> {
    inner: ::slab::IntoIter<Keyless<V>>,
}

/// Same as [`slab::Drain`]; the entries left the slab when it was made.
pub struct Drain<'a, V> {
    pub(super) inner: ::slab::Drain<'a, Keyless<V>>,
}

macro_rules! over_slots {
    ([$($generics:tt)*] $ty:ty, $item:ty, $pick:expr) => {
        impl<$($generics)*> Iterator for $ty {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                self.inner.next().map($pick)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.inner.size_hint()
            }
        }

        impl<$($generics)*> DoubleEndedIterator for $ty {
            #[inline]
            fn next_back(&mut self) -> Option<$item> {
                self.inner.next_back().map($pick)
            }
        }

        impl<$($generics)*> ExactSizeIterator for $ty {
            #[inline]
            fn len(&self) -> usize {
                self.inner.len()
            }
        }

        impl<$($generics)*> FusedIterator for $ty {}
    };
}

over_slots!(['a, V] Iter<'a, V>, (usize, &'a V), |(key, slot)| (key, slot.value()));
over_slots!(['a, V] IterMut<'a, V>, (usize, &'a mut V), |(key, slot)| (key, slot.value_mut()));
over_slots!([V] IntoIter<V>, (usize, V), |(key, slot)| (key, slot.entry.1));
over_slots!([V] Drain<'_, V>, V, |slot| slot.entry.1);

impl<V> Clone for Iter<'_, V> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
        }
    }
}

impl<'a, V, T: Keeper<usize, V>> IntoIterator for &'a Slab<V, T> {
    type Item = (usize, &'a V);
    type IntoIter = Iter<'a, V>;

    #[inline]
    fn into_iter(self) -> Iter<'a, V> {
        self.iter()
    }
}

impl<'a, V, T: Keeper<usize, V>> IntoIterator for &'a mut Slab<V, T> {
    type Item = (usize, &'a mut V);
    type IntoIter = IterMut<'a, V>;

    #[inline]
    #[track_caller]
    fn into_iter(self) -> IterMut<'a, V> {
        self.iter_mut()
    }
}

/// Every entry leaves for [`Taken`](crate::RemovalCause::Taken) now, whether or not the iterator is used up.
impl<V, T: Keeper<usize, V>> IntoIterator for Slab<V, T> {
    type Item = (usize, V);
    type IntoIter = IntoIter<V>;

    #[inline]
    #[track_caller]
    fn into_iter(self) -> IntoIter<V> {
        IntoIter {
            inner: self.take_slab(Caller::here()).into_iter(),
        }
    }
}

macro_rules! shown {
    ($($name:ident $ty:ty),+) => {$(
        impl<V: fmt::Debug> fmt::Debug for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("remaining", &self.inner.len())
                    .finish()
            }
        }
    )+};
}

shown!(Iter Iter<'_, V>, IterMut IterMut<'_, V>, IntoIter IntoIter<V>);

impl<V> fmt::Debug for Drain<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drain").finish()
    }
}
