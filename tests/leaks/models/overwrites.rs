//! An entry is overwritten, and what another map holds for the old one is not removed.

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, Sim, leaky},
};

pub(super) static MODELS: [Model; 1] = [Model::of::<OrderGateway>()];

/// Orders at an exchange, by the client's number and by the exchange's. Who amends one gets a new number from the
/// exchange; the order under the old one is nobody's.
#[mapkeeper::tracked]
#[derive(Default)]
struct OrderGateway {
    #[map]
    working: StdMap<(u32, u64), u64>,
    #[map]
    by_reference: FxHashMap<u64, Order>,
}

struct Order {
    client: u32,
    number: u64,
    _quantity: u32,
}

enum Trading {
    Orders,
    Amends {
        client: u32,
        number: u64,
        times: u64,
    },
    Fills(u32, u64),
}

/// Auctions, every two hours.
const ORDERS: Load = Load::per_hour(11_000.0).daily(0.4).bursts(120.0, 5.0, 6.0);
const ORDER_TIME: Life = Life::log_normal(240.0, 1.5);

impl OrderGateway {
    fn place(&mut self, client: u32, number: u64, sim: &mut Sim<Trading>) -> Option<u64> {
        let reference = sim.id();
        let order = Order {
            client,
            number,
            _quantity: 100,
        };
        leaky!(self.by_reference.insert(reference, order));
        self.working.insert((client, number), reference)
    }

    fn fill(&mut self, client: u32, number: u64) {
        let Some(reference) = self.working.remove(&(client, number)) else {
            return;
        };
        if let Some(order) = self.by_reference.remove(&reference) {
            assert_eq!((order.client, order.number), (client, number));
        }
    }
}

impl Service for OrderGateway {
    type Event = Trading;
    const NAME: &'static str = "order-amended";
    const ROW: Row = Row::WrongMoment;
    const TRUTH: Truth = Truth::Leaks(Leak::of("OrderGateway.by_reference", 0.04));

    fn open(sim: &mut Sim<Trading>) -> Self {
        sim.arrive(&ORDERS, Trading::Orders);
        Self::default()
    }

    fn handle(&mut self, event: Trading, sim: &mut Sim<Trading>) {
        match event {
            Trading::Orders => {
                let (client, number) = (sim.below(300) as u32, sim.id());
                self.place(client, number, sim);
                let stays = sim.draw(&ORDER_TIME);
                // Few amend, and those who do chase the price.
                if sim.chance(0.02) {
                    for times in 1..2 + sim.below(3) {
                        let amends = Trading::Amends {
                            client,
                            number,
                            times,
                        };
                        sim.after(stays * times / 4, amends);
                    }
                }
                sim.after(stays, Trading::Fills(client, number));
                sim.arrive(&ORDERS, Trading::Orders);
            }
            Trading::Amends {
                client,
                number,
                times,
            } => {
                let orphan = self.place(client, number, sim);
                assert!(orphan.is_some(), "amended {times} times, filled before");
                sim.lose(1);
            }
            Trading::Fills(client, number) => self.fill(client, number),
        }
    }

    fn held(&self) -> usize {
        self.working.len() + self.by_reference.len()
    }
}
