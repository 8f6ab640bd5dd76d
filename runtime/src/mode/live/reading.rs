//! How a report reads a site while its maps are being written.

use std::collections::BTreeMap;

use super::{
    Counters, Instance, LineFigures, Lines, OTHER, SiteRecord, SiteState,
    instance::{ITSELF, NOT_SAID},
    probes::probe_retained,
    signed,
};
use crate::{
    RemovalCause,
    clock::now_ms,
    mode::detail::SAMPLED_ONE_IN,
    report::{
        BornBefore, CallSiteReport, InstanceReport, Removals, SiteReport, StandardErrors, UNKNOWN,
        standard_error,
    },
    threads::atomic::Ordering::Relaxed,
};

impl SiteRecord {
    pub(crate) fn read_into(&'static self, report: &mut SiteReport) {
        if let Some(state) = self.existing() {
            state.read_into(report);
            probe_retained(&report.site, &report.after_removal);
        }
    }
}

/// Exact totals of the maps whose entries are sampled.
#[derive(Default)]
struct Known {
    inserts: u64,
    len: u64,
    residue: u64,
}

impl Known {
    /// How far a line's estimates may be off; `None` where they are counts.
    fn errors(&self, line: &CallSiteReport, one_in: u64) -> Option<StandardErrors> {
        let of = |entries, total| standard_error(entries, total, one_in);
        (one_in > 1).then(|| StandardErrors {
            births: of(line.births, Some(self.inserts)),
            returned: of(line.returned, Some(self.inserts)),
            live: of(line.live, Some(self.len)),
            residue: of(line.residue, Some(self.residue)),
            emptied: of(line.emptied, Some(self.residue)),
            leftovers: of(line.leftovers, None),
        })
    }
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

/// How many entries each of those stands for whose time is known.
fn per(all: u64, known: u64) -> f64 {
    all as f64 / known.max(1) as f64
}

fn scaled(samples: u64, weight: f64) -> u64 {
    (samples as f64 * weight).round() as u64
}

/// The live maps: an instance is one, or (strict) one of the shards of one.
#[derive(Default)]
struct LiveMaps {
    /// Each with its peak; of shards, the sum of theirs, which came at different times.
    rows: Vec<(InstanceReport, u64)>,
    /// Where the maps of shards are among them.
    sharded: BTreeMap<u64, usize>,
}

impl LiveMaps {
    fn add(&mut self, instance: &Instance, now: u64) {
        let place = match instance.shard_of.load(Relaxed) {
            ITSELF => self.rows.len(),
            // It is just being made, and is in nobody's row: its map has one already, or will have.
            NOT_SAID => return,
            map => *self.sharded.entry(map).or_insert(self.rows.len()),
        };
        if place == self.rows.len() {
            let row = InstanceReport {
                id: instance.id,
                len: 0,
                capacity: 0,
                table_bytes: 0,
                residue: 0,
                age_seconds: 0.0,
            };
            self.rows.push((row, 0));
        }
        let (row, peak) = &mut self.rows[place];
        let len = instance.len();
        row.len += len;
        row.capacity += instance.capacity.get();
        row.table_bytes += instance.table_bytes.get();
        row.residue += instance.residue();
        let age = now.saturating_sub(instance.born_ms) as f64 / 1000.0;
        row.age_seconds = row.age_seconds.max(age);
        *peak += instance.peak();
    }

    /// The most entries that one of them had.
    fn peak(&self) -> u64 {
        self.rows.iter().map(|(_, peak)| *peak).max().unwrap_or(0)
    }

