//! What counters said at earlier scrapes, so that none of them ever falls.
//!
//! Exact counts do not, but lifetimes in observe are samples that stand for all, and how many each stands for changes: a
//! histogram that falls by one looks like a restart to who collects it, and all it ever counted like news.

use std::collections::BTreeMap;

use super::{Family, Figure, Labels};

/// The most that each counter said, by name and labels: as many as there are series.
#[derive(Debug, Default)]
pub(crate) struct HighWater(BTreeMap<(&'static str, Labels), Vec<u64>>);

impl HighWater {
    /// Raises what is less than it was.
    pub(crate) fn raise(&mut self, family: &mut Family) {
        for (labels, figure) in &mut family.samples {
            let counts: &mut [u64] = match figure {
                Figure::Count(n) => std::slice::from_mut(n),
                Figure::Ages(ages) => ages.counts_mut(),
                Figure::Whole(_) | Figure::Part(_) => continue,
            };
            let seen = self
                .0
                .entry((family.what.name, labels.clone()))
                .or_insert_with(|| vec![0; counts.len()]);
            for (now, most) in counts.iter_mut().zip(seen) {
                *most = (*most).max(*now);
                *now = *most;
            }
        }
    }
}
