//! Which entries will never be removed, and why: judged from a report's figures alone.
//!
//! Every detector is a pure function of plain data; this module reads no clock, keeps no state and sees no map. Each has
//! a file of its own; here they are asked in turn, what they find is brought together by site and line, and ranked.

mod capacity;
mod excess;
mod finding;
mod grows;
mod hashing;
mod index;
mod instances;
mod misses;
mod owners;
mod past;
#[cfg(all(test, not(mapkeeper_models)))]
pub(crate) mod random;
mod replaces;
mod residue;
mod retained;
mod returns;
mod stats;
mod stays;
mod survival;
#[cfg(all(test, not(mapkeeper_models)))]
mod tests;
mod trend;
mod twins;

pub(crate) use finding::fingerprint;
pub use finding::{Also, Suspect};
pub(crate) use past::deviation;
pub use trend::Trend;
pub(crate) use trend::trend;

use crate::report::{SiteReport, UNKNOWN};
use finding::Finding;

/// What detectors go by besides the figures.
#[derive(Clone, Copy)]
pub(crate) struct Circumstances {
    /// Now, in milliseconds of the clock that the figures' times were taken from.
    pub(crate) now_ms: u64,
    /// Whether a program is being developed or tested: its life is short.
    pub(crate) short_lived: bool,
}

/// One site under suspicion, and all others.
#[derive(Clone, Copy)]
struct Case<'r> {
    site: &'r SiteReport,
    sites: &'r [SiteReport],
    now: Circumstances,
}

impl Case<'_> {
    /// How long the site has been living, in milliseconds.
    fn life_ms(&self) -> u64 {
        self.now.now_ms.saturating_sub(self.site.since_ms)
    }

    /// How old the entries get that are removed, but for the last tenth of a line's; in milliseconds.
    fn usual_lifetime_ms(&self) -> u64 {
        let lines = self.site.call_sites.iter();
        let lifetimes = lines.filter_map(|line| line.lifetimes.quantile(0.9));
        lifetimes.max().unwrap_or(0)
    }

    /// What to call the map in code: the field without its struct.
    fn field(&self) -> &str {
        let name = &self.site.site;
        name.rsplit('.').next().unwrap_or(name)
    }

    /// Bytes of table to each entry.
    fn bytes_per_entry(&self) -> f64 {
        self.site.table_bytes as f64 / self.site.len.max(1) as f64
    }

    /// The line with most live entries, of those that are known.
    fn fullest_line(&self) -> Option<String> {
        let lines = self.site.call_sites.iter();
        lines
            .filter(|line| line.call_site != UNKNOWN)
            .max_by_key(|line| line.live)
            .map(|line| line.call_site.clone())
    }

    /// The site of this name in the same module.
    fn neighbour(&self, name: &str) -> Option<&SiteReport> {
        self.sites
            .iter()
            .find(|site| site.module == self.site.module && site.site == name)
    }
}

/// Everything suspicious about some sites, the costliest certain one first. `is_silenced` is asked for fingerprints.
pub(crate) fn suspects(
    sites: &[SiteReport],
    now: Circumstances,
    is_silenced: &mut dyn FnMut(&str) -> bool,
) -> Vec<Suspect> {
    let mut suspects = Vec::new();
    let owners = owners::Owners::of(sites);
    for site in sites.iter().filter(|site| site.inserts > 0) {
        let case = Case { site, sites, now };
        let mut findings: Vec<Finding> = Vec::new();
        findings.extend(residue::detect(&case));
        for line in &site.call_sites {
            let stay: Vec<Finding> = [
                stays::never_removed(&case, line),
                stays::overdue(&case, line),
            ]
            .into_iter()
            .flatten()
            .collect();
            findings.extend(returns::detect(&case, line, &stay));
            findings.extend(stay);
            findings.extend(grows::only_grows(&case, line));
        }
        findings.extend(grows::grows_unseen(&case));
        findings.extend(excess::detect(&case));
        findings.extend(replaces::detect(&case, owners.beside(site), &findings));
        findings.extend(index::drift(&case).or_else(|| twins::drift(&case, owners.beside(site))));
        findings.extend(misses::detect(&case));
        findings.extend(instances::only_grow(&case));
        findings.extend(capacity::detect(&case));
        findings.extend(retained::detect(&case));
        findings.extend(hashing::detect(&case));
        let found = finding::brought_together(&case, findings);
        suspects.extend(
            found
                .into_iter()
                .filter(|suspect| !is_silenced(&suspect.fingerprint)),
        );
    }
    suspects.sort_by(|a, b| b.rank().total_cmp(&a.rank()));
    suspects
}
