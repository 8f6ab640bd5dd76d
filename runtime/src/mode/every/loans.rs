//! `&mut`s that were handed out: what they point at is looked at again at the next operation, and what they emptied is
//! charged to the line that asked for them.

use std::panic::Location;

use super::{
    super::{
        Caller,
        live::{BreachKind, OTHER, Recorder, watches_residue},
    },
    Watch,
    ticks::Tick,
};
use crate::{Keeper, Residue, hash_map::Slot, store::Store};

/// A `&mut` that was handed out since the last operation: the bucket it points into, and the line that asked for it.
///
/// Numbers that no bucket has say the rest, so that one comparison with the table's size tells a bucket from them.
#[derive(Clone, Copy)]
pub(super) struct Lent {
    bucket: usize,
    by: Option<&'static Location<'static>>,
    /// Whether other lines asked too.
    by_several: bool,
}

impl Lent {
    pub(super) const NOTHING: usize = usize::MAX;
    const MANY: usize = usize::MAX - 1;

    /// Entries without a place that are looked at for each `&mut` to one of them, and each operation after it: in a map of as
    /// many, at the next operation.
    const LOOKS: usize = 64;

    pub(super) const NEW: Self = Self {
        bucket: Self::NOTHING,
        by: None,
        by_several: false,
    };
}

impl Recorder {
    /// Whether a `&mut` to a value has to be remembered: it could make the value vacant.
    #[inline(always)]
    pub(crate) fn watches_loans<K, V, T: Keeper<K, V>>() -> bool {
        watches_residue::<K, V, T>()
    }

    /// A `&mut` to the value in `bucket` was handed out.
    #[inline(always)]
    pub(crate) fn lent_one(&mut self, bucket: usize, at: Caller) {
        self.watch.lent = Lent {
            bucket,
            by: at.location(),
            by_several: false,
        };
    }

    /// `&mut`s to several values were handed out.
    #[inline(always)]
    pub(crate) fn lent_many(&mut self, at: Caller) {
        self.lent_one(Lent::MANY, at);
        self.watch.loans = usize::MAX;
    }

    /// A `&mut` to a value was handed out that has no place. If several lines did so, nobody knows which one to blame.
    #[inline(always)]
    pub(crate) fn lent_unplaced(&mut self, at: Caller) {
        let by = at.location();
        let Watch { lent, loans, .. } = &mut self.watch;
        let is_first = lent.bucket == Lent::NOTHING;
        *lent = Lent {
            bucket: Lent::MANY,
            by,
            by_several: !is_first && (lent.by_several || lent.by != by),
        };
        *loans = if is_first { 1 } else { loans.saturating_add(1) };
    }

    /// Looks at the value in `bucket` if that is what was lent last.
    #[inline(always)]
    pub(crate) fn settle_slot<K, V, T: Keeper<K, V>>(
        &mut self,
        slot: &mut Slot<impl Sized, V>,
        bucket: usize,
    ) {
        if self.watch.lent.bucket == bucket {
            self.watch.lent.bucket = Lent::NOTHING;
            self.look_again::<K, V, T>(slot);
        }
    }

