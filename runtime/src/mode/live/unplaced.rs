//! Maps whose entries have no places with numbers: there is no table that tells by its growth that a map came to life.

use super::{
    super::{Caller, detail},
    Counters, Footprint, Instance, ONE_IN, Recorder, watches_residue,
};
use crate::{
    Keeper, RemovalCause, Site, clock::now_ms, hash_map::Slot, store::Store,
    threads::atomic::Ordering::Relaxed,
};

/// Whether entries carry marks, so that something is recorded of every one of them.
pub(crate) const MARKS: bool = size_of::<detail::Stamp>() > 0;

/// What counts an entry of which nothing else is recorded. It is asked for before the entry goes into the map, and is all that
/// has to be kept meanwhile.
pub(crate) struct Quiet<'r>(Option<&'r Counters>);

impl Quiet<'_> {
    /// The entry came.
    #[inline(always)]
    pub(crate) fn came(self) {
        self.came_if(true);
    }

    /// The entry came, if so; asked without a branch.
    #[inline(always)]
    pub(crate) fn came_if(self, is_new: bool) {
        if let Some(counters) = self.0 {
            counters.inserts.bump_by(is_new.into());
        }
    }

    /// The entry left for itself.
    #[allow(dead_code, reason = "the kind that knows the key before is a feature")]
    #[inline(always)]
    pub(crate) fn went(self) {
        if let Some(counters) = self.0 {
            counters.removed[RemovalCause::Removed as usize].bump();
        }
    }

    /// Its value took the place of another.
    #[inline(always)]
    pub(crate) fn replaced(self) {
        if let Some(counters) = self.0 {
            counters.replaces.bump();
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
        let is_quiet = !Self::insert_is_watched()
            && !MARKS
            && !self.may_sample(hash)
            && !self.is_unlike_most::<K, V, T>(value, len);
        is_quiet.then(|| Quiet(self.counters()))
    }

    /// An entry comes into a map without places and marks, of which more may be recorded than that it does; `len` counts it. All
    /// of it is recorded before the entry is where it goes, or after that.
    pub(crate) fn comes_unmarked<K, V, T: Keeper<K, V>>(
        &mut self,
        is_vacant: bool,
        hash: u64,
        len: usize,
        at: Caller,
    ) {
        if !T::TRACKED {
            return;
        }
        if self.counts_elsewhere::<K, V, T>() {
            self.inserted_elsewhere::<K, V, T>(len);
        } else if let Some(counters) = self.counters() {
            counters.inserts.bump();
        }
        if is_vacant || self.is_notable::<K, V, T>(None, hash, len) {
            let mut stamp = detail::Stamp::NONE;
            self.note_new::<K, V, T>(&mut stamp, is_vacant, hash as usize, hash, len, at);
            self.noted_unplaced(len);
        }
    }

    /// The value of an entry was replaced of which nothing else is recorded: this one.
    #[inline(always)]
    pub(crate) fn replaced_quietly<K, V, T: Keeper<K, V>>(&mut self, old: &V, at: Caller) {
        if Self::is_residue::<K, V, T>(old) {
            self.residue_shrank::<K, V, T>(Some(usize::MAX));
        }
        self.let_go::<K, V, T>(old, RemovalCause::Replaced, at);
    }

    /// Counts an entry that was taken out of a map without places for itself, if nothing else is to be done about it; `len`
    /// still counts it. Else nothing was counted.
    #[inline(always)]
    pub(crate) fn went_quietly<K, V, T: Keeper<K, V>>(
        &mut self,
        key: &K,
        slot: &Slot<impl Sized, V>,
        len: usize,
    ) -> bool {
        let hash = self.key_hash::<K, V, T>(key);
        if self.removal_is_notable::<K, V, T>(slot, Some(hash))
            || self.is_above_peak(len)
            || Self::remove_is_watched()
        {
            return false;
        }
        // Who has a peak counts at hand.
        if let Some(counters) = self.counters() {
            counters.removed[RemovalCause::Removed as usize].bump();
        }
        true
    }

    /// What counts an entry that is about to be taken out of a map without places for itself, if nothing else is to be done about
    /// it, whatever its value is; `len` counts it.
    #[allow(dead_code, reason = "the kind that knows the key before is a feature")]
    #[inline(always)]
    pub(crate) fn goes_quietly<K, V, T: Keeper<K, V>>(
        &self,
        key: &K,
        len: usize,
    ) -> Option<Quiet<'_>> {
        if !T::TRACKED {
            return Some(Quiet(None));
        }
        let hash = self.key_hash::<K, V, T>(key);
        let is_quiet = !Self::remove_is_watched()
            && !MARKS
            && !watches_residue::<K, V, T>()
            && !detail::is_sampled(hash)
            && len <= self.peak;
        is_quiet.then(|| Quiet(self.counters()))
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
        self.watch.reset();
        self.registered(instance);
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
            self.watch.reset();
        }
    }
}
