//! The protocol of the shards with one mistake each, on the same pieces as the right one.

use std::hash::{BuildHasher, Hash};

use super::{
    HashMap,
    guard::{self, Ref},
    shard::Written,
};
use crate::{Keeper, RemovalCause, Unguarded, mode::Caller};

/// All shards, the last one first.
fn write_all_backwards<K, V, S, T: Keeper<K, V>>(
    map: &HashMap<K, V, S, T>,
) -> Vec<Written<'_, K, V, S, T>> {
    let shards = map.shards.iter().rev();
    shards.map(|shard| shard.write(Caller::here())).collect()
}

/// As `clear`, but shards are locked in the wrong order.
pub(crate) fn clear_backwards<K, V, S, T: Keeper<K, V> + Unguarded>(map: &HashMap<K, V, S, T>) {
    for (mut part, _hold) in write_all_backwards(map) {
        part.leave_all(RemovalCause::Cleared, Caller::here());
    }
}

/// As `clear`, but shard by shard.
pub(crate) fn clear_one_by_one<K, V, S, T: Keeper<K, V> + Unguarded>(map: &HashMap<K, V, S, T>) {
    for shard in &map.shards {
        let (mut part, _hold) = shard.write(Caller::here());
        part.leave_all(RemovalCause::Cleared, Caller::here());
    }
}

/// As `len`, but shard by shard.
pub(crate) fn len_one_by_one<K, V, S, T: Keeper<K, V>>(map: &HashMap<K, V, S, T>) -> usize {
    let len = |(part, _): super::shard::Read<'_, K, V, S, T>| part.len();
    let shards = map.shards.iter();
    shards.map(|shard| len(shard.read(Caller::here()))).sum()
}

/// As `get_or_insert_with`, but does not look again once it may write.
pub(crate) fn get_or_insert_blindly<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>>(
    map: &HashMap<K, V, S, T>,
    key: K,
    make: impl FnOnce() -> V,
) -> Ref<'_, K, V> {
    if let Some(there) = map.get(&key) {
        return there;
    }
    let hash = map.hash_of(&key);
    let (mut part, hold) = map.shard(hash).write(Caller::here());
    let bucket = part.place(hash, key, make(), false, Caller::here());
    let part = crate::threads::parking_lot::RwLockWriteGuard::downgrade(part);
    Ref::new(guard::in_place(part, bucket), hold.downgraded())
}

/// As `iter`, but goes on at the next place, wherever its entry moved meanwhile.
pub(crate) fn keys_by_place<K: Copy, V, S, T: Keeper<K, V>>(map: &HashMap<K, V, S, T>) -> Vec<K> {
    let mut keys = Vec::new();
    for shard in &map.shards {
        for place in 0.. {
            let (part, _hold) = shard.read(Caller::here());
            if place >= part.places() {
                break;
            }
            keys.extend(part.slot_in(place).map(|slot| *slot.key()));
        }
    }
    keys
}
