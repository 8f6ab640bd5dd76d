//! The wire format of std's map: a map of keys to values. What is read in is inserted, entry by entry.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

use super::BTreeMap;
use crate::Keeper;

impl<K: Serialize, V: Serialize, T: Keeper<K, V>> Serialize for BTreeMap<K, V, T> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, K, V, T> Deserialize<'de> for BTreeMap<K, V, T>
where
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
    T: Keeper<K, V>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

struct Entries<M>(PhantomData<fn() -> M>);

impl<'de, K, V, T> Visitor<'de> for Entries<BTreeMap<K, V, T>>
where
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
    T: Keeper<K, V>,
{
    type Value = BTreeMap<K, V, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((key, value)) = access.next_entry()? {
            map.insert(key, value);
        }
        Ok(map)
    }
}
