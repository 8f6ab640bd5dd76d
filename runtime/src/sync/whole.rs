//! Steps that touch all shards and are one: all of them are locked, in order, before the first is touched.

use super::{
    HashMap,
    order::{read_all, write_all},
    shard::Written,
};
use crate::{Keeper, RemovalCause, Unguarded, mode::Caller, panics::Panics};

impl<K, V, S, T: Keeper<K, V>> HashMap<K, V, S, T> {
    /// How many entries there are at one moment. O(shards).
    ///
    /// # Panics
    /// In strict mode, if this thread holds a guard that writes.
    #[track_caller]
    pub fn len(&self) -> usize {
        let maps = read_all(&self.shards, Caller::here());
        maps.iter().map(|(map, _)| map.len()).sum()
    }

    /// Whether there are no entries at one moment. O(shards).
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        let maps = read_all(&self.shards, Caller::here());
        maps.iter().all(|(map, _)| map.is_empty())
    }

    /// How many entries it can hold without growing. O(shards).
    #[track_caller]
    pub fn capacity(&self) -> usize {
        let maps = read_all(&self.shards, Caller::here());
        maps.iter().map(|(map, _)| map.capacity()).sum()
    }

    /// The bytes that the tables take up. O(shards).
    #[track_caller]
    pub fn allocation_size(&self) -> usize {
        let maps = read_all(&self.shards, Caller::here());
        maps.iter().map(|(map, _)| map.allocation_size()).sum()
    }

    /// Removes all entries in one step; each leaves for [`Cleared`](RemovalCause::Cleared).
    ///
    /// # Panics
    /// With the first panic of a hook; all hooks have run and the map is empty then. In strict mode, if this thread holds a
    /// guard.
    #[track_caller]
    pub fn clear(&self)
    where
        T: Unguarded,
    {
        let at = Caller::here();
        let mut maps = write_all(&self.shards, at);
        settle(&mut maps);
        let mut panics = Panics::default();
        for (map, _) in &mut maps {
            panics.run(|| map.leave_all(RemovalCause::Cleared, at));
        }
        panics.resume(T::site());
    }

    /// How many entries there are, as far as that can be told without waiting: of the shards that are locked already, `own`
    /// knows the length. Whether that is all.
    pub(super) fn len_beside(
        &self,
        own: impl Fn(usize) -> Option<usize>,
        at: Caller,
    ) -> (usize, bool) {
        let mut all = true;
        let mut len = 0;
        for (number, shard) in self.shards.iter().enumerate() {
            let others = || shard.try_read(at).map(|(map, _)| map.len());
            match own(number).or_else(others) {
                Some(more) => len += more,
                None => all = false,
            }
        }
        (len, all)
    }
}

/// Looks at what was lent in each shard since its last operation (strict).
#[track_caller]
fn settle<K: Sized, V, S, T: Keeper<K, V>>(maps: &mut [Written<'_, K, V, S, T>]) {
    for (map, _) in maps {
        map.settle();
    }
}
