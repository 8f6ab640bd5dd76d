//! Traits for whole slabs.

use std::{fmt, mem, ops};

use super::{Slab, entries};
use crate::{
    Keeper, MapOfMaps, MapType, RemovalCause, Reset, Site, log,
    mode::Caller,
    panics::Panics,
    store::Store,
    whole_map::{is_retained, whole_map},
};

/// # Panics
/// If there is no such key.
impl<V, T: Keeper<usize, V>> ops::Index<usize> for Slab<V, T> {
    type Output = V;

    #[inline]
    #[track_caller]
    fn index(&self, key: usize) -> &V {
        self.get(key).expect("invalid key")
    }
}

/// Strict looks at the value again later.
///
/// # Panics
/// If there is no such key.
impl<V, T: Keeper<usize, V>> ops::IndexMut<usize> for Slab<V, T> {
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, key: usize) -> &mut V {
        self.get_mut(key).expect("invalid key")
    }
}

impl<V: fmt::Debug, T: Keeper<usize, V>> fmt::Debug for Slab<V, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            f.debug_map().entries(self.iter()).finish()
        } else {
            f.debug_struct("Slab")
                .field("len", &self.len())
                .field("cap", &self.capacity())
                .finish()
        }
    }
}

impl<V> MapType for ::slab::Slab<V> {
    type Key = usize;
    type Value = V;
    type Signature = crate::signature::OfEntries;
    type With<T: Keeper<usize, V>> = Slab<V, T>;
}

impl<V, U: Keeper<usize, V>> MapType for Slab<V, U> {
    type Key = usize;
    type Value = V;
    type Signature = crate::signature::OfEntries;
    type With<T: Keeper<usize, V>> = Slab<V, T>;
}

impl<V> MapOfMaps for ::slab::Slab<V> {
    type WithValue<W> = ::slab::Slab<W>;
}

impl<V, U: Keeper<usize, V>> MapOfMaps for Slab<V, U> {
    type WithValue<W> = Slab<W>;
}

whole_map!([V, T: Keeper<usize, V>] Slab<V, T>, usize => V, []);

impl<V, T: Keeper<usize, V>> Slab<V, T> {
    fn contains_key(&self, key: &usize) -> bool {
        self.contains(*key)
    }

    fn footprint(&self) -> (usize, usize) {
        (self.capacity(), super::bytes(&self.slab))
    }

    fn settle_quietly(&mut self) {
        self.log
            .recorder
            .settle_quietly::<usize, V, T>(&mut self.slab);
    }

    pub(super) fn note_all_left(&mut self, cause: RemovalCause, at: Caller) -> Panics {
        self.log
            .all_leave::<usize, V>(&self.slab, entries(&self.slab), cause, at)
    }

    /// Empties the slab but for what its guard does not let go.
    #[track_caller]
    fn reset_guarded(&mut self, site: &'static Site, reset: &mut Reset, at: Caller) {
        let len = self.len();
        let mut retained = 0;
        let stays = |key, value: &mut V| {
            let stays = log::ask::<usize, V, T>(&key, value, at).is_err();
            retained += usize::from(!stays && is_retained::<usize, V, T>(value));
            stays
        };
        self.retain_at(stays, RemovalCause::Cleared, at);
        let kept = self.len();
        let freed = if kept == 0 { self.give_back() } else { 0 };
        reset.note(site, len - kept, retained, freed, kept);
    }

    /// Drops the entries, which have left, and says how many bytes that was.
    fn give_back(&mut self) -> usize {
        let before = self.slab.footprint();
        let slab = mem::take(&mut self.slab);
        self.log.recorder.moved_out::<usize, V, T>(before);
        super::bytes(&slab)
    }
}
