//! OpenTelemetry: the figures of every site on instruments of yours, and what goes wrong as log records that know the trace
//! in which the entries were inserted.
//!
//! Only OpenTelemetry's API is needed here; the SDK and the exporter are the program's own.
//!
//! ```
//! use opentelemetry::{global, logs::{LoggerProvider, NoopLoggerProvider}};
//!
//! mapkeeper::opentelemetry::Metrics::new()
//!     .observe(&global::meter_with_scope(mapkeeper::opentelemetry::scope()));
//! # let provider = NoopLoggerProvider::new(); // an `SdkLoggerProvider` in programs
//! mapkeeper::opentelemetry::Events::new(provider.logger_with_scope(mapkeeper::opentelemetry::scope()))
//!     .with_tracer(global::tracer_with_scope(mapkeeper::opentelemetry::scope()))
//!     .install();
//! ```
//!
//! # Metrics
//! The same figures as Prometheus' (`mapkeeper::prometheus`; `mapkeeper_entries` is `mapkeeper.entries`), asked for when the
//! SDK's reader collects: that makes one [report](crate::report()) for all instruments. What is added up over sites or
//! processes is an up-down counter, what is not a gauge. A unit is never in a name, so `mapkeeper_table_bytes` is
//! `mapkeeper.table` in `By`, `mapkeeper_seconds_to_limit` is `mapkeeper.time_to_limit` in `s`, and
//! `mapkeeper_suspect_entries_per_hour` is `mapkeeper.suspect_growth` in `{entry}/h`. There is no histogram that is asked, so
//! `mapkeeper.lifetimes` counts the entries of each bucket, not of those below it, by `mapkeeper.up_to` (seconds).
//!
//! Attributes: `mapkeeper.module`, `mapkeeper.site`, and where Prometheus has a label more `mapkeeper.cause`,
//! `mapkeeper.older_than` (seconds), `mapkeeper.up_to`, `mapkeeper.suspect.kind`, `mapkeeper.suspect.fingerprint`; lines are
//! [`code.file.path`, `code.line.number` and `code.column.number`](https://opentelemetry.io/docs/specs/semconv/registry/attributes/code/).
//! They are bounded by [`Metrics::max_sites`] and [`Metrics::max_lines`]; the rest is added up as `other`.
//!
//! # Log records
//! | event name | when | attributes, besides module and site |
//! |---|---|---|
//! | `mapkeeper.breach` | a contract did not hold, at most once a minute for each map (observe; strict panics) | `mapkeeper.clause`, `code.*` of the line that did it |
//! | `mapkeeper.drop` | a map went with entries in it (strict) | `mapkeeper.left` |
//! | `mapkeeper.suspect` | a suspect is in a report for the first time, or again; asked for with each collection of [`Metrics`], or by [`Report::tell_suspects`](crate::Report::tell_suspects) | `mapkeeper.suspect.…`: `kind`, `fingerprint`, `entries`, `share`, `growth` (entries an hour), `confidence`, `advice`, `emptied_at`; `code.*` of the line that inserted |
//!
//! The body is the sentence, the severity WARN. Each is an event of `tracing` too ([`mapkeeper::events`](crate::events)):
//! whoever has those exported as well filters the targets `mapkeeper::…` out there.
//!
//! # Traces
//! An entry that is inserted while a span of OpenTelemetry is active may remember its ids (one in 256 does in observe, as far
//! as maps are sampled; 16 of a line at a time in strict): a suspect's record, and that of entries which are too old or were
//! left, carries the trace and span of one that is still there, [`CallSiteReport::traces`](crate::CallSiteReport::traces)
//! tells of a few, and [`Events::with_tracer`] makes a span with links to all of those. Another breach is in the trace of the
//! operation that did it. Spans of `tracing` are active with `tracing-opentelemetry`'s layer.
//!
//! # Errors
//! Nothing here fails or waits: the SDK's reader and processors keep what cannot be sent. Counters never fall, so what a
//! receiver missed is in the next figures that it gets.

pub(crate) mod events;
mod instruments;
mod names;

use ::opentelemetry::metrics::Meter;

pub use events::{Events, scope};

pub use crate::families::set_release;

use crate::families::Bounds;

/// The figures of every site of the program, on instruments of a meter; see the [module](self).
///
/// A collection costs what a [report](crate::report()) costs.
#[derive(Clone, Debug)]
pub struct Metrics {
    bounds: Bounds,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All sites up to 100, and the eight fullest lines of each: no instrument has more sets of attributes than the 2,000
    /// that the SDK tells apart.
    pub fn new() -> Self {
        Self {
            bounds: Bounds::of_sites(100),
        }
    }

    /// So many sites are told by themselves: those whose tables are largest. The rest is added up as one with the name
    /// `other`.
    #[must_use]
    pub fn max_sites(mut self, sites: usize) -> Self {
        self.bounds.sites = sites;
        self
    }

    /// So many lines of a site are told by themselves: those with most live entries. The rest is added up as `other`.
    #[must_use]
    pub fn max_lines(mut self, lines: usize) -> Self {
        self.bounds.lines = lines;
        self
    }

    /// Makes the instruments. They tell for as long as the meter's provider collects.
    pub fn observe(&self, meter: &Meter) {
        instruments::make(meter, self.bounds);
    }
}
