//! Steps that touch many keys and are one: iterators are used up, keys hashed and compared, and tables grown before the first
//! entry is touched, and every shard they need stays locked until the last one was.

use std::{
    borrow::Borrow,
    hash::{BuildHasher, Hash},
};

use hashbrown::HashTable;

use super::{
    HashMap,
    order::{read_all, write_all, write_to},
    shard::{Part, Written},
    shard_of,
};
use crate::{
    Keeper, RemovalCause, Unguarded,
    mode::{AUDIT, Caller, RECORDS},
    panics::Panics,
};

/// A key, or more, and its hash.
type Hashed<Q> = (u64, Q);

/// No bucket: all bits are set.
const NOWHERE: usize = usize::MAX;

/// Shards that a step needs, all of them locked, the others not.
struct Step<'a, K, V, S, T: Keeper<K, V>> {
    whole: &'a HashMap<K, V, S, T>,
    maps: Vec<Option<Written<'a, K, V, S, T>>>,
    at: Caller,
    panics: Panics,
}

impl<'a, K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> Step<'a, K, V, S, T> {
    /// Locks the shards of these hashes.
    #[track_caller]
    fn new<Q>(whole: &'a HashMap<K, V, S, T>, keys: &[Hashed<Q>], at: Caller) -> Self {
        let shards = whole.shards.len();
        let numbers = keys.iter().map(|(hash, _)| shard_of(*hash, shards));
        Self::of(whole, write_to(&whole.shards, numbers, at), at)
    }

    /// Locks all shards.
    #[track_caller]
    fn with_all(whole: &'a HashMap<K, V, S, T>, at: Caller) -> Self {
        let maps = write_all(&whole.shards, at);
        Self::of(whole, maps.into_iter().map(Some).collect(), at)
    }

    #[track_caller]
    fn of(
        whole: &'a HashMap<K, V, S, T>,
        mut maps: Vec<Option<Written<'a, K, V, S, T>>>,
        at: Caller,
    ) -> Self {
        for (map, _) in maps.iter_mut().flatten() {
            map.settle();
        }
        Self {
            whole,
            maps,
            at,
            panics: Panics::default(),
        }
    }

    #[inline(always)]
    fn number(&self, hash: u64) -> usize {
        shard_of(hash, self.maps.len())
    }

    #[inline(always)]
    fn map(&self, number: usize) -> &Part<K, V, S, T> {
        match &self.maps[number] {
            Some((map, _)) => map,
            None => unreachable!("every shard of the step is locked"),
        }
    }

    #[inline(always)]
    fn map_mut(&mut self, number: usize) -> &mut Part<K, V, S, T> {
        match &mut self.maps[number] {
            Some((map, _)) => map,
            None => unreachable!("every shard of the step is locked"),
        }
    }

    /// Entries in the shards that are locked.
    fn len(&self) -> usize {
        let maps = self.maps.iter().flatten();
        maps.map(|(map, _)| map.len()).sum()
    }

