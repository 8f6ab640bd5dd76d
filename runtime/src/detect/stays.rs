//! Entries that stay though their like are removed: the share that nobody will ever remove, and the few that are far too
//! old.

use super::{
    Case,
    finding::{Finding, whole},
    grows::PATIENCE_MS,
    past::left,
    stats::poisson_at_least,
    survival::{LifeTable, Patience, Plateau},
};
use crate::{
    lifecycle::ages::{BUCKETS, bucket_start},
    report::{CallSiteReport, UNKNOWN, about, count, seconds},
};

/// Removed entries that have to be known before a line's others are judged by them.
const ENOUGH_LEFT: f64 = 20.0;
/// Removals per doubling of age below which nobody removes any more. Of the longest-tailed healthy lifetimes, Pareto
/// with exponent 0.5, 0.35 leave in each doubling.
pub(super) const HARDLY_ANY: f64 = 0.3;

/// A line's lives, in entries that are known: one for each sample.
fn table(line: &CallSiteReport) -> LifeTable {
    let known = 1.0 / line.one_in.max(1) as f64;
    LifeTable {
        left: line
            .lifetimes
            .counts()
            .map(|entries| entries as f64 * known),
        live: line.ages.counts().map(|entries| entries as f64 * known),
    }
}

/// How long is waited for a removal that may yet come: as long as the programmer said that entries stay, or else as long as
/// for growth, four hours. (To the end of the bucket that age is in: 4.7 hours.)
fn patience(case: &Case<'_>) -> Patience {
    Patience {
        ms: case.site.max_age_ms().unwrap_or(PATIENCE_MS),
        times: None,
    }
}

/// A plateau, if it is one; where so many entries stay in a program under development that it is not going to wait for
/// hours, one that is many times as long as what is usual. And whether it is that.
fn plateau(case: &Case<'_>, table: &LifeTable) -> Option<(Plateau, bool)> {
    const FAST_PER_SECOND: f64 = 50.0;
    const TIMES: u64 = 32;
    let patience = patience(case);
    if let Some(plateau) = table.plateau(HARDLY_ANY, patience) {
        return Some((plateau, false));
    }
    let quick = Patience {
        times: Some(TIMES),
        ..patience
    };
    let seconds = case.life_ms().max(1) as f64 / 1000.0;
    table
        .plateau(HARDLY_ANY, quick)
        .filter(|plateau| case.now.short_lived && plateau.survivors / seconds >= FAST_PER_SECOND)
        .map(|plateau| (plateau, true))
}

/// The share of a line's entries that nobody removes, where its survival curve gets flat.
pub(super) fn never_removed(case: &Case<'_>, line: &CallSiteReport) -> Option<Finding> {
    if case.site.growth_allowed {
        return None;
    }
    let table = table(line);
    if table.total_left() < ENOUGH_LEFT {
        return None;
    }
    let (plateau, early) = plateau(case, &table)?;
    let since = bucket_start(plateau.from);
    let leak = going_on(case, line, since, plateau.survivors)?;
    let share = table.plateau_share()?;
    let Plateau {
        survivors, left, ..
    } = plateau;
    let each = line.one_in as f64;
    let removed = &line.lifetimes;
    Some(Finding {
        kind: "never_removed",
        sentence: format!(
            "{} ± {} of what {} inserts into {} stays for ever: half of those that are removed are gone within {}, but of {} \
             that got older than {}, {} left since",
            percent(share.estimate),
            percent(share.error),
            line.call_site,
            case.site.site,
            seconds(removed.quantile(0.5).unwrap_or(0)),
            about((survivors + left) * each, line.one_in),
            seconds(since),
            about(left * each, line.one_in),
        ),
        share: share.estimate,
        confidence: if early {
            0.6
        } else {
            (1.0 - plateau.hazard / HARDLY_ANY * 0.1).clamp(0.0, 1.0)
        },
        figures: vec![
            ("share", share.estimate),
            ("share_error", share.error),
            ("share_low", share.low),
            ("share_high", share.high),
            ("older_than_seconds", since as f64 / 1000.0),
            ("removals_per_doubling_at_most", plateau.hazard),
            ("survivors_known", survivors),
            ("generations", leak.generations as f64),
        ],
        ..stay(case, line, survivors * each, leak)
    })
}

