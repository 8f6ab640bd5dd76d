//! What happens to a map as a whole: its table changes size, it is copied, it goes.

use hashbrown::HashTable;

use super::{
    super::{Caller, UNKNOWN_KEY, detail},
    BreachKind, Instance, Recorder, SiteState, shares, state_of, watches_residue,
};
use crate::{
    Keeper, RemovalCause, Site,
    clock::now_ms,
    hash_map::{Rehash, Slot, grow::room_of},
    store::Store,
    threads::atomic::Ordering::Relaxed,
};

/// How many entries a map had when an entry took hold of it.
#[derive(Clone, Copy)]
pub(crate) struct LenBefore(usize);

impl LenBefore {
    #[inline(always)]
    pub(crate) fn of(len: usize) -> Self {
        Self(len)
    }

    #[inline(always)]
    pub(crate) fn get(self) -> usize {
        self.0
    }
}

/// The table's size at one moment, to be compared with a later one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Footprint {
    pub(crate) capacity: usize,
    pub(crate) bytes: usize,
}

impl Footprint {
    /// Of a table that allocated nothing.
    pub(crate) const EMPTY: Self = Self {
        capacity: 0,
        bytes: 0,
    };

    /// Of a map that has room for so many entries, in so many bytes.
    #[allow(dead_code, reason = "the kinds that know their room are features")]
    pub(crate) fn of_room((capacity, bytes): (usize, usize)) -> Self {
        Self { capacity, bytes }
    }

    /// Entries there is room for.
    #[allow(dead_code, reason = "the kinds that know their room are features")]
    #[inline(always)]
    pub(crate) fn entries(self) -> usize {
        self.capacity
    }

    pub(crate) fn of<E>(table: &HashTable<E>) -> Self {
        let bytes = table.allocation_size();
        // `HashTable::capacity` shrinks by one for each tombstone; this is what it would be without any.
        Self {
            capacity: if bytes == 0 {
                0
            } else {
                room_of(table.num_buckets())
            },
            bytes,
        }
    }
}

/// One small map in so many makes its site look at the clock.
pub(super) const ONE_IN: u64 = 64;

/// Whether a map with this table has an [`Instance`] of its own. Shards are given theirs, if all of them have one together.
#[inline(always)]
fn is_instance<K, V, T: Keeper<K, V>>(table: &HashTable<Slot<K, V>>) -> bool {
    !shares::<K, V, T>() && table.num_buckets() >= detail::REGISTER_AT
}

/// A table grew, shrank, came or went. Those of shards are no maps.
fn size_changed<K, V, T: Keeper<K, V>>(state: &SiteState, before: Footprint, after: Footprint) {
    if T::IS_SHARD {
        state.shard().room_changed(before, after);
    } else {
        state.shard().footprint_changed(before, after);
    }
}

impl Recorder {
    /// An empty map got its first table.
    #[inline]
    pub(crate) fn allocated<K, V, T: Keeper<K, V>>(&mut self, table: &HashTable<Slot<K, V>>) {
        if T::IS_SHARD || is_instance::<K, V, T>(table) {
            self.resized::<K, V, T>(table, Footprint::EMPTY, None, None);
        } else if let Some(state) = state_of::<K, V, T>() {
            let shard = state.shard();
            shard.table_came(Footprint::of(table));
            // Sites without a single large map have a past too. Asking the clock costs as much as making the map.
            if shard.came_so_far().is_multiple_of(ONE_IN) {
                state.look_now_and_then(now_ms());
            }
        }
    }

    /// Whether it is worth while to count vacant values as entries are moved. (Strict knows at every step.)
    #[inline(always)]
    pub(crate) fn counts_moved_residue<K, V, T: Keeper<K, V>>() -> bool {
        watches_residue::<K, V, T>() && !detail::RAISES
    }

    /// The table may have been given room, rehashed or shrunk: `before` is what it was. `vacant` tells how many of its
    /// values are, if somebody counted.
    #[cold]
    #[inline(never)]
    pub(crate) fn resized<K, V, T: Keeper<K, V>>(
        &mut self,
        table: &HashTable<Slot<K, V>>,
        before: Footprint,
        hasher: Option<Rehash<'_, K, V>>,
        vacant: Option<u64>,
    ) {
        if !T::TRACKED {
            return;
        }
        let Some(site) = T::site() else { return };
        let state = site.record.state();
        let after = Footprint::of(table);
        size_changed::<K, V, T>(state, before, after);
        if let Some(instance) = &self.instance {
            if let Some(hasher) = hasher {
                instance.detail.rehashed(&self.watch, table, hasher);
            }
        } else if after.capacity > 0 && is_instance::<K, V, T>(table) {
            if T::holds_handles() {
                state.holds_handles.store(true, Relaxed);
            }
            let instance = Instance::register(site, state, table.len(), T::IS_SHARD);
            self.registered(instance);
            detail::registered::<K, V, T>(self, table, hasher);
        }
        if let Some(instance) = &self.instance {
            if shares::<K, V, T>() {
                instance.room_changed(before, after);
            } else {
                instance.capacity.set(after.capacity as u64);
                instance.table_bytes.set(after.bytes as u64);
            }
        }
        if watches_residue::<K, V, T>() {
            detail::recount::<K, V, T>(self, table, vacant);
        }
        // Last: it asks user code.
        if let Some(hasher) = hasher {
            state.hashing.look(table, before, hasher);
        }
    }

