//! Keys that come back soon after they were removed: a removal that lost a race, or one that came too early.
//!
//! Sampling goes by the key's hash, so a key that is sampled once is sampled again. The last few that left are
//! remembered, per site.

use super::super::live::SOON_MS;
use crate::threads::Mutex;

/// Keys remembered.
const MANY: usize = 64;

/// See the [module](self).
#[derive(Default)]
pub(super) struct Departures(Mutex<Ring>);

#[derive(Default)]
struct Ring {
    hashes: Vec<u64>,
    /// When each of them left.
    times: Vec<u64>,
    next: usize,
}

impl Departures {
    /// A key left; forgotten if somebody else is writing here just now.
    pub(super) fn note(&self, hash: u64, now_ms: u64) {
        let Ok(mut ring) = self.0.try_lock() else {
            return;
        };
        let Ring {
            hashes,
            times,
            next,
        } = &mut *ring;
        if hashes.len() < MANY {
            hashes.reserve_exact(MANY - hashes.len());
            times.reserve_exact(MANY - times.len());
            hashes.push(hash);
            times.push(now_ms);
        } else {
            hashes[*next] = hash;
            times[*next] = now_ms;
            *next = (*next + 1) % MANY;
        }
    }

    /// Whether a key that comes left a moment ago. It is forgotten then.
    pub(super) fn came_back(&self, hash: u64, now_ms: u64) -> bool {
        let Ok(mut ring) = self.0.try_lock() else {
            return false;
        };
        let Ring { hashes, times, .. } = &mut *ring;
        // Most did not: `contains` looks at several at a time.
        if !hashes.contains(&hash) {
            return false;
        }
        let left = hashes.iter().zip(times).find(|(known, at)| {
            **known == hash && **at > 0 && now_ms.saturating_sub(**at) <= SOON_MS
        });
        left.map(|(_, at)| *at = 0).is_some()
    }
}
