//! Who waited for the shards of a site's maps, and who held them: written by those who waited, or whose guard went.

use std::{panic::Location, time::Duration};

use super::Count;
use crate::threads::{Mutex, PoisonError};

/// The waits and holds of one site.
#[derive(Default)]
pub(crate) struct Contention {
    waits: Count,
    waited_ns: Count,
    longest_wait: Longest,
    longest_hold: Longest,
    pub(crate) inversions: Count,
}

/// The longest of several times, and where it was.
#[derive(Default)]
struct Longest {
    ns: Count,
    at: Mutex<Option<&'static Location<'static>>>,
}

impl Longest {
    fn note(&self, ns: u64, at: Option<&'static Location<'static>>) {
        if ns > self.ns.get() {
            let mut longest = self.at.lock().unwrap_or_else(PoisonError::into_inner);
            if ns > self.ns.get() {
                self.ns.raise_to(ns);
                *longest = at;
            }
        }
    }

    fn read(&self) -> (f64, Option<String>) {
        let at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        (self.ns.get() as f64 / 1e6, at.map(ToString::to_string))
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl Contention {
    /// Somebody waited so long for a shard.
    pub(crate) fn waited(&self, time: Duration, at: Option<&'static Location<'static>>) {
        self.waits.add(1);
        self.waited_ns.add(nanos(time));
        self.longest_wait.note(nanos(time), at);
    }

    /// A guard held a shard so long.
    pub(crate) fn held(&self, time: Duration, at: Option<&'static Location<'static>>) {
        self.longest_hold.note(nanos(time), at);
    }

    /// `None` if nobody waited and no hold was timed.
    pub(crate) fn read(&self) -> Option<crate::Contention> {
        let (longest_wait_ms, longest_wait_at) = self.longest_wait.read();
        let (longest_hold_ms, longest_hold_at) = self.longest_hold.read();
        (longest_hold_ms > 0.0).then(|| crate::Contention {
            waits: self.waits.get(),
            waited_ms: self.waited_ns.get() as f64 / 1e6,
            longest_wait_ms,
            longest_wait_at,
            longest_hold_ms,
            longest_hold_at,
            inversions: self.inversions.get(),
        })
    }
}
