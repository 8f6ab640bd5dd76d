//! Residue is looked for in slices: what a `&mut` emptied or filled nobody saw.

use super::{
    super::{
        Caller,
        live::{BreachKind, Instance, Recorder, watches_residue},
    },
    REGISTER_AT, fitting, is_placed, recount,
};
use crate::{Keeper, Residue, store::Store};

/// Buckets looked at each time a vacant value comes with a new key.
const VACANT_SLICE: usize = 24;

impl Recorder {
    /// A vacant entry is leaving, and nobody knows whether it was counted: it may have been emptied through a `&mut`. A few
    /// more buckets are looked at each time, so that such removals cannot hide the residue of others for long.
    pub(crate) fn before_vacant_removal<K, V, T: Keeper<K, V>>(
        &mut self,
        store: &impl Store<V>,
        at: Caller,
    ) {
        const FEW: usize = 4;
        if watches_residue::<K, V, T>()
            && let Some(instance) = self.instance.clone()
        {
            self.sweep::<K, V, T>(&instance, store, FEW, at);
        }
    }

    /// A vacant entry came into a table, or another that is worth a note. Many that come vacant are filled through a `&mut`,
    /// which nobody sees, and so are still counted when they leave: so many buckets are looked at for each that there are
    /// never many more than a tenth of a table has places.
    #[cold]
    #[inline(never)]
    pub(crate) fn after_vacant_insertion<K, V, T: Keeper<K, V>>(
        &mut self,
        store: &impl Store<V>,
        at: Caller,
    ) {
        if !watches_residue::<K, V, T>() {
            return;
        }
        if let Some(instance) = self.instance.clone() {
            self.sweep::<K, V, T>(&instance, store, VACANT_SLICE, at);
        } else if self.watch.shared_residue() > store.entries() as u64 / 4 {
            recount::<K, V, T>(self, store, None);
        }
    }

    /// The same where entries have no places, before it is known what came; `len` counts it. All are looked at with the next
    /// operation, if it is time to.
    #[inline(always)]
    pub(crate) fn noted_unplaced(&mut self, len: usize) {
        if self.instance.is_some() {
            self.watch.cursor = self.watch.cursor.saturating_add(VACANT_SLICE);
            if self.watch.cursor >= len {
                self.watch.vacant = 0;
            }
        }
    }

    /// Looks at the next slice of the entries for vacant values; a whole pass sets the residue right.
    ///
    /// Where entries have no places, nobody can come back to where a slice ended: then one pass is made once it would have
    /// ended, which costs as much.
    pub(super) fn sweep<K, V, T: Keeper<K, V>>(
        &mut self,
        instance: &Instance,
        store: &impl Store<V>,
        slice: usize,
        at: Caller,
    ) {
        let end = self.watch.cursor.saturating_add(slice);
        if !is_placed(store) {
            self.watch.cursor = end;
            if end >= store.entries() {
                self.look_at_all::<K, V, T>(store, at);
            }
            return;
        }
        let end = end.min(store.places());
        for place in self.watch.cursor..end {
            if store
                .at(place)
                .is_some_and(|slot| T::is_vacant(slot.value()))
            {
                self.watch.vacant = self.watch.vacant.saturating_add(1);
            }
        }
        self.watch.cursor = end;
        if end == store.places() {
            let found = self.watch.vacant.into();
            self.watch = self.watch.anew();
            self.found_vacant::<K, V, T>(instance, found, at);
        }
    }

    /// A pass is done, and found so much residue.
    fn found_vacant<K, V, T: Keeper<K, V>>(&mut self, instance: &Instance, found: u64, at: Caller) {
        let residue = instance.residue_of(self.watch.shard());
        let unseen = found > residue.get();
        residue.set(found);
        if unseen && matches!(T::CONTRACT.residue, Residue::Deny) {
            self.breach::<K, V, T>(BreachKind::DeadValue, at);
        }
    }

    /// One pass over entries that have no places; the next one is due when the map has doubled, as a table is looked at when
    /// it grows, or when slices would have added up to it.
    #[cold]
    #[inline(never)]
    pub(super) fn look_at_all<K, V, T: Keeper<K, V>>(&mut self, store: &impl Store<V>, at: Caller) {
        if let Some(instance) = self.instance.clone() {
            let vacant = store.slots().filter(|slot| T::is_vacant(slot.value()));
            let found = vacant.count() as u64;
            self.watch = self.watch.anew();
            self.watch.vacant = fitting(2 * store.entries().max(REGISTER_AT / 2) as u64);
            self.found_vacant::<K, V, T>(&instance, found, at);
        }
    }
}
