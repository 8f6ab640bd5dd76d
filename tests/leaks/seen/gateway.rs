//! What stands before other services: previews of links, what a request carries along, signatures, circuit breakers.

use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, MINUTE, Sim, leaky},
};

pub(super) static MODELS: [Model; 8] = [
    Model::of::<Previews<true>>(),
    Model::of::<Previews<false>>(),
    Model::of::<Baggage<true>>(),
    Model::of::<Baggage<false>>(),
    Model::of::<Nonces<true>>(),
    Model::of::<Nonces<false>>(),
    Model::of::<Breakers<true>>(),
    Model::of::<Breakers<false>>(),
];

/// One fetch for all who want the preview of a link at the same time. A link that redirects to itself is an error that
/// goes up before the entry is taken out.
#[mapkeeper::tracked]
#[derive(Default)]
struct Previews<const BUGGY: bool> {
    #[map]
    in_flight: StdMap<u64, Vec<u64>>,
}

enum Preview {
    Asked,
    Fetched(u64, bool),
}

const LINKS: Load = Load::per_hour(16_000.0).daily(0.6).bursts(90.0, 5.0, 3.0);
const FETCH_TIME: Life = Life::log_normal(0.8, 1.1);

impl<const BUGGY: bool> Service for Previews<BUGGY> {
    type Event = Preview;
    const NAME: &'static str = if BUGGY {
        "preview-redirect-loop"
    } else {
        "preview-shared-fetch"
    };
    const ROW: Row = if BUGGY {
        Row::ErrorPath
    } else {
        Row::Healthy("requests")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Previews.in_flight", 0.01))
    } else {
        Truth::Healthy { at_most: 2_000 }
    };

    fn open(sim: &mut Sim<Preview>) -> Self {
        sim.arrive(&LINKS, Preview::Asked);
        Self::default()
    }

    fn handle(&mut self, event: Preview, sim: &mut Sim<Preview>) {
        match event {
            Preview::Asked => {
                let popular = sim.chance(0.5);
                let link = if popular { sim.below(2_000) } else { sim.id() };
                let waiter = sim.id();
                if let Some(waiters) = self.in_flight.get_mut(&link) {
                    waiters.push(waiter);
                } else {
                    leaky!(self.in_flight.insert(link, vec![waiter]));
                    let loops = !popular && sim.chance(0.02);
                    let takes = sim.draw(&FETCH_TIME);
                    sim.after(takes, Preview::Fetched(link, loops));
                }
                sim.arrive(&LINKS, Preview::Asked);
            }
            Preview::Fetched(_, true) if BUGGY => sim.lose(1),
            Preview::Fetched(link, _) => drop(self.in_flight.remove(&link)),
        }
    }

    fn held(&self) -> usize {
        self.in_flight.len()
    }
}

/// What a request carries along, taken out when its answer is written. The answer to an upgrade is written by the socket
/// that takes over.
#[mapkeeper::tracked]
#[derive(Default)]
struct Baggage<const BUGGY: bool> {
    #[map]
    of_requests: StdMap<u64, [u64; 4]>,
}

enum Ingress {
    Request,
    Answered(u64),
}

const REQUESTS: Load = Load::per_hour(18_000.0).daily(0.5);
const ANSWER_TIME: Life = Life::log_normal(0.12, 1.2);
const SOCKET_TIME: Life = Life::log_normal(1_500.0, 1.5);

impl<const BUGGY: bool> Service for Baggage<BUGGY> {
    type Event = Ingress;
    const NAME: &'static str = if BUGGY {
        "baggage-of-upgrades"
    } else {
        "baggage-of-sockets"
    };
    const ROW: Row = if BUGGY {
        Row::ErrorPath
    } else {
        Row::Healthy("requests")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Baggage.of_requests", 0.03))
    } else {
        Truth::Healthy { at_most: 4_000 }
    };

    fn open(sim: &mut Sim<Ingress>) -> Self {
        sim.arrive(&REQUESTS, Ingress::Request);
        Self::default()
    }

    fn handle(&mut self, event: Ingress, sim: &mut Sim<Ingress>) {
        match event {
            Ingress::Request => {
                let request = sim.id();
                leaky!(self.of_requests.insert(request, [request; 4]));
                let upgrades = sim.chance(0.03);
                let takes = sim.draw(if upgrades { &SOCKET_TIME } else { &ANSWER_TIME });
                if upgrades && BUGGY {
                    sim.lose(1);
                } else {
                    sim.after(takes, Ingress::Answered(request));
                }
                sim.arrive(&REQUESTS, Ingress::Request);
            }
            Ingress::Answered(request) => drop(self.of_requests.remove(&request)),
        }
    }

    fn held(&self) -> usize {
        self.of_requests.len()
    }
}

