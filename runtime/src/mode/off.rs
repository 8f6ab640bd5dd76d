//! The recorder that records nothing: zero-sized, every method empty.
//!
//! Its methods are those of the live twin, one by one, so that the map is written once.

use std::{marker::PhantomData, rc::Rc, sync::Arc};
#[cfg(feature = "sync")]
use std::{panic::Location, time::Duration};

use hashbrown::HashTable;

use super::Caller;
use crate::{
    Breach, History, Keeper, Lifecycle, RemovalCause,
    hash_map::{Rehash, Slot},
    report::SiteReport,
    store::Store,
};

/// No entry is known by its line.
pub(crate) const SAMPLED_ONE_IN: u64 = 0;

/// Times are told by the millisecond.
pub(crate) const CLOCK_STEP_MS: u64 = 1;

/// Nobody remembers a time.
pub(crate) fn clock_moved() {}

/// There are no entries to tell apart.
pub(crate) fn snapshot_taken(_: u32, _: u64) {}

/// Entries carry nothing.
pub(crate) const MARKS: bool = false;

pub(crate) struct Recorder;
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp;
impl Stamp {
    pub(crate) const NONE: Self = Self;
}

pub(crate) struct Addresses;
impl Addresses {
    #[inline(always)]
    pub(crate) fn leave(&self, _: usize, _: RemovalCause) {}
}

/// Nobody asks how many there were.
#[derive(Clone, Copy)]
pub(crate) struct LenBefore;
impl LenBefore {
    #[inline(always)]
    pub(crate) fn of(_: usize) -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn get(self) -> usize {
        0
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Footprint;
pub(crate) struct SiteRecord;
pub(crate) struct RemovalRecord;
pub(crate) struct Quiet<'r>(PhantomData<&'r ()>);
#[derive(Debug)]
pub(crate) struct Handle;
#[cfg(feature = "sync")]
pub(crate) struct Whole;

const _: () = assert!(
    size_of::<(
        Recorder,
        Stamp,
        LenBefore,
        Footprint,
        SiteRecord,
        RemovalRecord,
        Quiet<'static>,
        Handle
    )>() == 0
);
const _: () = assert!(size_of::<crate::Removed<[u8; 3]>>() == 3);
#[cfg(feature = "sync")]
const _: () = assert!(size_of::<Whole>() == 0);

#[cfg(feature = "sync")]
#[allow(clippy::unused_self)]
impl Whole {
    #[inline(always)]
    pub(crate) fn new<K, V, T: Keeper<K, V>>() -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn shard_grew<K, V, T: Keeper<K, V>>(
        &self,
        _: (usize, usize),
        _: &mut Recorder,
        _: &HashTable<Slot<K, V>>,
    ) {
    }

    #[inline(always)]
    pub(crate) fn inserted<K, V, T: Keeper<K, V>>(
        &self,
        _: usize,
        _: impl FnOnce() -> (usize, bool),
    ) -> Option<usize> {
        None
    }
}

impl Footprint {
    pub(crate) const EMPTY: Self = Self;

    #[allow(dead_code, reason = "the kinds that know their room are features")]
    #[inline(always)]
    pub(crate) fn of_room(_: (usize, usize)) -> Self {
        Self
    }

    #[allow(dead_code, reason = "the kinds that know their room are features")]
    #[inline(always)]
    pub(crate) fn entries(self) -> usize {
        0
    }

    #[inline(always)]
    pub(crate) fn of<E>(_: &HashTable<E>) -> Self {
        Self
    }
}

impl SiteRecord {
    pub(crate) const fn new() -> Self {
        Self
    }

    pub(crate) fn read_into(&self, _: &mut SiteReport) {}

    pub(crate) fn breached(&self, _: &Breach) {}

    #[cfg(feature = "sync")]
    pub(crate) fn waited(&self, _: Duration, _: Option<&'static Location<'static>>) {}
}

impl Handle {
    pub(crate) fn shared<T: ?Sized>(_: &Arc<T>) -> Self {
        Self
    }

