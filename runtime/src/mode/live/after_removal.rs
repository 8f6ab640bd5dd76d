//! What is done about values that leave: those that can be are watched, in the site's [`Watchlist`](super::Watchlist).

use super::{
    super::{Caller, detail},
    Admission, Exit, Instance, Recorder, state_of,
};
use crate::{Keeper, RemovalCause, WeakValue, clock::now_ms, store::Store};

impl Recorder {
    /// A value is leaving. Strict watches it, observe one in so many of those whose keys nobody hashed.
    #[inline(always)]
    pub(crate) fn let_go<K, V, T: Keeper<K, V>>(
        &mut self,
        value: &V,
        cause: RemovalCause,
        at: Caller,
    ) {
        if T::TRACKED
            && let Some(watcher) = T::watcher()
            && let Some(instance) = &self.instance
            && detail::is_picked(instance, cause)
        {
            if self.watch.has_no_room() {
                not_watched(instance, detail::WEIGHT);
            } else {
                self.watch_value::<K, V, T>(value, watcher, cause, at);
            }
        }
    }

    /// A value is leaving whose key has this hash. Observe watches it if that is sampled.
    #[inline(always)]
    pub(crate) fn let_sample_go<K, V, T: Keeper<K, V>>(
        &mut self,
        value: &V,
        hash: u64,
        cause: RemovalCause,
        at: Caller,
    ) {
        if T::TRACKED
            && let Some(watcher) = T::watcher()
            && detail::is_sampled(hash)
        {
            self.watch_value::<K, V, T>(value, watcher, cause, at);
        }
    }

    /// Whether there was room.
    #[cold]
    #[inline(never)]
    fn watch_value<K, V, T: Keeper<K, V>>(
        &mut self,
        value: &V,
        watcher: fn(&V) -> Option<WeakValue>,
        cause: RemovalCause,
        at: Caller,
    ) -> bool {
        let (Some(state), Some(instance)) = (state_of::<K, V, T>(), &self.instance) else {
            return false;
        };
        let if_sole = detail::WATCHES_SOLE_OWNERS || T::WATCHES_ALL;
        if !if_sole && T::strong_count(value) == Some(1) {
            return true;
        }
        let exit = exit(cause, detail::WEIGHT, at);
        let admission = state.after_removal.admit(exit, if_sole, || watcher(value));
        if admission == Admission::NoRoom {
            not_watched(instance, detail::WEIGHT);
            self.watch.found_no_room();
        }
        admission != Admission::NoRoom
    }

    /// All values of `store` are leaving. Observe does not walk over them.
    #[inline(always)]
    pub(crate) fn let_all_go<K, V, T: Keeper<K, V>>(
        &mut self,
        store: &impl Store<V>,
        cause: RemovalCause,
        at: Caller,
    ) {
        if detail::WATCHES_BULK && T::TRACKED && store.entries() > 0 {
            self.watch_all::<K, V, T>(store, cause, at);
        }
    }

    /// Ends when there is no room: the rest is counted, not walked over.
    #[inline(never)]
    fn watch_all<K, V, T: Keeper<K, V>>(
        &mut self,
        store: &impl Store<V>,
        cause: RemovalCause,
        at: Caller,
    ) {
        let Some(watcher) = T::watcher() else { return };
        let mut left = store.entries() as u64;
        for slot in store.slots() {
            if !self.watch_value::<K, V, T>(slot.value(), watcher, cause, at) {
                break;
            }
            left -= 1;
        }
        if let Some(instance) = &self.instance {
            // One of them is counted already.
            not_watched(instance, left.saturating_sub(1));
        }
    }
}

/// Only by the map that owns the instance.
#[inline(always)]
pub(super) fn not_watched(instance: &Instance, values: u64) {
    instance.add(|counters| &counters.not_watched, values);
}

pub(super) fn exit(cause: RemovalCause, weight: u64, at: Caller) -> Exit {
    Exit {
        // A map's end has no caller: drop glue runs it.
        at: at.location().filter(|_| cause != RemovalCause::MapDropped),
        cause,
        ms: now_ms(),
        weight,
    }
}
