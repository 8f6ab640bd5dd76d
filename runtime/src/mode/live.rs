//! The recorder that records: exact counts for every map, and what [`detail`](super::detail) knows of its entries.
//!
//! A small map counts in its site's shared shards and owns nothing; from [`detail::REGISTER_AT`] buckets on it owns an
//! [`Instance`], which any thread may read while its map is written. Nothing here sees a key.

mod after_removal;
pub(super) mod breach;
mod call_sites;
#[cfg(feature = "sync")]
mod contention;
mod counters;
mod flight;
mod handle;
mod hashing;
mod history;
mod instance;
mod leaving;
mod lives;
mod origins;
mod probes;
mod reading;
mod removal_record;
#[cfg(feature = "sync")]
mod sharded;
mod shards;
#[cfg(feature = "sync")]
mod shared;
mod site_state;
mod summary;
mod traces;
mod unplaced;
mod watchlist;
mod whole_map;

use std::sync::Arc;

use super::{Caller, detail};
use crate::{Keeper, Residue, hash_map::Slot, store::Store};

pub(crate) use breach::{BreachKind, ToldBreach};
pub(crate) use call_sites::{CallSites, LINES, LineId, OTHER};
pub(crate) use counters::{Count, Counters};
pub(crate) use handle::{Handle, Owners};
pub(crate) use instance::Instance;
pub(crate) use lives::{LineLife, Lives, SOON_MS, add_lifetimes};
pub(crate) use origins::Origins;
pub(crate) use removal_record::RemovalRecord;
#[cfg(feature = "sync")]
pub(crate) use sharded::Whole;
pub(crate) use shards::{Shard, Shards};
#[cfg(feature = "sync")]
pub(crate) use shared::Shared;
pub(crate) use site_state::{SiteRecord, SiteState, signed};
pub(crate) use summary::{LineFigures, Lines};
pub(crate) use traces::{Example, Examples, TraceContext};
pub(crate) use unplaced::{MARKS, Quiet};
pub(crate) use watchlist::{Admission, Exit, Watchlist};
use whole_map::ONE_IN;
pub(crate) use whole_map::{Footprint, LenBefore};

/// Whether every map with entries is an [`Instance`]: then none counts with its site, and what comes is counted as it is
/// stamped, while that is at hand.
const ALL_REGISTER: bool = detail::REGISTER_AT <= 1;

/// Whether all shards of a map are one [`Instance`]. Where every entry is known, each is one, for it has one writer.
const fn shares<K, V, T: Keeper<K, V>>() -> bool {
    T::IS_SHARD && !ALL_REGISTER
}

/// Counts one for a map that is an instance, or a shard of one.
#[inline(always)]
fn count<K, V, T: Keeper<K, V>>(instance: &Instance, pick: impl Fn(&Counters) -> &Count) {
    if shares::<K, V, T>() {
        instance.add(pick, 1);
    } else {
        pick(&instance.counters).bump();
    }
}

/// What one map carries to be recorded.
pub(crate) struct Recorder {
    pub(super) instance: Option<Arc<Instance>>,
    /// The most entries that the instance is known to have had when one left: a copy that nobody else reads, so that it is
    /// compared with where it is.
    peak: usize,
    pub(super) watch: detail::Watch,
}

/// Whether residue is counted: the type can tell, and the programmer did not say that it is fine.
#[inline(always)]
pub(crate) fn watches_residue<K, V, T: Keeper<K, V>>() -> bool {
    T::TRACKED && !matches!(T::CONTRACT.residue, Residue::Allow) && T::knows_vacancy()
}

/// The state of a tracked keeper's site.
#[inline(always)]
pub(crate) fn state_of<K, V, T: Keeper<K, V>>() -> Option<&'static SiteState> {
    T::site().map(|site| site.record.state())
}

impl Recorder {
    pub(crate) const NEW: Self = Self {
        instance: None,
        peak: 0,
        watch: detail::Watch::NEW,
    };

    /// Counts once for a map that does not at hand; `len` is the most it had around now.
    #[cold]
    #[inline(never)]
    fn count_elsewhere<K, V, T: Keeper<K, V>>(
        &self,
        pick: impl Fn(&Counters) -> &Count,
        len: usize,
    ) {
        self.count_elsewhere_here::<K, V, T>(pick, len);
    }

    /// The same, for who is out of the way already.
    #[inline(always)]
    fn count_elsewhere_here<K, V, T: Keeper<K, V>>(
        &self,
        pick: impl Fn(&Counters) -> &Count,
        len: usize,
    ) {
        if let Some(instance) = &self.instance {
            instance.add(pick, 1);
        } else if let Some(state) = state_of::<K, V, T>() {
            state.shard().add(|counts| pick(&counts.entries), 1);
            state.peak.raise_to(len as u64);
        }
    }

