//! Every way out of a map, under the fuse.

use std::collections::HashMap;

use mapkeeper::{TrackedMaps, hash_map::Entry};
use mapkeeper_tests::hashers::Clumped;

use crate::{
    Collection, Map,
    bomb::{Key, Value, tell},
};

/// A test for each way out of a field of std's type, which becomes one of ours, with entries of `$key` to `$value`.
macro_rules! paths {
    (
        $std:ty, $ours:ident, [$key:ty, $value:ty], $hook:path;
        $($name:ident $site:ident $cause:ident $([$prepare:expr])? $(($leaks:ident))? $map:ident => $run:expr;)+
    ) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map(on_remove = $hook)]
            map: $std,
        }

        #[test]
        fn $name() {
            #[allow(unused_mut, unused_assignments)]
            fn check<T: mapkeeper::Keeper<$key, $value> + mapkeeper::Unguarded>(_: &$ours<T>) {
                let mut prepare: fn(u32) -> $ours<T> = crate::Collection::filled;
                $(prepare = $prepare;)?
                crate::Path::<$ours<T>> {
                    site: concat!(stringify!($site), ".map"),
                    cause: mapkeeper::RemovalCause::$cause,
                    prepare,
                    run: |$map| $run,
                    leaks: false $(|| stringify!($leaks) == "leaks")?,
                }
                .check();
            }
            check(&$site::default().map);
        }
    )+};
}

pub(crate) use paths;

fn fresh(keys: std::ops::Range<u32>) -> Vec<(Key, Value)> {
    keys.map(|key| (Key(key), Value::new())).collect()
}

/// A table whose room is taken by tombstones: the next growth tidies it up in place.
fn with_tombstones<T: mapkeeper::Keeper<Key, Value> + mapkeeper::Unguarded>(
    entries: u32,
) -> Map<T> {
    // One run of full buckets: a removal in its midst leaves a tombstone.
    let mut map: Map<T> = Map::with_capacity_and_hasher(entries as usize, Clumped(true));
    let room = map.capacity() as u32;
    for key in 0..room {
        map.insert(Key(key), Value::new());
    }
    for key in room / 3..room {
        map.remove(&Key(key));
    }
    map
}