    /// The map goes, with whatever is left in it.
    #[inline(always)]
    pub(crate) fn dropped<K, V, T: Keeper<K, V>>(&mut self, store: &impl Store<V>) {
        if !T::TRACKED {
            return;
        }
        if self.instance.is_some() || T::CONTRACT.empty_on_drop {
            return self.instance_dropped::<K, V, T>(store);
        }
        let size = store.footprint();
        if self.had_entries(store, size)
            && let Some(state) = state_of::<K, V, T>()
        {
            let left = store.entries() as u64;
            let shard = state.shard();
            if left > 0 {
                let at = Caller::here();
                Self::probe_remove::<K, V, T>(UNKNOWN_KEY, left, RemovalCause::MapDropped, at);
            }
            self.all_left_with_site(state, shard, RemovalCause::MapDropped, left);
            shard.table_went(size);
        }
    }

    /// A map goes that has an [`Instance`], or is declared to be empty by then.
    #[inline(never)]
    fn instance_dropped<K, V, T: Keeper<K, V>>(&mut self, store: &impl Store<V>) {
        let Some(site) = T::site() else { return };
        let size = store.footprint();
        if self.had_entries(store, size) {
            let left = store.entries();
            let state = site.record.state();
            if left > 0 {
                if let Some(instance) = &self.instance {
                    detail::leftovers(instance, site, store);
                }
                if T::CONTRACT.empty_on_drop {
                    let kind = BreachKind::EmptyOnDrop { left };
                    self.breach::<K, V, T>(kind, Caller::here());
                }
            }
            self.all_left::<K, V, T>(RemovalCause::MapDropped, store, Caller::here());
            if T::IS_SHARD {
                state.shard().room_changed(size, Footprint::EMPTY);
            } else {
                state.shard().table_went(size);
            }
        }
        self.retire::<K, V, T>(site, size);
    }

    /// Without a table, nothing was ever put in (or all of it was moved out and settled then).
    #[inline(always)]
    fn had_entries<V, S: Store<V>>(&self, _: &S, size: Footprint) -> bool {
        if S::ROOMY {
            size.capacity > 0
        } else {
            self.is_known()
        }
    }

    /// The whole table was moved out: its entries belong to somebody else now.
    pub(crate) fn moved_out<K, V, T: Keeper<K, V>>(&mut self, before: Footprint) {
        if !T::TRACKED || before.capacity == 0 {
            return;
        }
        let Some(site) = T::site() else { return };
        size_changed::<K, V, T>(site.record.state(), before, Footprint::EMPTY);
        self.retire::<K, V, T>(site, before);
    }

    /// Folds the instance into its site, or leaves that of a map whose shard this is; with a table of this size.
    pub(super) fn retire<K, V, T: Keeper<K, V>>(&mut self, site: &'static Site, size: Footprint) {
        let Some(instance) = self.instance.take() else {
            return;
        };
        self.peak = 0;
        self.watch.retired();
        if shares::<K, V, T>() {
            instance.room_changed(size, Footprint::EMPTY);
            instance.residue_of(self.watch.shard()).set(0);
        } else {
            instance.retire(site.record.state());
        }
    }

    /// A copy of `source`, entry for entry in the same buckets, was made into `table`.
    pub(crate) fn copied<K, V, T: Keeper<K, V>>(
        &mut self,
        source: &Self,
        table: &mut HashTable<Slot<K, V>>,
        before: Footprint,
        at: Caller,
    ) {
        if !T::TRACKED {
            return;
        }
        let registers = self.instance.is_none();
        self.resized::<K, V, T>(table, before, None, None);
        match &self.instance {
            Some(instance) => {
                instance.add(|counters| &counters.inserts, table.len() as u64);
                if registers {
                    instance.without_base(table.len());
                }
            }
            None => {
                if let Some(state) = state_of::<K, V, T>() {
                    let copies = table.len() as u64;
                    state.shard().add(|counts| &counts.entries.inserts, copies);
                }
            }
        }
        detail::copied::<K, V, T>(self, source, table, at);
    }
}
