//! How concurrent maps are made, and how they end.

use std::{
    collections::TryReserveError,
    hash::{BuildHasher, Hash, RandomState},
    thread,
};

use super::{
    HashMap,
    order::read_all,
    shard::{Part, Shard},
};
use crate::{
    Keeper,
    mode::{Caller, RECORDS, SAMPLED_ONE_IN, Whole, holds::MapId},
    threads::{OnceLock, statics},
};

/// Shards for each processor: so many that two threads seldom meet in one. Where the last operations of each shard are kept, as
/// few as dashmap has: the recorder has room for so many.
const SHARDS_EACH: usize = if SAMPLED_ONE_IN == 1 { FEWEST_EACH } else { 16 };
/// So many in all are enough: each is 128 bytes or more, and steps of a whole map lock them all.
const ENOUGH_SHARDS: usize = 256;
/// On the largest machines, no fewer than dashmap has.
const FEWEST_EACH: usize = 4;

fn default_shard_amount() -> usize {
    statics! {
        static AMOUNT: OnceLock<usize> = OnceLock::new();
    }
    *AMOUNT.get_or_init(|| {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let amount = (processors * SHARDS_EACH).min(ENOUGH_SHARDS);
        amount.max(processors * FEWEST_EACH).next_power_of_two()
    })
}

impl<K, V, T: Keeper<K, V>> HashMap<K, V, RandomState, T> {
    /// An empty map. It allocates its shards, and no table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty map with room for so many entries.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self::with_capacity_and_hasher(capacity, RandomState::default())
    }

    /// An empty map of so many shards, rounded up to a power of two.
    #[must_use]
    pub fn with_shard_amount(shard_amount: usize) -> Self {
        Self::with_hasher_and_shard_amount(RandomState::default(), shard_amount)
    }

    /// An empty map with room for so many entries in so many shards, rounded up to a power of two.
    #[must_use]
    pub fn with_capacity_and_shard_amount(capacity: usize, shard_amount: usize) -> Self {
        Self::with_capacity_and_hasher_and_shard_amount(
            capacity,
            RandomState::default(),
            shard_amount,
        )
    }
}

impl<K, V, S: Clone, T: Keeper<K, V>> HashMap<K, V, S, T> {
    /// An empty map with this hasher; each shard has a clone of it, which must hash alike.
    pub fn with_hasher(hasher: S) -> Self {
        Self::with_capacity_and_hasher(0, hasher)
    }

    /// An empty map with this hasher and room for so many entries.
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Self::with_capacity_and_hasher_and_shard_amount(capacity, hasher, default_shard_amount())
    }

    /// An empty map with this hasher and so many shards, rounded up to a power of two.
    pub fn with_hasher_and_shard_amount(hasher: S, shard_amount: usize) -> Self {
        Self::with_capacity_and_hasher_and_shard_amount(0, hasher, shard_amount)
    }

    /// An empty map with this hasher and room for so many entries in so many shards, rounded up to a power of two.
    pub fn with_capacity_and_hasher_and_shard_amount(
        capacity: usize,
        hasher: S,
        shard_amount: usize,
    ) -> Self {
        /// As many as a hash can tell apart.
        const MOST: usize = 1 << 16;
        let shard_amount = shard_amount.clamp(1, MOST).next_power_of_two();
        let each = capacity.div_ceil(shard_amount);
        let parts = (0..shard_amount).map(|_| Part::with_capacity_and_hasher(each, hasher.clone()));
        Self::of_parts(hasher.clone(), parts)
    }

    fn of_parts(hash_builder: S, parts: impl Iterator<Item = Part<K, V, S, T>>) -> Self {
        let whole = Whole::new::<K, V, T>();
        let mut parts: Vec<_> = parts.collect();
        let (of, id) = (parts.len(), MapId::next());
        for (number, part) in parts.iter_mut().enumerate() {
            part.grew(&whole, number, of);
        }
        Self {
            hash_builder,
            shards: parts.into_iter().map(|part| Shard::new(part, id)).collect(),
            whole,
        }
    }
}

