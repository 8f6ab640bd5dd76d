//! Strict: what is known of every entry.
//!
//! Each entry carries an eight-byte [`Stamp`]: when it was inserted, by which line, and which line emptied it (when is
//! noted beside it, [`vacated`]). Ages are
//! read off a coarse clock (10 ms), so that entries of one line and one tick are alike and are counted together
//! ([`batches`]). A `&mut` that was handed out is looked at again at the next operation.

mod account;
mod after_removal;
mod batches;
mod cohorts;
mod detail;
mod epochs;
pub(crate) mod flight;
#[cfg(feature = "sync")]
pub(crate) mod holds;
mod leftovers;
mod loans;
#[cfg(feature = "sync")]
mod orders;
pub(crate) mod scopes;
mod stamp;
mod ticks;
mod traced;
mod vacated;

use hashbrown::HashTable;

pub(crate) use super::live::Counters as InstanceCounters;
use super::{
    Caller, UNKNOWN_KEY,
    live::{BreachKind, Counters, Instance, OTHER, Recorder, ToldBreach},
};
use crate::{
    History, Keeper, Operation, RemovalCause, Site,
    hash_map::{Rehash, Slot},
    store::Store,
};
pub(crate) use after_removal::{
    MAX_WATCHED, WATCHES_BULK, WATCHES_SOLE_OWNERS, WEIGHT, is_picked, lifecycle,
};
pub(crate) use detail::{Detail, SiteDetail};
pub(crate) use epochs::{newest_snapshot, snapshot_taken};
pub(crate) use leftovers::leftovers;
use loans::Lent;
pub(crate) use scopes::all_scoped_left;
pub(crate) use stamp::Stamp;
pub(crate) use ticks::TICK_MS as CLOCK_STEP_MS;
use ticks::Tick;

/// Every map that allocated registers: in tests, maps are small and all of them matter.
pub(crate) const REGISTER_AT: usize = 1;
/// Breaches panic.
pub(crate) const RAISES: bool = true;
/// Every entry is known.
pub(crate) const SAMPLED_ONE_IN: u64 = 1;

/// What a map remembers between two operations.
pub(crate) struct Watch {
    lent: Lent,
    /// `&mut`s to entries without a place, and operations after the first of them, since they were all looked at.
    loans: usize,
    /// Where the next look for dead values starts, and when the last one was.
    cursor: usize,
    swept_at: Tick,
    /// The tick at which ages were last looked at.
    ages_seen: Tick,
    /// The tick at which the site had no room to watch what leaves.
    no_room_at: Tick,
    breach: Option<Box<ToldBreach>>,
    /// Whether an entry of this map may have been born in a test's scope.
    scoped: bool,
}

impl Watch {
    pub(crate) const NEW: Self = Self {
        lent: Lent::NEW,
        loans: 0,
        cursor: 0,
        swept_at: Tick::LATEST,
        ages_seen: Tick::NEVER,
        no_room_at: Tick::LATEST,
        breach: None,
        scoped: false,
    };

    /// Every map that has entries is an instance.
    pub(crate) fn is_known(&self) -> bool {
        false
    }

    pub(crate) fn set_known(&mut self) {}

    pub(crate) fn registered(&mut self, _: &Instance) {}

    pub(crate) fn retired(&mut self) {}

    /// The map is as new.
    pub(crate) fn reset(&mut self) {
        *self = Self::NEW;
    }

    /// Remembers the first breach of an operation.
    pub(crate) fn set_breach(&mut self, breach: ToldBreach) {
        self.breach.get_or_insert_with(|| Box::new(breach));
    }

    /// Every map that has entries counts its own residue.
    pub(crate) fn shared_residue(&self) -> u64 {
        0
    }

    pub(crate) fn share_residue(&mut self, _residue: u64) {}

    /// Residue is exact at every step; there are no passes.
    pub(crate) fn residue_written(&mut self, _bucket: Option<usize>, _change: i32) {}

    /// Each shard is an instance of its own.
    pub(crate) fn shard(&self) -> Option<usize> {
        None
    }

    /// Each shard is an instance of its own.
    #[cfg(feature = "sync")]
    pub(crate) fn of_shard(_: usize) -> Self {
        Self::NEW
    }

