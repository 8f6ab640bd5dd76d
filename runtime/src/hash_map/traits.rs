//! std's traits for whole maps, and those of mapkeeper.

use std::{
    borrow::Borrow,
    fmt,
    hash::{BuildHasher, Hash},
    ops::Index,
};

use super::{HashMap, log};
use crate::{
    Breach, Keeper, MapFigures, RemovalCause, Reset, Residue, Site, TrackedMaps,
    breach::Culprits,
    mode::{Caller, ENFORCE, Footprint},
    relation::{HoldsMap, KeyedMap, SitedMap},
};

impl<K, V, S, T> PartialEq for HashMap<K, V, S, T>
where
    K: Eq + Hash,
    V: PartialEq,
    S: BuildHasher,
    T: Keeper<K, V>,
{
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self
                .iter()
                .all(|(key, value)| other.get(key).is_some_and(|theirs| *value == *theirs))
    }
}

impl<K, V, S, T> Eq for HashMap<K, V, S, T>
where
    K: Eq + Hash,
    V: Eq,
    S: BuildHasher,
    T: Keeper<K, V>,
{
}

/// # Panics
/// If the key is not there.
impl<K, Q, V, S, T> Index<&Q> for HashMap<K, V, S, T>
where
    K: Eq + Hash + Borrow<Q>,
    Q: Eq + Hash + ?Sized,
    S: BuildHasher,
    T: Keeper<K, V>,
{
    type Output = V;

    #[inline]
    #[track_caller]
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("no entry found for key")
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S, T: Keeper<K, V>> fmt::Debug for HashMap<K, V, S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// A map is its own only map, but for those that `deep` tracks in its values.
impl<K, V, S, T: Keeper<K, V>> TrackedMaps for HashMap<K, V, S, T> {
    fn visit_maps(&self, visit: &mut dyn FnMut(&MapFigures)) {
        if let Some(site) = T::site() {
            let residue = if T::knows_vacancy() {
                self.values().filter(|value| T::is_vacant(value)).count()
            } else {
                0
            };
            visit(&MapFigures {
                site,
                len: self.len(),
                capacity: self.capacity(),
                table_bytes: self.table.allocation_size(),
                residue,
            });
        }
        for maps in self.inner_maps() {
            maps.visit_maps(visit);
        }
    }

    fn check_maps_into(&self, found: &mut Vec<Breach>) {
        let Some(site) = T::site() else { return };
        if let Some(max) = T::CONTRACT.max_len
            && self.len() > max
        {
            found.push(Breach::of_max_len(site, max, self.len()));
        }
        if matches!(T::CONTRACT.residue, Residue::Deny) && T::knows_vacancy() {
            let mut vacant = Culprits::default();
            for (key, _) in self.iter().filter(|(_, value)| T::is_vacant(value)) {
                vacant.add(|| T::show_key(key));
            }
            if vacant.entries > 0 {
                found.push(Breach::of_residue(site, vacant));
            }
        }
        for maps in self.inner_maps() {
            maps.check_maps_into(found);
        }
    }

    #[track_caller]
    fn reset_maps_into(&mut self, reset: &mut Reset) {
        let Some(site) = T::site() else { return };
        let at = Caller::here();
        self.log.recorder.settle_quietly::<K, V, T>(&mut self.table);
        let is_retained = |value: &V| T::strong_count(value).is_some_and(|owners| owners > 1);
        let entries = self.len();
        if ENFORCE && T::GUARDED {
            let mut retained = 0;
            let leaves = |key: &K, value: &mut V| {
                let leaves = log::ask::<K, V, T>(key, value, at).is_ok();
                retained += usize::from(leaves && is_retained(value));
                leaves
            };
            self.retain_at(leaves, RemovalCause::Cleared, at);
            let kept = self.len();
            let freed = if kept == 0 { self.give_table_back() } else { 0 };
            reset.note(site, entries - kept, retained, freed, kept);
            return;
        }
        let retained = self.values().filter(|value| is_retained(value)).count();
        let panics = self.log.all_leave(&self.table, RemovalCause::Cleared, at);
        let freed = self.table.allocation_size();
        reset.note(site, entries, retained, freed, 0);
        self.give_table_back();
        panics.resume(T::site());
        self.log.recorder.raise::<K, V, T>();
    }
}

impl<K, V, S, T: Keeper<K, V>> HoldsMap for HashMap<K, V, S, T> {
    type Map = Self;

    fn look(&self, look: &mut dyn FnMut(&Self)) -> bool {
        look(self);
        true
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

impl<K, V, S, T> KeyedMap for HashMap<K, V, S, T>
where
    K: Eq + Hash,
    S: BuildHasher,
    T: Keeper<K, V>,
{
    type Key = K;

    fn holds(&self, key: &K) -> bool {
        self.contains_key(key)
    }

    fn each_key(&self, look: &mut dyn FnMut(&K)) {
        self.keys().for_each(look);
    }

    fn show(key: &K) -> Option<String> {
        T::show_key(key)
    }
}

impl<K, V, S, T: Keeper<K, V>> HashMap<K, V, S, T> {
    /// The tracked maps in its values.
    fn inner_maps(&self) -> impl Iterator<Item = &dyn TrackedMaps> {
        let values = T::DEEP.then(|| self.values());
        values.into_iter().flatten().filter_map(T::maps_in)
    }

    /// Drops the table, whose entries have left, and says how many bytes that was.
    fn give_table_back(&mut self) -> usize {
        let before = Footprint::of(&self.table);
        let table = std::mem::take(&mut self.table);
        self.log.recorder.moved_out::<K, V, T>(before);
        table.allocation_size()
    }
}
