//! Entries that lost their partner because it was overwritten: a second insertion under a key took the place of a value,
//! and what another map holds for the old value stays.
//!
//! Overwriting alone is no leak: caches, gauges and tables of last values do nothing else, and a map that fills up goes
//! from inserting to overwriting without anything being wrong, so neither a high share nor a sudden one is told. What
//! gives it away is a balance over two maps of one struct. If every value that goes into one of them (A) comes with an
//! entry of the other (B), and exits come in pairs too,
//!
//! ```text
//! len(B) − len(A)  =  came(B) − left(B) − new keys(A) + left(A)  =  overwritten(A)
//! ```
//!
//! exactly if nobody cleans B after an overwriting, while B is no longer than A, but for a moment, if somebody does. All
//! of these are counted, not sampled. Learnt: whether the balance held in each part of their past.
//!
//! Overwritten values that live on elsewhere are [`retained`](super::retained).

use super::{Case, finding::Finding, past::left, stays::percent};
use crate::{
    RemovalCause, SiteReport,
    report::{UNKNOWN, count, seconds},
};

/// Fewer overwritten values are nobody's leak.
const ENOUGH: u64 = 64;

/// What two maps did within a span of time.
struct Span {
    /// Values that went into the map that overwrites, under new keys and old ones.
    put: f64,
    overwritten: f64,
    /// Entries that came into the other one, and those that left it.
    came: f64,
    left: f64,
    /// By how much that one got longer against the first.
    surplus: f64,
}

impl Span {
    fn between(case: &Case<'_>, other: &Case<'_>, from: u64, to: u64) -> Self {
        let change = |case: &Case<'_>, figure| case.at(to, figure) - case.at(from, figure);
        let overwritten = change(other, |point| point.replaces);
        Self {
            put: change(other, |point| point.inserts) + overwritten,
            overwritten,
            came: change(case, |point| point.inserts),
            left: change(case, left),
            surplus: change(case, |point| point.len) - change(other, |point| point.len),
        }
    }

    /// Whether each value came with an entry, and about as many entries stayed as values were overwritten. Of maps that
    /// were `declared` to go together a few may come alone.
    fn orphans(&self, declared: bool) -> bool {
        /// Of the overwritten: what the two maps may differ by, being written one after the other.
        const ODD: f64 = 0.1;
        const ALONE: f64 = 0.5;
        /// Of the overwritten: some may be cleaned up after.
        const STAYED: f64 = 0.5;
        let within = |share: f64| (share * self.overwritten).max(4.0);
        let alone = if declared { ALONE } else { ODD };
        (self.came - self.put).abs() <= within(alone)
            && self.surplus >= STAYED * self.overwritten
            && self.surplus <= self.overwritten + within(ODD)
    }
}

/// Entries that stay because those of another map that go with them were overwritten; `known` is what else was found.
pub(super) fn detect<'r>(
    case: &Case<'_>,
    beside: impl Iterator<Item = &'r SiteReport>,
    known: &[Finding],
) -> Option<Finding> {
    if case.site.growth_allowed || case.site.len < ENOUGH {
        return None;
    }
    beside
        .filter(|other| other.replaces >= ENOUGH)
        .find_map(|other| orphaned_by(case, other, known))
}

fn orphaned_by(case: &Case<'_>, other: &SiteReport, known: &[Finding]) -> Option<Finding> {
    /// Who cleans up later has to have had the time to.
    const PATIENCE_MS: u64 = 2 * 3_600_000;
    /// As long as nine in ten of the entries that were removed lived, so many times.
    const LONG: u64 = 4;
    /// Of all values: less is a race now and then.
    const SUBSTANTIAL: f64 = 0.005;
    /// Of the overwritten: if fewer ever left the other map, nothing says that its entries go with their partners. It may
    /// be a log of the last day, in its first.
    const LEAVE: f64 = 0.1;
    const PARTS: u64 = 4;
    const EACH: f64 = 8.0;
    let site = case.site;
    let twin = Case {
        site: other,
        ..*case
    };
    let life = case.life_ms().min(twin.life_ms());
    let lived = case.usual_lifetime_ms();
    if life < PATIENCE_MS.max(lived.saturating_mul(LONG)) {
        return None;
    }
    let declared = names(site, other) || names(other, site);
    let now = case.now.now_ms;
    let at = |part: u64| now - life + life / PARTS * part;
    let all = Span::between(case, &twin, at(0), now);
    if all.overwritten < (SUBSTANTIAL * all.put).max(ENOUGH as f64)
        || all.left < LEAVE * all.overwritten
        || !all.orphans(declared)
    {
        return None;
    }
    // It goes on: in each later part of their lives.
    let goes_on = (1..PARTS).all(|part| {
        let to = if part + 1 == PARTS { now } else { at(part + 1) };
        let span = Span::between(case, &twin, at(part), to);
        span.overwritten < EACH || span.orphans(declared)
    });
    let last = Span::between(case, &twin, at(PARTS - 1), now);
    if !goes_on || last.overwritten < EACH {
        return None;
    }
    let (name, field) = (&other.site, twin.field());
    let overwritten_at = overwriting_line(other);
    let place = overwritten_at.map_or_else(String::new, |line| format!(" at {line}"));
    let share = (all.surplus / all.came.max(1.0)).clamp(0.0, 1.0);
    let hours = (life / PARTS) as f64 / 3_600_000.0;
    Some(Finding {
        kind: "replace",
        call_site: known
            .iter()
            .max_by(|a, b| a.entries.total_cmp(&b.entries))
            .and_then(|staying| staying.call_site.clone())
            .or_else(|| case.fullest_line()),
        emptied_at: None,
        sentence: format!(
            "{} values of {name} were overwritten{place} within {}, and as many entries of {} stayed ({}, {} of what \
             came): each lost its partner to a second insertion under the same key",
            count(all.overwritten as u64),
            seconds(life),
            site.site,
            count(all.surplus as u64),
            percent(share),
        ),
        advice: format!(
            "look at what the insertion into `{field}` returns{place}: `if let Some(old) = {field}.insert(…)`, remove \
             what `{}` holds for the old value",
            case.field(),
        ),
        entries: all.surplus,
        share,
        entries_per_hour: last.surplus / hours.max(1e-9),
        bytes: all.surplus * case.bytes_per_entry(),
        confidence: if declared { 0.9 } else { 0.95 },
        figures: vec![
            ("overwritten", all.overwritten),
            ("put_into_the_other", all.put),
            ("came", all.came),
            ("surplus", all.surplus),
        ],
    })
}

/// Whether one was declared to go with the other.
fn names(site: &SiteReport, other: &SiteReport) -> bool {
    [&site.follows, &site.subset_of]
        .into_iter()
        .flatten()
        .any(|name| *name == other.site)
}

/// Where values are overwritten: seen when a value left that was watched; else, if one line alone inserts, that one.
fn overwriting_line(site: &SiteReport) -> Option<&str> {
    let seen = site
        .after_removal
        .retained
        .iter()
        .find(|group| group.cause == RemovalCause::Replaced && group.removed_at != UNKNOWN);
    if let Some(group) = seen {
        return Some(&group.removed_at);
    }
    let mut lines = site.call_sites.iter().filter(|line| line.births > 0);
    match (lines.next(), lines.next()) {
        (Some(line), None) if line.call_site != UNKNOWN => Some(&line.call_site),
        _ => None,
    }
}

#[cfg(all(test, not(mapkeeper_models)))]
mod tests;