    #[inline(always)]
    #[track_caller]
    pub(crate) fn raise(&mut self, site: Option<&'static Site>) {
        if self.breach.is_some() {
            self.raise_now(site);
        }
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn raise_now(&mut self, site: Option<&'static Site>) {
        if let Some(breach) = self.breach.take() {
            if std::thread::panicking() {
                if let Some(site) = site {
                    breach.warn(site);
                }
            } else {
                panic!("{}", breach.sentence);
            }
        }
    }
}

/// The clock was set to another time.
pub(crate) fn clock_moved() {
    Tick::forget();
}

#[inline(always)]
pub(crate) fn stamp(instance: &Instance, watch: &mut Watch, hash: u64, at: Caller) -> Stamp {
    instance.detail.comes(at.line(), Some(hash), watch)
}

#[inline(always)]
pub(crate) fn died(instance: &Instance, stamp: Stamp, cause: RemovalCause) {
    instance.detail.leaves(stamp, cause);
}

/// The same of a key that is removed.
#[inline(always)]
pub(crate) fn key_died(instance: &Instance, stamp: Stamp, hash: u64, at: Caller) {
    instance.detail.is_removed(stamp, hash, at.line());
}

#[inline(always)]
pub(crate) fn replaced(instance: &Instance, hash: u64, at: Caller) {
    instance.detail.flight.replaced(hash, at.line());
}

#[inline(always)]
pub(crate) fn missed(instance: &Instance, hash: u64, at: Caller) {
    instance.detail.flight.missed(hash, at.line());
}

/// One key leaves, at any moment.
#[inline]
pub(crate) fn leaves(instance: &Instance, hash: u64, at: Caller) {
    instance.detail.flight.leaves(hash, at.line());
}

/// Entries left together.
pub(crate) fn left_together(instance: &Instance, cause: RemovalCause, entries: u64, at: Caller) {
    // A map's end has no caller: drop glue runs it.
    let by = (cause != RemovalCause::MapDropped).then_some(at.line());
    instance.detail.flight.all(cause.into(), entries, by);
}

/// Whether the entry is older than it was declared to get.
#[inline(always)]
pub(crate) fn is_overdue<K, V, T: Keeper<K, V>>(stamp: Stamp) -> bool {
    T::CONTRACT
        .max_age
        .is_some_and(|max_age| u128::from(Tick::now().since_ms(stamp.born())) > max_age.as_millis())
}

/// An overdue entry that leaves was a breach all the same.
pub(crate) fn note_death<K, V, T: Keeper<K, V>>(recorder: &mut Recorder, stamp: Stamp, at: Caller) {
    if let (true, Some(max_age), Some(instance)) = (
        is_overdue::<K, V, T>(stamp),
        T::CONTRACT.max_age,
        &recorder.instance,
    ) {
        let age_ms = Tick::now().since_ms(stamp.born());
        let born_at = instance
            .detail
            .state
            .call_sites
            .location(stamp.line().into());
        recorder.breach::<K, V, T>(
            BreachKind::MaxAge {
                max_age,
                age_ms,
                born_at,
                example: None,
            },
            at,
        );
    }
}

/// Entries carry their stamps, so none has to be sampled.
#[inline(always)]
pub(crate) fn is_sampled(_: u64) -> bool {
    false
}

/// Looks at the ages when the clock has moved, so at most a hundred times a second.
#[inline(always)]
pub(crate) fn tick<K, V, T: Keeper<K, V>>(recorder: &mut Recorder, at: Caller) {
    if T::CONTRACT.max_age.is_some() && Tick::now() != recorder.watch.ages_seen {
        look_at_ages::<K, V, T>(recorder, at);
    }
}

/// Cohorts are time spans: only when the youngest an entry can be is too old is it a breach.
#[cold]
#[inline(never)]
fn look_at_ages<K, V, T: Keeper<K, V>>(recorder: &mut Recorder, at: Caller) {
    let now = Tick::now();
    recorder.watch.ages_seen = now;
    let (Some(max_age), Some(instance)) = (T::CONTRACT.max_age, recorder.instance.clone()) else {
        return;
    };
    if let Some((born, id)) = instance.detail.oldest() {
        let age_ms = now.since_ms(born);
        if u128::from(age_ms) > max_age.as_millis() {
            let born_at = instance.detail.state.call_sites.location(id);
            recorder.breach::<K, V, T>(
                BreachKind::MaxAge {
                    max_age,
                    age_ms,
                    born_at,
                    example: None,
                },
                at,
            );
        }
    }
}

#[inline(always)]
pub(crate) fn was_vacant<K, V, T: Keeper<K, V>>(stamp: Stamp, _: &V) -> bool {
    stamp.is_vacant()
}

pub(crate) fn vacancy_changed(
    recorder: &mut Recorder,
    stamp: &mut Stamp,
    vacant: bool,
    _: Option<usize>,
    at: Caller,
) {
    let Some(instance) = &recorder.instance else {
        return;
    };
    if vacant {
        let by = at
            .location()
            .map_or(OTHER, |line| instance.detail.number(line));
        *stamp = instance.detail.emptied(*stamp, by);
    } else {
        *stamp = instance.detail.filled(*stamp);
    }
}

/// Residue is exact at every step.
pub(crate) fn recount<K, V, T: Keeper<K, V>>(_: &mut Recorder, _: &impl Store<V>, _: Option<u64>) {}

/// A map registers before its first entry.
pub(crate) fn registered<K, V, T: Keeper<K, V>>(
    _: &mut Recorder,
    _: &HashTable<Slot<K, V>>,
    _: Option<Rehash<'_, K, V>>,
) {
}

/// The copies are entries of their own, inserted now by the line that cloned.
pub(crate) fn copied<K, V, T: Keeper<K, V>>(
    recorder: &mut Recorder,
    _: &Recorder,
    table: &mut HashTable<Slot<K, V>>,
    at: Caller,
) {
    let Some(instance) = recorder.instance.clone() else {
        return;
    };
    // None of them may carry what it was copied with, whatever panics below.
    for slot in table.iter_mut() {
        slot.stamp = instance.detail.comes(at.line(), None, &mut recorder.watch);
    }
    for slot in table.iter_mut() {
        if Recorder::is_residue::<K, V, T>(slot.value()) {
            vacancy_changed(recorder, &mut slot.stamp, true, None, at);
            instance.counters.residue.bump();
        }
    }
    let copies = table.len() as u64;
    instance
        .detail
        .flight
        .all(Operation::Copied, copies, Some(at.line()));
}

/// There are no samples to be told from their addresses.
pub(crate) struct Addresses;

impl Addresses {
    /// No entry is sampled.
    #[inline(always)]
    pub(crate) fn leave(&self, _address: usize, _: RemovalCause) {}
}

impl Recorder {
    /// By which the flight recorder tells keys apart.
    #[inline(always)]
    pub(crate) fn key_hash<K, V, T: Keeper<K, V>>(&self, key: &K) -> u64 {
        if T::TRACKED {
            T::key_hash(key).unwrap_or(UNKNOWN_KEY)
        } else {
            UNKNOWN_KEY
        }
    }

