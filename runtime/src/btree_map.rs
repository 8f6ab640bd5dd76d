//! The instrumented ordered map: std's `BTreeMap`, method for method, with a record of every way in and out.
//!
//! It stands on std's own, whose values it keeps with a stamp of eight bytes in strict, as they are in the other modes. Lookups
//! and iteration are std's own code. Observe samples by a hash of the key, if its type has one; where it has none, entries
//! are counted and no line is known.
//! There is no `Deref` to a plain map, so nothing gets past the record.
//!
//! An ordered map has no table: its capacity is its length, and its bytes are estimated from how full nodes are. Nor have its
//! entries places to come back to: what a `&mut` emptied is found by looking at all values, in strict at the next operation of
//! a map of up to 64 entries and within n/64 operations of one of n, in observe when the map has doubled and once for every
//! pass of sweeps.

mod construct;
mod entry;
mod extract_if;
mod into_iter;
mod iter;
mod range;
mod remove;
mod traits;

use std::{borrow::Borrow, collections::btree_map as std_map};

pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use extract_if::ExtractIf;
pub use into_iter::{IntoIter, IntoKeys, IntoValues};
pub use iter::{Iter, IterMut, Keys, Values, ValuesMut};
pub use range::{Range, RangeMut};

use crate::{
    History, Keeper, RemovalCause, StatefulKeeper, Untracked,
    keyless::Logged,
    log::{Log, tells},
    mode::{Caller, LenBefore, MARKS, Recorder},
    store::{Keyless, Store, keyless_store},
};

type Inner<K, V> = std::collections::BTreeMap<K, Keyless<V>>;

keyless_store!([K, V] Inner<K, V>, None);

/// An ordered map whose every mutation is recorded for the place it stands in.
///
/// Same as [`std::collections::BTreeMap`] in every stable method and trait, and beyond it
/// [`try_remove`](Self::try_remove), [`try_retain`](Self::try_retain), [`remove_many`](Self::remove_many) and
/// [`remove_tracked`](Self::remove_tracked). `T` says which place; `#[tracked]` fills it in, and [`Untracked`] is a plain
/// map.
///
/// *Auto traits* are those of the original, if hooks with state have them, too. *Variance*: covariant in `K` and `V`, like the
/// original; in a field under `#[tracked]`, invariant in the parameters of the item that its type names. *Drop check*: stricter
/// than the original's, in any mode: it must not outlive what its entries borrow.
///
/// # Panics
/// In strict mode, an operation that breaks a declared contract panics at the caller's line once it is done.
///
/// # Examples
/// ```
/// let mut stock: mapkeeper::BTreeMap<&str, u32> = mapkeeper::BTreeMap::new();
/// stock.insert("nuts", 12);
/// stock.insert("bolts", 40);
/// assert_eq!(stock.pop_first(), Some(("bolts", 40)));
/// ```
// What is kept comes first, where the original has it: no operation has to add where it starts.
#[repr(C)]
pub struct BTreeMap<K, V, T: Keeper<K, V> = Untracked> {
    map: Inner<K, V>,
    log: Log<T>,
}

/// What an entry takes up, about: nodes hold eleven, and are two thirds full (Yao, On Random 2–3 Trees, Acta Informatica
/// 9, 1978: ln 2 in the limit).
const fn entry_bytes<K, V>() -> usize {
    const IN_A_NODE: usize = 11;
    const HEADER: usize = 16;
    (IN_A_NODE * (size_of::<K>() + size_of::<Keyless<V>>()) + HEADER) / (IN_A_NODE * 2 / 3)
}

/// An entry is about to come; `len` counts it.
#[inline(always)]
fn meet<K, V, T: Keeper<K, V>>(recorder: &mut Recorder, len: usize) {
    recorder.meet::<K, V, T>(len, entry_bytes::<K, V>());
}

impl<K, V, T: Keeper<K, V>> Logged<V> for BTreeMap<K, V, T> {
    type Keeper = T;

    #[inline(always)]
    fn parts(&mut self) -> (&impl Store<V>, &mut Log<T>) {
        (&self.map, &mut self.log)
    }
}

