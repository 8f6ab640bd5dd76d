//! The ways in: by the key, before an index, sorted, instead of others.

use std::{
    cmp::Ordering,
    hash::{BuildHasher, Hash},
    ops::RangeBounds,
};

use super::{Entry, IndexMap, OccupiedEntry, Splice, VacantEntry, base};
use crate::{
    Keeper, RemovalCause, Unguarded,
    log::tells,
    mode::{Caller, MARKS, RECORDS, Recorder},
    store::Keyless,
};

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
    pub(super) fn of_new(self, len: usize) -> usize {
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

impl<K: Hash + Eq, V, S: BuildHasher, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Same as [`indexmap::IndexMap::insert`]; counts one insertion, or one replacement (cause
    /// [`Replaced`](RemovalCause::Replaced)).
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
        F: FnMut(&K, &V, &K, &V) -> Ordering,
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

    /// Same as [`indexmap::IndexMap::splice`]; entries that go leave for [`Drained`](RemovalCause::Drained) now, those
    /// that come are insertions or replacements of this line, when the iterator is dropped.
    ///
    /// # Panics
    /// If the range is out of bounds. With the first panic of a hook; all hooks have run and the entries are gone then.
    #[track_caller]
    pub fn splice<R, I>(&mut self, range: R, replace_with: I) -> Splice<'_, I::IntoIter, K, V, S, T>
    where
        R: RangeBounds<usize>,
        I: IntoIterator<Item = (K, V)>,
        T: Unguarded,
    {
        Splice::start(self, range, replace_with.into_iter(), true)
    }

    /// Same as [`indexmap::IndexMap::append`]; every entry leaves `other` for [`Drained`](RemovalCause::Drained) and
    /// is an insertion or a replacement here.
    ///
    /// # Panics
    /// With the first panic of a hook of `other`; both maps are whole, and entries not moved yet are gone.
    #[track_caller]
    pub fn append<S2, T2>(&mut self, other: &mut IndexMap<K, V, S2, T2>)
    where
        T2: Keeper<K, V> + Unguarded,
    {
        self.extend(other.drain(..));
    }

    /// Whether room may have to be made for another entry; if nobody listens, the map makes it itself.
    #[inline(always)]
    fn needs_room(&self) -> bool {
        RECORDS && T::TRACKED && self.table.is_full()
    }

    /// Makes room for the entry of `key`, and hands the key back: to be looked at it has to lie in memory, but not where it
    /// need not be looked at.
    #[cold]
    #[inline(never)]
    fn make_room_for(&mut self, key: K) -> K {
        if !self.table.map.contains_key(&key) {
            self.with_room(|map| map.reserve(1));
        }
        key
    }

    /// The entry of `key`, with room for it.
    #[inline(always)]
    fn enter(&mut self, mut key: K) -> Entry<'_, K, V, T> {
        if self.needs_room() {
            key = self.make_room_for(key);
        }
        let len = self.len();
        let log = &mut self.log;
        match self.table.map.entry(key) {
            base::Entry::Occupied(base) => Entry::Occupied(OccupiedEntry { base, log, len }),
            base::Entry::Vacant(base) => Entry::Vacant(VacantEntry { base, log }),
        }
    }

    /// As much room as std makes for an iterator that has at least so many entries, some of which may be here already.
    pub(crate) fn reserve_for(&mut self, entries: usize) {
        self.reserve(if self.is_empty() {
            entries
        } else {
            entries.div_ceil(2)
        });
    }

    /// Inserts the entry, or says what was there: the value that was replaced, or one like it if nothing `renews` (as in sets,
    /// whose values are all alike).
    #[inline(always)]
    #[track_caller]
    pub(crate) fn put(&mut self, key: K, value: V, goes: Goes, renews: bool) -> (usize, Option<V>) {
        self.settle();
        if !matches!(goes, Goes::Last) || (renews && tells::<K, V, T>()) {
            return self.put_noted(key, value, goes, renews);
        }
        match self.log.quiet::<K, V>(&key, &value, self.len() + 1) {
            Some(quiet) if !self.needs_room() => {
                let (index, old) = self.table.map.insert_full(key, Keyless::unmarked(value));
                let Some(old) = old else {
                    quiet.came();
                    return (index, None);
                };
                if !renews {
                    return (index, Some(old.into_value()));
                }
                quiet.replaced();
                let old = self.log.replaced_quietly::<K, V>(old, Caller::here());
                (index, Some(old))
            }
            _ => self.put_last_noted(key, value, renews),
        }
    }

    /// The same for an entry of which more is recorded than that it came or replaced another. What it is told fits in
    /// registers.
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn put_last_noted(&mut self, mut key: K, value: V, renews: bool) -> (usize, Option<V>) {
        if MARKS {
            return self.put_noted(key, value, Goes::Last, renews);
        }
        let at = Caller::here();
        let hash = self.log.key_hash::<K, V>(&key);
        let is_vacant = Recorder::is_residue::<K, V, T>(&value);
        if self.needs_room() {
            key = self.make_room_for(key);
        }
        // The map's own insertion, as that of the many: who is inlined where it is called once is not where it is called twice.
        let (index, old) = self.table.map.insert_full(key, Keyless::unmarked(value));
        let old = match old {
            None => {
                let len = self.len();
                self.log.comes_noted::<K, V>(is_vacant, hash, len, at);
                None
            }
            Some(old) if renews => Some(self.log.replaced_noted::<K, V>(old, is_vacant, hash, at)),
            Some(old) => Some(old.into_value()),
        };
        (index, old)
    }

    /// The same for one that goes to a place of its own, or of which somebody is told, too.
    #[inline]
    #[track_caller]
    fn put_noted(&mut self, key: K, value: V, goes: Goes, renews: bool) -> (usize, Option<V>) {
        let out = self.put_at(key, value, goes, renews, Caller::here());
        self.log.recorder.raise::<K, V, T>();
        out
    }

    #[inline(always)]
    #[track_caller]
    pub(super) fn put_at(
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
                entry.put_noted(index, value, at);
                (index, None)
            }
        }
    }

    /// Puts `key` in the place of an equal one and hands that over, gone for
    /// [`Replaced`](RemovalCause::Replaced); or inserts it.
    #[track_caller]
    pub(crate) fn replace_key(&mut self, key: K, value: V) -> (usize, Option<K>) {
        let Some(index) = self.get_index_of(&key) else {
            return (self.put(key, value, Goes::Last, true).0, None);
        };
        let at = Caller::here();
        self.settle();
        let hash = self.log.key_hash::<K, V>(&key);
        let (Ok(old) | Err((_, old))) = self.table.map.replace_index(index, key);
        self.log.recorder.replaced::<K, V, T>(hash, at);
        let cause = RemovalCause::Replaced;
        self.log
            .tell::<K, V>(&old, self.table.map[index].value(), cause, at);
        self.log.recorder.raise::<K, V, T>();
        (index, Some(old))
    }
}
