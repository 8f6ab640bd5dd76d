//! How a report reads a site while its maps are being written.

use std::collections::BTreeMap;

use super::{Counters, LineFigures, OTHER, SiteRecord, SiteState};
use crate::{
    RemovalCause,
    clock::now_ms,
    mode::detail::SAMPLED_ONE_IN,
    report::{CallSiteReport, InstanceReport, SiteReport, UNKNOWN},
};

impl SiteRecord {
    pub(crate) fn read_into(&self, report: &mut SiteReport) {
        if let Some(state) = self.existing() {
            state.read_into(report);
        }
    }
}

/// Sums that shards keep wrapped are read as signed; below zero is a writer half-way.
fn signed(sum: u64) -> u64 {
    u64::try_from(sum.cast_signed()).unwrap_or(0)
}

/// Exact totals of the maps whose entries are sampled.
#[derive(Default)]
struct Known {
    inserts: u64,
    len: u64,
    residue: u64,
}

/// What a sample counts for: the total is known exactly, so only its division among the lines is an estimate (a ratio
/// estimator: Cochran, Sampling Techniques, 3rd ed., chapter 6). A total far above what the samples stand for was not
/// sampled (residue that no write made), and the sampling rate says what they count for.
fn weight(samples: u64, total: u64) -> f64 {
    let nominal = SAMPLED_ONE_IN as f64;
    let exact = total as f64 / samples.max(1) as f64;
    if SAMPLED_ONE_IN == 1 || exact > 4.0 * nominal {
        nominal
    } else {
        exact
    }
}

fn scaled(samples: u64, weight: f64) -> u64 {
    (samples as f64 * weight).round() as u64
}

impl SiteState {
    fn read_into(&self, report: &mut SiteReport) {
        let mut lines = LineFigures::none();
        let mut residue = signed(self.shards.sum(|counts| &counts.entries.residue));
        let mut peak = self.peak.get();
        let mut known = Known::default();
        report.after_removal = self.after_removal.read(now_ms());
        {
            // Instances fold themselves into the totals under this lock, so none is missed or seen twice.
            let live = self.live();
            let now = now_ms();
            let mut add = |counters: &Counters| {
                report.inserts = report.inserts.wrapping_add(counters.inserts.get());
                report.replaces += counters.replaces.get();
                for cause in RemovalCause::ALL {
                    report.removed.0[cause as usize] += counters.removed[cause as usize].get();
                }
                report.removed.0[RemovalCause::Replaced as usize] += counters.replaces.get();
                report.misses += counters.misses.get();
                report.after_removal.not_watched += counters.not_watched.get();
            };
            self.shards.all().for_each(|counts| add(&counts.entries));
            add(&self.folded);
            for instance in live.iter() {
                add(&instance.counters);
                residue += instance.counters.residue.get();
                peak = peak.max(instance.counters.peak.get()).max(instance.len());
                report.largest.push(InstanceReport {
                    id: instance.id,
                    len: instance.len(),
                    capacity: instance.capacity.get(),
                    table_bytes: instance.table_bytes.get(),
                    residue: instance.counters.residue.get(),
                    age_seconds: now.saturating_sub(instance.born_ms) as f64 / 1000.0,
                });
                known.inserts += instance.counters.inserts.get() + instance.base();
                known.len += instance.len();
                known.residue += instance.counters.residue.get();
                report.samples_dropped += instance.detail.summarise(&mut lines);
            }
            known.inserts += self.folded.inserts.get() + self.folded_base.get();
            for (into, gone) in lines.iter_mut().zip(self.gone_lines().iter()) {
                into.births += gone.births;
                into.leftovers += gone.leftovers;
            }
        }
        report.len = signed(report.inserts.wrapping_sub(report.removed.entries()));
        report.residue = residue.min(report.len);
        report.capacity = signed(self.shards.sum(|counts| &counts.capacity));
        report.table_bytes = signed(self.shards.sum(|counts| &counts.table_bytes));
        report.instances_total = self.shards.sum(|counts| &counts.instances_born);
        let gone = self.shards.sum(|counts| &counts.instances_gone);
        report.instances = signed(report.instances_total.wrapping_sub(gone));
        report.leftovers = report.removed.get(RemovalCause::MapDropped);
        report.breaches = self.breaches.get();
        report.peak = peak;
        report.call_sites = self.lines(&*lines, &known);
    }

    /// The figures by place in the source; the compiler may make several `Location`s of one place.
    fn lines(&self, lines: &[LineFigures], known: &Known) -> Vec<CallSiteReport> {
        let now = now_ms();
        let all = |figure: fn(&LineFigures) -> u64| lines.iter().map(figure).sum();
        let births = weight(all(|line| line.births), known.inserts);
        let live = weight(all(|line| line.live), known.len);
        let residue = weight(all(|line| line.residue), known.residue);
        let mut by_place: BTreeMap<String, LineFigures> = BTreeMap::new();
        for (id, figures) in lines
            .iter()
            .enumerate()
            .filter(|(_, figures)| !figures.is_empty())
        {
            let place = self
                .call_sites
                .location(id)
                .map_or_else(|| UNKNOWN.to_owned(), ToString::to_string);
            debug_assert!(id == usize::from(OTHER) || place != UNKNOWN);
            by_place.entry(place).or_default().add(figures);
        }
        by_place
            .into_iter()
            .map(|(call_site, figures)| CallSiteReport {
                call_site,
                births: scaled(figures.births, births),
                live: scaled(figures.live, live),
                residue: scaled(figures.residue, residue),
                emptied: scaled(figures.emptied, residue),
                leftovers: figures.leftovers * SAMPLED_ONE_IN,
                oldest_seconds: figures
                    .oldest_ms
                    .map(|born| now.saturating_sub(born) as f64 / 1000.0),
            })
            .collect()
    }
}
