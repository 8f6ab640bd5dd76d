//! The error, a second line or even the success forgets to remove. In three of the four the line that inserts what is
//! lost also inserts what is removed.

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, Sim, leaky},
};

pub(super) static MODELS: [Model; 4] = [
    Model::of::<RpcClient>(),
    Model::of::<JobRunner>(),
    Model::of::<PaymentGateway>(),
    Model::of::<Dispatcher>(),
];

/// The reply is decoded before the call is removed: `?` leaves it there.
#[mapkeeper::tracked]
#[derive(Default)]
struct RpcClient {
    #[map]
    in_flight: StdMap<u64, u64>,
    busy_ms: u64,
}

enum Rpc {
    Call,
    Reply(u64),
}

const RPC_CALLS: Load = Load::per_hour(25_000.0).daily(0.5).bursts(90.0, 3.0, 4.0);
const RPC_TIME: Life = Life::log_normal(0.15, 1.0);

impl RpcClient {
    fn replied(&mut self, call: u64, sim: &mut Sim<Rpc>) -> Result<(), &'static str> {
        if sim.chance(0.02) {
            Err("the reply is malformed")?;
        }
        if let Some(sent) = self.in_flight.remove(&call) {
            self.busy_ms += sim.now() - sent;
        }
        Ok(())
    }
}

impl Service for RpcClient {
    type Event = Rpc;
    const NAME: &'static str = "rpc-error-path";
    const ROW: Row = Row::ErrorPath;
    const TRUTH: Truth = Truth::Leaks(Leak::of("RpcClient.in_flight", 0.02));

    fn open(sim: &mut Sim<Rpc>) -> Self {
        sim.arrive(&RPC_CALLS, Rpc::Call);
        Self::default()
    }

    fn handle(&mut self, event: Rpc, sim: &mut Sim<Rpc>) {
        match event {
            Rpc::Call => {
                let call = sim.id();
                leaky!(self.in_flight.insert(call, sim.now()));
                let takes = sim.draw(&RPC_TIME);
                sim.after(takes, Rpc::Reply(call));
                sim.arrive(&RPC_CALLS, Rpc::Call);
            }
            Rpc::Reply(call) => {
                if self.replied(call, sim).is_err() {
                    sim.lose(1);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.in_flight.len()
    }
}

/// Failed jobs are taken out to be tried again; those that succeed are forgotten.
#[mapkeeper::tracked]
#[derive(Default)]
struct JobRunner {
    #[map]
    running: StdMap<u64, u32>,
    retries: Vec<u32>,
}

enum Job {
    Start,
    End(u64),
}

const JOBS: Load = Load::per_hour(6_000.0).bursts(60.0, 5.0, 6.0);
const JOB_TIME: Life = Life::log_normal(20.0, 1.2);

impl Service for JobRunner {
    type Event = Job;
    const NAME: &'static str = "job-success-forgets";
    const ROW: Row = Row::ErrorPath;
    const TRUTH: Truth = Truth::Leaks(Leak::of("JobRunner.running", 0.94));

    fn open(sim: &mut Sim<Job>) -> Self {
        sim.arrive(&JOBS, Job::Start);
        Self::default()
    }

    fn handle(&mut self, event: Job, sim: &mut Sim<Job>) {
        match event {
            Job::Start => {
                let (id, attempt) = (sim.id(), self.retries.pop().unwrap_or(0));
                leaky!(self.running.entry(id).or_insert(attempt + 1));
                let takes = sim.draw(&JOB_TIME);
                sim.after(takes, Job::End(id));
                sim.arrive(&JOBS, Job::Start);
            }
            Job::End(id) if sim.chance(0.06) => self.retries.extend(self.running.remove(&id)),
            Job::End(_) => sim.lose(1),
        }
    }

    fn held(&self) -> usize {
        self.running.len()
    }
}

/// One payment in a thousand is declined with a code that nobody handled.
#[mapkeeper::tracked]
#[derive(Default)]
struct PaymentGateway {
    #[map]
    authorising: FxHashMap<u64, u32>,
    taken: u64,
}

enum Payment {
    New,
    Answer(u64),
}

const PAYMENTS: Load = Load::per_hour(170_000.0).daily(0.6);
const PAYMENT_TIME: Life = Life::log_normal(1.2, 0.7);

impl Service for PaymentGateway {
    type Event = Payment;
    const NAME: &'static str = "payment-rare-code";
    const ROW: Row = Row::ErrorPath;
    const TRUTH: Truth = Truth::Leaks(Leak::of("PaymentGateway.authorising", 0.001));

    fn open(sim: &mut Sim<Payment>) -> Self {
        sim.arrive(&PAYMENTS, Payment::New);
        Self::default()
    }

    fn handle(&mut self, event: Payment, sim: &mut Sim<Payment>) {
        match event {
            Payment::New => {
                let (id, cents) = (sim.id(), 100 + sim.below(9_000) as u32);
                leaky!(self.authorising.insert(id, cents));
                let takes = sim.draw(&PAYMENT_TIME);
                sim.after(takes, Payment::Answer(id));
                sim.arrive(&PAYMENTS, Payment::New);
            }
            Payment::Answer(id) => match sim.below(1000) {
                0 => sim.lose(1),
                1..=30 => drop(self.authorising.remove(&id)),
                _ => self.taken += self.authorising.remove(&id).map_or(0, u64::from),
            },
        }
    }

    fn held(&self) -> usize {
        self.authorising.len()
    }
}

/// A first attempt is removed when it ends; a retry is a new key, put in at another line, that nobody removes.
#[mapkeeper::tracked]
#[derive(Default)]
struct Dispatcher {
    #[map]
    attempts: StdMap<(u64, u8), u64>,
}

enum Attempt {
    First,
    End(u64),
}

const MESSAGES: Load = Load::per_hour(20_000.0).daily(0.4).bursts(240.0, 10.0, 3.0);
const DELIVERY_TIME: Life = Life::log_normal(0.8, 1.3);

impl Service for Dispatcher {
    type Event = Attempt;
    const NAME: &'static str = "retry-line";
    const ROW: Row = Row::ErrorPath;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Dispatcher.attempts", 0.048));

    fn open(sim: &mut Sim<Attempt>) -> Self {
        sim.arrive(&MESSAGES, Attempt::First);
        Self::default()
    }

    fn handle(&mut self, event: Attempt, sim: &mut Sim<Attempt>) {
        match event {
            Attempt::First => {
                let message = sim.id();
                self.attempts.insert((message, 0), sim.now());
                let takes = sim.draw(&DELIVERY_TIME);
                sim.after(takes, Attempt::End(message));
                sim.arrive(&MESSAGES, Attempt::First);
            }
            Attempt::End(message) => {
                self.attempts.remove(&(message, 0));
                if sim.chance(0.05) {
                    leaky!(self.attempts.insert((message, 1), sim.now()));
                    sim.lose(1);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.attempts.len()
    }
}
