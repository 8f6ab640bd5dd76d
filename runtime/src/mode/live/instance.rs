//! One live map, as other threads see it.

use std::sync::Arc;

#[cfg(feature = "sync")]
use super::Shared;
use super::{Count, Counters, Footprint, SiteState};
use crate::{
    Site,
    clock::now_ms,
    mode::detail,
    threads::{
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
        statics,
    },
};

/// In the place of the number of a map, of an instance that is one itself.
pub(super) const ITSELF: u64 = 0;
/// In the place of the number of a map that is not known yet.
pub(super) const NOT_SAID: u64 = u64::MAX;

pub(crate) struct Instance {
    /// A number no other instance of this process has.
    pub(crate) id: u64,
    pub(crate) born_ms: u64,
    /// The number of the map that this is a shard of; [`ITSELF`] if it is a map of its own, [`NOT_SAID`] if it is a shard and
    /// its map did not say yet whose.
    pub(crate) shard_of: AtomicU64,
    /// Entries the map already had when it registered; they were counted by the site.
    base: AtomicU64,
    /// Of a map that one thread writes at a time.
    pub(crate) counters: detail::InstanceCounters,
    /// Of one whose shards are written by several, and which is one instance for all of them.
    #[cfg(feature = "sync")]
    shared: Option<Box<Shared>>,
    pub(crate) capacity: Count,
    pub(crate) table_bytes: Count,
    pub(crate) detail: detail::Detail,
    /// Where the site's list of live instances keeps it.
    place: AtomicUsize,
}

statics! {
    static NEXT_ID: AtomicU64 = AtomicU64::new(1);
}

/// A number that no instance has.
#[cfg(feature = "sync")]
pub(crate) fn next_id() -> u64 {
    NEXT_ID.fetch_add(1, Relaxed)
}

impl Instance {
    /// Joins the list of its site's live instances, as a map or as a shard of one. O(1).
    pub(crate) fn register(
        site: &'static Site,
        state: &'static SiteState,
        len: usize,
        is_shard: bool,
    ) -> Arc<Self> {
        Self::join(
            site,
            state,
            len,
            is_shard,
            #[cfg(feature = "sync")]
            None,
        )
    }

    /// The same for all shards of a map. None of them has an entry yet.
    #[cfg(feature = "sync")]
    pub(crate) fn register_shared(
        site: &'static Site,
        state: &'static SiteState,
        shards: usize,
    ) -> Arc<Self> {
        Self::join(site, state, 0, false, Some(Box::new(Shared::new(shards))))
    }

    fn join(
        site: &'static Site,
        state: &'static SiteState,
        len: usize,
        is_shard: bool,
        #[cfg(feature = "sync")] shared: Option<Box<Shared>>,
    ) -> Arc<Self> {
        let id = NEXT_ID.fetch_add(1, Relaxed);
        let instance = Arc::new(Self {
            id,
            born_ms: now_ms(),
            shard_of: AtomicU64::new(if is_shard { NOT_SAID } else { ITSELF }),
            base: AtomicU64::new(len as u64),
            counters: detail::InstanceCounters::default(),
            #[cfg(feature = "sync")]
            shared,
            capacity: Count::default(),
            table_bytes: Count::default(),
            detail: detail::Detail::new(site, id),
            place: AtomicUsize::new(0),
        });
        instance
            .place
            .store(state.live().join(Arc::clone(&instance)), Relaxed);
        instance
    }

    /// What its shards count, if it has any.
    #[cfg(feature = "sync")]
    #[inline(always)]
    pub(crate) fn shared(&self) -> Option<&Shared> {
        self.shared.as_deref()
    }

    /// Where the residue of a shard is counted, or of the map if it has none.
    pub(crate) fn residue_of(&self, shard: Option<usize>) -> &Count {
        #[cfg(feature = "sync")]
        if let (Some(shared), Some(shard)) = (self.shared(), shard) {
            return &shared.of_shard(shard).residue;
        }
        let _ = shard;
        &self.counters.residue
    }