impl<K, V, T: Keeper<K, V>> BTreeMap<K, V, T> {
    /// Same as [`std::collections::BTreeMap::len`]; records nothing.
    #[inline]
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Same as [`std::collections::BTreeMap::is_empty`]; records nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Same as [`std::collections::BTreeMap::iter`]; records nothing.
    #[inline]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            inner: self.map.iter(),
        }
    }

    /// Same as [`std::collections::BTreeMap::keys`]; records nothing.
    #[inline]
    pub fn keys(&self) -> Keys<'_, K, V> {
        Keys { inner: self.iter() }
    }

    /// Same as [`std::collections::BTreeMap::values`]; records nothing.
    #[inline]
    pub fn values(&self) -> Values<'_, K, V> {
        Values { inner: self.iter() }
    }

    /// Same as [`std::collections::BTreeMap::iter_mut`]; strict looks at the values again at the next operation.
    #[inline]
    #[track_caller]
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        self.lend_all();
        IterMut {
            inner: self.map.iter_mut(),
        }
    }

    /// Same as [`std::collections::BTreeMap::values_mut`]; strict looks at the values again at the next operation.
    #[inline]
    #[track_caller]
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, V> {
        self.lend_all();
        ValuesMut {
            inner: self.map.values_mut(),
        }
    }

    #[inline(always)]
    #[track_caller]
    fn settle(&mut self) {
        self.log.recorder.settle::<K, V, T>(&mut self.map);
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

    /// Same as [`std::collections::BTreeMap::get`]; records nothing.
    #[inline]
    pub fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q> + Ord,
        Q: Ord + ?Sized,
    {
        match self.map.get(key) {
            Some(slot) => Some(slot.value()),
            None => None,
        }
    }

    /// Same as [`std::collections::BTreeMap::get_key_value`]; records nothing.
    #[inline]
    pub fn get_key_value<Q>(&self, k: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q> + Ord,
        Q: Ord + ?Sized,
    {
        self.map.get_key_value(k).map(entry_of)
    }

    /// Same as [`std::collections::BTreeMap::contains_key`]; records nothing.
    #[inline]
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q> + Ord,
        Q: Ord + ?Sized,
    {
        self.map.contains_key(key)
    }

    /// What happened to a key lately, as [`HashMap::history`](crate::HashMap::history); records nothing.
    ///
    /// It is known by the hash of the key, so nothing is if its type has none; and a removal that finds nothing is told
    /// without a key.
    ///
    /// O(operations kept).
    pub fn history(&self, key: &K) -> History {
        let hash = || T::key_hash(key);
        self.log.recorder.history::<K, V, T>(hash)
    }

    /// Same as [`std::collections::BTreeMap::first_key_value`]; records nothing.
    #[inline]
    pub fn first_key_value(&self) -> Option<(&K, &V)>
    where
        K: Ord,
    {
        self.map.first_key_value().map(entry_of)
    }

    /// Same as [`std::collections::BTreeMap::last_key_value`]; records nothing.
    #[inline]
    pub fn last_key_value(&self) -> Option<(&K, &V)>
    where
        K: Ord,
    {
        self.map.last_key_value().map(entry_of)
    }

    /// Same as [`std::collections::BTreeMap::get_mut`]; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn get_mut<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q> + Ord,
        Q: Ord + ?Sized,
    {
        self.settle();
        let slot = self.map.get_mut(key)?;
        self.log.lend::<K, V>(Caller::here());
        Some(slot.value_mut())
    }

    /// Same as [`std::collections::BTreeMap::insert`]; counts one insertion, or one replacement (cause
    /// [`Replaced`](crate::RemovalCause::Replaced)).
    #[inline]
    #[track_caller]
    pub fn insert(&mut self, key: K, value: V) -> Option<V>
    where
        K: Ord,
    {
        self.settle();
        let at = Caller::here();
        match self.log.quiet::<K, V>(&key, &value, self.map.len() + 1) {
            Some(quiet) if !tells::<K, V, T>() => {
                let Some(old) = self.map.insert(key, Keyless::unmarked(value)) else {
                    quiet.came();
                    return None;
                };
                quiet.replaced();
                Some(self.log.replaced_quietly::<K, V>(old, at))
            }
            _ => self.insert_noted(key, value, at),
        }
    }

    /// The same for an entry of which more is recorded, or somebody told, than that it came or replaced another.
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn insert_noted(&mut self, key: K, value: V, at: Caller) -> Option<V>
    where
        K: Ord,
    {
        if !(MARKS || tells::<K, V, T>()) {
            return self.insert_unmarked(key, value, true, at);
        }
        match self.enter(key) {
            Entry::Occupied(mut entry) => Some(entry.swap(value, at)),
            Entry::Vacant(entry) => {
                entry.put_noted(value, at);
                None
            }
        }
    }

    /// Same as [`std::collections::BTreeMap::entry`]; what is done with the entry is recorded.
    #[inline]
    #[track_caller]
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V, T>
    where
        K: Ord,
    {
        self.settle();
        self.enter(key)
    }

    #[inline(always)]
    fn enter(&mut self, key: K) -> Entry<'_, K, V, T>
    where
        K: Ord,
    {
        let len = LenBefore::of(self.map.len());
        let log = &mut self.log;
        match self.map.entry(key) {
            std_map::Entry::Occupied(base) => Entry::Occupied(OccupiedEntry { base, log, len }),
            std_map::Entry::Vacant(base) => Entry::Vacant(VacantEntry { base, log, len }),
        }
    }

    /// The same by the map's own insertion, as the many of which no more is recorded: who is inlined where it is called once is
    /// not where it is called twice. If nothing `renews` (as in sets), the value of a key that is there counts for nothing.
    #[inline(always)]
    fn insert_unmarked(&mut self, key: K, value: V, renews: bool, at: Caller) -> Option<V>
    where
        K: Ord,
    {
        let hash = self.log.key_hash::<K, V>(&key);
        let is_vacant = Recorder::is_residue::<K, V, T>(&value);
        match self.map.insert(key, Keyless::unmarked(value)) {
            None => {
                let len = self.map.len();
                meet::<K, V, T>(&mut self.log.recorder, len);
                self.log.comes_noted::<K, V>(is_vacant, hash, len, at);
                None
            }
            Some(old) if renews => Some(self.log.replaced_noted::<K, V>(old, is_vacant, hash, at)),
            Some(old) => Some(old.into_value()),
        }
    }

    /// Inserts a key that is not there, and says whether it was not; of one that is there nothing is counted, and the values are
    /// all alike.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn insert_new(&mut self, key: K, value: V) -> bool
    where
        K: Ord,
    {
        self.settle();
        let at = Caller::here();
        let Some(quiet) = self.log.quiet::<K, V>(&key, &value, self.map.len() + 1) else {
            return self.insert_new_noted(key, value, at);
        };
        let is_new = self.map.insert(key, Keyless::unmarked(value)).is_none();
        quiet.came_if(is_new);
        is_new
    }

    /// The same for a key of which more is recorded than that it came.
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn insert_new_noted(&mut self, key: K, value: V, at: Caller) -> bool
    where
        K: Ord,
    {
        if !MARKS {
            return self.insert_unmarked(key, value, false, at).is_none();
        }
        let Entry::Vacant(entry) = self.enter(key) else {
            return false;
        };
        entry.put_noted(value, at);
        true
    }

    /// Inserts; an equal key that is there leaves for [`Replaced`](RemovalCause::Replaced), its value stays.
    #[track_caller]
    pub(crate) fn replace_key(&mut self, key: K, value: V) -> Option<K>
    where
        K: Ord,
    {
        self.settle();
        let hash = self.log.key_hash::<K, V>(&key);
        let Some((old, slot)) = self.map.remove_entry(&key) else {
            self.insert_new(key, value);
            return None;
        };
        let at = Caller::here();
        self.log.recorder.replaced::<K, V, T>(hash, at);
        let slot = self.map.entry(key).or_insert(slot);
        self.log
            .tell(&old, slot.value(), RemovalCause::Replaced, at);
        self.log.recorder.raise::<K, V, T>();
        Some(old)
    }

    /// An ordered map has no room to make.
    pub(crate) fn reserve_for(&mut self, _: usize) {}

    /// Same as [`std::collections::BTreeMap::first_entry`]; what is done with the entry is recorded.
    #[inline]
    #[track_caller]
    pub fn first_entry(&mut self) -> Option<OccupiedEntry<'_, K, V, T>>
    where
        K: Ord,
    {
        self.settle();
        let len = LenBefore::of(self.map.len());
        let (base, log) = (self.map.first_entry()?, &mut self.log);
        Some(OccupiedEntry { base, log, len })
    }

    /// Same as [`std::collections::BTreeMap::last_entry`]; what is done with the entry is recorded.
    #[inline]
    #[track_caller]
    pub fn last_entry(&mut self) -> Option<OccupiedEntry<'_, K, V, T>>
    where
        K: Ord,
    {
        self.settle();
        let len = LenBefore::of(self.map.len());
        let (base, log) = (self.map.last_entry()?, &mut self.log);
        Some(OccupiedEntry { base, log, len })
    }
}

/// An entry as it is shown.
#[inline(always)]
fn entry_of<'a, K, V>((key, slot): (&'a K, &'a Keyless<V>)) -> (&'a K, &'a V) {
    (key, slot.value())
}

/// Every entry of a map.
fn entries<K, V>(map: &Inner<K, V>) -> impl Iterator<Item = (&K, &V)> {
    map.iter().map(entry_of)
}
