//! A site as a row of the page's table, and what its number in addresses is.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Report, SiteReport, Suspect, detect::fingerprint};

/// Points of the small chart in a row.
const SPARK: usize = 32;

/// One site in the table.
#[derive(Serialize)]
pub(crate) struct Row<'r> {
    id: String,
    site: &'r str,
    module: &'r str,
    declared_at: &'r str,
    entries: u64,
    capacity: u64,
    table_bytes: u64,
    instances: u64,
    inserted: u64,
    removed: u64,
    residue_share: f64,
    /// Entries more each hour, where it rises or falls and not by chance.
    growth_per_hour: Option<f64>,
    deviation: Option<f64>,
    breaches: u64,
    suspects: usize,
    /// Entries over time, the last one now.
    spark: Vec<u64>,
}

impl<'r> Row<'r> {
    pub(crate) fn of(site: &'r SiteReport, suspects: usize) -> Self {
        let step = site.history.len().div_ceil(SPARK).max(1);
        Self {
            id: id_of(site),
            site: &site.site,
            module: &site.module,
            declared_at: &site.declared_at,
            entries: site.len,
            capacity: site.capacity,
            table_bytes: site.table_bytes,
            instances: site.instances,
            inserted: site.inserts,
            removed: site.removed.entries(),
            residue_share: site.residue_share(),
            growth_per_hour: growth(site),
            deviation: site.deviation,
            breaches: site.breaches,
            suspects,
            spark: site
                .history
                .iter()
                .rev()
                .step_by(step)
                .map(|point| point.len)
                .rev()
                .collect(),
        }
    }
}

pub(crate) fn growth(site: &SiteReport) -> Option<f64> {
    let trend = site.trend.as_ref().filter(|trend| trend.rises());
    trend.map(|trend| trend.entries_per_hour)
}

/// What a site is called in addresses: the same in every run of the same source.
pub(crate) fn id_of(site: &SiteReport) -> String {
    fingerprint(&[&site.module, &site.site, &site.declared_at])
}

/// How many suspects each site has.
pub(crate) struct SuspectCounts<'r>(BTreeMap<(&'r str, &'r str), usize>);

impl<'r> SuspectCounts<'r> {
    pub(crate) fn of(report: &'r Report) -> Self {
        let mut counts = BTreeMap::new();
        for suspect in &report.suspects {
            *counts.entry(name_of(suspect)).or_default() += 1;
        }
        Self(counts)
    }

    pub(crate) fn get(&self, site: &SiteReport) -> usize {
        let name = (site.module.as_str(), site.site.as_str());
        self.0.get(&name).copied().unwrap_or(0)
    }
}

/// Several modules may have a site of the same name.
fn name_of(suspect: &Suspect) -> (&str, &str) {
    (&suspect.module, &suspect.site)
}

/// Whether a suspect is one of this site.
#[cfg(feature = "inspector")]
pub(crate) fn is_of(suspect: &Suspect, site: &SiteReport) -> bool {
    name_of(suspect) == (&site.module, &site.site)
}
