//! Either side of a set operation: a set to look into and to walk over, whoever keeps it.

use std::{
    collections::hash_set,
    hash::{BuildHasher, Hash},
};

use super::{HashSet, Iter};
use crate::{HashMap, Keeper, hash_map::Finder, relation::HoldsMap, sets::Either};

/// A set that another one can be compared with: mapkeeper's, whoever keeps it, std's or hashbrown's.
///
/// Implemented for these only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of `{T}` with the hasher `{S}`",
    label = "not a `HashSet` (mapkeeper's, std's or hashbrown's) of the same element and hasher types"
)]
pub trait Operand<T, S> {
    /// Not public API.
    #[doc(hidden)]
    fn view(&self) -> View<'_, T, S>;
}

impl<T, S, K: Keeper<T, ()>, L> Operand<T, S> for HashSet<T, S, K, L> {
    #[inline]
    fn view(&self) -> View<'_, T, S> {
        View(Kind::Kept(self.map.lookup()))
    }
}

impl<T, S> Operand<T, S> for std::collections::HashSet<T, S> {
    #[inline]
    fn view(&self) -> View<'_, T, S> {
        View(Kind::Plain(self))
    }
}

impl<T, S> Operand<T, S> for hashbrown::HashSet<T, S> {
    #[inline]
    fn view(&self) -> View<'_, T, S> {
        View(Kind::Hashbrown(self))
    }
}

/// `subset_of` and `follows` look at the elements as keys.
impl<T, S, K: Keeper<T, ()>, L> HoldsMap for HashSet<T, S, K, L> {
    type Map = HashMap<T, (), S, K, L>;

    fn look(&self, look: &mut dyn FnMut(&Self::Map)) -> bool {
        look(&self.map);
        true
    }
}

/// A set, looked at.
pub struct View<'a, T, S>(Kind<'a, T, S>);

enum Kind<'a, T, S> {
    Kept(Finder<'a, T, (), S>),
    Plain(&'a std::collections::HashSet<T, S>),
    Hashbrown(&'a hashbrown::HashSet<T, S>),
}

impl<T, S> Clone for View<'_, T, S> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, S> Copy for View<'_, T, S> {}

impl<T, S> Clone for Kind<'_, T, S> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, S> Copy for Kind<'_, T, S> {}

impl<'a, T, S> View<'a, T, S> {
    #[inline]
    pub(super) fn len(self) -> usize {
        match self.0 {
            Kind::Kept(set) => set.len(),
            Kind::Plain(set) => set.len(),
            Kind::Hashbrown(set) => set.len(),
        }
    }

    #[inline]
    pub(super) fn iter(self) -> Elements<'a, T> {
        match self.0 {
            Kind::Kept(set) => Elements::Kept(Iter { inner: set.keys() }),
            Kind::Plain(set) => Elements::Plain(Either::Kept(set.iter())),
            Kind::Hashbrown(set) => Elements::Plain(Either::Plain(set.iter())),
        }
    }

    #[inline]
    pub(super) fn contains(self, element: &T) -> bool
    where
        T: Eq + Hash,
        S: BuildHasher,
    {
        match self.0 {
            Kind::Kept(set) => set.find(element).is_some(),
            Kind::Plain(set) => set.contains(element),
            Kind::Hashbrown(set) => set.contains(element),
        }
    }
}

/// The elements of a [`View`].
pub(super) type Elements<'a, T> =
    Either<Iter<'a, T>, Either<hash_set::Iter<'a, T>, hashbrown::hash_set::Iter<'a, T>>>;
