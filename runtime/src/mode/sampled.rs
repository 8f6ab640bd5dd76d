//! Observe: what is known of a sample of the entries.
//!
//! An entry is sampled iff some mixed bits of its key's hash are zero, so insertion and removal agree without a byte in
//! the entry. A sample remembers its bucket; whatever moves buckets (growth, shrinking) tells [`Detail::rehashed`].
//! Everything is bounded: samples beyond their limit are dropped and counted as dropped.

mod account;
mod addresses;
mod after_removal;
mod flight;
mod moved;
mod residue;
mod returns;
mod samples;
mod snapshots;
mod watch;

use hashbrown::HashTable;

use super::{
    Caller,
    live::{BreachKind, Counters, Instance, Recorder, TraceContext, state_of, watches_residue},
};
use crate::{
    Keeper, RemovalCause, Site,
    clock::now_ms,
    hash_map::{Rehash, Slot},
    store::Store,
};

pub(crate) use account::Block as InstanceCounters;
use addresses::Addresses;
pub(crate) use after_removal::{
    MAX_WATCHED, WATCHES_BULK, WATCHES_SOLE_OWNERS, WEIGHT, is_picked, lifecycle,
};
pub(crate) use flight::{key_died, leaves, left_together, missed, replaced};
pub(crate) use samples::{Detail, SiteDetail};
use samples::{Sample, spread};
pub(crate) use snapshots::{newest_snapshot, snapshot_taken};
pub(crate) use watch::Watch;
use watch::fitting;

/// A map gets an [`Instance`] of its own from this many buckets on; below, it owns nothing but its table.
pub(crate) const REGISTER_AT: usize = 64;
/// Breaches are counted.
pub(crate) const RAISES: bool = false;
/// One entry in this many is sampled.
pub(crate) const SAMPLED_ONE_IN: u64 = 256;
/// Times are told by the millisecond.
pub(crate) const CLOCK_STEP_MS: u64 = 1;
/// Buckets looked at for residue each time a sampled entry comes or goes.
const SWEEP_SLICE: usize = 32;

/// Entries carry nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp;

impl Stamp {
    pub(crate) const NONE: Self = Self;
}

/// The largest hash that is sampled, of those that are mixed.
const MAX_SAMPLED: u64 = u64::MAX >> SAMPLED_ONE_IN.ilog2();
/// A hash that is not sampled.
const UNSAMPLED: u64 = u64::MAX;

const _: () = assert!(mixed(UNSAMPLED) > MAX_SAMPLED);

fn is_placed<V, S: Store<V>>(_: &S) -> bool {
    S::PLACED
}

