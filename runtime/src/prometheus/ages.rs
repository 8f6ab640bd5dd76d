//! Lifetimes as a histogram of Prometheus: few buckets, the same ones for ever.

use crate::AgeHistogram;

/// Ages by buckets of four times the last one, from 8 ms to 97 days; the last one has no end.
#[derive(Debug)]
pub(super) struct Ages([u64; Ages::ENDS_MS.len() + 1]);

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

    pub(super) fn total(&self) -> u64 {
        self.0.iter().fold(0, |sum, n| sum.saturating_add(*n))
    }

    /// Where each bucket ends, in seconds, and what is in it.
    pub(super) fn buckets(&self) -> Vec<(f64, u64)> {
        let ends = Self::ENDS_MS.iter().map(|ms| *ms as f64 / 1000.0);
        ends.chain([f64::INFINITY])
            .zip(self.0.iter().copied())
            .collect()
    }

    /// About: each counts with the middle of its bucket.
    pub(super) fn sum_seconds(&self) -> f64 {
        let starts = std::iter::once(0).chain(Self::ENDS_MS);
        let ends = Self::ENDS_MS.into_iter().chain([Self::ENDS_MS[15] * 2]);
        starts
            .zip(ends)
            .zip(&self.0)
            .map(|((from, to), n)| (from + to) as f64 / 2000.0 * *n as f64)
            .sum()
    }
}
