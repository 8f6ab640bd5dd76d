//! Maps that were declared to go together and drift apart: a secondary index that is not cleaned.
//!
//! Learnt of a map that follows another: how many entries it had to each of the other's, and how far the surplus over
//! that swings. A subset with more keys than the whole is wrong whatever was usual.

use super::{Case, finding::Finding, stays::percent};
use crate::{Point, report::count};

/// Entries too many that are nobody's leak: the two maps are written one after the other.
const ENOUGH: f64 = 64.0;

/// `subset_of`: more keys than the other map has cannot all be keys there. `follows`: more entries to each of the other's
/// than there were.
pub(super) fn drift(case: &Case<'_>) -> Option<Finding> {
    const MORE: f64 = 1.5;
    let site = case.site;
    let (name, exact) = match (&site.subset_of, &site.follows) {
        (Some(name), _) => (name, true),
        (None, Some(name)) => (name, false),
        (None, None) => return None,
    };
    let other = Case {
        site: case.neighbour(name)?,
        ..*case
    };
    let life = case.life_ms().min(other.life_ms());
    let at = |part: u64| {
        let ms = case.now.now_ms - life + life / 4 * part;
        (
            case.at(ms, |point| point.len),
            other.at(ms, |point| point.len),
        )
    };
    let (mine, theirs) = (site.len as f64, other.site.len as f64);
    // What there was to each of the other's at its best, in quarters of their life that had enough to tell.
    let ratio = |(mine, theirs): (f64, f64)| mine / theirs.max(1.0);
    let usual = if exact {
        1.0
    } else {
        (1..4)
            .map(at)
            .filter(|(_, theirs)| *theirs >= 1.0)
            .map(ratio)
            .fold(f64::INFINITY, f64::min)
            .max(1.0)
    };
    let surplus = mine - usual * theirs;
    let before = at(3);
    let surplus_before = before.0 - usual * before.1;
    if !usual.is_finite()
        || surplus < ENOUGH
        || mine < MORE * usual * theirs
        // It has to be there for a while, and not to be on its way back.
        || surplus_before <= 0.0
        || surplus < surplus_before
    {
        return None;
    }
    let over = |point: &Point| point.len as f64 - usual * other.at(point.at_ms, |point| point.len);
    if !exact && !case.outgrows_its_swing(case.now.now_ms - life, over) {
        return None;
    }
    let word = if exact { "be a subset of" } else { "follow" };
    let field = name.rsplit('.').next().unwrap_or(name);
    let name = &site.site;
    let hours = life as f64 / 4.0 / 3_600_000.0;
    Some(Finding {
        kind: "drift",
        call_site: case.fullest_line(),
        emptied_at: None,
        sentence: format!(
            "{name} is declared to {word} {}, which has {} entries, but holds {}: {} of them at least ({}) have lost \
             their counterpart",
            other.site.site,
            count(other.site.len),
            count(site.len),
            count(surplus as u64),
            percent(surplus / mine.max(1.0)),
        ),
        advice: format!(
            "wherever a key leaves `{field}`, remove its entries here too (an `on_remove` hook on `{field}` sees every \
             way out)"
        ),
        entries: surplus,
        share: surplus / mine.max(1.0),
        entries_per_hour: (surplus - surplus_before) / hours.max(1e-9),
        bytes: surplus * case.bytes_per_entry(),
        confidence: if exact { 0.98 } else { 0.9 },
        figures: vec![("len", mine), ("other_len", theirs), ("usual_ratio", usual)],
    })
}