    /// What is known of the key with this hash, which is asked for if anything is.
    pub(crate) fn history<K, V, T: Keeper<K, V>>(
        &self,
        hash: impl FnOnce() -> Option<u64>,
    ) -> History {
        match (&self.instance, T::site()) {
            (Some(instance), Some(site)) if T::TRACKED => {
                instance.detail.flight.history(site.name(), hash())
            }
            _ => History::unknown(),
        }
    }

    /// A key that comes or leaves is kept as text, if the programmer allowed it.
    #[inline(always)]
    pub(crate) fn name_key<K, V, T: Keeper<K, V>>(&self, key: &K, hash: u64) {
        if T::TRACKED
            && T::CONTRACT.show_keys
            && let Some(instance) = &self.instance
        {
            instance.detail.flight.name_key(hash, &|| T::show_key(key));
        }
    }

    /// No entry is sampled.
    #[inline(always)]
    pub(super) fn may_sample(&self, _: u64) -> bool {
        false
    }

    /// Every map that has entries has an instance, and is there anyway.
    #[inline(always)]
    pub(super) fn counts_at_hand(&self) -> bool {
        self.instance.is_some()
    }

    /// Where the map counts, if it has an instance.
    #[inline(always)]
    pub(super) fn counters(&self) -> Option<&Counters> {
        self.instance.as_deref().map(|instance| &instance.counters)
    }

    /// No entry is sampled.
    #[allow(dead_code, reason = "the kinds whose keys can change are features")]
    pub(crate) fn renamed(&self, _: u64, _: u64) {}

    /// Never called: no entry is sampled.
    pub(crate) fn sample_born<K, V, T: Keeper<K, V>>(
        &mut self,
        _: usize,
        _: u64,
        _: bool,
        _: Caller,
    ) {
    }

    /// Never called: no entry is sampled.
    pub(crate) fn sample_died<K, V, T: Keeper<K, V>>(
        &mut self,
        _: &impl Store<V>,
        _: usize,
        _: RemovalCause,
        _: Caller,
    ) {
    }

    /// No entry is sampled.
    pub(crate) fn sample_went(&self, _: usize, _: u64, _: RemovalCause) {}

    /// Never called: no entry is sampled.
    pub(crate) fn sampled_event<K, V, T: Keeper<K, V>>(&mut self, _: &impl Store<V>, _: Caller) {}

    /// Residue is exact at every step.
    #[inline(always)]
    pub(crate) fn after_vacant_insertion<K, V, T: Keeper<K, V>>(
        &mut self,
        _: &impl Store<V>,
        _: Caller,
    ) {
    }

    /// The same.
    #[inline(always)]
    pub(crate) fn noted_unplaced(&mut self, _: usize) {}

    /// The same.
    pub(crate) fn before_vacant_removal<K, V, T: Keeper<K, V>>(
        &mut self,
        _: &impl Store<V>,
        _: Caller,
    ) {
    }

    /// No entry is sampled.
    #[inline(always)]
    pub(crate) fn samples_by_address<K, V, T: Keeper<K, V>>(
        &self,
        _: &HashTable<Slot<K, V>>,
    ) -> Addresses {
        Addresses
    }

    /// Every removal was seen.
    pub(crate) fn reconcile<K, V, T: Keeper<K, V>>(&mut self, _: &HashTable<Slot<K, V>>) {}
}
