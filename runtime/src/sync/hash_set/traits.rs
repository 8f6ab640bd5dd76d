//! std's traits for whole sets, serde's, and those of mapkeeper.

use std::{
    fmt,
    hash::{BuildHasher, Hash, RandomState},
};

use serde::ser::SerializeSeq;

use super::HashSet;
use crate::{
    Breach, HasSites, Keeper, LockState, MapFigures, MapType, Reset, Site, TrackedMaps,
    mode::Caller,
    relation::HoldsMap,
    sets::Elements,
    signature::OfElements,
    sync::{HashMap, order::read_all},
    vacant::Vacant,
};

impl<T, S: Default + Clone, K: Keeper<T, ()>> Default for HashSet<T, S, K> {
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

/// A copy of all elements as they are at one moment: insertions of the line that cloned, with a new keeper.
impl<T: Clone, S: Clone, K: Keeper<T, ()>> Clone for HashSet<T, S, K> {
    #[track_caller]
    fn clone(&self) -> Self {
        Self {
            map: self.map.clone(),
        }
    }
}

impl<T: Eq + Hash, S: BuildHasher, K: Keeper<T, ()>> Extend<T> for HashSet<T, S, K> {
    /// Inserts one by one; [`insert_many`](Self::insert_many) is one step.
    #[track_caller]
    fn extend<I: IntoIterator<Item = T>>(&mut self, iter: I) {
        for element in iter {
            self.insert(element);
        }
    }
}

impl<T: Eq + Hash, S: BuildHasher + Default + Clone, K: Keeper<T, ()>> FromIterator<T>
    for HashSet<T, S, K>
{
    #[track_caller]
    fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> Self {
        let mut set = Self::default();
        set.extend(iter);
        set
    }
}

impl<T: Eq + Hash, K: Keeper<T, ()>, const N: usize> From<[T; N]> for HashSet<T, RandomState, K> {
    #[track_caller]
    fn from(elements: [T; N]) -> Self {
        elements.into_iter().collect()
    }
}

/// The hasher and the elements move over; each is an insertion.
impl<T: Eq + Hash, S: BuildHasher + Clone, K: Keeper<T, ()>> From<std::collections::HashSet<T, S>>
    for HashSet<T, S, K>
{
    #[track_caller]
    fn from(plain: std::collections::HashSet<T, S>) -> Self {
        let mut set = Self::with_capacity_and_hasher(plain.len(), plain.hasher().clone());
        set.extend(plain);
        set
    }
}

/// Waits for nobody: a shard that is written to is shown as `<locked>`.
impl<T: fmt::Debug, S, K: Keeper<T, ()>> fmt::Debug for HashSet<T, S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut set = f.debug_set();
        for shard in &self.map.shards {
            match shard.try_read(Caller::here()) {
                Some((map, _hold)) => set.entries(map.keys()),
                None => set.entry(&format_args!("<locked>")),
            };
        }
        set.finish()
    }
}

/// The wire format of std's set: a sequence. All elements as they are at one moment.
impl<T: serde::Serialize, S, K: Keeper<T, ()>> serde::Serialize for HashSet<T, S, K> {
    #[track_caller]
    fn serialize<Z: serde::Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let maps = read_all(&self.map.shards, Caller::here());
        let len = maps.iter().map(|(map, _)| map.len()).sum();
        let mut out = serializer.serialize_seq(Some(len))?;
        for element in maps.iter().flat_map(|(map, _)| map.keys()) {
            out.serialize_element(element)?;
        }
        out.end()
    }
}

impl<'de, T, S, K> serde::Deserialize<'de> for HashSet<T, S, K>
where
    T: serde::Deserialize<'de> + Eq + Hash,
    S: BuildHasher + Default + Clone,
    K: Keeper<T, ()>,
{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Elements::<Self>(std::marker::PhantomData))
    }
}

impl<'de, T, S, K> serde::de::Visitor<'de> for Elements<HashSet<T, S, K>>
where
    T: serde::Deserialize<'de> + Eq + Hash,
    S: BuildHasher + Default + Clone,
    K: Keeper<T, ()>,
{
    type Value = HashSet<T, S, K>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A>(self, mut access: A) -> Result<HashSet<T, S, K>, A::Error>
    where
        A: serde::de::SeqAccess<'de>,
    {
        let set = HashSet::default();
        while let Some(element) = access.next_element()? {
            set.insert(element);
        }
        Ok(set)
    }
}

impl<T, S, U: Keeper<T, ()>> MapType for HashSet<T, S, U> {
    type Key = T;
    type Value = ();
    type Signature = OfElements;
    type With<K: Keeper<T, ()>> = HashSet<T, S, K>;
}

/// As its map.
impl<T, S, K: Keeper<T, ()>> TrackedMaps for HashSet<T, S, K> {
    fn visit_maps(&self, visit: &mut dyn FnMut(&MapFigures)) {
        self.map.visit_maps(visit);
    }

    fn visit_locks(&self, visit: &mut dyn FnMut(&LockState)) {
        self.map.visit_locks(visit);
    }

    fn check_maps_into(&self, found: &mut Vec<Breach>) {
        self.map.check_maps_into(found);
    }

    #[track_caller]
    fn reset_maps_into(&mut self, reset: &mut Reset) {
        self.map.reset_maps_into(reset);
    }

    #[track_caller]
    fn reset_maps_shared(&self, reset: &mut Reset) -> bool {
        self.map.reset_maps_shared(reset)
    }
}

impl<T, S, K: Keeper<T, ()>> HasSites for HashSet<T, S, K> {
    fn each_site(look: &mut dyn FnMut(&'static Site)) {
        K::site().into_iter().for_each(look);
    }
}

impl<T, S, K: Keeper<T, ()>> HoldsMap for HashSet<T, S, K> {
    type Map = HashMap<T, (), S, K>;

    fn look(&self, look: &mut dyn FnMut(&Self::Map)) -> bool {
        self.map.look(look)
    }
}

/// Empty; not if somebody writes to it.
impl<T, S, K: Keeper<T, ()>> Vacant for HashSet<T, S, K> {
    fn is_vacant(&self) -> bool {
        self.map.is_vacant()
    }
}
