//! Keys that stay while their values are gone: emptied (residue), or handles whose other side is gone (dead handles).
//!
//! Learnt: whether vacant values come and go, and how far their number swings. The shares are constants, because what a
//! map has held ever since it began is no less a leak for that.

use super::{Case, finding::Finding, stays::percent};
use crate::report::{CallSiteReport, UNKNOWN, count};

/// More residue than this share of a map is a suspect.
const RESIDUE_SHARE: f64 = 0.30;
/// More dead handles than this share: nobody keeps them on purpose.
const DEAD_SHARE: f64 = 0.20;
/// Fewer vacant entries than this are nobody's leak.
const ENOUGH: u64 = 64;

pub(super) fn detect(case: &Case<'_>) -> Option<Finding> {
    let site = case.site;
    let share = site.residue_share();
    let dead = site.dead_handles;
    let limit = if dead { DEAD_SHARE } else { RESIDUE_SHARE };
    if site.residue < ENOUGH || share <= limit || is_cleaned_up(case, limit) {
        return None;
    }
    let line_with_most = |figure: fn(&CallSiteReport) -> u64| {
        site.call_sites
            .iter()
            .filter(|line| figure(line) > 0 && line.call_site != UNKNOWN)
            .max_by_key(|line| figure(line))
            .map(|line| line.call_site.clone())
    };
    let field = case.field();
    let emptied_at = line_with_most(|line| line.emptied);
    let place = emptied_at
        .as_ref()
        .map_or_else(String::new, |line| format!(" at {line}"));
    let (entries, of) = (count(site.residue), count(site.len));
    let name = &site.site;
    let (kind, sentence, advice) = if dead {
        (
            "dead_handles",
            format!(
                "{} of {name} are handles whose other side is gone ({entries} of {of} entries): what they led to was \
                 dropped, and the key stayed",
                percent(share)
            ),
            format!(
                "remove the key when its other side goes (`{field}.remove(&key)` where the receiver or task ends), or \
                 sweep: `{field}.retain(|_, handle| !mapkeeper::Vacant::is_vacant(handle))`"
            ),
        )
    } else {
        (
            "residue",
            format!(
                "{:.0} % of {name} is residue ({entries} of {of} entries; more than {:.0} % is a leak): the key stays, \
                 its value is vacant, and every scan walks over it",
                share * 100.0,
                RESIDUE_SHARE * 100.0
            ),
            format!(
                "remove the key{place} (`{field}.remove(&key)`) instead of emptying its value; if vacant values belong \
                 there, declare `#[map(residue = allow)]`"
            ),
        )
    };
    let hours = case.life_ms() as f64 / 3_600_000.0;
    Some(Finding {
        kind,
        // Where nobody knows which lines inserted the vacant ones, the line that inserted most is the best guess.
        call_site: line_with_most(|line| line.residue).or_else(|| line_with_most(|line| line.live)),
        emptied_at,
        sentence,
        advice,
        entries: site.residue as f64,
        share,
        entries_per_hour: site.residue as f64 / hours.max(1.0 / 60.0),
        bytes: site.residue as f64 * case.bytes_per_entry(),
        confidence: 0.95,
        figures: vec![("residue", site.residue as f64), ("len", site.len as f64)],
    })
}

/// Whether vacant values come and go: somebody removes them, and what is there now will go too. Then only what never
/// went counts: the least residue of the last third of the site's life; or, if they went again and again, what got more
/// from one time to the next.
fn is_cleaned_up(case: &Case<'_>, limit: f64) -> bool {
    const AGAIN_AND_AGAIN: usize = 3;
    let mut most = 0;
    let mut dropped = 0;
    for point in &case.site.history {
        most = most.max(point.residue);
        if most >= ENOUGH && point.residue < most / 2 {
            dropped += 1;
            most = point.residue;
        }
    }
    if dropped >= AGAIN_AND_AGAIN
        && !case.outgrows_its_swing(case.site.since_ms, |point| point.residue as f64)
    {
        return true;
    }
    let last_third = case.since(case.site.since_ms + case.life_ms() / 3 * 2);
    let share_is_low = |point: &crate::Point| {
        point.residue < ENOUGH || (point.residue as f64) <= limit * point.len as f64
    };
    dropped > 0 && last_third.iter().any(share_is_low)
}
