//! Maps whose entries have no places with numbers: there is no table that tells by its growth that a map came to life.

use super::{
    super::{Caller, detail},
    Footprint, Instance, ONE_IN, Recorder, watches_residue,
};
use crate::{
    Keeper, RemovalCause, Site, clock::now_ms, hash_map::Slot, store::Store,
    threads::atomic::Ordering::Relaxed,
};

/// Whether entries carry marks, so that something is recorded of every one of them.
pub(crate) const MARKS: bool = size_of::<detail::Stamp>() > 0;

/// What counts an entry of which nothing else is recorded. It is asked for before the entry goes into the map, and is all that
/// has to be kept meanwhile.
pub(crate) struct Quiet<'r>(Option<&'r Instance>);

impl Quiet<'_> {
    /// The entry came.
    #[inline(always)]
    pub(crate) fn came(self) {
        if let Some(instance) = self.0 {
            instance.counters.inserts.bump();
        }
    }

    /// Its value took the place of another.
    #[inline(always)]
    pub(crate) fn replaced(self) {
        if let Some(instance) = self.0 {
            instance.counters.replaces.bump();
        }
    }
}

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

    /// Whether nothing is recorded of an entry that comes into a map without places, but that it came or replaced another: so
    /// it is with most, once the map has an [`Instance`]. Its `value` is told unless it is lent at once, `len` counts it.
    #[inline(always)]
    pub(crate) fn quiet<K, V, T: Keeper<K, V>>(
        &self,
        hash: u64,
        value: Option<&V>,
        len: usize,
    ) -> Option<Quiet<'_>> {
        if !T::TRACKED {
            return Some(Quiet(None));
        }
        let instance = self.instance.as_deref()?;
        let is_quiet = !MARKS && !self.is_notable::<K, V, T>(value, hash, len);
        is_quiet.then_some(Quiet(Some(instance)))
    }

    /// The value of an entry was replaced of which nothing else is recorded: this one.
    #[inline(always)]
    pub(crate) fn replaced_quietly<K, V, T: Keeper<K, V>>(&mut self, old: &V, at: Caller) {
        if Self::is_residue::<K, V, T>(old) {
            self.residue_shrank::<K, V, T>(Some(usize::MAX));
        }
        self.let_go::<K, V, T>(old, RemovalCause::Replaced, at);
    }

    /// Whether nothing is to be done about an entry that left a map without places, but to count it.
    #[inline(always)]
    pub(crate) fn went_quietly<K, V, T: Keeper<K, V>>(
        &self,
        slot: &Slot<impl Sized, V>,
        hash: u64,
        cause: RemovalCause,
    ) -> bool {
        let watched = T::TRACKED
            && T::watcher().is_some()
            && self
                .instance
                .as_ref()
                .is_some_and(|instance| detail::is_picked(instance, cause));
        !watched && !self.removal_is_notable::<K, V, T>(slot, Some(hash))
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
        let instance = Instance::register(site, state, len, false);
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
            self.retire::<K, V, T>(site, Footprint::EMPTY);
            self.watch = detail::Watch::NEW;
        }
    }
}
