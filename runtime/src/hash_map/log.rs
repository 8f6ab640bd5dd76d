//! How an entry of the table is recorded when it comes, changes or leaves, and who is told.

use std::mem::ManuallyDrop;

use hashbrown::{HashTable, hash_table};

use super::{Occupied, Slot, entry::Place};
use crate::{
    Keeper, RemovalCause, Removed,
    log::{Log, listens},
    mode::{Caller, UNKNOWN_KEY},
};

/// What is known of an entry that comes in.
#[derive(Clone, Copy)]
pub(super) struct Arrival {
    pub(super) hash: u64,
    /// The map's length, this entry counted.
    pub(super) len: usize,
    /// The value is handed out by `&mut` at once, so it is not judged yet: `entry(k).or_default().push(v)` fills it.
    pub(super) lent: bool,
    pub(super) at: Caller,
}

impl<T> Log<T> {
    /// Puts a new entry where `place` says.
    #[inline(always)]
    pub(super) fn insert<'a, K, V>(
        &mut self,
        place: impl FnOnce(Slot<K, V>) -> hash_table::OccupiedEntry<'a, Slot<K, V>>,
        key: K,
        value: V,
        Arrival {
            hash,
            len,
            lent,
            at,
        }: Arrival,
    ) -> hash_table::OccupiedEntry<'a, Slot<K, V>>
    where
        T: Keeper<K, V>,
    {
        self.recorder.name_key::<K, V, T>(&key, hash);
        let stamp = self.recorder.stamp::<K, V, T>(hash, at);
        let mut entry = place(Slot {
            entry: (key, value),
            stamp,
        });
        if self.recorder.counts_elsewhere::<K, V, T>() {
            entry = self.count_elsewhere(entry);
        }
        let value = if lent {
            None
        } else {
            Some(entry.get().value())
        };
        if self.recorder.came::<K, V, T>(value, hash, len, at) {
            self.note_insert(entry, hash, lent, at)
        } else {
            entry
        }
    }

    /// A small map's entry came. Apart from the others: only here the length is asked for, which needs the table.
    #[cold]
    #[inline(never)]
    fn count_elsewhere<'a, K, V>(
        &mut self,
        entry: hash_table::OccupiedEntry<'a, Slot<K, V>>,
    ) -> hash_table::OccupiedEntry<'a, Slot<K, V>>
    where
        T: Keeper<K, V>,
    {
        let bucket = entry.bucket_index();
        let table = entry.into_table();
        self.recorder.inserted_elsewhere::<K, V, T>(table.len());
        entry_in(table, bucket)
    }

    /// What is left to do for few insertions only.
    #[cold]
    #[inline(never)]
    fn note_insert<'a, K, V>(
        &mut self,
        entry: hash_table::OccupiedEntry<'a, Slot<K, V>>,
        hash: u64,
        lent: bool,
        at: Caller,
    ) -> hash_table::OccupiedEntry<'a, Slot<K, V>>
    where
        T: Keeper<K, V>,
    {
        let bucket = entry.bucket_index();
        let table = entry.into_table();
        let len = table.len();
        let mut entry = entry_in(table, bucket);
        self.recorder
            .note_insert::<K, V, T>(entry.get_mut(), bucket, hash, len, lent, at);
        let table = entry.into_table();
        self.recorder.look_around::<K, V, T>(table, hash, at);
        entry_in(table, bucket)
    }

    /// Puts `value` in the place of the old one and hands that over, its hook run.
    #[inline(always)]
    pub(super) fn replace<K, V>(
        &mut self,
        entry: &mut hash_table::OccupiedEntry<'_, Slot<K, V>>,
        value: V,
        hash: u64,
        at: Caller,
    ) -> V
    where
        T: Keeper<K, V>,
    {
        if let Some(vacant) = self
            .recorder
            .vacancy_after_replace::<K, V, T>(entry.get(), &value)
        {
            let bucket = entry.bucket_index();
            self.recorder
                .note_replace::<K, V, T>(entry.get_mut(), vacant, bucket, hash, at);
        }
        self.recorder.replaced::<K, V, T>(hash, at);
        let slot = entry.get_mut();
        self.recorder
            .let_go::<K, V, T>(slot.value(), RemovalCause::Replaced, at);
        self.recorder
            .let_sample_go::<K, V, T>(slot.value(), hash, RemovalCause::Replaced, at);
        let old = std::mem::replace(slot.value_mut(), value);
        self.tell(slot.key(), &old, RemovalCause::Replaced, at);
        old
    }

    /// Puts `key` in the place of an equal one and hands that over, its hook run; the value stays.
    #[inline(always)]
    pub(super) fn replace_key<K, V>(
        &mut self,
        entry: &mut hash_table::OccupiedEntry<'_, Slot<K, V>>,
        key: K,
        hash: u64,
        at: Caller,
    ) -> K
    where
        T: Keeper<K, V>,
    {
        self.recorder.replaced::<K, V, T>(hash, at);
        let slot = entry.get_mut();
        let old = std::mem::replace(&mut slot.entry.0, key);
        self.tell(&old, slot.value(), RemovalCause::Replaced, at);
        old
    }

    /// Takes an entry out of its place, its hook run.
    #[inline(always)]
    pub(super) fn remove<K, V>(
        &mut self,
        entry: hash_table::OccupiedEntry<'_, Slot<K, V>>,
        hash: u64,
        at: Caller,
    ) -> (K, V)
    where
        T: Keeper<K, V>,
    {
        let slot = self.take(entry, hash, at);
        self.tell(slot.key(), slot.value(), RemovalCause::Removed, at);
        slot.entry
    }

    /// The same; and where the entry was, beside how many others.
    pub(super) fn remove_from_place<'a, K, V>(
        &mut self,
        entry: Occupied<'a, K, V>,
        hash: u64,
        at: Caller,
    ) -> ((K, V), Place<'a, K, V>)
    where
        T: Keeper<K, V>,
    {
        let bucket = entry.bucket_index();
        let table = entry.into_table();
        let len = table.len();
        let cause = RemovalCause::Removed;
        let entry = self.note_exit::<K, V, true>(entry_in(table, bucket), hash, at);
        self.recorder
            .let_go::<K, V, T>(entry.get().value(), cause, at);
        let (slot, place) = entry.remove();
        self.recorder.key_removed::<K, V, T>(&slot, hash, len, at);
        self.recorder.name_key::<K, V, T>(slot.key(), hash);
        self.tell(slot.key(), slot.value(), cause, at);
        (slot.entry, Place::Left(place, len - 1))
    }

    /// The same as `remove`, its value in a guard.
    #[inline]
    pub(super) fn remove_tracked<K, V>(
        &mut self,
        entry: hash_table::OccupiedEntry<'_, Slot<K, V>>,
        hash: u64,
        at: Caller,
    ) -> Removed<V>
    where
        T: Keeper<K, V>,
    {
        let entry = self.note_exit::<K, V, false>(entry, hash, at);
        let record = self.recorder.track::<K, V, T>(entry.get(), at);
        let slot = self.take_out(entry, hash, at);
        let (key, value) = slot.entry;
        let removed = Removed::new(value, record);
        self.tell(&key, &removed, RemovalCause::Removed, at);
        removed
    }

    /// Takes an entry out of its place and records that; its hook has not run yet.
    #[inline(always)]
    pub(super) fn take<K, V>(
        &mut self,
        entry: hash_table::OccupiedEntry<'_, Slot<K, V>>,
        hash: u64,
        at: Caller,
    ) -> Slot<K, V>
    where
        T: Keeper<K, V>,
    {
        let entry = self.note_exit::<K, V, true>(entry, hash, at);
        self.recorder
            .let_go::<K, V, T>(entry.get().value(), RemovalCause::Removed, at);
        self.take_out(entry, hash, at)
    }

    /// Looks at an entry that is about to be taken out of its place. If it is sampled, `WATCH` says whether its value is
    /// watched.
    #[inline(always)]
    fn note_exit<'a, K, V, const WATCH: bool>(
        &mut self,
        entry: hash_table::OccupiedEntry<'a, Slot<K, V>>,
        hash: u64,
        at: Caller,
    ) -> hash_table::OccupiedEntry<'a, Slot<K, V>>
    where
        T: Keeper<K, V>,
    {
        if self
            .recorder
            .removal_is_notable::<K, V, T>(entry.get(), Some(hash))
        {
            self.note_take::<K, V, WATCH>(entry, hash, at)
        } else {
            entry
        }
    }

    /// Takes an entry out of its place and counts that. In this order: the length is at hand when the table was written.
    #[inline(always)]
    fn take_out<K, V>(
        &mut self,
        entry: hash_table::OccupiedEntry<'_, Slot<K, V>>,
        hash: u64,
        at: Caller,
    ) -> Slot<K, V>
    where
        T: Keeper<K, V>,
    {
        let (slot, place) = entry.remove();
        // Counting does not unwind; the optimiser is told, or it would keep the entry in memory, to be dropped if it did.
        let slot = ManuallyDrop::new(slot);
        let len = place.into_table().len() + 1;
        self.recorder.key_removed::<K, V, T>(&slot, hash, len, at);
        self.recorder.name_key::<K, V, T>(slot.key(), hash);
        ManuallyDrop::into_inner(slot)
    }

    /// What is to be done for few removals only. Values are looked at, which may panic: then the entry stays, and
    /// nothing was counted.
    #[cold]
    #[inline(never)]
    fn note_take<'a, K, V, const WATCH: bool>(
        &mut self,
        entry: hash_table::OccupiedEntry<'a, Slot<K, V>>,
        hash: u64,
        at: Caller,
    ) -> hash_table::OccupiedEntry<'a, Slot<K, V>>
    where
        T: Keeper<K, V>,
    {
        let cause = RemovalCause::Removed;
        let bucket = entry.bucket_index();
        let table = entry.into_table();
        self.recorder
            .note_sample_going::<K, V, T>(table, bucket, hash, cause, at);
        let entry = entry_in(table, bucket);
        self.recorder
            .note_removal::<K, V, T>(entry.get(), Some(bucket), at);
        if WATCH {
            self.recorder
                .let_sample_go::<K, V, T>(entry.get().value(), hash, cause, at);
        }
        entry
    }

    /// Records that an entry is about to leave, before it is touched; `len` still counts it.
    #[inline(always)]
    pub(super) fn leaving<K, V>(
        &mut self,
        slot: &Slot<K, V>,
        cause: RemovalCause,
        len: usize,
        at: Caller,
    ) where
        T: Keeper<K, V>,
    {
        if listens::<K, V, T>() {
            self.note_leaving(slot, cause, len, at);
        }
    }

    /// An entry was taken out while nobody can look at the table: records that and runs its hook; `len` still counts it.
    #[inline(always)]
    pub(super) fn filtered<K, V>(&mut self, slot: &Slot<K, V>, len: usize, at: Caller)
    where
        T: Keeper<K, V>,
    {
        if listens::<K, V, T>() {
            self.note_filtered(slot, len, at);
        }
    }

    #[cold]
    #[inline(never)]
    fn note_filtered<K, V>(&mut self, slot: &Slot<K, V>, len: usize, at: Caller)
    where
        T: Keeper<K, V>,
    {
        let cause = RemovalCause::Filtered;
        self.recorder.leaves::<K, V, T>(UNKNOWN_KEY, cause, at);
        self.note_gone(len, slot.key(), slot, cause, at, |log| {
            if log.recorder.removal_is_notable::<K, V, T>(slot, None) {
                log.recorder.note_removal::<K, V, T>(slot, None, at);
            }
        });
    }

    /// Not inlined: a walk over the table should not pay for entries that stay.
    #[cold]
    #[inline(never)]
    fn note_leaving<K, V>(&mut self, slot: &Slot<K, V>, cause: RemovalCause, len: usize, at: Caller)
    where
        T: Keeper<K, V>,
    {
        if self.recorder.removal_is_notable::<K, V, T>(slot, None) {
            self.recorder.note_removal::<K, V, T>(slot, None, at);
        }
        self.recorder.removed::<K, V, T>(slot, cause, len, at);
        self.recorder.leaves::<K, V, T>(UNKNOWN_KEY, cause, at);
        self.recorder.let_go::<K, V, T>(slot.value(), cause, at);
    }
}

/// The entry that is known to be in `bucket`.
pub(super) fn entry_in<K, V>(
    table: &mut HashTable<Slot<K, V>>,
    bucket: usize,
) -> hash_table::OccupiedEntry<'_, Slot<K, V>> {
    match table.get_bucket_entry(bucket) {
        Ok(entry) => entry,
        Err(_) => unreachable!("the bucket was full a moment ago"),
    }
}