/// Entries that are older than any lifetime of their line by far.
///
/// Of n entries that were removed the oldest was m. If lifetimes follow a power law (exponent α), about f^−α of them are
/// expected beyond f m; α = 0.5 is taken, heavier than any healthy tail. That so many are there by chance has the
/// probability of a Poisson variable.
pub(super) fn overdue(case: &Case<'_>, line: &CallSiteReport) -> Option<Finding> {
    const ALPHA: f64 = 0.5;
    const BY_CHANCE: f64 = 1e-4;
    /// Half doublings.
    const FAR: std::ops::RangeInclusive<usize> = 6..=24;
    const AT_LEAST: f64 = 3.0;
    const ENOUGH: f64 = 100.0;
    if case.site.growth_allowed {
        return None;
    }
    let table = table(line);
    if table.total_left() < ENOUGH {
        return None;
    }
    let oldest = table.left.iter().rposition(|entries| *entries > 0.0)?;
    let (since, survivors, chance) = FAR
        .filter(|far| oldest + 1 + far < BUCKETS)
        .filter(|far| {
            let (age, longest) = (bucket_start(oldest + 1 + far), bucket_start(oldest + 1));
            patience(case).ends_before(age, longest)
        })
        .map(|far| {
            let from = oldest + 1 + far;
            let survivors: f64 = table.live[from..].iter().sum();
            let expected = 2.0_f64.powf(far as f64 / 2.0).powf(-ALPHA);
            // Several distances are tried.
            let chance = poisson_at_least(survivors as u64, expected) * 8.0;
            (from, survivors, chance)
        })
        // The nearest that is sure: a farther one, where old survivors are, would leave no time since in which none came.
        .find(|(_, survivors, chance)| *survivors >= AT_LEAST && *chance < BY_CHANCE)?;
    let since_ms = bucket_start(since);
    let leak = going_on(case, line, since_ms, survivors)?;
    let each = line.one_in as f64;
    let longest = bucket_start(oldest + 1);
    Some(Finding {
        kind: "overdue",
        sentence: format!(
            "{} entries that {} inserted into {} are older than {}, though none of {} that were removed and timed lived \
             longer than {}",
            about(survivors * each, line.one_in),
            line.call_site,
            case.site.site,
            seconds(since_ms),
            count(whole(table.total_left())),
            seconds(longest),
        ),
        share: (survivors * each / line.births.max(1) as f64).min(1.0),
        confidence: (1.0 - chance).clamp(0.0, 0.99),
        figures: vec![
            ("older_than_seconds", since_ms as f64 / 1000.0),
            ("longest_lifetime_seconds", longest as f64 / 1000.0),
            ("survivors_known", survivors),
            ("by_chance", chance),
            ("generations", leak.generations as f64),
        ],
        ..stay(case, line, survivors * each, leak)
    })
}

/// What a leak that goes on looks like.
struct Leak {
    per_hour: f64,
    /// Of 32 equal spans of the site's life, those that left survivors.
    generations: usize,
}

/// Whether a line goes on leaving entries behind: not a burst, not a thing of the past, not a consumer that stands still.
fn going_on(case: &Case<'_>, line: &CallSiteReport, since_ms: u64, survivors: f64) -> Option<Leak> {
    /// Generations that have to be old enough to be judged.
    const JUDGED: usize = 3;
    /// A leak goes on if its last third is at least such a part of an even share.
    const EVEN: f64 = 0.15;
    let life = case.life_ms();
    let each = line.one_in.max(1) as f64;
    if case.is_flat() || life <= since_ms {
        return None;
    }
    let all = line.generations.len().max(1);
    let judged = ((life - since_ms) as f64 / life as f64 * all as f64) as usize;
    if judged < JUDGED {
        return None;
    }
    let old = &line.generations[..judged.min(line.generations.len())];
    let known = |part: &[u64]| part.iter().map(|entries| *entries as f64).sum::<f64>() / each;
    let generations = old.iter().filter(|entries| **entries > 0).count();
    // The first and the last survivor could be of one burst; three distinct ones are not.
    if generations < JUDGED.min(survivors as usize) {
        return None;
    }
    let last = &old[judged - judged.div_ceil(3)..];
    let even = known(old) / 3.0;
    if known(last) < (EVEN * even).max(0.9) {
        return None;
    }
    if stands_still(case, since_ms) {
        return None;
    }
    let hours = life as f64 / all as f64 * last.len() as f64 / 3_600_000.0;
    Some(Leak {
        per_hour: known(last) * each / hours.max(1e-9),
        generations,
    })
}

/// Whether removals stopped altogether, compared to before: then what is there waits, and may yet be worked off.
fn stands_still(case: &Case<'_>, since_ms: u64) -> bool {
    const PATIENCE_MS: u64 = 3_600_000;
    const OF_BEFORE: f64 = 0.25;
    let now = case.now.now_ms;
    let recent = now.saturating_sub(since_ms.max(case.life_ms() / 16));
    let inserts = |ms| case.at(ms, |point| point.inserts);
    let gone = |ms| case.at(ms, left);
    let (came, went) = (inserts(now) - inserts(recent), gone(now) - gone(recent));
    let before = gone(recent) / inserts(recent).max(1.0);
    came > 0.0 && went / came < OF_BEFORE * before && since_ms < PATIENCE_MS
}

/// What all findings about a line have in common.
fn stay(case: &Case<'_>, line: &CallSiteReport, entries: f64, leak: Leak) -> Finding {
    let known = line.call_site != UNKNOWN;
    let field = case.field();
    Finding {
        kind: "",
        call_site: known.then(|| line.call_site.clone()),
        emptied_at: None,
        sentence: String::new(),
        advice: format!(
            "find the path on which `{field}.remove(&key)` is forgotten: an error or early return, a timeout, a \
             cancelled future, a disconnect; remove the entry in a guard's `Drop`, or declare how long it may stay, \
             `#[map(max_age = \"…\")]`"
        ),
        entries,
        share: 0.0,
        entries_per_hour: leak.per_hour,
        bytes: entries * case.bytes_per_entry(),
        confidence: 0.0,
        figures: Vec::new(),
    }
}

pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 10.0 {
        format!("{percent:.0} %")
    } else if percent >= 1.0 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.2} %")
    }
}
