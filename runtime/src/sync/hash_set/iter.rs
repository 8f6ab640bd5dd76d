//! A set's iterators: those of its map, the elements alone.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
    iter::FusedIterator,
};

use super::{HashSet, SetRef};
use crate::{
    Keeper,
    sync::{HashMap, IntoIter, Iter},
};

/// What [`HashSet::iter`] makes.
pub struct SetIter<'a, T, S, K: Keeper<T, ()>>(Iter<'a, T, (), S, K>);

impl<'a, T, S, K: Keeper<T, ()>> SetIter<'a, T, S, K> {
    pub(super) fn new(map: &'a HashMap<T, (), S, K>) -> Self {
        Self(map.iter())
    }
}

impl<'a, T: Eq + Hash, S: BuildHasher, K: Keeper<T, ()>> Iterator for SetIter<'a, T, S, K> {
    type Item = SetRef<'a, T>;

    #[inline]
    #[track_caller]
    fn next(&mut self) -> Option<SetRef<'a, T>> {
        self.0.next().map(SetRef)
    }
}

impl<T: Eq + Hash, S: BuildHasher, K: Keeper<T, ()>> FusedIterator for SetIter<'_, T, S, K> {}

impl<T, S, K: Keeper<T, ()>> fmt::Debug for SetIter<'_, T, S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The elements of a set that was consumed; they left it for [`Taken`](crate::RemovalCause::Taken) when this was made.
#[derive(Debug)]
pub struct SetIntoIter<T>(IntoIter<T, ()>);

impl<T> Iterator for SetIntoIter<T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        self.0.next().map(|(element, ())| element)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> ExactSizeIterator for SetIntoIter<T> {}

impl<T> FusedIterator for SetIntoIter<T> {}

impl<T, S, K: Keeper<T, ()>> IntoIterator for HashSet<T, S, K> {
    type Item = T;
    type IntoIter = SetIntoIter<T>;

    #[track_caller]
    fn into_iter(self) -> SetIntoIter<T> {
        SetIntoIter(self.map.into_iter())
    }
}

impl<'a, T: Eq + Hash, S: BuildHasher, K: Keeper<T, ()>> IntoIterator for &'a HashSet<T, S, K> {
    type Item = SetRef<'a, T>;
    type IntoIter = SetIter<'a, T, S, K>;

    fn into_iter(self) -> SetIter<'a, T, S, K> {
        self.iter()
    }
}
