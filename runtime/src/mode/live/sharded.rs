//! What is recorded of a map of shards as one map: that it lives, the instance that its shards are together, or which ones
//! they are (strict), and how much room its `max_len` leaves.

use std::sync::Arc;

use hashbrown::HashTable;

use super::{
    super::{Caller, detail},
    BreachKind, Footprint, Instance, Recorder, instance, shares,
};
use crate::{
    Keeper, RemovalCause, Site,
    clock::now_ms,
    hash_map::Slot,
    mode::UNKNOWN_KEY,
    threads::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
};

/// One map of shards. `T` is always the keeper that the map was declared with, not that of its shards.
pub(crate) struct Whole {
    id: u64,
    site: Option<&'static Site>,
    /// Insertions until the map could be longer than it may be, if nothing leaves meanwhile. Not above that: whoever
    /// uses it up counts.
    room: AtomicI64,
    /// From the first table of a shard on, unless each is an instance of its own.
    instance: Mutex<Option<Arc<Instance>>>,
}

impl Whole {
    /// A map comes.
    pub(crate) fn new<K, V, T: Keeper<K, V>>() -> Self {
        let site = T::site().filter(|_| T::TRACKED);
        if let Some(site) = site {
            let state = site.record.state();
            state.shard().add(|counts| &counts.instances_born, 1);
            state.look_now_and_then(now_ms());
        }
        Self {
            id: instance::next_id(),
            site,
            room: AtomicI64::new(0),
            instance: Mutex::default(),
        }
    }

    /// The shard `number` of `of` got a table, or another one: it is one of this map's. `T` is the shard's keeper.
    #[cold]
    #[inline(never)]
    pub(crate) fn shard_grew<K, V, T: Keeper<K, V>>(
        &self,
        (number, of): (usize, usize),
        recorder: &mut Recorder,
        table: &HashTable<Slot<K, V>>,
    ) {
        let size = Footprint::of(table);
        match &recorder.instance {
            Some(instance) => instance.shard_of.store(self.id, Relaxed),
            None if shares::<K, V, T>() && size != Footprint::EMPTY => {
                let Some(site) = self.site else { return };
                let state = site.record.state();
                let instance = {
                    let mut known = self.instance.lock().unwrap_or_else(PoisonError::into_inner);
                    Arc::clone(known.get_or_insert_with(|| {
                        if T::holds_handles() {
                            state.holds_handles.store(true, Relaxed);
                        }
                        Instance::register_shared(site, state, of)
                    }))
                };
                instance.with_base(table.len());
                instance.room_changed(Footprint::EMPTY, size);
                // What was counted with the site so far moves over.
                let residue = recorder.watch.shared_residue();
                let counts = state.shard();
                counts.sub(|counts| &counts.entries.residue, residue);
                recorder.watch = detail::Watch::of_shard(number);
                instance.residue_of(recorder.watch.shard()).set(residue);
                let peak = instance.peak_of(recorder.watch.shard());
                peak.set(peak.get().max(table.len() as u64));
                recorder.instance = Some(instance);
            }
            None => {}
        }
    }

    /// So many keys came. If the map could be too long now, `count` is asked how long it is, and whether that is all; how
    /// long, if it is too long.
    #[inline(always)]
    pub(crate) fn inserted<K, V, T: Keeper<K, V>>(
        &self,
        new: usize,
        count: impl FnOnce() -> (usize, bool),
    ) -> Option<usize> {
        let max = T::CONTRACT.max_len?;
        let new = signed(new);
        let before = self.room.fetch_sub(new, Relaxed);
        if before >= new {
            return None;
        }
        let (len, is_all) = count();
        let room = if is_all { signed(max) - signed(len) } else { 0 };
        // Whoever came meanwhile may not have been counted: then the next one counts.
        let _ = self
            .room
            .compare_exchange(before - new, room.max(0), Relaxed, Relaxed);
        (len > max).then_some(len)
    }
}

fn signed(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Drop for Whole {
    fn drop(&mut self) {
        if let Some(site) = self.site {
            let state = site.record.state();
            state.shard().add(|counts| &counts.instances_gone, 1);
            // Its shards went before it.
            let instance = self.instance.get_mut();
            if let Some(instance) = instance.unwrap_or_else(PoisonError::into_inner).take() {
                instance.retire(state);
            }
        }
    }
}

impl Recorder {
    /// A copy of `source`, entry for entry in the same buckets, became a shard of a map.
    pub(crate) fn shard_copied<K, V, T: Keeper<K, V>>(
        &mut self,
        source: &Self,
        table: &mut HashTable<Slot<K, V>>,
        at: Caller,
    ) {
        if shares::<K, V, T>() {
            detail::copied::<K, V, T>(self, source, table, at);
        }
    }

    /// The map is too long: panics (strict).
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub(crate) fn too_long<K, V, T: Keeper<K, V>>(&mut self, len: usize, at: Caller) {
        let max = T::CONTRACT.max_len.unwrap_or(usize::MAX);
        self.breach::<K, V, T>(BreachKind::MaxLen { max, len }, at);
        self.raise::<K, V, T>();
    }

    /// The map is going with `left` entries in it: panics if it was to be empty (strict).
    #[track_caller]
    pub(crate) fn left_over<K, V, T: Keeper<K, V>>(&mut self, left: usize) {
        if T::CONTRACT.empty_on_drop && left > 0 {
            self.breach::<K, V, T>(BreachKind::EmptyOnDrop { left }, Caller::here());
            self.finish::<K, V, T>();
        }
    }

    /// Whether an entry is counted as vacant.
    pub(crate) fn counts_as_vacant<K, V, T: Keeper<K, V>>(
        &self,
        slot: &Slot<impl Sized, V>,
    ) -> bool {
        super::watches_residue::<K, V, T>()
            && detail::was_vacant::<K, V, T>(slot.stamp, slot.value())
    }

    /// An entry is gone of which only its mark is left, and whether it was counted as vacant; `len` still counts it.
    pub(crate) fn lost<K, V, T: Keeper<K, V>>(
        &mut self,
        stamp: detail::Stamp,
        vacant: bool,
        len: usize,
        at: Caller,
    ) {
        if vacant {
            self.residue_shrank::<K, V, T>(None);
        }
        let cause = RemovalCause::Removed;
        self.count_removal::<K, V, T>(cause, len, at, |instance| {
            detail::died(instance, stamp, cause);
        });
        self.leaves::<K, V, T>(UNKNOWN_KEY, cause, at);
    }
}
