//! What a detector found, and what becomes of all that was found about one site.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Case;
use crate::report::SiteReport;

/// What one detector found.
pub(super) struct Finding {
    pub(super) kind: &'static str,
    /// The line that inserted the entries in question.
    pub(super) call_site: Option<String>,
    /// The line that emptied them.
    pub(super) emptied_at: Option<String>,
    pub(super) sentence: String,
    pub(super) advice: String,
    /// Entries in question.
    pub(super) entries: f64,
    /// Of the entries it is about (the map's, or the line's).
    pub(super) share: f64,
    pub(super) entries_per_hour: f64,
    pub(super) bytes: f64,
    pub(super) confidence: f64,
    pub(super) figures: Vec<(&'static str, f64)>,
}

/// Kinds that are the same leak, seen from different sides: told once, under the first of them that was found. What
/// stands further left explains more.
const OF_ONE_LEAK: [&str; 11] = [
    "dead_handles",
    "residue",
    "replace",
    "drift",
    "remove_miss",
    "resurrection",
    "never_removed",
    "overdue",
    "only_grows",
    "excess",
    "growth",
];

/// Kinds that say no more than that entries stay: whichever of them it is today, the fingerprint is the same.
const STAYS: [&str; 4] = ["never_removed", "overdue", "only_grows", "excess"];

impl Finding {
    /// The same finding has the same fingerprint in every run.
    pub(super) fn fingerprint(&self, site: &SiteReport) -> String {
        let kind = if STAYS.contains(&self.kind) {
            "stays"
        } else {
            self.kind
        };
        let mut parts = vec![kind, &site.module, &site.site];
        if kind == "stays" {
            parts.extend(self.call_site.as_deref());
        }
        fingerprint(&parts)
    }

    fn place(&self) -> Option<usize> {
        OF_ONE_LEAK.iter().position(|kind| *kind == self.kind)
    }
}

/// A finding, with its evidence.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Suspect {
    /// What kind of leak: `never_removed`, `overdue`, `only_grows`, `excess`, `growth`, `residue`, `dead_handles`, `retained`,
    /// `replace`, `drift`, `remove_miss`, `resurrection`, `instances`, `capacity` or `hashing`.
    pub kind: &'static str,
    /// The map's name.
    pub site: String,
    /// The module it stands in.
    pub module: String,
    /// The line that inserted most of the entries in question, if known; for `retained`, the line that removed them.
    pub call_site: Option<String>,
    /// The line that emptied most of them, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emptied_at: Option<String>,
    /// The same finding has the same fingerprint in every run of the same source; see [`silence`](crate::silence).
    pub fingerprint: String,
    /// What is wrong, in one sentence with its numbers.
    pub sentence: String,
    /// What to do about it.
    pub advice: String,
    /// Entries in question.
    pub entries: u64,
    /// Their share of the map or of what the line inserted, from 0 to 1.
    pub share: f64,
    /// How many more there are each hour.
    pub entries_per_hour: f64,
    /// Bytes of table that these take; what keys and values own besides is not known.
    pub bytes_per_hour: f64,
    /// How long the site has been living, which those rest on.
    pub observed_seconds: f64,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// The numbers it rests on, by name.
    pub figures: BTreeMap<&'static str, f64>,
    /// What else points at the same entries.
    pub also: Vec<Also>,
    #[serde(skip)]
    bytes: f64,
}

/// Another detector's view of the same entries.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Also {
    /// As [`Suspect::kind`].
    pub kind: &'static str,
    /// What it found, in one sentence with its numbers.
    pub sentence: String,
}

impl Suspect {
    /// Every detector that points at these entries, the suspect's own kind first.
    pub fn kinds(&self) -> Vec<&'static str> {
        std::iter::once(self.kind)
            .chain(self.also.iter().map(|also| also.kind))
            .collect()
    }

    /// What it costs, as far as that is certain.
    pub(super) fn rank(&self) -> f64 {
        self.confidence * (self.bytes + 24.0 * self.bytes_per_hour)
    }
}

/// Brings together what was found about one site: findings of one leak become one suspect.
pub(super) fn brought_together(case: &Case<'_>, findings: Vec<Finding>) -> Vec<Suspect> {
    let (mut leaks, others): (Vec<Finding>, Vec<Finding>) = findings
        .into_iter()
        .partition(|finding| finding.place().is_some());
    leaks.sort_by(|a, b| {
        let by_size = b.entries.total_cmp(&a.entries);
        (a.place(), by_size).cmp(&(b.place(), std::cmp::Ordering::Equal))
    });
    let mut groups: Vec<Vec<Finding>> = Vec::new();
    for finding in leaks {
        // Findings about the whole site go with whatever was found first; lines go with their own.
        let with = groups.iter_mut().find(|group| {
            let lines = || group.iter().filter_map(|known| known.call_site.as_ref());
            match &finding.call_site {
                None => true,
                Some(line) => lines().next().is_none() || lines().any(|known| known == line),
            }
        });
        match with {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups.extend(others.into_iter().map(|finding| vec![finding]));
    groups
        .into_iter()
        .filter_map(|group| suspect(case, group))
        .collect()
}

fn suspect(case: &Case<'_>, group: Vec<Finding>) -> Option<Suspect> {
    let call_site = group.iter().find_map(|finding| finding.call_site.clone());
    let per_hour = group.iter().map(|finding| finding.entries_per_hour);
    let entries_per_hour = per_hour.fold(0.0, f64::max);
    let mut findings = group.into_iter();
    let first = findings.next()?;
    Some(Suspect {
        kind: first.kind,
        site: case.site.site.clone(),
        module: case.site.module.clone(),
        call_site,
        fingerprint: first.fingerprint(case.site),
        emptied_at: first.emptied_at,
        sentence: first.sentence,
        advice: first.advice,
        entries: whole(first.entries),
        share: first.share,
        entries_per_hour: round(entries_per_hour),
        bytes_per_hour: round(entries_per_hour * case.bytes_per_entry()),
        observed_seconds: case.life_ms() as f64 / 1000.0,
        confidence: first.confidence,
        figures: first.figures.into_iter().collect(),
        also: findings
            .map(|finding| Also {
                kind: finding.kind,
                sentence: finding.sentence,
            })
            .collect(),
        bytes: first.bytes,
    })
}

pub(super) fn whole(entries: f64) -> u64 {
    entries.round().max(0.0) as u64
}

/// To a tenth, and never what JSON cannot hold.
fn round(figure: f64) -> f64 {
    if figure.is_finite() {
        (figure * 10.0).round() / 10.0
    } else {
        0.0
    }
}

/// FNV-1a, 64 bits (Fowler, Noll and Vo; draft-eastlake-fnv), over the parts and a separator.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}
