//! Keys that came back soon after they were removed: found among the operations of a map's ring, once a tick by who writes
//! it, and by whoever reads it.

use super::{Scene, UNKNOWN_KEY, ring::Ring, threads};
use crate::{
    Operation, Return,
    mode::live::SOON_MS,
    report::UNKNOWN,
    threads::{Mutex, PoisonError},
};

/// Keys that left lately are remembered in so many places. A power of two.
const LEFT: usize = 1024;
/// Pairs of lines told apart of one map, and of the maps of a site that went; returns of further ones are counted by the
/// line that inserted only.
const PAIRS: usize = 32;

/// What one line removed and another brought back.
#[derive(Clone, Copy)]
pub(super) struct Returned {
    times: u64,
    /// The scenes of the last time.
    left: Scene,
    came: Scene,
}

/// See the [module](self).
#[derive(Default)]
pub(super) struct Returns {
    /// Operations that were looked at, or overwritten before they were.
    seen: u64,
    /// The last removal of each key, in the place that the lowest bits of its hash say; none before the first.
    left: Vec<(u64, Scene)>,
    pairs: Pairs,
}

impl Returns {
    /// Looks at the operations that came since the last time; `came_back` is told each scene in which a key came back.
    pub(super) fn look(&mut self, ring: &Ring, mut came_back: impl FnMut(Scene)) {
        let (first, operations) = ring.read_from(self.seen);
        self.seen = first + operations.len() as u64;
        for (hash, scene) in operations {
            match scene.did() {
                Operation::Removed if hash != UNKNOWN_KEY => {
                    if self.left.is_empty() {
                        self.left = vec![(0, Scene::NONE); LEFT];
                    }
                    self.left[hash as usize % LEFT] = (hash, scene);
                }
                Operation::Inserted if !self.left.is_empty() => {
                    let place = &mut self.left[hash as usize % LEFT];
                    let (known, left) = *place;
                    if known == hash && left != Scene::NONE {
                        *place = (0, Scene::NONE);
                        if scene.tick().since_ms(left.tick()) <= SOON_MS {
                            let times = 1;
                            let came = scene;
                            self.pairs.add(Returned { times, left, came });
                            came_back(scene);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn pairs(&self) -> &[Returned] {
        &self.pairs.0
    }
}

/// Returns by the two lines.
#[derive(Default)]
struct Pairs(Vec<Returned>);

impl Pairs {
    fn add(&mut self, row: Returned) {
        if let Some(known) = self.0.iter_mut().find(|known| known.lines() == row.lines()) {
            let times = known.times.saturating_add(row.times);
            *known = Returned { times, ..row };
        } else if self.0.len() < PAIRS {
            self.0.push(row);
        }
    }
}

impl Returned {
    /// The lines that removed and inserted.
    fn lines(self) -> (usize, usize) {
        (self.left.place(), self.came.place())
    }

    /// As a report tells it, with the line that inserted.
    pub(super) fn row(self) -> (String, Return) {
        let Self { times, left, came } = self;
        let place = |scene: Scene| {
            let line = scene.line();
            line.map_or_else(|| UNKNOWN.to_owned(), ToString::to_string)
        };
        let row = Return {
            removed_at: place(left),
            removed_by: threads::name(left.thread()),
            inserted_by: threads::name(came.thread()),
            times,
            removed_ms: left.tick().as_ms(),
            inserted_ms: came.tick().as_ms(),
        };
        (place(came), row)
    }
}

/// Those of a site's maps that went.
#[derive(Default)]
pub(in super::super) struct GoneReturns(Mutex<Pairs>);

impl GoneReturns {
    pub(super) fn add(&self, rows: &[Returned]) {
        let mut pairs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rows.iter().for_each(|row| pairs.add(*row));
    }

    pub(in super::super) fn read(&self) -> Vec<(String, Return)> {
        let pairs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pairs.0.iter().copied().map(Returned::row).collect()
    }
}
