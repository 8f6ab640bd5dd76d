//! What is counted of a map that several threads write at a time, each under the lock of a shard.
//!
//! What every operation counts is divided among threads, as the counts of a site are ([`shards`](super::shards)): a line of
//! memory that is written for a shard would go from one processor to the next with each operation, as the shard's lock does.
//! What few operations change is kept for each shard, by whoever holds its lock.

use once_cell::race::OnceBox;

use super::{
    Count, Counters,
    shards::{PLACES, is_own, this_threads_place},
};

/// See the [module](self).
pub(crate) struct Shared {
    threads: [OnceBox<OfThread>; PLACES],
    shards: Box<[OfShard]>,
}

/// On cache lines of its own.
#[derive(Default)]
#[repr(align(128))]
struct OfThread(Counters);

/// What is known of one shard: one writer at a time.
#[derive(Default)]
pub(crate) struct OfShard {
    /// Entries whose value is vacant now.
    pub(crate) residue: Count,
    /// The most entries it had at a time.
    pub(crate) peak: Count,
}

impl Shared {
    pub(crate) fn new(shards: usize) -> Self {
        Self {
            threads: [const { OnceBox::new() }; PLACES],
            shards: (0..shards).map(|_| OfShard::default()).collect(),
        }
    }

    /// Adds `n` to a count of this thread's.
    #[inline(always)]
    pub(crate) fn add(&self, pick: impl FnOnce(&Counters) -> &Count, n: u64) {
        let place = this_threads_place();
        let cell = &self.threads[place % PLACES];
        let counters = match cell.get() {
            Some(OfThread(counters)) => counters,
            None => Self::first(cell),
        };
        let count = pick(counters);
        if is_own(place) {
            count.set(count.get().wrapping_add(n));
        } else {
            count.add(n);
        }
    }

    #[cold]
    #[inline(never)]
    fn first(cell: &OnceBox<OfThread>) -> &Counters {
        &cell.get_or_init(Box::default).0
    }

    /// The counts of all threads that wrote any; a single one may be below zero, and wraps.
    pub(crate) fn counters(&self) -> impl Iterator<Item = &Counters> {
        let known = self.threads.iter().filter_map(OnceBox::get);
        known.map(|OfThread(counters)| counters)
    }

    #[inline(always)]
    pub(crate) fn of_shard(&self, number: usize) -> &OfShard {
        &self.shards[number]
    }

    pub(crate) fn residue(&self) -> u64 {
        self.shards.iter().map(|shard| shard.residue.get()).sum()
    }

    /// The sum of the shards' peaks, which came at different times.
    pub(crate) fn peak(&self) -> u64 {
        self.shards.iter().map(|shard| shard.peak.get()).sum()
    }
}
