//! What lives as long as a request or a connection: tables of it, and maps of its own.

use std::collections::HashMap as Table;

use crate::{
    service::{Model, Row, Service, StdMap, Truth},
    sim::{Life, Load, SECOND, Sim},
};

pub(super) static MODELS: [Model; 4] = [
    Model::of::<Pages>(),
    Model::of::<Multiplexer>(),
    Model::of::<HttpClient>(),
    Model::of::<MailSender>(),
];

const REQUESTS: Row = Row::Healthy("requests");

enum Request {
    Comes,
    Ends(u64),
    Fails(u64),
}

/// A map for each request, gone with it.
#[derive(Default)]
struct Pages {
    bytes: usize,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct PageContext {
    #[map]
    variables: StdMap<&'static str, u64>,
}

const PAGES: Load = Load::per_hour(30_000.0).daily(0.7);
const NAMES: [&str; 9] = [
    "user", "cart", "lang", "theme", "ab", "geo", "ref", "utm", "csrf",
];

impl Service for Pages {
    type Event = Request;
    const NAME: &'static str = "map-per-request";
    const ROW: Row = REQUESTS;
    const TRUTH: Truth = Truth::Healthy { at_most: 0 };

    fn open(sim: &mut Sim<Request>) -> Self {
        sim.arrive(&PAGES, Request::Comes);
        Self::default()
    }

    fn handle(&mut self, _: Request, sim: &mut Sim<Request>) {
        let mut context = PageContext::default();
        for name in &NAMES[..2 + sim.below(8) as usize] {
            context.variables.insert(name, sim.now());
        }
        self.bytes += context.variables.values().count();
        sim.arrive(&PAGES, Request::Comes);
    }

    fn held(&self) -> usize {
        0
    }
}

/// A map of streams for each connection; connections come and go, and streams in them.
#[derive(Default)]
struct Multiplexer {
    connections: Table<u64, MuxConnection>,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct MuxConnection {
    #[map]
    streams: StdMap<u64, u32>,
}

enum Mux {
    Connects,
    Opens(u64),
    Closes(u64, u64),
    Disconnects(u64),
}

const CONNECTIONS: Load = Load::per_hour(1_200.0).daily(0.6);
const CONNECTION_TIME: Life = Life::log_normal(300.0, 1.0);
const STREAM_TIME: Life = Life::log_normal(2.0, 1.2);

impl Service for Multiplexer {
    type Event = Mux;
    const NAME: &'static str = "map-per-connection";
    const ROW: Row = REQUESTS;
    const TRUTH: Truth = Truth::Healthy { at_most: 30_000 };

    fn open(sim: &mut Sim<Mux>) -> Self {
        sim.arrive(&CONNECTIONS, Mux::Connects);
        Self::default()
    }

    fn handle(&mut self, event: Mux, sim: &mut Sim<Mux>) {
        match event {
            Mux::Connects => {
                let id = sim.id();
                self.connections.insert(id, MuxConnection::default());
                let stays = sim.draw(&CONNECTION_TIME);
                for _ in 0..sim.below(60) {
                    let later = sim.below(stays);
                    sim.after(later, Mux::Opens(id));
                }
                sim.after(stays, Mux::Disconnects(id));
                sim.arrive(&CONNECTIONS, Mux::Connects);
            }
            Mux::Opens(id) => {
                if let Some(connection) = self.connections.get_mut(&id) {
                    let stream = sim.id();
                    connection.streams.insert(stream, 65_535);
                    let takes = sim.draw(&STREAM_TIME);
                    sim.after(takes, Mux::Closes(id, stream));
                }
            }
            Mux::Closes(id, stream) => {
                if let Some(connection) = self.connections.get_mut(&id) {
                    connection.streams.remove(&stream);
                }
            }
            Mux::Disconnects(id) => drop(self.connections.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        let streams = |connection: &MuxConnection| connection.streams.len();
        self.connections.values().map(streams).sum()
    }
}

/// Requests in flight, removed on success and on each kind of failure.
#[mapkeeper::tracked]
#[derive(Default)]
struct HttpClient {
    #[map]
    in_flight: StdMap<u64, u64>,
    failed: u64,
}

const CALLS: Load = Load::per_hour(40_000.0).daily(0.5).bursts(90.0, 3.0, 4.0);
const CALL_TIME: Life = Life::log_normal(0.2, 1.3);

impl HttpClient {
    fn replied(&mut self, call: u64, fails: bool) -> Result<u64, &'static str> {
        // Whatever comes of it, the call is over.
        let sent = self.in_flight.remove(&call).ok_or("nobody asked")?;
        if fails {
            Err("the reply is malformed")
        } else {
            Ok(sent)
        }
    }
}

impl Service for HttpClient {
    type Event = Request;
    const NAME: &'static str = "errors-handled";
    const ROW: Row = REQUESTS;
    const TRUTH: Truth = Truth::Healthy { at_most: 1_000 };

    fn open(sim: &mut Sim<Request>) -> Self {
        sim.arrive(&CALLS, Request::Comes);
        Self::default()
    }

    fn handle(&mut self, event: Request, sim: &mut Sim<Request>) {
        match event {
            Request::Comes => {
                let call = sim.id();
                self.in_flight.insert(call, sim.now());
                let takes = sim.draw(&CALL_TIME).min(30 * SECOND);
                let end = if sim.chance(0.03) {
                    Request::Fails(call)
                } else {
                    Request::Ends(call)
                };
                sim.after(takes, end);
                sim.arrive(&CALLS, Request::Comes);
            }
            Request::Ends(call) => drop(self.replied(call, false)),
            Request::Fails(call) => self.failed += u64::from(self.replied(call, true).is_err()),
        }
    }

    fn held(&self) -> usize {
        self.in_flight.len()
    }
}

/// A first line inserts what is sent, a second what is tried again, minutes later; both are removed.
#[mapkeeper::tracked]
#[derive(Default)]
struct MailSender {
    #[map]
    outgoing: StdMap<(u64, u8), u64>,
}

enum Mail {
    New,
    Tried(u64, u8),
    Again(u64, u8),
}

const MAILS: Load = Load::per_hour(12_000.0).daily(0.8);
const MAIL_TIME: Life = Life::log_normal(3.0, 1.0);
const RETRY_TIME: Life = Life::pareto(120.0, 1.5);

impl Service for MailSender {
    type Event = Mail;
    const NAME: &'static str = "retries-handled";
    const ROW: Row = REQUESTS;
    const TRUTH: Truth = Truth::Healthy { at_most: 2_000 };

    fn open(sim: &mut Sim<Mail>) -> Self {
        sim.arrive(&MAILS, Mail::New);
        Self::default()
    }

    fn handle(&mut self, event: Mail, sim: &mut Sim<Mail>) {
        match event {
            Mail::New => {
                let id = sim.id();
                self.outgoing.insert((id, 0), sim.now());
                let takes = sim.draw(&MAIL_TIME);
                sim.after(takes, Mail::Tried(id, 0));
                sim.arrive(&MAILS, Mail::New);
            }
            Mail::Tried(id, attempt) => {
                self.outgoing.remove(&(id, attempt));
                if attempt < 5 && sim.chance(0.08) {
                    let next = attempt + 1;
                    self.outgoing.insert((id, next), sim.now());
                    let later = sim.draw(&RETRY_TIME);
                    sim.after(later, Mail::Again(id, next));
                }
            }
            Mail::Again(id, attempt) => {
                let takes = sim.draw(&MAIL_TIME);
                sim.after(takes, Mail::Tried(id, attempt));
            }
        }
    }

    fn held(&self) -> usize {
        self.outgoing.len()
    }
}
