//! The wire format of std's map: a map of keys to values. What is read in is inserted, entry by entry.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
    marker::PhantomData,
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

use super::HashMap;
use crate::Keeper;

impl<K: Serialize, V: Serialize, S, T: Keeper<K, V>> Serialize for HashMap<K, V, S, T> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, K, V, S, T> Deserialize<'de> for HashMap<K, V, S, T>
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

/// A size hint is the sender's word: room for a mebibyte of entries at most is made on it.
pub(crate) fn room_for<E>(hint: Option<usize>) -> usize {
    const BYTES: usize = 1 << 20;
    hint.unwrap_or(0).min(BYTES / size_of::<E>().max(1))
}

struct Entries<M>(PhantomData<fn() -> M>);

impl<'de, K, V, S, T> Visitor<'de> for Entries<HashMap<K, V, S, T>>
where
    K: Deserialize<'de> + Eq + Hash,
    V: Deserialize<'de>,
    S: BuildHasher + Default,
    T: Keeper<K, V>,
{
    type Value = HashMap<K, V, S, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let room = room_for::<(K, V)>(access.size_hint());
        let mut map = HashMap::with_capacity_and_hasher(room, S::default());
        while let Some((key, value)) = access.next_entry()? {
            map.insert(key, value);
        }
        Ok(map)
    }
}
