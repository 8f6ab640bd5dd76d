//! What a map is asked for that is a shard of a [`sync::HashMap`](crate::sync::HashMap): operations by a hash that is known
//! already, and by a place, in steps that fit under a lock that is held from one to the next.

use std::{
    borrow::Borrow,
    hash::{BuildHasher, Hash},
};

use super::{
    ByBorrow, HashMap, Slot, grow, hash_of, is_full, is_like,
    log::{Arrival, entry_in},
};
use crate::{
    Keeper, RemovalCause, Vetoed,
    log::{self, Log},
    mode::{Caller, RECORDS, Recorder, Whole},
};

impl<K, V, S, T: Keeper<K, V>> HashMap<K, V, S, T> {
    /// Whether the next insertion makes the table grow.
    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        is_full(&self.table)
    }

    pub(crate) fn recorder_mut(&mut self) -> &mut Recorder {
        &mut self.log.recorder
    }

    /// It may have got a table, as the shard `number` of `of` of this map.
    pub(crate) fn grew(&mut self, whole: &Whole, number: usize, of: usize) {
        if RECORDS && T::TRACKED {
            let recorder = &mut self.log.recorder;
            whole.shard_grew::<K, V, T>((number, of), recorder, &self.table);
        }
    }

    /// It is a copy of `source`, and has become the shard of a map.
    pub(crate) fn copied(&mut self, source: &Self, at: Caller) {
        if RECORDS && T::TRACKED {
            let Log { recorder, .. } = &mut self.log;
            recorder.shard_copied::<K, V, T>(&source.log.recorder, &mut self.table, at);
        }
    }

    /// Looks at what was lent since the last operation (strict).
    #[inline(always)]
    #[track_caller]
    pub(crate) fn settle(&mut self) {
        self.log.recorder.settle::<K, V, T>(&mut self.table);
    }

    /// Panics with the breach that the operation left behind (strict).
    #[inline(always)]
    #[track_caller]
    pub(crate) fn raise(&mut self) {
        self.log.recorder.raise::<K, V, T>();
    }

    /// How many places there are.
    pub(crate) fn places(&self) -> usize {
        self.table.num_buckets()
    }

    /// Where the entry of a hash is, in all likelihood, found without a look at any entry.
    #[inline(always)]
    pub(crate) fn candidate_of(&self, hash: u64) -> Option<usize> {
        self.table.find_bucket_index(hash, |_| true)
    }

    /// The entry in a place, if it is one and is taken.
    #[inline(always)]
    pub(crate) fn slot_in(&self, bucket: usize) -> Option<&Slot<K, V>> {
        self.table.get_bucket(bucket)
    }

    /// The entry in a place, its value to be changed by `at`.
    #[inline(always)]
    pub(crate) fn lend_in(&mut self, bucket: usize, at: Caller) -> Option<&mut Slot<K, V>> {
        let slot = self.table.get_bucket_mut(bucket)?;
        if Recorder::watches_loans::<K, V, T>() {
            self.log.recorder.settle_slot::<K, V, T>(slot, bucket);
            self.log.recorder.lent_one(bucket, at);
        }
        Some(slot)
    }

    /// Changes the value in a place by `f`; what that made of it is judged at once (strict).
    #[inline(always)]
    pub(crate) fn change_in<R>(
        &mut self,
        bucket: usize,
        at: Caller,
        f: impl FnOnce(&K, &mut V) -> R,
    ) -> Option<R> {
        let (key, value) = &mut self.lend_in(bucket, at)?.entry;
        let out = f(key, value);
        self.log.recorder.settle_quietly::<K, V, T>(&mut self.table);
        Some(out)
    }

    /// Makes a new value of the one in a place. If `f` panics, the entry is gone with what `f` was given.
    pub(crate) fn alter_in(&mut self, bucket: usize, at: Caller, f: impl FnOnce(&K, V) -> V) {
        let Ok(entry) = self.table.get_bucket_entry(bucket) else {
            return;
        };
        let vacant = self.log.recorder.counts_as_vacant::<K, V, T>(entry.get());
        let (slot, place) = entry.remove();
        let stamp = slot.stamp;
        let (key, value) = slot.entry;
        let mut panics = crate::panics::Panics::default();
        let mut altered = None;
        panics.run(|| altered = Some(f(&key, value)));
        match altered {
            Some(value) => {
                place.insert(Slot {
                    entry: (key, value),
                    stamp,
                });
                if Recorder::watches_loans::<K, V, T>() {
                    self.log.recorder.lent_one(bucket, at);
                    self.log.recorder.settle_quietly::<K, V, T>(&mut self.table);
                }
            }
            None => {
                let len = self.table.len() + 1;
                self.log.recorder.lost::<K, V, T>(stamp, vacant, len, at);
                self.log.recorder.reconcile::<K, V, T>(&self.table);
                panics.resume(T::site());
            }
        }
    }

    /// Asks the guard about the entry in a place.
    #[inline]
    pub(crate) fn ask_in(&self, bucket: usize, at: Caller) -> Result<(), Vetoed> {
        match self.slot_in(bucket) {
            Some(slot) => log::ask::<K, V, T>(slot.key(), slot.value(), at),
            None => Ok(()),
        }
    }

    /// Takes the entry out of its place, by its key; its hook has not run yet.
    #[inline(always)]
    pub(crate) fn take_in(&mut self, bucket: usize, hash: u64, at: Caller) -> Option<(K, V)> {
        let entry = self.table.get_bucket_entry(bucket).ok()?;
        Some(self.log.take(entry, hash, at).entry)
    }

    /// Takes the entry out of its place for `cause`; its hook has not run yet, and samples are to be
    /// [reconciled](Self::reconcile).
    pub(crate) fn leave_in(
        &mut self,
        bucket: usize,
        cause: RemovalCause,
        at: Caller,
    ) -> Option<(K, V)> {
        let len = self.table.len();
        let entry = self.table.get_bucket_entry(bucket).ok()?;
        self.log.leaving(entry.get(), cause, len, at);
        Some(entry.remove().0.entry)
    }

    /// Entries left for another cause than their keys.
    pub(crate) fn reconcile(&mut self) {
        self.log.recorder.reconcile::<K, V, T>(&self.table);
    }

    /// Runs the hook of an entry that was taken.
    #[inline(always)]
    pub(crate) fn tell(&mut self, key: &K, value: &V, cause: RemovalCause, at: Caller) {
        self.log.tell(key, value, cause, at);
    }

    /// Takes the entry out of its place, its hook run.
    #[inline(always)]
    pub(crate) fn remove_in(&mut self, bucket: usize, hash: u64, at: Caller) -> Option<(K, V)> {
        let entry = self.table.get_bucket_entry(bucket).ok()?;
        Some(self.log.remove(entry, hash, at))
    }

    /// Puts `value` in the place of the one in `bucket` and hands that over, its hook run.
    #[inline(always)]
    pub(crate) fn replace_in(&mut self, bucket: usize, hash: u64, value: V, at: Caller) -> V {
        let mut entry = entry_in(&mut self.table, bucket);
        self.log.replace(&mut entry, value, hash, at)
    }

    /// Puts `key`, which is equal, in the place of the one in `bucket`.
    pub(crate) fn swap_key_in(&mut self, bucket: usize, key: K) -> K {
        let mut entry = entry_in(&mut self.table, bucket);
        std::mem::replace(&mut entry.get_mut().entry.0, key)
    }

    /// A removal of a key with this hash found nothing.
    #[inline(always)]
    pub(crate) fn missed(&mut self, hash: u64, at: Caller) {
        self.log.recorder.missed::<K, V, T>(hash, at);
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> HashMap<K, V, S, T> {
    /// The entry of a key.
    #[inline(always)]
    pub(crate) fn slot_of<Q>(&self, hash: u64, key: &Q) -> Option<&Slot<K, V>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.table.find(hash, is_like::<_, _, _, ByBorrow>(key))
    }

    /// The place of a key.
    #[inline(always)]
    pub(crate) fn bucket_of<Q>(&self, hash: u64, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.table
            .find_bucket_index(hash, is_like::<_, _, _, ByBorrow>(key))
    }

    /// The entry of a key, its value to be changed by `at`.
    #[inline(always)]
    pub(crate) fn lend_of<Q>(&mut self, hash: u64, key: &Q, at: Caller) -> Option<&mut Slot<K, V>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if Recorder::watches_loans::<K, V, T>() {
            let bucket = self.bucket_of(hash, key)?;
            return self.lend_in(bucket, at);
        }
        self.table.find_mut(hash, is_like::<_, _, _, ByBorrow>(key))
    }

    /// Inserts, or replaces the value that is there and hands that over, its hook run. There has to be room for one more.
    #[inline(always)]
    pub(crate) fn put(&mut self, hash: u64, key: K, value: V, at: Caller) -> Option<V> {
        self.insert_hashed(hash, key, value, at, |log, entry, _, value, hash| {
            log.replace(entry, value, hash, at)
        })
    }

    /// Inserts a key if it is not there, and says whether it was not; else nothing is done. There has to be room for one more.
    #[inline(always)]
    pub(crate) fn put_new(&mut self, hash: u64, key: K, value: V, at: Caller) -> bool {
        let known = self.insert_hashed(hash, key, value, at, |_, _, _, _, _| ());
        known.is_none()
    }

    /// Makes room for one more, where [`is_full`](Self::is_full) says that there is none.
    pub(crate) fn grow(&mut self) {
        grow(&mut self.table, &self.hash_builder, &mut self.log, 1);
    }

    /// Inserts a key that is known not to be there, and says where. There has to be room for one more.
    #[inline(always)]
    pub(crate) fn place(&mut self, hash: u64, key: K, value: V, lent: bool, at: Caller) -> usize {
        let Self {
            hash_builder,
            table,
            log,
            ..
        } = self;
        let len = table.len() + 1;
        let arrival = Arrival {
            hash,
            len,
            lent,
            at,
        };
        let rehash = super::rehash(hash_builder);
        Log::insert(
            log,
            |slot| table.insert_unique(hash, slot, rehash),
            key,
            value,
            arrival,
        )
        .bucket_index()
    }

    /// Takes the entry of a key out, its hook run; a key that is not there counts as a miss.
    #[inline(always)]
    pub(crate) fn remove_hashed<Q>(&mut self, hash: u64, key: &Q, at: Caller) -> Option<(K, V)>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        match self
            .table
            .find_entry(hash, is_like::<_, _, _, ByBorrow>(key))
        {
            Ok(entry) => Some(self.log.remove(entry, hash, at)),
            Err(_) => {
                self.missed(hash, at);
                None
            }
        }
    }

    /// The hashes of all entries, in the order of their places.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = u64> {
        self.table
            .iter()
            .map(|slot| hash_of(&self.hash_builder, slot.key()))
    }

    /// How many bits of a hash say where in the table its entry is looked for first.
    pub(crate) fn place_bits(&self) -> u32 {
        self.table.num_buckets().max(1).ilog2()
    }

    /// Of the entries whose keys have this hash, the first one in a place from `first` on, and whether there is another.
    pub(crate) fn next_of_hash(&self, hash: u64, first: usize) -> Option<(usize, bool)> {
        let mut next: Option<(usize, bool)> = None;
        for bucket in self.table.iter_hash_buckets(hash) {
            let has_hash = |slot: &Slot<K, V>| hash_of(&self.hash_builder, slot.key()) == hash;
            if bucket >= first && self.slot_in(bucket).is_some_and(has_hash) {
                next = Some(match next {
                    Some((other, _)) => (bucket.min(other), true),
                    None => (bucket, false),
                });
            }
        }
        next
    }
}
