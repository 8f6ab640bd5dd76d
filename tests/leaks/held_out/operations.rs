//! An operator of a cluster and a mail server: objects that are reconciled, pods and their owners, letters that come in.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, MINUTE, SECOND, Sim, leaky},
};

pub(super) static MODELS: [Model; 4] = [
    Model::of::<Reconciler>(),
    Model::of::<Owners>(),
    Model::of::<Envelopes<true>>(),
    Model::of::<Envelopes<false>>(),
];

/// Objects that are worked on, so that none is by two workers at once. An object that somebody else changed meanwhile is
/// an error that `?` hands up, past the end of the function; from then on it is always being worked on.
#[mapkeeper::tracked]
#[derive(Default)]
struct Reconciler {
    #[map]
    working_on: FxHashMap<(u16, u32), u64>,
    skipped: u64,
}

enum Object {
    Changed,
    Reconciled((u16, u32)),
    Conflict,
}

const CHANGES: Load = Load::per_hour(17_000.0).daily(0.4).bursts(45.0, 2.0, 6.0);
const RECONCILING: Life = Life::log_normal(0.25, 1.0);

impl Service for Reconciler {
    type Event = Object;
    const NAME: &'static str = "reconciled-in-conflict";
    const ROW: Row = Row::ErrorPath;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Reconciler.working_on", 0.002));

    fn open(sim: &mut Sim<Object>) -> Self {
        sim.arrive(&CHANGES, Object::Changed);
        Self::default()
    }

    fn handle(&mut self, event: Object, sim: &mut Sim<Object>) {
        match event {
            Object::Changed => {
                let key = (sim.below(300) as u16, sim.below(200) as u32);
                if self.working_on.contains_key(&key) {
                    self.skipped += 1;
                } else {
                    leaky!(self.working_on.insert(key, sim.now()));
                    let takes = sim.draw(&RECONCILING);
                    if sim.chance(0.002) {
                        sim.after(takes, Object::Conflict);
                    } else {
                        sim.after(takes, Object::Reconciled(key));
                    }
                }
                sim.arrive(&CHANGES, Object::Changed);
            }
            Object::Reconciled(key) => drop(self.working_on.remove(&key)),
            Object::Conflict => sim.lose(1),
        }
    }

    fn held(&self) -> usize {
        self.working_on.len()
    }

    fn audit(&self) {
        assert!(self.skipped > 0, "no object was skipped");
    }
}

/// The owner of each pod: twenty thousand are listed when the operator starts, page by page, then they come one by one
/// in the place of others. A few times a day some hundred more have work for half an hour.
#[mapkeeper::tracked]
#[derive(Default)]
struct Owners {
    #[map]
    by_pod: StdMap<u64, u64>,
    serving: Vec<u64>,
}

enum Pod {
    Page(u32),
    RollOut,
    Starts,
    MakesRoom,
    Batch,
    Ends(u64),
}

const ROLL_OUTS: Load = Load::per_hour(40.0).daily(0.9);
const STARTING: Life = Life::log_normal(25.0, 0.8);
const BATCHES: Load = Load::per_hour(0.2);
const BATCH_TIME: Life = Life::log_normal(1_800.0, 0.5);

impl Owners {
    fn start(&mut self, sim: &mut Sim<Pod>) -> u64 {
        let pod = sim.id();
        self.by_pod.insert(pod, pod / 10);
        pod
    }
}

impl Service for Owners {
    type Event = Pod;
    const NAME: &'static str = "owners-of-pods";
    const ROW: Row = Row::Healthy("mirror");
    const TRUTH: Truth = Truth::Healthy { at_most: 24_000 };

    fn open(sim: &mut Sim<Pod>) -> Self {
        sim.after(SECOND, Pod::Page(0));
        sim.arrive(&ROLL_OUTS, Pod::RollOut);
        sim.arrive(&BATCHES, Pod::Batch);
        Self::default()
    }

