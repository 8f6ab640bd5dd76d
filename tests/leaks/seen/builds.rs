//! Pipelines of builds, imports, thumbnails, locks by key.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use crate::{
    service::{Leak, Loses, Model, Row, Service, StdMap, Truth},
    sim::{DAY, HOUR, Life, Load, MINUTE, Sim, leaky},
};

pub(super) static MODELS: [Model; 8] = [
    Model::of::<Builds<true>>(),
    Model::of::<Builds<false>>(),
    Model::of::<Imports<true>>(),
    Model::of::<Imports<false>>(),
    Model::of::<Thumbnails<true>>(),
    Model::of::<Thumbnails<false>>(),
    Model::of::<KeyedLocks<true>>(),
    Model::of::<KeyedLocks<false>>(),
];

/// Builds; some deploy, and wait for somebody to approve. One that a newer commit supersedes meanwhile is cancelled.
#[mapkeeper::tracked]
#[derive(Default)]
struct Builds<const BUGGY: bool> {
    #[map]
    running: StdMap<u64, Stage>,
}

enum Stage {
    Compiles,
    Waits,
}

enum Build {
    Pushed,
    Compiled(u64),
    Ends(u64),
    Superseded(u64),
}

const COMMITS: Load = Load::per_hour(900.0).daily(0.9);
const COMPILING: Life = Life::log_normal(180.0, 0.8);
const APPROVAL: Life = Life::log_normal(9_000.0, 1.0);
const NEXT_COMMIT: Life = Life::log_normal(3_600.0, 0.8);

impl<const BUGGY: bool> Service for Builds<BUGGY> {
    type Event = Build;
    const NAME: &'static str = if BUGGY {
        "build-superseded"
    } else {
        "build-approved"
    };
    const ROW: Row = if BUGGY {
        Row::Timeout
    } else {
        Row::Healthy("awaits")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Builds.running", 0.018))
    } else {
        Truth::Healthy { at_most: 1_500 }
    };

    fn open(sim: &mut Sim<Build>) -> Self {
        sim.arrive(&COMMITS, Build::Pushed);
        Self::default()
    }

    fn handle(&mut self, event: Build, sim: &mut Sim<Build>) {
        match event {
            Build::Pushed => {
                let build = sim.id();
                leaky!(self.running.insert(build, Stage::Compiles));
                let takes = sim.draw(&COMPILING);
                sim.after(takes, Build::Compiled(build));
                sim.arrive(&COMMITS, Build::Pushed);
            }
            Build::Compiled(build) if sim.chance(0.07) => {
                self.running.insert(build, Stage::Waits);
                if sim.chance(0.25) {
                    let at = sim.draw(&NEXT_COMMIT);
                    sim.after(at, Build::Superseded(build));
                } else {
                    let at = sim.draw(&APPROVAL).min(24 * HOUR);
                    sim.after(at, Build::Ends(build));
                }
            }
            Build::Superseded(_) if BUGGY => sim.lose(1),
            Build::Compiled(build) | Build::Ends(build) | Build::Superseded(build) => {
                self.running.remove(&build);
            }
        }
    }

    fn held(&self) -> usize {
        self.running.len()
    }
}

/// Rows of files that are imported, taken out when they are written: two hundred every ten minutes, and once a day the
/// whole catalogue, for which the map stays as large as it was.
#[mapkeeper::tracked]
#[derive(Default)]
struct Imports<const BUGGY: bool> {
    #[map]
    staged: StdMap<u64, [u64; 2]>,
}

enum Import {
    Small,
    Catalogue,
    Written(Vec<u64>),
}

const CATALOGUE: u64 = 400_000;

impl<const BUGGY: bool> Imports<BUGGY> {
    fn stage(&mut self, rows: u64, takes: u64, sim: &mut Sim<Import>) {
        let rows: Vec<u64> = (0..rows).map(|_| sim.id()).collect();
        for row in &rows {
            self.staged.insert(*row, [*row; 2]);
        }
        sim.after(takes, Import::Written(rows));
    }
}

