//! The map and the set that threads share: dashmap's API (6) over shards of locks, each with a [`HashMap`](crate::HashMap)'s record.
//!
//! One hash per operation picks the shard, serves its table and the sampling decision. Hooks and guards run while the
//! entry's shard is locked, so nobody sees an entry whose exit is half done. Steps that touch several shards lock them in
//! the order of their numbers (`order`), and are seen by all other operations as a whole or not at all.
//!
//! Left out of dashmap's, for want of unsafe code: `MappedRef::key` and `pair` (a guard reaches one thing) and
//! `RefMut::downgrade` (a guard of one entry that writes cannot become one that reads); for it would be a way past the record:
//! what its feature `raw-api` adds. An `Iter` and the guards do not name the hasher's or keeper's types where dashmap's do not.

mod batch;
mod construct;
#[cfg(feature = "dashmap")]
mod dashmap;
mod entry;
mod guard;
mod hash_set;
mod iter;
pub mod mapref;
#[cfg(all(test, mapkeeper_models))]
#[path = "../../models/src/mutants.rs"]
pub(crate) mod mutants;
mod operators;
mod order;
mod read_only;
mod remove;
pub mod setref;
mod shard;
mod traits;
mod whole;

use std::{
    borrow::Borrow,
    hash::{BuildHasher, Hash, RandomState},
};

pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use guard::{MappedRef, MappedRefMut, Ref, RefMulti, RefMut, RefMutMulti, TryResult};
pub use hash_set::{HashSet, SetIntoIter, SetIter, SetRef};
pub use iter::{IntoIter, Iter, IterMut};
pub use read_only::ReadOnlyView;

use crate::{
    Keeper, Untracked, hash_map,
    mode::{Caller, RECORDS, Whole, holds},
    threads::parking_lot::{RwLockReadGuard, RwLockWriteGuard},
};
pub(crate) use shard::Ask;
use shard::{Part, Shard, Written};

/// In strict mode, a guard that was held for `least` or longer is a WARN event, at most one a minute for each site, that names
/// the line which took it; a second, unless this says otherwise. Other modes time no guard.
pub fn set_long_hold(least: std::time::Duration) {
    holds::set_long_hold(least);
}

/// A hash map that threads share without a lock around it, every mutation recorded for the place it stands in.
///
/// Method for method dashmap's `DashMap` (6): a map of shards, each behind a lock of its own. What is beyond it:
///
/// - hooks run exactly once for each entry that leaves, with the cause, while its shard is locked; a guarded map has no
///   unchecked removal ([`try_remove`](Self::try_remove) asks);
/// - [`insert_many`](Self::insert_many), [`remove_many`](Self::remove_many), [`update_many`](Self::update_many),
///   [`replace_all`](Self::replace_all), [`clear`](Self::clear), [`len`](Self::len), [`snapshot`](Self::snapshot) and a clone
///   are one step each: other threads see all of it or none;
/// - iterators hold no lock between two items, so an entry may be removed while iterating, and a leaked one locks nothing;
/// - what panics (a hook, a closure) leaves the map whole and unlocked;
/// - [`get_or_insert_with`](Self::get_or_insert_with) makes a value once per key.
///
/// Guards ([`Ref`], [`RefMut`], [`Entry`]) hold a lock while they live and stay on their thread, so that a future which keeps
/// one over an `.await` is not `Send`: a runtime of several threads does not take it. With the feature `send_guard` they go
/// where their keys and values may, as dashmap's do. `T` says which place the map is for; `#[tracked]` fills it in.
///
/// # Deadlocks
/// A thread that holds a [`RefMut`] or [`Entry`] and asks for another entry of the same shard waits for itself, and so does
/// one that holds a [`Ref`] and asks to write. In strict mode that panics at the caller's line, naming the line that took the
/// guard; otherwise it waits for ever, as in dashmap.
///
/// A hook runs while the shard of its entry is locked: if it calls back into its map, it waits for itself where the other key
/// is in that shard, and two threads may wait for each other where it is not. Strict panics at once, whatever the shard.
///
/// Strict also tells (WARN events under the target `mapkeeper::locks`) of guards that were held for
/// [long](set_long_hold), and of two maps, of one site or two, that are locked in opposite orders, with the lines of both.
/// Observe counts who waited and how long: [`SiteReport::contention`](crate::SiteReport::contention). A wait that ends within
/// nanoseconds is none.
///
/// # In async code
/// Take what is needed out of a guard, or use [`view`](Self::view) and [`alter`](Self::alter), and let it go before the next
/// `.await`. (`cargo run -p mapkeeper-examples --bin shared_sessions` is a program that does.) Where tasks stay on one thread,
/// another task may run while the guard lives; strict panics if that one asks for the same shard in a way that conflicts,
/// naming both lines. With `send_guard`, a task may take its guard along to another thread: strict tells of it when the guard
/// is let go there, naming the line that took it. Until then it counts as held by the thread that took it, and a task which
/// asks that thread for the shard is refused.
///
/// The feature turns on `parking_lot/send_guard`: all guards of parking_lot's in the program may cross threads then, and its
/// `deadlock_detection` cannot be used.
///
/// ```
/// # async fn send(_: String) {}
/// # async fn greet(names: mapkeeper::sync::HashMap<u64, String>) {
/// if let Some(name) = names.view(&7, |_, name| name.clone()) {
///     send(name).await; // nothing is locked
/// }
/// # }
/// ```
///
/// # Panics
/// In strict mode as [`HashMap`](crate::HashMap), and for what would be a deadlock.
///
/// # Examples
/// ```
/// let hits: mapkeeper::sync::HashMap<&str, u32> = mapkeeper::sync::HashMap::new();
/// std::thread::scope(|threads| {
///     for _ in 0..4 {
///         threads.spawn(|| *hits.entry("home").or_insert(0) += 1);
///     }
/// });
/// assert_eq!(hits.remove("home"), Some(("home", 4)));
/// ```
pub struct HashMap<K, V, S = RandomState, T: Keeper<K, V> = Untracked> {
    hash_builder: S,
    shards: Box<[Shard<K, V, S, T>]>,
    whole: Whole,
}