/// Raw bits are not random: bits 40–49 of rustc-hash take every `f64` bit pattern.
#[inline(always)]
const fn mixed(hash: u64) -> u64 {
    hash.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Whether a hash of a key is sooner made than it is asked whether there is any use for it.
const fn is_short<K>() -> bool {
    !std::mem::needs_drop::<K>() && size_of::<K>() <= 2 * size_of::<u64>()
}

#[inline(always)]
pub(crate) fn is_sampled(hash: u64) -> bool {
    mixed(hash) <= MAX_SAMPLED
}

impl Recorder {
    /// The hash by which the entry of `key` is sampled or is not, in a map that has none itself: one of [`UNSAMPLED`] while
    /// nothing is sampled and the key may take long to look at, or if it has none.
    #[inline(always)]
    pub(crate) fn key_hash<K, V, T: Keeper<K, V>>(&self, key: &K) -> u64 {
        if T::TRACKED && (is_short::<K>() || self.instance.is_some()) {
            T::key_hash(key).unwrap_or(UNSAMPLED)
        } else {
            UNSAMPLED
        }
    }

    /// Whether the map counts where it knows by itself: else it does by way of its instance, or with its site.
    #[inline(always)]
    pub(super) fn counts_at_hand(&self) -> bool {
        self.watch.account.is_open()
    }

    /// Whether an entry that comes may be sampled, or the map does not count at hand.
    #[inline(always)]
    pub(super) fn may_sample(&self, hash: u64) -> bool {
        self.watch.account.may_sample(hash)
    }

    /// Where a map counts that does so at hand.
    #[inline(always)]
    pub(super) fn counters(&self) -> Option<&Counters> {
        Some(self.watch.account.counters())
    }

    /// A sampled entry came into `bucket`.
    pub(crate) fn sample_born<K, V, T: Keeper<K, V>>(
        &mut self,
        bucket: usize,
        hash: u64,
        vacant: bool,
        at: Caller,
    ) {
        let Some(instance) = self.instance.clone() else {
            return;
        };
        let line = instance.detail.line_of(at);
        let now = now_ms();
        let emptied_by = vacant.then_some(line);
        let place = self.watch.place_of(bucket);
        let trace = TraceContext::current();
        let sample = Sample::new(place, hash, now, line, emptied_by, trace);
        if instance.detail.born(sample) {
            instance.detail.note_origin(line, now);
        }
        instance.detail.state.look_now_and_then(now);
    }

    /// A sampled entry is leaving `bucket`. Values are looked at first: if that panics, the entry stays, and its sample.
    pub(crate) fn sample_died<K, V, T: Keeper<K, V>>(
        &mut self,
        store: &impl Store<V>,
        bucket: usize,
        cause: RemovalCause,
        at: Caller,
    ) {
        let Some(instance) = self.instance.clone() else {
            return;
        };
        self.sampled_event::<K, V, T>(store, at);
        instance.detail.died(self.watch.place_of(bucket), cause);
    }

    /// A sampled entry is leaving with others, while nobody can look at the map.
    pub(crate) fn sample_went(&self, place: usize, hash: u64, cause: RemovalCause) {
        if is_sampled(hash)
            && let Some(instance) = &self.instance
        {
            instance.detail.died(place, cause);
        }
    }

    /// An entry lives on under another key, in a map that has no hashes itself.
    #[allow(dead_code, reason = "the kinds whose keys can change are features")]
    pub(crate) fn renamed(&self, from: u64, to: u64) {
        if from != to
            && is_sampled(from)
            && let Some(instance) = &self.instance
        {
            instance.detail.renamed(from as usize, to);
        }
    }

    /// What is done now and then, driven by sampled entries coming and going.
    pub(super) fn sampled_event<K, V, T: Keeper<K, V>>(
        &mut self,
        store: &impl Store<V>,
        at: Caller,
    ) {
        let Some(instance) = self.instance.clone() else {
            return;
        };
        if watches_residue::<K, V, T>() {
            self.sweep::<K, V, T>(&instance, store, SWEEP_SLICE, at);
        }
        if let Some(max_age) = T::CONTRACT.max_age {
            let now = now_ms();
            let limit = u64::try_from(max_age.as_millis()).unwrap_or(u64::MAX);
            let mut samples = instance.detail.samples();
            samples.events_since_age_check += 1;
            if samples.events_since_age_check < samples.by_place.len() {
                return;
            }
            samples.events_since_age_check = 0;
            let mut found = Vec::new();
            for sample in &mut samples.by_place {
                let age = now.saturating_sub(sample.born_ms());
                if age > limit && !sample.is_overdue() {
                    sample.set_overdue();
                    found.push((age, sample.line(), sample.example()));
                }
            }
            drop(samples);
            for (age_ms, line, example) in found {
                let born_at = instance.detail.state.call_sites.location(line.into());
                self.breach::<K, V, T>(
                    BreachKind::MaxAge {
                        max_age,
                        age_ms,
                        born_at,
                        example: Some(example),
                    },
                    at,
                );
            }
        }
    }

    /// Where the samples are, for a walk that sees no places.
    #[inline]
    pub(crate) fn samples_by_address<K, V, T: Keeper<K, V>>(
        &self,
        table: &HashTable<Slot<K, V>>,
    ) -> Addresses {
        match &self.instance {
            Some(instance) if T::TRACKED => Addresses::of(instance, &self.watch, table),
            _ => Addresses::default(),
        }
    }

    /// Entries went that nobody looked at one by one: samples in empty buckets are dead.
    pub(crate) fn reconcile<K, V, T: Keeper<K, V>>(&mut self, table: &HashTable<Slot<K, V>>) {
        if let Some(instance) = &self.instance {
            let detail = &instance.detail;
            let now = now_ms();
            detail.samples().take_if(&detail.state.detail, |sample| {
                let bucket = self.watch.bucket_of(sample.place);
                let gone = bucket.is_some_and(|bucket| table.get_bucket(bucket).is_none());
                if gone {
                    detail.left(sample, RemovalCause::Filtered, now);
                }
                gone
            });
        }
    }

    /// Whether a `&mut` to a value has to be remembered.
    #[inline(always)]
    pub(crate) fn watches_loans<K, V, T: Keeper<K, V>>() -> bool {
        false
    }

    /// Sweeps find what a `&mut` emptied.
    #[inline(always)]
    pub(crate) fn lent_one(&mut self, _bucket: usize, _at: Caller) {}

    /// Sweeps find what a `&mut` emptied.
    #[inline(always)]
    pub(crate) fn lent_unplaced(&mut self, _at: Caller) {}

    /// Sweeps find what a `&mut` emptied.
    #[inline(always)]
    pub(crate) fn lent_many(&mut self, _at: Caller) {}

    /// Nothing is remembered, so nothing is to be settled.
    #[inline(always)]
    pub(crate) fn settle_slot<K, V, T: Keeper<K, V>>(
        &mut self,
        _: &mut Slot<impl Sized, V>,
        _: usize,
    ) {
    }

    /// Nothing is remembered, so nothing is to be settled; but where entries have no places, now they can be looked at.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn settle<K, V, T: Keeper<K, V>>(&mut self, store: &mut impl Store<V>) {
        if watches_residue::<K, V, T>()
            && !is_placed(store)
            && self.instance.is_some()
            && store.entries() as u64 >= u64::from(self.watch.vacant)
        {
            self.look_at_all::<K, V, T>(store, Caller::here());
        }
    }

    /// Nothing is remembered, so nothing is to be settled.
    #[inline(always)]
    pub(crate) fn settle_quietly<K, V, T: Keeper<K, V>>(&mut self, _table: &mut impl Store<V>) {}
}

