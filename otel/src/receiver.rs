//! A receiver of OTLP over HTTP: it decodes the protobuf of each request, and answers as it is told to.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    common::v1::{AnyValue, KeyValue, any_value::Value},
    metrics::v1::{metric::Data, number_data_point},
};
use prost::Message;

/// What requests are answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 200.
    Well,
    /// 500; what came is not looked at.
    Error,
    /// Nothing: the connection is closed.
    Nothing,
    /// Nothing until something else is to be answered.
    Later,
}

/// One figure of one metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The name of the metric.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Its description.
    pub description: String,
    /// `counter`, `sum` or `gauge`.
    pub kind: &'static str,
    /// Attributes as text.
    pub attributes: BTreeMap<String, String>,
    /// The figure.
    pub value: f64,
}

/// One log record.
#[derive(Clone, Debug)]
pub struct Record {
    /// The name of the event.
    pub event: String,
    /// The sentence.
    pub body: String,
    /// `WARN` and the like.
    pub severity: String,
    /// The trace it belongs to, in hexadecimal digits; empty if to none.
    pub trace_id: String,
    /// The span.
    pub span_id: String,
    /// Attributes as text.
    pub attributes: BTreeMap<String, String>,
}

/// One span.
#[derive(Clone, Debug)]
pub struct Spanned {
    /// Its name.
    pub name: String,
    /// The traces and spans that it is linked to.
    pub links: Vec<(String, String)>,
    /// Whether it begins a trace of its own.
    pub is_root: bool,
}

/// All that arrived.
#[derive(Clone, Debug, Default)]
pub struct Arrived {
    /// Of the last request for metrics.
    pub series: Vec<Series>,
    /// All of them.
    pub records: Vec<Record>,
    /// All of them.
    pub spans: Vec<Spanned>,
    /// Requests, those that were answered with an error among them.
    pub requests: usize,
    /// What was no OTLP.
    pub nonsense: Vec<String>,
}

#[derive(Debug)]
struct State {
    answer: Answer,
    arrived: Arrived,
}

/// The receiver; its threads end with the process.
#[derive(Clone, Debug)]
pub struct Receiver {
    address: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Receiver {
    /// At a port of loopback that is free.
    ///
    /// # Errors
    /// If there is none.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let state = State {
            answer: Answer::Well,
            arrived: Arrived::default(),
        };
        let receiver = Self {
            address: listener.local_addr()?,
            state: Arc::new((Mutex::new(state), Condvar::new())),
        };
        let this = receiver.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let this = this.clone();
                thread::spawn(move || this.serve(stream));
            }
        });
        Ok(receiver)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What is answered from now on.
    pub fn set_answer(&self, answer: Answer) {
        self.state().answer = answer;
        self.state.1.notify_all();
    }

    /// What arrived by now.
    #[must_use]
    pub fn arrived(&self) -> Arrived {
        self.state().arrived.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, stream: TcpStream) {
        let Ok((path, body)) = request(&stream) else {
            return;
        };
        let mut state = self.state();
        state.arrived.requests += 1;
        while state.answer == Answer::Later {
            state = self
                .state
                .1
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let status = match state.answer {
            Answer::Nothing | Answer::Later => return,
            Answer::Error => "500 Internal Server Error",
            Answer::Well => match state.arrived.take(&path, &body) {
                Ok(()) => "200 OK",
                Err(why) => {
                    state.arrived.nonsense.push(format!("{path}: {why}"));
                    "400 Bad Request"
                }
            },
        };
        drop(state);
        let head = "content-type: application/x-protobuf\r\ncontent-length: 0\r\nconnection: close";
        // Who does not wait for the answer does not get it.
        let _ = write!(&stream, "HTTP/1.1 {status}\r\n{head}\r\n\r\n");
    }
}

/// The path and the body of a request.
fn request(stream: &TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((path, body))
}

impl Arrived {
    fn take(&mut self, path: &str, body: &[u8]) -> Result<(), String> {
        let why = |error: prost::DecodeError| error.to_string();
        match path {
            "/v1/metrics" => {
                let request = ExportMetricsServiceRequest::decode(body).map_err(why)?;
                self.series = series(&request);
            }
            "/v1/logs" => {
                let request = ExportLogsServiceRequest::decode(body).map_err(why)?;
                let scopes = request.resource_logs.iter().flat_map(|of| &of.scope_logs);
                let records = scopes.flat_map(|scope| &scope.log_records);
                self.records.extend(records.map(|record| Record {
                    event: record.event_name.clone(),
                    body: record.body.as_ref().map_or_else(String::new, text),
                    severity: record.severity_text.clone(),
                    trace_id: hex(&record.trace_id),
                    span_id: hex(&record.span_id),
                    attributes: attributes(&record.attributes),
                }));
            }
            "/v1/traces" => {
                let request = ExportTraceServiceRequest::decode(body).map_err(why)?;
                let scopes = request.resource_spans.iter().flat_map(|of| &of.scope_spans);
                let spans = scopes.flat_map(|scope| &scope.spans);
                self.spans.extend(spans.map(|span| {
                    Spanned {
                        name: span.name.clone(),
                        links: span
                            .links
                            .iter()
                            .map(|link| (hex(&link.trace_id), hex(&link.span_id)))
                            .collect(),
                        is_root: span.parent_span_id.iter().all(|byte| *byte == 0),
                    }
                }));
            }
            other => return Err(format!("nothing is received at {other}")),
        }
        Ok(())
    }
}

fn series(request: &ExportMetricsServiceRequest) -> Vec<Series> {
    let scopes = request
        .resource_metrics
        .iter()
        .flat_map(|of| &of.scope_metrics);
    let mut all = Vec::new();
    for metric in scopes.flat_map(|scope| &scope.metrics) {
        let (kind, points) = match &metric.data {
            Some(Data::Sum(sum)) if sum.is_monotonic => ("counter", &sum.data_points),
            Some(Data::Sum(sum)) => ("sum", &sum.data_points),
            Some(Data::Gauge(gauge)) => ("gauge", &gauge.data_points),
            _ => continue,
        };
        all.extend(points.iter().map(|point| Series {
            metric: metric.name.clone(),
            unit: metric.unit.clone(),
            description: metric.description.clone(),
            kind,
            attributes: attributes(&point.attributes),
            value: match point.value {
                Some(number_data_point::Value::AsInt(n)) => n as f64,
                Some(number_data_point::Value::AsDouble(x)) => x,
                None => f64::NAN,
            },
        }));
    }
    all
}

fn attributes(of: &[KeyValue]) -> BTreeMap<String, String> {
    let pairs = of.iter();
    pairs
        .map(|pair| {
            let value = pair.value.as_ref().map_or_else(String::new, text);
            (pair.key.clone(), value)
        })
        .collect()
}

fn text(value: &AnyValue) -> String {
    match &value.value {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::BoolValue(yes)) => yes.to_string(),
        Some(Value::IntValue(n)) => n.to_string(),
        Some(Value::DoubleValue(x)) => x.to_string(),
        other => format!("{other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
