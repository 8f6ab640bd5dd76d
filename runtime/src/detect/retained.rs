//! Values that left their map and live on: somebody else owns them.
//!
//! Learnt: nothing. How many were alive before is not known, and what outlives a minute is told by how it compares with
//! the others that left. Where all but a few are dropped, the few are told as entries of a map are that nobody removes: by
//! the age at which no more of them go.

use super::{
    Case,
    finding::Finding,
    grows::PATIENCE_MS,
    stays::{HARDLY_ANY, percent},
    survival::{LifeTable, Patience},
};
use crate::{
    AfterRemoval, RemovalCause,
    report::{count, seconds},
};

pub(super) fn detect(case: &Case<'_>) -> Option<Finding> {
    /// Values that are known to be alive.
    const ENOUGH: f64 = 8.0;
    /// Of the values whose fate is known.
    const SHARE: f64 = 0.05;
    /// Where most are dropped, those that are not are given more time: a request may still be using them.
    const PATIENCE_S: f64 = 60.0;
    let after = &case.site.after_removal;
    let values = after.retained.iter().map(|group| group.values);
    let alive = values.fold(0, u64::saturating_add);
    let most = after.retained.iter().max_by_key(|group| group.values)?;
    let share = alive as f64 / alive.saturating_add(after.finalised).max(1) as f64;
    // Every watched value stands for as many as all of them do.
    let known = alive as f64 / (alive as f64 / after.watched.max(1) as f64).max(1.0);
    let oldest = after
        .retained
        .iter()
        .map(|group| group.oldest_seconds)
        .fold(0.0, f64::max);
    let substantial = share >= SHARE && (share >= 0.5 || oldest >= PATIENCE_S);
    if known < ENOUGH || !(substantial || few_stay(after, alive as f64 / known)) {
        return None;
    }
    let hours = case.life_ms() as f64 / 3_600_000.0;
    let overwritten = most.cause == RemovalCause::Replaced;
    let (from, how, drops) = if overwritten {
        (
            "were overwritten in",
            "overwritten",
            "take what the insertion returns and shut it down",
        )
    } else {
        (
            "were removed from",
            "removed",
            "drop it where the entry is removed",
        )
    };
    Some(Finding {
        kind: "retained",
        call_site: Some(most.removed_at.clone()),
        emptied_at: None,
        sentence: format!(
            "{} values that {from} {} live on ({} of those whose fate is known), most of them {how} at {}: the oldest has been out for {}, and one has {} owners",
            count(alive),
            case.site.site,
            percent(share),
            most.removed_at,
            seconds((oldest * 1000.0) as u64),
            most.strong_count_max,
        ),
        advice: format!(
            "find the other owners of these `Arc`s or `Rc`s: a log, a cache, a task, a cycle; let one side hold a `Weak`, \
             or {drops}"
        ),
        entries: alive as f64,
        share,
        entries_per_hour: alive as f64 / hours.max(1.0 / 60.0),
        bytes: 0.0,
        confidence: if share < 0.5 { 0.8 } else { 0.9 },
        figures: vec![
            ("alive", alive as f64),
            ("dropped", after.finalised as f64),
            ("oldest_seconds", oldest),
        ],
    })
}

/// Whether values get to an age from which on hardly any is dropped; each that is known stands for `weight`.
fn few_stay(after: &AfterRemoval, weight: f64) -> bool {
    let table = LifeTable {
        left: after.latency.counts().map(|values| values as f64 / weight),
        live: after.alive.counts().map(|values| values as f64 / weight),
    };
    let patience = Patience {
        ms: PATIENCE_MS,
        times: None,
    };
    table.plateau(HARDLY_ANY, patience).is_some()
}
