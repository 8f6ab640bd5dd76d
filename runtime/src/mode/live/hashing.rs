//! How well a map's hashes tell its keys apart, looked at when a table grew.

use hashbrown::HashTable;

use super::Footprint;
use crate::{
    Hashing,
    hash_map::{Rehash, Slot, grow::room_of},
    threads::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed},
};

/// Smaller tables are too quick for it to matter, and are grown too often to be looked at.
const FROM_BUCKETS: usize = 1_024;
/// Entries looked at in one table.
const LOOKS: usize = 32;
/// Candidates counted for one of them.
const MOST: usize = 64;

/// What the last table that grew showed.
#[derive(Default)]
pub(crate) struct HashLook {
    looks: AtomicU32,
    candidates: AtomicU32,
    stuck: AtomicU64,
}

impl HashLook {
    /// Looks at a few entries all over `table`, which was of size `before`: how many of the others a lookup would have to
    /// compare. The hasher may panic; then what was known stays.
    pub(crate) fn look<K, V>(
        &self,
        table: &HashTable<Slot<K, V>>,
        before: Footprint,
        hasher: Rehash<'_, K, V>,
    ) {
        let buckets = table.num_buckets();
        if buckets < FROM_BUCKETS || was_looked_at(before, buckets) {
            return;
        }
        let (mut looks, mut candidates) = (0, 0);
        let (mut ones, mut zeros) = (u64::MAX, u64::MAX);
        for start in (0..buckets).step_by(buckets / LOOKS) {
            let Some(slot) =
                (start..buckets.min(start + LOOKS)).find_map(|at| table.get_bucket(at))
            else {
                continue;
            };
            let hash = hasher(slot);
            looks += 1;
            candidates += table.iter_hash_buckets(hash).take(MOST).count();
            ones &= hash;
            zeros &= !hash;
        }
        if looks as usize >= LOOKS / 2 {
            self.stuck.store(ones | zeros, Relaxed);
            self.candidates.store(candidates as u32, Relaxed);
            self.looks.store(looks, Relaxed);
        }
    }

    pub(crate) fn read(&self) -> Option<Hashing> {
        let looks = self.looks.load(Relaxed);
        (looks > 0).then(|| Hashing {
            candidates: f64::from(self.candidates.load(Relaxed)) / f64::from(looks),
            stuck_bits: self.stuck.load(Relaxed).count_ones(),
        })
    }
}

/// Whether the table only doubled, and was looked at when it was half as large: a table that grows step by step is looked
/// at in every second step.
fn was_looked_at(before: Footprint, buckets: usize) -> bool {
    let half = buckets / 2;
    half >= FROM_BUCKETS
        && before.capacity == room_of(half)
        && (half / FROM_BUCKETS).ilog2().is_multiple_of(2)
}
