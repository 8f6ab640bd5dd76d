//! The one order in which shards are locked: that of their numbers. Steps that need several of them come through here, hold
//! all they need before the first one is touched, and so see and leave the map as one.

use super::shard::{Read, Shard, Written};
use crate::{Keeper, mode::Caller};

/// Reads all shards at a time.
#[track_caller]
pub(super) fn read_all<K, V, S, T: Keeper<K, V>>(
    shards: &[Shard<K, V, S, T>],
    at: Caller,
) -> Vec<Read<'_, K, V, S, T>> {
    let mut maps = Vec::with_capacity(shards.len());
    for shard in shards {
        maps.push(shard.read(at));
    }
    maps
}

/// Writes to all shards at a time.
#[track_caller]
pub(super) fn write_all<K, V, S, T: Keeper<K, V>>(
    shards: &[Shard<K, V, S, T>],
    at: Caller,
) -> Vec<Written<'_, K, V, S, T>> {
    let mut maps = Vec::with_capacity(shards.len());
    for shard in shards {
        maps.push(shard.write(at));
    }
    maps
}

/// Writes at a time to those shards whose numbers are wanted, named once or more, in any order.
#[track_caller]
pub(super) fn write_to<K, V, S, T: Keeper<K, V>>(
    shards: &[Shard<K, V, S, T>],
    wanted: impl Iterator<Item = usize>,
    at: Caller,
) -> Vec<Option<Written<'_, K, V, S, T>>> {
    let mut is_wanted = vec![false; shards.len()];
    wanted.for_each(|number| is_wanted[number] = true);
    let mut maps = Vec::with_capacity(shards.len());
    for (shard, wanted) in shards.iter().zip(is_wanted) {
        maps.push(if wanted { Some(shard.write(at)) } else { None });
    }
    maps
}
