//! Maps whose entries have no places with numbers: there is no table that tells by its growth that a map came to life.

use std::sync::atomic::Ordering::Relaxed;

use super::{super::detail, Footprint, Instance, ONE_IN, Recorder, watches_residue};
use crate::{Keeper, Site, clock::now_ms, store::Store};

impl Recorder {
    /// An entry is about to come into a map that does not say how much room it has; `len` counts it, `bytes` is what an
    /// entry takes up, about.
    #[inline(always)]
    pub(crate) fn meet<K, V, T: Keeper<K, V>>(&mut self, len: usize, bytes: usize) {
        if T::TRACKED && self.instance.is_none() {
            self.meet_site::<K, V, T>(len, bytes);
        }
    }

    /// With its first entry the map is known to its site; from [`detail::REGISTER_AT`] on it is an [`Instance`].
    #[cold]
    #[inline(never)]
    fn meet_site<K, V, T: Keeper<K, V>>(&mut self, len: usize, bytes: usize) {
        let Some(site) = T::site() else { return };
        let state = site.record.state();
        if !self.watch.is_known() {
            self.watch.set_known();
            state.entry_bytes.store(bytes as u64, Relaxed);
            let shard = state.shard();
            shard.table_came(Footprint::EMPTY);
            if shard.came_so_far().is_multiple_of(ONE_IN) {
                state.look_now_and_then(now_ms());
            }
        }
        if len >= detail::REGISTER_AT {
            self.register_unplaced::<K, V, T>(site, len - 1);
        }
    }

    /// The map has other room than `before`.
    #[allow(dead_code, reason = "the kinds that know their room are features")]
    #[cold]
    #[inline(never)]
    pub(crate) fn room_changed<K, V, T: Keeper<K, V>>(
        &mut self,
        store: &impl Store<V>,
        before: Footprint,
    ) {
        let Some(site) = T::site().filter(|_| T::TRACKED) else {
            return;
        };
        let after = store.footprint();
        let state = site.record.state();
        state.shard().footprint_changed(before, after);
        if self.instance.is_none() && after.capacity >= detail::REGISTER_AT {
            self.register_unplaced::<K, V, T>(site, store.entries());
        }
        if let Some(instance) = &self.instance {
            instance.capacity.set(after.capacity as u64);
            instance.table_bytes.set(after.bytes as u64);
        }
    }

    fn register_unplaced<K, V, T: Keeper<K, V>>(&mut self, site: &'static Site, len: usize) {
        let state = site.record.state();
        if T::holds_handles() {
            state.holds_handles.store(true, Relaxed);
        }
        let instance = Instance::register(site, state, len);
        if watches_residue::<K, V, T>() {
            let counted = self.watch.shared_residue();
            state.shard().sub(|counts| &counts.entries.residue, counted);
            instance.counters.residue.set(counted);
        }
        self.watch = detail::Watch::NEW;
        self.instance = Some(instance);
    }

    /// Whether the map ever had an entry.
    pub(super) fn is_known(&self) -> bool {
        self.instance.is_some() || self.watch.is_known()
    }

    /// All entries were moved out: they belong to somebody else now, and the map is as new.
    pub(crate) fn entries_moved_out<K, V, T: Keeper<K, V>>(&mut self) {
        if T::TRACKED
            && self.is_known()
            && let Some(site) = T::site()
        {
            site.record.state().shard().table_went(Footprint::EMPTY);
            self.retire(site);
            self.watch = detail::Watch::NEW;
        }
    }
}
