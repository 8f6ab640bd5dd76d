//! Maps that belong together and are cleaned together, and sets that go with their last member.

use std::collections::HashSet;

use rustc_hash::FxHashMap;

use crate::{
    service::{Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, Sim},
};

pub(super) static MODELS: [Model; 4] = [
    Model::of::<Tokens>(),
    Model::of::<Parcels>(),
    Model::of::<Devices>(),
    Model::of::<Channels>(),
];

const INDEX: Row = Row::Healthy("index");

enum Item {
    New,
    Changes(u64),
    Ends(u64, u64),
}

/// Sessions and the tokens that follow them, removed together on every path.
#[mapkeeper::tracked]
#[derive(Default)]
struct Tokens {
    #[map]
    sessions: StdMap<u64, u64>,
    #[map(follows = sessions)]
    by_token: FxHashMap<u64, u64>,
}

const LOGINS: Load = Load::per_hour(9_000.0).daily(0.7);
const LOGIN_TIME: Life = Life::log_normal(400.0, 1.3);

impl Service for Tokens {
    type Event = Item;
    const NAME: &'static str = "follows-cleaned";
    const ROW: Row = INDEX;
    const TRUTH: Truth = Truth::Healthy { at_most: 15_000 };

    fn open(sim: &mut Sim<Item>) -> Self {
        sim.arrive(&LOGINS, Item::New);
        Self::default()
    }

    fn handle(&mut self, event: Item, sim: &mut Sim<Item>) {
        match event {
            Item::New => {
                let (id, token) = (sim.id(), sim.below(u64::MAX));
                self.sessions.insert(id, token);
                self.by_token.insert(token, id);
                let stays = sim.draw(&LOGIN_TIME);
                sim.after(stays / 2, Item::Changes(id));
                sim.after(stays, Item::Ends(id, token));
                sim.arrive(&LOGINS, Item::New);
            }
            // One in ten logs out before the session expires.
            Item::Changes(id) if sim.chance(0.1) => {
                if let Some(token) = self.sessions.remove(&id) {
                    self.by_token.remove(&token);
                }
            }
            Item::Changes(_) => {}
            Item::Ends(id, token) => {
                self.sessions.remove(&id);
                self.by_token.remove(&token);
            }
        }
    }

    fn held(&self) -> usize {
        self.sessions.len() + self.by_token.len()
    }
}

/// Express parcels are a subset of all parcels, and leave before them.
#[mapkeeper::tracked]
#[derive(Default)]
struct Parcels {
    #[map]
    on_the_way: StdMap<u64, u32>,
    #[map(subset_of = on_the_way)]
    express: StdMap<u64, u64>,
}

const PARCELS: Load = Load::per_hour(15_000.0).daily(0.5).bursts(240.0, 15.0, 2.5);
const PARCEL_TIME: Life = Life::log_normal(700.0, 0.9);

impl Service for Parcels {
    type Event = Item;
    const NAME: &'static str = "subset-cleaned";
    const ROW: Row = INDEX;
    const TRUTH: Truth = Truth::Healthy { at_most: 25_000 };

    fn open(sim: &mut Sim<Item>) -> Self {
        sim.arrive(&PARCELS, Item::New);
        Self::default()
    }

    fn handle(&mut self, event: Item, sim: &mut Sim<Item>) {
        match event {
            Item::New => {
                let id = sim.id();
                self.on_the_way.insert(id, 1);
                let takes = sim.draw(&PARCEL_TIME);
                if sim.chance(0.2) {
                    self.express.insert(id, sim.now());
                    sim.after(takes / 2, Item::Changes(id));
                }
                sim.after(takes, Item::Ends(id, 0));
                sim.arrive(&PARCELS, Item::New);
            }
            // Handed to the courier: from here on it is a parcel like others.
            Item::Changes(id) => drop(self.express.remove(&id)),
            Item::Ends(id, _) => drop(self.on_the_way.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        self.on_the_way.len() + self.express.len()
    }
}

/// A device that connects anew overwrites its old connection, and the old connection is removed in the other map.
#[mapkeeper::tracked]
#[derive(Default)]
struct Devices {
    #[map]
    connections: StdMap<u64, u64>,
    #[map]
    by_device: StdMap<u64, u64>,
}

const DEVICES: Load = Load::per_hour(8_000.0).daily(0.5);
const DEVICE_TIME: Life = Life::log_normal(500.0, 1.4);

impl Devices {
    fn connect(&mut self, device: u64, sim: &mut Sim<Item>) {
        let connection = sim.id();
        self.connections.insert(connection, device);
        if let Some(old) = self.by_device.insert(device, connection) {
            self.connections.remove(&old);
        }
    }
}

impl Service for Devices {
    type Event = Item;
    const NAME: &'static str = "reconnect-handled";
    const ROW: Row = INDEX;
    const TRUTH: Truth = Truth::Healthy { at_most: 15_000 };

    fn open(sim: &mut Sim<Item>) -> Self {
        sim.arrive(&DEVICES, Item::New);
        Self::default()
    }

    fn handle(&mut self, event: Item, sim: &mut Sim<Item>) {
        match event {
            Item::New => {
                let device = sim.id();
                self.connect(device, sim);
                let stays = sim.draw(&DEVICE_TIME);
                if sim.chance(0.3) {
                    sim.after(stays / 2, Item::Changes(device));
                }
                sim.after(stays, Item::Ends(device, 0));
                sim.arrive(&DEVICES, Item::New);
            }
            Item::Changes(device) => self.connect(device, sim),
            Item::Ends(device, _) => {
                if let Some(connection) = self.by_device.remove(&device) {
                    self.connections.remove(&connection);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.connections.len() + self.by_device.len()
    }
}

/// Channels and their members: the last one to leave takes the channel along.
#[mapkeeper::tracked]
#[derive(Default)]
struct Channels {
    #[map]
    members: StdMap<String, HashSet<u64>>,
}

const CHANNELS: Load = Load::per_hour(3_000.0).daily(0.8);
const MEMBER_TIME: Life = Life::log_normal(400.0, 1.2);

impl Service for Channels {
    type Event = Item;
    const NAME: &'static str = "empty-sets-removed";
    const ROW: Row = Row::Healthy("residue in passing");
    const TRUTH: Truth = Truth::Healthy { at_most: 8_000 };

    fn open(sim: &mut Sim<Item>) -> Self {
        sim.arrive(&CHANNELS, Item::New);
        Self::default()
    }

    fn handle(&mut self, event: Item, sim: &mut Sim<Item>) {
        match event {
            Item::New => {
                let channel = sim.id();
                for member in 0..1 + sim.below(6) {
                    let name = format!("#{channel}");
                    self.members.entry(name).or_default().insert(member);
                    let stays = sim.draw(&MEMBER_TIME);
                    sim.after(stays, Item::Ends(channel, member));
                }
                sim.arrive(&CHANNELS, Item::New);
            }
            Item::Ends(channel, member) => {
                let name = format!("#{channel}");
                let last = self.members.get_mut(&name).is_some_and(|members| {
                    members.remove(&member);
                    members.is_empty()
                });
                if last {
                    self.members.remove(&name);
                }
            }
            Item::Changes(_) => {}
        }
    }

    fn held(&self) -> usize {
        self.members.len()
    }
}
