//! What is known of one site: its live maps, and the totals of those that went.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use once_cell::race::OnceBox;

use super::{CallSites, Count, Counters, Instance, LINES, LineFigures, Shard, Shards, Watchlist};
use crate::{clock::now_ms, mode::detail};

/// A breach is an event at most this often per site.
const WARN_EVERY_MS: u64 = 60_000;

/// The part of a [`Site`](crate::Site) that comes to life with its first map. Made without a lock.
pub(crate) struct SiteRecord(OnceBox<SiteState>);

impl SiteRecord {
    pub(crate) const fn new() -> Self {
        Self(OnceBox::new())
    }

    #[inline(always)]
    pub(crate) fn state(&self) -> &SiteState {
        match self.0.get() {
            Some(state) => state,
            None => self.first(),
        }
    }

    #[cold]
    #[inline(never)]
    fn first(&self) -> &SiteState {
        self.0.get_or_init(|| Box::new(SiteState::default()))
    }

    /// The state, if a map of this site ever lived.
    pub(crate) fn existing(&self) -> Option<&SiteState> {
        self.0.get()
    }
}

pub(crate) struct SiteState {
    pub(crate) shards: Shards,
    /// The totals of registered instances that went.
    pub(crate) folded: Counters,
    /// The entries they already had when they registered.
    pub(crate) folded_base: Count,
    /// The most entries one map had at a time.
    pub(crate) peak: Count,
    pub(crate) breaches: Count,
    pub(crate) call_sites: CallSites,
    pub(crate) after_removal: Watchlist,
    live: Mutex<Live>,
    gone_lines: Mutex<Box<[LineFigures; LINES]>>,
    warned_ms: AtomicU64,
}

impl Default for SiteState {
    fn default() -> Self {
        Self {
            shards: Shards::default(),
            folded: Counters::default(),
            folded_base: Count::default(),
            peak: Count::default(),
            breaches: Count::default(),
            call_sites: CallSites::new(),
            after_removal: Watchlist::default(),
            live: Mutex::default(),
            gone_lines: Mutex::new(LineFigures::none()),
            warned_ms: AtomicU64::new(0),
        }
    }
}

impl SiteState {
    /// The counts that this thread writes.
    #[inline(always)]
    pub(crate) fn shard(&self) -> Shard<'_> {
        self.shards.mine()
    }

    /// The list of live registered instances; held for a few instructions by writers.
    pub(crate) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds what a map that goes knew of its lines.
    pub(crate) fn fold_lines(&self, detail: &detail::Detail) {
        detail.summarise_gone(&mut self.gone_lines());
    }

    /// What the maps that went knew of their lines.
    pub(crate) fn gone_lines(&self) -> MutexGuard<'_, Box<[LineFigures; LINES]>> {
        self.gone_lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a breach may be an event now; true at most once a minute.
    pub(crate) fn may_warn(&self) -> bool {
        let now = now_ms().max(1);
        let last = self.warned_ms.load(Relaxed);
        (last == 0 || now.saturating_sub(last) >= WARN_EVERY_MS)
            && self
                .warned_ms
                .compare_exchange(last, now, Relaxed, Relaxed)
                .is_ok()
    }
}

/// The live registered instances of a site; joining and leaving are O(1).
#[derive(Default)]
pub(crate) struct Live {
    places: Vec<Option<Arc<Instance>>>,
    free: Vec<usize>,
}

impl Live {
    pub(crate) fn join(&mut self, instance: Arc<Instance>) -> usize {
        match self.free.pop() {
            Some(place) => {
                self.places[place] = Some(instance);
                place
            }
            None => {
                self.places.push(Some(instance));
                self.places.len() - 1
            }
        }
    }

    pub(crate) fn leave(&mut self, place: usize) {
        if self.places[place].take().is_some() {
            self.free.push(place);
        }
        if self.free.len() == self.places.len() {
            // Nobody is left: give the room back rather than keep the peak for ever.
            *self = Self::default();
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Instance>> {
        self.places.iter().flatten()
    }
}
