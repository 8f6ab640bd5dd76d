//! Iterators that hold no lock between two items.
//!
//! A shard may be changed between two items, and its entries may move. So its hashes are noted when its turn comes, and each
//! is looked up when its own turn comes: what has left is passed over, what stayed is found wherever it is. Keys of one and
//! the same hash are told apart by their places; only these could be shown twice, or be passed over, and only if their
//! shard grew just between two of them.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
    iter::FusedIterator,
    vec,
};

use super::{
    HashMap, RefMulti, RefMutMulti,
    guard::{in_place, in_place_mut},
    shard::{Part, Shard},
};
use crate::{Keeper, hash_map, mode::Caller};

/// Where an iterator is.
#[derive(Clone, Default)]
struct Walk {
    /// The number of the next shard.
    next: usize,
    /// Hashes of the shard before it that were not looked up yet.
    hashes: vec::IntoIter<u64>,
    /// A hash that was, and that more keys have: in places from here on.
    more: Option<(u64, usize)>,
}

impl Walk {
    /// The number of the next shard to look into, the hash to look for and the first place that counts.
    #[inline]
    #[track_caller]
    fn step<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>>(
        &mut self,
        shards: &[Shard<K, V, S, T>],
    ) -> Option<(usize, u64, usize)> {
        let (hash, first) = match self.more.take() {
            Some(more) => more,
            None => loop {
                if let Some(hash) = self.hashes.next() {
                    break (hash, 0);
                }
                let (map, _hold) = shards.get(self.next)?.read(Caller::here());
                self.next += 1;
                self.hashes = hashes_of(&map).into_iter();
            },
        };
        Some((self.next - 1, hash, first))
    }

    /// Where the entry is, if it is still there; others of its hash are for the next step.
    #[inline]
    fn find<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>>(
        &mut self,
        map: &Part<K, V, S, T>,
        hash: u64,
        first: usize,
    ) -> Option<usize> {
        let (bucket, more) = map.next_of_hash(hash, first)?;
        if more {
            self.more = Some((hash, bucket + 1));
        }
        Some(bucket)
    }
}

/// The hashes of a shard, each once, in the order in which its table is walked fastest.
fn hashes_of<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>>(map: &Part<K, V, S, T>) -> Vec<u64> {
    let bits = map.place_bits();
    let mut hashes: Vec<u64> = map.hashes().collect();
    hashes.sort_by_key(|hash| hash.rotate_right(bits));
    hashes.dedup();
    hashes
}

/// What [`HashMap::iter`] makes.
pub struct Iter<'a, K, V, S, T: Keeper<K, V>> {
    map: &'a HashMap<K, V, S, T>,
    walk: Walk,
}

/// What [`HashMap::iter_mut`] makes.
pub struct IterMut<'a, K, V, S, T: Keeper<K, V>> {
    map: &'a HashMap<K, V, S, T>,
    walk: Walk,
}

impl<'a, K, V, S, T: Keeper<K, V>> Iter<'a, K, V, S, T> {
    pub(super) fn new(map: &'a HashMap<K, V, S, T>) -> Self {
        let walk = Walk::default();
        Self { map, walk }
    }
}

/// From the same place on.
impl<K, V, S, T: Keeper<K, V>> Clone for Iter<'_, K, V, S, T> {
    fn clone(&self) -> Self {
        Self {
            map: self.map,
            walk: self.walk.clone(),
        }
    }
}

impl<'a, K, V, S, T: Keeper<K, V>> IterMut<'a, K, V, S, T> {
    pub(super) fn new(map: &'a HashMap<K, V, S, T>) -> Self {
        let walk = Walk::default();
        Self { map, walk }
    }
}

impl<'a, K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> Iterator for Iter<'a, K, V, S, T> {
    type Item = RefMulti<'a, K, V>;

    #[inline]
    #[track_caller]
    fn next(&mut self) -> Option<RefMulti<'a, K, V>> {
        loop {
            let (number, hash, first) = self.walk.step(&self.map.shards)?;
            let (map, hold) = self.map.shards[number].read(Caller::here());
            if let Some(bucket) = self.walk.find(&map, hash, first) {
                return Some(RefMulti::new(in_place(map, bucket), hold));
            }
        }
    }
}

impl<'a, K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> Iterator for IterMut<'a, K, V, S, T> {
    type Item = RefMutMulti<'a, K, V>;

    #[inline]
    #[track_caller]
    fn next(&mut self) -> Option<RefMutMulti<'a, K, V>> {
        let at = Caller::here();
        loop {
            let (number, hash, first) = self.walk.step(&self.map.shards)?;
            let (mut map, hold) = self.map.shards[number].write(at);
            map.settle();
            if let Some(bucket) = self.walk.find(&map, hash, first) {
                return Some(RefMutMulti::new(in_place_mut(map, bucket, at), hold));
            }
        }
    }
}

macro_rules! walks {
    ($iter:ident) => {
        impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> FusedIterator
            for $iter<'_, K, V, S, T>
        {
        }

        impl<K, V, S, T: Keeper<K, V>> fmt::Debug for $iter<'_, K, V, S, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($iter))
                    .field("shards_left", &(self.map.shards.len() - self.walk.next))
                    .finish_non_exhaustive()
            }
        }
    };
}

walks!(Iter);
walks!(IterMut);

/// The entries of a map that was consumed; they left it for [`Taken`](crate::RemovalCause::Taken) when this was made.
pub struct IntoIter<K, V> {
    shards: vec::IntoIter<hash_map::IntoIter<K, V>>,
    current: Option<hash_map::IntoIter<K, V>>,
    left: usize,
}

impl<K, V, S, T: Keeper<K, V>> IntoIterator for HashMap<K, V, S, T> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    #[track_caller]
    fn into_iter(mut self) -> IntoIter<K, V> {
        let mut shards = Vec::with_capacity(self.shards.len());
        for shard in std::mem::take(&mut self.shards) {
            shards.push(shard.into_inner().into_iter());
        }
        IntoIter {
            left: shards.iter().map(ExactSizeIterator::len).sum(),
            shards: shards.into_iter(),
            current: None,
        }
    }
}

impl<K, V> Iterator for IntoIter<K, V> {
    type Item = (K, V);

    #[inline]
    fn next(&mut self) -> Option<(K, V)> {
        loop {
            if let Some(entry) = self.current.as_mut().and_then(Iterator::next) {
                self.left -= 1;
                return Some(entry);
            }
            self.current = Some(self.shards.next()?);
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<K, V> ExactSizeIterator for IntoIter<K, V> {}

impl<K, V> FusedIterator for IntoIter<K, V> {}

impl<K, V> fmt::Debug for IntoIter<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntoIter")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
