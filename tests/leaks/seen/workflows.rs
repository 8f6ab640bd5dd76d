//! Work in several steps: sagas, leases of jobs, uploads in parts.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, MINUTE, Sim, leaky},
};

pub(super) static MODELS: [Model; 6] = [
    Model::of::<Sagas<true>>(),
    Model::of::<Sagas<false>>(),
    Model::of::<Leases<true>>(),
    Model::of::<Leases<false>>(),
    Model::of::<Uploads<true>>(),
    Model::of::<Uploads<false>>(),
];

/// What an order did so far, to undo it if a later step fails. Where undoing fails too, the error goes up and the log
/// stays. A few orders wait for a person to look at them.
#[mapkeeper::tracked]
#[derive(Default)]
struct Sagas<const BUGGY: bool> {
    #[map]
    steps: StdMap<u64, Vec<Step>>,
}

#[derive(Clone, Copy)]
enum Step {
    Reserved,
    Paid,
}

enum Saga {
    Begins,
    Pays(u64),
    Ships(u64),
    Undoes(u64),
}

const ORDERS: Load = Load::per_hour(8_000.0).daily(0.7).bursts(240.0, 20.0, 2.0);
const STEP_TIME: Life = Life::log_normal(4.0, 0.9);
const REVIEW: Life = Life::log_normal(5_400.0, 0.7);

