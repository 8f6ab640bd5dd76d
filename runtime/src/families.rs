//! A report as families of figures: plain data, bounded in number, for whoever collects metrics.
//!
//! [`FAMILIES`] says what each is called, what it means and how it is read off a report. In which words an exporter tells
//! it is up to that one: [`prometheus`](crate::prometheus), [`opentelemetry`](crate::opentelemetry).

mod ages;
mod group;
mod high_water;
mod release;

use std::collections::BTreeMap;

pub(crate) use ages::Ages;
use group::{Group, groups, site_labels};
pub(crate) use high_water::HighWater;
use release::release;
pub use release::set_release;

use crate::{RemovalCause, Report, SiteReport, Suspect, report::UNKNOWN};

/// What is added up for want of a series of its own.
pub(crate) const OTHER: &str = "other";
/// Ages that entries are counted beyond, in seconds.
const OLDER_THAN: [u64; 5] = [60, 600, 3_600, 14_400, 86_400];

/// How many sites, lines of each, and suspects have series of their own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) sites: usize,
    pub(crate) lines: usize,
    pub(crate) suspects: usize,
}

impl Bounds {
    /// So many sites, the eight fullest lines of each, and 64 suspects.
    pub(crate) const fn of_sites(sites: usize) -> Self {
        Self {
            sites,
            lines: 8,
            suspects: 64,
        }
    }
}

pub(crate) type Labels = Vec<(&'static str, String)>;

/// Figures by their labels.
type Samples = Vec<(Labels, Figure)>;

/// What a family is, whatever is told of it.
#[derive(Debug)]
pub(crate) struct Description {
    /// As Prometheus calls it, without what follows from its kind or its unit.
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    pub(crate) kind: Kind,
    pub(crate) unit: Unit,
    samples: fn(&Told<'_>) -> Samples,
}

/// How figures of a family behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// They never fall.
    Counter,
    /// They rise and fall; those of several labels, or programs, may be added up.
    Sum,
    /// They rise and fall; added up they say nothing.
    Gauge,
    /// How often which value was seen.
    Histogram,
}

/// What is counted or measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// So many entries of maps.
    Entries,
    /// Entries that come each hour.
    EntriesPerHour,
    /// Maps.
    Maps,
    /// Values that were in maps.
    Values,
    /// Calls that removed nothing.
    Removals,
    /// Contracts that did not hold.
    Breaches,
    /// Times that something was waited for.
    Waits,
    /// What was to be noted.
    Samples,
    /// 1, or no unit.
    One,
    /// Of memory.
    Bytes,
    /// Some names have it in them.
    Seconds,
}

/// One family of all that have it.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) what: &'static Description,
    pub(crate) samples: Samples,
}

#[derive(Debug)]
pub(crate) enum Figure {
    /// Of a counter.
    Count(u64),
    /// Of a gauge or a sum that is a whole number.
    Whole(u64),
    /// Of a gauge that is not.
    Part(f64),
    /// Of a histogram.
    Ages(Ages),
}

/// What figures are read off.
struct Told<'r> {
    report: &'r Report,
    groups: Vec<Group<'r>>,
    suspects: BTreeMap<Labels, Suspected>,
    lines: usize,
}

/// All families of a report, in the order of [`FAMILIES`].
pub(crate) fn of(report: &Report, bounds: Bounds) -> Vec<Family> {
    let told = Told {
        report,
        groups: groups(report, bounds.sites),
        suspects: suspects(report, bounds.suspects),
        lines: bounds.lines,
    };
    let family = |what: &'static Description| Family {
        what,
        samples: (what.samples)(&told),
    };
    FAMILIES.iter().map(family).collect()
}

/// Suspects that have the same labels, or none of their own.
#[derive(Default)]
struct Suspected {
    suspects: u64,
    entries: u64,
    entries_per_hour: f64,
}

impl Suspected {
    fn add(&mut self, suspect: &Suspect) {
        self.suspects += 1;
        self.entries = self.entries.saturating_add(suspect.entries);
        self.entries_per_hour += suspect.entries_per_hour;
    }
}

/// Of so many suspects each has series; a report has the costliest certain one first.
fn suspects(report: &Report, most: usize) -> BTreeMap<Labels, Suspected> {
    let mut told = BTreeMap::<Labels, Suspected>::new();
    for (place, suspect) in report.suspects.iter().enumerate() {
        let labels = if place < most {
            let line = suspect.call_site.as_deref().unwrap_or(UNKNOWN);
            suspect_labels([
                &suspect.module,
                &suspect.site,
                suspect.kind,
                line,
                &suspect.fingerprint,
            ])
        } else {
            suspect_labels([OTHER; 5])
        };
        told.entry(labels).or_default().add(suspect);
    }
    told
}

fn suspect_labels([module, site, kind, call_site, fingerprint]: [&str; 5]) -> Labels {
    let mut labels = site_labels(module, site);
    labels.push(("kind", kind.to_owned()));
    labels.push(("call_site", call_site.to_owned()));
    labels.push(("fingerprint", fingerprint.to_owned()));
    labels
}

