//! The instrumented slab: `slab::Slab`, method for method, with a record of every way in and out (feature `slab`).
//!
//! It stands on the crate's own, whose values it keeps with a stamp in strict, as [`BTreeMap`](crate::BTreeMap) does. Left out are the
//! `unsafe` methods. A guarded slab has no `remove` and no `try_remove`, which the crate has for another purpose:
//! [`remove_if_allowed`](Slab::remove_if_allowed) asks the guard.

mod construct;
mod iter;
mod remove;
mod traits;

use std::fmt;

pub use iter::{Drain, IntoIter, Iter, IterMut};
pub use slab::GetDisjointMutError;

use crate::{
    History, Keeper, StatefulKeeper, Untracked,
    keyless::Logged,
    log::Log,
    mode::{Caller, Footprint, MARKS, RECORDS, Recorder},
    store::{Keyless, Store, keyless_store},
};

type Inner<V> = ::slab::Slab<Keyless<V>>;

keyless_store!([V] Inner<V>, Some(|slab| Footprint::of_room((slab.capacity(), bytes(slab)))));

/// Bytes of a slab's room: each place has a value, or the number of the next free place.
fn bytes<V>(slab: &Inner<V>) -> usize {
    slab.capacity() * size_of::<Result<Keyless<V>, usize>>()
}

/// A slab whose every mutation is recorded for the place it stands in.
///
/// Same as [`slab::Slab`] in every safe method and trait. `T` says which place; `#[tracked]` fills it in, and
/// [`Untracked`] is a plain slab.
///
/// *Auto traits* are those of the original, if hooks with state have them, too. *Variance*: covariant in `V`, like the
/// original; in a field under `#[tracked]`, invariant in the parameters of the item that its type names. *Drop check*: stricter
/// than the original's, in any mode: it must not outlive what its entries borrow.
///
/// # Panics
/// In strict mode, an operation that breaks a declared contract panics at the caller's line once it is done.
///
/// # Examples
/// ```
/// let mut jobs: mapkeeper::Slab<&str> = mapkeeper::Slab::new();
/// let key = jobs.insert("print");
/// assert_eq!(jobs[key], "print");
/// assert_eq!(jobs.remove(key), "print");
/// ```
// What is kept comes first, where the original has it: no operation has to add where it starts.
#[repr(C)]
pub struct Slab<V, T: Keeper<usize, V> = Untracked> {
    slab: Inner<V>,
    log: Log<T>,
}

/// Same as [`slab::VacantEntry`].
pub struct VacantEntry<'a, V, T: Keeper<usize, V> = Untracked> {
    base: ::slab::VacantEntry<'a, Keyless<V>>,
    log: &'a mut Log<T>,
    /// The slab's length with this entry.
    len: usize,
}

/// Every entry of a slab.
fn entries<V>(slab: &Inner<V>) -> impl Iterator<Item = (usize, &V)> {
    slab.iter().map(|(key, slot)| (key, slot.value()))
}

impl<V, T: Keeper<usize, V>> Logged<V> for Slab<V, T> {
    type Keeper = T;

    #[inline(always)]
    fn parts(&mut self) -> (&impl Store<V>, &mut Log<T>) {
        (&self.slab, &mut self.log)
    }
}

impl<V, T: Keeper<usize, V>> Slab<V, T> {
    /// Same as [`slab::Slab::len`]; records nothing.
    #[inline]
    pub fn len(&self) -> usize {
        self.slab.len()
    }

