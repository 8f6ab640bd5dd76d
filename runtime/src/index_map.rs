//! The instrumented map that remembers an order: indexmap's `IndexMap`, method for method, with a record of every way in and
//! out (feature `indexmap`).
//!
//! It stands on the crate's own, whose values it keeps with a mark, as [`BTreeMap`](crate::BTreeMap) does. Its bytes are
//! estimated from its capacity. Left out is what would show the marks, slices of entries (`as_slice`, `as_mut_slice`,
//! `into_boxed_slice`, `get_range`, `get_range_mut`, the iterators' `as_slice` and the like, `Index` by range), and the crate's
//! opt-in traits `MutableKeys`, `MutableEntryKey` and `RawEntryApiV1`, which it seals. An iterator has none of `iter_mut2`'s
//! lifetimes.
//!
//! A guarded map has no unchecked removal: [`swap_remove_if_allowed`](IndexMap::swap_remove_if_allowed) and
//! [`shift_remove_if_allowed`](IndexMap::shift_remove_if_allowed) ask the guard.

mod construct;
mod entry;
mod extract_if;
mod into_iter;
mod iter;
mod lookup;
mod order;
mod remove;
mod serde;
mod splice;
mod table;
mod traits;

use std::hash::{BuildHasher, Hash, RandomState};

use ::indexmap::map as base;
pub use ::indexmap::{Equivalent, GetDisjointMutError, TryReserveError};

pub use entry::{Entry, IndexedEntry, OccupiedEntry, VacantEntry};
pub use extract_if::ExtractIf;
pub use into_iter::{IntoIter, IntoKeys, IntoValues};
pub use iter::{Drain, Iter, IterMut, Keys, Values, ValuesMut};
pub use splice::Splice;

use crate::{
    Keeper, StatefulKeeper, Untracked,
    log::Log,
    mode::{Caller, Recorder},
    store::Tagged,
};
use table::{Inner, Table};

/// An ordered hash map whose every mutation is recorded for the place it stands in.
///
/// Same as [`indexmap::IndexMap`] in every method and trait but those that show slices of entries, and beyond it
/// [`swap_remove_if_allowed`](Self::swap_remove_if_allowed), [`shift_remove_if_allowed`](Self::shift_remove_if_allowed),
/// [`try_retain`](Self::try_retain), [`remove_many`](Self::remove_many) and
/// [`swap_remove_tracked`](Self::swap_remove_tracked). `T` says which place; `#[tracked]` fills it in, and [`Untracked`] is
/// a plain map.
///
/// *Drop check*: like [`HashMap`](crate::HashMap), a map must not outlive what its keys and values borrow, in any mode.
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
pub struct IndexMap<K, V, S = RandomState, T: Keeper<K, V> = Untracked> {
    table: Table<K, V, S>,
    log: Log<T>,
}

/// Where an entry goes that is inserted.
#[derive(Clone, Copy)]
pub(crate) enum Goes {
    /// To the end; one that is there stays where it is.
    Last,
    /// Before the entry that has this index now, or to the end.
    Before(usize),
    /// Where it will have this index.
    To(usize),
}

impl Goes {
    /// Where an entry goes that is not there yet.
    #[inline(always)]
    #[track_caller]
    fn of_new(self, len: usize) -> usize {
        match self {
            Self::Last => len,
            Self::Before(index) | Self::To(index) => {
                assert!(
                    index <= len,
                    "index out of bounds: the len is {len} but the index is {index}. Expected index <= len"
                );
                index
            }
        }
    }

    /// Where an entry goes that is there `now`.
    #[inline(always)]
    #[track_caller]
    fn of_known(self, now: usize, len: usize) -> usize {
        match self {
            Self::Last => now,
            Self::Before(index) => {
                let index = Self::Before(index).of_new(len);
                index - usize::from(index > now)
            }
            Self::To(index) => {
                assert!(
                    index < len,
                    "index out of bounds: the len is {len} but the index is {index}"
                );
                index
            }
        }
    }
}