/// Nonces of signed calls: none is valid for longer than ten minutes, and `prune` is there. Nobody calls it.
#[mapkeeper::tracked]
#[derive(Default)]
struct Nonces<const BUGGY: bool> {
    #[map]
    used: StdMap<u128, u64>,
}

impl<const BUGGY: bool> Nonces<BUGGY> {
    fn prune(&mut self, now: u64) {
        self.used.retain(|_, used_at| *used_at + 10 * MINUTE > now);
    }
}

enum Signed {
    Call,
    Minute,
}

const CALLS: Load = Load::per_hour(12_000.0).daily(0.4).bursts(60.0, 3.0, 4.0);

impl<const BUGGY: bool> Service for Nonces<BUGGY> {
    type Event = Signed;
    const NAME: &'static str = if BUGGY {
        "nonces-never-pruned"
    } else {
        "nonces-pruned"
    };
    const ROW: Row = if BUGGY {
        Row::NeverRemoved
    } else {
        Row::Healthy("window")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Nonces.used", 1.0))
    } else {
        Truth::Healthy { at_most: 12_000 }
    };

    fn open(sim: &mut Sim<Signed>) -> Self {
        sim.arrive(&CALLS, Signed::Call);
        sim.round(MINUTE, Signed::Minute);
        Self::default()
    }

    fn handle(&mut self, event: Signed, sim: &mut Sim<Signed>) {
        match event {
            Signed::Call => {
                let nonce = u128::from(sim.id()) << 64 | u128::from(sim.below(u64::MAX));
                leaky!(self.used.insert(nonce, sim.now()));
                sim.lose(usize::from(BUGGY));
                sim.arrive(&CALLS, Signed::Call);
            }
            Signed::Minute => {
                if !BUGGY {
                    self.prune(sim.now());
                }
                sim.round(MINUTE, Signed::Minute);
            }
        }
    }

    fn held(&self) -> usize {
        self.used.len()
    }
}

/// A circuit breaker to each route. Routes are paths, and paths have the ids of orders in them.
#[mapkeeper::tracked]
#[derive(Default)]
struct Breakers<const BUGGY: bool> {
    #[map]
    by_route: FxHashMap<String, Breaker>,
}

#[derive(Default)]
struct Breaker {
    failures: u32,
}

const PROXIED: Load = Load::per_hour(5_000.0).daily(0.7);

impl<const BUGGY: bool> Service for Breakers<BUGGY> {
    type Event = ();
    const NAME: &'static str = if BUGGY {
        "breaker-by-path"
    } else {
        "breaker-by-pattern"
    };
    const ROW: Row = if BUGGY {
        Row::NeverRemoved
    } else {
        Row::Healthy("registry")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Breakers.by_route", 1.0))
    } else {
        Truth::Healthy { at_most: 100 }
    };

    fn open(sim: &mut Sim<()>) -> Self {
        sim.arrive(&PROXIED, ());
        Self::default()
    }

    fn handle(&mut self, (): (), sim: &mut Sim<()>) {
        let part = sim.pick(&["lines", "address", "history", "invoice"]);
        let order = if sim.chance(0.6) {
            sim.id()
        } else {
            sim.below(3_000)
        };
        let route = if BUGGY {
            format!("/orders/{order}/{part}")
        } else {
            format!("/orders/:id/{part}")
        };
        let routes = self.by_route.len();
        let breaker = leaky!(self.by_route.entry(route).or_default());
        breaker.failures = if sim.chance(0.01) {
            breaker.failures + 1
        } else {
            0
        };
        sim.lose(usize::from(BUGGY) * (self.by_route.len() - routes));
        sim.arrive(&PROXIED, ());
    }

    fn held(&self) -> usize {
        self.by_route.len()
    }

    fn stays(&self) -> u64 {
        if BUGGY { 0 } else { self.by_route.len() as u64 }
    }
}
