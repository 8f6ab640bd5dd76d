//! A report as families of metrics: plain data, bounded in number.

use std::collections::BTreeMap;

use prometheus_client::registry::Unit;

use super::{ages::Ages, release::release, suspects::suspects};
use crate::{AgeHistogram, CallSiteReport, RemovalCause, Report, SiteReport};

/// What is added up for want of a series of its own.
pub(super) const OTHER: &str = "other";
/// Ages that entries are counted beyond, in seconds.
const OLDER_THAN: [u64; 5] = [60, 600, 3_600, 14_400, 86_400];

/// How many sites, lines of each, and suspects have series of their own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) sites: usize,
    pub(super) lines: usize,
    pub(super) suspects: usize,
}

pub(super) type Labels = Vec<(&'static str, String)>;

/// One metric of all that have it.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) unit: Option<Unit>,
    pub(super) samples: Vec<(Labels, Figure)>,
}

#[derive(Debug)]
pub(super) enum Figure {
    /// A counter.
    Count(u64),
    /// A gauge that is a whole number.
    Whole(u64),
    /// A gauge that is not.
    Part(f64),
    /// A histogram.
    Ages(Ages),
}

/// Sites that are told as one: those of the same name, or all that have no series of their own.
struct Group<'r> {
    labels: Labels,
    sites: Vec<&'r SiteReport>,
}

impl<'r> Group<'r> {
    fn sum(&self, figure: impl Fn(&SiteReport) -> u64) -> u64 {
        let figures = self.sites.iter().map(|site| figure(site));
        figures.fold(0, u64::saturating_add)
    }

    fn most(&self, figure: impl Fn(&SiteReport) -> Option<f64>) -> Option<f64> {
        let figures = self.sites.iter().filter_map(|site| figure(site));
        figures.filter(|x| x.is_finite()).max_by(f64::total_cmp)
    }

    fn least(&self, figure: impl Fn(&SiteReport) -> Option<f64>) -> Option<f64> {
        self.most(|site| figure(site).map(|x| -x)).map(|x| -x)
    }

    fn lines(&self) -> impl Iterator<Item = &'r CallSiteReport> {
        self.sites.iter().flat_map(|site| &site.call_sites)
    }

    fn with(&self, label: (&'static str, String)) -> Labels {
        let mut labels = self.labels.clone();
        labels.push(label);
        labels
    }

    /// Live entries by line: the fullest lines, the last one being all others.
    fn by_line(&self, lines: usize) -> Vec<(String, u64)> {
        let mut live = BTreeMap::<&str, u64>::new();
        for line in self.lines() {
            let sum = live.entry(&line.call_site).or_default();
            *sum = sum.saturating_add(line.live);
        }
        let mut live: Vec<(String, u64)> = live
            .into_iter()
            .map(|(line, entries)| (line.to_owned(), entries))
            .collect();
        live.sort_by_key(|(_, entries)| std::cmp::Reverse(*entries));
        if live.len() > lines {
            let rest = live.split_off(lines);
            let rest = rest
                .iter()
                .fold(0_u64, |sum, (_, n)| sum.saturating_add(*n));
            live.push((OTHER.to_owned(), rest));
        }
        live
    }

    fn lifetimes(&self) -> Ages {
        let mut all = AgeHistogram::default();
        self.lines().for_each(|line| all.merge(&line.lifetimes));
        Ages::of(&all)
    }

    /// Live entries of known age that are older than so many seconds; those of a bucket that the limit cuts are not.
    fn older_than(&self, seconds: u64) -> u64 {
        let of_line = |line: &CallSiteReport| -> u64 {
            let old = line
                .ages
                .buckets()
                .filter(|(from, ..)| *from >= seconds * 1000);
            old.map(|(_, _, entries)| entries).sum()
        };
        self.lines().map(of_line).fold(0, u64::saturating_add)
    }
}

pub(super) fn site_labels(module: &str, site: &str) -> Labels {
    vec![("module", module.to_owned()), ("site", site.to_owned())]
}