    fn handle(&mut self, event: Pod, sim: &mut Sim<Pod>) {
        match event {
            Pod::Page(page) => {
                for _ in 0..500 {
                    let pod = self.start(sim);
                    self.serving.push(pod);
                }
                if page < 39 {
                    sim.after(700, Pod::Page(page + 1));
                }
            }
            Pod::RollOut => {
                let mut at = 0;
                for _ in 0..3 + sim.below(80) {
                    at += sim.draw(&STARTING) / 8;
                    sim.after(at, Pod::Starts);
                    let ready = sim.draw(&STARTING);
                    sim.after(at + ready, Pod::MakesRoom);
                }
                sim.arrive(&ROLL_OUTS, Pod::RollOut);
            }
            Pod::Batch => {
                for _ in 0..300 {
                    let (pod, takes) = (self.start(sim), sim.draw(&BATCH_TIME));
                    sim.after(takes, Pod::Ends(pod));
                }
                sim.arrive(&BATCHES, Pod::Batch);
            }
            Pod::Starts => {
                let pod = self.start(sim);
                self.serving.push(pod);
            }
            Pod::MakesRoom => {
                let of_all = sim.below(self.serving.len() as u64) as usize;
                let pod = self.serving.swap_remove(of_all);
                self.by_pod.remove(&pod);
            }
            Pod::Ends(pod) => drop(self.by_pod.remove(&pod)),
        }
    }

    fn held(&self) -> usize {
        self.by_pod.len()
    }

    fn stays(&self) -> u64 {
        self.serving.len() as u64
    }
}

/// Letters as they come in, by the number of the connection's turn: from `MAIL FROM` to the dot, to `RSET`, or until the
/// line has been still for five minutes. What the filter of spam refuses gets its 554, and the function is over.
#[mapkeeper::tracked]
#[derive(Default)]
struct Envelopes<const BUGGY: bool> {
    #[map]
    incoming: BTreeMap<u64, Vec<u32>>,
}

enum Smtp {
    MailFrom,
    RcptTo(u64, u32),
    Ends(u64),
    Refused(u64),
}

const MAILS: Load = Load::per_hour(8_000.0).daily(0.6).bursts(60.0, 5.0, 4.0);
const TURN: Life = Life::log_normal(1.8, 1.3);

impl<const BUGGY: bool> Service for Envelopes<BUGGY> {
    type Event = Smtp;
    const NAME: &'static str = if BUGGY {
        "envelopes-of-spam"
    } else {
        "envelopes-of-all"
    };
    const ROW: Row = if BUGGY {
        Row::ErrorPath
    } else {
        Row::Healthy("requests")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Envelopes.incoming", 0.035))
    } else {
        Truth::Healthy { at_most: 500 }
    };

    fn open(sim: &mut Sim<Smtp>) -> Self {
        sim.arrive(&MAILS, Smtp::MailFrom);
        Self::default()
    }

    fn handle(&mut self, event: Smtp, sim: &mut Sim<Smtp>) {
        match event {
            Smtp::MailFrom => {
                let turn = sim.id();
                leaky!(self.incoming.insert(turn, Vec::with_capacity(1)));
                let takes = sim.draw(&TURN).clamp(10, 5 * MINUTE);
                for _ in 0..1 + sim.below(3) {
                    let (at, to) = (sim.below(takes), sim.below(90_000) as u32);
                    sim.after(at, Smtp::RcptTo(turn, to));
                }
                if sim.chance(0.035) {
                    sim.after(takes, Smtp::Refused(turn));
                } else {
                    sim.after(takes, Smtp::Ends(turn));
                }
                sim.arrive(&MAILS, Smtp::MailFrom);
            }
            Smtp::RcptTo(turn, to) => {
                if let Some(recipients) = self.incoming.get_mut(&turn) {
                    recipients.push(to);
                }
            }
            Smtp::Refused(_) if BUGGY => sim.lose(1),
            Smtp::Ends(turn) | Smtp::Refused(turn) => drop(self.incoming.remove(&turn)),
        }
    }

    fn held(&self) -> usize {
        self.incoming.len()
    }
}