impl<K: Clone, V: Clone, S: Clone, T: Keeper<K, V>> HashMap<K, V, S, T> {
    /// A map of copies of these shards.
    #[track_caller]
    pub(super) fn copy_of(hash_builder: &S, parts: &[&Part<K, V, S, T>], at: Caller) -> Self {
        let mut copies = Vec::with_capacity(parts.len());
        for part in parts {
            copies.push((*part).clone());
        }
        let mut copy = Self::of_parts(hash_builder.clone(), copies.into_iter());
        for (shard, part) in copy.shards.iter_mut().zip(parts) {
            shard.get_mut().copied(part, at);
        }
        copy
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> HashMap<K, V, S, T> {
    /// Makes room for so many more entries.
    ///
    /// # Errors
    /// If the capacity overflows or the allocator fails.
    #[track_caller]
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        let each = additional.div_ceil(self.shards.len());
        let of = self.shards.len();
        for (number, shard) in self.shards.iter_mut().enumerate() {
            let part = shard.get_mut();
            part.try_reserve(each)?;
            part.grew(&self.whole, number, of);
        }
        Ok(())
    }
}

impl<K, V, S: Default + Clone, T: Keeper<K, V>> Default for HashMap<K, V, S, T> {
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

/// A copy of all entries as they are at one moment: insertions of the line that cloned, with a new keeper.
impl<K: Clone, V: Clone, S: Clone, T: Keeper<K, V>> Clone for HashMap<K, V, S, T> {
    #[track_caller]
    fn clone(&self) -> Self {
        let at = Caller::here();
        let maps = read_all(&self.shards, at);
        let parts: Vec<_> = maps.iter().map(|(map, _)| &**map).collect();
        Self::copy_of(&self.hash_builder, &parts, at)
    }
}

/// What is left goes for [`MapDropped`](crate::RemovalCause::MapDropped).
impl<K, V, S, T: Keeper<K, V>> Drop for HashMap<K, V, S, T> {
    #[inline]
    fn drop(&mut self) {
        if RECORDS
            && T::CONTRACT.empty_on_drop
            && let left = self
                .shards
                .iter_mut()
                .map(|shard| shard.get_mut().len())
                .sum()
            && let Some(shard) = self.shards.first_mut()
        {
            shard.get_mut().recorder_mut().left_over::<K, V, T>(left);
        }
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> Extend<(K, V)> for HashMap<K, V, S, T> {
    /// Inserts one by one; [`insert_many`](Self::insert_many) is one step.
    #[track_caller]
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, iter: I) {
        for (key, value) in iter {
            self.insert(key, value);
        }
    }
}

impl<K: Eq + Hash, V, S: BuildHasher + Default + Clone, T: Keeper<K, V>> FromIterator<(K, V)>
    for HashMap<K, V, S, T>
{
    #[track_caller]
    fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> Self {
        let mut map = Self::default();
        map.extend(iter);
        map
    }
}

impl<K: Eq + Hash, V, T: Keeper<K, V>, const N: usize> From<[(K, V); N]>
    for HashMap<K, V, RandomState, T>
{
    #[track_caller]
    fn from(entries: [(K, V); N]) -> Self {
        let mut map = Self::default();
        map.extend(entries);
        map
    }
}

/// The hasher and the entries move over; each is an insertion.
impl<K: Eq + Hash, V, S: BuildHasher + Clone, T: Keeper<K, V>>
    From<std::collections::HashMap<K, V, S>> for HashMap<K, V, S, T>
{
    #[track_caller]
    fn from(plain: std::collections::HashMap<K, V, S>) -> Self {
        let mut map = Self::with_capacity_and_hasher(plain.len(), plain.hasher().clone());
        map.extend(plain);
        map
    }
}