/// The sites with series of their own, those with the largest tables, and the rest as one.
fn groups(report: &Report, sites: usize) -> Vec<Group<'_>> {
    let mut by_name = BTreeMap::<(&str, &str), Vec<&SiteReport>>::new();
    for site in &report.sites {
        let name = (site.module.as_str(), site.site.as_str());
        by_name.entry(name).or_default().push(site);
    }
    let mut groups: Vec<Group<'_>> = by_name
        .into_iter()
        .map(|((module, site), sites)| Group {
            labels: site_labels(module, site),
            sites,
        })
        .collect();
    if groups.len() > sites {
        groups.sort_by_key(|group| {
            let bytes = group.sum(|site| site.table_bytes);
            std::cmp::Reverse((bytes, group.sum(|site| site.inserts)))
        });
        let rest = groups.split_off(sites);
        groups.push(Group {
            labels: site_labels(OTHER, OTHER),
            sites: rest.into_iter().flat_map(|group| group.sites).collect(),
        });
    }
    groups
}

/// All families of a report, in an order that stays.
pub(super) fn of(report: &Report, bounds: Bounds) -> Vec<Family> {
    let groups = groups(report, bounds.sites);
    let mut families = vec![info(report), released()];
    families.extend(counts(&groups));
    families.extend(by_label(&groups, bounds));
    families.extend(limits(&groups));
    families.extend(locks(&groups));
    families.extend(suspects(report, bounds.suspects));
    families
}

pub(super) fn family(
    name: &'static str,
    help: &'static str,
    samples: Vec<(Labels, Figure)>,
) -> Family {
    Family {
        name,
        help,
        unit: None,
        samples,
    }
}

fn info(report: &Report) -> Family {
    let labels = vec![
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("mode", report.mode.as_str().to_owned()),
    ];
    family(
        "mapkeeper_info",
        "What watches the maps of this process",
        vec![(labels, Figure::Whole(1))],
    )
}

/// Nothing where the program did not say which release it is.
fn released() -> Family {
    let label = release().map(|name| (vec![("release", name)], Figure::Whole(1)));
    family(
        "mapkeeper_release_info",
        "Which release of the program runs, as it said",
        label.into_iter().collect(),
    )
}

/// One figure of each site.
fn each(groups: &[Group<'_>], figure: impl Fn(&Group<'_>) -> Figure) -> Vec<(Labels, Figure)> {
    let samples = groups
        .iter()
        .map(|group| (group.labels.clone(), figure(group)));
    samples.collect()
}

