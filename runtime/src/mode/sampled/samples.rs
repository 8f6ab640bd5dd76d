//! The samples of one map: which buckets hold one, and since when. All shards of a map have them together.
//!
//! A site keeps [`MAX_SAMPLES`] of them over all its maps. When they get more, it keeps half as many from then on: those
//! whose hash has one more zero among its mixed bits, so that insertion and removal still agree on every entry, and
//! what was counted by then stays true (an entry is counted for one over the share that is kept at that moment:
//! Horvitz and Thompson, A Generalization of Sampling Without Replacement, JASA 47, 1952).

use hashbrown::{HashTable, hash_table::Entry};

use super::{
    super::{
        Caller,
        live::{Count, Example, LineId, Lines, OTHER, SiteState, TraceContext},
    },
    SAMPLED_ONE_IN, Watch, is_sampled, mixed,
    moved::Moved,
    returns::Departures,
    snapshots::snapshot_after,
};
use crate::{
    RemovalCause, Return, Site,
    clock::now_ms,
    hash_map::{Rehash, Slot},
    lifecycle::ages::bucket_of,
    threads::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed},
        bound,
    },
};

/// Samples a site keeps: seven eighths of 1,024 places of 25 bytes, if one map has them all.
const MAX_SAMPLES: usize = bound(896, 8);
/// Samples it keeps while maps are busy, and cannot be asked to give some up.
const TOO_MANY: usize = 2 * MAX_SAMPLES;
/// Buckets looked at to find a sample again after a rehash; more share a hash only if the hasher is hostile.
const MAX_CANDIDATES: usize = 64;

/// How the maps of one site sample.
#[derive(Default)]
pub(crate) struct SiteDetail {
    /// One sampled entry in 2^halvings is kept.
    halvings: AtomicU32,
    kept: AtomicUsize,
    departures: Departures,
    /// Samples that maps had lost which are gone.
    lost: Count,
}

impl SiteDetail {
    /// Which lines they were is not known of samples.
    pub(crate) fn returns(&self) -> Vec<(String, Return)> {
        Vec::new()
    }

    /// Samples carry their traces, and are lost with them only.
    pub(crate) fn traces(&self, _: &mut Lines) -> u64 {
        0
    }

    pub(super) fn halvings(&self) -> u32 {
        self.halvings.load(Relaxed)
    }

    /// What a sample that is kept counts for, in sampled entries.
    pub(super) fn weight(&self) -> u32 {
        1 << self.halvings()
    }

    /// Samples that maps had lost which are gone.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.get()
    }

    /// One entry in so many is known.
    pub(crate) fn one_in(&self) -> u64 {
        SAMPLED_ONE_IN << self.halvings()
    }

    fn came(&self) {
        self.kept.fetch_add(1, Relaxed);
    }

    pub(super) fn went(&self, samples: usize) {
        self.kept.fetch_sub(samples, Relaxed);
    }

    /// Whether a sampled entry is kept.
    fn keeps(&self, hash: u64) -> bool {
        Self::keeps_after(self.halvings(), hash)
    }

    /// The same, after so many halvings.
    pub(super) fn keeps_after(halvings: u32, hash: u64) -> bool {
        let kept_in = SAMPLED_ONE_IN.ilog2() + halvings;
        mixed(hash) >> (u64::BITS - kept_in) == 0
    }

    /// Keeps half as many samples if there are too many. Does not wait: whoever finds them too many next tries again.
    pub(super) fn halve_if_full(&self, state: &SiteState) {
        /// One entry in 2^32 is enough.
        const MOST: u32 = 24;
        let halvings = self.halvings();
        if self.kept.load(Relaxed) <= MAX_SAMPLES || halvings >= MOST {
            return;
        }
        let Some(live) = state.try_live() else { return };
        if self
            .halvings
            .compare_exchange(halvings, halvings + 1, Relaxed, Relaxed)
            .is_ok()
        {
            for instance in live.iter() {
                if let Ok(mut samples) = instance.detail.samples.try_lock() {
                    samples.give_up(self);
                }
            }
        }
    }
}

