//! Which entries that came between two snapshots are still there at a third.
//!
//! The third snapshot knows its live entries by the snapshots they came between
//! ([`CallSiteReport::born_before`](crate::CallSiteReport::born_before)); the births in between are the difference of
//! the first two.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::Serialize;

use super::{
    KEPT, Snapshot, SnapshotError,
    error::{same_mode, same_process},
    pairs::{by_key, lines},
    text,
};
use crate::{CallSiteReport, Mode, SiteReport, report::standard_error};

/// The entries that came between two snapshots and are still there at a third, by site and line; made by
/// [`Snapshot::survivors`].
///
/// Its text ([`Display`](fmt::Display)) is for people, at 100 columns.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Survivors {
    /// The mode all were taken in.
    pub mode: Mode,
    /// The time between the first two, on the process' clock.
    pub births_seconds: f64,
    /// The time between the last two: what every survivor lived at least.
    pub survived_seconds: f64,
    /// Entries that came between the first two.
    pub born: u64,
    /// Of those, still there at the third.
    pub alive: u64,
    /// The sites that have survivors, those with most first.
    pub sites: Vec<SiteSurvivors>,
}

/// The survivors of one site.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SiteSurvivors {
    /// As [`SiteReport::site`](crate::SiteReport::site).
    pub site: String,
    /// As [`SiteReport::module`](crate::SiteReport::module).
    pub module: String,
    /// As [`SiteReport::declared_at`](crate::SiteReport::declared_at).
    pub declared_at: String,
    /// Entries that came between the first two snapshots.
    pub born: u64,
    /// Of those, still there at the third.
    pub alive: u64,
    /// `alive` to `born`, from 0 to 1.
    pub share: f64,
    /// Whether `alive` is an estimate.
    pub estimated: bool,
    /// The standard error of `alive`, in entries; 0 if it is exact.
    pub standard_error: f64,
    /// The lines that have survivors, those with most first.
    pub call_sites: Vec<CallSiteSurvivors>,
}

/// The survivors among the entries of one line.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CallSiteSurvivors {
    /// As [`CallSiteReport::call_site`](crate::CallSiteReport::call_site).
    pub call_site: String,
    /// Entries it inserted between the first two snapshots.
    pub born: u64,
    /// Of those, still there at the third.
    pub alive: u64,
    /// `alive` to `born`, from 0 to 1.
    pub share: f64,
    /// Whether `alive` is an estimate.
    pub estimated: bool,
    /// The standard error of `alive`, in entries; 0 if it is exact. That of a sample of one in n in which each entry is
    /// chosen by itself: √(alive · (n − 1)), and no less than if one had been found (Cochran, Sampling Techniques, 3rd
    /// ed., chapter 3).
    pub standard_error: f64,
}

impl Survivors {
    pub(super) fn of(a: &Snapshot, b: &Snapshot, c: &Snapshot) -> Result<Self, SnapshotError> {
        let (first, last) = (a.number, c.number);
        for (earlier, later) in [(a, b), (b, c)] {
            same_mode(earlier, later)?;
            same_process(earlier, later)?;
            if earlier.number >= later.number {
                return Err(SnapshotError::WrongOrder {
                    earlier: earlier.number,
                    later: later.number,
                });
            }
        }
        if last - first > KEPT {
            return Err(SnapshotError::TooFarApart { first, last });
        }
        if a.clock_set_back != b.clock_set_back || b.clock_set_back != c.clock_set_back {
            return Err(SnapshotError::ClockSetBack { first, last });
        }
        let (earlier, later) = (by_key(&a.sites), by_key(&b.sites));
        let all: Vec<SiteSurvivors> = by_key(&c.sites)
            .into_iter()
            .map(|(key, site)| {
                let counted = (earlier.get(&key).copied(), later.get(&key).copied());
                SiteSurvivors::of(counted, site, (first, b.number))
            })
            .collect();
        let sum = |figure: fn(&SiteSurvivors) -> u64| {
            all.iter()
                .fold(0_u64, |sum, site| sum.saturating_add(figure(site)))
        };
        let (born, alive) = (sum(|site| site.born), sum(|site| site.alive));
        let mut sites = all;
        sites.retain(|site| site.alive > 0);
        sites.sort_by_key(|site| Reverse(site.alive));
        let seconds =
            |from: &Snapshot, to: &Snapshot| to.at_ms.saturating_sub(from.at_ms) as f64 / 1000.0;
        Ok(Self {
            mode: c.mode,
            births_seconds: seconds(a, b),
            survived_seconds: seconds(b, c),
            born,
            alive,
            sites,
        })
    }

    /// The survivors of the site of this name, if it has any; of the first one if several modules have one of the same
    /// name.
    #[must_use]
    pub fn site(&self, name: &str) -> Option<&SiteSurvivors> {
        self.sites.iter().find(|site| site.site == name)
    }
}

impl SiteSurvivors {
    /// `counted` is the site as the first two snapshots have it, `numbers` are theirs.
    fn of(
        counted: (Option<&SiteReport>, Option<&SiteReport>),
        site: &SiteReport,
        numbers: (u32, u32),
    ) -> Self {
        let (earlier, later) = (lines(counted.0), lines(counted.1));
        let live = lines(Some(site));
        // A line may have inserted and lost all it had before the third: it has births all the same.
        let places: BTreeSet<&str> = later.keys().chain(live.keys()).copied().collect();
        let all: Vec<CallSiteSurvivors> = places
            .into_iter()
            .map(|place| {
                let births = |lines: &BTreeMap<&str, &CallSiteReport>| {
                    lines.get(place).map_or(0, |line| line.births)
                };
                let born = births(&later).saturating_sub(births(&earlier));
                CallSiteSurvivors::of(place, born, live.get(place).copied(), numbers)
            })
            .collect();
        let sum = |figure: fn(&CallSiteSurvivors) -> u64| {
            all.iter()
                .fold(0_u64, |sum, line| sum.saturating_add(figure(line)))
        };
        let (born, alive) = (sum(|line| line.born), sum(|line| line.alive));
        let variance: f64 = all.iter().map(|line| line.standard_error.powi(2)).sum();
        let estimated = all.iter().any(|line| line.estimated);
        let mut call_sites = all;
        call_sites.retain(|line| line.alive > 0);
        call_sites.sort_by_key(|line| Reverse(line.alive));
        Self {
            site: site.site.clone(),
            module: site.module.clone(),
            declared_at: site.declared_at.clone(),
            born,
            alive,
            share: share(alive, born),
            estimated,
            standard_error: variance.sqrt(),
            call_sites,
        }
    }
}

impl CallSiteSurvivors {
    fn of(
        place: &str,
        born: u64,
        line: Option<&CallSiteReport>,
        (first, second): (u32, u32),
    ) -> Self {
        let spans = line.map_or(&[][..], |line| &line.born_before);
        let between = || {
            spans
                .iter()
                .filter(|span| span.snapshot > first && span.snapshot <= second)
        };
        let alive = between().fold(0_u64, |sum, span| sum.saturating_add(span.live));
        let one_in = between().map(|span| span.one_in).max().unwrap_or(1).max(1);
        Self {
            call_site: place.to_owned(),
            born,
            alive,
            share: share(alive, born),
            estimated: one_in > 1,
            standard_error: standard_error(alive.max(one_in), None, one_in),
        }
    }
}

/// An estimate may be more than all there were.
fn share(alive: u64, born: u64) -> f64 {
    if born == 0 {
        0.0
    } else {
        (alive as f64 / born as f64).min(1.0)
    }
}

impl fmt::Display for Survivors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::survivors(self, f)
    }
}
