//! The only file that knows the cargo features of the modes.
//!
//! It picks the [`Recorder`] every map carries (a live one, or a zero-sized twin that does nothing), how a live one
//! knows its entries (every one of them, or a sample), and the constants that say so. Everything else is written once
//! and lets the optimiser drop what a constant rules out.

use std::panic::Location;

#[cfg(feature = "observe")]
mod live;
#[cfg(all(feature = "observe", feature = "sync"))]
pub(crate) use live::Whole;
#[cfg(feature = "observe")]
pub(crate) use live::{
    Footprint, Handle, LenBefore, MARKS, Quiet, Recorder, RemovalRecord, SiteRecord,
};

#[cfg(not(feature = "observe"))]
mod off;
#[cfg(all(not(feature = "observe"), feature = "sync"))]
pub(crate) use off::Whole;
#[cfg(not(feature = "observe"))]
pub(crate) use off::{
    CLOCK_STEP_MS, Footprint, Handle, LenBefore, MARKS, Quiet, Recorder, RemovalRecord,
    SAMPLED_ONE_IN, SiteRecord, Stamp, clock_moved, snapshot_taken,
};

#[cfg(feature = "strict")]
mod every;
#[cfg(feature = "strict")]
use every as detail;
#[cfg(all(feature = "strict", feature = "sync"))]
pub(crate) use every::holds;
#[cfg(feature = "strict")]
pub(crate) use every::{flight, scopes};

#[cfg(not(feature = "strict"))]
pub(crate) mod no_scopes;
#[cfg(not(feature = "strict"))]
pub(crate) use no_scopes as scopes;

#[cfg(not(feature = "strict"))]
pub(crate) mod no_flight;
#[cfg(not(feature = "strict"))]
pub(crate) use no_flight as flight;

#[cfg(all(not(feature = "strict"), feature = "sync"))]
pub(crate) mod no_holds;
#[cfg(all(not(feature = "strict"), feature = "sync"))]
pub(crate) use no_holds as holds;

#[cfg(all(feature = "observe", not(feature = "strict")))]
mod sampled;
#[cfg(all(feature = "observe", not(feature = "strict")))]
use sampled as detail;

#[cfg(feature = "observe")]
pub(crate) use detail::{CLOCK_STEP_MS, SAMPLED_ONE_IN, Stamp, clock_moved, snapshot_taken};

/// How much a map records; decided by cargo features when mapkeeper is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Nothing is recorded; hooks run.
    Off,
    /// Exact counters, sampled entries, breaches counted.
    Observe,
    /// Every entry, breaches panic.
    Strict,
}

impl Mode {
    /// `off`, `observe` or `strict`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Observe => "observe",
            Self::Strict => "strict",
        }
    }
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The mode mapkeeper was compiled in.
pub const MODE: Mode = if cfg!(feature = "strict") {
    Mode::Strict
} else if cfg!(feature = "observe") {
    Mode::Observe
} else {
    Mode::Off
};

/// The hash of a key that nobody knows.
pub(crate) const UNKNOWN_KEY: u64 = u64::MAX;

/// Whether anything is recorded at all.
pub(crate) const RECORDS: bool = cfg!(feature = "observe");
/// Whether guards are asked.
pub(crate) const ENFORCE: bool = cfg!(feature = "enforce");
/// Whether each removal is an event.
pub(crate) const AUDIT: bool = cfg!(feature = "audit");
/// Whether guards of shared maps may go to other threads.
#[cfg(all(feature = "strict", feature = "sync"))]
pub(crate) const SEND_GUARDS: bool = cfg!(feature = "send_guard");
/// Whether the spans that insertions happen in are noted.
#[cfg(feature = "observe")]
pub(crate) const SPANS: bool = cfg!(feature = "spans");
/// Whether backtraces of insertions are taken.
#[cfg(feature = "observe")]
pub(crate) const BACKTRACES: bool = cfg!(feature = "backtrace");
/// Whether the traces of OpenTelemetry that insertions are part of are noted.
#[cfg(feature = "strict")]
pub(crate) const TRACES: bool = cfg!(feature = "opentelemetry");
/// Whether anything is noted of what insertions happen in.
#[cfg(feature = "observe")]
pub(crate) const NOTES_ORIGINS: bool = SPANS || BACKTRACES;

/// The line of the program that called into the map.
#[cfg(any(feature = "observe", feature = "audit"))]
#[derive(Clone, Copy)]
pub(crate) struct Caller(&'static Location<'static>);

#[cfg(any(feature = "observe", feature = "audit"))]
impl Caller {
    #[inline(always)]
    #[track_caller]
    pub(crate) fn here() -> Self {
        Self(Location::caller())
    }

    /// A line remembered from an earlier call.
    #[cfg(feature = "strict")]
    pub(crate) fn at(location: &'static Location<'static>) -> Self {
        Self(location)
    }

    #[inline(always)]
    pub(crate) fn location(self) -> Option<&'static Location<'static>> {
        Some(self.0)
    }
}

/// Nobody asks, so nothing is passed along.
#[cfg(not(any(feature = "observe", feature = "audit")))]
#[derive(Clone, Copy)]
pub(crate) struct Caller;

#[cfg(not(any(feature = "observe", feature = "audit")))]
impl Caller {
    #[inline(always)]
    pub(crate) fn here() -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn location(self) -> Option<&'static Location<'static>> {
        None
    }
}
