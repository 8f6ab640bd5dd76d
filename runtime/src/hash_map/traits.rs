//! std's traits for whole maps, and those of mapkeeper.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
    ops::Index,
};

use super::{HashMap, Lookup, entries};
use crate::{
    Keeper, RemovalCause, Reset, Site, log,
    mode::{Caller, Footprint},
    panics::Panics,
    whole_map::{is_retained, whole_map},
};

impl<K, V, S, T, L> PartialEq for HashMap<K, V, S, T, L>
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
                .all(|(key, value)| other.find(key).is_some_and(|slot| *value == *slot.value()))
    }
}

impl<K, V, S, T, L> Eq for HashMap<K, V, S, T, L>
where
    K: Eq + Hash,
    V: Eq,
    S: BuildHasher,
    T: Keeper<K, V>,
{
}

/// # Panics
/// If the key is not there.
impl<K, Q, V, S, T, L> Index<&Q> for HashMap<K, V, S, T, L>
where
    K: Eq + Hash,
    Q: Hash + ?Sized,
    L: Lookup<K, Q>,
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

impl<K: fmt::Debug, V: fmt::Debug, S, T: Keeper<K, V>, L> fmt::Debug for HashMap<K, V, S, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

whole_map!([K, V, S, T: Keeper<K, V>, L] HashMap<K, V, S, T, L>, K => V, [K: Eq + Hash, S: BuildHasher, L: Lookup<K, K>]);

impl<K, V, S, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    fn footprint(&self) -> (usize, usize) {
        (self.capacity(), self.table.allocation_size())
    }

    fn settle_quietly(&mut self) {
        self.log.recorder.settle_quietly::<K, V, T>(&mut self.table);
    }

    fn note_all_left(&mut self, cause: RemovalCause, at: Caller) -> Panics {
        self.log
            .all_leave(&self.table, entries(&self.table), cause, at)
    }

    /// Empties the map but for what its guard does not let go.
    #[track_caller]
    fn reset_guarded(&mut self, site: &'static Site, reset: &mut Reset, at: Caller) {
        let len = self.len();
        let mut retained = 0;
        let leaves = |key: &K, value: &mut V| {
            let leaves = log::ask::<K, V, T>(key, value, at).is_ok();
            retained += usize::from(leaves && is_retained::<K, V, T>(value));
            leaves
        };
        self.retain_at(leaves, RemovalCause::Cleared, at);
        let kept = self.len();
        let freed = if kept == 0 { self.give_back() } else { 0 };
        reset.note(site, len - kept, retained, freed, kept);
    }

    /// Drops the table, whose entries have left, and says how many bytes that was.
    fn give_back(&mut self) -> usize {
        let before = Footprint::of(&self.table);
        let table = std::mem::take(&mut self.table);
        self.log.recorder.moved_out::<K, V, T>(before);
        table.allocation_size()
    }
}