impl<const BUGGY: bool> Service for Sagas<BUGGY> {
    type Event = Saga;
    const NAME: &'static str = if BUGGY {
        "saga-undo-fails"
    } else {
        "saga-undo-again"
    };
    const ROW: Row = if BUGGY {
        Row::ErrorPath
    } else {
        Row::Healthy("requests")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Sagas.steps", 0.006))
    } else {
        Truth::Healthy { at_most: 3_000 }
    };

    fn open(sim: &mut Sim<Saga>) -> Self {
        sim.arrive(&ORDERS, Saga::Begins);
        Self::default()
    }

    fn handle(&mut self, event: Saga, sim: &mut Sim<Saga>) {
        match event {
            Saga::Begins => {
                let id = sim.id();
                leaky!(self.steps.insert(id, vec![Step::Reserved]));
                let life = if sim.chance(0.03) {
                    &REVIEW
                } else {
                    &STEP_TIME
                };
                let takes = sim.draw(life);
                sim.after(takes, Saga::Pays(id));
                sim.arrive(&ORDERS, Saga::Begins);
            }
            Saga::Pays(id) => {
                if let Some(steps) = self.steps.get_mut(&id) {
                    steps.push(Step::Paid);
                }
                let takes = sim.draw(&STEP_TIME);
                if sim.chance(0.03) {
                    sim.after(takes, Saga::Undoes(id));
                } else {
                    sim.after(takes, Saga::Ships(id));
                }
            }
            Saga::Ships(id) => drop(self.steps.remove(&id)),
            Saga::Undoes(id) => {
                if !sim.chance(0.2) {
                    self.steps.remove(&id);
                } else if BUGGY {
                    sim.lose(1);
                } else {
                    sim.after(10 * MINUTE, Saga::Undoes(id));
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.steps.len()
    }
}

/// Jobs and the leases that workers renew while they run them. The lease of a worker that crashed runs out, the job goes
/// to another one under a new lease, and the old one stays.
#[mapkeeper::tracked]
#[derive(Default)]
struct Leases<const BUGGY: bool> {
    #[map]
    jobs: StdMap<u64, u64>,
    #[map(follows = jobs)]
    leases: FxHashMap<u64, u64>,
}

enum Work {
    Queued,
    Taken(u64),
    Renewed(u64),
    Done(u64, u64),
    RunsOut(u64, u64),
}

const JOBS: Load = Load::per_hour(7_000.0).daily(0.4);
const JOB_TIME: Life = Life::log_normal(90.0, 1.4);

impl<const BUGGY: bool> Service for Leases<BUGGY> {
    type Event = Work;
    const NAME: &'static str = if BUGGY {
        "lease-of-the-crashed"
    } else {
        "leases-renewed"
    };
    const ROW: Row = if BUGGY {
        Row::Timeout
    } else {
        Row::Healthy("leases")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Leases.leases", 0.02))
    } else {
        Truth::Healthy { at_most: 4_000 }
    };

    fn open(sim: &mut Sim<Work>) -> Self {
        sim.arrive(&JOBS, Work::Queued);
        Self::default()
    }

    fn handle(&mut self, event: Work, sim: &mut Sim<Work>) {
        match event {
            Work::Queued => {
                let job = sim.id();
                sim.after(0, Work::Taken(job));
                sim.arrive(&JOBS, Work::Queued);
            }
            Work::Taken(job) => {
                let (lease, takes) = (sim.id(), sim.draw(&JOB_TIME));
                self.jobs.insert(job, lease);
                leaky!(self.leases.insert(lease, sim.now() + MINUTE));
                for at in (MINUTE / 2..takes).step_by(MINUTE as usize / 2).take(240) {
                    sim.after(at, Work::Renewed(lease));
                }
                if sim.chance(0.02) {
                    sim.after(takes + MINUTE, Work::RunsOut(job, lease));
                } else {
                    sim.after(takes, Work::Done(job, lease));
                }
            }
            Work::Renewed(lease) => {
                let until = sim.now() + MINUTE;
                if let Some(valid_until) = self.leases.get_mut(&lease) {
                    *valid_until = until;
                }
            }
            Work::Done(job, lease) => {
                self.jobs.remove(&job);
                self.leases.remove(&lease);
            }
            Work::RunsOut(job, lease) => {
                if BUGGY {
                    sim.lose(1);
                } else {
                    self.leases.remove(&lease);
                }
                sim.after(0, Work::Taken(job));
            }
        }
    }

    fn held(&self) -> usize {
        self.jobs.len() + self.leases.len()
    }
}

/// Uploads and their parts. Abandoned ones are removed after four hours, parts and all; an aborted one loses its name
/// only.
#[mapkeeper::tracked]
#[derive(Default)]
struct Uploads<const BUGGY: bool> {
    #[map]
    uploads: StdMap<u64, u32>,
    #[map]
    parts: StdMap<(u64, u32), [u8; 16]>,
}

enum Upload {
    Begins,
    Part(u64, u32, Range<u32>),
    Ends(u64, u32),
    Aborts(u64, u32),
}

const UPLOADS: Load = Load::per_hour(1_200.0).daily(0.6);
const PART_TIME: Life = Life::log_normal(6.0, 0.8);
const PARTS: Life = Life::pareto(0.002, 1.1);

impl<const BUGGY: bool> Uploads<BUGGY> {
    fn end(&mut self, upload: u64, parts: u32) {
        self.uploads.remove(&upload);
        for part in 0..parts {
            self.parts.remove(&(upload, part));
        }
    }
}

impl<const BUGGY: bool> Service for Uploads<BUGGY> {
    type Event = Upload;
    const NAME: &'static str = if BUGGY {
        "upload-parts-aborted"
    } else {
        "upload-parts"
    };
    const ROW: Row = if BUGGY {
        Row::Index
    } else {
        Row::Healthy("requests")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Uploads.parts", 0.05))
    } else {
        Truth::Healthy { at_most: 20_000 }
    };

    fn open(sim: &mut Sim<Upload>) -> Self {
        sim.arrive(&UPLOADS, Upload::Begins);
        Self::default()
    }

    fn handle(&mut self, event: Upload, sim: &mut Sim<Upload>) {
        match event {
            Upload::Begins => {
                let upload = sim.id();
                let parts = sim.draw(&PARTS).min(100) as u32;
                self.uploads.insert(upload, parts);
                sim.after(0, Upload::Part(upload, 0, 0..parts));
                sim.arrive(&UPLOADS, Upload::Begins);
            }
            Upload::Part(upload, part, all) => {
                leaky!(self.parts.insert((upload, part), [7; 16]));
                let (takes, had) = (sim.draw(&PART_TIME), part + 1);
                if had < all.end {
                    sim.after(takes, Upload::Part(upload, had, all));
                } else if sim.chance(0.05) {
                    sim.after(takes, Upload::Aborts(upload, had));
                } else if sim.chance(0.03) {
                    sim.after(4 * HOUR, Upload::Ends(upload, had));
                } else {
                    sim.after(takes, Upload::Ends(upload, had));
                }
            }
            Upload::Ends(upload, parts) => self.end(upload, parts),
            Upload::Aborts(upload, parts) if BUGGY => {
                self.uploads.remove(&upload);
                sim.lose(parts as usize);
            }
            Upload::Aborts(upload, parts) => self.end(upload, parts),
        }
    }

    fn held(&self) -> usize {
        self.uploads.len() + self.parts.len()
    }
}
