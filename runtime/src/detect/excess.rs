//! Entries that neither what comes nor how long it stays explains.
//!
//! Of a map whose entries arrive at the rate λ and stay with the survival function S, ∫ λ(t − u) S(u) du are there at t
//! (Little, A Proof for the Queuing Formula L = λW, Operations Research 9, 1961; for rates that change: Eick, Massey and
//! Whitt, The Physics of the M_t/G/∞ Queue, Operations Research 41, 1993). What came is known exactly at every point of the
//! history, and so is what is there; of those that were removed, some are known with their lifetimes. Were they all that
//! there is, the map would hold the mean over them of what came within such a lifetime. What it holds beyond that stays.
//!
//! In observe this sees what samples of single entries are too few for: a thousand entries left behind in a map of a few
//! hundred are four samples, but every one of them counts in the length.
//!
//! Learnt: what is usual at this hour, from the load at this hour.

use super::{
    Case,
    finding::{Finding, whole},
    grows::PATIENCE_MS,
    stats::median_and_spread,
    stays::percent,
};
use crate::{
    AgeHistogram,
    lifecycle::ages::{BUCKETS, bucket_start},
    report::{CallSiteReport, UNKNOWN, count, seconds},
};

/// What lives for hours is not known before. In thirds of this, nothing that comes back every day has its place.
const LIFE_MS: u64 = 12 * 3_600_000;
/// Removed entries whose lifetimes are known.
const ENOUGH_LEFT: f64 = 100.0;
/// Entries in excess that came in two thirds of the time.
const ENOUGH: f64 = 300.0;
/// No third of the time may have left less than this part of what another one before it did, of what came in it.
const UNDIMINISHED: f64 = 0.7;
/// Standard errors that the last third's excess exceeds.
const SURE: f64 = 5.0;
/// Of the entries that are known to have got old, those that may have been removed since.
const REMOVED_OLD: f64 = 0.3;

pub(super) fn detect(case: &Case<'_>) -> Option<Finding> {
    let site = case.site;
    let life = case.life_ms();
    let patience = PATIENCE_MS.max(site.max_age_ms().unwrap_or(0));
    if site.growth_allowed || site.max_len.is_some() || case.is_flat() {
        return None;
    }
    if life < LIFE_MS.max(patience) || (site.len as f64) < ENOUGH {
        return None;
    }
    let explained = Explained::by(case)?;
    let end = |third: u64| case.now.now_ms - life / 3 * (3 - third);
    let ends: [Excess; 4] = [
        explained.excess(case, end(0), 0)?,
        explained.excess(case, end(1), life)?,
        explained.excess(case, end(2), life)?,
        explained.excess(case, end(3), life)?,
    ];
    let stayed: Vec<f64> = ends
        .windows(2)
        .map(|pair| pair[1].entries - pair[0].entries)
        .collect();
    let shares: Vec<f64> = ends
        .windows(2)
        .zip(&stayed)
        .map(|(pair, stayed)| stayed / (pair[1].inserts - pair[0].inserts).max(1.0))
        .collect();
    let error = ends[2].error.hypot(ends[3].error);
    let goes_on = stayed[1] + stayed[2] >= ENOUGH
        && shares[2] >= UNDIMINISHED * shares[1].max(shares[0])
        && (0.0..=1.0).contains(&shares[2]);
    if !goes_on || stayed[2].is_nan() || stayed[2] < SURE * error || !error.is_finite() {
        return None;
    }
    let oldest = oldest(site.call_sites.iter(), patience)?;
    let hours = life as f64 / 3.0 / 3_600_000.0;
    let entries = ends[3].entries;
    let (expected, _) = explained.at(case, case.now.now_ms);
    Some(Finding {
        kind: "excess",
        call_site: (oldest.call_site != UNKNOWN).then(|| oldest.call_site.clone()),
        emptied_at: None,
        sentence: format!(
            "{} holds {} entries, {} more than there would be if all left as those did that were removed, half of them within {}: \
             {} of what came in the last {} stayed",
            site.site,
            count(site.len),
            count(whole(entries)),
            seconds(explained.usual_ms),
            percent(shares[2]),
            seconds(life / 3),
        ),
        advice: format!(
            "find the path on which `{field}.remove(&key)` is forgotten: strict, where every entry is known, tells its line \
             and its lives; or say that it is meant to grow, `#[map(growth = allow)]`",
            field = case.field(),
        ),
        entries,
        share: shares[2].clamp(0.0, 1.0),
        entries_per_hour: stayed[2] / hours,
        bytes: entries * case.bytes_per_entry(),
        confidence: 0.8,
        figures: vec![
            ("expected", expected),
            ("excess", entries),
            ("excess_error", ends[3].error),
            ("excess_in_last_third", stayed[2]),
        ],
    })
}