impl<'r> Told<'r> {
    /// What only some sites have.
    fn some(&self, figure: impl Fn(&Group<'r>) -> Option<Figure>) -> Samples {
        let samples = self.groups.iter();
        samples
            .filter_map(|group| Some((group.labels.clone(), figure(group)?)))
            .collect()
    }

    /// One figure of each site.
    fn each(&self, figure: impl Fn(&Group<'r>) -> Figure) -> Samples {
        self.some(|group| Some(figure(group)))
    }

    /// Several figures of each site, each with a label of its own.
    fn several(
        &self,
        label: &'static str,
        figures: impl Fn(&Group<'r>) -> Vec<(String, Figure)>,
    ) -> Samples {
        let of_group = |group: &Group<'r>| -> Samples {
            let figures = figures(group).into_iter();
            figures
                .map(|(value, figure)| (group.with((label, value)), figure))
                .collect()
        };
        self.groups.iter().flat_map(of_group).collect()
    }

    /// The sum of each site, which rises and falls.
    fn sums(&self, of: fn(&SiteReport) -> u64) -> Samples {
        self.each(|group| Figure::Whole(group.sum(of)))
    }

    /// The count of each site.
    fn counts(&self, of: fn(&SiteReport) -> u64) -> Samples {
        self.each(|group| Figure::Count(group.sum(of)))
    }

    /// One figure of each suspect.
    fn suspects(&self, figure: fn(&Suspected) -> Figure) -> Samples {
        let suspects = self.suspects.iter();
        suspects
            .map(|(labels, suspect)| (labels.clone(), figure(suspect)))
            .collect()
    }
}

/// Every family there is, in an order that stays.
pub(crate) const FAMILIES: &[Description] = &[
    Description {
        name: "mapkeeper_info",
        help: "What watches the maps of this process",
        kind: Kind::Gauge,
        unit: Unit::One,
        samples: |told| {
            let labels = vec![
                ("version", env!("CARGO_PKG_VERSION").to_owned()),
                ("mode", told.report.mode.as_str().to_owned()),
            ];
            vec![(labels, Figure::Whole(1))]
        },
    },
    Description {
        name: "mapkeeper_release_info",
        help: "Which release of the program runs, as it said",
        kind: Kind::Gauge,
        unit: Unit::One,
        samples: |_| {
            let label = release().map(|name| (vec![("release", name)], Figure::Whole(1)));
            label.into_iter().collect()
        },
    },
    Description {
        name: "mapkeeper_entries",
        help: "Entries in live maps",
        kind: Kind::Sum,
        unit: Unit::Entries,
        samples: |told| told.sums(|site| site.len),
    },
    Description {
        name: "mapkeeper_capacity_entries",
        help: "Entries the live maps hold without growing",
        kind: Kind::Sum,
        unit: Unit::Entries,
        samples: |told| told.sums(|site| site.capacity),
    },
    Description {
        name: "mapkeeper_instances",
        help: "Live maps that allocated",
        kind: Kind::Sum,
        unit: Unit::Maps,
        samples: |told| told.sums(|site| site.instances),
    },
    Description {
        name: "mapkeeper_residue_entries",
        help: "Entries whose value is vacant",
        kind: Kind::Sum,
        unit: Unit::Entries,
        samples: |told| told.sums(|site| site.residue),
    },
    Description {
        name: "mapkeeper_retained_values",
        help: "Values that left and live on",
        kind: Kind::Sum,
        unit: Unit::Values,
        samples: |told| {
            told.sums(|site| {
                let values = site.after_removal.retained.iter().map(|group| group.values);
                values.fold(0, u64::saturating_add)
            })
        },
    },
    Description {
        name: "mapkeeper_resurrected_entries",
        help: "Keys that were inserted again within seconds of their removal",
        kind: Kind::Sum,
        unit: Unit::Entries,
        samples: |told| {
            told.sums(|site| {
                let returned = site.call_sites.iter().map(|line| line.returned);
                returned.fold(0, u64::saturating_add)
            })
        },
    },
    Description {
        name: "mapkeeper_table",
        help: "Bytes that the tables of live maps allocated",
        kind: Kind::Sum,
        unit: Unit::Bytes,
        samples: |told| told.sums(|site| site.table_bytes),
    },
    Description {
        name: "mapkeeper_inserted",
        help: "Keys inserted",
        kind: Kind::Counter,
        unit: Unit::Entries,
        samples: |told| told.counts(|site| site.inserts),
    },
    Description {
        name: "mapkeeper_remove_misses",
        help: "Removals of a key that was not there",
        kind: Kind::Counter,
        unit: Unit::Removals,
        samples: |told| told.counts(|site| site.misses),
    },
    Description {
        name: "mapkeeper_breaches",
        help: "Declared contracts that did not hold",
        kind: Kind::Counter,
        unit: Unit::Breaches,
        samples: |told| told.counts(|site| site.breaches),
    },
    Description {
        name: "mapkeeper_leftovers",
        help: "Entries that were there when their map went",
        kind: Kind::Counter,
        unit: Unit::Entries,
        samples: |told| told.counts(|site| site.leftovers),
    },
    Description {
        name: "mapkeeper_samples_dropped",
        help: "What was not noted for want of room",
        kind: Kind::Counter,
        unit: Unit::Samples,
        samples: |told| told.counts(|site| site.samples_dropped),
    },
    Description {
        name: "mapkeeper_removed",
        help: "Entries that left, by cause (replaced: the value, not the key)",
        kind: Kind::Counter,
        unit: Unit::Entries,
        samples: |told| {
            told.several("cause", |group| {
                let removed = |cause: RemovalCause| {
                    let removed = group.sum(|site| site.removed.get(cause));
                    (cause.as_str().to_owned(), Figure::Count(removed))
                };
                RemovalCause::ALL.map(removed).into()
            })
        },
    },
    Description {
        name: "mapkeeper_line_entries",
        help: "Entries in live maps, by the line that inserted them",
        kind: Kind::Sum,
        unit: Unit::Entries,
        samples: |told| {
            told.several("call_site", |group| {
                let lines = group.by_line(told.lines).into_iter();
                lines
                    .map(|(line, entries)| (line, Figure::Whole(entries)))
                    .collect()
            })
        },
    },
    Description {
        name: "mapkeeper_old_entries",
        help: "Entries in live maps that are older than so many seconds",
        kind: Kind::Sum,
        unit: Unit::Entries,
        samples: |told| {
            told.several("older_than", |group| {
                let older = |seconds: u64| {
                    let entries = group.older_than(seconds);
                    (seconds.to_string(), Figure::Whole(entries))
                };
                if group.lines().next().is_none() {
                    return Vec::new();
                }
                OLDER_THAN.map(older).into()
            })
        },
    },
    Description {
        name: "mapkeeper_lifetime",
        help: "How old entries got that left",
        kind: Kind::Histogram,
        unit: Unit::Seconds,
        samples: |told| told.each(|group| Figure::Ages(group.lifetimes())),
    },
    Description {
        name: "mapkeeper_limit_entries",
        help: "Entries a map may have, as declared by max_len",
        kind: Kind::Gauge,
        unit: Unit::Entries,
        samples: |told| {
            told.some(|group| {
                let limits = group.sites.iter().filter_map(|site| site.max_len);
                limits.max().map(Figure::Whole)
            })
        },
    },
    Description {
        name: "mapkeeper_seconds_to_limit",
        help: "When a declared limit is reached if growth goes on",
        kind: Kind::Gauge,
        unit: Unit::Seconds,
        samples: |told| {
            told.some(|group| {
                let hours = group.least(|site| {
                    let trend = site.trend.as_ref()?;
                    let hours = [trend.hours_to_max_len, trend.hours_to_budget];
                    hours.into_iter().flatten().min_by(f64::total_cmp)
                });
                hours.map(|hours| Figure::Part(hours * 3_600.0))
            })
        },
    },
    Description {
        name: "mapkeeper_lock_waits",
        help: "Times that a shard of a shared map was waited for",
        kind: Kind::Counter,
        unit: Unit::Waits,
        samples: |told| {
            told.some(|group| {
                let waited = group.sites.iter().any(|site| site.contention.is_some());
                let waits = |site: &SiteReport| site.contention.as_ref().map_or(0, |of| of.waits);
                waited.then(|| Figure::Count(group.sum(waits)))
            })
        },
    },
    Description {
        name: "mapkeeper_longest_hold_seconds",
        help: "The longest that a shard was held, as far as known",
        kind: Kind::Gauge,
        unit: Unit::Seconds,
        samples: |told| {
            told.some(|group| {
                let hold = group.most(|site| site.contention.as_ref().map(|of| of.longest_hold_ms));
                hold.map(|ms| Figure::Part(ms / 1000.0))
            })
        },
    },
    Description {
        name: "mapkeeper_suspect",
        help: "What looks like a leak",
        kind: Kind::Gauge,
        unit: Unit::One,
        samples: |told| told.suspects(|suspect| Figure::Whole(suspect.suspects)),
    },
    Description {
        name: "mapkeeper_suspect_entries",
        help: "Entries in question",
        kind: Kind::Gauge,
        unit: Unit::Entries,
        samples: |told| told.suspects(|suspect| Figure::Whole(suspect.entries)),
    },
    Description {
        name: "mapkeeper_suspect_entries_per_hour",
        help: "How many more there are each hour",
        kind: Kind::Gauge,
        unit: Unit::EntriesPerHour,
        samples: |told| told.suspects(|suspect| Figure::Part(suspect.entries_per_hour)),
    },
];
