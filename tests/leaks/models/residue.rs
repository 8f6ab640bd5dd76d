//! The value goes, the key stays.

use std::collections::{HashSet, VecDeque};

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, MINUTE, Sim, leaky},
};

pub(super) static MODELS: [Model; 4] = [
    Model::of::<OrderBook>(),
    Model::of::<TopicIndex>(),
    Model::of::<Mailboxes>(),
    Model::of::<Watchers>(),
];

enum Order {
    New,
    Closed(u64),
}

/// An order that is filled becomes `None`; only cancelled ones are removed.
#[mapkeeper::tracked]
#[derive(Default)]
struct OrderBook {
    #[map]
    orders: StdMap<u64, Option<(u32, u32)>>,
}

const ORDERS: Load = Load::per_hour(10_000.0).daily(0.6);
const ORDER_TIME: Life = Life::log_normal(90.0, 1.4);

impl Service for OrderBook {
    type Event = Order;
    const NAME: &'static str = "orders-set-to-none";
    const ROW: Row = Row::Residue;
    const TRUTH: Truth = Truth::Leaks(Leak::of("OrderBook.orders", 0.70));

    fn open(sim: &mut Sim<Order>) -> Self {
        sim.arrive(&ORDERS, Order::New);
        Self::default()
    }

    fn handle(&mut self, event: Order, sim: &mut Sim<Order>) {
        match event {
            Order::New => {
                let (id, price) = (sim.id(), sim.below(1000) as u32);
                leaky!(self.orders.insert(id, Some((price, 1))));
                let takes = sim.draw(&ORDER_TIME);
                sim.after(takes, Order::Closed(id));
                sim.arrive(&ORDERS, Order::New);
            }
            Order::Closed(id) if sim.chance(0.70) => {
                self.orders.insert(id, None);
                sim.lose(1);
            }
            Order::Closed(id) => drop(self.orders.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        self.orders.len()
    }

    fn audit(&self) {
        assert!(
            self.orders.values().all(Option::is_none),
            "an order is open"
        );
    }
}

enum Meeting {
    Opens,
    Leaves(u64, u32),
}

/// Who leaves a meeting is taken out of its set; the last one leaves an empty set.
#[mapkeeper::tracked]
#[derive(Default)]
struct TopicIndex {
    #[map]
    listeners: StdMap<String, HashSet<u32>>,
}

const MEETINGS: Load = Load::per_hour(4_500.0).daily(0.7);
const MEETING_TIME: Life = Life::log_normal(300.0, 1.0);

impl Service for TopicIndex {
    type Event = Meeting;
    const NAME: &'static str = "topics-without-listeners";
    const ROW: Row = Row::Residue;
    const TRUTH: Truth = Truth::Leaks(Leak::of("TopicIndex.listeners", 1.0));

    fn open(sim: &mut Sim<Meeting>) -> Self {
        sim.arrive(&MEETINGS, Meeting::Opens);
        Self::default()
    }

    fn handle(&mut self, event: Meeting, sim: &mut Sim<Meeting>) {
        match event {
            Meeting::Opens => {
                let id = sim.id();
                for listener in 0..1 + sim.below(4) as u32 {
                    let listeners = leaky!(self.listeners.entry(topic(id)).or_default());
                    listeners.insert(listener);
                    let stays = sim.draw(&MEETING_TIME);
                    sim.after(stays, Meeting::Leaves(id, listener));
                }
                sim.arrive(&MEETINGS, Meeting::Opens);
            }
            Meeting::Leaves(id, listener) => {
                if let Some(listeners) = self.listeners.get_mut(&topic(id)) {
                    listeners.remove(&listener);
                    sim.lose(usize::from(listeners.is_empty()));
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.listeners.len()
    }
}

fn topic(id: u64) -> String {
    format!("meeting/{id}")
}

enum Mail {
    Opens,
    Arrives(u64),
    Read(u64, bool),
}

/// Mailboxes of guests: reading drains one. The web client closes it afterwards, the app does not.
#[mapkeeper::tracked]
#[derive(Default)]
struct Mailboxes {
    #[map]
    queues: StdMap<u64, VecDeque<u64>>,
    read: u64,
}

const GUESTS: Load = Load::per_hour(6_000.0).daily(0.5).bursts(150.0, 6.0, 4.0);

impl Service for Mailboxes {
    type Event = Mail;
    const NAME: &'static str = "mailboxes-drained";
    const ROW: Row = Row::Residue;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Mailboxes.queues", 0.20));

    fn open(sim: &mut Sim<Mail>) -> Self {
        sim.arrive(&GUESTS, Mail::Opens);
        Self::default()
    }

    fn handle(&mut self, event: Mail, sim: &mut Sim<Mail>) {
        match event {
            Mail::Opens => {
                let guest = sim.id();
                leaky!(self.queues.insert(guest, VecDeque::from([sim.now()])));
                for _ in 0..sim.below(4) {
                    let later = sim.below(4 * MINUTE);
                    sim.after(later, Mail::Arrives(guest));
                }
                let (later, app) = (5 * MINUTE + sim.below(10 * MINUTE), sim.chance(0.20));
                sim.after(later, Mail::Read(guest, app));
                sim.arrive(&GUESTS, Mail::Opens);
            }
            Mail::Arrives(guest) => {
                if let Some(queue) = self.queues.get_mut(&guest) {
                    queue.push_back(sim.now());
                }
            }
            Mail::Read(guest, true) => {
                if let Some(queue) = self.queues.get_mut(&guest) {
                    self.read += queue.drain(..).count() as u64;
                    sim.lose(1);
                }
            }
            Mail::Read(guest, false) => {
                self.read += self
                    .queues
                    .remove(&guest)
                    .map_or(0, |queue| queue.len() as u64);
            }
        }
    }

    fn held(&self) -> usize {
        self.queues.len()
    }
}

/// Files and who watches them. A file without watchers is removed, but for the path that throws out dead watchers.
#[mapkeeper::tracked]
#[derive(Default)]
struct Watchers {
    #[map]
    by_file: StdMap<String, Vec<u32>>,
}

const FILES: Load = Load::per_hour(12_000.0).daily(0.4);
const WATCH_TIME: Life = Life::pareto(10.0, 1.5);

impl Service for Watchers {
    type Event = Order;
    const NAME: &'static str = "watchers-thrown-out";
    const ROW: Row = Row::Residue;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Watchers.by_file", 0.02));

    fn open(sim: &mut Sim<Order>) -> Self {
        sim.arrive(&FILES, Order::New);
        Self::default()
    }

    fn handle(&mut self, event: Order, sim: &mut Sim<Order>) {
        match event {
            Order::New => {
                let id = sim.id();
                leaky!(self.by_file.entry(path(id)).or_default()).push(id as u32);
                let takes = sim.draw(&WATCH_TIME);
                sim.after(takes, Order::Closed(id));
                sim.arrive(&FILES, Order::New);
            }
            Order::Closed(id) if sim.chance(0.02) => {
                if let Some(watchers) = self.by_file.get_mut(&path(id)) {
                    watchers.retain(|watcher| *watcher != id as u32);
                    sim.lose(1);
                }
            }
            Order::Closed(id) => drop(self.by_file.remove(&path(id))),
        }
    }

    fn held(&self) -> usize {
        self.by_file.len()
    }
}

fn path(id: u64) -> String {
    format!("src/{id}.rs")
}