    /// Where the most entries that a shard had are noted, or that the map had if it has none.
    #[inline(always)]
    pub(crate) fn peak_of(&self, shard: Option<usize>) -> &Count {
        #[cfg(feature = "sync")]
        if let (Some(shared), Some(shard)) = (self.shared(), shard) {
            return &shared.of_shard(shard).peak;
        }
        let _ = shard;
        &self.counters.peak
    }

    /// All that is counted of it.
    pub(crate) fn all_counters(&self) -> impl Iterator<Item = &Counters> {
        let own = std::iter::once::<&Counters>(&self.counters);
        #[cfg(feature = "sync")]
        let own = own.chain(self.shared().into_iter().flat_map(Shared::counters));
        own
    }

    /// One count. Of a shared map, meaningful as a signed number while writers are half-way.
    pub(crate) fn sum(&self, pick: impl Fn(&Counters) -> &Count) -> u64 {
        let counts = self.all_counters().map(|counters| pick(counters).get());
        counts.fold(0, u64::wrapping_add)
    }

    /// Adds `n` to a count, by whoever may write to the map.
    #[inline(always)]
    pub(crate) fn add(&self, pick: impl Fn(&Counters) -> &Count, n: u64) {
        #[cfg(feature = "sync")]
        if let Some(shared) = self.shared() {
            return shared.add(pick, n);
        }
        let count = pick(&self.counters);
        count.set(count.get().wrapping_add(n));
    }

    /// Entries whose value is vacant now.
    pub(crate) fn residue(&self) -> u64 {
        let residue = self.counters.residue.get();
        #[cfg(feature = "sync")]
        let residue = residue + self.shared().map_or(0, Shared::residue);
        residue
    }

    /// The most entries it had at a time; of shards, the sum of theirs, which came at different times.
    pub(crate) fn peak(&self) -> u64 {
        let peak = self.counters.peak.get();
        #[cfg(feature = "sync")]
        let peak = peak.max(self.shared().map_or(0, Shared::peak));
        peak.max(self.len())
    }

    /// The entries it has now; while its owner writes, one operation old at most.
    pub(crate) fn len(&self) -> u64 {
        let inserts = self.sum(|counters| &counters.inserts);
        let came = self.base.load(Relaxed).wrapping_add(inserts);
        let left = self.all_counters().map(Counters::left);
        let len = came.wrapping_sub(left.fold(0, u64::wrapping_add));
        // A reader between the writer's two counts could see one more leave than come.
        if len > u64::MAX / 2 { 0 } else { len }
    }

    /// Entries that came before it registered.
    pub(crate) fn base(&self) -> u64 {
        self.base.load(Relaxed)
    }

    /// So many more entries came before it registered, or before one of its shards did.
    #[cfg(feature = "sync")]
    pub(crate) fn with_base(&self, len: usize) {
        self.base.fetch_add(len as u64, Relaxed);
    }

    /// Its entries are counted as its own inserts after all.
    pub(crate) fn without_base(&self, len: usize) {
        self.base.fetch_sub(len as u64, Relaxed);
    }

    /// The table of one of its shards has another size.
    pub(crate) fn room_changed(&self, before: Footprint, after: Footprint) {
        let change = |before: usize, after: usize| (after as u64).wrapping_sub(before as u64);
        self.capacity.add(change(before.capacity, after.capacity));
        self.table_bytes.add(change(before.bytes, after.bytes));
    }

    /// Leaves the list, its totals folded into the site under the list's lock, so that no reader sees them twice.
    pub(crate) fn retire(&self, state: &SiteState) {
        let mut live = state.live();
        self.all_counters()
            .for_each(|counters| state.folded.fold(counters));
        state.folded_base.add(self.base());
        state.peak.raise_to(self.peak());
        self.detail.retire();
        live.leave(self.place.load(Relaxed));
    }
}
