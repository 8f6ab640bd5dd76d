//! Overwritten too early, inserted too late, removed under another key.

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, Sim, leaky},
};

pub(super) static MODELS: [Model; 4] = [
    Model::of::<DeviceGateway>(),
    Model::of::<Heartbeats>(),
    Model::of::<Accounts>(),
    Model::of::<Tunnels>(),
];

enum Device {
    Connects,
    Again(u64),
    Closes(u64),
}

/// A device that connects anew overwrites its old connection in one map and orphans it in the other.
#[mapkeeper::tracked]
#[derive(Default)]
struct DeviceGateway {
    #[map]
    connections: StdMap<u64, u64>,
    #[map]
    by_device: FxHashMap<u64, u64>,
}

const DEVICES: Load = Load::per_hour(9_000.0).daily(0.5);
const DEVICE_TIME: Life = Life::log_normal(500.0, 1.4);

impl DeviceGateway {
    fn connect(&mut self, device: u64, sim: &mut Sim<Device>) -> Option<u64> {
        let connection = sim.id();
        leaky!(self.connections.insert(connection, device));
        self.by_device.insert(device, connection)
    }
}

impl Service for DeviceGateway {
    type Event = Device;
    const NAME: &'static str = "reconnect-orphans";
    const ROW: Row = Row::WrongMoment;
    const TRUTH: Truth = Truth::Leaks(Leak::of("DeviceGateway.connections", 0.057));

    fn open(sim: &mut Sim<Device>) -> Self {
        sim.arrive(&DEVICES, Device::Connects);
        Self::default()
    }

    fn handle(&mut self, event: Device, sim: &mut Sim<Device>) {
        match event {
            Device::Connects => {
                let device = sim.id();
                self.connect(device, sim);
                let stays = sim.draw(&DEVICE_TIME);
                if sim.chance(0.06) {
                    sim.after(stays / 2, Device::Again(device));
                }
                sim.after(stays, Device::Closes(device));
                sim.arrive(&DEVICES, Device::Connects);
            }
            Device::Again(device) => {
                let orphan = self.connect(device, sim);
                sim.lose(usize::from(orphan.is_some()));
            }
            Device::Closes(device) => {
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

/// A heartbeat that was on its way when its sender left brings the entry back.
#[mapkeeper::tracked]
#[derive(Default)]
struct Heartbeats {
    #[map]
    last_seen: StdMap<u64, u64>,
}

enum Beat {
    Joins,
    Beats(u64),
    Leaves(u64),
    BeatsLate(u64),
}

const NODES: Load = Load::per_hour(12_000.0).daily(0.6).bursts(100.0, 4.0, 4.0);
const NODE_TIME: Life = Life::log_normal(60.0, 1.1);

impl Heartbeats {
    fn touch(&mut self, node: u64, now: u64) -> Option<u64> {
        leaky!(self.last_seen.insert(node, now))
    }
}

impl Service for Heartbeats {
    type Event = Beat;
    const NAME: &'static str = "heartbeat-too-late";
    const ROW: Row = Row::WrongMoment;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Heartbeats.last_seen", 0.0099));

    fn open(sim: &mut Sim<Beat>) -> Self {
        sim.arrive(&NODES, Beat::Joins);
        Self::default()
    }

    fn handle(&mut self, event: Beat, sim: &mut Sim<Beat>) {
        match event {
            Beat::Joins => {
                let node = sim.id();
                self.touch(node, sim.now());
                let stays = sim.draw(&NODE_TIME);
                sim.after(stays / 3, Beat::Beats(node));
                sim.after(2 * stays / 3, Beat::Beats(node));
                sim.after(stays + 1, Beat::Leaves(node));
                sim.arrive(&NODES, Beat::Joins);
            }
            Beat::Beats(node) => drop(self.touch(node, sim.now())),
            Beat::Leaves(node) => {
                self.last_seen.remove(&node);
                if sim.chance(0.01) {
                    let late = 20 + sim.below(400);
                    sim.after(late, Beat::BeatsLate(node));
                }
            }
            Beat::BeatsLate(node) => {
                let back = self.touch(node, sim.now()).is_none();
                sim.lose(usize::from(back));
            }
        }
    }

    fn held(&self) -> usize {
        self.last_seen.len()
    }
}

/// Names go in as they were typed and are removed in lower case.
#[mapkeeper::tracked]
#[derive(Default)]
struct Accounts {
    #[map]
    signed_in: StdMap<String, u32>,
}

enum Account {
    SignsIn,
    SignsOut(u64, bool),
}

const ACCOUNTS: Load = Load::per_hour(9_000.0).daily(0.7);
const ACCOUNT_TIME: Life = Life::log_normal(700.0, 1.0);

impl Service for Accounts {
    type Event = Account;
    const NAME: &'static str = "names-in-lower-case";
    const ROW: Row = Row::WrongMoment;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Accounts.signed_in", 0.04));

    fn open(sim: &mut Sim<Account>) -> Self {
        sim.arrive(&ACCOUNTS, Account::SignsIn);
        Self::default()
    }

    fn handle(&mut self, event: Account, sim: &mut Sim<Account>) {
        match event {
            Account::SignsIn => {
                let (id, capital) = (sim.id(), sim.chance(0.04));
                leaky!(self.signed_in.insert(typed(id, capital), 1));
                let stays = sim.draw(&ACCOUNT_TIME);
                sim.after(stays, Account::SignsOut(id, capital));
                sim.arrive(&ACCOUNTS, Account::SignsIn);
            }
            Account::SignsOut(id, capital) => {
                let name = typed(id, capital).to_lowercase();
                let missed = self.signed_in.remove(&name).is_none();
                sim.lose(usize::from(missed));
            }
        }
    }

    fn held(&self) -> usize {
        self.signed_in.len()
    }
}

fn typed(id: u64, capital: bool) -> String {
    let first = if capital { 'A' } else { 'a' };
    format!("{first}da.{id}")
}

/// Peers by address and port; a router in between may change the port before the peer says goodbye.
#[mapkeeper::tracked]
#[derive(Default)]
struct Tunnels {
    #[map]
    peers: StdMap<(u32, u16), u64>,
}

enum Tunnel {
    Opens,
    Closes((u32, u16)),
}

const TUNNELS: Load = Load::per_hour(30_000.0).daily(0.4);
const TUNNEL_TIME: Life = Life::pareto(15.0, 1.6);

impl Service for Tunnels {
    type Event = Tunnel;
    const NAME: &'static str = "port-changed";
    const ROW: Row = Row::WrongMoment;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Tunnels.peers", 0.008));

    fn open(sim: &mut Sim<Tunnel>) -> Self {
        sim.arrive(&TUNNELS, Tunnel::Opens);
        Self::default()
    }

    fn handle(&mut self, event: Tunnel, sim: &mut Sim<Tunnel>) {
        match event {
            Tunnel::Opens => {
                let id = sim.id();
                let peer = (id as u32, 40_000 + (id >> 32) as u16);
                leaky!(self.peers.insert(peer, id));
                let stays = sim.draw(&TUNNEL_TIME);
                sim.after(stays, Tunnel::Closes(peer));
                sim.arrive(&TUNNELS, Tunnel::Opens);
            }
            Tunnel::Closes((address, port)) => {
                let seen_port = if sim.chance(0.008) { port + 1 } else { port };
                let missed = self.peers.remove(&(address, seen_port)).is_none();
                sim.lose(usize::from(missed));
            }
        }
    }

    fn held(&self) -> usize {
        self.peers.len()
    }
}
