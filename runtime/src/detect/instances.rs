//! Maps that come and do not go: each is small, their number only grows.
//!
//! Learnt: how far their number swings.

use super::{
    Case,
    finding::Finding,
    stats::{Rise, rises},
};
use crate::report::{count, seconds};

pub(super) fn only_grow(case: &Case<'_>) -> Option<Finding> {
    const PATIENCE_MS: u64 = 4 * 3_600_000;
    const ENOUGH: f64 = 200.0;
    /// Of those that are alive, this share came lately.
    const LATELY: f64 = 0.6;
    /// Of the maps that came in a third of the time, this share stayed at least, and no less of it later than before.
    const STAYED: f64 = 0.02;
    const UNDIMINISHED: f64 = 0.8;
    const BY_CHANCE: f64 = 1e-4;
    let site = case.site;
    let life = case.life_ms();
    if site.growth_allowed || life < PATIENCE_MS {
        return None;
    }
    let at = |third: u64| {
        let ms = case.now.now_ms - life + life / 3 * third;
        (
            case.at(ms, |point| point.instances),
            case.at(ms, |point| point.instances_total),
        )
    };
    let thirds = [at(0), at(1), at(2), at(3)];
    let stayed: Vec<(f64, f64)> = thirds
        .windows(2)
        .map(|two| (two[1].0 - two[0].0, two[1].1 - two[0].1))
        .collect();
    let shares: Vec<f64> = stayed
        .iter()
        .map(|(stayed, came)| stayed / came.max(1.0))
        .collect();
    let recent = stayed[1].0 + stayed[2].0;
    if recent < ENOUGH.max(LATELY * site.instances as f64)
        || shares[2] < STAYED
        || shares[2] < UNDIMINISHED * shares[0].min(shares[1])
        || stayed.iter().any(|(stayed, _)| *stayed <= 0.0)
    {
        return None;
    }
    let points: Vec<(f64, f64)> = case
        .since(site.since_ms + life / 3)
        .iter()
        .map(|point| (point.at_ms as f64 / 3_600_000.0, point.instances as f64))
        .collect();
    let figures: Vec<f64> = points.iter().map(|(_, instances)| *instances).collect();
    let chance = rises(&figures)?;
    let rise = Rise::of(&points)?;
    if chance > BY_CHANCE || !rise.is_unusual() {
        return None;
    }
    let per_hour = rise.slope;
    let entries_each = site.len as f64 / site.instances.max(1) as f64;
    Some(Finding {
        kind: "instances",
        call_site: None,
        emptied_at: None,
        sentence: format!(
            "the maps of {} get more and more: {} are alive, {} more than {} ago, though {} went",
            site.site,
            count(site.instances),
            count(recent as u64),
            seconds(life / 3 * 2),
            count(site.instances_total.saturating_sub(site.instances)),
        ),
        advice: "find who keeps the owners of these maps: a registry, a task that never ends, a cycle of `Arc`s".to_owned(),
        entries: site.len as f64,
        share: shares[2].min(1.0),
        entries_per_hour: per_hour * entries_each,
        bytes: site.table_bytes as f64,
        confidence: 1.0 - chance.max(0.05),
        figures: vec![
            ("instances", site.instances as f64),
            ("instances_per_hour", per_hour),
            ("by_chance", chance),
        ],
    })
}
