//! The load generator: a fixed number of couriers, each on one keep-alive connection, each with
//! one request under way.

use std::{
    fmt, io,
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use axum::{
    body::Bytes,
    http::{Method, Request, StatusCode, header},
};
use hdrhistogram::Histogram;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::{net::TcpStream, task::JoinSet, time::timeout};

pub(crate) const COURIERS: u32 = 16;
/// How long a request may take; far beyond what a busy machine needs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
pub(crate) const NEW_ORDER: &[u8] =
    br#"{"customer": "Kim, 12 Harbour Street", "items": [{"sku": 4711, "quantity": 2}]}"#;

/// Why a request failed.
#[derive(Debug)]
pub(crate) enum Failure {
    Connect(io::Error),
    Http(hyper::Error),
    NoAnswer,
    Status(StatusCode),
    Body(serde_json::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(error) => write!(f, "no connection: {error}"),
            Self::Http(error) => write!(f, "the exchange broke off: {error}"),
            Self::NoAnswer => write!(f, "no answer within {} s", PATIENCE.as_secs()),
            Self::Status(status) => write!(f, "the service answered {status}"),
            Self::Body(error) => write!(f, "an answer that is no order: {error}"),
        }
    }
}

impl std::error::Error for Failure {}

impl From<hyper::Error> for Failure {
    fn from(error: hyper::Error) -> Self {
        Self::Http(error)
    }
}

/// What one stretch of load came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Latencies of the answered requests, in microseconds.
    pub(crate) latency: Histogram<u64>,
    pub(crate) errors: u64,
    pub(crate) last_failure: Option<Failure>,
    pub(crate) elapsed: Duration,
}

impl Outcome {
    pub(crate) fn new() -> Self {
        // Bounds, not `Histogram::new`: what exceeds the range is clamped to its top, and the range
        // of a histogram that resizes itself starts at 2.
        let longest = 2 * PATIENCE.as_micros() as u64;
        let latency = Histogram::new_with_bounds(1, longest, 3).expect("the bounds are valid");
        Self {
            latency,
            errors: 0,
            last_failure: None,
            elapsed: Duration::ZERO,
        }
    }

    pub(crate) fn requests_per_second(&self) -> f64 {
        self.latency.len() as f64 / self.elapsed.as_secs_f64()
    }

    pub(crate) fn record(&mut self, latency: Duration) {
        self.latency
            .saturating_record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
    }

    fn fail(&mut self, failure: Failure) {
        self.errors += 1;
        self.last_failure = Some(failure);
    }

    pub(crate) fn absorb(&mut self, other: Self) {
        self.latency
            .add(&other.latency)
            .expect("all histograms have the same bounds");
        self.errors += other.errors;
        self.last_failure = other.last_failure.or(self.last_failure.take());
    }
}

/// One keep-alive connection.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address)
            .await
            .map_err(Failure::Connect)?;
        stream.set_nodelay(true).map_err(Failure::Connect)?;
        let (sender, exchange) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(exchange);
        Ok(Self {
            sender,
            host: address.to_string(),
        })
    }

    /// Sends a POST and returns the body of a successful answer.
    pub(crate) async fn post(&mut self, path: &str, json: &'static [u8]) -> Result<Bytes, Failure> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from_static(json)))
            .expect("the paths of this program are valid");
        self.sender.ready().await?;
        let exchange = async {
            let answer = self.sender.send_request(request).await?;
            let status = answer.status();
            let body = answer.into_body().collect().await?.to_bytes();
            if status.is_success() {
                Ok(body)
            } else {
                Err(Failure::Status(status))
            }
        };
        timeout(PATIENCE, exchange)
            .await
            .unwrap_or(Err(Failure::NoAnswer))
    }
}

/// Places `count` orders.
pub(crate) async fn place_orders(address: SocketAddr, count: u32) -> Result<(), Failure> {
    let mut connection = Connection::open(address).await?;
    for _ in 0..count {
        connection.post("/orders", NEW_ORDER).await?;
    }
    Ok(())
}

/// When the couriers go home: at `end`, or once `requests` were answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shift {
    end: Instant,
    requests: u64,
    answered: &'static AtomicU64,
}

impl Shift {
    /// Starts now; `answered` is set to zero and counts along.
    pub(crate) fn start(
        length: Duration,
        requests: Option<u64>,
        answered: &'static AtomicU64,
    ) -> Self {
        answered.store(0, Relaxed);
        Self {
            end: Instant::now() + length,
            requests: requests.unwrap_or(u64::MAX),
            answered,
        }
    }

    fn is_over(self) -> bool {
        self.answered.load(Relaxed) >= self.requests || Instant::now() >= self.end
    }
}

/// Keeps every courier busy until the shift is over, on a thread of its own.
pub(crate) fn run(address: SocketAddr, shift: Shift) -> io::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(async {
        let start = Instant::now();
        let mut couriers = JoinSet::new();
        for courier in 1..=COURIERS {
            couriers.spawn(work(courier, address, shift));
        }
        let mut total = Outcome::new();
        for outcome in couriers.join_all().await {
            total.absorb(outcome);
        }
        total.elapsed = start.elapsed();
        total
    }))
}

async fn work(courier: u32, address: SocketAddr, shift: Shift) -> Outcome {
    let mut outcome = Outcome::new();
    while !shift.is_over() {
        let deliveries = async {
            let mut connection = Connection::open(address).await?;
            while !shift.is_over() {
                deliver_one(&mut connection, courier, &mut outcome, shift.answered).await?;
            }
            Ok::<(), Failure>(())
        };
        if let Err(failure) = deliveries.await {
            outcome.fail(failure);
            // A service that refuses connections is asked again, at a walking pace.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    outcome
}

/// An order that a courier was given.
#[derive(Deserialize)]
pub(crate) struct Ticket {
    pub(crate) id: u64,
}

/// A shop places an order, the courier takes the longest waiting one and completes it: as many
/// orders are open afterwards as before.
async fn deliver_one(
    connection: &mut Connection,
    courier: u32,
    outcome: &mut Outcome,
    answered: &AtomicU64,
) -> Result<(), Failure> {
    let mut timed = async |path: &str, json| {
        let start = Instant::now();
        let body = connection.post(path, json).await?;
        outcome.record(start.elapsed());
        answered.fetch_add(1, Relaxed);
        Ok::<Bytes, Failure>(body)
    };
    timed("/orders", NEW_ORDER).await?;
    let body = timed(&format!("/couriers/{courier}/next"), b"").await?;
    let ticket: Ticket = serde_json::from_slice(&body).map_err(Failure::Body)?;
    timed(&format!("/orders/{}/complete", ticket.id), b"").await?;
    Ok(())
}
