//! Logins, settings and baskets.

use std::sync::{Arc, Mutex};

use crate::{
    service::{Leak, Loses, Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, MINUTE, Sim, leaky},
};

pub(super) static MODELS: [Model; 5] = [
    Model::of::<OAuth<true>>(),
    Model::of::<OAuth<false>>(),
    Model::of::<Settings<true>>(),
    Model::of::<Settings<false>>(),
    Model::of::<Baskets>(),
];

/// The state that a login carries to the provider and back. Who does not come back leaves it behind: how old it may be is
/// looked at when it is used.
#[mapkeeper::tracked]
#[derive(Default)]
struct OAuth<const BUGGY: bool> {
    #[map]
    states: StdMap<String, u64>,
}

enum Login {
    Begins,
    Returns(String),
    Sweep,
}

const LOGINS: Load = Load::per_hour(6_000.0).daily(0.8);
const AT_THE_PROVIDER: Life = Life::log_normal(18.0, 1.0);

impl<const BUGGY: bool> Service for OAuth<BUGGY> {
    type Event = Login;
    const NAME: &'static str = if BUGGY {
        "oauth-never-returned"
    } else {
        "oauth-states-swept"
    };
    const ROW: Row = if BUGGY {
        Row::Timeout
    } else {
        Row::Healthy("requests")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("OAuth.states", 0.3))
    } else {
        Truth::Healthy { at_most: 2_000 }
    };

    fn open(sim: &mut Sim<Login>) -> Self {
        sim.arrive(&LOGINS, Login::Begins);
        sim.round(MINUTE, Login::Sweep);
        Self::default()
    }

    fn handle(&mut self, event: Login, sim: &mut Sim<Login>) {
        match event {
            Login::Begins => {
                let state = format!("{:016x}", sim.id());
                leaky!(self.states.insert(state.clone(), sim.now()));
                if sim.chance(0.7) {
                    let takes = sim.draw(&AT_THE_PROVIDER);
                    sim.after(takes, Login::Returns(state));
                } else {
                    sim.lose(usize::from(BUGGY));
                }
                sim.arrive(&LOGINS, Login::Begins);
            }
            Login::Returns(state) => drop(self.states.remove(&state)),
            Login::Sweep => {
                if !BUGGY {
                    let oldest = sim.now().saturating_sub(10 * MINUTE);
                    self.states.retain(|_, begun| *begun > oldest);
                }
                sim.round(MINUTE, Login::Sweep);
            }
        }
    }

    fn held(&self) -> usize {
        self.states.len()
    }
}

/// Each tenant's settings; a change puts new ones in the place of the old. What was rendered with them keeps the old
/// ones.
#[mapkeeper::tracked]
#[derive(Default)]
struct Settings<const BUGGY: bool> {
    #[map]
    current: StdMap<u64, Arc<Tenant>>,
    rendered: Mutex<Vec<Arc<Tenant>>>,
}

struct Tenant {
    _colours: [u32; 16],
}

enum Change {
    SignsUp,
    Changes(u64),
    Rendered(Arc<Tenant>),
    Leaves(u64),
}

const SIGN_UPS: Load = Load::per_hour(1_500.0).daily(0.5);
const TRIAL: Life = Life::log_normal(5_000.0, 0.8);
const RENDERING: Life = Life::log_normal(0.5, 0.8);

impl<const BUGGY: bool> Settings<BUGGY> {
    fn set(&mut self, id: u64) -> Option<Arc<Tenant>> {
        let tenant = Tenant { _colours: [7; 16] };
        self.current.insert(id, Arc::new(tenant))
    }
}

impl<const BUGGY: bool> Service for Settings<BUGGY> {
    type Event = Change;
    const NAME: &'static str = if BUGGY {
        "old-settings-rendered"
    } else {
        "settings-replaced"
    };
    const ROW: Row = if BUGGY {
        Row::Retained
    } else {
        Row::Healthy("last value")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Settings.current", 4.5).losing(Loses::Values))
    } else {
        Truth::Healthy { at_most: 10_000 }
    };

    fn open(sim: &mut Sim<Change>) -> Self {
        sim.arrive(&SIGN_UPS, Change::SignsUp);
        Self::default()
    }

    fn handle(&mut self, event: Change, sim: &mut Sim<Change>) {
        match event {
            Change::SignsUp => {
                let (id, stays) = (sim.id(), sim.draw(&TRIAL));
                self.set(id);
                for _ in 0..sim.below(10) {
                    let at = sim.below(stays);
                    sim.after(at, Change::Changes(id));
                }
                sim.after(stays, Change::Leaves(id));
                sim.arrive(&SIGN_UPS, Change::SignsUp);
            }
            Change::Changes(id) => {
                let Some(old) = self.set(id) else { return };
                if BUGGY {
                    sim.lose(1);
                    let rendered = self.rendered.get_mut();
                    rendered.expect("nobody panics here").push(old);
                } else {
                    // The request that is being served may still look at it.
                    let takes = sim.draw(&RENDERING);
                    sim.after(takes, Change::Rendered(old));
                }
            }
            Change::Rendered(old) => drop(old),
            Change::Leaves(id) => drop(self.current.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        self.current.len()
    }
}

/// Baskets, each put back under its key with every article, and given up two hours after the last one.
#[mapkeeper::tracked]
#[derive(Default)]
struct Baskets {
    #[map]
    baskets: StdMap<u64, Basket>,
}

struct Basket {
    articles: Vec<u32>,
    touched: u64,
}

enum Shopping {
    Comes,
    Adds(u64, u64),
    Pays(u64),
    Sweep,
}

const SHOPPERS: Load = Load::per_hour(6_000.0).daily(0.8).bursts(360.0, 30.0, 2.0);
const THINKING: Life = Life::log_normal(60.0, 1.2);

impl Service for Baskets {
    type Event = Shopping;
    const NAME: &'static str = "baskets-given-up";
    const ROW: Row = Row::Healthy("sessions");
    const TRUTH: Truth = Truth::Healthy { at_most: 30_000 };

    fn open(sim: &mut Sim<Shopping>) -> Self {
        sim.arrive(&SHOPPERS, Shopping::Comes);
        sim.round(10 * MINUTE, Shopping::Sweep);
        Self::default()
    }

    fn handle(&mut self, event: Shopping, sim: &mut Sim<Shopping>) {
        let now = sim.now();
        match event {
            Shopping::Comes => {
                let (id, articles) = (sim.id(), 1 + sim.below(6));
                sim.after(0, Shopping::Adds(id, articles));
                sim.arrive(&SHOPPERS, Shopping::Comes);
            }
            Shopping::Adds(id, more) => {
                let old = self.baskets.get(&id);
                let mut articles = old.map_or_else(Vec::new, |basket| basket.articles.clone());
                articles.push(more as u32);
                let basket = Basket {
                    articles,
                    touched: now,
                };
                self.baskets.insert(id, basket);
                let thinks = sim.draw(&THINKING);
                if more > 1 {
                    sim.after(thinks, Shopping::Adds(id, more - 1));
                } else if sim.chance(0.4) {
                    sim.after(thinks, Shopping::Pays(id));
                }
            }
            Shopping::Pays(id) => drop(self.baskets.remove(&id)),
            Shopping::Sweep => {
                let oldest = now.saturating_sub(2 * HOUR);
                self.baskets.retain(|_, basket| basket.touched >= oldest);
                sim.round(10 * MINUTE, Shopping::Sweep);
            }
        }
    }

    fn held(&self) -> usize {
        self.baskets.len()
    }
}