impl<K, V, S, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Same as [`indexmap::IndexMap::len`].
    #[inline]
    pub fn len(&self) -> usize {
        self.table.map.len()
    }

    /// Same as [`indexmap::IndexMap::is_empty`].
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.table.map.is_empty()
    }

    /// Same as [`indexmap::IndexMap::capacity`].
    #[inline]
    pub fn capacity(&self) -> usize {
        self.table.map.capacity()
    }

    /// Same as [`indexmap::IndexMap::hasher`].
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

impl<K: Hash + Eq, V, S: BuildHasher, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Same as [`indexmap::IndexMap::insert`]; counts one insertion, or one replacement (cause
    /// [`Replaced`](crate::RemovalCause::Replaced)).
    #[inline]
    #[track_caller]
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.put(key, value, Goes::Last, true).1
    }

    /// Same as [`indexmap::IndexMap::insert_full`]; counts one insertion or one replacement.
    #[inline]
    #[track_caller]
    pub fn insert_full(&mut self, key: K, value: V) -> (usize, Option<V>) {
        self.put(key, value, Goes::Last, true)
    }

    /// Same as [`indexmap::IndexMap::insert_sorted`]; counts one insertion or one replacement.
    #[track_caller]
    pub fn insert_sorted(&mut self, key: K, value: V) -> (usize, Option<V>)
    where
        K: Ord,
    {
        match self.binary_search_keys(&key) {
            Ok(index) => {
                let entry = self.get_index_entry(index);
                (index, entry.map(|mut entry| entry.insert(value)))
            }
            Err(index) => self.put(key, value, Goes::Before(index), true),
        }
    }

    /// Same as [`indexmap::IndexMap::insert_sorted_by`]; counts one insertion or one replacement.
    #[track_caller]
    pub fn insert_sorted_by<F>(&mut self, key: K, value: V, mut cmp: F) -> (usize, Option<V>)
    where
        F: FnMut(&K, &V, &K, &V) -> std::cmp::Ordering,
    {
        let (Ok(index) | Err(index)) = self.binary_search_by(|k, v| cmp(k, v, &key, &value));
        self.put(key, value, Goes::Before(index), true)
    }

    /// Same as [`indexmap::IndexMap::insert_sorted_by_key`]; counts one insertion or one replacement.
    #[track_caller]
    pub fn insert_sorted_by_key<B, F>(
        &mut self,
        key: K,
        value: V,
        mut sort_key: F,
    ) -> (usize, Option<V>)
    where
        B: Ord,
        F: FnMut(&K, &V) -> B,
    {
        let sought = sort_key(&key, &value);
        let (Ok(index) | Err(index)) = self.binary_search_by_key(&sought, sort_key);
        self.put(key, value, Goes::Before(index), true)
    }

    /// Same as [`indexmap::IndexMap::insert_before`]; counts one insertion or one replacement.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn insert_before(&mut self, index: usize, key: K, value: V) -> (usize, Option<V>) {
        self.put(key, value, Goes::Before(index), true)
    }

    /// Same as [`indexmap::IndexMap::shift_insert`]; counts one insertion or one replacement.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn shift_insert(&mut self, index: usize, key: K, value: V) -> Option<V> {
        self.put(key, value, Goes::To(index), true).1
    }

    /// Same as [`indexmap::IndexMap::replace_index`]; records nothing: the entry lives on under another key.
    ///
    /// # Errors
    /// If an entry with another index has this key: that index, and the key.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn replace_index(&mut self, index: usize, key: K) -> Result<K, (usize, K)> {
        self.settle();
        let to = self.log.key_hash::<K, V>(&key);
        let old = self.with_room(|map| map.replace_index(index, key))?;
        let from = self.log.key_hash::<K, V>(&old);
        self.log.recorder.renamed(from, to);
        Ok(old)
    }

    /// Same as [`indexmap::IndexMap::entry`], but makes room right away for a key that is not there; what is done with the
    /// entry is recorded.
    #[inline]
    #[track_caller]
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V, T> {
        self.settle();
        self.enter(key)
    }

    /// Same as [`indexmap::IndexMap::splice`]; entries that go leave for [`Drained`](crate::RemovalCause::Drained) now, those
    /// that come are insertions or replacements of this line, when the iterator is dropped.
    ///
    /// # Panics
    /// If the range is out of bounds. With the first panic of a hook; all hooks have run and the entries are gone then.
    #[track_caller]
    pub fn splice<R, I>(&mut self, range: R, replace_with: I) -> Splice<'_, I::IntoIter, K, V, S, T>
    where
        R: std::ops::RangeBounds<usize>,
        I: IntoIterator<Item = (K, V)>,
        T: crate::Unguarded,
    {
        Splice::start(self, range, replace_with.into_iter(), true)
    }

    /// Same as [`indexmap::IndexMap::append`]; every entry leaves `other` for [`Drained`](crate::RemovalCause::Drained) and
    /// is an insertion or a replacement here.
    ///
    /// # Panics
    /// With the first panic of a hook of `other`; both maps are whole, and entries not moved yet are gone.
    #[track_caller]
    pub fn append<S2, T2>(&mut self, other: &mut IndexMap<K, V, S2, T2>)
    where
        T2: Keeper<K, V> + crate::Unguarded,
    {
        self.extend(other.drain(..));
    }

    /// The entry of `key`, with room for it.
    #[inline(always)]
    fn enter(&mut self, key: K) -> Entry<'_, K, V, T> {
        let (len, map) = (self.len(), &self.table.map);
        if len == map.capacity() && !map.contains_key(&key) {
            self.grow();
        }
        let log = &mut self.log;
        match self.table.map.entry(key) {
            base::Entry::Occupied(base) => Entry::Occupied(OccupiedEntry { base, log, len }),
            base::Entry::Vacant(base) => Entry::Vacant(VacantEntry { base, log }),
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.with_room(|map| map.reserve(1));
    }

    /// As much room as std makes for an iterator that has at least so many entries, some of which may be here already.
    pub(crate) fn reserve_for(&mut self, entries: usize) {
        self.reserve(if self.is_empty() {
            entries
        } else {
            entries.div_ceil(2)
        });
    }

    /// Inserts the entry, or says what was there: the value that was replaced, or this one if nothing `renews`.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn put(&mut self, key: K, value: V, goes: Goes, renews: bool) -> (usize, Option<V>) {
        self.settle();
        let out = self.put_at(key, value, goes, renews, Caller::here());
        self.log.recorder.raise::<K, V, T>();
        out
    }

    #[inline(always)]
    #[track_caller]
    fn put_at(
        &mut self,
        key: K,
        value: V,
        goes: Goes,
        renews: bool,
        at: Caller,
    ) -> (usize, Option<V>) {
        let len = self.len();
        match self.enter(key) {
            Entry::Occupied(mut entry) => {
                let index = goes.of_known(entry.index(), len);
                let old = if renews { entry.swap(value, at) } else { value };
                entry.base.move_index(index);
                (index, Some(old))
            }
            Entry::Vacant(entry) => {
                let index = goes.of_new(len);
                entry.put(index, value, false, at);
                (index, None)
            }
        }
    }
}

/// An entry as it is shown.
#[inline(always)]
fn entry_of<'a, K, V>((key, slot): (&'a K, &'a Tagged<V>)) -> (&'a K, &'a V) {
    (key, slot.value())
}

/// The same, its value to be written.
#[inline(always)]
fn entry_mut<'a, K, V>((key, slot): (&'a K, &'a mut Tagged<V>)) -> (&'a K, &'a mut V) {
    (key, slot.value_mut())
}

/// Every entry of a map.
fn entries<K, V, S>(map: &Inner<K, V, S>) -> impl Iterator<Item = (&K, &V)> {
    map.iter().map(entry_of)
}
