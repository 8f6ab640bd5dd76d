//! The ways out that touch one shard at a time, unchecked and guarded.

use std::{
    borrow::Borrow,
    hash::{BuildHasher, Hash},
};

use super::{HashMap, shard::Written};
use crate::{Keeper, RemovalCause, Unguarded, Vetoed, log, mode::Caller};

/// A shard, locked, the hash of a key and its place in there.
type Found<'a, K, V, S, T> = (Written<'a, K, V, S, T>, u64, usize);

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> HashMap<K, V, S, T> {
    /// Removes the entry of `key` and hands it over; it leaves for [`Removed`](RemovalCause::Removed), a key that is not
    /// there counts as a miss.
    ///
    /// # Panics
    /// With a panic of the hook; the entry is gone. In strict mode, if this thread holds a guard of the shard.
    #[inline]
    #[track_caller]
    pub fn remove<Q>(&self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        T: Unguarded,
    {
        let at = Caller::here();
        let hash = self.hash_of(key);
        let (mut map, _hold) = self.shard(hash).write(at);
        map.settle();
        let out = map.remove_hashed(hash, key, at);
        map.raise();
        out
    }

    /// Looks for a key that may be about to go; one that is not there counts as a miss.
    #[inline(always)]
    #[track_caller]
    fn find_to_remove<Q>(&self, key: &Q, at: Caller) -> Option<Found<'_, K, V, S, T>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let hash = self.hash_of(key);
        let (mut map, hold) = self.shard(hash).write(at);
        map.settle();
        let place = map.bucket_of(hash, key);
        if place.is_none() {
            map.missed(hash, at);
        }
        Some(((map, hold), hash, place?))
    }

    /// Removes the entry of `key` if `f` says so; as [`remove`](Self::remove).
    #[inline]
    #[track_caller]
    pub fn remove_if<Q>(&self, key: &Q, f: impl FnOnce(&K, &V) -> bool) -> Option<(K, V)>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        T: Unguarded,
    {
        let at = Caller::here();
        let ((mut map, _hold), hash, bucket) = self.find_to_remove(key, at)?;
        let slot = map.slot_in(bucket)?;
        if !f(slot.key(), slot.value()) {
            return None;
        }
        let out = map.remove_in(bucket, hash, at);
        map.raise();
        out
    }

    /// Removes the entry of `key` if `f`, which may change its value, says so; as [`remove`](Self::remove).
    #[inline]
    #[track_caller]
    pub fn remove_if_mut<Q>(&self, key: &Q, f: impl FnOnce(&K, &mut V) -> bool) -> Option<(K, V)>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        T: Unguarded,
    {
        let at = Caller::here();
        let ((mut map, _hold), hash, bucket) = self.find_to_remove(key, at)?;
        let out = if map.change_in(bucket, at, f)? {
            map.remove_in(bucket, hash, at)
        } else {
            None
        };
        map.raise();
        out
    }

    /// Removes the entry of `key` if the guard lets it go, which is asked while its shard is locked.
    ///
    /// Without a guard, or without the feature `enforce`, this is [`remove`](Self::remove).
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the entry stays, and an event under the target `mapkeeper::audit` says so.
    #[inline]
    #[track_caller]
    pub fn try_remove<Q>(&self, key: &Q) -> Result<Option<(K, V)>, Vetoed>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let at = Caller::here();
        let Some(((mut map, _hold), hash, bucket)) = self.find_to_remove(key, at) else {
            return Ok(None);
        };
        map.ask_in(bucket, at)?;
        let out = map.remove_in(bucket, hash, at);
        map.raise();
        Ok(out)
    }

    /// Gives back what room is not needed, shard by shard.
    #[track_caller]
    pub fn shrink_to_fit(&self) {
        for shard in &self.shards {
            shard.write(Caller::here()).0.shrink_to_fit();
        }
    }
}

impl<K, V, S, T: Keeper<K, V>> HashMap<K, V, S, T> {
    /// Keeps what `f` says, shard by shard; entries turned out leave for [`Filtered`](RemovalCause::Filtered).
    ///
    /// # Panics
    /// With a panic of the predicate, at once; with the first panic of a hook, when its shard is done. In strict mode, if
    /// this thread holds a guard.
    #[track_caller]
    pub fn retain(&self, mut f: impl FnMut(&K, &mut V) -> bool)
    where
        T: Unguarded,
    {
        let at = Caller::here();
        for shard in &self.shards {
            let (mut map, _hold) = shard.write(at);
            map.retain_at(|key, value| !f(key, value), RemovalCause::Filtered, at);
        }
    }

    /// Keeps what `f` says, and what the guard does not let go; returns how many entries the guard kept.
    ///
    /// Without the feature `enforce`, nothing is asked and the answer is 0.
    #[track_caller]
    pub fn try_retain(&self, mut f: impl FnMut(&K, &mut V) -> bool) -> usize {
        let at = Caller::here();
        let mut kept = 0;
        for shard in &self.shards {
            let (mut map, _hold) = shard.write(at);
            map.retain_at(
                |key, value| {
                    if f(key, value) {
                        return false;
                    }
                    let leaves = log::ask::<K, V, T>(key, value, at).is_ok();
                    kept += usize::from(!leaves);
                    leaves
                },
                RemovalCause::Filtered,
                at,
            );
        }
        kept
    }
}
