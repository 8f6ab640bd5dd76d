//! Lines whose entries nothing ever removes, in maps that go on growing; and maps that grow though nobody knows their lines.
//!
//! Nothing was removed, so no lifetime says what is old; all that tells a leak from a map that fills up is that it does
//! not slow down. A warm-up does: of N keys that come by at random, the new ones get rarer as exp(−t/τ). So growth has to
//! have gone on for hours at an undiminished pace; where it is fast enough to be seen at once, in a program under
//! development, for seconds.
//!
//! Learnt: of a line the pace it had, of a site of small maps how far its length swings.

use super::{
    Case,
    finding::{Finding, whole},
    stats::rises,
    stays::percent,
};
use crate::report::{CallSiteReport, UNKNOWN, about, count, seconds};

/// How long growth is watched before it is told: by then it is none of filling up.
pub(super) const PATIENCE_MS: u64 = 4 * 3_600_000;
/// In a program under development: so long, at such a pace.
const SHORT_PATIENCE_MS: u64 = 3_000;
const FAST_PER_SECOND: f64 = 500.0;
/// Fewer entries are nobody's leak.
const ENOUGH: f64 = 500.0;
/// Of the last two thirds of the time, so many have to be known each: fewer say nothing about their pace.
const KNOWN: f64 = 30.0;
/// No third of the time may have brought less than this part of another one before it.
const UNDIMINISHED: f64 = 0.7;
/// Exits of less than this share of births are none.
const HARDLY_ANY: f64 = 0.01;

pub(super) fn only_grows(case: &Case<'_>, line: &CallSiteReport) -> Option<Finding> {
    let site = case.site;
    if site.growth_allowed || site.max_len.is_some() || case.is_flat() {
        return None;
    }
    let left = line.exits.entries();
    if left as f64 > HARDLY_ANY * line.births as f64 {
        return None;
    }
    let life = case.life_ms();
    let seconds_lived = life as f64 / 1000.0;
    let fast = case.now.short_lived
        && life >= SHORT_PATIENCE_MS
        && line.live as f64 / seconds_lived >= FAST_PER_SECOND;
    // What was declared to stay for so long has the time to.
    let allowed = site.max_age_ms().unwrap_or(0);
    if life < allowed || (life < PATIENCE_MS && !fast) {
        return None;
    }
    let third = line.generations.len() / 3;
    if third == 0 {
        return None;
    }
    let sum = |part: &[u64]| part.iter().map(|entries| *entries as f64).sum();
    let thirds: Vec<f64> = line.generations.rchunks(third).take(3).map(sum).collect();
    let &[last, middle, first] = &thirds[..] else {
        return None;
    };
    let known = last.min(middle) / line.one_in.max(1) as f64;
    if last + middle < ENOUGH || known < KNOWN || last < UNDIMINISHED * middle.max(first) {
        return None;
    }
    let hours = life as f64 * third as f64 / line.generations.len() as f64 / 3_600_000.0;
    let field = case.field();
    Some(Finding {
        kind: "only_grows",
        call_site: (line.call_site != UNKNOWN).then(|| line.call_site.clone()),
        emptied_at: None,
        sentence: format!(
            "{} only grows: {} inserted {} entries within {}, as many lately as ever, and {} of them were removed",
            site.site,
            line.call_site,
            about(line.births as f64, site.one_in),
            seconds(life),
            about(left as f64, site.one_in),
        ),
        advice: format!(
            "nothing removes these entries: call `{field}.remove(&key)` when one is done, bound the map (an LRU or TTL \
             cache, `#[map(max_len = …)]`), or say that it is meant to grow, `#[map(growth = allow)]`"
        ),
        entries: line.live as f64,
        share: 1.0 - left as f64 / line.births.max(1) as f64,
        entries_per_hour: last / hours.max(1e-9),
        bytes: line.live as f64 * case.bytes_per_entry(),
        confidence: if fast { 0.6 } else { 0.9 },
        figures: vec![
            ("births", line.births as f64),
            ("removed", left as f64),
            ("last_third", whole(last) as f64),
            ("middle_third", whole(middle) as f64),
            ("first_third", whole(first) as f64),
        ],
    })
}

/// A site that grows as a whole while most of its entries are unknown: many small maps in observe. Its exact figures have
/// to rise for as long, and what stays of what comes must not get less.
pub(super) fn grows_unseen(case: &Case<'_>) -> Option<Finding> {
    const BY_CHANCE: f64 = 1e-4;
    const MANY_MAPS: u64 = 16;
    /// Of what came in a third of the time.
    const STAYED: f64 = 0.02;
    let site = case.site;
    let life = case.life_ms();
    let known = site
        .call_sites
        .iter()
        .fold(0_u64, |sum, line| sum.saturating_add(line.ages.total()));
    let patience = PATIENCE_MS.max(site.max_age_ms().unwrap_or(0));
    if site.growth_allowed || site.max_len.is_some() || life < patience || case.is_flat() {
        return None;
    }
    if known > site.len / 4 || site.instances < MANY_MAPS {
        return None;
    }
    let at = |third: u64, figure| case.at(case.now.now_ms - life + life / 3 * third, figure);
    let thirds: Vec<(f64, f64)> = (0..3)
        .map(|third| {
            let len = |third| at(third, |point| point.len);
            let inserts = |third| at(third, |point| point.inserts);
            (
                len(third + 1) - len(third),
                inserts(third + 1) - inserts(third),
            )
        })
        .collect();
    let share = |(stayed, came): (f64, f64)| stayed / came.max(1.0);
    let (first, middle, last) = (thirds[0], thirds[1], thirds[2]);
    let lately = middle.0 + last.0;
    if lately < ENOUGH.max(site.len as f64 / 2.0)
        || share(last) < STAYED
        || share(last) < UNDIMINISHED * share(middle).max(share(first))
    {
        return None;
    }
    let lens: Vec<f64> = case
        .since(site.since_ms + life / 3)
        .iter()
        .map(|point| point.len as f64)
        .collect();
    let chance = rises(&lens)?;
    if chance > BY_CHANCE
        || !case.outgrows_its_swing(site.since_ms + life / 3, |point| point.len as f64)
    {
        return None;
    }
    let hours = life as f64 / 3.0 / 3_600_000.0;
    Some(Finding {
        kind: "growth",
        call_site: None,
        emptied_at: None,
        sentence: format!(
            "{} grows: {} entries in {} maps, {} more than {} ago, and {} of what came in the last {} stayed",
            site.site,
            count(site.len),
            count(site.instances),
            count(whole(lately)),
            seconds(life / 3 * 2),
            percent(share(last)),
            seconds(life / 3),
        ),
        advice: "its maps are too small to be sampled: run it in strict, where every entry is known by its line".to_owned(),
        entries: site.len as f64,
        share: share(last),
        entries_per_hour: last.0 / hours.max(1e-9),
        bytes: site.table_bytes as f64,
        confidence: 0.8,
        figures: vec![("by_chance", chance), ("grew", lately)],
    })
}
