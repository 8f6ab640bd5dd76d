//! One live map, as other threads see it.

use std::sync::Arc;

use super::{Count, Counters, SiteState};
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
    pub(crate) counters: Counters,
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
        let id = NEXT_ID.fetch_add(1, Relaxed);
        let instance = Arc::new(Self {
            id,
            born_ms: now_ms(),
            shard_of: AtomicU64::new(if is_shard { NOT_SAID } else { ITSELF }),
            base: AtomicU64::new(len as u64),
            counters: Counters::default(),
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

    /// The entries it has now; while its owner writes, one operation old at most.
    pub(crate) fn len(&self) -> u64 {
        let came = self
            .base
            .load(Relaxed)
            .wrapping_add(self.counters.inserts.get());
        let len = came.wrapping_sub(self.counters.left());
        // A reader between the writer's two counts could see one more leave than come.
        if len > u64::MAX / 2 { 0 } else { len }
    }

    /// Entries that came before it registered.
    pub(crate) fn base(&self) -> u64 {
        self.base.load(Relaxed)
    }

    /// Its entries are counted as its own inserts after all.
    pub(crate) fn without_base(&self, len: usize) {
        self.base.fetch_sub(len as u64, Relaxed);
    }

    /// Leaves the list, its totals folded into the site under the list's lock, so that no reader sees them twice.
    pub(crate) fn retire(&self, state: &SiteState) {
        let mut live = state.live();
        state.folded.fold(&self.counters);
        state.folded_base.add(self.base());
        state
            .peak
            .raise_to(self.counters.peak.get().max(self.len()));
        self.detail.retire();
        live.leave(self.place.load(Relaxed));
    }
}
