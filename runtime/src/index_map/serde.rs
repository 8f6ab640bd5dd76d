//! The wire format of the crate's map: a map of keys to values. What is read in is inserted, entry by entry.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
    marker::PhantomData,
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{IntoDeserializer, MapAccess, Visitor, value::MapDeserializer},
};

use super::{IndexMap, IntoIter};
use crate::{Keeper, hash_map::room_for};

impl<K: Serialize, V: Serialize, S, T: Keeper<K, V>> Serialize for IndexMap<K, V, S, T> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, K, V, S, T> Deserialize<'de> for IndexMap<K, V, S, T>
where
    K: Deserialize<'de> + Eq + Hash,
    V: Deserialize<'de>,
    S: BuildHasher + Default,
    T: Keeper<K, V>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData))
    }
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

struct Entries<M>(PhantomData<fn() -> M>);

impl<'de, K, V, S, T> Visitor<'de> for Entries<IndexMap<K, V, S, T>>
where
    K: Deserialize<'de> + Eq + Hash,
    V: Deserialize<'de>,
    S: BuildHasher + Default,
    T: Keeper<K, V>,
{
    type Value = IndexMap<K, V, S, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let room = room_for::<(K, V)>(access.size_hint());
        let mut map = IndexMap::with_capacity_and_hasher(room, S::default());
        while let Some((key, value)) = access.next_entry()? {
            map.insert(key, value);
        }
        Ok(map)
    }
}
