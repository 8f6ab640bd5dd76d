//! All sites together.

use serde::Serialize;

use crate::{Mode, Report};

/// All sites together.
#[derive(Serialize)]
pub(crate) struct Summary {
    version: &'static str,
    mode: Mode,
    /// Which run of a program it is of.
    process: String,
    at_ms: u64,
    sampled_one_in: u64,
    sites: usize,
    sites_in_use: usize,
    instances: u64,
    entries: u64,
    table_bytes: u64,
    residue: u64,
    breaches: u64,
    silenced: usize,
    /// The fingerprints of all suspects, the costliest certain one first; the first hundred.
    suspects: Vec<String>,
}

impl Summary {
    pub(crate) fn of(report: &Report, process: &str) -> Self {
        const FIRST: usize = 100;
        let sum = |figure: fn(&crate::SiteReport) -> u64| {
            let figures = report.sites.iter().map(figure);
            figures.fold(0, u64::saturating_add)
        };
        let suspects = report.suspects.iter().take(FIRST);
        Self {
            version: env!("CARGO_PKG_VERSION"),
            mode: report.mode,
            process: process.to_owned(),
            at_ms: report.at_ms,
            sampled_one_in: report.sampled_one_in,
            sites: report.sites.len(),
            sites_in_use: report.sites.iter().filter(|site| site.inserts > 0).count(),
            instances: sum(|site| site.instances),
            entries: sum(|site| site.len),
            table_bytes: sum(|site| site.table_bytes),
            residue: sum(|site| site.residue),
            breaches: sum(|site| site.breaches),
            silenced: report.silenced.len(),
            suspects: suspects
                .map(|suspect| suspect.fingerprint.clone())
                .collect(),
        }
    }
}
