//! What is known of the inserting lines of a site, added up over its maps for a report.

use super::{Example, Examples, LINES, LineId, LineLife, add_lifetimes};
use crate::{AgeHistogram, RemovalCause, Return, mode::detail::newest_snapshot, snapshot::KEPT};

/// Equal spans of a site's life by which live entries are counted.
const GENERATIONS: usize = 32;

/// Lines that removed what came back, told of each line that brought it back.
const RETURNS_TOLD: usize = 4;

/// The entries of one line. In observe these count samples; the report weights them.
#[derive(Clone, Default)]
pub(crate) struct LineFigures {
    /// Entries this line inserted.
    pub(crate) births: u64,
    /// Of those, keys that had left a moment before.
    pub(crate) returned: u64,
    /// Of those, still in a map.
    pub(crate) live: u64,
    /// Of those, vacant now.
    pub(crate) residue: u64,
    /// Entries (of any line) that are vacant because of a write at this line.
    pub(crate) emptied: u64,
    /// Exits by cause.
    pub(crate) exits: [u64; RemovalCause::ALL.len()],
    /// When the oldest one still in a map was inserted, in milliseconds of the process' clock.
    pub(crate) oldest_ms: Option<u64>,
    /// The ages at which entries left.
    pub(crate) lifetimes: AgeHistogram,
    /// The ages of those still in a map.
    pub(crate) ages: AgeHistogram,
    /// Those still in a map by when they were inserted: equal spans of the site's life.
    pub(crate) generations: [u64; GENERATIONS],
    /// Those still in a map by how many snapshots were taken since they came, less one.
    pub(crate) snapshots_since: [u64; KEPT as usize],
    /// The traces that some of those still in a map were inserted in.
    pub(crate) traces: Examples,
}

impl LineFigures {
    /// Adds what is known of the line over all maps, each count standing for one.
    pub(crate) fn lived(&mut self, life: &LineLife) {
        self.births += life.births.get();
        self.returned += life.returned.get();
        for (into, from) in self.exits.iter_mut().zip(&life.exits) {
            *into += from.get();
        }
        add_lifetimes(life.lifetimes(), &mut self.lifetimes);
    }

    /// Adds another line's figures.
    pub(crate) fn add(&mut self, other: &Self) {
        self.births += other.births;
        self.returned += other.returned;
        self.live += other.live;
        self.residue += other.residue;
        self.emptied += other.emptied;
        for (into, from) in self.exits.iter_mut().zip(&other.exits) {
            *into += from;
        }
        self.lifetimes.merge(&other.lifetimes);
        self.ages.merge(&other.ages);
        for (into, from) in self.generations.iter_mut().zip(&other.generations) {
            *into += from;
        }
        for (into, from) in self.snapshots_since.iter_mut().zip(&other.snapshots_since) {
            *into += from;
        }
        self.traces.add_all(&other.traces);
        self.oldest_ms = [self.oldest_ms, other.oldest_ms]
            .into_iter()
            .flatten()
            .min();
    }
}

/// The lines of one site.
pub(crate) struct Lines {
    now_ms: u64,
    /// When the site's life began.
    since_ms: u64,
    /// The number of the last snapshot; 0 if there is none.
    snapshots: u32,
    figures: [Option<Box<LineFigures>>; LINES],
    /// Keys that came back, each pair of lines with the line that brought them back.
    pub(crate) returns: Vec<(String, Return)>,
}

impl Lines {
    pub(crate) fn new(since_ms: u64, now_ms: u64) -> Self {
        Self {
            now_ms,
            since_ms,
            snapshots: newest_snapshot(),
            figures: [const { None }; LINES],
            returns: Vec::new(),
        }
    }

    pub(crate) fn of(&mut self, id: usize) -> &mut LineFigures {
        self.figures[id % LINES].get_or_insert_default()
    }

    /// Notes the age of live entries of a line that were inserted between two moments, for all we know evenly.
    pub(crate) fn alive(&mut self, id: usize, (from_ms, to_ms): (u64, u64), entries: u64) {
        if entries == 0 {
            return;
        }
        let to_ms = to_ms.min(self.now_ms).max(from_ms);
        let middle = from_ms + (to_ms - from_ms) / 2;
        let age = self.now_ms.saturating_sub(middle);
        let life = self.now_ms.saturating_sub(self.since_ms).max(1);
        let since = middle.saturating_sub(self.since_ms);
        let generation = (since.saturating_mul(GENERATIONS as u64) / life) as usize;
        let line = self.of(id);
        line.ages.add(age, entries);
        line.generations[generation.min(GENERATIONS - 1)] += entries;
        line.oldest_ms = Some(line.oldest_ms.map_or(from_ms, |oldest| oldest.min(from_ms)));
    }

    /// Notes the trace that a live entry of a line was inserted in, if it is known.
    pub(crate) fn example(&mut self, line: LineId, example: Example) {
        if example.trace.is_known() {
            self.of(line.into()).traces.add(example);
        }
    }

    /// Notes that live entries of a line came before the snapshot of this number, and after the one before it.
    pub(crate) fn born_before(&mut self, id: usize, snapshot: u32, entries: u64) {
        if let Some(since) = self.snapshots.checked_sub(snapshot)
            && since < KEPT
        {
            self.of(id).snapshots_since[since as usize] += entries;
        }
    }

    /// The number of the last snapshot and those before it that entries are told apart by, each with how many were taken
    /// since.
    pub(crate) fn snapshots(&self) -> impl Iterator<Item = (u32, usize)> {
        let kept = self.snapshots.min(KEPT);
        let newest = self.snapshots;
        (0..kept)
            .rev()
            .map(move |since| (newest - since, since as usize))
    }

    /// What came back through this line, added up by the line that removed it; the most frequent first.
    pub(crate) fn returns(&self, call_site: &str) -> Vec<Return> {
        let mut rows: Vec<Return> = Vec::new();
        for (_, row) in self.returns.iter().filter(|(line, _)| line == call_site) {
            let same = |known: &&mut Return| known.removed_at == row.removed_at;
            match rows.iter_mut().find(same) {
                Some(known) => {
                    let times = known.times.saturating_add(row.times);
                    if row.inserted_ms >= known.inserted_ms {
                        known.clone_from(row);
                    }
                    known.times = times;
                }
                None => rows.push(row.clone()),
            }
        }
        rows.sort_by(|a, b| (b.times, &a.removed_at).cmp(&(a.times, &b.removed_at)));
        rows.truncate(RETURNS_TOLD);
        rows
    }

    pub(crate) fn known(&self) -> impl Iterator<Item = (usize, &LineFigures)> {
        self.figures
            .iter()
            .enumerate()
            .filter_map(|(id, line)| Some((id, line.as_deref()?)))
    }
}