/// Which of so many shards (a power of two) an entry is in. The table finds it by the hash's lowest bits and tells it from
/// its neighbours by the highest seven; observe samples those whose mixed hash begins with eight zeros. These are others,
/// and they are mixed, for many hashers leave the high bits of small keys alone.
#[inline(always)]
fn shard_of(hash: u64, shards: usize) -> usize {
    let mixed = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 36) as usize & (shards - 1)
}

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> HashMap<K, V, S, T> {
    #[inline]
    fn hash_of<Q: Hash + ?Sized>(&self, key: &Q) -> u64 {
        hash_map::hash_of(&self.hash_builder, key)
    }

    #[inline(always)]
    fn shard(&self, hash: u64) -> &Shard<K, V, S, T> {
        &self.shards[shard_of(hash, self.shards.len())]
    }

    /// The hash of `item`, cut to a `usize`, as this map hashes keys.
    pub fn hash_usize<Q: Hash>(&self, item: &Q) -> usize {
        self.hash_of(item) as usize
    }

    /// A reference to the value of `key`. Waits while somebody writes to its shard.
    ///
    /// # Panics
    /// In strict mode, if this thread holds a guard that writes to the shard.
    #[inline]
    #[track_caller]
    pub fn get<Q>(&self, key: &Q) -> Option<Ref<'_, K, V>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let hash = self.hash_of(key);
        let (map, hold) = self.shard(hash).read(Caller::here());
        let slot = RwLockReadGuard::try_map(map, |map| map.slot_of(hash, key)).ok()?;
        Some(Ref::new(slot, hold))
    }

    /// A mutable reference to the value of `key`. Waits while somebody reads or writes its shard; strict looks at the value
    /// again at the shard's next operation.
    ///
    /// # Panics
    /// In strict mode, if this thread holds a guard of the shard.
    #[inline]
    #[track_caller]
    pub fn get_mut<Q>(&self, key: &Q) -> Option<RefMut<'_, K, V>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let at = Caller::here();
        let hash = self.hash_of(key);
        let (mut map, hold) = self.shard(hash).write(at);
        map.settle();
        let slot = RwLockWriteGuard::try_map(map, |map| map.lend_of(hash, key, at)).ok()?;
        Some(RefMut::new(slot, hold))
    }

    /// The same as [`get`](Self::get) if nobody writes to the shard; waits for nobody.
    #[inline]
    pub fn try_get<Q>(&self, key: &Q) -> TryResult<Ref<'_, K, V>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let hash = self.hash_of(key);
        let Some((map, hold)) = self.shard(hash).try_read(Caller::here()) else {
            return TryResult::Locked;
        };
        match RwLockReadGuard::try_map(map, |map| map.slot_of(hash, key)) {
            Ok(slot) => TryResult::Present(Ref::new(slot, hold)),
            Err(_) => TryResult::Absent,
        }
    }

    /// The same as [`get_mut`](Self::get_mut) if nobody reads or writes the shard; waits for nobody.
    #[inline]
    #[track_caller]
    pub fn try_get_mut<Q>(&self, key: &Q) -> TryResult<RefMut<'_, K, V>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let at = Caller::here();
        let hash = self.hash_of(key);
        let Some((mut map, hold)) = self.shard(hash).try_write(at) else {
            return TryResult::Locked;
        };
        map.settle();
        match RwLockWriteGuard::try_map(map, |map| map.lend_of(hash, key, at)) {
            Ok(slot) => TryResult::Present(RefMut::new(slot, hold)),
            Err(_) => TryResult::Absent,
        }
    }

    /// What `f` makes of the entry of `key`, whose shard is locked meanwhile.
    #[inline]
    #[track_caller]
    pub fn view<Q, R>(&self, key: &Q, f: impl FnOnce(&K, &V) -> R) -> Option<R>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let hash = self.hash_of(key);
        let (map, _hold) = self.shard(hash).read(Caller::here());
        let slot = map.slot_of(hash, key)?;
        Some(f(slot.key(), slot.value()))
    }

    /// Whether `key` is there.
    #[inline]
    #[track_caller]
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let hash = self.hash_of(key);
        let (map, _hold) = self.shard(hash).read(Caller::here());
        map.slot_of(hash, key).is_some()
    }

    /// Inserts; counts one insertion, or one replacement (cause [`Replaced`](crate::RemovalCause::Replaced)), whose value
    /// is handed over.
    #[inline]
    #[track_caller]
    pub fn insert(&self, key: K, value: V) -> Option<V> {
        let at = Caller::here();
        let hash = self.hash_of(&key);
        let (mut map, _hold) = self.shard(hash).write(at);
        map.settle();
        self.make_room(&mut map, hash);
        let old = map.put(hash, key, value, at);
        if old.is_none() {
            self.came(&mut map, hash, at);
        }
        map.raise();
        old
    }

    /// Inserts what is not there, and says whether it was not; else nothing is done, or counted.
    #[inline]
    #[track_caller]
    fn insert_new(&self, key: K, value: V) -> bool {
        let at = Caller::here();
        let hash = self.hash_of(&key);
        let (mut map, _hold) = self.shard(hash).write(at);
        map.settle();
        self.make_room(&mut map, hash);
        let is_new = map.put_new(hash, key, value, at);
        if is_new {
            self.came(&mut map, hash, at);
        }
        map.raise();
        is_new
    }

    /// Makes sure that there is room for one more in the shard of the hash, which is locked.
    #[inline(always)]
    fn make_room(&self, map: &mut Part<K, V, S, T>, hash: u64) {
        if map.is_full() {
            self.grow(map, hash);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&self, map: &mut Part<K, V, S, T>, hash: u64) {
        map.grow();
        let shards = self.shards.len();
        map.grew(&self.whole, shard_of(hash, shards), shards);
    }

    /// Inserts a key that is not there into the shard of the hash, and says where.
    #[inline(always)]
    #[track_caller]
    fn place_in(
        &self,
        map: &mut Part<K, V, S, T>,
        hash: u64,
        (key, value): (K, V),
        lent: bool,
        at: Caller,
    ) -> usize {
        self.make_room(map, hash);
        let bucket = map.place(hash, key, value, lent, at);
        self.came(map, hash, at);
        bucket
    }

    /// The entry of `key`, whose shard stays locked while the entry lives.
    ///
    /// # Panics
    /// In strict mode, if this thread holds a guard of the shard.
    #[inline]
    #[track_caller]
    pub fn entry(&self, key: K) -> Entry<'_, K, V, S, T> {
        let hash = self.hash_of(&key);
        let locked = self.shard(hash).write(Caller::here());
        self.entry_in(locked, hash, key)
    }

    /// The same as [`entry`](Self::entry) if nobody reads or writes the shard; waits for nobody.
    #[inline]
    #[track_caller]
    pub fn try_entry(&self, key: K) -> Option<Entry<'_, K, V, S, T>> {
        let hash = self.hash_of(&key);
        let locked = self.shard(hash).try_write(Caller::here())?;
        Some(self.entry_in(locked, hash, key))
    }

    #[inline(always)]
    #[track_caller]
    fn entry_in<'a>(
        &'a self,
        (mut map, hold): Written<'a, K, V, S, T>,
        hash: u64,
        key: K,
    ) -> Entry<'a, K, V, S, T> {
        map.settle();
        entry::find(self, map, hold, hash, key)
    }

    /// The value of `key`, made by `make` if it is not there: once per key, however many threads ask for it. Others that
    /// ask for keys of its shard wait meanwhile, nobody else does.
    ///
    /// # Panics
    /// With a panic of `make`; nothing is inserted then.
    #[inline]
    #[track_caller]
    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> V) -> Ref<'_, K, V> {
        let at = Caller::here();
        let hash = self.hash_of(&key);
        let shard = self.shard(hash);
        let (map, hold) = shard.read(at);
        if let Ok(slot) = RwLockReadGuard::try_map(map, |map| map.slot_of(hash, &key)) {
            return Ref::new(slot, hold);
        }
        drop(hold);
        let (mut map, hold) = shard.write(at);
        map.settle();
        let bucket = match map.bucket_of(hash, &key) {
            Some(bucket) => bucket,
            None => {
                let value = make();
                let bucket = self.place_in(&mut map, hash, (key, value), false, at);
                map.raise();
                bucket
            }
        };
        let map = RwLockWriteGuard::downgrade(map);
        Ref::new(guard::in_place(map, bucket), hold.downgraded())
    }

    /// Makes a new value of the one of `key`, if it is there; its shard is locked meanwhile.
    ///
    /// # Panics
    /// With a panic of `f`: the entry is gone then, with the value that `f` was given. It counts as
    /// [`Removed`](crate::RemovalCause::Removed); its hook has no value to be shown and does not run.
    #[inline]
    #[track_caller]
    pub fn alter<Q>(&self, key: &Q, f: impl FnOnce(&K, V) -> V)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let at = Caller::here();
        let hash = self.hash_of(key);
        let (mut map, _hold) = self.shard(hash).write(at);
        map.settle();
        if let Some(bucket) = map.bucket_of(hash, key) {
            map.alter_in(bucket, at, f);
        }
        map.raise();
    }

    /// Makes a new value of each, shard by shard. Entries that come meanwhile may be left out.
    ///
    /// # Panics
    /// As [`alter`](Self::alter), at the first panic.
    #[track_caller]
    pub fn alter_all(&self, mut f: impl FnMut(&K, V) -> V) {
        let at = Caller::here();
        for shard in &self.shards {
            let (mut map, _hold) = shard.write(at);
            map.settle();
            for bucket in 0..map.places() {
                map.alter_in(bucket, at, &mut f);
            }
            map.raise();
        }
    }
}

