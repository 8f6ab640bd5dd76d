//! What threads do to a map: drawn beforehand, so that only the map is measured.

use std::hint::black_box;

use rand::{RngExt, SeedableRng, distr::Distribution, rngs::SmallRng};

use crate::maps::Shared;

#[derive(Clone, Copy)]
pub(crate) enum Op {
    Get,
    Insert,
    Remove,
}

/// How many entries there are, and what is asked of them.
#[derive(Clone, Copy)]
pub(crate) struct Mix {
    pub(crate) entries: u64,
    /// Of a hundred operations.
    reads: u32,
    zipf: bool,
}

impl Mix {
    pub(crate) fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for entries in [1_000, 1_000_000] {
            for reads in [90, 50] {
                for zipf in [false, true] {
                    all.push(Self {
                        entries,
                        reads,
                        zipf,
                    });
                }
            }
        }
        all
    }

    pub(crate) fn name(&self) -> String {
        let Self { entries, reads, .. } = self;
        let shape = if self.zipf { "zipf" } else { "uniform" };
        format!("{reads}/{} {shape}, {entries}", 100 - reads)
    }

    /// Half of the keys that are drawn are there.
    pub(crate) fn fill(&self, map: &dyn Shared) {
        (0..self.entries).for_each(|key| map.insert(key * 2, key));
    }

    /// So many operations. Writes insert and remove in turns, so a map keeps its size.
    pub(crate) fn script(&self, ops: usize, seed: u64) -> Vec<(Op, u64)> {
        let mut random = SmallRng::seed_from_u64(seed);
        let keys = self.entries * 2;
        let ranks = rand_distr::Zipf::new(keys as f64, 1.0).expect("there are keys");
        let mut inserts = false;
        let mut draw = || {
            let key = if self.zipf {
                // Which keys are hot has nothing to do with their order.
                let rank = ranks.sample(&mut random) as u64;
                rank.wrapping_mul(0x9E37_79B9_7F4A_7C15) % keys
            } else {
                random.random_range(0..keys)
            };
            if random.random_range(0..100) < self.reads {
                return (Op::Get, key);
            }
            inserts = !inserts;
            (if inserts { Op::Insert } else { Op::Remove }, key)
        };
        (0..ops).map(|_| draw()).collect()
    }
}

/// Does it.
#[inline(never)]
pub(crate) fn play(map: &dyn Shared, script: &[(Op, u64)]) {
    for (op, key) in script {
        match op {
            Op::Get => _ = black_box(map.get(*key)),
            Op::Insert => map.insert(*key, *key),
            Op::Remove => map.remove(*key),
        }
    }
}