impl<const BUGGY: bool> Service for Imports<BUGGY> {
    type Event = Import;
    const NAME: &'static str = if BUGGY {
        "import-once-large"
    } else {
        "import-gives-room-back"
    };
    const ROW: Row = if BUGGY {
        Row::Capacity
    } else {
        Row::Healthy("batches")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(
            Leak::of("Imports.staged", 0.65)
                .losing(Loses::Room)
                .since_hour(2),
        )
    } else {
        Truth::Healthy { at_most: 401_000 }
    };

    fn open(sim: &mut Sim<Import>) -> Self {
        sim.round(10 * MINUTE, Import::Small);
        sim.after(2 * HOUR + 7 * MINUTE, Import::Catalogue);
        Self::default()
    }

    fn handle(&mut self, event: Import, sim: &mut Sim<Import>) {
        match event {
            Import::Small => {
                let rows = 100 + sim.below(200);
                self.stage(rows, 8_000, sim);
                if sim.now() < DAY {
                    sim.round(10 * MINUTE, Import::Small);
                }
            }
            Import::Catalogue => self.stage(CATALOGUE, 9 * MINUTE, sim),
            Import::Written(rows) => {
                for row in &rows {
                    self.staged.remove(row);
                }
                if rows.len() as u64 == CATALOGUE {
                    if BUGGY {
                        sim.lose(self.staged.capacity() - self.staged.len());
                    } else {
                        self.staged.shrink_to_fit();
                    }
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.staged.len()
    }
}

/// The three thousand thumbnails that were made last. A few are noted down when they are served, to be counted; that the
/// list is worked off once a minute was planned.
#[mapkeeper::tracked]
#[derive(Default)]
struct Thumbnails<const BUGGY: bool> {
    #[map]
    made: StdMap<u64, Arc<[u8; 64]>>,
    order: VecDeque<u64>,
    served: Mutex<Vec<Arc<[u8; 64]>>>,
}

enum Thumbnail {
    Asked,
    Minute,
}

const VIEWS: Load = Load::per_hour(9_000.0).daily(0.6);
const KEPT: usize = 3_000;

impl<const BUGGY: bool> Service for Thumbnails<BUGGY> {
    type Event = Thumbnail;
    const NAME: &'static str = if BUGGY {
        "thumbnails-noted-down"
    } else {
        "thumbnails-counted"
    };
    const ROW: Row = if BUGGY {
        Row::Retained
    } else {
        Row::Healthy("shared values")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Thumbnails.made", 0.03).losing(Loses::Values))
    } else {
        Truth::Healthy { at_most: 3_001 }
    };

    fn open(sim: &mut Sim<Thumbnail>) -> Self {
        sim.arrive(&VIEWS, Thumbnail::Asked);
        sim.round(MINUTE, Thumbnail::Minute);
        Self::default()
    }

    fn handle(&mut self, event: Thumbnail, sim: &mut Sim<Thumbnail>) {
        let served = self.served.get_mut().expect("nobody panics here");
        match event {
            Thumbnail::Asked => {
                let (id, image) = (sim.id(), Arc::new([7; 64]));
                if sim.chance(0.03) {
                    served.push(Arc::clone(&image));
                }
                self.made.insert(id, image);
                self.order.push_back(id);
                if self.order.len() > KEPT {
                    let oldest = self.order.pop_front().and_then(|id| self.made.remove(&id));
                    let held_on = oldest.is_some_and(|image| Arc::strong_count(&image) > 1);
                    sim.lose(usize::from(BUGGY && held_on));
                }
                sim.arrive(&VIEWS, Thumbnail::Asked);
            }
            Thumbnail::Minute => {
                if !BUGGY {
                    served.clear();
                }
                sim.round(MINUTE, Thumbnail::Minute);
            }
        }
    }

    fn held(&self) -> usize {
        self.made.len()
    }

    fn stays(&self) -> u64 {
        self.order.len() as u64
    }
}

/// A queue of those who want the lock of a key, the first of them has it. Unlocking takes one off, whoever is left.
#[mapkeeper::tracked]
#[derive(Default)]
struct KeyedLocks<const BUGGY: bool> {
    #[map]
    queues: StdMap<u64, VecDeque<u64>>,
}

enum Lock {
    Wanted,
    Done(u64),
}

const WORK: Load = Load::per_hour(10_000.0).daily(0.5).bursts(45.0, 2.0, 6.0);
const WORK_TIME: Life = Life::log_normal(0.4, 1.0);

impl<const BUGGY: bool> Service for KeyedLocks<BUGGY> {
    type Event = Lock;
    const NAME: &'static str = if BUGGY {
        "locks-of-nobody"
    } else {
        "locks-taken-out"
    };
    const ROW: Row = if BUGGY {
        Row::Residue
    } else {
        Row::Healthy("residue in passing")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("KeyedLocks.queues", 1.0))
    } else {
        Truth::Healthy { at_most: 1_500 }
    };

    fn open(sim: &mut Sim<Lock>) -> Self {
        sim.arrive(&WORK, Lock::Wanted);
        Self::default()
    }

    fn handle(&mut self, event: Lock, sim: &mut Sim<Lock>) {
        match event {
            Lock::Wanted => {
                // Some accounts have much to do, most come once.
                let key = if sim.chance(0.3) {
                    sim.below(500)
                } else {
                    sim.id()
                };
                let (keys, worker) = (self.queues.len(), sim.id());
                let queue = leaky!(self.queues.entry(key).or_default());
                queue.push_back(worker);
                let first = queue.len() == 1;
                sim.lose(usize::from(BUGGY) * (self.queues.len() - keys));
                if first {
                    let takes = sim.draw(&WORK_TIME);
                    sim.after(takes, Lock::Done(key));
                }
                sim.arrive(&WORK, Lock::Wanted);
            }
            Lock::Done(key) => {
                let Some(queue) = self.queues.get_mut(&key) else {
                    return;
                };
                queue.pop_front();
                if !queue.is_empty() {
                    let takes = sim.draw(&WORK_TIME);
                    sim.after(takes, Lock::Done(key));
                } else if !BUGGY {
                    self.queues.remove(&key);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.queues.len()
    }
}