/// The clock is read anew each time.
pub(crate) fn clock_moved() {}

#[inline(always)]
pub(crate) fn stamp(_: &Instance, _: &mut Watch, _: u64, _: Caller) -> Stamp {
    Stamp
}

#[inline(always)]
pub(crate) fn tick<K, V, T: Keeper<K, V>>(_: &mut Recorder, _: Caller) {}

#[inline(always)]
pub(crate) fn was_vacant<K, V, T: Keeper<K, V>>(_: Stamp, value: &V) -> bool {
    T::is_vacant(value)
}

#[inline(always)]
pub(crate) fn died(_: &Instance, _: Stamp, _: RemovalCause) {}

/// Scopes are strict's.
#[inline(always)]
pub(crate) fn all_scoped_left<V>(_: &mut Watch, _: &Instance, _: &impl Store<V>) {}

#[inline(always)]
pub(crate) fn is_overdue<K, V, T: Keeper<K, V>>(_: Stamp) -> bool {
    false
}

#[inline(always)]
pub(crate) fn note_death<K, V, T: Keeper<K, V>>(_: &mut Recorder, _: Stamp, _: Caller) {}

pub(crate) fn vacancy_changed(
    recorder: &mut Recorder,
    _: &mut Stamp,
    vacant: bool,
    sample: Option<usize>,
    at: Caller,
) {
    if let (Some(bucket), Some(instance)) = (sample, &recorder.instance) {
        let by = vacant.then(|| instance.detail.line_of(at));
        let place = recorder.watch.place_of(bucket);
        let mut samples = instance.detail.samples();
        if let Some(sample) = samples
            .by_place
            .find_mut(spread(place), |known| known.place == place)
        {
            sample.set_emptied_by(by);
        }
    }
}

/// The whole table was just walked anyway: its residue is set right. It was counted on that walk, or is counted now.
pub(crate) fn recount<K, V, T: Keeper<K, V>>(
    recorder: &mut Recorder,
    store: &impl Store<V>,
    vacant: Option<u64>,
) {
    let count = || {
        let vacant = store.slots().filter(|slot| T::is_vacant(slot.value()));
        vacant.count() as u64
    };
    let vacant = vacant.unwrap_or_else(count);
    if let Some(instance) = &recorder.instance {
        instance.residue_of(recorder.watch.shard()).set(vacant);
        recorder.watch = recorder.watch.anew();
    } else if let Some(state) = state_of::<K, V, T>() {
        let more = vacant.wrapping_sub(recorder.watch.shared_residue());
        state.shard().add(|counts| &counts.entries.residue, more);
        recorder.watch.share_residue(vacant);
    }
}

/// A small map became an instance: its residue moves from the site's shards, its sampled entries are adopted.
pub(crate) fn registered<K, V, T: Keeper<K, V>>(
    recorder: &mut Recorder,
    table: &HashTable<Slot<K, V>>,
    hasher: Option<Rehash<'_, K, V>>,
) {
    if watches_residue::<K, V, T>()
        && let Some(state) = state_of::<K, V, T>()
    {
        let counted = recorder.watch.shared_residue();
        state.shard().sub(|counts| &counts.entries.residue, counted);
    }
    if let (Some(instance), Some(hasher)) = (&recorder.instance, hasher) {
        instance.detail.adopt(&recorder.watch, table, hasher);
    }
}

/// What was left when a map went is counted, not listed.
pub(crate) fn leftovers<V>(_: &Instance, _: &'static Site, _: &impl Store<V>) {}

/// A clone has the same keys in the same buckets, so the same entries are sampled.
pub(crate) fn copied<K, V, T: Keeper<K, V>>(
    recorder: &mut Recorder,
    source: &Recorder,
    _: &mut HashTable<Slot<K, V>>,
    at: Caller,
) {
    if let (Some(mine), Some(theirs)) = (&recorder.instance, &source.instance) {
        let samples = theirs.detail.samples();
        let in_table = |sample: &Sample| {
            let bucket = source.watch.bucket_of(sample.place)?;
            Some((recorder.watch.place_of(bucket), sample.clone()))
        };
        let copies: Vec<(usize, Sample)> = samples.by_place.iter().filter_map(in_table).collect();
        drop(samples);
        let line = mine.detail.line_of(at);
        let now = now_ms();
        for (place, copy) in copies {
            if mine.detail.born(copy.copied_to(place, line, now)) {
                mine.detail.note_origin(line, now);
            }
        }
    }
}
