//! Suspects as series: the costliest ones, and the rest as one.

use std::collections::BTreeMap;

use super::families::{Family, Figure, Labels, OTHER, family, site_labels};
use crate::{Report, Suspect, report::UNKNOWN};

/// Suspects that have the same labels, or none of their own.
#[derive(Default)]
struct Told {
    suspects: u64,
    entries: u64,
    entries_per_hour: f64,
}

impl Told {
    fn add(&mut self, suspect: &Suspect) {
        self.suspects += 1;
        self.entries = self.entries.saturating_add(suspect.entries);
        self.entries_per_hour += suspect.entries_per_hour;
    }
}

/// Of so many suspects each has series; a report has the costliest certain one first.
pub(super) fn suspects(report: &Report, most: usize) -> [Family; 3] {
    let mut told = BTreeMap::<Labels, Told>::new();
    for (place, suspect) in report.suspects.iter().enumerate() {
        let labels = if place < most {
            labels_of(suspect)
        } else {
            labels(OTHER, OTHER, OTHER, OTHER, OTHER)
        };
        told.entry(labels).or_default().add(suspect);
    }
    let samples = |figure: fn(&Told) -> Figure| {
        let samples = told.iter().map(|(labels, of)| (labels.clone(), figure(of)));
        samples.collect()
    };
    [
        family(
            "mapkeeper_suspect",
            "What looks like a leak",
            samples(|of| Figure::Whole(of.suspects)),
        ),
        family(
            "mapkeeper_suspect_entries",
            "Entries in question",
            samples(|of| Figure::Whole(of.entries)),
        ),
        family(
            "mapkeeper_suspect_entries_per_hour",
            "How many more there are each hour",
            samples(|of| Figure::Part(of.entries_per_hour)),
        ),
    ]
}

fn labels_of(suspect: &Suspect) -> Labels {
    labels(
        &suspect.module,
        &suspect.site,
        suspect.kind,
        suspect.call_site.as_deref().unwrap_or(UNKNOWN),
        &suspect.fingerprint,
    )
}

fn labels(module: &str, site: &str, kind: &str, call_site: &str, fingerprint: &str) -> Labels {
    let mut labels = site_labels(module, site);
    labels.push(("kind", kind.to_owned()));
    labels.push(("call_site", call_site.to_owned()));
    labels.push(("fingerprint", fingerprint.to_owned()));
    labels
}