impl<K, V, S, T: Keeper<K, V>> HashMap<K, V, S, T> {
    /// The hasher.
    #[inline]
    pub fn hasher(&self) -> &S {
        &self.hash_builder
    }

    /// How many shards there are.
    #[inline]
    pub fn shard_amount(&self) -> usize {
        self.shards.len()
    }

    /// Every entry, in no particular order. No lock is held between two items, so that entries may be removed, inserted or
    /// waited for meanwhile: a key that stays is shown once, one that comes or goes may be.
    ///
    /// A shard's hashes are noted when it is its turn, eight bytes an entry.
    #[inline]
    pub fn iter(&self) -> Iter<'_, K, V, S, T> {
        Iter::new(self)
    }

    /// Every entry, to be changed; as [`iter`](Self::iter).
    #[inline]
    pub fn iter_mut(&self) -> IterMut<'_, K, V, S, T> {
        IterMut::new(self)
    }

    /// Shows the hooks of each shard to `look` (`hooks = Type`): each has its own, made by `Default` at first use.
    #[track_caller]
    pub fn each_hooks(&self, mut look: impl FnMut(&mut T::Hooks))
    where
        T: crate::StatefulKeeper,
    {
        for shard in &self.shards {
            let (mut map, _hold) = shard.write(Caller::here());
            look(map.hooks_mut());
        }
    }

    /// A key came into a shard that is locked. A map that may not be longer is counted if it could be.
    #[inline(always)]
    #[track_caller]
    fn came(&self, map: &mut Part<K, V, S, T>, hash: u64, at: Caller) {
        if RECORDS && T::CONTRACT.max_len.is_some() {
            let own = (shard_of(hash, self.shards.len()), map.len());
            let count = || self.len_beside(|number| (number == own.0).then_some(own.1), at);
            if let Some(len) = self.whole.inserted::<K, V, T>(1, count) {
                map.recorder_mut().too_long::<K, V, T>(len, at);
            }
        }
    }
}