/// What is there at a moment and not expected.
struct Excess {
    entries: f64,
    /// What had come by then.
    inserts: f64,
    /// The standard error of `entries`.
    error: f64,
}

/// What removals explain.
pub(super) struct Explained {
    /// Of those that were removed, the part with lifetimes in each bucket.
    parts: [f64; BUCKETS],
    /// Removed entries whose lifetimes are known.
    known: f64,
    /// The part of what came that is removed.
    removed: f64,
    /// The time within which half of those are.
    usual_ms: u64,
}

impl Explained {
    /// Of what came, a share stays; the others are there for as long as those that were removed were.
    fn by(case: &Case<'_>) -> Option<Self> {
        let mut explained = Self::of_all(case)?;
        let (all_removed, _) = explained.at(case, case.now.now_ms);
        let (len, inserts) = (case.site.len as f64, case.site.inserts as f64);
        let stays = (len - all_removed) / (inserts - all_removed).max(1.0);
        explained.removed = 1.0 - stays;
        (stays > 0.0 && stays < 1.0).then_some(explained)
    }

    /// Were all removed some time.
    pub(super) fn of_all(case: &Case<'_>) -> Option<Self> {
        let lines = || case.site.call_sites.iter();
        let known: f64 = lines()
            .map(|line| line.lifetimes.total() as f64 / line.one_in.max(1) as f64)
            .sum();
        let mut all = AgeHistogram::default();
        for line in lines() {
            all.merge(&line.lifetimes);
        }
        if known < ENOUGH_LEFT {
            return None;
        }
        let total = all.total().max(1) as f64;
        Some(Self {
            parts: all.counts().map(|entries| entries as f64 / total),
            known,
            removed: 1.0,
            usual_ms: all.quantile(0.5)?,
        })
    }

    /// How many more there are about the end of a time than are expected: the middle one of some moments of its last
    /// twelfth, as a burst between two points of the history is not seen to be one.
    fn excess(&self, case: &Case<'_>, end: u64, life: u64) -> Option<Excess> {
        const MOMENTS: u64 = 7;
        let moment = |i: u64| end - life / 3 / 4 * i / (MOMENTS - 1);
        let mut excess = [0.0; MOMENTS as usize];
        let mut most = 0.0_f64;
        for (i, excess) in excess.iter_mut().enumerate() {
            let at = moment(i as u64);
            let (expected, error) = self.at(case, at);
            *excess = case.at(at, |point| point.len) - expected;
            most = most.max(error);
        }
        let (entries, spread) = median_and_spread(&excess)?;
        Some(Excess {
            entries,
            inserts: case.at(moment(MOMENTS / 2), |point| point.inserts),
            error: most.hypot(spread),
        })
    }

    /// The entries that are there at a moment of those that are removed some time, and the standard error of that: as few
    /// as are known, as much as the number of those that come and go swings, and a twentieth for what a bucket leaves open.
    pub(super) fn at(&self, case: &Case<'_>, ms: u64) -> (f64, f64) {
        const ROUNDED: f64 = 0.05;
        let came = |ms| case.at(ms, |point| point.inserts);
        let now = came(ms);
        let (mut mean, mut squares) = (0.0, 0.0);
        for (bucket, part) in self
            .parts
            .iter()
            .enumerate()
            .filter(|(_, part)| **part > 0.0)
        {
            let lived = u64::midpoint(bucket_start(bucket), bucket_start(bucket + 1));
            let before = came(ms.saturating_sub(lived).max(case.site.since_ms));
            // A clock that jumped does not take back what came.
            let within = (now - before).max(0.0);
            mean += part * within;
            squares += part * within * within;
        }
        let variance = (squares - mean * mean).max(0.0) / self.known;
        let rounded = ROUNDED * mean;
        let error = (variance + mean + rounded * rounded).sqrt();
        (self.removed * mean, error)
    }
}

/// The line with most entries that got old, if any is known and hardly any that did were removed.
pub(super) fn oldest<'r>(
    lines: impl Iterator<Item = &'r CallSiteReport>,
    age_ms: u64,
) -> Option<&'r CallSiteReport> {
    let old = |counts: &[u64; BUCKETS]| -> f64 {
        let buckets = counts.iter().enumerate();
        buckets
            .filter(|(bucket, _)| bucket_start(*bucket) >= age_ms)
            .map(|(_, entries)| *entries as f64)
            .sum()
    };
    let (mut live, mut left) = (0.0, 0.0);
    let mut oldest: Option<(f64, &CallSiteReport)> = None;
    for line in lines {
        let here = old(line.ages.counts());
        live += here;
        left += old(line.lifetimes.counts());
        if here > 0.0 && oldest.is_none_or(|(most, _)| here > most) {
            oldest = Some((here, line));
        }
    }
    (left <= REMOVED_OLD * (live + left))
        .then_some(oldest)
        .flatten()
        .map(|(_, line)| line)
}