    pub(crate) fn local<T: ?Sized>(_: &Rc<T>) -> Self {
        Self
    }
}

#[allow(clippy::unused_self)]
impl Quiet<'_> {
    #[inline(always)]
    pub(crate) fn came(self) {}

    #[inline(always)]
    pub(crate) fn came_if(self, _: bool) {}

    #[allow(dead_code, reason = "the kind that knows the key before is a feature")]
    #[inline(always)]
    pub(crate) fn went(self) {}

    #[inline(always)]
    pub(crate) fn replaced(self) {}
}

#[allow(clippy::unused_self)]
impl RemovalRecord {
    pub(crate) fn lifecycle(&self) -> Option<&Lifecycle> {
        None
    }

    pub(crate) fn handed_over(self) {}
}

/// As the live one's: what a program may do with a guard is the same in every mode.
impl Drop for RemovalRecord {
    #[inline(always)]
    fn drop(&mut self) {}
}

#[rustfmt::skip]
#[allow(clippy::unused_self)]
impl Recorder {
    pub(crate) const NEW: Self = Self;

    #[inline(always)]
    pub(crate) fn stamp<K, V, T: Keeper<K, V>>(&mut self, _: u64, _: Caller) -> Stamp { Stamp }
    #[inline(always)]
    pub(crate) fn key_hash<K, V, T: Keeper<K, V>>(&self, _: &K) -> u64 { 0 }
    #[inline(always)]
    #[allow(dead_code, reason = "the kinds whose keys can change are features")]
    pub(crate) fn renamed(&self, _: u64, _: u64) {}
    #[inline(always)]
    pub(crate) fn meet<K, V, T: Keeper<K, V>>(&mut self, _: usize, _: usize) {}
    #[inline(always)]
    #[allow(dead_code, reason = "the kinds that know their room are features")]
    pub(crate) fn room_changed<K, V, T: Keeper<K, V>>(&mut self, _: &impl Store<V>, _: Footprint) {}
    #[inline(always)]
    pub(crate) fn entries_moved_out<K, V, T: Keeper<K, V>>(&mut self) {}
    #[inline(always)]
    pub(crate) fn sample_went(&self, _: usize, _: u64, _: RemovalCause) {}
    #[inline(always)]
    pub(crate) fn counts_elsewhere<K, V, T: Keeper<K, V>>(&self) -> bool { false }
    #[inline(always)]
    pub(crate) fn inserted_elsewhere<K, V, T: Keeper<K, V>>(&mut self, _: usize) {}
    #[inline(always)]
    pub(crate) fn came<K, V, T: Keeper<K, V>>(&mut self, _: Option<&V>, _: u64, _: usize, _: Caller) -> bool { false }
    #[inline(always)]
    pub(crate) fn is_notable<K, V, T: Keeper<K, V>>(&self, _: Option<&V>, _: u64, _: usize) -> bool { false }
    #[inline(always)]
    pub(crate) fn quiet<K, V, T: Keeper<K, V>>(&self, _: u64, _: Option<&V>, _: usize) -> Option<Quiet<'_>> { Some(Quiet(PhantomData)) }
    #[inline(always)]
    pub(crate) fn is_residue<K, V, T: Keeper<K, V>>(_: &V) -> bool { false }
    #[inline(always)]
    pub(crate) fn comes_unmarked<K, V, T: Keeper<K, V>>(&mut self, _: bool, _: u64, _: usize, _: Caller) {}
    #[inline(always)]
    pub(crate) fn replaced_quietly<K, V, T: Keeper<K, V>>(&mut self, _: &V, _: Caller) {}
    #[inline(always)]
    #[allow(dead_code, reason = "the kind that knows the key before is a feature")]
    pub(crate) fn goes_quietly<K, V, T: Keeper<K, V>>(&self, _: &K, _: usize) -> Option<Quiet<'_>> { Some(Quiet(PhantomData)) }
    #[inline(always)]
    pub(crate) fn went_quietly<K, V, T: Keeper<K, V>>(&mut self, _: &K, _: &Slot<impl Sized, V>, _: usize) -> bool { true }
    #[inline(always)]
    pub(crate) fn note_insert<K, V, T: Keeper<K, V>>(
        &mut self, _: &mut Slot<impl Sized, V>, _: usize, _: u64, _: usize, _: bool, _: Caller,
    ) {}
    #[inline(always)]
    pub(crate) fn noted_unplaced(&mut self, _: usize) {}
    #[inline(always)]
    pub(crate) fn look_around<K, V, T: Keeper<K, V>>(&mut self, _: &impl Store<V>, _: u64, _: Caller) {}
    #[inline(always)]
    pub(crate) fn vacancy_after_replace<K, V, T: Keeper<K, V>>(&self, _: &Slot<impl Sized, V>, _: &V) -> Option<bool> { None }
    #[inline(always)]
    pub(crate) fn replaced<K, V, T: Keeper<K, V>>(&mut self, _: u64, _: Caller) {}
    #[inline(always)]
    pub(crate) fn note_replace<K, V, T: Keeper<K, V>>(&mut self, _: &mut Slot<impl Sized, V>, _: bool, _: usize, _: u64, _: Caller) {}
    #[inline(always)]
    pub(crate) fn removal_is_notable<K, V, T: Keeper<K, V>>(&self, _: &Slot<impl Sized, V>, _: Option<u64>) -> bool { false }
    #[inline(always)]
    pub(crate) fn removed<K, V, T: Keeper<K, V>>(&mut self, slot: &Slot<impl Sized, V>, _: RemovalCause, _: usize, _: Caller) {
        let _ = slot.stamp;
    }
    #[inline(always)]
    pub(crate) fn note_removal<K, V, T: Keeper<K, V>>(&mut self, _: &Slot<impl Sized, V>, _: Option<usize>, _: Caller) {}
    #[inline(always)]
    pub(crate) fn note_sample_going<K, V, T: Keeper<K, V>>(
        &mut self, _: &impl Store<V>, _: usize, _: u64, _: RemovalCause, _: Caller,
    ) {}
    #[inline(always)]
    #[cfg(feature = "sync")]
    pub(crate) fn shard_copied<K, V, T: Keeper<K, V>>(&mut self, _: &Self, _: &mut HashTable<Slot<K, V>>, _: Caller) {}
    #[inline(always)]
    #[cfg(feature = "sync")]
    pub(crate) fn too_long<K, V, T: Keeper<K, V>>(&mut self, _: usize, _: Caller) {}
    #[inline(always)]
    #[cfg(feature = "sync")]
    pub(crate) fn left_over<K, V, T: Keeper<K, V>>(&mut self, _: usize) {}
    #[inline(always)]
    #[cfg(feature = "sync")]
    pub(crate) fn counts_as_vacant<K, V, T: Keeper<K, V>>(&self, _: &Slot<impl Sized, V>) -> bool { false }
    #[inline(always)]
    #[cfg(feature = "sync")]
    pub(crate) fn lost<K, V, T: Keeper<K, V>>(&mut self, _: Stamp, _: bool, _: usize, _: Caller) {}
    #[inline(always)]
    pub(crate) fn let_go<K, V, T: Keeper<K, V>>(&mut self, _: &V, _: RemovalCause, _: Caller) {}
    #[inline(always)]
    pub(crate) fn let_sample_go<K, V, T: Keeper<K, V>>(&mut self, _: &V, _: u64, _: RemovalCause, _: Caller) {}
    #[inline(always)]
    pub(crate) fn let_all_go<K, V, T: Keeper<K, V>>(&mut self, _: &impl Store<V>, _: RemovalCause, _: Caller) {}
    #[inline(always)]
    pub(crate) fn track<K, V, T: Keeper<K, V>>(&mut self, _: &Slot<impl Sized, V>, _: Caller) -> RemovalRecord { RemovalRecord }
    #[inline(always)]
    pub(crate) fn lifecycle<K, V, T: Keeper<K, V>>(&self, _: &Slot<impl Sized, V>) -> Option<Lifecycle> { None }
    #[inline(always)]
    pub(crate) fn missed<K, V, T: Keeper<K, V>>(&mut self, _: u64, _: Caller) {}
    pub(crate) fn history<K, V, T: Keeper<K, V>>(&self, _: impl FnOnce() -> Option<u64>) -> History { History::unknown() }
    #[inline(always)]
    pub(crate) fn name_key<K, V, T: Keeper<K, V>>(&self, _: &K, _: u64) {}
    #[inline(always)]
    pub(crate) fn key_removed<K, V, T: Keeper<K, V>>(&mut self, _: &Slot<impl Sized, V>, _: u64, _: usize, _: Caller) {}
    #[inline(always)]
    pub(crate) fn leaves<K, V, T: Keeper<K, V>>(&self, _: u64, _: RemovalCause, _: Caller) {}
    #[inline(always)]
    pub(crate) fn all_left<K, V, T: Keeper<K, V>>(&mut self, _: RemovalCause, _: &impl Store<V>, _: Caller) {}
    #[inline(always)]
    pub(crate) fn raise<K, V, T: Keeper<K, V>>(&mut self) {}
    #[inline(always)]
    pub(crate) fn allocated<K, V, T: Keeper<K, V>>(&mut self, _: &HashTable<Slot<K, V>>) {}
    #[inline(always)]
    pub(crate) fn counts_moved_residue<K, V, T: Keeper<K, V>>() -> bool { false }
    #[inline(always)]
    pub(crate) fn resized<K, V, T: Keeper<K, V>>(
        &mut self, _: &HashTable<Slot<K, V>>, _: Footprint, _: Option<Rehash<'_, K, V>>, _: Option<u64>,
    ) {}
    #[inline(always)]
    pub(crate) fn dropped<K, V, T: Keeper<K, V>>(&mut self, _: &impl Store<V>) {}
    #[inline(always)]
    pub(crate) fn moved_out<K, V, T: Keeper<K, V>>(&mut self, _: Footprint) {}
    #[inline(always)]
    pub(crate) fn copied<K, V, T: Keeper<K, V>>(&mut self, _: &Self, _: &mut HashTable<Slot<K, V>>, _: Footprint, _: Caller) {}
    #[inline(always)]
    pub(crate) fn samples_by_address<K, V, T: Keeper<K, V>>(&self, _: &HashTable<Slot<K, V>>) -> Addresses { Addresses }
    #[inline(always)]
    pub(crate) fn reconcile<K, V, T: Keeper<K, V>>(&mut self, _: &HashTable<Slot<K, V>>) {}
    #[inline(always)]
    pub(crate) fn watches_loans<K, V, T: Keeper<K, V>>() -> bool { false }
    #[inline(always)]
    pub(crate) fn lent_one(&mut self, _: usize, _: Caller) {}
    #[inline(always)]
    pub(crate) fn lent_unplaced(&mut self, _: Caller) {}
    #[inline(always)]
    pub(crate) fn lent_many(&mut self, _: Caller) {}
    #[inline(always)]
    pub(crate) fn settle_slot<K, V, T: Keeper<K, V>>(&mut self, _: &mut Slot<impl Sized, V>, _: usize) {}
    #[inline(always)]
    pub(crate) fn settle<K, V, T: Keeper<K, V>>(&mut self, _: &mut impl Store<V>) {}
    #[inline(always)]
    pub(crate) fn settle_quietly<K, V, T: Keeper<K, V>>(&mut self, _: &mut impl Store<V>) {}
    #[inline(always)]
    pub(crate) fn finish<K, V, T: Keeper<K, V>>(&mut self) {}
}
