//! What is recorded of a map of shards as one map: that it lives, which instances are its shards, and how much room its
//! `max_len` leaves.

use super::{
    super::{Caller, detail},
    BreachKind, Recorder, instance,
};
use crate::{
    Keeper, RemovalCause, Site,
    clock::now_ms,
    hash_map::Slot,
    mode::UNKNOWN_KEY,
    threads::atomic::{AtomicI64, Ordering::Relaxed},
};

/// One map of shards. `T` is always the keeper that the map was declared with, not that of its shards.
pub(crate) struct Whole {
    id: u64,
    site: Option<&'static Site>,
    /// Insertions until the map could be longer than it may be, if nothing leaves meanwhile. Not above that: whoever
    /// uses it up counts.
    room: AtomicI64,
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
        }
    }

    /// A shard got a table, or a larger one: if that made an instance of it, it is one of this map's.
    #[cold]
    #[inline(never)]
    pub(crate) fn shard_grew(&self, recorder: &Recorder) {
        if let Some(instance) = &recorder.instance {
            instance.shard_of.store(self.id, Relaxed);
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
        if self.room.fetch_sub(new, Relaxed) >= new {
            return None;
        }
        let (len, is_all) = count();
        let room = if is_all { signed(max) - signed(len) } else { 0 };
        self.room.store(room.max(0), Relaxed);
        (len > max).then_some(len)
    }
}

fn signed(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Drop for Whole {
    fn drop(&mut self) {
        if let Some(site) = self.site {
            let shard = site.record.state().shard();
            shard.add(|counts| &counts.instances_gone, 1);
        }
    }
}

impl Recorder {
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
