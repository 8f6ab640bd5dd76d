//! Keys that come back soon after they were removed: a removal that lost a race, or one that came too early.
//!
//! Sampling goes by the key's hash, so a key that is sampled once is sampled again. The last few that left are
//! remembered, per site.

use super::{super::live::SOON_MS, mixed};
use crate::threads::Mutex;

/// Keys remembered.
const MANY: usize = 64;

/// See the [module](self).
#[derive(Default)]
pub(super) struct Departures(Mutex<Option<Box<Ring>>>);

struct Ring {
    /// How many of the hashes have each mark, to be asked first: most keys that come did not leave lately.
    marked: [u8; MARKS],
    hashes: [u64; MANY],
    /// When each of them left; 0 for none.
    times: [u64; MANY],
    next: usize,
}

const MARKS: usize = 256;

/// The bits that say whether a key is sampled are alike; these are not.
fn mark(hash: u64) -> usize {
    (mixed(hash) >> 40) as usize % MARKS
}

impl Default for Ring {
    fn default() -> Self {
        let mut marked = [0; MARKS];
        marked[mark(0)] = MANY as u8;
        Self {
            marked,
            hashes: [0; MANY],
            times: [0; MANY],
            next: 0,
        }
    }
}

impl Departures {
    /// A key left; forgotten if somebody else is writing here just now.
    pub(super) fn note(&self, hash: u64, now_ms: u64) {
        let Ok(mut ring) = self.0.try_lock() else {
            return;
        };
        let Ring {
            marked,
            hashes,
            times,
            next,
        } = &mut **ring.get_or_insert_default();
        let place = *next % MANY;
        marked[mark(hashes[place])] -= 1;
        marked[mark(hash)] += 1;
        hashes[place] = hash;
        times[place] = now_ms;
        *next = place + 1;
    }

    /// Whether a key that comes left a moment ago. It is forgotten then.
    pub(super) fn came_back(&self, hash: u64, now_ms: u64) -> bool {
        let Ok(mut ring) = self.0.try_lock() else {
            return false;
        };
        let Some(ring) = ring.as_deref_mut() else {
            return false;
        };
        if ring.marked[mark(hash)] == 0 {
            return false;
        }
        let left = ring.hashes.iter().zip(&mut ring.times).find(|(known, at)| {
            **known == hash && **at > 0 && now_ms.saturating_sub(**at) <= SOON_MS
        });
        left.map(|(_, at)| *at = 0).is_some()
    }
}
