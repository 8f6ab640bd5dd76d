//! What is known of one site: its live maps, and the totals of those that went.

use std::sync::Arc;

#[cfg(feature = "sync")]
use std::{panic::Location, time::Duration};

#[cfg(feature = "sync")]
use super::contention::Contention;
use super::{
    CallSites, Count, Counters, Instance, Lives, Origins, Shard, Shards, ToldBreach, Watchlist,
    hashing::HashLook, history::History, probes::probe_breach, shards::SiteCounts,
};
use crate::{
    Breach, Point,
    clock::now_ms,
    mode::detail,
    threads::{
        Mutex, MutexGuard, OncePerProcess, PoisonError, TryLockError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

/// Sums that shards keep wrapped are read as signed; below zero is a writer half-way.
pub(crate) fn signed(sum: u64) -> u64 {
    u64::try_from(sum.cast_signed()).unwrap_or(0)
}

/// A breach is an event at most this often per site.
const WARN_EVERY_MS: u64 = 60_000;

/// The part of a [`Site`](crate::Site) that comes to life with its first map. Made without a lock.
pub(crate) struct SiteRecord(OncePerProcess<SiteState>);

impl SiteRecord {
    pub(crate) const fn new() -> Self {
        Self(OncePerProcess::new())
    }

    #[inline(always)]
    pub(crate) fn state(&'static self) -> &'static SiteState {
        match self.0.get() {
            Some(state) => state,
            None => self.first(),
        }
    }

    #[cold]
    #[inline(never)]
    fn first(&'static self) -> &'static SiteState {
        self.0.get_or_init(|| Box::new(SiteState::default()))
    }

    /// A contract was found not to hold when somebody asked, not by an operation.
    pub(crate) fn breached(&'static self, breach: &Breach) {
        let state = self.state();
        state.breaches.add(1);
        let told = ToldBreach {
            clause: breach.clause.as_str(),
            call_site: None,
            sentence: breach.to_string(),
            example: None,
        };
        probe_breach(breach.site, &told);
        if state.may_warn() {
            told.warn(breach.site);
        }
    }

    /// Somebody waited so long for a shard of one of its maps.
    #[cfg(feature = "sync")]
    pub(crate) fn waited(&'static self, time: Duration, at: Option<&'static Location<'static>>) {
        let contention = &self.state().contention;
        contention.waited(time, at);
        if !detail::RAISES {
            // Nobody times guards: what was waited for was held at least so long.
            contention.held(time, None);
        }
    }

    /// The state, if a map of this site ever lived.
    pub(crate) fn existing(&'static self) -> Option<&'static SiteState> {
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
    #[cfg(feature = "sync")]
    pub(crate) contention: Contention,
    pub(crate) call_sites: CallSites,
    pub(crate) lives: Lives,
    pub(crate) origins: Origins,
    pub(crate) detail: detail::SiteDetail,
    pub(crate) hashing: HashLook,
    /// Whether vacant values are handles whose other side is gone.
    pub(crate) holds_handles: AtomicBool,
    /// Bytes that an entry takes up, about; 0 where tables say what they take up.
    pub(crate) entry_bytes: AtomicU64,
    /// When the first map of this site came.
    pub(crate) since_ms: u64,
    pub(crate) after_removal: Watchlist,
    live: Mutex<Live>,
    history: Mutex<History>,
    /// When the next point of the history is due.
    due_ms: AtomicU64,
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
            #[cfg(feature = "sync")]
            contention: Contention::default(),
            call_sites: CallSites::new(),
            lives: Lives::default(),
            origins: Origins::default(),
            detail: detail::SiteDetail::default(),
            hashing: HashLook::default(),
            holds_handles: AtomicBool::new(false),
            entry_bytes: AtomicU64::new(0),
            since_ms: now_ms(),
            after_removal: Watchlist::default(),
            live: Mutex::default(),
            history: Mutex::default(),
            due_ms: AtomicU64::new(0),
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

    /// The same, if nobody holds it.
    pub(crate) fn try_live(&self) -> Option<MutexGuard<'_, Live>> {
        match self.live.try_lock() {
            Ok(live) => Some(live),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Adds a point to the history if one is due. For those who come by now and then; waits for nobody.
    #[inline]
    pub(crate) fn look_now_and_then(&self, now_ms: u64) {
        if now_ms >= self.due_ms.load(Relaxed) {
            self.look(now_ms);
        }
    }

    #[cold]
    #[inline(never)]
    fn look(&self, now_ms: u64) {
        /// Adding up maps takes no more than about a thousandth of the time.
        const MAPS_PER_MS: u64 = 100;
        let Ok(mut history) = self.history.try_lock() else {
            return;
        };
        let Some(live) = self.try_live() else { return };
        let point = self.point(&live, now_ms);
        let due = history.push(point).max(now_ms + live.len() / MAPS_PER_MS);
        self.due_ms.store(due, Relaxed);
    }

    /// The points of the history, and the one of now.
    pub(crate) fn history(&self, live: &Live, now_ms: u64) -> Vec<Point> {
        let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let mut points = history.points().to_vec();
        if points.last().is_none_or(|last| last.at_ms < now_ms) {
            points.push(self.point(live, now_ms));
        }
        points
    }

    /// The exact figures of now.
    fn point(&self, live: &Live, now_ms: u64) -> Point {
        let sum = |pick: fn(&SiteCounts) -> &Count| self.shards.sum(pick);
        let mut left = self.folded.left();
        let mut point = Point {
            at_ms: now_ms,
            instances_total: sum(|counts| &counts.instances_born),
            capacity: signed(sum(|counts| &counts.capacity)),
            table_bytes: signed(sum(|counts| &counts.table_bytes)),
            inserts: self.folded.inserts.get(),
            replaces: self.folded.replaces.get(),
            misses: self.folded.misses.get(),
            residue: sum(|counts| &counts.entries.residue),
            ..Point::default()
        };
        let mut add = |counters: &Counters| {
            point.inserts = point.inserts.wrapping_add(counters.inserts.get());
            point.replaces = point.replaces.wrapping_add(counters.replaces.get());
            point.misses = point.misses.wrapping_add(counters.misses.get());
            left = left.wrapping_add(counters.left());
        };
        self.shards.all().for_each(|counts| add(&counts.entries));
        for instance in live.iter() {
            instance.all_counters().for_each(&mut add);
            point.residue = point.residue.wrapping_add(instance.residue());
        }
        point.len = signed(point.inserts.wrapping_sub(left));
        point.residue = signed(point.residue).min(point.len);
        let gone = sum(|counts| &counts.instances_gone);
        point.instances = signed(point.instances_total.wrapping_sub(gone));
        point
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

    /// Places, taken and free.
    fn len(&self) -> u64 {
        self.places.len() as u64
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Instance>> {
        self.places.iter().flatten()
    }
}
