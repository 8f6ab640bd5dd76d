//! The instrumented map that remembers an order: indexmap's `IndexMap`, method for method, with a record of every way in and
//! out (feature `indexmap`).
//!
//! It stands on the crate's own, whose values it keeps with a mark, as [`BTreeMap`](crate::BTreeMap) does. Its bytes are
//! estimated from its capacity. Slices of entries are values ([`Slice`], [`SliceMut`]) and no references, because the marks
//! stand between the values; so `Index` by range is left out. The methods of `MutableKeys`, `MutableEntryKey` and
//! `RawEntryApiV1`, traits that the crate seals, are methods of the types themselves.
//!
//! A guarded map has no unchecked removal: [`swap_remove_if_allowed`](IndexMap::swap_remove_if_allowed) and
//! [`shift_remove_if_allowed`](IndexMap::shift_remove_if_allowed) ask the guard.

mod construct;
mod entry;
mod extract_if;
mod insert;
mod into_iter;
mod iter;
mod lookup;
mod mutable_keys;
mod order;
pub mod raw_entry_v1;
mod remove;
mod retain;
mod serde;
mod slice;
mod splice;
mod table;
mod traits;

use std::hash::RandomState;

use ::indexmap::map as base;
pub use ::indexmap::{Equivalent, GetDisjointMutError, TryReserveError};

pub use entry::{Entry, IndexedEntry, OccupiedEntry, VacantEntry};
pub use extract_if::ExtractIf;
pub(crate) use insert::Goes;
pub use into_iter::{IntoIter, IntoKeys, IntoValues};
pub use iter::{Drain, Iter, IterMut, Keys, Values, ValuesMut};
pub use mutable_keys::IterMut2;
pub use slice::{Slice, SliceMut};
pub use splice::Splice;

use crate::{
    Keeper, StatefulKeeper, Untracked,
    keyless::Logged,
    log::Log,
    mode::{Caller, Recorder},
    store::{Keyless, Store},
};
use table::{Inner, Table};

/// An ordered hash map whose every mutation is recorded for the place it stands in.
///
/// Same as [`indexmap::IndexMap`] in every method and trait but for what the module says of slices, and beyond it
/// [`swap_remove_if_allowed`](Self::swap_remove_if_allowed), [`shift_remove_if_allowed`](Self::shift_remove_if_allowed),
/// [`try_retain`](Self::try_retain), [`remove_many`](Self::remove_many) and
/// [`swap_remove_tracked`](Self::swap_remove_tracked). `T` says which place; `#[tracked]` fills it in, and [`Untracked`] is
/// a plain map.
///
/// *Auto traits* are those of the original, if hooks with state have them, too. *Variance*: covariant in `K`, `V` and `S`, like the
/// original; in a field under `#[tracked]`, invariant in the parameters of the item that its type names. *Drop check*: stricter
/// than the original's, in any mode: it must not outlive what its entries borrow.
///
/// # Panics
/// In strict mode, an operation that breaks a declared contract panics at the caller's line once it is done.
///
/// # Examples
/// ```
/// let mut steps: mapkeeper::IndexMap<&str, u32> = mapkeeper::IndexMap::new();
/// steps.insert("wash", 12);
/// steps.insert("cut", 40);
/// steps.insert("wash", 15);
/// assert_eq!(steps.get_index(0), Some((&"wash", &15)));
/// assert_eq!(steps.shift_remove("wash"), Some(15));
/// ```
// What is kept comes first, where the original has it: no operation has to add where it starts.
#[repr(C)]
pub struct IndexMap<K, V, S = RandomState, T: Keeper<K, V> = Untracked> {
    table: Table<K, V, S>,
    log: Log<T>,
}

impl<K, V, S, T: Keeper<K, V>> Logged<V> for IndexMap<K, V, S, T> {
    type Keeper = T;

    #[inline(always)]
    fn parts(&mut self) -> (&impl Store<V>, &mut Log<T>) {
        (&self.table, &mut self.log)
    }
}

