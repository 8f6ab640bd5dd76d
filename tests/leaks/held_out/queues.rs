//! Queues of jobs and those who work them off: workers that come and go, jobs that wait for other jobs, what is tried
//! again later.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{DAY, Life, Load, MINUTE, SECOND, Sim, leaky},
};

pub(super) static MODELS: [Model; 5] = [
    Model::of::<Workers<true>>(),
    Model::of::<Workers<false>>(),
    Model::of::<Dependents<true>>(),
    Model::of::<Dependents<false>>(),
    Model::of::<Delayed>(),
];

/// Workers on rented machines, and when they were heard of last. Who is done says so; a machine that is taken back says
/// nothing, its connection breaks, and its job goes to somebody else.
#[mapkeeper::tracked]
#[derive(Default)]
struct Workers<const BUGGY: bool> {
    #[map]
    connections: FxHashMap<u64, u32>,
    #[map]
    heard_of: StdMap<String, u64>,
    requeued: u64,
}

enum Worker {
    Starts,
    Done(u64),
    TakenBack(u64),
    Beat,
}

const STARTS: Load = Load::per_hour(1_800.0).daily(0.5).bursts(60.0, 8.0, 4.0);
const WORKS: Life = Life::log_normal(420.0, 1.1);

fn name_of(worker: u64) -> String {
    format!("worker-{worker:x}")
}

impl<const BUGGY: bool> Service for Workers<BUGGY> {
    type Event = Worker;
    const NAME: &'static str = if BUGGY {
        "workers-taken-back"
    } else {
        "workers-not-heard-of"
    };
    const ROW: Row = if BUGGY {
        Row::Disconnect
    } else {
        Row::Healthy("sessions")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Workers.heard_of", 0.15))
    } else {
        Truth::Healthy { at_most: 6_000 }
    };

    fn open(sim: &mut Sim<Worker>) -> Self {
        sim.arrive(&STARTS, Worker::Starts);
        sim.round(30 * SECOND, Worker::Beat);
        Self::default()
    }

    fn handle(&mut self, event: Worker, sim: &mut Sim<Worker>) {
        match event {
            Worker::Starts => {
                let (worker, stays) = (sim.id(), sim.draw(&WORKS));
                self.connections.insert(worker, 443);
                leaky!(self.heard_of.insert(name_of(worker), sim.now()));
                if sim.chance(0.15) {
                    sim.after(stays, Worker::TakenBack(worker));
                } else {
                    sim.after(stays, Worker::Done(worker));
                }
                sim.arrive(&STARTS, Worker::Starts);
            }
            Worker::Done(worker) => {
                self.connections.remove(&worker);
                self.heard_of.remove(&name_of(worker));
            }
            Worker::TakenBack(worker) => {
                self.connections.remove(&worker);
                self.requeued += 1;
                sim.lose(usize::from(BUGGY));
            }
            Worker::Beat => {
                let now = sim.now();
                for worker in self.connections.keys() {
                    if let Some(heard_of) = self.heard_of.get_mut(&name_of(*worker)) {
                        *heard_of = now;
                    }
                }
                if !BUGGY {
                    self.heard_of.retain(|_, at| *at + 90 * SECOND > now);
                }
                sim.round(30 * SECOND, Worker::Beat);
            }
        }
    }

    fn held(&self) -> usize {
        self.connections.len() + self.heard_of.len()
    }

    fn audit(&self) {
        assert!(self.requeued > 0, "no machine was taken back");
    }
}

/// The jobs that wait for a job. When it is done they are taken and started, and the empty list stays; a job that is
/// called off takes its list along.
#[mapkeeper::tracked]
#[derive(Default)]
struct Dependents<const BUGGY: bool> {
    #[map]
    waiting_for: FxHashMap<u64, Vec<u64>>,
    started: u64,
}

enum Job {
    Submitted,
    Follows(u64),
    Done(u64),
    CalledOff(u64),
}

const JOBS: Load = Load::per_hour(4_000.0).daily(0.6).bursts(30.0, 1.0, 6.0);
const JOB_TIME: Life = Life::pareto(4.0, 1.2);

