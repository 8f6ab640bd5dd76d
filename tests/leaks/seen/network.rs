//! Names, hosts and addresses: a resolver's answers, a client's idle connections, a limiter's buckets.

use std::net::Ipv4Addr;

use rand::RngExt;
use rustc_hash::FxHashMap;

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, MINUTE, SECOND, Sim, leaky},
};

pub(super) static MODELS: [Model; 6] = [
    Model::of::<Resolver<true>>(),
    Model::of::<Resolver<false>>(),
    Model::of::<HttpPool<true>>(),
    Model::of::<HttpPool<false>>(),
    Model::of::<Limiter<true>>(),
    Model::of::<Limiter<false>>(),
];

/// Answers live as long as their TTL says. A name that does not exist has none, and the sweep leaves it alone.
#[mapkeeper::tracked]
#[derive(Default)]
struct Resolver<const BUGGY: bool> {
    #[map]
    answers: FxHashMap<String, Answer>,
}

struct Answer {
    _address: Option<Ipv4Addr>,
    expires: Option<u64>,
}

enum Dns {
    Query,
    Sweep,
}

const QUERIES: Load = Load::per_hour(25_000.0).daily(0.6).bursts(50.0, 2.0, 4.0);
const TTLS: [u64; 6] = [30, 60, 60, 300, 3_600, 7_200];
const NAMES: f64 = 400_000.0;

impl<const BUGGY: bool> Resolver<BUGGY> {
    fn resolve(&mut self, name: String, ttl: Option<u64>, now: u64) -> bool {
        let known = self.answers.get(&name);
        if known.is_some_and(|answer| answer.expires.is_none_or(|at| at > now)) {
            return false;
        }
        let answer = Answer {
            _address: ttl.map(|ttl| Ipv4Addr::from_bits(ttl as u32)),
            expires: match ttl {
                Some(seconds) => Some(now + seconds * SECOND),
                None if BUGGY => None,
                None => Some(now + 5 * MINUTE),
            },
        };
        leaky!(self.answers.insert(name, answer)).is_none()
    }
}

impl<const BUGGY: bool> Service for Resolver<BUGGY> {
    type Event = Dns;
    const NAME: &'static str = if BUGGY {
        "dns-no-such-name"
    } else {
        "dns-cache"
    };
    const ROW: Row = if BUGGY {
        Row::ErrorPath
    } else {
        Row::Healthy("cache")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Resolver.answers", 0.027))
    } else {
        Truth::Healthy { at_most: 60_000 }
    };

    fn open(sim: &mut Sim<Dns>) -> Self {
        sim.arrive(&QUERIES, Dns::Query);
        sim.round(MINUTE, Dns::Sweep);
        Self::default()
    }

    fn handle(&mut self, event: Dns, sim: &mut Sim<Dns>) {
        let now = sim.now();
        match event {
            Dns::Query => {
                if sim.chance(0.02) {
                    let name = format!("wpad-{}.corp", sim.id());
                    let new = self.resolve(name, None, now);
                    sim.lose(usize::from(BUGGY && new));
                } else {
                    // A few names are asked for all the time, most once in a while.
                    let rank = (NAMES * sim.rng.random::<f64>().powi(5)) as u64;
                    let ttl = TTLS[rank as usize % TTLS.len()];
                    self.resolve(format!("host{rank}.example"), Some(ttl), now);
                }
                sim.arrive(&QUERIES, Dns::Query);
            }
            Dns::Sweep => {
                self.answers
                    .retain(|_, answer| answer.expires.is_none_or(|at| at > now));
                sim.round(MINUTE, Dns::Sweep);
            }
        }
    }

    fn held(&self) -> usize {
        self.answers.len()
    }
}

/// Idle connections by host, closed after 90 s. The hosts of web hooks are called once, and their empty lists stay.
#[mapkeeper::tracked]
#[derive(Default)]
struct HttpPool<const BUGGY: bool> {
    #[map]
    idle: StdMap<String, Vec<u64>>,
}

enum Http {
    Request,
    Response(String),
    Reap,
}

const REQUESTS: Load = Load::per_hour(14_000.0).daily(0.5);
const RESPONSE_TIME: Life = Life::log_normal(0.3, 1.0);

