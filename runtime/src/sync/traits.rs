//! std's traits for whole maps, serde's, and those of mapkeeper.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
};

use super::{
    HashMap, Iter,
    order::read_all,
    shard::{Part, Read},
};
use crate::{
    Breach, HasSites, Keeper, LockState, MapFigures, MapOfMaps, MapType, Reset, Residue, Site,
    TrackedMaps,
    breach::Culprits,
    maps::Entries,
    mode::Caller,
    panics::Panics,
    relation::{HoldsMap, KeyedMap, SitedMap},
    signature::OfEntries,
    vacant::Vacant,
};

impl<K, V, S, U: Keeper<K, V>> MapType for HashMap<K, V, S, U> {
    type Key = K;
    type Value = V;
    type Signature = OfEntries;
    type With<T: Keeper<K, V>> = HashMap<K, V, S, T>;
}

impl<K, V, S, U: Keeper<K, V>> MapOfMaps for HashMap<K, V, S, U> {
    type WithValue<W> = HashMap<K, W, S>;
}

/// Waits for nobody: a shard that is written to is shown as `<locked>`.
impl<K: fmt::Debug, V: fmt::Debug, S, T: Keeper<K, V>> fmt::Debug for HashMap<K, V, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for shard in &self.shards {
            match shard.try_read(Caller::here()) {
                Some((part, _hold)) => map.entries(part.iter()),
                None => map.entry(&format_args!("<locked>"), &format_args!("…")),
            };
        }
        map.finish()
    }
}

impl<'a, K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> IntoIterator
    for &'a HashMap<K, V, S, T>
{
    type Item = super::RefMulti<'a, K, V>;
    type IntoIter = Iter<'a, K, V, S, T>;

    fn into_iter(self) -> Iter<'a, K, V, S, T> {
        self.iter()
    }
}

/// All entries as they are at one moment.
impl<K, V, S, T: Keeper<K, V>> serde::Serialize for HashMap<K, V, S, T>
where
    K: serde::Serialize,
    V: serde::Serialize,
{
    #[track_caller]
    fn serialize<Z: serde::Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        use serde::ser::SerializeMap;

        let maps = read_all(&self.shards, Caller::here());
        let len = maps.iter().map(|(map, _)| map.len()).sum();
        let mut out = serializer.serialize_map(Some(len))?;
        for (map, _) in &maps {
            for (key, value) in map.iter() {
                out.serialize_entry(key, value)?;
            }
        }
        out.end()
    }
}

impl<'de, K, V, S, T> serde::Deserialize<'de> for HashMap<K, V, S, T>
where
    K: serde::Deserialize<'de> + Eq + Hash,
    V: serde::Deserialize<'de>,
    S: BuildHasher + Default + Clone,
    T: Keeper<K, V>,
{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries::<Self>(std::marker::PhantomData))
    }
}

impl<'de, K, V, S, T> serde::de::Visitor<'de> for Entries<HashMap<K, V, S, T>>
where
    K: serde::Deserialize<'de> + Eq + Hash,
    V: serde::Deserialize<'de>,
    S: BuildHasher + Default + Clone,
    T: Keeper<K, V>,
{
    type Value = HashMap<K, V, S, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(
        self,
        mut access: A,
    ) -> Result<HashMap<K, V, S, T>, A::Error> {
        let map = HashMap::default();
        while let Some((key, value)) = access.next_entry()? {
            map.insert(key, value);
        }
        Ok(map)
    }
}

impl<K, V, S, T: Keeper<K, V>> HashMap<K, V, S, T> {
    /// All shards at a time, if nobody writes to one of them.
    fn try_read_all(&self) -> Option<Vec<Read<'_, K, V, S, T>>> {
        let at = Caller::here();
        self.shards.iter().map(|shard| shard.try_read(at)).collect()
    }

    /// Empties shards, which are one map.
    #[track_caller]
    fn reset_parts<'p>(parts: impl Iterator<Item = &'p mut Part<K, V, S, T>>, reset: &mut Reset)
    where
        K: 'p,
        V: 'p,
        S: 'p,
        T: 'p,
    {
        let Some(site) = T::site() else { return };
        let mut panics = Panics::default();
        let mut all = Reset::default();
        for part in parts {
            panics.run(|| part.reset_maps_into(&mut all));
        }
        let sum = |figure: fn(&crate::ResetMap) -> usize| all.maps.iter().map(figure).sum();
        reset.note(
            site,
            sum(|part| part.entries),
            sum(|part| part.retained),
            sum(|part| part.freed_bytes),
            sum(|part| part.kept),
        );
        panics.resume(T::site());
    }
}

