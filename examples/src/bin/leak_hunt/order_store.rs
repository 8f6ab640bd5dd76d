//! An order store: parcels by number, and an index that finds one by the code on its label.

use rustc_hash::FxHashMap;

use crate::{
    hunt::{Case, InUse, hunt},
    simulated::Hours,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct OrderId(u64);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Label(String);

#[derive(Debug)]
struct Order {
    customer: u32,
    label: Option<Label>,
}

#[mapkeeper::tracked]
#[derive(Debug, Default)]
struct OrderStore {
    #[map]
    orders: FxHashMap<OrderId, Order>,
    /// The labels of the orders that were handed to a carrier.
    #[map(follows = orders)]
    by_label: FxHashMap<Label, OrderId>,
    last_id: u64,
    /// Deployed with the returns desk: a return takes its label back. Before, only a delivery did.
    returns_desk: bool,
}

impl OrderStore {
    fn place(&mut self, customer: u32) -> OrderId {
        self.last_id += 1;
        let id = OrderId(self.last_id);
        let label = None;
        self.orders.insert(id, Order { customer, label });
        id
    }

    /// Handed to a carrier, under this label.
    fn ship(&mut self, id: OrderId, label: Label) {
        if let Some(order) = self.orders.get_mut(&id) {
            order.label = Some(label.clone());
            self.by_label.insert(label, id);
        }
    }

    /// The carrier scanned this label at somebody's door.
    fn delivered(&mut self, label: &Label) -> Option<u32> {
        let id = self.by_label.remove(label)?;
        self.orders.remove(&id).map(|order| order.customer)
    }

    /// Cancelled by the customer, or refused at the door.
    fn returned(&mut self, id: OrderId) {
        let Some(order) = self.orders.remove(&id) else {
            return;
        };
        if let Some(label) = order.label.filter(|_| self.returns_desk) {
            self.by_label.remove(&label);
        }
    }

    /// Forgets the labels of orders that are gone.
    fn purge(&mut self) -> usize {
        let before = self.by_label.len();
        let orders = &self.orders;
        self.by_label.retain(|_, id| orders.contains_key(id));
        before - self.by_label.len()
    }
}

pub(crate) const CASE: Case = Case {
    name: "order-store",
    leak: "a secondary index is not cleaned",
    service: "An order store: orders by number, and an index that finds one by the code on its label.",
    fix: "the returns desk takes labels back",
    map: "OrderStore.by_label",
    file: "order_store.rs",
    source: include_str!("order_store.rs"),
    insertion: "self.by_label.insert(label",
    hunt: hunt::<Shop>,
};

/// A city's groceries: packed in minutes, at the door in half an hour. One in eight comes back.
pub(crate) struct Shop {
    store: OrderStore,
}

const ORDERS_PER_HOUR: f64 = 15_000.0;
const COMES_BACK: f64 = 0.12;

pub(crate) enum Delivery {
    Ordered,
    Packed(OrderId),
    AtTheDoor(OrderId),
}

impl InUse for Shop {
    type Event = Delivery;

    fn opens(hours: &mut Hours<Delivery>) -> Self {
        hours.arrives(ORDERS_PER_HOUR, Delivery::Ordered);
        Self {
            store: OrderStore::default(),
        }
    }

    fn happens(&mut self, event: Delivery, hours: &mut Hours<Delivery>) {
        match event {
            Delivery::Ordered => {
                let id = self.store.place(hours.below(90_000));
                let packing = hours.takes(240.0, 0.5);
                hours.after(packing, Delivery::Packed(id));
                hours.arrives(ORDERS_PER_HOUR, Delivery::Ordered);
            }
            Delivery::Packed(id) => {
                let carrier = hours.below(9);
                self.store.ship(id, label(id, carrier));
                let on_the_way = hours.takes(1_200.0, 0.5);
                hours.after(on_the_way, Delivery::AtTheDoor(id));
            }
            Delivery::AtTheDoor(id) if hours.chance(COMES_BACK) => self.store.returned(id),
            Delivery::AtTheDoor(id) => {
                let scanned = self.store.orders.get(&id).and_then(|o| o.label.clone());
                if let Some(label) = scanned {
                    self.store.delivered(&label);
                }
            }
        }
    }

    fn fix(&mut self) -> usize {
        self.store.returns_desk = true;
        self.store.purge()
    }
}

fn label(id: OrderId, carrier: u32) -> Label {
    Label(format!("CR{carrier}-{:09}", id.0))
}