impl<const BUGGY: bool> Service for Dependents<BUGGY> {
    type Event = Job;
    const NAME: &'static str = if BUGGY {
        "jobs-nobody-waits-for"
    } else {
        "jobs-waited-for"
    };
    const ROW: Row = if BUGGY {
        Row::Residue
    } else {
        Row::Healthy("residue in passing")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Dependents.waiting_for", 0.88))
    } else {
        Truth::Healthy { at_most: 2_000 }
    };

    fn open(sim: &mut Sim<Job>) -> Self {
        sim.arrive(&JOBS, Job::Submitted);
        Self::default()
    }

    fn handle(&mut self, event: Job, sim: &mut Sim<Job>) {
        match event {
            Job::Submitted => {
                let (job, takes) = (sim.id(), sim.draw(&JOB_TIME).min(100 * MINUTE));
                for _ in 0..sim.below(4) {
                    let at = sim.below(takes);
                    sim.after(at, Job::Follows(job));
                }
                if sim.chance(0.12) {
                    sim.after(takes, Job::CalledOff(job));
                } else {
                    sim.after(takes, Job::Done(job));
                }
                sim.arrive(&JOBS, Job::Submitted);
            }
            Job::Follows(job) => {
                let follower = sim.id();
                let waiting = leaky!(self.waiting_for.entry(job).or_default());
                waiting.push(follower);
            }
            Job::Done(job) if BUGGY => {
                if let Some(waiting) = self.waiting_for.get_mut(&job) {
                    self.started += std::mem::take(waiting).len() as u64;
                    sim.lose(1);
                }
            }
            Job::Done(job) => {
                let waiting = self.waiting_for.remove(&job).unwrap_or_default();
                self.started += waiting.len() as u64;
            }
            Job::CalledOff(job) => drop(self.waiting_for.remove(&job)),
        }
    }

    fn held(&self) -> usize {
        self.waiting_for.len()
    }

    fn audit(&self) {
        assert!(self.started > 0, "no job ever started");
        assert!(self.waiting_for.values().all(Vec::is_empty));
    }
}

/// Jobs that failed, by when they are due again: after ten seconds, then four times as long each time, and after three
/// hours not again. Hardly any fails so often; so it is declared how long one may lie here.
#[mapkeeper::tracked]
#[derive(Default)]
struct Delayed {
    #[map(max_age = "3h")]
    due: BTreeMap<(u64, u64), usize>,
}

enum Retry {
    Failed,
    Tick,
}

const FAILURES: Load = Load::per_hour(6_000.0).daily(0.5).bursts(150.0, 10.0, 5.0);
const WAITS: [u64; 6] = [
    10 * SECOND,
    40 * SECOND,
    160 * SECOND,
    640 * SECOND,
    2_560 * SECOND,
    10_240 * SECOND,
];

impl Delayed {
    fn put(&mut self, job: u64, tries: usize, now: u64) {
        if let Some(wait) = WAITS.get(tries) {
            self.due.insert((now + wait, job), tries);
        }
    }
}

impl Service for Delayed {
    type Event = Retry;
    const NAME: &'static str = "jobs-ever-later";
    const ROW: Row = Row::Healthy("retries");
    const TRUTH: Truth = Truth::Healthy { at_most: 5_000 };

    fn open(sim: &mut Sim<Retry>) -> Self {
        sim.arrive(&FAILURES, Retry::Failed);
        sim.round(SECOND, Retry::Tick);
        Self::default()
    }

    fn handle(&mut self, event: Retry, sim: &mut Sim<Retry>) {
        match event {
            Retry::Failed => {
                let job = sim.id();
                self.put(job, 0, sim.now());
                sim.arrive(&FAILURES, Retry::Failed);
            }
            Retry::Tick => {
                let now = sim.now();
                while let Some(first) = self.due.first_entry().filter(|first| first.key().0 <= now)
                {
                    let ((_, job), tries) = first.remove_entry();
                    if sim.chance(if tries == 0 { 0.3 } else { 0.5 }) {
                        self.put(job, tries + 1, now);
                    }
                }
                // It ticks on for as long as something is due some time.
                if now < DAY || self.due.is_empty() {
                    sim.round(SECOND, Retry::Tick);
                } else {
                    sim.after(SECOND, Retry::Tick);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.due.len()
    }
}