    /// Same as [`slab::Slab::is_empty`]; records nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.slab.is_empty()
    }

    /// Same as [`slab::Slab::capacity`]; records nothing.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.slab.capacity()
    }

    /// Same as [`slab::Slab::reserve`]; records the slab's new size.
    ///
    /// # Panics
    /// If the new capacity overflows `isize::MAX` bytes.
    pub fn reserve(&mut self, additional: usize) {
        self.with_room(|slab| slab.reserve(additional));
    }

    /// Same as [`slab::Slab::reserve_exact`]; records the slab's new size.
    ///
    /// # Panics
    /// If the new capacity overflows `isize::MAX` bytes.
    pub fn reserve_exact(&mut self, additional: usize) {
        self.with_room(|slab| slab.reserve_exact(additional));
    }

    /// Same as [`slab::Slab::shrink_to_fit`]; records the slab's new size.
    pub fn shrink_to_fit(&mut self) {
        self.with_room(Inner::shrink_to_fit);
    }

    /// Same as [`slab::Slab::compact`]; records the slab's new size, and no exit: the entries that move live on.
    #[track_caller]
    pub fn compact<F>(&mut self, mut rekey: F)
    where
        F: FnMut(&mut V, usize, usize) -> bool,
    {
        self.lend_all();
        self.with_room(|slab| slab.compact(|slot, from, to| rekey(slot.value_mut(), from, to)));
    }

    /// Does something to the room the slab has.
    fn with_room(&mut self, change: impl FnOnce(&mut Inner<V>)) {
        let before = self.slab.footprint();
        let capacity = self.slab.capacity();
        change(&mut self.slab);
        if self.slab.capacity() != capacity {
            self.log
                .recorder
                .room_changed::<usize, V, T>(&self.slab, before);
        }
    }

    /// Whether room is to be made for an entry with this key; if nobody listens, the slab makes it itself.
    #[inline(always)]
    fn needs_room(&self, key: usize) -> bool {
        RECORDS && T::TRACKED && key == self.slab.capacity()
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.with_room(|slab| slab.reserve(1));
    }

    /// Same as [`slab::Slab::iter`]; records nothing.
    #[inline]
    pub fn iter(&self) -> Iter<'_, V> {
        Iter {
            inner: self.slab.iter(),
        }
    }

    /// Same as [`slab::Slab::iter_mut`]; strict looks at the values again at the next operation.
    #[inline]
    #[track_caller]
    pub fn iter_mut(&mut self) -> IterMut<'_, V> {
        self.lend_all();
        IterMut {
            inner: self.slab.iter_mut(),
        }
    }

    #[inline(always)]
    #[track_caller]
    fn settle(&mut self) {
        self.log.recorder.settle::<usize, V, T>(&mut self.slab);
    }

    #[inline(always)]
    #[track_caller]
    fn lend_all(&mut self) {
        self.settle();
        if Recorder::watches_loans::<usize, V, T>() {
            self.log.recorder.lent_many(Caller::here());
        }
    }

    /// The hooks of this slab (`hooks = Type`), made by `Default` at first use.
    #[inline]
    pub fn hooks_mut(&mut self) -> &mut T::Hooks
    where
        T: StatefulKeeper,
    {
        self.log.keeper.hooks_mut()
    }

    /// Same as [`slab::Slab::get`]; records nothing.
    #[inline]
    pub fn get(&self, key: usize) -> Option<&V> {
        match self.slab.get(key) {
            Some(slot) => Some(slot.value()),
            None => None,
        }
    }

    /// Same as [`slab::Slab::get_mut`]; strict looks at the value again later.
    #[inline]
    #[track_caller]
    pub fn get_mut(&mut self, key: usize) -> Option<&mut V> {
        self.settle();
        let slot = self.slab.get_mut(key)?;
        self.log.lend::<usize, V>(Caller::here());
        Some(slot.value_mut())
    }

    /// Same as [`slab::Slab::get2_mut`]; strict looks at the values again later.
    ///
    /// # Panics
    /// If both keys are the same.
    #[track_caller]
    pub fn get2_mut(&mut self, key1: usize, key2: usize) -> Option<(&mut V, &mut V)> {
        self.settle();
        let (one, other) = self.slab.get2_mut(key1, key2)?;
        self.log.lend::<usize, V>(Caller::here());
        self.log.lend::<usize, V>(Caller::here());
        Some((one.value_mut(), other.value_mut()))
    }

    /// Same as [`slab::Slab::get_disjoint_mut`]; strict looks at the values again at the next operation.
    ///
    /// # Errors
    /// If a key is not there, or is there twice.
    #[track_caller]
    pub fn get_disjoint_mut<const N: usize>(
        &mut self,
        keys: [usize; N],
    ) -> Result<[&mut V; N], GetDisjointMutError> {
        self.lend_all();
        let slots = self.slab.get_disjoint_mut(keys)?;
        Ok(slots.map(|slot| slot.value_mut()))
    }

    /// Same as [`slab::Slab::contains`]; records nothing.
    #[inline]
    pub fn contains(&self, key: usize) -> bool {
        self.slab.contains(key)
    }

    /// What happened to a key lately, as [`HashMap::history`](crate::HashMap::history); records nothing.
    ///
    /// A slab gives keys again: operations of entries that had the key before are told, too.
    ///
    /// O(operations kept).
    pub fn history(&self, key: usize) -> History {
        let hash = || T::key_hash(&key);
        self.log.recorder.history::<usize, V, T>(hash)
    }

    /// Same as [`slab::Slab::key_of`], but O(entries); records nothing.
    ///
    /// # Panics
    /// If the value is not in this slab.
    #[track_caller]
    pub fn key_of(&self, present_element: &V) -> usize {
        entries(&self.slab)
            .find(|(_, value)| std::ptr::eq(*value, present_element))
            .map(|(key, _)| key)
            .expect("the value is in this slab")
    }

    /// Same as [`slab::Slab::insert`]; counts one insertion.
    ///
    /// # Panics
    /// If the new number of elements overflows `usize`.
    #[inline]
    #[track_caller]
    pub fn insert(&mut self, val: V) -> usize {
        let at = Caller::here();
        self.settle();
        let key = self.slab.vacant_key();
        match self.log.quiet::<usize, V>(&key, &val, self.slab.len() + 1) {
            Some(quiet) if !self.needs_room(key) => {
                quiet.came();
                self.slab.insert(Keyless::unmarked(val))
            }
            _ => self.insert_noted(val, at),
        }
    }

    /// The same for an entry of which more is recorded than that it came.
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn insert_noted(&mut self, val: V, at: Caller) -> usize {
        if !MARKS {
            let key = self.slab.vacant_key();
            let hash = self.log.key_hash::<usize, V>(&key);
            let is_vacant = Recorder::is_residue::<usize, V, T>(&val);
            if self.needs_room(key) {
                self.grow();
            }
            // The slab's own insertion, as that of the many: who is inlined where it is called once is not where it is called twice.
            let key = self.slab.insert(Keyless::unmarked(val));
            let len = self.slab.len();
            self.log.comes_noted::<usize, V>(is_vacant, hash, len, at);
            return key;
        }
        let VacantEntry { base, log, len } = self.enter();
        let key = base.key();
        let arrival = log.arrival::<usize, V>(&key, len, false, at);
        log.put_noted::<usize, V>(|slot| base.insert(slot), val, arrival);
        log.recorder.raise::<usize, V, T>();
        key
    }

    /// Same as [`slab::Slab::vacant_key`]; records nothing.
    #[inline]
    pub fn vacant_key(&self) -> usize {
        self.slab.vacant_key()
    }

    /// Same as [`slab::Slab::vacant_entry`], but makes room right away if anything is recorded; what is done with the entry is
    /// recorded.
    #[inline]
    #[track_caller]
    pub fn vacant_entry(&mut self) -> VacantEntry<'_, V, T> {
        self.settle();
        self.enter()
    }

    #[inline(always)]
    fn enter(&mut self) -> VacantEntry<'_, V, T> {
        if self.needs_room(self.slab.vacant_key()) {
            self.grow();
        }
        VacantEntry {
            len: self.slab.len() + 1,
            base: self.slab.vacant_entry(),
            log: &mut self.log,
        }
    }
}

impl<'a, V, T: Keeper<usize, V>> VacantEntry<'a, V, T> {
    /// Same as [`slab::VacantEntry::insert`]; counts one insertion.
    #[inline]
    #[track_caller]
    pub fn insert(self, val: V) -> &'a mut V {
        let Self { base, log, len } = self;
        let arrival = log.arrival::<usize, V>(&base.key(), len, true, Caller::here());
        let slot = log.put::<usize, V>(|slot| base.insert(slot), val, arrival);
        log.recorder.raise::<usize, V, T>();
        slot.value_mut()
    }

    /// Same as [`slab::VacantEntry::key`]; records nothing.
    #[inline]
    pub fn key(&self) -> usize {
        self.base.key()
    }
}

impl<V, T: Keeper<usize, V>> fmt::Debug for VacantEntry<'_, V, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VacantEntry")
            .field("key", &self.key())
            .finish_non_exhaustive()
    }
}
