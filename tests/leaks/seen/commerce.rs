//! Orders of a trading day, transactions in two phases, invoices by number.

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, MINUTE, Sim, leaky},
};

pub(super) static MODELS: [Model; 5] = [
    Model::of::<DayOrders>(),
    Model::of::<Participant<true>>(),
    Model::of::<Participant<false>>(),
    Model::of::<Invoices<true>>(),
    Model::of::<Invoices<false>>(),
];

/// Orders of a market that is open for eight hours: most are filled or cancelled at once, some rest until it closes. Until
/// then these look like forgotten ones, whoever looks; so it is declared how long an order may stay.
#[mapkeeper::tracked]
#[derive(Default)]
struct DayOrders {
    #[map(max_age = "8h")]
    book: FxHashMap<u64, [u64; 3]>,
}

enum Market {
    Order,
    Ends(u64),
    Closes,
}

const ORDERS: Load = Load::per_hour(9_000.0).daily(0.3).bursts(30.0, 2.0, 3.0);
const FILLED: Life = Life::log_normal(2.0, 1.5);
const CANCELLED: Life = Life::log_normal(240.0, 1.3);
const OPEN: std::ops::Range<u64> = HOUR..9 * HOUR;

impl Service for DayOrders {
    type Event = Market;
    const NAME: &'static str = "orders-of-the-day";
    const ROW: Row = Row::Healthy("until closing");
    const TRUTH: Truth = Truth::Healthy { at_most: 15_000 };

    fn open(sim: &mut Sim<Market>) -> Self {
        sim.arrive(&ORDERS, Market::Order);
        sim.after(OPEN.end, Market::Closes);
        Self::default()
    }

    fn handle(&mut self, event: Market, sim: &mut Sim<Market>) {
        match event {
            Market::Order => {
                if OPEN.contains(&sim.now()) {
                    let order = sim.id();
                    self.book.insert(order, [order; 3]);
                    if sim.chance(0.75) {
                        let takes = sim.draw(&FILLED);
                        sim.after(takes, Market::Ends(order));
                    } else if sim.chance(0.7) {
                        let takes = sim.draw(&CANCELLED);
                        sim.after(takes, Market::Ends(order));
                    }
                }
                sim.arrive(&ORDERS, Market::Order);
            }
            Market::Ends(order) => drop(self.book.remove(&order)),
            Market::Closes => self.book.clear(),
        }
    }

    fn held(&self) -> usize {
        self.book.len()
    }
}

/// Transactions that are prepared, until they are committed or rolled back. Of some the coordinator dies; then the
/// participant asks its successor, ten minutes later.
#[mapkeeper::tracked]
#[derive(Default)]
struct Participant<const BUGGY: bool> {
    #[map]
    prepared: StdMap<u64, [u64; 2]>,
}

enum TwoPhase {
    Prepares,
    Decided(u64),
}

const TRANSACTIONS: Load = Load::per_hour(15_000.0).daily(0.6);
const DECISION: Life = Life::log_normal(0.08, 1.0);

impl<const BUGGY: bool> Service for Participant<BUGGY> {
    type Event = TwoPhase;
    const NAME: &'static str = if BUGGY {
        "prepared-never-decided"
    } else {
        "prepared-asks-again"
    };
    const ROW: Row = if BUGGY {
        Row::Timeout
    } else {
        Row::Healthy("awaits")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Participant.prepared", 0.0015))
    } else {
        Truth::Healthy { at_most: 500 }
    };

    fn open(sim: &mut Sim<TwoPhase>) -> Self {
        sim.arrive(&TRANSACTIONS, TwoPhase::Prepares);
        Self::default()
    }

    fn handle(&mut self, event: TwoPhase, sim: &mut Sim<TwoPhase>) {
        match event {
            TwoPhase::Prepares => {
                let id = sim.id();
                leaky!(self.prepared.insert(id, [id; 2]));
                let takes = sim.draw(&DECISION);
                if !sim.chance(0.0015) {
                    sim.after(takes, TwoPhase::Decided(id));
                } else if BUGGY {
                    sim.lose(1);
                } else {
                    sim.after(10 * MINUTE + takes, TwoPhase::Decided(id));
                }
                sim.arrive(&TRANSACTIONS, TwoPhase::Prepares);
            }
            TwoPhase::Decided(id) => drop(self.prepared.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        self.prepared.len()
    }
}

/// Invoices until they are paid, and by their numbers. One that is declared void is taken out of the first map only.
#[mapkeeper::tracked]
#[derive(Default)]
struct Invoices<const BUGGY: bool> {
    #[map]
    open: StdMap<u64, u64>,
    #[map]
    by_number: StdMap<String, u64>,
}

enum Invoice {
    Written,
    Paid(u64),
    Void(u64),
}

const INVOICES: Load = Load::per_hour(5_000.0).daily(0.8);
const UNTIL_PAID: Life = Life::log_normal(2_400.0, 1.0);

impl<const BUGGY: bool> Service for Invoices<BUGGY> {
    type Event = Invoice;
    const NAME: &'static str = if BUGGY {
        "invoice-void-by-number"
    } else {
        "invoice-by-number"
    };
    const ROW: Row = if BUGGY {
        Row::Index
    } else {
        Row::Healthy("index")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Invoices.by_number", 0.03))
    } else {
        Truth::Healthy { at_most: 40_000 }
    };

    fn open(sim: &mut Sim<Invoice>) -> Self {
        sim.arrive(&INVOICES, Invoice::Written);
        Self::default()
    }

    fn handle(&mut self, event: Invoice, sim: &mut Sim<Invoice>) {
        match event {
            Invoice::Written => {
                let id = sim.id();
                self.open.insert(id, sim.now());
                leaky!(self.by_number.insert(format!("2026-{id}"), id));
                let takes = sim.draw(&UNTIL_PAID);
                let void = sim.chance(0.03);
                sim.after(
                    takes,
                    if void {
                        Invoice::Void(id)
                    } else {
                        Invoice::Paid(id)
                    },
                );
                sim.arrive(&INVOICES, Invoice::Written);
            }
            Invoice::Void(id) if BUGGY => {
                self.open.remove(&id);
                sim.lose(1);
            }
            Invoice::Paid(id) | Invoice::Void(id) => {
                self.open.remove(&id);
                self.by_number.remove(&format!("2026-{id}"));
            }
        }
    }

    fn held(&self) -> usize {
        self.open.len() + self.by_number.len()
    }
}