/// A map that somebody writes to is left out.
impl<K, V, S, T: Keeper<K, V>> TrackedMaps for HashMap<K, V, S, T> {
    fn visit_maps(&self, visit: &mut dyn FnMut(&MapFigures)) {
        let Some(maps) = self.try_read_all() else {
            return;
        };
        let entries = || maps.iter().flat_map(|(map, _)| map.iter());
        if let Some(site) = T::site() {
            let residue = if T::knows_vacancy() {
                entries().filter(|(_, value)| T::is_vacant(value)).count()
            } else {
                0
            };
            let sum = |figure: fn(&Part<K, V, S, T>) -> usize| {
                maps.iter().map(|map| figure(&map.0)).sum()
            };
            visit(&MapFigures {
                site,
                len: sum(|map| map.len()),
                capacity: sum(|map| map.capacity()),
                table_bytes: sum(|map| map.allocation_size()),
                residue,
                poisoned: false,
            });
        }
        if T::DEEP {
            let inner = entries().filter_map(|(_, value)| T::maps_in(value));
            inner.for_each(|maps| maps.visit_maps(visit));
        }
    }

    /// The map is its own lock: held if somebody writes to one of its shards.
    fn visit_locks(&self, visit: &mut dyn FnMut(&LockState)) {
        if let Some(site) = T::site() {
            let held = self.try_read_all().is_none();
            visit(&LockState {
                site,
                held,
                poisoned: false,
            });
        }
    }

    fn check_maps_into(&self, found: &mut Vec<Breach>) {
        let Some(site) = T::site() else { return };
        let Some(maps) = self.try_read_all() else {
            return;
        };
        let entries = || maps.iter().flat_map(|(map, _)| map.iter());
        let len = maps.iter().map(|(map, _)| map.len()).sum();
        if let Some(max) = T::CONTRACT.max_len
            && len > max
        {
            found.push(Breach::of_max_len(site, max, len));
        }
        if matches!(T::CONTRACT.residue, Residue::Deny) && T::knows_vacancy() {
            let mut vacant = Culprits::default();
            for (key, _) in entries().filter(|(_, value)| T::is_vacant(value)) {
                vacant.add(|| T::show_key(key));
            }
            if vacant.entries > 0 {
                found.push(Breach::of_residue(site, vacant));
            }
        }
        if T::DEEP {
            let inner = entries().filter_map(|(_, value)| T::maps_in(value));
            inner.for_each(|maps| maps.check_maps_into(found));
        }
    }

    #[track_caller]
    fn reset_maps_into(&mut self, reset: &mut Reset) {
        Self::reset_parts(self.shards.iter_mut().map(|shard| shard.get_mut()), reset);
    }

    #[track_caller]
    fn reset_maps_shared(&self, reset: &mut Reset) -> bool {
        let at = Caller::here();
        let maps: Option<Vec<_>> = self
            .shards
            .iter()
            .map(|shard| shard.try_write(at))
            .collect();
        maps.is_some_and(|mut maps| {
            Self::reset_parts(maps.iter_mut().map(|(map, _)| &mut **map), reset);
            true
        })
    }
}

impl<K, V, S, T: Keeper<K, V>> HasSites for HashMap<K, V, S, T> {
    fn each_site(look: &mut dyn FnMut(&'static Site)) {
        T::site().into_iter().for_each(look);
    }
}

/// It stays as it is while it is looked at.
impl<K, V, S, T: Keeper<K, V>> HoldsMap for HashMap<K, V, S, T> {
    type Map = Self;

    fn look(&self, look: &mut dyn FnMut(&Self)) -> bool {
        let maps = self.try_read_all();
        maps.is_some_and(|_maps| {
            look(self);
            true
        })
    }
}

impl<K, V, S, T: Keeper<K, V>> SitedMap for HashMap<K, V, S, T> {
    fn site() -> Option<&'static Site> {
        T::site()
    }

    fn entries(&self) -> usize {
        self.len()
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> KeyedMap for HashMap<K, V, S, T> {
    type Key = K;

    fn holds(&self, key: &K) -> bool {
        self.contains_key(key)
    }

    fn each_key(&self, look: &mut dyn FnMut(&K)) {
        for (map, _) in &read_all(&self.shards, Caller::here()) {
            map.keys().for_each(&mut *look);
        }
    }

    fn show(key: &K) -> Option<String> {
        T::show_key(key)
    }
}

/// Empty; not if somebody writes to it.
impl<K, V, S, T: Keeper<K, V>> Vacant for HashMap<K, V, S, T> {
    fn is_vacant(&self) -> bool {
        let maps = self.try_read_all();
        maps.is_some_and(|maps| maps.iter().all(|(map, _)| map.is_empty()))
    }
}
