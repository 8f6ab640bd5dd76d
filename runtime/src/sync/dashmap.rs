//! dashmap's own types as fields: they become those of this module, with the same hasher.

use std::hash::{BuildHasher, Hash};

use ::dashmap::{DashMap, DashSet};

use super::{HashMap, HashSet};
use crate::{
    Keeper, MapOfMaps, MapType,
    signature::{OfElements, OfEntries},
};

impl<K, V, S> MapType for DashMap<K, V, S> {
    type Key = K;
    type Value = V;
    type Signature = OfEntries;
    type With<T: Keeper<K, V>> = HashMap<K, V, S, T>;
}

impl<K, V, S> MapOfMaps for DashMap<K, V, S> {
    type WithValue<W> = DashMap<K, W, S>;
}

/// The hasher and the entries move over; each is an insertion.
impl<K: Eq + Hash, V, S: BuildHasher + Clone, T: Keeper<K, V>> From<DashMap<K, V, S>>
    for HashMap<K, V, S, T>
{
    #[track_caller]
    fn from(plain: DashMap<K, V, S>) -> Self {
        let mut map = Self::with_capacity_and_hasher(plain.len(), plain.hasher().clone());
        map.extend(plain);
        map
    }
}

impl<T, S> MapType for DashSet<T, S> {
    type Key = T;
    type Value = ();
    type Signature = OfElements;
    type With<K: Keeper<T, ()>> = HashSet<T, S, K>;
}

/// The elements move over, each is an insertion; dashmap's set does not show its hasher, so this one has a new one.
impl<T: Eq + Hash, S: BuildHasher + Clone + Default, K: Keeper<T, ()>> From<DashSet<T, S>>
    for HashSet<T, S, K>
{
    #[track_caller]
    fn from(plain: DashSet<T, S>) -> Self {
        plain.into_iter().collect()
    }
}