    /// Whether a value is residue, in a map that counts it.
    #[inline(always)]
    pub(crate) fn is_residue<K, V, T: Keeper<K, V>>(value: &V) -> bool {
        watches_residue::<K, V, T>() && T::is_vacant(value)
    }

    /// A new key comes; it cannot fail to. The mark it carries.
    #[inline(always)]
    pub(crate) fn stamp<K, V, T: Keeper<K, V>>(&mut self, hash: u64, at: Caller) -> detail::Stamp {
        match &self.instance {
            Some(instance) if T::TRACKED => {
                if ALL_REGISTER {
                    instance.counters.inserts.bump();
                }
                detail::stamp(instance, &mut self.watch, hash, at)
            }
            _ => detail::Stamp::NONE,
        }
    }

    /// Whether the map counts with its site, or by way of its instance.
    #[inline(always)]
    pub(crate) fn counts_elsewhere<K, V, T: Keeper<K, V>>(&self) -> bool {
        let counts_there = if shares::<K, V, T>() {
            self.instance.is_some()
        } else {
            self.counts_at_hand()
        };
        T::TRACKED && !ALL_REGISTER && !counts_there
    }

    /// A new key came into such a map; `len` counts it.
    #[inline(always)]
    pub(crate) fn inserted_elsewhere<K, V, T: Keeper<K, V>>(&mut self, len: usize) {
        self.count_elsewhere_here::<K, V, T>(|counters| &counters.inserts, len);
    }

    /// It came; its `value` is told unless it is lent at once. Whether [`note_insert`](Self::note_insert) is to follow.
    #[inline(always)]
    pub(crate) fn came<K, V, T: Keeper<K, V>>(
        &mut self,
        value: Option<&V>,
        hash: u64,
        len: usize,
        at: Caller,
    ) -> bool {
        if !T::TRACKED {
            return false;
        }
        Self::probe_insert::<K, V, T>(hash, len, at);
        if ALL_REGISTER {
            detail::tick::<K, V, T>(self, at);
        } else if shares::<K, V, T>() {
            if let Some(instance) = &self.instance {
                instance.add(|counters| &counters.inserts, 1);
                // As it comes: of a shard that nothing left yet, nobody else would know.
                let peak = instance.peak_of(self.watch.shard());
                if len as u64 > peak.get() {
                    peak.set(len as u64);
                }
            }
        } else if self.counts_at_hand()
            && let Some(counters) = self.counters()
        {
            counters.inserts.bump();
        }
        // A map without an instance has no samples: found out later, by the few that would be.
        self.is_notable::<K, V, T>(value, hash, len)
    }

    /// Whether more is recorded of an entry that comes than that it did: then [`note_insert`](Self::note_insert) is needed.
    #[inline(always)]
    pub(crate) fn is_notable<K, V, T: Keeper<K, V>>(
        &self,
        value: Option<&V>,
        hash: u64,
        len: usize,
    ) -> bool {
        T::TRACKED && (detail::is_sampled(hash) || self.is_unlike_most::<K, V, T>(value, len))
    }

    /// The same, but for what it knows by a hash.
    #[inline(always)]
    fn is_unlike_most<K, V, T: Keeper<K, V>>(&self, value: Option<&V>, len: usize) -> bool {
        value.is_some_and(Self::is_residue::<K, V, T>)
            || T::CONTRACT.max_len.is_some_and(|max| len > max)
    }

    /// What few insertions need: those of samples, of vacant values, and those that break a contract. `len` counts the
    /// entry, which has the place `bucket`.
    pub(crate) fn note_insert<K, V, T: Keeper<K, V>>(
        &mut self,
        slot: &mut Slot<impl Sized, V>,
        bucket: usize,
        hash: u64,
        len: usize,
        lent: bool,
        at: Caller,
    ) {
        let vacant = !lent && Self::is_residue::<K, V, T>(slot.value());
        self.note_new::<K, V, T>(&mut slot.stamp, vacant, bucket, hash, len, at);
    }

    /// The same, if it is known whether the value is vacant.
    #[inline(always)]
    fn note_new<K, V, T: Keeper<K, V>>(
        &mut self,
        stamp: &mut detail::Stamp,
        vacant: bool,
        bucket: usize,
        hash: u64,
        len: usize,
        at: Caller,
    ) {
        if vacant {
            self.vacancy_changed::<K, V, T>(stamp, true, bucket, false, at);
        }
        if let Some(max) = T::CONTRACT.max_len
            && len > max
        {
            self.breach::<K, V, T>(BreachKind::MaxLen { max, len }, at);
        }
        if detail::is_sampled(hash) {
            self.sample_born::<K, V, T>(bucket, hash, vacant, at);
        }
    }

    /// A sampled or a vacant entry came: what is done now and then, by looking at others.
    pub(crate) fn look_around<K, V, T: Keeper<K, V>>(
        &mut self,
        store: &impl Store<V>,
        hash: u64,
        at: Caller,
    ) {
        if detail::is_sampled(hash) {
            self.sampled_event::<K, V, T>(store, at);
        } else {
            self.after_vacant_insertion::<K, V, T>(store, at);
        }
    }