/// One sampled entry.
#[derive(Clone)]
pub(super) struct Sample {
    /// Its bucket, as its table's [`Watch`] calls it.
    pub(super) place: usize,
    pub(super) hash: u64,
    /// When it was inserted (48 bits), by which line, emptied by which one ([`FULL`] if it is not), in one word: there are
    /// many.
    rest: u64,
    /// The trace that it was inserted in.
    trace: TraceContext,
}

/// Not vacant.
const FULL: LineId = LineId::MAX;
/// The highest bit of the time: whether its age was already found to be a breach.
const OVERDUE: u64 = 1 << 47;

impl Sample {
    pub(super) fn new(
        place: usize,
        hash: u64,
        born_ms: u64,
        line: LineId,
        emptied_by: Option<LineId>,
        trace: TraceContext,
    ) -> Self {
        let rest = born_ms.min(OVERDUE - 1)
            | u64::from(line) << 48
            | u64::from(emptied_by.unwrap_or(FULL)) << 56;
        Self {
            place,
            hash,
            rest,
            trace,
        }
    }

    /// The same entry in a copy of its map.
    pub(super) fn copied_to(&self, place: usize, line: LineId, now: u64) -> Self {
        let emptied_by = self.emptied_by().map(|_| line);
        Self::new(
            place,
            self.hash,
            now,
            line,
            emptied_by,
            TraceContext::current(),
        )
    }

    pub(super) fn born_ms(&self) -> u64 {
        self.rest & (OVERDUE - 1)
    }

    pub(super) fn line(&self) -> LineId {
        (self.rest >> 48) as LineId
    }

    pub(super) fn emptied_by(&self) -> Option<LineId> {
        let by = (self.rest >> 56) as LineId;
        (by != FULL).then_some(by)
    }

    pub(super) fn set_emptied_by(&mut self, by: Option<LineId>) {
        let none = TraceContext::NONE;
        *self = Self {
            rest: Self::new(0, 0, 0, self.line(), by, none).rest | (self.rest & (2 * OVERDUE - 1)),
            ..*self
        };
    }

    /// As one whose trace may be known.
    pub(super) fn example(&self) -> Example {
        Example {
            trace: self.trace,
            born_ms: self.born_ms(),
            vacant: self.emptied_by().is_some(),
        }
    }

    pub(super) fn is_overdue(&self) -> bool {
        self.rest & OVERDUE != 0
    }

    pub(super) fn set_overdue(&mut self) {
        self.rest |= OVERDUE;
    }
}

const _: () = assert!(size_of::<Sample>() == 24 + size_of::<TraceContext>().next_multiple_of(8));

#[derive(Default)]
pub(super) struct Samples {
    pub(super) by_place: HashTable<Sample>,
    /// Samples that were lost.
    pub(super) dropped: u64,
    pub(super) events_since_age_check: usize,
}

