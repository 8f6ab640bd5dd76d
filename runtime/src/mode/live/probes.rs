//! The probes that bpftrace and its like attach to, with the feature `usdt`: what they are told of a map's operations.
//!
//! While nobody is attached, an operation asks a number in memory whether somebody is. Without the feature, nobody ever is.

use super::{super::Caller, Recorder, ToldBreach};
use crate::{AfterRemoval, Keeper, RemovalCause, Site};

/// What is asked and told with the feature; without it, nothing.
#[cfg(feature = "usdt")]
use mapkeeper_probes as probes;

#[cfg(not(feature = "usdt"))]
use nobody as probes;

#[cfg(not(feature = "usdt"))]
mod nobody {
    pub(super) const fn insert_is_watched() -> bool {
        false
    }

    pub(super) const fn remove_is_watched() -> bool {
        false
    }

    pub(super) const fn breach_is_watched() -> bool {
        false
    }

    pub(super) const fn retained_is_watched() -> bool {
        false
    }

    pub(super) fn insert(_: &str, _: &str, _: u32, _: usize, _: u64) {}

    pub(super) fn remove(_: &str, _: &str, _: u32, _: u64, _: u64, _: u8) {}

    pub(super) fn breach(_: &str, _: &str, _: u32, _: &str) {}

    pub(super) fn retained(_: &str, _: &str, _: u64, _: u64) {}
}

/// The file and line of the program, as far as they are known.
fn place(at: Caller) -> (&'static str, u32) {
    at.location().map_or(("", 0), |at| (at.file(), at.line()))
}

impl Recorder {
    /// Whether somebody looks at each insertion.
    #[inline(always)]
    pub(crate) fn insert_is_watched() -> bool {
        probes::insert_is_watched()
    }

    /// Whether somebody looks at each removal.
    #[inline(always)]
    pub(crate) fn remove_is_watched() -> bool {
        probes::remove_is_watched()
    }

    /// A key with this hash came; `len` counts it, as far as that is known.
    #[inline(always)]
    pub(super) fn probe_insert<K, V, T: Keeper<K, V>>(hash: u64, len: usize, at: Caller) {
        if probes::insert_is_watched()
            && let Some(site) = T::site()
        {
            probe_insert(site, hash, len, at);
        }
    }

    /// So many entries leave; the hash is that of a single one, if it is known.
    #[inline(always)]
    pub(super) fn probe_remove<K, V, T: Keeper<K, V>>(
        hash: u64,
        entries: u64,
        cause: RemovalCause,
        at: Caller,
    ) {
        if probes::remove_is_watched()
            && let Some(site) = T::site()
        {
            probe_remove(site, hash, entries, cause, at);
        }
    }
}

#[cold]
#[inline(never)]
fn probe_insert(site: &'static Site, hash: u64, len: usize, at: Caller) {
    let (file, line) = place(at);
    probes::insert(site.name(), file, line, len, hash);
}

#[cold]
#[inline(never)]
fn probe_remove(site: &'static Site, hash: u64, entries: u64, cause: RemovalCause, at: Caller) {
    // A map's end has no caller: drop glue runs it.
    let (file, line) = if cause == RemovalCause::MapDropped {
        ("", 0)
    } else {
        place(at)
    };
    probes::remove(site.name(), file, line, entries, hash, cause as u8);
}

/// A contract did not hold, whether it is told elsewhere or not.
pub(super) fn probe_breach(site: &Site, breach: &ToldBreach) {
    if probes::breach_is_watched() {
        let at = breach.call_site;
        let (file, line) = at.map_or(("", 0), |at| (at.file(), at.line()));
        probes::breach(site.name(), file, line, &breach.sentence);
    }
}

/// What a report tells of values that left a site and live on.
pub(super) fn probe_retained(site: &str, known: &AfterRemoval) {
    if probes::retained_is_watched() {
        for group in &known.retained {
            let ms = (group.oldest_seconds * 1000.0) as u64;
            probes::retained(site, &group.removed_at, group.values, ms);
        }
    }
}
