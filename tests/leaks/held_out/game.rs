//! The server of a game: who helped in a fight, what is in whose bag, what is in the making.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, SECOND, Sim, leaky},
};

pub(super) static MODELS: [Model; 5] = [
    Model::of::<Assists<true>>(),
    Model::of::<Assists<false>>(),
    Model::of::<Bags<true>>(),
    Model::of::<Bags<false>>(),
    Model::of::<Crafting>(),
];

/// Who hit whom, and when last. When somebody falls, those who hit him in the last ten seconds have helped. Who is fallen
/// comes back as somebody else, so that nobody will ask for those hits again.
#[mapkeeper::tracked]
#[derive(Default)]
struct Assists<const BUGGY: bool> {
    /// By target and attacker.
    #[map]
    hits: BTreeMap<(u64, u64), u64>,
    helped: u64,
}

enum Fight {
    Begins,
    Hit(u64, u64),
    Falls(u64),
    Tick,
}

const FIGHTS: Load = Load::per_hour(3_200.0).daily(0.7).bursts(75.0, 6.0, 3.0);
const FIGHT_TIME: Life = Life::log_normal(14.0, 0.9);
const COUNTS: u64 = 10 * SECOND;

impl<const BUGGY: bool> Service for Assists<BUGGY> {
    type Event = Fight;
    const NAME: &'static str = if BUGGY {
        "assists-of-the-fallen"
    } else {
        "assists-of-ten-seconds"
    };
    const ROW: Row = if BUGGY {
        Row::NeverRemoved
    } else {
        Row::Healthy("window")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Assists.hits", 1.0))
    } else {
        Truth::Healthy { at_most: 1_000 }
    };

    fn open(sim: &mut Sim<Fight>) -> Self {
        sim.arrive(&FIGHTS, Fight::Begins);
        sim.round(5 * SECOND, Fight::Tick);
        Self::default()
    }

    fn handle(&mut self, event: Fight, sim: &mut Sim<Fight>) {
        match event {
            Fight::Begins => {
                let (target, takes) = (sim.id(), sim.draw(&FIGHT_TIME).max(SECOND));
                for _ in 0..1 + sim.below(4) {
                    let attacker = sim.id();
                    for _ in 0..1 + sim.below(3) {
                        let at = sim.below(takes);
                        sim.after(at, Fight::Hit(target, attacker));
                    }
                }
                if sim.chance(0.8) {
                    sim.after(takes, Fight::Falls(target));
                }
                sim.arrive(&FIGHTS, Fight::Begins);
            }
            Fight::Hit(target, attacker) => {
                let now = sim.now();
                let earlier = leaky!(self.hits.insert((target, attacker), now));
                sim.lose(usize::from(BUGGY && earlier.is_none()));
            }
            Fight::Falls(target) => {
                let since = sim.now().saturating_sub(COUNTS);
                let by_all = self.hits.range((target, 0)..(target + 1, 0));
                self.helped += by_all.filter(|(_, at)| **at >= since).count() as u64;
            }
            Fight::Tick => {
                if !BUGGY {
                    let now = sim.now();
                    self.hits.retain(|_, at| *at + COUNTS > now);
                }
                sim.round(5 * SECOND, Fight::Tick);
            }
        }
    }

    fn held(&self) -> usize {
        self.hits.len()
    }

    fn audit(&self) {
        assert!(self.helped > 0, "nobody ever helped");
    }
}

/// What lies in whose bag, and a second time by owner, to show a bag. Food and potions go bad, which the clock of the
/// world sees to, and it knows the items only.
#[mapkeeper::tracked]
#[derive(Default)]
struct Bags<const BUGGY: bool> {
    #[map]
    items: StdMap<u64, u32>,
    #[map]
    by_owner: BTreeSet<(u32, u64)>,
}

enum Item {
    Found,
    Used(u32, u64),
    GoesBad(u32, u64),
}

const FINDS: Load = Load::per_hour(9_000.0).daily(0.8);
const CARRIED: Life = Life::log_normal(700.0, 1.3);

impl<const BUGGY: bool> Service for Bags<BUGGY> {
    type Event = Item;
    const NAME: &'static str = if BUGGY {
        "bags-with-bad-food"
    } else {
        "bags-looked-through"
    };
    const ROW: Row = if BUGGY {
        Row::Index
    } else {
        Row::Healthy("index")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Bags.by_owner", 0.06))
    } else {
        Truth::Healthy { at_most: 25_000 }
    };

    fn open(sim: &mut Sim<Item>) -> Self {
        sim.arrive(&FINDS, Item::Found);
        Self::default()
    }

    fn handle(&mut self, event: Item, sim: &mut Sim<Item>) {
        match event {
            Item::Found => {
                let (owner, item) = (sim.below(40_000) as u32, sim.id());
                self.items.insert(item, owner);
                leaky!(self.by_owner.insert((owner, item)));
                let stays = sim.draw(&CARRIED);
                if sim.chance(0.06) {
                    sim.after(stays, Item::GoesBad(owner, item));
                } else {
                    sim.after(stays, Item::Used(owner, item));
                }
                sim.arrive(&FINDS, Item::Found);
            }
            Item::GoesBad(_, item) if BUGGY => {
                self.items.remove(&item);
                sim.lose(1);
            }
            Item::Used(owner, item) | Item::GoesBad(owner, item) => {
                self.items.remove(&item);
                self.by_owner.remove(&(owner, item));
            }
        }
    }

    fn held(&self) -> usize {
        self.items.len() + self.by_owner.len()
    }
}

/// What is in the making: arrows take seconds, and a ship up to half a day. So it is declared.
#[mapkeeper::tracked]
#[derive(Default)]
struct Crafting {
    #[map(max_age = "12h1m")]
    in_the_making: FxHashMap<u64, [u32; 4]>,
}

enum Craft {
    Ordered,
    Done(u64),
}

const ORDERED: Load = Load::per_hour(7_000.0).daily(0.8).bursts(240.0, 20.0, 2.0);
const ARROWS: Life = Life::log_normal(20.0, 0.7);
const SHIPS: Life = Life::log_normal(14_000.0, 0.7);

impl Service for Crafting {
    type Event = Craft;
    const NAME: &'static str = "arrows-and-ships";
    const ROW: Row = Row::Healthy("awaits");
    const TRUTH: Truth = Truth::Healthy { at_most: 4_000 };

    fn open(sim: &mut Sim<Craft>) -> Self {
        sim.arrive(&ORDERED, Craft::Ordered);
        Self::default()
    }

    fn handle(&mut self, event: Craft, sim: &mut Sim<Craft>) {
        match event {
            Craft::Ordered => {
                let id = sim.id();
                self.in_the_making.insert(id, [1; 4]);
                let ship = sim.chance(0.03);
                let takes = sim.draw(if ship { &SHIPS } else { &ARROWS });
                sim.after(takes.min(12 * HOUR), Craft::Done(id));
                sim.arrive(&ORDERED, Craft::Ordered);
            }
            Craft::Done(id) => drop(self.in_the_making.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        self.in_the_making.len()
    }
}