    /// Whether `value` is vacant that is about to take the place of the one in `slot`, if that is not so vacant. Then
    /// [`note_replace`](Self::note_replace) is needed first.
    #[inline(always)]
    pub(crate) fn vacancy_after_replace<K, V, T: Keeper<K, V>>(
        &self,
        slot: &Slot<impl Sized, V>,
        value: &V,
    ) -> Option<bool> {
        if !watches_residue::<K, V, T>() {
            return None;
        }
        let vacant = T::is_vacant(value);
        (detail::was_vacant::<K, V, T>(slot.stamp, slot.value()) != vacant).then_some(vacant)
    }

    /// A value takes the place of another; the entry lives on.
    #[inline(always)]
    pub(crate) fn replaced<K, V, T: Keeper<K, V>>(&mut self, hash: u64, at: Caller) {
        if !T::TRACKED {
            return;
        }
        if ALL_REGISTER {
            if let Some(instance) = &self.instance {
                instance.counters.replaces.bump();
                detail::replaced(instance, hash, at);
                detail::tick::<K, V, T>(self, at);
            }
        } else if shares::<K, V, T>() && self.instance.is_some() {
            if let Some(instance) = &self.instance {
                instance.add(|counters| &counters.replaces, 1);
            }
        } else if self.counts_at_hand()
            && let Some(counters) = self.counters()
        {
            counters.replaces.bump();
        } else {
            self.count_elsewhere::<K, V, T>(|counters| &counters.replaces, 0);
        }
    }

    /// What few replacements need: those that make a value vacant or bring it back.
    #[cold]
    #[inline(never)]
    pub(crate) fn note_replace<K, V, T: Keeper<K, V>>(
        &mut self,
        slot: &mut Slot<impl Sized, V>,
        vacant: bool,
        bucket: usize,
        hash: u64,
        at: Caller,
    ) {
        let sampled = detail::is_sampled(hash);
        self.vacancy_changed::<K, V, T>(&mut slot.stamp, vacant, bucket, sampled, at);
    }

    /// Whether [`note_removal`](Self::note_removal) is needed for an entry that is leaving; its hash is told if it is
    /// known.
    #[inline(always)]
    pub(crate) fn removal_is_notable<K, V, T: Keeper<K, V>>(
        &self,
        slot: &Slot<impl Sized, V>,
        hash: Option<u64>,
    ) -> bool {
        T::TRACKED
            && (hash.is_some_and(detail::is_sampled)
                || (watches_residue::<K, V, T>()
                    && detail::was_vacant::<K, V, T>(slot.stamp, slot.value()))
                || detail::is_overdue::<K, V, T>(slot.stamp))
    }

    /// The map has an instance now.
    fn registered(&mut self, instance: Arc<Instance>) {
        self.watch.registered(&instance);
        self.instance = Some(instance);
    }

    /// One more vacant value, in `bucket` if that is known.
    #[cold]
    #[inline(never)]
    fn residue_grew<K, V, T: Keeper<K, V>>(&mut self, bucket: Option<usize>, at: Caller) {
        if let Some(instance) = &self.instance {
            instance.residue_of(self.watch.shard()).bump();
            self.watch.residue_written(bucket, 1);
        } else if let Some(state) = state_of::<K, V, T>() {
            state.shard().add(|counts| &counts.entries.residue, 1);
            self.watch.share_residue(self.watch.shared_residue() + 1);
        }
        if matches!(T::CONTRACT.residue, Residue::Deny) {
            self.breach::<K, V, T>(BreachKind::Residue, at);
        }
    }

    /// One vacant value less, in `bucket` if that is known.
    #[cold]
    #[inline(never)]
    fn residue_shrank<K, V, T: Keeper<K, V>>(&mut self, bucket: Option<usize>) {
        if let Some(instance) = &self.instance {
            instance.residue_of(self.watch.shard()).drop_one();
            self.watch.residue_written(bucket, -1);
        } else if let Some(state) = state_of::<K, V, T>() {
            let shared = self.watch.shared_residue();
            if shared > 0 {
                state.shard().sub(|counts| &counts.entries.residue, 1);
                self.watch.share_residue(shared - 1);
            }
        }
    }

    /// The value in `bucket` became vacant, or came back.
    #[cold]
    #[inline(never)]
    pub(super) fn vacancy_changed<K, V, T: Keeper<K, V>>(
        &mut self,
        stamp: &mut detail::Stamp,
        vacant: bool,
        bucket: usize,
        sampled: bool,
        at: Caller,
    ) {
        detail::vacancy_changed(self, stamp, vacant, sampled.then_some(bucket), at);
        if vacant {
            self.residue_grew::<K, V, T>(Some(bucket), at);
        } else {
            self.residue_shrank::<K, V, T>(Some(bucket));
        }
    }
}
