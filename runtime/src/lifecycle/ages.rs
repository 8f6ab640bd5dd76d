//! A histogram of ages on a logarithmic scale: two buckets to each doubling, from 8 ms to 70 years.
//!
//! Whatever the time scale of a map, a bucket is right to a third of the age, in bounded memory.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Buckets of a histogram: one below 8 ms, two for each doubling up to 2^41 ms.
pub(crate) const BUCKETS: usize = 77;
/// The first bucket ends at 2^FIRST ms.
const FIRST: u32 = 3;

/// The bucket of an age. Ages above the last bucket's are counted there.
#[inline(always)]
pub(crate) fn bucket_of(age_ms: u64) -> usize {
    if age_ms < 1 << FIRST {
        return 0;
    }
    let doubling = age_ms.ilog2();
    let half = (age_ms >> (doubling - 1)) & 1;
    let bucket = 1 + 2 * (doubling - FIRST) as usize + half as usize;
    bucket.min(BUCKETS - 1)
}

/// The youngest age of a bucket, in milliseconds.
pub(crate) fn bucket_start(bucket: usize) -> u64 {
    if bucket == 0 {
        return 0;
    }
    let doubling = (bucket - 1) / 2 + FIRST as usize;
    let half = (bucket - 1) as u64 % 2;
    (2 + half) << (doubling - 1)
}

/// How many entries had which age.
///
/// Two buckets to each doubling: an age is right to a third. As JSON, a list of pairs: the youngest age of a bucket in
/// milliseconds, and its count; empty buckets are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgeHistogram {
    counts: [u64; BUCKETS],
}

impl Default for AgeHistogram {
    fn default() -> Self {
        Self {
            counts: [0; BUCKETS],
        }
    }
}

impl AgeHistogram {
    /// Counts `entries` of this age.
    pub fn add(&mut self, age_ms: u64, entries: u64) {
        self.add_to_bucket(bucket_of(age_ms), entries);
    }

    pub(crate) fn add_to_bucket(&mut self, bucket: usize, entries: u64) {
        self.counts[bucket] = self.counts[bucket].saturating_add(entries);
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, entries) in other.counts().iter().enumerate() {
            self.add_to_bucket(bucket, *entries);
        }
    }

    /// Entries counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().fold(0, |sum, n| sum.saturating_add(*n))
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.counts.iter().all(|n| *n == 0)
    }

    /// Every bucket that is not empty: its youngest age and the next one's, in milliseconds, and its entries.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64, u64)> {
        self.counts
            .iter()
            .enumerate()
            .filter(|(_, entries)| **entries > 0)
            .map(|(bucket, entries)| (bucket_start(bucket), bucket_start(bucket + 1), *entries))
    }

    /// The age in milliseconds below which this share (0 to 1) of the entries is, to the end of its bucket; `None` if
    /// nothing was counted.
    pub fn quantile(&self, share: f64) -> Option<u64> {
        let total = self.total();
        if total == 0 {
            return None;
        }
        let rank = (share.clamp(0.0, 1.0) * total as f64).ceil().max(1.0) as u64;
        // Above 2^53, the total may be rounded up.
        let rank = rank.min(total);
        let mut seen = 0_u64;
        let bucket = self.counts.iter().position(|entries| {
            seen = seen.saturating_add(*entries);
            seen >= rank
        })?;
        Some(bucket_start(bucket + 1))
    }

    /// The same with every count standing for `weight` entries.
    #[must_use]
    pub fn scaled(&self, weight: f64) -> Self {
        Self {
            counts: self.counts.map(|n| (n as f64 * weight).round() as u64),
        }
    }

    pub(crate) fn counts(&self) -> &[u64; BUCKETS] {
        &self.counts
    }
}

impl Serialize for AgeHistogram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.buckets().map(|(from, _, entries)| (from, entries)))
    }
}

impl<'de> Deserialize<'de> for AgeHistogram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(u64, u64)>::deserialize(deserializer)?;
        let mut histogram = Self::default();
        for (age_ms, entries) in pairs {
            histogram.add(age_ms, entries);
        }
        Ok(histogram)
    }
}

#[cfg(all(test, not(mapkeeper_models)))]
mod tests;
