//! Maps that come and go together though nobody declared it, of which one keeps some: a secondary index that one path
//! forgets.
//!
//! That two maps of one struct go together shows in their exact counts: in each part of their life as many entries came
//! into one as into the other, and most left both. Then what is left in one and not in the other has lost its counterpart,
//! however long entries live: no lifetime has to be waited for, and nothing has to be sampled. What is kept for a while on
//! purpose, after its counterpart went, makes a surplus as well; but that one stops growing when the first of them go.

use super::{Case, finding::Finding, grows::PATIENCE_MS, past::left, stats::rises, stays::percent};
use crate::{
    Point, SiteReport,
    report::{count, seconds},
};

/// Entries too many that are nobody's leak.
const ENOUGH: f64 = 64.0;
/// Equal parts of the life of both. The first one is warm-up.
const PARTS: u64 = 4;

/// What two maps did within a span of time.
struct Span {
    /// Entries that came into this map, and into the other one.
    came: f64,
    came_there: f64,
    left: f64,
    left_there: f64,
}

impl Span {
    fn between(case: &Case<'_>, twin: &Case<'_>, from: u64, to: u64) -> Self {
        let change = |case: &Case<'_>, figure| case.at(to, figure) - case.at(from, figure);
        Self {
            came: change(case, |point| point.inserts),
            came_there: change(twin, |point| point.inserts),
            left: change(case, left),
            left_there: change(twin, left),
        }
    }

    /// Whether about every entry came with one of the other map, and most left with theirs.
    fn is_together(&self) -> bool {
        /// Of what came: what the two may differ by, being written one after the other.
        const ODD: f64 = 0.01;
        const MOST: f64 = 0.5;
        (self.came - self.came_there).abs() <= (ODD * self.came_there).max(4.0)
            && self.left_there >= MOST * self.came_there
            && self.left >= MOST * self.left_there
    }

    /// The share of what came that stayed without its counterpart.
    fn kept(&self) -> f64 {
        (self.left_there - self.left) / self.came.max(1.0)
    }
}

/// The surplus over another map of the same struct (`beside`).
pub(super) fn drift<'r>(
    case: &Case<'_>,
    beside: impl Iterator<Item = &'r SiteReport>,
) -> Option<Finding> {
    if case.site.growth_allowed || (case.site.len as f64) < ENOUGH {
        return None;
    }
    beside
        .filter(|other| other.len < case.site.len)
        .find_map(|other| surplus_over(case, other))
}

fn surplus_over(case: &Case<'_>, other: &SiteReport) -> Option<Finding> {
    /// As long as nine in ten of the entries that were removed lived, so many times: then what is kept on purpose after its
    /// counterpart went has begun to go.
    const LONG: u64 = 4;
    /// Of what came: less is a race now and then.
    const SUBSTANTIAL: f64 = 0.005;
    /// No part of the time may have kept less than this part of what another one before it did.
    const UNDIMINISHED: f64 = 0.7;
    const BY_CHANCE: f64 = 1e-4;
    let site = case.site;
    let twin = Case {
        site: other,
        ..*case
    };
    let life = case.life_ms().min(twin.life_ms());
    let lived = case.usual_lifetime_ms();
    let allowed = site.max_age_ms().unwrap_or(0);
    if life < PATIENCE_MS.max(lived.saturating_mul(LONG)).max(allowed) {
        return None;
    }
    let now = case.now.now_ms;
    let start = now - life;
    let at = |part: u64| {
        if part == PARTS {
            now
        } else {
            start + life / PARTS * part
        }
    };
    let parts: Vec<Span> = (0..PARTS)
        .map(|part| Span::between(case, &twin, at(part), at(part + 1)))
        .collect();
    let later = &parts[1..];
    let most = later.iter().map(Span::kept).fold(0.0, f64::max);
    let goes_on = later
        .iter()
        .all(|part| part.is_together() && part.kept() >= UNDIMINISHED * most);
    let over = |point: &Point| point.len as f64 - twin.at(point.at_ms, |point| point.len);
    let surplus = site.len as f64 - other.len as f64;
    if !goes_on || most < SUBSTANTIAL || surplus < ENOUGH {
        return None;
    }
    let surpluses: Vec<f64> = case.since(at(1)).iter().map(over).collect();
    let chance = rises(&surpluses)?;
    if chance > BY_CHANCE || !case.outgrows_its_swing(at(1), over) {
        return None;
    }
    let last = &parts[PARTS as usize - 1];
    let hours = (life / PARTS) as f64 / 3_600_000.0;
    let (name, field) = (&other.site, twin.field());
    Some(Finding {
        kind: "drift",
        call_site: case.fullest_line(),
        emptied_at: None,
        sentence: format!(
            "{} gets its entries together with {name} and mostly loses them with it, but kept {} that are gone from there: \
             {} of what came in the last {}, and no fewer lately",
            site.site,
            count(surplus as u64),
            percent(last.kept()),
            seconds(life / PARTS),
        ),
        advice: format!(
            "find the path that removes from `{field}` alone, and remove the entry here too (an `on_remove` hook on \
             `{field}` sees every way out); `#[map(follows = {field})]` makes strict and `check_maps()` name the keys"
        ),
        entries: surplus,
        share: surplus / (site.len as f64).max(1.0),
        entries_per_hour: (last.left_there - last.left) / hours.max(1e-9),
        bytes: surplus * case.bytes_per_entry(),
        confidence: 0.85,
        figures: vec![
            ("len", site.len as f64),
            ("other_len", other.len as f64),
            ("kept_of_what_came", last.kept()),
            ("by_chance", chance),
        ],
    })
}

#[cfg(all(test, not(mapkeeper_models)))]
mod tests;
