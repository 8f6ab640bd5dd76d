//! How old entries got, in few buckets.

use crate::AgeHistogram;

/// Ages by buckets of four times the last one, from 8 ms to 97 days; the last one has no end.
#[derive(Debug)]
pub(crate) struct Ages([u64; Ages::ENDS_MS.len() + 1]);

impl Ages {
    /// Each is where a bucket of [`AgeHistogram`] ends, too.
    const ENDS_MS: [u64; 16] = {
        let mut ends = [0; 16];
        let mut i = 0;
        while i < ends.len() {
            ends[i] = 1 << (3 + 2 * i);
            i += 1;
        }
        ends
    };

    pub(super) fn of(ages: &AgeHistogram) -> Self {
        let mut counts = [0; Self::ENDS_MS.len() + 1];
        for (from, _, entries) in ages.buckets() {
            let place = Self::ENDS_MS.partition_point(|end| *end <= from);
            counts[place] += entries;
        }
        Self(counts)
    }

    pub(super) fn counts_mut(&mut self) -> &mut [u64] {
        &mut self.0
    }

    /// Where each bucket ends, in seconds, and what is in it.
    pub(crate) fn buckets(&self) -> Vec<(f64, u64)> {
        let ends = Self::ENDS_MS.iter().map(|ms| *ms as f64 / 1000.0);
        ends.chain([f64::INFINITY])
            .zip(self.0.iter().copied())
            .collect()
    }
}