/// Spreads places (Fibonacci hashing: Knuth, The Art of Computer Programming, vol. 3, section 6.4), of which shards differ in
/// the high bits alone.
pub(super) fn spread(place: usize) -> u64 {
    (place as u64 ^ place as u64 >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Samples come one by one to most maps: room for so many is made at once.
const FIRST: usize = 7;

impl Samples {
    pub(super) fn put(&mut self, site: &SiteDetail, sample: Sample) {
        if self.by_place.capacity() == 0 {
            self.by_place.reserve(FIRST, |_| 0);
        }
        let place = sample.place;
        let same = |known: &Sample| known.place == place;
        match self
            .by_place
            .entry(spread(place), same, |known| spread(known.place))
        {
            // One that is still here left unseen (a leaked iterator).
            Entry::Occupied(mut known) => *known.get_mut() = sample,
            Entry::Vacant(free) if site.kept.load(Relaxed) < TOO_MANY => {
                free.insert(sample);
                site.came();
            }
            Entry::Vacant(_) => self.dropped += 1,
        }
    }

    pub(super) fn take(&mut self, site: &SiteDetail, place: usize) -> Option<Sample> {
        let found = self
            .by_place
            .find_entry(spread(place), |known| known.place == place);
        let sample = found.ok()?.remove().0;
        site.went(1);
        Some(sample)
    }

    /// Takes out what `goes` says.
    pub(super) fn take_if(&mut self, site: &SiteDetail, mut goes: impl FnMut(&Sample) -> bool) {
        let before = self.by_place.len();
        self.by_place.retain(|sample| !goes(sample));
        site.went(before - self.by_place.len());
    }

    /// Takes out what the site keeps no more, and gives the room back.
    fn give_up(&mut self, site: &SiteDetail) {
        self.take_if(site, |sample| !site.keeps(sample.hash));
        self.by_place.shrink_to_fit(|known| spread(known.place));
    }
}

/// The samples of one map.
pub(crate) struct Detail {
    pub(super) state: &'static SiteState,
    samples: Mutex<Samples>,
}

impl Detail {
    pub(crate) fn new(site: &'static Site, _: u64) -> Self {
        Self {
            state: site.record.state(),
            samples: Mutex::default(),
        }
    }

    pub(super) fn samples(&self) -> MutexGuard<'_, Samples> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn line_of(&self, at: Caller) -> LineId {
        at.location()
            .map_or(OTHER, |line| self.state.call_sites.id_of(line) as LineId)
    }

    /// A sampled entry came; whether it is kept.
    pub(super) fn born(&self, sample: Sample) -> bool {
        let site = &self.state.detail;
        let keeps = site.keeps(sample.hash);
        if keeps {
            let life = self.state.lives.line(sample.line());
            life.births.add(u64::from(site.weight()));
            if site.departures.came_back(sample.hash, sample.born_ms()) {
                life.returned.add(u64::from(site.weight()));
            }
            self.samples().put(site, sample);
            site.halve_if_full(self.state);
        }
        keeps
    }

    /// Notes what a sample was inserted in.
    pub(super) fn note_origin(&self, line: LineId, now: u64) {
        let births = self.state.detail.weight().into();
        let call_sites = &self.state.call_sites;
        self.state.origins.note(call_sites, line, births, now);
    }

    /// A sampled entry left.
    pub(super) fn died(&self, place: usize, cause: RemovalCause) {
        let site = &self.state.detail;
        if let Some(sample) = self.samples().take(site, place) {
            let now = now_ms();
            self.left(&sample, cause, now);
            site.departures.note(sample.hash, now);
            self.state.look_now_and_then(now);
        }
    }

    /// A sampled entry lives on under a key that has another hash; it is lost if that is not kept.
    pub(super) fn renamed(&self, place: usize, hash: u64) {
        let site = &self.state.detail;
        let mut samples = self.samples();
        if let Some(sample) = samples.take(site, place) {
            if site.keeps(hash) {
                let place = hash as usize;
                samples.put(
                    site,
                    Sample {
                        place,
                        hash,
                        ..sample
                    },
                );
            } else {
                samples.dropped += 1;
            }
        }
    }

    /// Writes down a life that ended.
    pub(super) fn left(&self, sample: &Sample, cause: RemovalCause, now: u64) {
        let site = &self.state.detail;
        if site.keeps(sample.hash) {
            let age = now.saturating_sub(sample.born_ms());
            let life = self.state.lives.line(sample.line());
            life.exits[cause as usize].add(u64::from(site.weight()));
            life.lived(bucket_of(age), site.weight());
        }
    }

    /// Everything leaves a table at once.
    pub(crate) fn all_left(&self, table: &Watch, cause: RemovalCause) {
        let now = now_ms();
        self.samples().take_if(&self.state.detail, |sample| {
            let leaves = table.bucket_of(sample.place).is_some();
            if leaves {
                self.left(sample, cause, now);
            }
            leaves
        });
    }

    /// Finds every sample of a table again after its buckets moved. O(samples), each at most [`MAX_CANDIDATES`] probes.
    pub(crate) fn rehashed<K, V>(
        &self,
        watch: &Watch,
        table: &HashTable<Slot<K, V>>,
        hasher: Rehash<'_, K, V>,
    ) {
        let site = &self.state.detail;
        // Those the site keeps no more are given up on the way; the others stay, for reports to see meanwhile.
        let before = {
            let mut samples = self.samples();
            if samples.by_place.is_empty() {
                return;
            }
            samples.take_if(site, |sample| !site.keeps(sample.hash));
            let mut own = Vec::with_capacity(samples.by_place.len());
            let there = samples.by_place.iter();
            own.extend(
                there
                    .filter(|sample| watch.bucket_of(sample.place).is_some())
                    .cloned(),
            );
            own
        };
        // The hasher is user code and may panic.
        let mut moved = Moved {
            detail: self,
            watch,
            after: HashTable::new(),
        };
        let room = if before.is_empty() {
            0
        } else {
            before.len().max(FIRST)
        };
        let mut after: HashTable<Sample> = HashTable::with_capacity(room);
        for mut sample in before {
            let home = table
                .iter_hash_buckets(sample.hash)
                .take(MAX_CANDIDATES)
                .map(|bucket| (bucket, watch.place_of(bucket)))
                .find(|(bucket, place)| {
                    table
                        .get_bucket(*bucket)
                        .is_some_and(|slot| hasher(slot) == sample.hash)
                        && after
                            .find(spread(*place), |known| known.place == *place)
                            .is_none()
                });
            if let Some((_, place)) = home {
                sample.place = place;
                after.insert_unique(spread(place), sample, |known| spread(known.place));
            }
        }
        moved.after = after;
    }

    /// Samples the entries that were there before the map registered; nobody saw which line inserted them.
    pub(super) fn adopt<K, V>(
        &self,
        watch: &Watch,
        table: &HashTable<Slot<K, V>>,
        hasher: Rehash<'_, K, V>,
    ) {
        let born_ms = now_ms();
        let found: Vec<Sample> = table
            .iter_buckets()
            .filter_map(|bucket| Some((bucket, hasher(table.get_bucket(bucket)?))))
            .filter(|(_, hash)| is_sampled(*hash))
            .map(|(bucket, hash)| {
                let place = watch.place_of(bucket);
                Sample::new(place, hash, born_ms, OTHER, None, TraceContext::NONE)
            })
            .collect();
        for sample in found {
            self.born(sample);
        }
    }

    /// Adds the live samples to `lines`; returns how many samples were lost.
    pub(crate) fn summarise(&self, lines: &mut Lines) -> u64 {
        let site = &self.state.detail;
        let mut samples = self.samples();
        samples.take_if(site, |sample| !site.keeps(sample.hash));
        let weight = u64::from(site.weight());
        for sample in &samples.by_place {
            let line = usize::from(sample.line());
            let born = sample.born_ms();
            lines.alive(line, (born, born), weight);
            lines.of(line).live += weight;
            lines.example(sample.line(), sample.example());
            if let Some(snapshot) = snapshot_after(born) {
                lines.born_before(line, snapshot, weight);
            }
            if let Some(by) = sample.emptied_by() {
                lines.of(line).residue += weight;
                lines.of(usize::from(by)).emptied += weight;
            }
        }
        samples.dropped
    }

    /// All that is known of lines is known to the site already.
    pub(crate) fn retire(&self) {
        let mut samples = self.samples();
        let site = &self.state.detail;
        site.went(samples.by_place.len());
        samples.by_place = HashTable::new();
        site.lost.add(std::mem::take(&mut samples.dropped));
    }
}
