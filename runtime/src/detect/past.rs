//! What a site's history says: its figures at any moment, how they went, and what is usual for them.
//!
//! Detectors that look at figures over time learn from it how far these swing: a burst is not a leak, however high, if it
//! goes as others went before. Their constants are the floor: what is learnt can only make them wait.

use super::{
    Case,
    stats::{Rise, median_and_spread},
};
use crate::Point;

/// Points that say what is usual. With fewer, only the constants of a detector count.
const ENOUGH: usize = 8;

/// A figure of a point.
pub(super) type Figure = fn(&Point) -> u64;

impl Case<'_> {
    /// The points from a moment on.
    pub(super) fn since(&self, ms: u64) -> &[Point] {
        let history = &self.site.history;
        let start = history.partition_point(|point| point.at_ms < ms);
        &history[start..]
    }

    /// A figure at a moment, between two points on the line through them; the first or last one's outside. 0 without a
    /// history.
    pub(super) fn at(&self, ms: u64, figure: Figure) -> f64 {
        let history = &self.site.history;
        let next = history.partition_point(|point| point.at_ms <= ms);
        let Some(before) = next.checked_sub(1).and_then(|i| history.get(i)) else {
            return history.first().map_or(0.0, |first| figure(first) as f64);
        };
        let Some(after) = history.get(next) else {
            return figure(before) as f64;
        };
        // Points in no order, from a clock that jumped, have no line through them but are no reason to panic.
        let (passed, span) = (
            ms.saturating_sub(before.at_ms),
            after.at_ms.saturating_sub(before.at_ms),
        );
        let part = (passed as f64 / span.max(1) as f64).min(1.0);
        let (from, to) = (figure(before) as f64, figure(after) as f64);
        from + (to - from) * part
    }

    /// Whether a figure rose since a moment by more than it swings: by so much along its line that the spread around it
    /// does not account for that. Also while too little is known to tell.
    pub(super) fn outgrows_its_swing(&self, ms: u64, figure: impl Fn(&Point) -> f64) -> bool {
        let points: Vec<(f64, f64)> = self
            .since(ms)
            .iter()
            .map(|point| (point.at_ms as f64, figure(point)))
            .collect();
        points.len() < ENOUGH || Rise::of(&points).is_none_or(Rise::is_unusual)
    }

    /// Whether the entries' number has not moved for the last half of the site's life: a cache at its bound.
    pub(super) fn is_flat(&self) -> bool {
        const MOVED: f64 = 0.01;
        let half = self.since(self.site.since_ms + self.life_ms() / 2);
        let most = half.iter().map(|point| point.len).max().unwrap_or(0);
        let least = half.iter().map(|point| point.len).min().unwrap_or(0);
        half.len() >= ENOUGH && most > 0 && ((most - least) as f64) < MOVED * most as f64
    }
}

/// How far the entries' number now is from what it was lately, in spreads around its median: the last half of the points
/// counts, so that the measure learns what is usual. `None` for fewer than eight points, or a number that never moved.
pub(crate) fn deviation(history: &[Point]) -> Option<f64> {
    let (now, before) = history.split_last()?;
    let lately = &before[before.len() / 2..];
    if lately.len() < ENOUGH {
        return None;
    }
    let lens: Vec<f64> = lately.iter().map(|point| point.len as f64).collect();
    let (median, spread) = median_and_spread(&lens)?;
    let deviation = (now.len as f64 - median) / spread;
    deviation.is_finite().then_some(deviation)
}

/// Entries that left up to then.
pub(super) fn left(point: &Point) -> u64 {
    point.inserts.saturating_sub(point.len)
}
