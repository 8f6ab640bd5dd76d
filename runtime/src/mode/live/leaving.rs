//! How an entry is counted that leaves, and what few need besides.

use super::{
    super::{Caller, UNKNOWN_KEY, detail},
    ALL_REGISTER, Instance, Recorder, Shard, SiteState, shares, state_of, watches_residue,
};
use crate::{Keeper, RemovalCause, hash_map::Slot, store::Store};

impl Recorder {
    /// An entry leaves, `len` still counts it.
    #[inline(always)]
    pub(crate) fn removed<K, V, T: Keeper<K, V>>(
        &mut self,
        slot: &Slot<impl Sized, V>,
        cause: RemovalCause,
        len: usize,
        at: Caller,
    ) {
        let stamp = slot.stamp;
        if T::TRACKED {
            Self::probe_remove::<K, V, T>(UNKNOWN_KEY, 1, cause, at);
        }
        self.count_removal::<K, V, T>(cause, len, at, |instance| {
            detail::died(instance, stamp, cause);
        });
    }

    /// The same of an entry that was removed by its key, which has this hash.
    #[inline(always)]
    pub(crate) fn key_removed<K, V, T: Keeper<K, V>>(
        &mut self,
        slot: &Slot<impl Sized, V>,
        hash: u64,
        len: usize,
        at: Caller,
    ) {
        let stamp = slot.stamp;
        if T::TRACKED {
            Self::probe_remove::<K, V, T>(hash, 1, RemovalCause::Removed, at);
        }
        self.count_removal::<K, V, T>(RemovalCause::Removed, len, at, |instance| {
            detail::key_died(instance, stamp, hash, at);
        });
    }

    #[inline(always)]
    pub(super) fn count_removal<K, V, T: Keeper<K, V>>(
        &mut self,
        cause: RemovalCause,
        len: usize,
        at: Caller,
        tell: impl FnOnce(&Instance),
    ) {
        if !T::TRACKED {
            return;
        }
        if ALL_REGISTER {
            if let Some(instance) = &self.instance {
                if self.is_above_peak(len) {
                    instance.counters.peak.set(len as u64);
                    self.peak = len;
                }
                instance.counters.removed[cause as usize].bump();
                tell(instance);
                detail::tick::<K, V, T>(self, at);
            }
        } else if shares::<K, V, T>()
            && let Some(instance) = &self.instance
        {
            instance.add(|counters| &counters.removed[cause as usize], 1);
        } else if self.is_above_peak(len) {
            self.count_removal_above_peak::<K, V, T>(cause, len);
        } else if let Some(counters) = self.counters() {
            counters.removed[cause as usize].bump();
        }
    }

    /// The instance, if there is one, had so many entries. Only who counts at hand knows it by itself.
    #[inline(always)]
    fn peaked(&mut self, len: usize) {
        if let Some(instance) = &self.instance {
            let peak = instance.peak_of(self.watch.shard());
            peak.set(peak.get().max(len as u64));
            if self.counts_at_hand() {
                self.peak = len.max(self.peak);
            }
        }
    }

    /// Whether a map that had so many entries had as many before when one left. One that does not count at hand never had.
    #[inline(always)]
    pub(super) fn is_above_peak(&self, len: usize) -> bool {
        // As most know it: the length without the entry that leaves.
        len.wrapping_sub(1) >= self.peak
    }

    #[cold]
    #[inline(never)]
    fn count_removal_above_peak<K, V, T: Keeper<K, V>>(&mut self, cause: RemovalCause, len: usize) {
        self.peaked(len);
        self.count_elsewhere_here::<K, V, T>(|counters| &counters.removed[cause as usize], len);
    }

    /// What few removals need: those of vacant values and of overdue entries.
    #[cold]
    #[inline(never)]
    pub(crate) fn note_removal<K, V, T: Keeper<K, V>>(
        &mut self,
        slot: &Slot<impl Sized, V>,
        bucket: Option<usize>,
        at: Caller,
    ) {
        if watches_residue::<K, V, T>() && detail::was_vacant::<K, V, T>(slot.stamp, slot.value()) {
            self.residue_shrank::<K, V, T>(bucket);
        }
        detail::note_death::<K, V, T>(self, slot.stamp, at);
    }

    /// A sampled entry may be leaving `bucket` of `store`; it is still in there.
    pub(crate) fn note_sample_going<K, V, T: Keeper<K, V>>(
        &mut self,
        store: &impl Store<V>,
        bucket: usize,
        hash: u64,
        cause: RemovalCause,
        at: Caller,
    ) {
        if detail::is_sampled(hash) {
            self.sample_died::<K, V, T>(store, bucket, cause, at);
        } else {
            self.before_vacant_removal::<K, V, T>(store, at);
        }
    }

    /// All entries of `store` are leaving for one reason.
    pub(crate) fn all_left<K, V, T: Keeper<K, V>>(
        &mut self,
        cause: RemovalCause,
        store: &impl Store<V>,
        at: Caller,
    ) {
        let n = store.entries() as u64;
        if !T::TRACKED || (n == 0 && self.watch.shared_residue() == 0) {
            return;
        }
        Self::probe_remove::<K, V, T>(UNKNOWN_KEY, n, cause, at);
        self.peaked(store.entries());
        match &self.instance {
            Some(instance) => {
                instance.add(|counters| &counters.removed[cause as usize], n);
                instance.residue_of(self.watch.shard()).set(0);
                detail::left_together(instance, cause, n, at);
                // What a pass in progress has seen went too.
                self.watch.residue_written(None, 0);
                detail::all_scoped_left(&mut self.watch, instance, store);
                instance.detail.all_left(&self.watch, cause);
            }
            None => {
                if let Some(state) = state_of::<K, V, T>() {
                    self.all_left_with_site(state, state.shard(), cause, n);
                }
            }
        }
    }

    /// All `n` entries of a map that counts with its site are leaving.
    #[inline(always)]
    pub(super) fn all_left_with_site(
        &mut self,
        state: &SiteState,
        shard: Shard<'_>,
        cause: RemovalCause,
        n: u64,
    ) {
        state.peak.raise_to(n);
        shard.add(|counts| &counts.entries.removed[cause as usize], n);
        let residue = self.watch.shared_residue();
        if residue > 0 {
            shard.sub(|counts| &counts.entries.residue, residue);
            self.watch.share_residue(0);
        }
    }
}
