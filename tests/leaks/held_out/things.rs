//! Things that move and measure: frames of sensors, addresses that are lent, requests between the parts of a robot.

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, MINUTE, Sim, leaky},
};

pub(super) static MODELS: [Model; 3] = [
    Model::of::<Frames>(),
    Model::of::<AddressPool>(),
    Model::of::<Requests>(),
];

/// Frames of sensors by device and counter: up to three gateways hear the same one. A device that joins anew counts from
/// nought, so its frames are forgotten; most join once, when they are screwed to the wall.
#[mapkeeper::tracked]
#[derive(Default)]
struct Frames {
    #[map]
    heard: FxHashSet<(u32, u32)>,
    counters: FxHashMap<u32, u32>,
}

enum Uplink {
    Sent,
    Heard(u32, u32),
    Joins(u32),
}

const FRAMES: Load = Load::per_hour(6_500.0).daily(0.3).bursts(15.0, 1.0, 5.0);
const DEVICES: u32 = 3_000;
/// These run on batteries that somebody changes too late.
const RESTARTING: u32 = 1_000;
const RADIO: Life = Life::log_normal(0.2, 0.6);
const RESTARTS: Load = Load::per_hour(300.0);

impl Service for Frames {
    type Event = Uplink;
    const NAME: &'static str = "frames-of-those-who-stay";
    const ROW: Row = Row::NeverRemoved;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Frames.heard", 0.67));

    fn open(sim: &mut Sim<Uplink>) -> Self {
        sim.arrive(&FRAMES, Uplink::Sent);
        sim.arrive(&RESTARTS, Uplink::Joins(0));
        Self::default()
    }

    fn handle(&mut self, event: Uplink, sim: &mut Sim<Uplink>) {
        match event {
            Uplink::Sent => {
                let device = sim.below(DEVICES.into()) as u32;
                let counter = self.counters.entry(device).or_default();
                *counter += 1;
                for _ in 0..1 + sim.below(3) {
                    let takes = sim.draw(&RADIO);
                    sim.after(takes, Uplink::Heard(device, *counter));
                }
                sim.arrive(&FRAMES, Uplink::Sent);
            }
            Uplink::Heard(device, counter) => {
                let new = leaky!(self.heard.insert((device, counter)));
                sim.lose(usize::from(new && device >= RESTARTING));
            }
            Uplink::Joins(device) => {
                let counter = self.counters.remove(&device).unwrap_or_default();
                for counter in 1..=counter {
                    self.heard.remove(&(device, counter));
                }
                let next = sim.below(RESTARTING.into()) as u32;
                sim.arrive(&RESTARTS, Uplink::Joins(next));
            }
        }
    }

    fn held(&self) -> usize {
        self.heard.len()
    }

    fn stays(&self) -> u64 {
        let of_restarting = self.heard.iter().filter(|(device, _)| *device < RESTARTING);
        of_restarting.count() as u64
    }
}

/// Addresses that are lent for an hour, and lent on for as long as the device is there and asks at half-time.
#[mapkeeper::tracked]
#[derive(Default)]
struct AddressPool {
    #[map]
    lent: StdMap<u64, (u32, u64)>,
}

enum Device {
    Comes,
    Asks(u64, u64),
    Minute,
}

const ARRIVALS: Load = Load::per_hour(3_500.0).daily(0.9);
const PRESENT: Life = Life::log_normal(4_000.0, 1.2);

impl AddressPool {
    fn lend(&mut self, device: u64, sim: &Sim<Device>) {
        let address = 0x0a00_0000 | (device as u32 & 0x00ff_ffff);
        self.lent.insert(device, (address, sim.now() + HOUR));
    }
}

impl Service for AddressPool {
    type Event = Device;
    const NAME: &'static str = "addresses-lent";
    const ROW: Row = Row::Healthy("leases");
    const TRUTH: Truth = Truth::Healthy { at_most: 40_000 };

    fn open(sim: &mut Sim<Device>) -> Self {
        sim.arrive(&ARRIVALS, Device::Comes);
        sim.round(MINUTE, Device::Minute);
        Self::default()
    }

    fn handle(&mut self, event: Device, sim: &mut Sim<Device>) {
        match event {
            Device::Comes => {
                let (device, stays) = (sim.id(), sim.draw(&PRESENT));
                sim.after(0, Device::Asks(device, sim.now() + stays));
                sim.arrive(&ARRIVALS, Device::Comes);
            }
            Device::Asks(device, goes_at) => {
                self.lend(device, sim);
                if sim.now() + HOUR / 2 < goes_at {
                    sim.after(HOUR / 2, Device::Asks(device, goes_at));
                }
            }
            Device::Minute => {
                let now = sim.now();
                self.lent.retain(|_, (_, until)| *until > now);
                sim.round(MINUTE, Device::Minute);
            }
        }
    }

    fn held(&self) -> usize {
        self.lent.len()
    }
}

/// Requests of one part of a robot to another, until they are answered: where am I, what is in the way, may I go there.
/// When a plan is given up its open requests are cancelled, which the other side takes for an answer and sends none.
#[mapkeeper::tracked]
#[derive(Default)]
struct Requests {
    #[map]
    open: IndexMap<u64, u32, FxBuildHasher>,
}

enum Part {
    Asks,
    Answers(u64),
    GivesUp,
}

const ASKED: Load = Load::per_hour(15_000.0).bursts(40.0, 8.0, 3.0);
const LOOKED_UP: Life = Life::log_normal(0.02, 0.6);
const PLANNED: Life = Life::log_normal(1.5, 0.9);

impl Service for Requests {
    type Event = Part;
    const NAME: &'static str = "plans-given-up";
    const ROW: Row = Row::Timeout;
    const TRUTH: Truth = Truth::Leaks(Leak::of("Requests.open", 0.011));

    fn open(sim: &mut Sim<Part>) -> Self {
        sim.arrive(&ASKED, Part::Asks);
        Self::default()
    }

    fn handle(&mut self, event: Part, sim: &mut Sim<Part>) {
        match event {
            Part::Asks => {
                let (id, plan) = (sim.id(), sim.chance(0.2));
                leaky!(self.open.insert(id, u32::from(plan)));
                let takes = sim.draw(if plan { &PLANNED } else { &LOOKED_UP });
                if plan && sim.chance(0.055) {
                    let at = sim.below(takes);
                    sim.after(at, Part::GivesUp);
                } else {
                    sim.after(takes, Part::Answers(id));
                }
                sim.arrive(&ASKED, Part::Asks);
            }
            Part::Answers(id) => drop(self.open.swap_remove(&id)),
            Part::GivesUp => sim.lose(1),
        }
    }

    fn held(&self) -> usize {
        self.open.len()
    }
}