paths! {
    HashMap<Key, Value, Clumped>, Map, [Key, Value], tell;
    remove Remove Removed map => drop(map.remove(&Key(3)));
    remove_entry RemoveEntry Removed map => drop(map.remove_entry(&Key(3)));
    try_remove TryRemove Removed map => drop(map.try_remove(&Key(3)));
    remove_many RemoveMany Removed map => {
        drop(map.remove_many(&[Key(1), Key(70), Key(3), Key(3), Key(200), Key(2)]));
    };
    insert_over InsertOver Replaced map => drop(map.insert(Key(3), Value::new()));
    insert_new InsertNew Removed map => drop(map.insert(Key(500), Value::new()));
    insert_until_it_grows Grow Removed map => {
        let full = map.capacity() as u32 + 2;
        for key in 0..full {
            map.entry(Key(1_000 + key)).or_insert_with(Value::new);
        }
    };
    extend_over_and_beyond Extend Replaced map => map.extend(fresh(2..90));
    try_insert TryInsert Removed map => {
        drop(map.try_insert(Key(3), Value::new()));
        let _ = map.try_insert(Key(400), Value::new()).is_ok();
    };
    entry_insert EntryInsert Replaced map => {
        map.entry(Key(3)).insert_entry(Value::new());
        if let Entry::Occupied(mut entry) = map.entry(Key(4)) {
            drop(entry.insert(Value::new()));
        }
    };
    entry_remove EntryRemove Removed map => {
        if let Entry::Occupied(entry) = map.entry(Key(3)) {
            drop(entry.remove());
        }
        if let Entry::Occupied(entry) = map.entry(Key(4)) {
            drop(entry.remove_entry());
        }
        if let Entry::Occupied(entry) = map.entry(Key(5)) {
            drop(entry.try_remove());
        }
    };
    clear Clear Cleared map => map.clear();
    drain_all DrainAll Drained map => map.drain().for_each(drop);
    // A destructor that panics while the iterator is dropped leaks the table, in std too.
    drain_in_part DrainInPart Drained (leaks) map => {
        let mut drain = map.drain();
        drop((drain.next(), drain.next()));
        drop(drain);
    };
    drain_forgotten DrainForgotten Drained (leaks) map => {
        let mut drain = map.drain();
        drop(drain.next());
        std::mem::forget(drain);
    };
    retain Retain Filtered map => map.retain(|key, _| key.0.is_multiple_of(3));
    try_retain TryRetain Filtered map => {
        map.try_retain(|key, _| key.0.is_multiple_of(3));
    };
    extract_if_all ExtractAll Filtered map => {
        map.extract_if(|key, _| key.0.is_multiple_of(2)).for_each(drop);
    };
    extract_if_in_part ExtractInPart Filtered map => {
        drop(map.extract_if(|key, _| key.0.is_multiple_of(2)).take(2).collect::<Vec<_>>());
    };
    extract_if_forgotten ExtractForgotten Filtered map => {
        let mut iter = map.extract_if(|_, _| true);
        drop(iter.next());
        std::mem::forget(iter);
    };
    into_iter_all IntoIterAll Taken map => std::mem::take(map).into_iter().for_each(drop);
    into_iter_in_part IntoIterInPart Taken map => {
        let mut iter = std::mem::take(map).into_iter();
        drop((iter.next(), iter.next()));
        drop(iter);
    };
    into_keys IntoKeys Taken map => std::mem::take(map).into_keys().for_each(drop);
    into_values IntoValues Taken map => std::mem::take(map).into_values().for_each(drop);
    into_std IntoStd Taken map => drop(HashMap::from(std::mem::take(map)));
    clone Clone MapDropped map => drop(map.clone());
    clone_from_a_smaller_one CloneFromSmall Cleared map => {
        light_later(|| Map::<T>::filled(4), |source| map.clone_from(&source));
    };
    clone_from_a_larger_one CloneFromLarge Cleared map => {
        light_later(|| Map::<T>::filled(200), |source| map.clone_from(&source));
    };
    dropped Dropped MapDropped map => drop(std::mem::take(map));
    overwritten Overwritten MapDropped map => *map = Map::default();
    unwound_over Unwound MapDropped map => {
        let doomed = std::mem::take(map);
        // The panic that unwinds is the fuse's own where it goes off first.
        if mapkeeper_tests::panics::caught(move || {
            let _map = doomed;
            panic!("something else");
        }).is_ok() {
            unreachable!();
        }
    };
    reset_maps Reset Cleared map => drop(map.reset_maps());
    shrink Shrink Removed map => {
        map.reserve(500);
        map.shrink_to_fit();
    };
    try_reserve TryReserve Removed map => drop(map.try_reserve(500));
    rehash_in_place Rehash Removed [with_tombstones::<T>] map => {
        for key in 0..map.capacity() as u32 {
            drop(map.insert(Key(2_000 + key), Value::new()));
        }
    };
    rehash_in_place_by_entry RehashByEntry Removed [with_tombstones::<T>] map => {
        for key in 0..map.capacity() as u32 {
            map.entry(Key(2_000 + key)).or_insert_with(Value::new);
        }
    };
    rehash_in_place_by_reserve RehashByReserve Removed [with_tombstones::<T>] map => {
        map.reserve(map.capacity() - map.len() + 1);
    };
    rehash_in_place_by_try_reserve RehashByTryReserve Removed [with_tombstones::<T>] map => {
        drop(map.try_reserve(map.capacity() - map.len() + 1));
    };
}

/// Makes something with the fuse out and uses it with the fuse as it was.
pub(crate) fn light_later<M, R>(make: impl FnOnce() -> M, run: impl FnOnce(M) -> R) -> R {
    let made = crate::bomb::unlit(make);
    run(made)
}
