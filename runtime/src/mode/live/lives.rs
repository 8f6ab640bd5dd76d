//! What the entries of each line did, over all maps of a site: births, exits by cause, lifetimes.
//!
//! Written by any thread without a lock, and bounded: one account per line, made when the line first inserts.

use once_cell::race::OnceBox;

use super::{Count, LINES, LineId};
use crate::{
    AgeHistogram, RemovalCause,
    lifecycle::ages::BUCKETS,
    threads::atomic::{AtomicU32, Ordering::Relaxed},
};

/// A key that comes back later than this is another story.
pub(crate) const SOON_MS: u64 = 10_000;

/// One line's entries. In observe these count samples, one of 2^k of them for 2^k while only that share is kept.
pub(crate) struct LineLife {
    pub(crate) births: Count,
    /// Of those, keys that had left a moment before.
    pub(crate) returned: Count,
    pub(crate) exits: [Count; RemovalCause::ALL.len()],
    lifetimes: [AtomicU32; BUCKETS],
}

impl Default for LineLife {
    fn default() -> Self {
        Self {
            births: Count::default(),
            returned: Count::default(),
            exits: Default::default(),
            lifetimes: [const { AtomicU32::new(0) }; BUCKETS],
        }
    }
}

impl LineLife {
    /// `entries` left whose age fell into this bucket.
    pub(crate) fn lived(&self, bucket: usize, entries: u32) {
        /// Full enough to be called full, whatever other threads are about to add.
        const FULL: u32 = u32::MAX / 2;
        let count = &self.lifetimes[bucket];
        if entries > 0 && count.load(Relaxed) < FULL {
            count.fetch_add(entries.min(FULL), Relaxed);
        }
    }

    pub(crate) fn lifetimes(&self) -> &[AtomicU32; BUCKETS] {
        &self.lifetimes
    }
}

/// Adds counts by bucket of age to a histogram.
pub(crate) fn add_lifetimes(counts: &[AtomicU32; BUCKETS], histogram: &mut AgeHistogram) {
    for (bucket, count) in counts.iter().enumerate() {
        histogram.add_to_bucket(bucket, u64::from(count.load(Relaxed)));
    }
}

/// See the [module](self).
pub(crate) struct Lives([OnceBox<LineLife>; LINES]);

impl Default for Lives {
    fn default() -> Self {
        Self([const { OnceBox::new() }; LINES])
    }
}

impl Lives {
    #[inline(always)]
    pub(crate) fn line(&self, id: LineId) -> &LineLife {
        let cell = &self.0[usize::from(id) % LINES];
        match cell.get() {
            Some(line) => line,
            None => cell.get_or_init(Box::default),
        }
    }

    pub(crate) fn known(&self) -> impl Iterator<Item = (usize, &LineLife)> {
        self.0
            .iter()
            .enumerate()
            .filter_map(|(id, cell)| Some((id, cell.get()?)))
    }
}
