//! Which sites and lines are told by themselves, and which are added up.

use std::collections::BTreeMap;

use super::{Ages, Labels, OTHER};
use crate::{AgeHistogram, CallSiteReport, Report, SiteReport};

/// Sites that are told as one: those of the same name, or all that have no series of their own.
pub(super) struct Group<'r> {
    pub(super) labels: Labels,
    pub(super) sites: Vec<&'r SiteReport>,
}

impl<'r> Group<'r> {
    pub(super) fn sum(&self, figure: impl Fn(&SiteReport) -> u64) -> u64 {
        let figures = self.sites.iter().map(|site| figure(site));
        figures.fold(0, u64::saturating_add)
    }

    pub(super) fn most(&self, figure: impl Fn(&SiteReport) -> Option<f64>) -> Option<f64> {
        let figures = self.sites.iter().filter_map(|site| figure(site));
        figures.filter(|x| x.is_finite()).max_by(f64::total_cmp)
    }

    pub(super) fn least(&self, figure: impl Fn(&SiteReport) -> Option<f64>) -> Option<f64> {
        self.most(|site| figure(site).map(|x| -x)).map(|x| -x)
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &'r CallSiteReport> {
        self.sites.iter().flat_map(|site| &site.call_sites)
    }

    pub(super) fn with(&self, label: (&'static str, String)) -> Labels {
        let mut labels = self.labels.clone();
        labels.push(label);
        labels
    }

    /// Live entries by line: the fullest lines, the last one being all others.
    pub(super) fn by_line(&self, lines: usize) -> Vec<(String, u64)> {
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

    pub(super) fn lifetimes(&self) -> Ages {
        let mut all = AgeHistogram::default();
        self.lines().for_each(|line| all.merge(&line.lifetimes));
        Ages::of(&all)
    }

    /// Live entries of known age that are older than so many seconds; those of a bucket that the limit cuts are not.
    pub(super) fn older_than(&self, seconds: u64) -> u64 {
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
pub(super) fn groups(report: &Report, sites: usize) -> Vec<Group<'_>> {
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
