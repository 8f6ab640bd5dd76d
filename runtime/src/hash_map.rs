//! The instrumented hash map: std's `HashMap`, method for method, with a record of every way in and out.
//!
//! One hash per operation serves the table and the sampling decision. Lookups are the table's own code. There is no
//! `Deref` to a plain map and no unsafe method, so nothing gets past the record; `get_disjoint_unchecked_mut` (an
//! `unsafe fn`) is the one method of std's that is left out. Beyond std's it has what hashbrown's map has (`beyond_std` says
//! what not). What keys are looked up by is a part of its type (`likeness`).
//!
//! Order of events on every exit: the entry is out of the table (bulk exits: is about to be), the record is made, the
//! hook runs, the value is handed over or dropped.

mod beyond_std;
mod construct;
mod drain;
mod entry;
mod entry_ref;
mod extract_if;
pub(crate) mod grow;
mod history;
mod into_iter;
mod iter;
mod likeness;
mod log;
mod lookup;
mod originals;
mod raw_entry;
mod remove;
mod remove_tracked;
#[cfg(feature = "sync")]
mod shard;
mod traits;
mod try_reserve;

use std::{
    hash::{BuildHasher, Hash, Hasher, RandomState},
    marker::PhantomData,
};

use hashbrown::{HashTable, hash_table};

pub use drain::Drain;
pub use entry::{Entry, OccupiedEntry, OccupiedError, VacantEntry};
pub use entry_ref::{EntryRef, VacantEntryRef};
pub use extract_if::ExtractIf;
pub use into_iter::{IntoIter, IntoKeys, IntoValues};
pub use iter::{Iter, IterMut, Keys, Values, ValuesMut};
pub use likeness::{ByBorrow, ByEquivalent, Lookup};
pub use raw_entry::{
    RawEntryBuilder, RawEntryBuilderMut, RawEntryMut, RawOccupiedEntryMut, RawVacantEntryMut,
};
pub use std::collections::hash_map::DefaultHasher;

use crate::{
    Keeper, StatefulKeeper, Untracked,
    log::{Log, listens},
    mode::{Caller, Footprint, Recorder},
};
use grow::{grow, is_full};
use log::Arrival;

pub(crate) use crate::store::Slot;
pub(crate) use lookup::Finder;

/// A hash map whose every mutation is recorded for the place it stands in.
///
/// Same as [`std::collections::HashMap`] in every method and trait, and beyond it [`try_remove`](Self::try_remove),
/// [`remove_many`](Self::remove_many) and [`try_insert`](Self::try_insert). `T` says which place; `#[tracked]` fills it
/// in, and [`Untracked`] is a plain map. Without a keeper in its type (`HashMap<K, V>`), nothing is recorded. `L` says what
/// keys are looked up by: std's rule, or in the place of a hashbrown map hashbrown's ([`Lookup`]).
///
/// The keeper of a map stays with it; a clone starts with a keeper of its own.
///
/// *Auto traits* are those of the original, if hooks with state have them, too. *Variance*: covariant in `K`, `V` and `S`, like the
/// original; in a field under `#[tracked]`, invariant in the parameters of the item that its type names. *Drop check*: stricter
/// than the original's, in any mode: it must not outlive what its entries borrow.
///
/// # Panics
/// In strict mode, an operation that breaks a declared contract panics at the caller's line once it is done; the map is
/// whole and holds what the operation made of it. What a `&mut` broke is found by the next operation, which panics
/// instead of being done.
///
/// # Examples
/// ```
/// let mut stock: mapkeeper::HashMap<&str, u32> = mapkeeper::HashMap::new();
/// stock.insert("bolts", 40);
/// assert_eq!(stock.remove("bolts"), Some(40));
/// ```
pub struct HashMap<K, V, S = RandomState, T: Keeper<K, V> = Untracked, L = ByBorrow> {
    hash_builder: S,
    table: HashTable<Slot<K, V>>,
    log: Log<T>,
    lookup: PhantomData<fn() -> L>,
}

/// The same as `hash_one`, whose code is shared by all of a program's maps; this is made for the one that calls it, which
/// halves SipHash's instructions for a number. Every hash of a map comes from here: a hasher may give `hash_one` other ones.
#[inline]
#[expect(
    clippy::manual_hash_one,
    reason = "it is half as many instructions by hand"
)]
pub(crate) fn hash_of<Q: Hash + ?Sized, S: BuildHasher>(hash_builder: &S, key: &Q) -> u64 {
    let mut hasher = hash_builder.build_hasher();
    key.hash(&mut hasher);
    hasher.finish()
}

/// Every entry of a table.
fn entries<K, V>(table: &HashTable<Slot<K, V>>) -> impl Iterator<Item = (&K, &V)> {
    table.iter().map(|slot| (slot.key(), slot.value()))
}