    /// Looks at what was lent since the last operation, and now and then at values that may have died by themselves; a
    /// vacant value against the contract panics here.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn settle<K, V, T: Keeper<K, V>>(&mut self, store: &mut impl Store<V>) {
        if watches_residue::<K, V, T>() {
            let bucket = self.watch.lent.bucket;
            if bucket < store.places() {
                self.watch.lent.bucket = Lent::NOTHING;
                if let Some(slot) = store.at_mut(bucket)
                    && T::is_vacant(slot.value()) != slot.stamp.is_vacant()
                {
                    self.look_again::<K, V, T>(slot);
                    self.raise::<K, V, T>();
                }
            } else if bucket == Lent::MANY {
                if self.is_due(store) {
                    self.settle_quietly::<K, V, T>(store);
                    self.raise::<K, V, T>();
                } else {
                    self.watch.loans += 1;
                }
            }
            if !self.watch.swept_at.is_now() {
                self.look_for_the_dead::<K, V, T>(store, Caller::here());
                self.raise::<K, V, T>();
            }
        }
    }

    /// Whether all entries are looked at: always, unless a few of many were lent of which nobody knows the places.
    #[inline(always)]
    fn is_due<V, S: Store<V>>(&self, store: &S) -> bool {
        S::PLACED || self.watch.loans.saturating_mul(Lent::LOOKS) >= store.entries()
    }

    /// Senders close, weak pointers dangle, shared values are emptied through another owner: nobody asks the map. A
    /// slice of the table is looked at whenever the clock has moved, at most a hundred times a second. (Where entries
    /// have no places, all of them once as many slices would have been.)
    #[cold]
    #[inline(never)]
    fn look_for_the_dead<K, V, T: Keeper<K, V>>(&mut self, store: &mut impl Store<V>, at: Caller) {
        const SLICE: usize = 256;
        self.watch.swept_at = Tick::now();
        let all = if is_placed(store) {
            store.places()
        } else {
            store.entries()
        };
        let start = if self.watch.cursor < all {
            self.watch.cursor
        } else {
            0
        };
        let end = (start + SLICE).min(all);
        self.watch.cursor = end;
        if is_placed(store) {
            for bucket in start..end {
                if let Some(slot) = store.at_mut(bucket) {
                    self.look_at::<K, V, T>(slot, at);
                }
            }
        } else if end == all {
            // What was lent is charged to who asked for it.
            self.settle_quietly::<K, V, T>(store);
            for slot in store.slots_mut() {
                self.look_at::<K, V, T>(slot, at);
            }
        }
    }

    /// Looks at a value that nobody was seen to change.
    fn look_at<K, V, T: Keeper<K, V>>(&mut self, slot: &mut Slot<impl Sized, V>, at: Caller) {
        match (T::is_vacant(slot.value()), slot.stamp.is_vacant()) {
            (true, false) => self.found_dead::<K, V, T>(slot, at),
            (false, true) => {
                self.vacancy_changed::<K, V, T>(&mut slot.stamp, false, 0, false, at);
            }
            _ => {}
        }
    }

    /// A value is vacant that no write of the map's made so: it counts, and no line is to blame.
    fn found_dead<K, V, T: Keeper<K, V>>(&mut self, slot: &mut Slot<impl Sized, V>, at: Caller) {
        if let Some(instance) = &self.instance {
            slot.stamp = instance.detail.emptied(slot.stamp, OTHER);
            instance.counters.residue.bump();
        }
        if matches!(T::CONTRACT.residue, Residue::Deny) {
            self.breach::<K, V, T>(BreachKind::DeadValue, at);
        }
    }

    /// Looks at what was lent, leaving a breach for later.
    #[cold]
    #[inline(never)]
    pub(crate) fn settle_quietly<K, V, T: Keeper<K, V>>(&mut self, store: &mut impl Store<V>) {
        match std::mem::replace(&mut self.watch.lent.bucket, Lent::NOTHING) {
            Lent::NOTHING => {}
            Lent::MANY => {
                for slot in store.slots_mut() {
                    self.look_again::<K, V, T>(slot);
                }
            }
            bucket => {
                if let Some(slot) = store.at_mut(bucket) {
                    self.look_again::<K, V, T>(slot);
                }
            }
        }
    }

    /// Looks at a value that was lent by the line that lent last, or by one of several.
    #[inline(never)]
    fn look_again<K, V, T: Keeper<K, V>>(&mut self, slot: &mut Slot<impl Sized, V>) {
        let vacant = T::is_vacant(slot.value());
        if vacant == slot.stamp.is_vacant() {
            return;
        }
        match self.watch.lent.by.map(Caller::at) {
            Some(at) if vacant && self.watch.lent.by_several => {
                self.found_dead::<K, V, T>(slot, at)
            }
            Some(at) => self.vacancy_changed::<K, V, T>(&mut slot.stamp, vacant, 0, false, at),
            None => {}
        }
    }
}

fn is_placed<V, S: Store<V>>(_: &S) -> bool {
    S::PLACED
}
