//! Lines whose entries nothing ever removes, in maps that go on growing.
//!
//! Nothing was removed, so no lifetime says what is old; all that tells a leak from a map that fills up is that it does
//! not slow down. A warm-up does: of N keys that come by at random, the new ones get rarer as exp(−t/τ). So growth has to
//! have gone on for hours at an undiminished pace; where it is fast enough to be seen at once, in a program under
//! development, for seconds.

use super::{
    Case,
    finding::{Finding, whole},
};
use crate::report::{CallSiteReport, UNKNOWN, count, seconds};

/// How long growth is watched before it is told.
const PATIENCE_MS: u64 = 4 * 3_600_000;
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
    let left: u64 = line.lifetimes.total();
    if left as f64 > HARDLY_ANY * line.births as f64 {
        return None;
    }
    let life = case.life_ms();
    let seconds_lived = life as f64 / 1000.0;
    let fast = case.now.short_lived
        && life >= SHORT_PATIENCE_MS
        && line.live as f64 / seconds_lived >= FAST_PER_SECOND;
    if life < PATIENCE_MS && !fast {
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
            count(line.births),
            seconds(life),
            if left == 0 {
                "none".to_owned()
            } else {
                count(left)
            },
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
