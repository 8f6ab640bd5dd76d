//! What changed between two snapshots.

use std::{cmp::Reverse, collections::BTreeMap, fmt};

use serde::Serialize;

use super::{
    Change, Presence, Snapshot, SnapshotError,
    error::same_mode,
    pairs::{by_key, lines, paired},
    text,
};
use crate::{CallSiteReport, Mode, RemovalCause, Removals, SiteReport};

/// What changed from one snapshot to a later one; made by [`Snapshot::diff`].
///
/// Its text ([`Display`](fmt::Display)) is for people, at 100 columns.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Diff {
    /// The mode both were taken in.
    pub mode: Mode,
    /// Whether both are of one run. If not, counts of what happened (insertions, exits, …) started at zero in each run:
    /// they do not add up over the two.
    pub same_process: bool,
    /// The time between them, on the process' clock if they are of one run; else on the wall.
    pub seconds: f64,
    /// The sites where something changed, those that grew most in entries first, then in bytes.
    pub sites: Vec<SiteDiff>,
}

/// What changed at one site.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SiteDiff {
    /// As [`SiteReport::site`].
    pub site: String,
    /// As [`SiteReport::module`].
    pub module: String,
    /// As [`SiteReport::declared_at`], in the later snapshot if it is there.
    pub declared_at: String,
    /// Whether both snapshots know it.
    pub presence: Presence,
    /// Entries in live maps.
    pub entries: Change,
    /// Entries the live maps can hold without growing.
    pub capacity: Change,
    /// Bytes of their tables.
    pub table_bytes: Change,
    /// Live maps.
    pub instances: Change,
    /// Maps, live and gone.
    pub instances_total: Change,
    /// Vacant entries.
    pub residue: Change,
    /// Keys inserted.
    pub inserts: Change,
    /// Exits, by causes that changed; a replaced value counts, its key stayed.
    pub removed: BTreeMap<RemovalCause, Change>,
    /// Removals of absent keys.
    pub misses: Change,
    /// Breaches of the contract.
    pub breaches: Change,
    /// The lines where something changed, those whose live entries grew most first.
    pub call_sites: Vec<CallSiteDiff>,
}

/// What changed for the entries of one line. In observe, of estimates.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CallSiteDiff {
    /// As [`CallSiteReport::call_site`].
    pub call_site: String,
    /// Whether both snapshots know it.
    pub presence: Presence,
    /// Entries it inserted.
    pub births: Change,
    /// Of those, in a map.
    pub live: Change,
    /// Of those, vacant.
    pub residue: Change,
    /// Vacant entries, of any line, that a write at this line emptied.
    pub emptied: Change,
    /// Its entries that left, by causes that changed.
    pub exits: BTreeMap<RemovalCause, Change>,
}

impl Diff {
    pub(super) fn between(earlier: &Snapshot, later: &Snapshot) -> Result<Self, SnapshotError> {
        same_mode(earlier, later)?;
        let same_process = earlier.process == later.process;
        if same_process && earlier.number > later.number {
            return Err(SnapshotError::WrongOrder {
                earlier: earlier.number,
                later: later.number,
            });
        }
        let ms = if same_process {
            Change {
                before: earlier.at_ms,
                after: later.at_ms,
            }
        } else {
            Change {
                before: earlier.taken_at_ms,
                after: later.taken_at_ms,
            }
        };
        let mut sites: Vec<SiteDiff> = paired(&by_key(&earlier.sites), &by_key(&later.sites))
            .into_iter()
            .filter_map(|(_, before, after)| SiteDiff::between(before, after))
            .collect();
        sites.sort_by_key(|site| Reverse((site.entries.by(), site.table_bytes.by())));
        Ok(Self {
            mode: later.mode,
            same_process,
            seconds: ms.by() as f64 / 1000.0,
            sites,
        })
    }

    /// What changed at the site of this name, if anything did; the first one if several modules have one of the same
    /// name.
    #[must_use]
    pub fn site(&self, name: &str) -> Option<&SiteDiff> {
        self.sites.iter().find(|site| site.site == name)
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sites.is_empty()
    }
}

impl SiteDiff {
    fn between(before: Option<&SiteReport>, after: Option<&SiteReport>) -> Option<Self> {
        let named = after.or(before)?;
        let change = |figure: fn(&SiteReport) -> u64| Change::of(before, after, figure);
        let mut call_sites: Vec<CallSiteDiff> = paired(&lines(before), &lines(after))
            .into_iter()
            .filter_map(|(_, before, after)| CallSiteDiff::between(before, after))
            .collect();
        call_sites.sort_by_key(|line| Reverse((line.live.by(), line.births.by())));
        let diff = Self {
            site: named.site.clone(),
            module: named.module.clone(),
            declared_at: named.declared_at.clone(),
            presence: Presence::of(before, after),
            entries: change(|site| site.len),
            capacity: change(|site| site.capacity),
            table_bytes: change(|site| site.table_bytes),
            instances: change(|site| site.instances),
            instances_total: change(|site| site.instances_total),
            residue: change(|site| site.residue),
            inserts: change(|site| site.inserts),
            removed: by_cause(
                before.map(|site| &site.removed),
                after.map(|site| &site.removed),
            ),
            misses: change(|site| site.misses),
            breaches: change(|site| site.breaches),
            call_sites,
        };
        diff.is_change().then_some(diff)
    }

    fn is_change(&self) -> bool {
        let figures = [
            self.entries,
            self.capacity,
            self.table_bytes,
            self.instances,
            self.instances_total,
            self.residue,
            self.inserts,
            self.misses,
            self.breaches,
        ];
        self.presence != Presence::Both
            || figures.iter().any(|figure| figure.is_change())
            || !self.removed.is_empty()
            || !self.call_sites.is_empty()
    }

    /// By how much the entries that left grew; replaced values' keys stayed.
    #[must_use]
    pub fn left_by(&self) -> i64 {
        self.removed
            .iter()
            .filter(|(cause, _)| **cause != RemovalCause::Replaced)
            .fold(0, |sum, (_, change)| sum.saturating_add(change.by()))
    }
}

impl CallSiteDiff {
    fn between(before: Option<&CallSiteReport>, after: Option<&CallSiteReport>) -> Option<Self> {
        let named = after.or(before)?;
        let change = |figure: fn(&CallSiteReport) -> u64| Change::of(before, after, figure);
        let diff = Self {
            call_site: named.call_site.clone(),
            presence: Presence::of(before, after),
            births: change(|line| line.births),
            live: change(|line| line.live),
            residue: change(|line| line.residue),
            emptied: change(|line| line.emptied),
            exits: by_cause(
                before.map(|line| &line.exits),
                after.map(|line| &line.exits),
            ),
        };
        let figures = [diff.births, diff.live, diff.residue, diff.emptied];
        (diff.presence != Presence::Both
            || figures.iter().any(|figure| figure.is_change())
            || !diff.exits.is_empty())
        .then_some(diff)
    }
}

fn by_cause(before: Option<&Removals>, after: Option<&Removals>) -> BTreeMap<RemovalCause, Change> {
    RemovalCause::ALL
        .into_iter()
        .map(|cause| (cause, Change::of(before, after, |exits| exits.get(cause))))
        .filter(|(_, change)| change.is_change())
        .collect()
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::diff(self, f)
    }
}
