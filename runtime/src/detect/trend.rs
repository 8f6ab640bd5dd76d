//! Where a map's length is going: its slope, whether that could be chance, and when a limit is reached.

use serde::{Deserialize, Serialize};

use super::stats::{Rise, UNUSUAL, rises};
use crate::report::SiteReport;

/// Where a site's entries are going, by its history's last half.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Trend {
    /// Entries more each hour; less, if negative. The median of the slopes between all pairs of points (Theil and Sen).
    pub entries_per_hour: f64,
    /// The probability of such a rise where there is none (Mann and Kendall, one-sided).
    pub by_chance: f64,
    /// How far it rose along that line, in robust standard deviations of what lies off it; absent if nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_spreads: Option<f64>,
    /// Hours until `max_len` is reached, where one is declared and the rise is no chance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_to_max_len: Option<f64>,
    /// Hours until the tables of the site take the whole [memory budget](crate::set_memory_budget), where one is set and
    /// the rise is no chance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_to_budget: Option<f64>,
}

/// A rise that is less likely is no chance.
const NO_CHANCE: f64 = 0.001;

impl Trend {
    /// Whether the length rises, not by chance and by more than it swings.
    pub fn rises(&self) -> bool {
        self.by_chance < NO_CHANCE
            && self.entries_per_hour > 0.0
            && self.in_spreads.is_none_or(|spreads| spreads > UNUSUAL)
    }
}

/// `None` for fewer than eight points.
pub(crate) fn trend(site: &SiteReport, budget_bytes: Option<u64>) -> Option<Trend> {
    let lately = &site.history[site.history.len() / 2..];
    let points: Vec<(f64, f64)> = lately
        .iter()
        .map(|point| (point.at_ms as f64 / 3_600_000.0, point.len as f64))
        .collect();
    let lens: Vec<f64> = points.iter().map(|(_, len)| *len).collect();
    let by_chance = rises(&lens)?;
    let rise = Rise::of(&points)?;
    let entries_per_hour = rise.slope;
    let mut trend = Trend {
        entries_per_hour,
        by_chance,
        in_spreads: Some(rise.by / rise.spread).filter(|spreads| spreads.is_finite()),
        hours_to_max_len: None,
        hours_to_budget: None,
    };
    let rises = trend.rises();
    let until = |room: f64| (rises && room > 0.0).then_some(room / entries_per_hour);
    let bytes_each = site.table_bytes as f64 / site.len.max(1) as f64;
    trend.hours_to_max_len = site
        .max_len
        .and_then(|max| until(max as f64 * site.instances.max(1) as f64 - site.len as f64));
    trend.hours_to_budget = budget_bytes.and_then(|budget| {
        let room = budget as f64 - site.table_bytes as f64;
        until(room / bytes_each.max(1.0))
    });
    Some(trend)
}
