//! How the table gets room.

use std::{
    cell::Cell,
    hash::{BuildHasher, Hash},
};

use hashbrown::HashTable;

use super::{Slot, hash_of, rehash};
use crate::{
    Keeper,
    log::Log,
    mode::{Footprint, RECORDS, Recorder},
};

/// Makes room for `additional` more entries, and tells the record.
#[inline(always)]
pub(super) fn grow<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>>(
    table: &mut HashTable<Slot<K, V>>,
    hash_builder: &S,
    log: &mut Log<T>,
    additional: usize,
) {
    if (RECORDS && T::TRACKED) || T::HOOKED {
        grow_recorded(table, hash_builder, log, additional);
    } else {
        table.reserve(additional, rehash(hash_builder));
    }
}

/// Makes sure that there is room for one more; a hashed key is hashed again if the table has to grow.
#[inline(always)]
pub(super) fn with_room<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>, Q: Hash>(
    table: &mut HashTable<Slot<K, V>>,
    hash_builder: &S,
    log: &mut Log<T>,
    mut hashed: (Q, u64),
) -> (Q, u64) {
    if is_full(table) {
        hashed = grow_for(table, hash_builder, log, hashed.0);
        // Said here, in the rare case: so the optimiser knows it in both, and `insert` need not look again.
        assert!(!is_full(table), "there is room for one more");
    }
    hashed
}

/// Makes room for one more and hashes `key` again: so who asks has neither of them to keep meanwhile.
#[cold]
#[inline(never)]
fn grow_for<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>, Q: Hash>(
    table: &mut HashTable<Slot<K, V>>,
    hash_builder: &S,
    log: &mut Log<T>,
    key: Q,
) -> (Q, u64) {
    grow(table, hash_builder, log, 1);
    let hash = hash_of(hash_builder, &key);
    (key, hash)
}

#[cold]
#[inline(never)]
fn grow_recorded<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>>(
    table: &mut HashTable<Slot<K, V>>,
    hash_builder: &S,
    log: &mut Log<T>,
    additional: usize,
) {
    if table.num_buckets() == 1 {
        table.reserve(additional, rehash(hash_builder));
        log.recorder.allocated::<K, V, T>(table);
    } else {
        grow_again(table, hash_builder, log, additional);
    }
}

/// Apart from the first growth, which is all that most small maps do.
#[inline(never)]
fn grow_again<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>>(
    table: &mut HashTable<Slot<K, V>>,
    hash_builder: &S,
    log: &mut Log<T>,
    additional: usize,
) {
    let before = Footprint::of(table);
    let hasher = rehash(hash_builder);
    // Every entry is moved: what is vacant is counted on the way.
    let vacant = Cell::new(0);
    let look_and_hash = |slot: &Slot<K, V>| {
        if Recorder::counts_moved_residue::<K, V, T>() && T::is_vacant(slot.value()) {
            vacant.set(vacant.get() + 1);
        }
        hash_of(hash_builder, slot.key())
    };
    if make_room(table, additional, &look_and_hash).is_err() {
        // Panics with what is wrong.
        table.reserve(additional, &hasher);
    }
    let vacant = Some(vacant.get());
    log.recorder
        .resized::<K, V, T>(table, before, Some(&hasher), vacant);
}

/// Makes room for one more, by a hasher that need not be the map's.
#[cold]
#[inline(never)]
pub(super) fn grow_by<K, V, T: Keeper<K, V>>(
    table: &mut HashTable<Slot<K, V>>,
    log: &mut Log<T>,
    hasher: impl Fn(&Slot<K, V>) -> u64,
) {
    let before = Footprint::of(table);
    let is_first = table.num_buckets() == 1;
    if make_room(table, 1, &hasher).is_err() {
        // Panics with what is wrong.
        table.reserve(1, &hasher);
    }
    if is_first {
        log.recorder.allocated::<K, V, T>(table);
    } else {
        log.recorder
            .resized::<K, V, T>(table, before, Some(&hasher), None);
    }
}

/// Makes room without losing an entry if the hasher panics: where hashbrown would clear tombstones in place (a panic
/// takes the entries along that were not moved yet), every hash is asked for before the first entry moves.
pub(super) fn make_room<K, V>(
    table: &mut HashTable<Slot<K, V>>,
    additional: usize,
    hasher: &impl Fn(&Slot<K, V>) -> u64,
) -> Result<(), hashbrown::TryReserveError> {
    let full = room_of(table.num_buckets());
    let enough = table
        .len()
        .checked_add(additional)
        .is_some_and(|len| len <= full / 2);
    if !enough || additional <= table.capacity() - table.len() {
        return table.try_reserve(additional, hasher);
    }
    let hashes: Vec<u64> = table.iter().map(hasher).collect();
    let mut tidy = HashTable::new();
    tidy.try_reserve(full, hasher)?;
    for (slot, hash) in table.drain().zip(hashes) {
        tidy.insert_unique(hash, slot, hasher);
    }
    *table = tidy;
    Ok(())
}

/// How many entries so many buckets hold: hashbrown fills seven eighths of them, all but one of eight or fewer.
pub(crate) fn room_of(buckets: usize) -> usize {
    if buckets <= 8 {
        buckets.saturating_sub(1)
    } else {
        buckets / 8 * 7
    }
}

/// Whether the next insertion must grow the table. Merges with the table's own test, so it is free.
#[inline(always)]
pub(super) fn is_full<E>(table: &HashTable<E>) -> bool {
    table.len() == table.capacity()
}
