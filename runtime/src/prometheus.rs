//! Prometheus: the figures of every site, read when somebody scrapes.
//!
//! [`Metrics`] is a [`Collector`] for the program's own registry. Who has none takes [`Metrics::to_openmetrics`]
//! or [`Metrics::to_text`].
//!
//! Names, all with the labels `module` and `site`:
//!
//! | metric | what it is |
//! |---|---|
//! | `mapkeeper_entries`, `mapkeeper_capacity_entries`, `mapkeeper_table_bytes`, `mapkeeper_instances` | what the live maps hold |
//! | `mapkeeper_residue_entries` | entries whose value is vacant |
//! | `mapkeeper_inserted_total`, `mapkeeper_removed_total{cause}`, `mapkeeper_remove_misses_total` | what came, what left and why, removals that found nothing |
//! | `mapkeeper_resurrected_entries` | keys that were inserted again within seconds of their removal |
//! | `mapkeeper_breaches_total`, `mapkeeper_leftovers_total` | contracts that did not hold; entries that were there when their map went |
//! | `mapkeeper_retained_values` | values that left and live on |
//! | `mapkeeper_lifetime_seconds` | a histogram: how old entries got that left |
//! | `mapkeeper_old_entries{older_than}` | entries that are older than so many seconds |
//! | `mapkeeper_line_entries{call_site}` | entries in live maps by the line that inserted them, the fullest lines first, the rest as `other` |
//! | `mapkeeper_limit_entries`, `mapkeeper_seconds_to_limit` | `max_len`, and when it is reached if growth goes on |
//! | `mapkeeper_lock_waits_total`, `mapkeeper_longest_hold_seconds` | shards of `mapkeeper::sync` maps that were waited for |
//! | `mapkeeper_suspect{kind,call_site,fingerprint}` | 1 for each [suspect](crate::Suspect), the costliest first, how many the rest is as `other`; beside it `mapkeeper_suspect_entries` and `mapkeeper_suspect_entries_per_hour` |
//! | `mapkeeper_samples_dropped_total` | what was not noted for want of room |
//! | `mapkeeper_info{version,mode}` | 1: mapkeeper's own version, and its mode |
//! | `mapkeeper_release_info{release}` | 1: the program's release, once it called [`set_release`] |
//!
//! Series are bounded: see [`Metrics::max_sites`], [`Metrics::max_lines`] and [`Metrics::max_suspects`]. Keys are never among the labels. Counters never
//! fall; what is estimated of lines in observe is a gauge for that reason.
//!
//! The repository's `examples/monitoring/` has alerts, recording rules, a route for Alertmanager and dashboards for Grafana that
//! go by these names. The [inspector](crate::inspector)'s `/metrics` has the same figures, without a registry.
//!
//! # Examples
//! ```
//! use prometheus_client::registry::Registry;
//!
//! let mut registry = Registry::default();
//! registry.register_collector(Box::new(mapkeeper::prometheus::Metrics::new()));
//! ```

use std::{fmt, sync::Arc};

use prometheus_client::{
    collector::Collector,
    encoding::{self, DescriptorEncoder, EncodeMetric, MetricEncoder, NoLabelSet},
    metrics::MetricType,
    registry::{Registry, Unit as Suffix},
};

use crate::{
    Report,
    families::{self, Bounds, Description, Figure, HighWater, Kind, Unit},
    report,
    threads::{Mutex, PoisonError},
};

pub use crate::families::set_release;

/// The figures of every site of the program, as a collector of Prometheus metrics; see the [module](self).
///
/// A scrape costs what a [report](crate::report()) costs. Clones share what they remember between scrapes.
#[derive(Clone, Debug)]
pub struct Metrics {
    bounds: Bounds,
    seen: Arc<Mutex<HighWater>>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All sites up to 256, the eight fullest lines of each, and 64 suspects.
    pub fn new() -> Self {
        Self {
            bounds: Bounds::of_sites(256),
            seen: Arc::default(),
        }
    }

    /// So many sites have series of their own: those whose tables are largest. The rest is added up as one with the name
    /// `other`.
    #[must_use]
    pub fn max_sites(mut self, sites: usize) -> Self {
        self.bounds.sites = sites;
        self
    }

