//! Room that is held and not used: a burst made the table large, and nothing shrinks it.
//!
//! Learnt: how long the map is empty between one burst and the next. Room that a burst needs again is no waste until the
//! next one should have come long ago.

use super::{
    Case,
    finding::Finding,
    stats::{UNUSUAL, median_and_spread},
};
use crate::report::{bytes, count, seconds};

pub(super) fn detect(case: &Case<'_>) -> Option<Finding> {
    const PATIENCE_MS: u64 = 600_000;
    /// Smaller tables are nobody's leak.
    const ENOUGH_BYTES: f64 = 1_048_576.0;
    /// Of its room, the map used less than this part at any time lately.
    const USED: f64 = 1.0 / 16.0;
    let site = case.site;
    let life = case.life_ms();
    if life < PATIENCE_MS || site.capacity == 0 {
        return None;
    }
    // The room has to have been there for a quarter of the site's life, and to have been empty all that time.
    let quiet = (life / 4).max(usually_quiet(case, USED * site.capacity as f64));
    if quiet > life {
        return None;
    }
    let from = case.now.now_ms - quiet;
    let lately = case.since(from);
    let most = lately
        .iter()
        .map(|point| point.len)
        .max()
        .unwrap_or(site.len);
    let least_room = lately
        .iter()
        .map(|point| point.capacity)
        .min()
        .unwrap_or(site.capacity)
        .min(case.at(from, |point| point.capacity) as u64);
    let most = (most as f64).max(case.at(from, |point| point.len));
    let unused = 1.0 - most / site.capacity as f64;
    let wasted = site.table_bytes as f64 * unused;
    if most > USED * least_room as f64 || wasted < ENOUGH_BYTES {
        return None;
    }
    let field = case.field();
    Some(Finding {
        kind: "capacity",
        call_site: None,
        emptied_at: None,
        sentence: format!(
            "{} holds room for {} entries ({}) and had no more than {} of them in the last {}",
            site.site,
            count(site.capacity),
            bytes(site.table_bytes),
            count(most as u64),
            seconds(quiet),
        ),
        advice: format!(
            "give the room back after a burst: `{field}.shrink_to(2 * {field}.len())` when its length falls below an \
             eighth of its capacity"
        ),
        entries: 0.0,
        share: unused,
        entries_per_hour: 0.0,
        bytes: wasted,
        confidence: 0.9,
        figures: vec![
            ("capacity", site.capacity as f64),
            ("most_used", most),
            ("table_bytes", site.table_bytes as f64),
        ],
    })
}

/// How long the map goes without using its room, at most, as far as its bursts up to now say: the median of the times
/// between them, and as many spreads as make an outlier, a quarter of it at least. 0 for fewer than two bursts, in
/// milliseconds.
fn usually_quiet(case: &Case<'_>, used: f64) -> u64 {
    const AT_LEAST: f64 = 0.25;
    let in_use = case
        .site
        .history
        .iter()
        .map(|point| point.len as f64 > used);
    let times = case.site.history.iter().map(|point| point.at_ms);
    let mut ended = None;
    let mut quiet = Vec::new();
    for (at, in_use) in times.zip(in_use) {
        match (in_use, ended) {
            (true, Some((end, true))) => {
                quiet.push(at.saturating_sub(end) as f64);
                ended = Some((at, false));
            }
            (true, _) => ended = Some((at, false)),
            (false, Some((end, _))) => ended = Some((end, true)),
            (false, None) => {}
        }
    }
    median_and_spread(&quiet).map_or(0, |(median, spread)| {
        (median + (UNUSUAL * spread).max(AT_LEAST * median)) as u64
    })
}
