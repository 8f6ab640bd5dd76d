//! The samples of one map: which buckets hold one, and what its lines inserted.

use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;

use super::{
    super::{
        Caller,
        live::{LINES, LineFigures, LineId, OTHER},
    },
    is_sampled,
};
use crate::{
    Site,
    clock::now_ms,
    hash_map::{Rehash, Slot},
};

/// Samples one map may have (16 million entries' worth).
const MAX_SAMPLES: usize = 65_536;
/// Buckets looked at to find a sample again after a rehash; more share a hash only if the hasher is hostile.
const MAX_CANDIDATES: usize = 64;

#[derive(Clone)]
pub(super) struct Sample {
    pub(super) bucket: usize,
    pub(super) hash: u64,
    pub(super) born_ms: u64,
    pub(super) line: LineId,
    pub(super) emptied_by: Option<LineId>,
    /// Whether its age was already found to be a breach.
    pub(super) overdue: bool,
}

#[derive(Default)]
pub(super) struct Samples {
    pub(super) by_bucket: HashTable<Sample>,
    pub(super) lines: Vec<(LineId, LineFigures)>,
    /// Samples there was no room for.
    pub(super) dropped: u64,
    pub(super) events_since_age_check: usize,
}

/// Spreads bucket numbers (Fibonacci hashing: Knuth, The Art of Computer Programming, vol. 3, section 6.4).
pub(super) fn spread(bucket: usize) -> u64 {
    (bucket as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Samples {
    pub(super) fn line(&mut self, id: LineId) -> &mut LineFigures {
        let index = match self.lines.iter().position(|(known, _)| *known == id) {
            Some(index) => index,
            None => {
                self.lines.push((id, LineFigures::default()));
                self.lines.len() - 1
            }
        };
        &mut self.lines[index].1
    }

    pub(super) fn put(&mut self, sample: Sample) {
        if self.by_bucket.len() >= MAX_SAMPLES {
            self.dropped += 1;
            return;
        }
        let bucket = sample.bucket;
        // A sample that is still here left unseen (a leaked iterator).
        self.take(bucket);
        self.by_bucket
            .insert_unique(spread(bucket), sample, |known| spread(known.bucket));
    }

    pub(super) fn take(&mut self, bucket: usize) -> Option<Sample> {
        let found = self
            .by_bucket
            .find_entry(spread(bucket), |known| known.bucket == bucket);
        found.ok().map(|entry| entry.remove().0)
    }
}

/// The samples of one map.
pub(crate) struct Detail {
    pub(super) site: &'static Site,
    samples: Mutex<Samples>,
}

impl Detail {
    pub(crate) fn new(site: &'static Site) -> Self {
        Self {
            site,
            samples: Mutex::default(),
        }
    }

    pub(super) fn samples(&self) -> MutexGuard<'_, Samples> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn line_of(&self, at: Caller) -> LineId {
        at.location().map_or(OTHER, |line| {
            self.site.record.state().call_sites.id_of(line)
        })
    }

    pub(crate) fn all_left(&self) {
        self.samples().by_bucket.clear();
    }

    /// Finds every sample again after the table's buckets moved. O(samples), each at most [`MAX_CANDIDATES`] probes.
    pub(crate) fn rehashed<K, V>(&self, table: &HashTable<Slot<K, V>>, hasher: Rehash<'_, K, V>) {
        let before = {
            let mut samples = self.samples();
            let before = std::mem::take(&mut samples.by_bucket);
            // Until they are found again: the hasher is user code and may panic.
            samples.dropped += before.len() as u64;
            before
        };
        let mut after: HashTable<Sample> = HashTable::with_capacity(before.len());
        for mut sample in before {
            let home = table
                .iter_hash_buckets(sample.hash)
                .take(MAX_CANDIDATES)
                .find(|bucket| {
                    table
                        .get_bucket(*bucket)
                        .is_some_and(|slot| hasher(slot) == sample.hash)
                        && after
                            .find(spread(*bucket), |known| known.bucket == *bucket)
                            .is_none()
                });
            if let Some(bucket) = home {
                sample.bucket = bucket;
                after.insert_unique(spread(bucket), sample, |known| spread(known.bucket));
            }
        }
        let mut samples = self.samples();
        samples.dropped -= after.len() as u64;
        samples.by_bucket = after;
    }

    /// Samples the entries that were there before the map registered; nobody saw which line inserted them.
    pub(super) fn adopt<K, V>(&self, table: &HashTable<Slot<K, V>>, hasher: Rehash<'_, K, V>) {
        let born_ms = now_ms();
        let found: Vec<Sample> = table
            .iter_buckets()
            .filter_map(|bucket| Some((bucket, hasher(table.get_bucket(bucket)?))))
            .filter(|(_, hash)| is_sampled(*hash))
            .map(|(bucket, hash)| Sample {
                bucket,
                hash,
                born_ms,
                line: OTHER,
                emptied_by: None,
                overdue: false,
            })
            .collect();
        let mut samples = self.samples();
        for sample in found {
            samples.line(OTHER).births += 1;
            samples.put(sample);
        }
    }

    /// Adds the live samples and all births to `lines`; returns how many samples were dropped.
    pub(crate) fn summarise(&self, lines: &mut [LineFigures; LINES]) -> u64 {
        let samples = self.samples();
        for (id, figures) in &samples.lines {
            lines[usize::from(*id)].births += figures.births;
        }
        for sample in &samples.by_bucket {
            let line = &mut lines[usize::from(sample.line)];
            line.live += 1;
            line.saw(sample.born_ms);
            if let Some(by) = sample.emptied_by {
                line.residue += 1;
                lines[usize::from(by)].emptied += 1;
            }
        }
        samples.dropped
    }

    /// Adds what stays known of a map that went.
    pub(crate) fn summarise_gone(&self, lines: &mut [LineFigures; LINES]) {
        for (id, figures) in &self.samples().lines {
            lines[usize::from(*id)].births += figures.births;
            lines[usize::from(*id)].leftovers += figures.leftovers;
        }
    }
}