impl<K, V, S, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Same as [`indexmap::IndexMap::len`]; records nothing.
    #[inline]
    pub fn len(&self) -> usize {
        self.table.map.len()
    }

    /// Same as [`indexmap::IndexMap::is_empty`]; records nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.table.map.is_empty()
    }

    /// What keeps the entries, to be looked at without asking who keeps them.
    #[inline]
    pub(crate) fn plain(&self) -> &Inner<K, V, S> {
        &self.table.map
    }

    /// Same as [`indexmap::IndexMap::capacity`]; records nothing.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.table.map.capacity()
    }

    /// Same as [`indexmap::IndexMap::hasher`]; records nothing.
    #[inline]
    pub fn hasher(&self) -> &S {
        self.table.map.hasher()
    }

    /// Same as [`indexmap::IndexMap::reserve`]; records the map's new size.
    ///
    /// # Panics
    /// If the new capacity overflows `isize::MAX` bytes.
    pub fn reserve(&mut self, additional: usize) {
        self.with_room(|map| map.reserve(additional));
    }

    /// Same as [`indexmap::IndexMap::reserve_exact`]; records the map's new size.
    ///
    /// # Panics
    /// If the new capacity overflows `isize::MAX` bytes.
    pub fn reserve_exact(&mut self, additional: usize) {
        self.with_room(|map| map.reserve_exact(additional));
    }

    /// Same as [`indexmap::IndexMap::try_reserve`]; records the map's new size.
    ///
    /// # Errors
    /// If the capacity overflows or the allocator fails.
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        self.with_room(|map| map.try_reserve(additional))
    }

    /// Same as [`indexmap::IndexMap::try_reserve_exact`]; records the map's new size.
    ///
    /// # Errors
    /// If the capacity overflows or the allocator fails.
    pub fn try_reserve_exact(&mut self, additional: usize) -> Result<(), TryReserveError> {
        self.with_room(|map| map.try_reserve_exact(additional))
    }

    /// Same as [`indexmap::IndexMap::shrink_to_fit`]; records the map's new size.
    pub fn shrink_to_fit(&mut self) {
        self.with_room(Inner::shrink_to_fit);
    }

    /// Same as [`indexmap::IndexMap::shrink_to`]; records the map's new size.
    pub fn shrink_to(&mut self, min_capacity: usize) {
        self.with_room(|map| map.shrink_to(min_capacity));
    }

    /// Does something to the room the map has.
    fn with_room<R>(&mut self, change: impl FnOnce(&mut Inner<K, V, S>) -> R) -> R {
        let out = change(&mut self.table.map);
        if let Some(before) = self.table.look_at_room() {
            self.log
                .recorder
                .room_changed::<K, V, T>(&self.table, before);
        }
        out
    }

    /// Same as [`indexmap::IndexMap::iter`]; records nothing.
    #[inline]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            inner: self.table.map.iter(),
        }
    }

    /// Same as [`indexmap::IndexMap::keys`]; records nothing.
    #[inline]
    pub fn keys(&self) -> Keys<'_, K, V> {
        Keys {
            inner: self.table.map.keys(),
        }
    }

    /// Same as [`indexmap::IndexMap::values`]; records nothing.
    #[inline]
    pub fn values(&self) -> Values<'_, K, V> {
        Values {
            inner: self.table.map.values(),
        }
    }

    /// Same as [`indexmap::IndexMap::iter_mut`]; strict looks at the values again at the next operation.
    #[inline]
    #[track_caller]
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        self.lend_all();
        IterMut {
            inner: self.table.map.iter_mut(),
        }
    }

    /// Same as [`indexmap::IndexMap::values_mut`]; strict looks at the values again at the next operation.
    #[inline]
    #[track_caller]
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, V> {
        self.lend_all();
        ValuesMut {
            inner: self.table.map.values_mut(),
        }
    }

    #[inline(always)]
    #[track_caller]
    fn settle(&mut self) {
        self.log.recorder.settle::<K, V, T>(&mut self.table);
    }

    #[inline(always)]
    #[track_caller]
    fn lend_all(&mut self) {
        self.settle();
        if Recorder::watches_loans::<K, V, T>() {
            self.log.recorder.lent_many(Caller::here());
        }
    }

    /// The hooks of this map (`hooks = Type`), made by `Default` at first use.
    #[inline]
    pub fn hooks_mut(&mut self) -> &mut T::Hooks
    where
        T: StatefulKeeper,
    {
        self.log.keeper.hooks_mut()
    }
}

/// An entry as it is shown.
#[inline(always)]
fn entry_of<'a, K, V>((key, slot): (&'a K, &'a Keyless<V>)) -> (&'a K, &'a V) {
    (key, slot.value())
}

/// The same, its value to be written.
#[inline(always)]
fn entry_mut<'a, K, V>((key, slot): (&'a K, &'a mut Keyless<V>)) -> (&'a K, &'a mut V) {
    (key, slot.value_mut())
}

/// Every entry of a map.
fn entries<K, V, S>(map: &Inner<K, V, S>) -> impl Iterator<Item = (&K, &V)> {
    map.iter().map(entry_of)
}