    /// So many lines of a site have a series of their own: those with most live entries. The rest is added up as `other`.
    #[must_use]
    pub fn max_lines(mut self, lines: usize) -> Self {
        self.bounds.lines = lines;
        self
    }

    /// So many suspects have series of their own: the costliest certain ones. The rest is added up as one with the kind `other`.
    #[must_use]
    pub fn max_suspects(mut self, suspects: usize) -> Self {
        self.bounds.suspects = suspects;
        self
    }

    /// All of it in the OpenMetrics text format, for `application/openmetrics-text; version=1.0.0; charset=utf-8`.
    pub fn to_openmetrics(&self) -> String {
        self.openmetrics_of(Arc::new(report()))
    }

    /// All of it in Prometheus' own text format, for `text/plain; version=0.0.4; charset=utf-8`.
    pub fn to_text(&self) -> String {
        self.text_of(Arc::new(report()))
    }

    /// The same of a report that somebody else has a use for, too.
    pub(crate) fn openmetrics_of(&self, report: Arc<Report>) -> String {
        let mut text = String::new();
        // A `String` takes whatever is written to it.
        let _ = encoding::text::encode(&mut text, &self.alone(report));
        text
    }

    pub(crate) fn text_of(&self, report: Arc<Report>) -> String {
        let mut text = String::new();
        let _ = encoding::prometheus_text::encode(&mut text, &self.alone(report));
        text
    }

    /// A registry with nothing else in it.
    fn alone(&self, report: Arc<Report>) -> Registry {
        let mut registry = Registry::default();
        let metrics = self.clone();
        registry.register_collector(Box::new(Once { metrics, report }));
        registry
    }

    fn tell(&self, report: &Report, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut families = families::of(report, self.bounds);
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            families.iter_mut().for_each(|family| seen.raise(family));
        }
        for family in families.iter().filter(|family| !family.samples.is_empty()) {
            let what = family.what;
            let suffix = what.suffix();
            let mut metric = encoder.encode_descriptor(
                what.name,
                what.help,
                suffix.as_ref(),
                what.metric_type(),
            )?;
            for (labels, figure) in &family.samples {
                figure.encode(metric.encode_family(labels)?)?;
            }
        }
        Ok(())
    }
}

impl Collector for Metrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.tell(&report(), &mut encoder)
    }
}

/// The metrics of one report.
#[derive(Debug)]
struct Once {
    metrics: Metrics,
    report: Arc<Report>,
}

impl Collector for Once {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.metrics.tell(&self.report, &mut encoder)
    }
}

impl Description {
    fn metric_type(&self) -> MetricType {
        match self.kind {
            Kind::Counter => MetricType::Counter,
            Kind::Sum | Kind::Gauge => MetricType::Gauge,
            Kind::Histogram => MetricType::Histogram,
        }
    }

    /// What follows the name; some names have it already.
    fn suffix(&self) -> Option<Suffix> {
        match self.unit {
            Unit::Bytes => Some(Suffix::Bytes),
            Unit::Seconds if !self.name.contains("_seconds") => Some(Suffix::Seconds),
            _ => None,
        }
    }
}

/// The sum of all ages, about: each counts with the middle of its bucket.
fn sum(buckets: &[(f64, u64)]) -> f64 {
    let mut sum = 0.0;
    let mut from = 0.0;
    for (to, entries) in buckets {
        let to = if to.is_finite() { *to } else { from * 2.0 };
        sum += (from + to) / 2.0 * *entries as f64;
        from = to;
    }
    sum
}

impl EncodeMetric for Figure {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        match self {
            Self::Count(n) => encoder.encode_counter::<NoLabelSet, u64, u64>(n, None),
            Self::Whole(n) => encoder.encode_gauge(n),
            Self::Part(x) => encoder.encode_gauge(x),
            Self::Ages(ages) => {
                let buckets = ages.buckets();
                let total = buckets
                    .iter()
                    .fold(0, |sum: u64, (_, n)| sum.saturating_add(*n));
                encoder.encode_histogram::<NoLabelSet>(sum(&buckets), total, &buckets, None)
            }
        }
    }

    fn metric_type(&self) -> MetricType {
        match self {
            Self::Count(_) => MetricType::Counter,
            Self::Whole(_) | Self::Part(_) => MetricType::Gauge,
            Self::Ages(_) => MetricType::Histogram,
        }
    }
}