    /// In which bucket each key is, or [`NOWHERE`]. Apart from what is done there, and in passes, the second of which is as short
    /// as can be: so keys do not wait for one another's memory, first that of the tags, then that of the entries.
    fn find<'q, Q>(&self, keys: &[Hashed<&'q Q>]) -> Vec<usize>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized + 'q,
    {
        let mut buckets = Vec::with_capacity(keys.len());
        let mut slots = Vec::with_capacity(keys.len());
        for &(hash, _) in keys {
            let map = self.map(self.number(hash));
            let bucket = map.candidate_of(hash).unwrap_or(NOWHERE);
            buckets.push(bucket);
            slots.push(map.slot_in(bucket));
        }
        let mut others = Vec::new();
        for (number, (slot, &(_, key))) in slots.into_iter().zip(keys).enumerate() {
            if !slot.is_some_and(|slot| slot.key().borrow() == key) {
                others.push(number);
            }
        }
        for number in others {
            let (hash, key) = keys[number];
            let map = self.map(self.number(hash));
            buckets[number] = map.bucket_of(hash, key).unwrap_or(NOWHERE);
        }
        buckets
    }

    /// Makes room for all keys that are not there (one that is named twice may count twice), and for one more: else the last
    /// of them would fill a table up, and a value that is replaced next would make it grow.
    #[track_caller]
    fn make_room(&mut self, entries: &[Hashed<(K, V)>]) {
        let mut room = vec![0; self.maps.len()];
        for (hash, (key, _)) in entries {
            let number = self.number(*hash);
            let is_new = self.map(number).bucket_of(*hash, key).is_none();
            room[number] = room[number].max(1) + usize::from(is_new);
        }
        let whole = &self.whole.whole;
        let shards = self.maps.len();
        for (number, (locked, room)) in self.maps.iter_mut().zip(room).enumerate() {
            if let Some((map, _)) = locked
                && room > 0
            {
                map.reserve(room);
                map.grew(whole, number, shards);
            }
        }
    }

    /// Inserts; says how many keys are new, and hands over what was replaced. Of a set, what is there is left alone.
    fn insert(&mut self, entries: Vec<Hashed<(K, V)>>, replaces: bool) -> (usize, Vec<V>) {
        let at = self.at;
        let before = self.len();
        let mut old = Vec::new();
        let mut panics = std::mem::take(&mut self.panics);
        panics.run_each(entries, |(hash, (key, value))| {
            let whole = self.whole;
            let map = self.map_mut(self.number(hash));
            whole.make_room(map, hash);
            if replaces {
                old.extend(map.put(hash, key, value, at));
            } else {
                map.put_new(hash, key, value, at);
            }
        });
        self.panics = panics;
        (self.len() - before, old)
    }

    /// Takes out what is in the buckets of these hashes, and runs the hooks once all of it is out.
    fn take(
        &mut self,
        buckets: impl ExactSizeIterator<Item = (u64, usize)>,
        cause: RemovalCause,
        take: impl Fn(&mut Part<K, V, S, T>, usize, u64) -> Option<(K, V)>,
    ) -> Vec<(K, V)> {
        let at = self.at;
        let mut out = Vec::with_capacity(buckets.len());
        let mut numbers = Vec::new();
        let mut panics = std::mem::take(&mut self.panics);
        panics.run_each(buckets, |(hash, bucket)| {
            let number = self.number(hash);
            let map = self.map_mut(number);
            // What was taken a moment ago, by the same key, is not there again.
            match take(map, bucket, hash) {
                Some(entry) => {
                    out.push(entry);
                    if T::HOOKED || AUDIT {
                        numbers.push(number);
                    }
                }
                None => map.missed(hash, at),
            }
        });
        if T::HOOKED || AUDIT {
            panics.run_each(numbers.into_iter().zip(&out), |(number, (key, value))| {
                self.map_mut(number).tell(key, value, cause, at);
            });
        }
        self.panics = panics;
        out
    }

    /// Entries left for another cause than their keys.
    fn reconcile(&mut self) {
        for (map, _) in self.maps.iter_mut().flatten() {
            map.reconcile();
        }
    }

    /// Ends the step, by which so many keys came.
    ///
    /// # Panics
    /// With the first panic that was kept; or if the step broke what was declared (strict).
    #[track_caller]
    fn finish(mut self, new: usize) {
        let at = self.at;
        let too_long = if RECORDS && T::CONTRACT.max_len.is_some() && new > 0 {
            let own = |number: usize| self.maps[number].as_ref().map(|(map, _)| map.len());
            let count = || self.whole.len_beside(own, at);
            self.whole.whole.inserted::<K, V, T>(new, count)
        } else {
            None
        };
        self.panics.resume(T::site());
        let mut maps = self.maps.iter_mut().flatten();
        if let Some(len) = too_long
            && let Some((map, _)) = maps.next()
        {
            map.recorder_mut().too_long::<K, V, T>(len, at);
        }
        for (map, _) in self.maps.iter_mut().flatten() {
            map.raise();
        }
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> HashMap<K, V, S, T> {
    fn hashed<'q, Q>(&self, keys: impl IntoIterator<Item = &'q Q>) -> Vec<Hashed<&'q Q>>
    where
        Q: Hash + ?Sized + 'q,
    {
        let keys = keys.into_iter();
        keys.map(|key| (self.hash_of(key), key)).collect()
    }

    fn hashed_entries(&self, entries: impl IntoIterator<Item = (K, V)>) -> Vec<Hashed<(K, V)>> {
        let entries = entries.into_iter();
        entries
            .map(|entry| (self.hash_of(&entry.0), entry))
            .collect()
    }

    /// Inserts all `entries` in one step, a later one over an earlier one of its key; says how many keys are new. A value
    /// that was there leaves for [`Replaced`](RemovalCause::Replaced).
    ///
    /// O(entries); the iterator is used up before the first shard is locked.
    ///
    /// # Panics
    /// With a panic of the iterator or of `Hash`, or if the room overflows: nothing was inserted then. With a panic of `Eq`:
    /// nothing, or all but that entry. With the first panic of a hook, once all entries are in. In strict mode, if this thread
    /// holds a guard of one of the shards.
    ///
    /// # Examples
    /// ```
    /// let stock: mapkeeper::sync::HashMap<&str, u32> = mapkeeper::sync::HashMap::new();
    /// assert_eq!(stock.insert_many([("bolts", 40), ("nuts", 12), ("bolts", 41)]), 2);
    /// assert_eq!(stock.update_many(["bolts", "screws"], |_, n| *n += 1), 1);
    /// assert_eq!(stock.snapshot()["bolts"], 42);
    /// assert_eq!(stock.remove_many(["nuts", "nuts"]), [("nuts", 12)]);
    /// ```
    #[track_caller]
    pub fn insert_many<I: IntoIterator<Item = (K, V)>>(&self, entries: I) -> usize {
        self.insert_all(entries, true)
    }

    #[track_caller]
    pub(super) fn insert_all<I>(&self, entries: I, replaces: bool) -> usize
    where
        I: IntoIterator<Item = (K, V)>,
    {
        let entries = self.hashed_entries(entries);
        let mut step = Step::new(self, &entries, Caller::here());
        step.make_room(&entries);
        // Dropped when nothing is locked any more.
        let (new, _old) = step.insert(entries, replaces);
        step.finish(new);
        new
    }

    /// Removes all `keys` in one step and hands over the entries that were there, in the order of `keys`.
    ///
    /// Every entry leaves for [`Removed`](RemovalCause::Removed), keys that are not there count as misses. Hooks run once all
    /// entries are out, before a shard is unlocked. O(keys); the iterator is used up before the first shard is locked.
    ///
    /// # Panics
    /// With a panic of the iterator, of `Hash` or `Eq`: nothing was removed then. With the first panic of a hook, once all of
    /// them ran. In strict mode, if this thread holds a guard of one of the shards.
    #[track_caller]
    pub fn remove_many<'q, Q, I>(&self, keys: I) -> Vec<(K, V)>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
        T: Unguarded,
    {
        let at = Caller::here();
        let keys = self.hashed(keys);
        let mut step = Step::new(self, &keys, at);
        let buckets = step.find(&keys).into_iter();
        let hashes = keys.iter().map(|(hash, _)| *hash);
        let cause = RemovalCause::Removed;
        let out = step.take(hashes.zip(buckets), cause, |map, bucket, hash| {
            map.take_in(bucket, hash, at)
        });
        step.finish(0);
        out
    }

    /// Shows all entries of `keys` that are there to `f` in one step, to be changed, in the order of `keys`; says how many. A
    /// key that is named twice is shown twice.
    ///
    /// O(keys); the iterator is used up before the first shard is locked.
    ///
    /// # Panics
    /// With a panic of the iterator, of `Hash` or `Eq`: nothing was changed then. With a panic of `f`: what was changed by
    /// then stays changed. In strict mode, if this thread holds a guard of one of the shards.
    #[track_caller]
    pub fn update_many<'q, Q, I>(&self, keys: I, mut f: impl FnMut(&K, &mut V)) -> usize
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
    {
        let at = Caller::here();
        let keys = self.hashed(keys);
        let mut step = Step::new(self, &keys, at);
        let mut found = 0;
        for (bucket, (hash, _)) in step.find(&keys).into_iter().zip(&keys) {
            let map = step.map_mut(step.number(*hash));
            let changed = map.change_in(bucket, at, &mut f);
            found += usize::from(changed.is_some());
        }
        step.finish(0);
        found
    }

    /// Puts `entries` in the place of all that is there, in one step: what has a new value leaves for
    /// [`Replaced`](RemovalCause::Replaced), everything else for [`Cleared`](RemovalCause::Cleared).
    ///
    /// O(entries, old and new), with room for both; the iterator is used up before the first shard is locked.
    ///
    /// # Panics
    /// With a panic of the iterator or of `Hash`, or if the room overflows: nothing was changed then. With a panic of `Eq`:
    /// nothing, or all but that entry. With the first panic of a hook, once all entries are in. In strict mode, if this thread
    /// holds a guard.
    #[track_caller]
    pub fn replace_all<I: IntoIterator<Item = (K, V)>>(&self, entries: I)
    where
        T: Unguarded,
    {
        self.change_to(entries, true);
    }

    #[track_caller]
    pub(super) fn change_to<I>(&self, entries: I, replaces: bool)
    where
        I: IntoIterator<Item = (K, V)>,
    {
        let entries = self.hashed_entries(entries);
        let mut kept: HashTable<Hashed<&K>> = HashTable::with_capacity(entries.len());
        for (hash, (key, _)) in &entries {
            kept.insert_unique(*hash, (*hash, key), |(hash, _)| *hash);
        }
        let at = Caller::here();
        let mut step = Step::with_all(self, at);
        // First, for it moves entries.
        step.make_room(&entries);
        let mut leave = Vec::new();
        for number in 0..self.shards.len() {
            let map = step.map(number);
            for bucket in 0..map.places() {
                if let Some(slot) = map.slot_in(bucket) {
                    let hash = self.hash_of(slot.key());
                    if kept.find(hash, |(_, key)| *key == slot.key()).is_none() {
                        leave.push((hash, bucket));
                    }
                }
            }
        }
        drop(kept);
        // Dropped when nothing is locked any more.
        let cause = RemovalCause::Cleared;
        let _gone = step.take(leave.into_iter(), cause, |map, bucket, _| {
            map.leave_in(bucket, cause, at)
        });
        step.reconcile();
        let (new, _old) = step.insert(entries, replaces);
        step.finish(new);
    }
}

impl<K, V, S, T: Keeper<K, V>> HashMap<K, V, S, T> {
    /// A copy of all entries as they are at one moment. O(entries), all shards are locked meanwhile.
    ///
    /// # Panics
    /// With a panic of `Clone` or `Hash`. In strict mode, if this thread holds a guard that writes.
    #[track_caller]
    pub fn snapshot(&self) -> std::collections::HashMap<K, V, S>
    where
        K: Clone + Eq + Hash,
        V: Clone,
        S: BuildHasher + Clone,
    {
        let maps = read_all(&self.shards, Caller::here());
        let len = maps.iter().map(|(map, _)| map.len()).sum();
        let hasher = self.hash_builder.clone();
        let mut copy = std::collections::HashMap::with_capacity_and_hasher(len, hasher);
        for (map, _) in &maps {
            copy.extend(map.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        copy
    }
}