    fn rows(self) -> impl Iterator<Item = InstanceReport> {
        self.rows.into_iter().map(|(row, _)| row)
    }
}

impl SiteState {
    fn read_into(&self, report: &mut SiteReport) {
        let now = now_ms();
        let mut lines = Lines::new(self.since_ms, now);
        let mut residue = signed(self.shards.sum(|counts| &counts.entries.residue));
        let mut peak = self.peak.get();
        let mut known = Known::default();
        report.after_removal = self.after_removal.read(now_ms());
        {
            // Instances fold themselves into the totals under this lock, so none is missed or seen twice.
            let live = self.live();
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
            let mut maps = LiveMaps::default();
            for instance in live.iter() {
                instance.all_counters().for_each(&mut add);
                residue += instance.residue();
                maps.add(instance, now);
                known.inserts += instance.sum(|counters| &counters.inserts) + instance.base();
                known.len += instance.len();
                known.residue += instance.residue();
                report.samples_dropped += instance.detail.summarise(&mut lines);
            }
            peak = peak.max(maps.peak());
            report.largest.extend(maps.rows());
            report.samples_dropped += self.detail.lost();
            lines.returns.extend(self.detail.returns());
            report.traces_dropped = self.detail.traces(&mut lines);
            known.inserts += self.folded.inserts.get() + self.folded_base.get();
            for (id, life) in self.lives.known() {
                lines.of(id).lived(life);
            }
            report.history = self.history(&live, now);
        }
        report.len = signed(report.inserts.wrapping_sub(report.removed.entries()));
        report.residue = residue.min(report.len);
        report.capacity = signed(self.shards.sum(|counts| &counts.capacity));
        report.table_bytes = signed(self.shards.sum(|counts| &counts.table_bytes));
        let entry_bytes = self.entry_bytes.load(Relaxed);
        if entry_bytes > 0 {
            report.capacity = report.len;
            report.table_bytes = report.len.saturating_mul(entry_bytes);
            for instance in &mut report.largest {
                instance.capacity = instance.len;
                instance.table_bytes = instance.len.saturating_mul(entry_bytes);
            }
        }
        report.instances_total = self.shards.sum(|counts| &counts.instances_born);
        let gone = self.shards.sum(|counts| &counts.instances_gone);
        report.instances = signed(report.instances_total.wrapping_sub(gone));
        report.leftovers = report.removed.get(RemovalCause::MapDropped);
        report.breaches = self.breaches.get();
        #[cfg(feature = "sync")]
        {
            report.contention = self.contention.read();
        }
        report.peak = peak;
        report.dead_handles = self.holds_handles.load(Relaxed);
        report.hashing = self.hashing.read();
        report.since_ms = self.since_ms;
        report.one_in = self.detail.one_in();
        report.call_sites = self.lines(&lines, &known, now);
    }

    /// The figures by place in the source; the compiler may make several `Location`s of one place.
    fn lines(&self, lines: &Lines, known: &Known, now: u64) -> Vec<CallSiteReport> {
        let all =
            |figure: fn(&LineFigures) -> u64| lines.known().map(|(_, line)| figure(line)).sum();
        let births = weight(all(|line| line.births), known.inserts);
        let live = weight(all(|line| line.live), known.len);
        let residue = weight(all(|line| line.residue), known.residue);
        let mut by_place: BTreeMap<String, LineFigures> = BTreeMap::new();
        for (id, figures) in lines.known() {
            let place = self
                .call_sites
                .location(id)
                .map_or_else(|| UNKNOWN.to_owned(), ToString::to_string);
            debug_assert!(id == usize::from(OTHER) || place != UNKNOWN);
            by_place.entry(place).or_default().add(figures);
        }
        let origins = self.origins.read(&self.call_sites);
        by_place
            .into_iter()
            .map(|(call_site, figures)| CallSiteReport {
                one_in: self.detail.one_in(),
                births: scaled(figures.births, births),
                returned: scaled(figures.returned, births),
                live: scaled(figures.live, live),
                residue: scaled(figures.residue, residue),
                emptied: scaled(figures.emptied, residue),
                leftovers: scaled(
                    figures.exits[RemovalCause::MapDropped as usize],
                    SAMPLED_ONE_IN as f64,
                ),
                exits: Removals(figures.exits.map(|exits| scaled(exits, births))),
                oldest_seconds: figures
                    .oldest_ms
                    .map(|born| now.saturating_sub(born) as f64 / 1000.0),
                lifetimes: {
                    let left = figures.exits.iter().sum::<u64>();
                    let each = per(left, figures.lifetimes.total()) * births;
                    figures.lifetimes.scaled(each)
                },
                ages: {
                    let each = per(figures.live, figures.ages.total()) * live;
                    figures.ages.scaled(each)
                },
                generations: {
                    let each = per(figures.live, figures.generations.iter().sum()) * live;
                    figures.generations.map(|n| scaled(n, each)).to_vec()
                },
                born_before: lines
                    .snapshots()
                    .map(|(snapshot, since)| BornBefore {
                        snapshot,
                        live: scaled(figures.snapshots_since[since], live),
                        one_in: self.detail.one_in(),
                    })
                    .collect(),
                errors: None,
                returns: lines.returns(&call_site),
                call_site,
                traces: figures.traces.told(now),
                spans: Vec::new(),
                backtraces: Vec::new(),
                backtraces_dropped: 0,
            })
            .map(|mut row| {
                row.errors = known.errors(&row, self.detail.one_in());
                origins.add_to(&mut row, |noted| scaled(noted, births));
                row
            })
            .collect()
    }
}
