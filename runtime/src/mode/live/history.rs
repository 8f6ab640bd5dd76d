//! How a site came to be what it is: its figures over time, in bounded memory.
//!
//! 64 points at most. When they are used up, every second one is given up and points are taken half as often from then
//! on, so that the whole life of a site is covered, however long it gets.

use crate::Point;

/// Points kept.
const POINTS: usize = 64;
/// The distance of the first points.
const FIRST_DISTANCE_MS: u64 = 50;

/// See the [module](self).
#[derive(Debug)]
pub(crate) struct History {
    points: [Point; POINTS],
    len: usize,
    distance_ms: u64,
}

impl Default for History {
    fn default() -> Self {
        Self {
            points: [Point::default(); POINTS],
            len: 0,
            distance_ms: FIRST_DISTANCE_MS,
        }
    }
}

impl History {
    /// Adds a point; returns when the next one is due. A point from before the last one (a clock that jumped back) is
    /// left out.
    pub(crate) fn push(&mut self, point: Point) -> u64 {
        let last = self.points().last();
        if last.is_none_or(|last| last.at_ms < point.at_ms) {
            if self.len == POINTS {
                for kept in 0..POINTS / 2 {
                    self.points[kept] = self.points[2 * kept];
                }
                self.len = POINTS / 2;
                // Twice as far apart; farther, if points were rarer than they were allowed to be.
                let span = point.at_ms - self.points[0].at_ms;
                self.distance_ms = (self.distance_ms * 2).max(span / (POINTS as u64 / 2));
            }
            self.points[self.len] = point;
            self.len += 1;
        }
        point.at_ms.saturating_add(self.distance_ms)
    }

    pub(crate) fn points(&self) -> &[Point] {
        &self.points[..self.len]
    }
}
