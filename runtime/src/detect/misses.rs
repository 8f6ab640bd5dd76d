//! Removals that find nothing while entries stay: the wrong key, or the wrong map.
//!
//! Learnt: how far the map's length swings. Two paths that both remove make misses too, and there is a moment at which a
//! map in a burst holds as many entries as calls had missed by then.

use super::{Case, finding::Finding, grows::PATIENCE_MS, stays::percent};
use crate::{RemovalCause, report::count};

pub(super) fn detect(case: &Case<'_>) -> Option<Finding> {
    const ENOUGH: u64 = 200;
    /// Of the calls of `remove`.
    const MISSED: f64 = 0.5;
    /// Of the insertions: a miss to each entry that stays, roughly.
    const OF_INSERTS: f64 = 0.02;
    let site = case.site;
    let removed = site.removed.get(RemovalCause::Removed);
    let stayed = site.inserts.saturating_sub(site.removed.entries());
    if site.growth_allowed
        || site.misses < ENOUGH
        || (site.misses as f64) < OF_INSERTS * site.inserts as f64
        || case.is_flat()
        // A map that fills up has a moment at which it holds as many entries as calls missed.
        || case.life_ms() < PATIENCE_MS
    {
        return None;
    }
    // As many calls missed as entries stayed, within a factor of two: each miss is an entry that was meant. Lately too.
    let missed = site.misses as f64;
    let matches = |stayed: f64, missed: f64| stayed >= missed / 2.0 && stayed <= missed * 2.0;
    let half = case.now.now_ms - case.life_ms() / 2;
    let lately = |figure| case.at(case.now.now_ms, figure) - case.at(half, figure);
    let matches = matches(stayed as f64, missed)
        && matches(lately(|point| point.len), lately(|point| point.misses));
    let share = missed / (missed + removed as f64);
    if !matches
        || share <= MISSED
        || site.len < ENOUGH
        || !case.outgrows_its_swing(site.since_ms, |point| point.len as f64)
    {
        return None;
    }
    let hours = case.life_ms() as f64 / 3_600_000.0;
    Some(Finding {
        kind: "remove_miss",
        call_site: case.fullest_line(),
        emptied_at: None,
        sentence: format!(
            "{} of the removals from {} found nothing ({} calls), and {} entries stayed: what is removed is not the key \
             that was inserted",
            percent(share),
            site.site,
            count(site.misses),
            count(site.len),
        ),
        advice: "compare the key at insertion with the one at removal (case, trimming, address with or without port, an \
                 old id); look at what `remove` returns"
            .to_owned(),
        entries: site.len as f64,
        share,
        entries_per_hour: stayed as f64 / hours.max(1.0 / 60.0),
        bytes: site.table_bytes as f64,
        confidence: 0.9,
        figures: vec![("misses", missed), ("removed", removed as f64)],
    })
}