fn counts(groups: &[Group<'_>]) -> Vec<Family> {
    type Of = fn(&SiteReport) -> u64;
    let gauges: [(&'static str, &'static str, Of); 6] = [
        ("mapkeeper_entries", "Entries in live maps", |site| site.len),
        (
            "mapkeeper_capacity_entries",
            "Entries the live maps hold without growing",
            |site| site.capacity,
        ),
        ("mapkeeper_instances", "Live maps that allocated", |site| {
            site.instances
        }),
        (
            "mapkeeper_residue_entries",
            "Entries whose value is vacant",
            |site| site.residue,
        ),
        (
            "mapkeeper_retained_values",
            "Values that left and live on",
            |site| {
                let values = site.after_removal.retained.iter().map(|group| group.values);
                values.fold(0, u64::saturating_add)
            },
        ),
        (
            "mapkeeper_resurrected_entries",
            "Keys that were inserted again within seconds of their removal",
            |site| {
                let returned = site.call_sites.iter().map(|line| line.returned);
                returned.fold(0, u64::saturating_add)
            },
        ),
    ];
    let counters: [(&'static str, &'static str, Of); 5] = [
        ("mapkeeper_inserted", "Keys inserted", |site| site.inserts),
        (
            "mapkeeper_remove_misses",
            "Removals of a key that was not there",
            |site| site.misses,
        ),
        (
            "mapkeeper_breaches",
            "Declared contracts that did not hold",
            |site| site.breaches,
        ),
        (
            "mapkeeper_leftovers",
            "Entries that were there when their map went",
            |site| site.leftovers,
        ),
        (
            "mapkeeper_samples_dropped",
            "What was not noted for want of room",
            |site| site.samples_dropped,
        ),
    ];
    let bytes = Family {
        unit: Some(Unit::Bytes),
        ..family(
            "mapkeeper_table",
            "Bytes that the tables of live maps allocated",
            each(groups, |group| {
                Figure::Whole(group.sum(|site| site.table_bytes))
            }),
        )
    };
    let gauges = gauges.map(|(name, help, of)| {
        family(
            name,
            help,
            each(groups, |group| Figure::Whole(group.sum(of))),
        )
    });
    let counters = counters.map(|(name, help, of)| {
        family(
            name,
            help,
            each(groups, |group| Figure::Count(group.sum(of))),
        )
    });
    gauges.into_iter().chain([bytes]).chain(counters).collect()
}

fn by_label(groups: &[Group<'_>], bounds: Bounds) -> Vec<Family> {
    let mut removed = Vec::new();
    let mut lines = Vec::new();
    let mut old = Vec::new();
    for group in groups {
        for cause in RemovalCause::ALL {
            let labels = group.with(("cause", cause.as_str().to_owned()));
            removed.push((
                labels,
                Figure::Count(group.sum(|site| site.removed.get(cause))),
            ));
        }
        for (line, entries) in group.by_line(bounds.lines) {
            lines.push((group.with(("call_site", line)), Figure::Whole(entries)));
        }
        if group.lines().next().is_some() {
            for seconds in OLDER_THAN {
                let labels = group.with(("older_than", seconds.to_string()));
                old.push((labels, Figure::Whole(group.older_than(seconds))));
            }
        }
    }
    let lifetimes = Family {
        unit: Some(Unit::Seconds),
        ..family(
            "mapkeeper_lifetime",
            "How old entries got that left",
            each(groups, |group| Figure::Ages(group.lifetimes())),
        )
    };
    vec![
        family(
            "mapkeeper_removed",
            "Entries that left, by cause (replaced: the value, not the key)",
            removed,
        ),
        family(
            "mapkeeper_line_entries",
            "Entries in live maps, by the line that inserted them",
            lines,
        ),
        family(
            "mapkeeper_old_entries",
            "Entries in live maps that are older than so many seconds",
            old,
        ),
        lifetimes,
    ]
}

/// What only some sites have.
fn some(
    groups: &[Group<'_>],
    figure: impl Fn(&Group<'_>) -> Option<Figure>,
) -> Vec<(Labels, Figure)> {
    let samples = groups
        .iter()
        .filter_map(|group| Some((group.labels.clone(), figure(group)?)));
    samples.collect()
}

fn limits(groups: &[Group<'_>]) -> [Family; 2] {
    let limit = some(groups, |group| {
        let limits = group.sites.iter().filter_map(|site| site.max_len);
        limits.max().map(Figure::Whole)
    });
    let until = some(groups, |group| {
        let hours = group.least(|site| {
            let trend = site.trend.as_ref()?;
            let hours = [trend.hours_to_max_len, trend.hours_to_budget];
            hours.into_iter().flatten().min_by(f64::total_cmp)
        });
        hours.map(|hours| Figure::Part(hours * 3_600.0))
    });
    [
        family(
            "mapkeeper_limit_entries",
            "Entries a map may have, as declared by max_len",
            limit,
        ),
        family(
            "mapkeeper_seconds_to_limit",
            "When a declared limit is reached if growth goes on",
            until,
        ),
    ]
}

fn locks(groups: &[Group<'_>]) -> [Family; 2] {
    let waits = some(groups, |group| {
        let waited = group.sites.iter().any(|site| site.contention.is_some());
        let waits = |site: &SiteReport| site.contention.as_ref().map_or(0, |of| of.waits);
        waited.then(|| Figure::Count(group.sum(waits)))
    });
    let holds = some(groups, |group| {
        let hold = group.most(|site| site.contention.as_ref().map(|of| of.longest_hold_ms));
        hold.map(|ms| Figure::Part(ms / 1000.0))
    });
    [
        family(
            "mapkeeper_lock_waits",
            "Times that a shard of a shared map was waited for",
            waits,
        ),
        family(
            "mapkeeper_longest_hold_seconds",
            "The longest that a shard was held, as far as known",
            holds,
        ),
    ]
}