/// How the table hashes an entry again.
#[inline(always)]
fn rehash<K: Hash, V, S: BuildHasher>(hash_builder: &S) -> impl Fn(&Slot<K, V>) -> u64 + '_ {
    |slot| hash_of(hash_builder, slot.key())
}

/// How a record hashes an entry again.
pub(crate) type Rehash<'h, K, V> = &'h dyn Fn(&Slot<K, V>) -> u64;

/// A table's own entry.
type Occupied<'a, K, V> = hash_table::OccupiedEntry<'a, Slot<K, V>>;

/// How the table finds a key.
#[inline(always)]
fn is_key<K: Eq, V>(key: &K) -> impl Fn(&Slot<K, V>) -> bool + '_ {
    move |slot| key.eq(slot.key())
}

/// How the table finds what a key is like, by the rule `L`.
#[inline(always)]
fn is_like<'q, K, V, Q: ?Sized, L: Lookup<K, Q>>(key: &'q Q) -> impl Fn(&Slot<K, V>) -> bool + 'q {
    move |slot| L::matches(slot.key(), key)
}

impl<K, V, S, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    /// Same as [`std::collections::HashMap::capacity`]; records nothing.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.table.capacity()
    }

    /// The bytes that the table takes up, as hashbrown's method of this name says; records nothing.
    #[inline]
    pub fn allocation_size(&self) -> usize {
        self.table.allocation_size()
    }

    /// Same as [`std::collections::HashMap::len`]; records nothing.
    #[inline]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Same as [`std::collections::HashMap::is_empty`]; records nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Same as [`std::collections::HashMap::hasher`]; records nothing.
    #[inline]
    pub fn hasher(&self) -> &S {
        &self.hash_builder
    }

    /// Same as [`std::collections::HashMap::iter`]; records nothing.
    #[inline]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            inner: self.table.iter(),
        }
    }

    /// Same as [`std::collections::HashMap::keys`]; records nothing.
    #[inline]
    pub fn keys(&self) -> Keys<'_, K, V> {
        Keys { inner: self.iter() }
    }

    /// Same as [`std::collections::HashMap::values`]; records nothing.
    #[inline]
    pub fn values(&self) -> Values<'_, K, V> {
        Values { inner: self.iter() }
    }

    /// Same as [`std::collections::HashMap::iter_mut`]; strict looks at the values again at the next operation.
    #[inline]
    #[track_caller]
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        self.lend_all();
        IterMut {
            inner: self.table.iter_mut(),
        }
    }

    /// Same as [`std::collections::HashMap::values_mut`]; strict looks at the values again at the next operation.
    #[inline]
    #[track_caller]
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, V> {
        self.lend_all();
        ValuesMut {
            inner: IterMut {
                inner: self.table.iter_mut(),
            },
        }
    }

    #[inline(always)]
    #[track_caller]
    fn lend_all(&mut self) {
        self.log.recorder.settle::<K, V, T>(&mut self.table);
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

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    /// Same as [`std::collections::HashMap::reserve`]; records the table's new size.
    ///
    /// # Panics
    /// If the new capacity overflows `isize::MAX` bytes.
    #[inline]
    #[track_caller]
    pub fn reserve(&mut self, additional: usize) {
        if additional > self.table.capacity() - self.table.len() {
            self.log.recorder.settle::<K, V, T>(&mut self.table);
            grow(
                &mut self.table,
                &self.hash_builder,
                &mut self.log,
                additional,
            );
        }
    }

    /// Same as [`std::collections::HashMap::shrink_to_fit`]; records the table's new size.
    #[track_caller]
    pub fn shrink_to_fit(&mut self) {
        self.shrink_to(0);
    }

    /// Same as [`std::collections::HashMap::shrink_to`]; records the table's new size.
    #[track_caller]
    pub fn shrink_to(&mut self, min_capacity: usize) {
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        let before = Footprint::of(&self.table);
        let hasher = rehash(&self.hash_builder);
        let buckets = self.table.num_buckets();
        self.table.shrink_to(min_capacity, &hasher);
        if self.table.num_buckets() != buckets || self.table.is_empty() {
            self.log
                .recorder
                .resized::<K, V, T>(&self.table, before, Some(&hasher), None);
        }
    }

    /// Same as [`std::collections::HashMap::get`]; records nothing.
    #[inline]
    pub fn get<Q>(&self, k: &Q) -> Option<&V>
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
    {
        if self.table.is_empty() {
            return None;
        }
        match self
            .table
            .find(hash_of(&self.hash_builder, k), is_like::<_, _, _, L>(k))
        {
            Some(slot) => Some(slot.value()),
            None => None,
        }
    }

    /// Same as [`std::collections::HashMap::get_key_value`]; records nothing.
    #[inline]
    pub fn get_key_value<Q>(&self, k: &Q) -> Option<(&K, &V)>
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
    {
        self.find_like(k).map(|slot| (slot.key(), slot.value()))
    }

    /// Same as [`std::collections::HashMap::contains_key`]; records nothing.
    #[inline]
    pub fn contains_key<Q>(&self, k: &Q) -> bool
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
    {
        self.find_like(k).is_some()
    }

    /// Same as [`std::collections::HashMap::get_mut`]; strict looks at the value again at the next operation.
    #[inline]
    #[track_caller]
    pub fn get_mut<Q>(&mut self, k: &Q) -> Option<&mut V>
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
    {
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        if self.table.is_empty() {
            return None;
        }
        let hash = hash_of(&self.hash_builder, k);
        if Recorder::watches_loans::<K, V, T>() {
            let entry = self.table.find_entry(hash, is_like::<_, _, _, L>(k)).ok()?;
            self.log
                .recorder
                .lent_one(entry.bucket_index(), Caller::here());
            return Some(entry.into_mut().value_mut());
        }
        self.table
            .find_mut(hash, is_like::<_, _, _, L>(k))
            .map(|slot| slot.value_mut())
    }

    /// Same as [`std::collections::HashMap::get_disjoint_mut`]; strict looks at the values again at the next operation.
    ///
    /// # Panics
    /// If any two keys are the same.
    #[track_caller]
    pub fn get_disjoint_mut<Q, const N: usize>(&mut self, ks: [&Q; N]) -> [Option<&'_ mut V>; N]
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
    {
        self.lend_all();
        let hashes = ks.map(|key| hash_of(&self.hash_builder, key));
        self.table
            .get_disjoint_mut(hashes, |i, slot| L::matches(slot.key(), ks[i]))
            .map(|slot| slot.map(|slot| slot.value_mut()))
    }

    /// Same as [`std::collections::HashMap::insert`]; counts one insertion, or one replacement (cause
    /// [`Replaced`](crate::RemovalCause::Replaced)).
    // Always, like `remove`: a call more would cost as much as the record does. In debug builds the callers' frames keep their
    // names instead.
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[track_caller]
    pub fn insert(&mut self, k: K, v: V) -> Option<V> {
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        let old = self.insert_at(k, v, Caller::here());
        self.log.recorder.raise::<K, V, T>();
        old
    }

    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn insert_at(&mut self, key: K, value: V, at: Caller) -> Option<V> {
        self.insert_or(key, value, at, |log, entry, _, value, hash| {
            log.replace(entry, value, hash, at)
        })
    }

    /// The hash of a key that is to come, for which there is room then. If nobody listens, the table makes room itself.
    #[inline(always)]
    fn hash_and_make_room(&mut self, key: &K) -> u64 {
        let hash = hash_of(&self.hash_builder, key);
        if listens::<K, V, T>() && is_full(&self.table) {
            grow(&mut self.table, &self.hash_builder, &mut self.log, 1);
        }
        hash
    }

    /// Inserts what is new; what is `known` is for the caller to deal with, who gets the hash last.
    #[inline(always)]
    fn insert_or<R>(
        &mut self,
        key: K,
        value: V,
        at: Caller,
        known: impl FnOnce(&mut Log<T>, &mut Occupied<'_, K, V>, K, V, u64) -> R,
    ) -> Option<R> {
        let hash = self.hash_and_make_room(&key);
        self.insert_hashed(hash, key, value, at, known)
    }

    /// The same with room for one more.
    #[inline(always)]
    fn insert_hashed<R>(
        &mut self,
        hash: u64,
        key: K,
        value: V,
        at: Caller,
        known: impl FnOnce(&mut Log<T>, &mut Occupied<'_, K, V>, K, V, u64) -> R,
    ) -> Option<R> {
        let len = self.table.len() + 1;
        match self
            .table
            .entry(hash, is_key(&key), rehash(&self.hash_builder))
        {
            hash_table::Entry::Occupied(mut entry) => {
                Some(known(&mut self.log, &mut entry, key, value, hash))
            }
            hash_table::Entry::Vacant(entry) => {
                let arrival = Arrival {
                    hash,
                    len,
                    lent: false,
                    at,
                };
                self.log
                    .insert(|slot| entry.insert(slot), key, value, arrival);
                None
            }
        }
    }

    /// Same as std's (unstable) `HashMap::try_insert`; counts one insertion.
    ///
    /// # Errors
    /// If the key is there already: its entry, and the value that was not inserted.
    #[track_caller]
    pub fn try_insert(&mut self, key: K, value: V) -> Result<&mut V, OccupiedError<'_, K, V, T>> {
        match self.entry(key) {
            Entry::Occupied(entry) => Err(OccupiedError { entry, value }),
            Entry::Vacant(entry) => Ok(entry.insert(value)),
        }
    }

    /// Same as [`std::collections::HashMap::entry`]; what is done with the entry is recorded.
    #[inline]
    #[track_caller]
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V, T> {
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        let hash = hash_of(&self.hash_builder, &key);
        entry::find_or_absent(
            &mut self.table,
            &self.hash_builder,
            &mut self.log,
            hash,
            key,
        )
    }
}