impl<const BUGGY: bool> Service for HttpPool<BUGGY> {
    type Event = Http;
    const NAME: &'static str = if BUGGY {
        "idle-pool-by-host"
    } else {
        "idle-pool-reaped"
    };
    const ROW: Row = if BUGGY {
        Row::Residue
    } else {
        Row::Healthy("residue in passing")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("HttpPool.idle", 1.0))
    } else {
        Truth::Healthy { at_most: 1_000 }
    };

    fn open(sim: &mut Sim<Http>) -> Self {
        sim.arrive(&REQUESTS, Http::Request);
        sim.round(30 * SECOND, Http::Reap);
        Self::default()
    }

    fn handle(&mut self, event: Http, sim: &mut Sim<Http>) {
        let now = sim.now();
        match event {
            Http::Request => {
                let host = if sim.chance(0.4) {
                    format!("hook-{}.customer.example", sim.id())
                } else {
                    format!("api-{}.example", sim.below(60))
                };
                if let Some(connections) = self.idle.get_mut(&host) {
                    connections.pop();
                }
                let takes = sim.draw(&RESPONSE_TIME);
                sim.after(takes, Http::Response(host));
                sim.arrive(&REQUESTS, Http::Request);
            }
            Http::Response(host) => {
                let hosts = self.idle.len();
                leaky!(self.idle.entry(host).or_default()).push(now + 90 * SECOND);
                sim.lose(usize::from(BUGGY) * (self.idle.len() - hosts));
            }
            Http::Reap => {
                for connections in self.idle.values_mut() {
                    connections.retain(|closes_at| *closes_at > now);
                }
                if !BUGGY {
                    self.idle.retain(|_, connections| !connections.is_empty());
                }
                sim.round(30 * SECOND, Http::Reap);
            }
        }
    }

    fn held(&self) -> usize {
        self.idle.len()
    }
}

/// A bucket of tokens to each address, dropped when it is full again. Banned ones are filled up at their next request,
/// which scanners do not make.
#[mapkeeper::tracked]
#[derive(Default)]
struct Limiter<const BUGGY: bool> {
    #[map]
    buckets: StdMap<u32, Bucket>,
}

struct Bucket {
    tokens: f64,
    filled_at: u64,
    banned_until: Option<u64>,
}

enum Client {
    Comes,
    Asks { address: u32, more: u64, pause: u64 },
    Sweep,
}

const CLIENTS: Load = Load::per_hour(9_000.0).daily(0.7).bursts(300.0, 10.0, 3.0);
const PAUSE: Life = Life::log_normal(25.0, 1.3);
const FULL: f64 = 20.0;
const PER_SECOND: f64 = 0.1;

impl Bucket {
    fn fill(&mut self, now: u64) {
        let seconds = (now - self.filled_at) as f64 / SECOND as f64;
        self.tokens = (self.tokens + seconds * PER_SECOND).min(FULL);
        self.filled_at = now;
    }
}

impl<const BUGGY: bool> Limiter<BUGGY> {
    /// Whether it was banned just now.
    fn ask(&mut self, address: u32, now: u64) -> bool {
        let full = || Bucket {
            tokens: FULL,
            filled_at: now,
            banned_until: None,
        };
        let bucket = leaky!(self.buckets.entry(address).or_insert_with(full));
        bucket.banned_until = bucket.banned_until.filter(|until| *until > now);
        bucket.fill(now);
        bucket.tokens -= 1.0;
        let bans = bucket.tokens < 0.0 && bucket.banned_until.is_none();
        if bans {
            bucket.banned_until = Some(now + 30 * MINUTE);
        }
        bans
    }

    fn sweep(&mut self, now: u64) {
        self.buckets.retain(|_, bucket| {
            match bucket.banned_until {
                Some(_) if BUGGY => return true,
                Some(until) if until > now => return true,
                _ => bucket.fill(now),
            }
            bucket.tokens < FULL
        });
    }
}

impl<const BUGGY: bool> Service for Limiter<BUGGY> {
    type Event = Client;
    const NAME: &'static str = if BUGGY {
        "limiter-keeps-banned"
    } else {
        "limiter-by-address"
    };
    const ROW: Row = if BUGGY {
        Row::NeverRemoved
    } else {
        Row::Healthy("limiter")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Limiter.buckets", 0.0028))
    } else {
        Truth::Healthy { at_most: 15_000 }
    };

    fn open(sim: &mut Sim<Client>) -> Self {
        sim.arrive(&CLIENTS, Client::Comes);
        sim.round(5 * MINUTE, Client::Sweep);
        Self::default()
    }

    fn handle(&mut self, event: Client, sim: &mut Sim<Client>) {
        match event {
            Client::Comes => {
                let address = sim.id() as u32;
                let (more, pause) = if sim.chance(0.004) {
                    (60, 200)
                } else {
                    (sim.below(8), 0)
                };
                let asks = Client::Asks {
                    address,
                    more,
                    pause,
                };
                sim.after(0, asks);
                sim.arrive(&CLIENTS, Client::Comes);
            }
            Client::Asks {
                address,
                more,
                pause,
            } => {
                let bans = self.ask(address, sim.now());
                sim.lose(usize::from(BUGGY && bans));
                if more > 0 {
                    let wait = if pause > 0 { pause } else { sim.draw(&PAUSE) };
                    let asks = Client::Asks {
                        address,
                        more: more - 1,
                        pause,
                    };
                    sim.after(wait, asks);
                }
            }
            Client::Sweep => {
                self.sweep(sim.now());
                sim.round(5 * MINUTE, Client::Sweep);
            }
        }
    }

    fn held(&self) -> usize {
        self.buckets.len()
    }
}
