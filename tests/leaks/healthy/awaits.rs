//! What waits for an answer, and is taken out when none comes: by a sweep, or by a guard.

use std::{
    cell::RefCell,
    collections::HashMap as Table,
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Waker},
};

use tokio::sync::oneshot;

use crate::{
    service::{Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, SECOND, Sim},
};

pub(super) static MODELS: [Model; 2] = [Model::of::<QueryRouter>(), Model::of::<GuardedLookups>()];

const REQUESTS: Row = Row::Healthy("requests");

/// Callers wait on a channel. One that gives up is noticed by the next sweep of ten seconds.
#[mapkeeper::tracked]
#[derive(Default)]
struct QueryRouter {
    #[map]
    waiting: StdMap<u64, oneshot::Sender<u32>>,
    callers: Table<u64, oneshot::Receiver<u32>>,
}

enum Query {
    Comes,
    Answered(u64),
    GivenUp(u64),
    Sweep,
}

const QUERIES: Load = Load::per_hour(20_000.0).daily(0.6);
const QUERY_TIME: Life = Life::log_normal(1.0, 1.2);

impl Service for QueryRouter {
    type Event = Query;
    const NAME: &'static str = "closed-senders-swept";
    const ROW: Row = REQUESTS;
    const TRUTH: Truth = Truth::Healthy { at_most: 1_000 };

    fn open(sim: &mut Sim<Query>) -> Self {
        sim.arrive(&QUERIES, Query::Comes);
        sim.round(10 * SECOND, Query::Sweep);
        Self::default()
    }

    fn handle(&mut self, event: Query, sim: &mut Sim<Query>) {
        match event {
            Query::Comes => {
                let id = sim.id();
                let (sender, receiver) = oneshot::channel();
                self.waiting.insert(id, sender);
                self.callers.insert(id, receiver);
                let takes = sim.draw(&QUERY_TIME);
                if takes > 15 * SECOND {
                    sim.after(15 * SECOND, Query::GivenUp(id));
                } else {
                    sim.after(takes, Query::Answered(id));
                }
                sim.arrive(&QUERIES, Query::Comes);
            }
            Query::Answered(id) => {
                let sender = self.waiting.remove(&id);
                let sent = sender.is_some_and(|sender| sender.send(1).is_ok());
                assert!(sent, "the caller is there");
                self.callers.remove(&id);
            }
            Query::GivenUp(id) => drop(self.callers.remove(&id)),
            Query::Sweep => {
                self.waiting.retain(|_, sender| !sender.is_closed());
                sim.round(10 * SECOND, Query::Sweep);
            }
        }
    }

    fn held(&self) -> usize {
        self.waiting.len()
    }
}

/// Futures that are dropped at their await, with a guard that removes the entry all the same.
#[derive(Default)]
struct GuardedLookups {
    lookups: Rc<RefCell<PendingLookups>>,
    running: Table<u64, (Lookup, oneshot::Sender<u32>)>,
}

enum Name {
    Comes,
    Ends(u64),
    Fails(u64),
}

type Lookup = Pin<Box<dyn Future<Output = ()>>>;

#[mapkeeper::tracked]
#[derive(Default)]
struct PendingLookups {
    #[map]
    pending: StdMap<u64, u32>,
}

struct Guard {
    lookups: Rc<RefCell<PendingLookups>>,
    id: u64,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.lookups.borrow_mut().pending.remove(&self.id);
    }
}

async fn look_up(guard: Guard, answer: oneshot::Receiver<u32>) {
    guard.lookups.borrow_mut().pending.insert(guard.id, 53);
    let _ = answer.await;
}

const LOOKUPS: Load = Load::per_hour(15_000.0).daily(0.5);
const LOOKUP_TIME: Life = Life::log_normal(0.3, 1.5);

impl Service for GuardedLookups {
    type Event = Name;
    const NAME: &'static str = "guard-on-drop";
    const ROW: Row = REQUESTS;
    const TRUTH: Truth = Truth::Healthy { at_most: 500 };

    fn open(sim: &mut Sim<Name>) -> Self {
        sim.arrive(&LOOKUPS, Name::Comes);
        Self::default()
    }

    fn handle(&mut self, event: Name, sim: &mut Sim<Name>) {
        let mut context = Context::from_waker(Waker::noop());
        match event {
            Name::Comes => {
                let id = sim.id();
                let (sender, receiver) = oneshot::channel();
                let lookups = self.lookups.clone();
                let mut lookup: Lookup = Box::pin(look_up(Guard { lookups, id }, receiver));
                assert!(lookup.as_mut().poll(&mut context).is_pending());
                self.running.insert(id, (lookup, sender));
                let takes = sim.draw(&LOOKUP_TIME);
                if takes > 5 * SECOND {
                    sim.after(5 * SECOND, Name::Fails(id));
                } else {
                    sim.after(takes, Name::Ends(id));
                }
                sim.arrive(&LOOKUPS, Name::Comes);
            }
            Name::Ends(id) => {
                if let Some((mut lookup, sender)) = self.running.remove(&id) {
                    let _ = sender.send(1);
                    assert!(lookup.as_mut().poll(&mut context).is_ready());
                }
            }
            Name::Fails(id) => drop(self.running.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        self.lookups.borrow().pending.len()
    }
}
