//! Traits for whole sets.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    ops::Index,
};

use serde::de::{IntoDeserializer, value::SeqDeserializer};

use super::{IndexSet, IntoIter, Iter};
use crate::{
    IndexMap, Keeper, MapType,
    relation::HoldsMap,
    sets::{same_elements, set_traits},
};

set_traits! {
    IndexSet<T, S, K>, Iter;
    any: [T, S, K: Keeper<T, ()>];
    clone: [T: Clone, S: Clone, K: Keeper<T, ()>];
    find: [T: Eq + Hash, S: BuildHasher, K: Keeper<T, ()>];
    collect: [T: Eq + Hash, S: BuildHasher + Default, K: Keeper<T, ()>];
}

same_elements!(
    [T: Eq + Hash, S1: BuildHasher, K1: Keeper<T, ()>, S2: BuildHasher, K2: Keeper<T, ()>]
    IndexSet<T, S1, K1>, IndexSet<T, S2, K2>
);

impl<T, S: Default, K: Keeper<T, ()>> Default for IndexSet<T, S, K> {
    #[inline]
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

/// # Panics
/// If the index is out of bounds.
impl<T, S, K: Keeper<T, ()>> Index<usize> for IndexSet<T, S, K> {
    type Output = T;

    #[track_caller]
    fn index(&self, index: usize) -> &T {
        let len = self.len();
        match self.get_index(index) {
            Some(element) => element,
            None => panic!("index out of bounds: the len is {len} but the index is {index}"),
        }
    }
}

impl<T: Eq + Hash, K: Keeper<T, ()>, const N: usize> From<[T; N]> for IndexSet<T, RandomState, K> {
    #[track_caller]
    fn from(array: [T; N]) -> Self {
        let mut set = Self::default();
        set.extend(array);
        set
    }
}

/// The hasher and the elements move over; each is an insertion.
impl<T: Eq + Hash, S: BuildHasher + Clone, K: Keeper<T, ()>> From<::indexmap::IndexSet<T, S>>
    for IndexSet<T, S, K>
{
    #[track_caller]
    fn from(set: ::indexmap::IndexSet<T, S>) -> Self {
        let mut tracked = Self::with_hasher(set.hasher().clone());
        tracked.extend(set);
        tracked
    }
}

/// Every element leaves for [`Taken`](crate::RemovalCause::Taken).
impl<T: Eq + Hash, S: BuildHasher + Clone, K: Keeper<T, ()>> From<IndexSet<T, S, K>>
    for ::indexmap::IndexSet<T, S>
{
    #[track_caller]
    fn from(set: IndexSet<T, S, K>) -> Self {
        let mut plain = Self::with_capacity_and_hasher(set.len(), set.hasher().clone());
        plain.extend(set);
        plain
    }
}

/// Every element leaves for [`Taken`](crate::RemovalCause::Taken).
impl<'de, T, S, K, E> IntoDeserializer<'de, E> for IndexSet<T, S, K>
where
    T: IntoDeserializer<'de, E> + Eq + Hash,
    S: BuildHasher,
    K: Keeper<T, ()>,
    E: serde::de::Error,
{
    type Deserializer = SeqDeserializer<IntoIter<T>, E>;

    fn into_deserializer(self) -> Self::Deserializer {
        SeqDeserializer::new(self.into_iter())
    }
}

impl<T, S> MapType for ::indexmap::IndexSet<T, S> {
    type Key = T;
    type Value = ();
    type Signature = crate::signature::OfElements;
    type With<K: Keeper<T, ()>> = IndexSet<T, S, K>;
}

impl<T, S, U: Keeper<T, ()>> MapType for IndexSet<T, S, U> {
    type Key = T;
    type Value = ();
    type Signature = crate::signature::OfElements;
    type With<K: Keeper<T, ()>> = IndexSet<T, S, K>;
}

/// `subset_of` and `follows` look at the elements as keys.
impl<T, S, K: Keeper<T, ()>> HoldsMap for IndexSet<T, S, K> {
    type Map = IndexMap<T, (), S, K>;

    fn look(&self, look: &mut dyn FnMut(&Self::Map)) -> bool {
        look(&self.map);
        true
    }
}
