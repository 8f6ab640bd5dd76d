//! The wire format of the crate's map: a map of keys to values. What is read in is inserted, entry by entry.

use std::hash::{BuildHasher, Hash};

use serde::de::{IntoDeserializer, value::MapDeserializer};

use super::{IndexMap, IntoIter};
use crate::{Keeper, maps::wire_format};

wire_format! {
    IndexMap<K, V, S, T>;
    any: [K, V, S, T: Keeper<K, V>];
    collect: [K: Eq + Hash, V, S: BuildHasher + Default, T: Keeper<K, V>];
}

/// Every entry leaves for [`Taken`](crate::RemovalCause::Taken).
impl<'de, K, V, S, T, E> IntoDeserializer<'de, E> for IndexMap<K, V, S, T>
where
    K: IntoDeserializer<'de, E> + Eq + Hash,
    V: IntoDeserializer<'de, E>,
    S: BuildHasher,
    T: Keeper<K, V>,
    E: serde::de::Error,
{
    type Deserializer = MapDeserializer<'de, IntoIter<K, V>, E>;

    fn into_deserializer(self) -> Self::Deserializer {
        MapDeserializer::new(self.into_iter())
    }
}
