//! What arrives at a receiver of OTLP: the figures of a report, and breaches, leftovers and suspects in the right traces.
//!
//! One test at a time: the SDK's signals, the clock and what is installed belong to the process.

#![allow(missing_docs)]

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use mapkeeper::{MODE, Mode, testing::Clock, tracked};
use mapkeeper_otel::{Answer, Arrived, Pipeline, Receiver, Record};
use opentelemetry::trace::{TraceContextExt, Tracer, TracerProvider};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

/// Enough for any machine; nobody waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The program's own spans, which nobody exports.
fn tracer() -> SdkTracer {
    SdkTracerProvider::builder().build().tracer("program")
}

/// Does `f` in a span of its own, a trace of its own; its trace and span.
fn traced<R>(tracer: &SdkTracer, f: impl FnOnce() -> R) -> (R, (String, String)) {
    tracer.in_span("request", |context| {
        let span = context.span().span_context().clone();
        let ids = (span.trace_id().to_string(), span.span_id().to_string());
        (f(), ids)
    })
}

fn of_event<'a>(arrived: &'a Arrived, event: &str, site: &str) -> Vec<&'a Record> {
    let of_site = |record: &&Record| record.attributes.get("mapkeeper.site").unwrap() == site;
    let records = arrived.records.iter();
    records
        .filter(|record| record.event == event)
        .filter(of_site)
        .collect()
}

#[tracked]
#[derive(Default)]
struct Busy {
    #[map(max_len = 100_000)]
    orders: HashMap<u32, Option<u32>>,
    #[map]
    names: HashMap<u32, String>,
}

fn busy(busy: &mut Busy, rounds: u32) {
    for n in 0..rounds {
        busy.orders.insert(n, Some(n));
        busy.names.insert(n, n.to_string());
        if n % 3 == 0 {
            busy.orders.insert(n, None);
            busy.names.remove(&n);
            busy.names.remove(&n);
        }
    }
    busy.orders.retain(|n, _| n % 7 != 0);
}

/// What Prometheus is told, as it would be told by OTLP: by the rules that the documentation of the module gives.
fn told_to_prometheus() -> BTreeMap<(String, BTreeMap<String, String>), f64> {
    let text = mapkeeper::prometheus::Metrics::new().to_text();
    let mut told = BTreeMap::new();
    let mut below = 0.0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap();
        let mut value: f64 = value.parse().unwrap();
        let mut attributes = BTreeMap::new();
        for label in labels.trim_end_matches('}').split("\",") {
            let (key, text) = label.split_once("=\"").unwrap();
            let text = text.trim_end_matches('"');
            match key {
                "call_site" => {
                    let parts: Vec<&str> = text.rsplitn(3, ':').collect();
                    let keys = ["code.column.number", "code.line.number", "code.file.path"];
                    if parts.len() == 3 {
                        attributes.extend(
                            keys.map(str::to_owned)
                                .into_iter()
                                .zip(parts.into_iter().map(str::to_owned)),
                        );
                    } else {
                        attributes.insert("code.file.path".to_owned(), text.to_owned());
                    }
                }
                "le" => {
                    // Prometheus counts what is below each bucket's end.
                    attributes.insert("mapkeeper.up_to".to_owned(), text.to_owned());
                }
                "kind" | "fingerprint" => {
                    attributes.insert(format!("mapkeeper.suspect.{key}"), text.to_owned());
                }
                _ => {
                    attributes.insert(format!("mapkeeper.{key}"), text.to_owned());
                }
            }
        }
        let name = match name {
            "mapkeeper_lifetime_seconds_count" | "mapkeeper_lifetime_seconds_sum" => continue,
            "mapkeeper_lifetime_seconds_bucket" => {
                let all = value;
                value -= below;
                below = if attributes["mapkeeper.up_to"] == "+Inf" {
                    0.0
                } else {
                    all
                };
                "mapkeeper.lifetimes".to_owned()
            }
            "mapkeeper_table_bytes" => "mapkeeper.table".to_owned(),
            "mapkeeper_seconds_to_limit" => "mapkeeper.time_to_limit".to_owned(),
            "mapkeeper_longest_hold_seconds" => "mapkeeper.longest_hold".to_owned(),
            "mapkeeper_suspect_entries_per_hour" => "mapkeeper.suspect_growth".to_owned(),
            name => name.trim_end_matches("_total").replacen('_', ".", 1),
        };
        assert_eq!(told.insert((name, attributes), value), None, "{line}");
    }
    told
}

/// The same numbers are written in more than one way.
fn as_numbers(attributes: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let text = |text: &String| {
        text.parse::<f64>()
            .map_or_else(|_| text.clone(), |x| x.to_string())
    };
    let pairs = attributes.iter();
    pairs
        .map(|(key, value)| (key.clone(), text(value)))
        .collect()
}

#[test]
fn the_figures_that_arrive_are_those_of_the_report_and_of_prometheus() {
    let _alone = alone();
    let _clock = Clock::drive();
    let receiver = Receiver::start().unwrap();
    let pipeline = Pipeline::to(receiver.address(), PATIENCE);
    let mut maps = Busy::default();
    busy(&mut maps, 20_000);
    assert!(pipeline.flush());
    let arrived = receiver.arrived();
    assert_eq!(arrived.nonsense, Vec::<String>::new());

    let report = mapkeeper::report();
    let site = report.site("Busy.orders").unwrap();
    let figure = |metric: &str, cause: Option<&str>| -> f64 {
        let of_site = arrived.series.iter().filter(|series| {
            let cause_is = series.attributes.get("mapkeeper.cause").map(String::as_str) == cause;
            series.metric == metric
                && cause_is
                && series.attributes.get("mapkeeper.site").unwrap() == "Busy.orders"
        });
        let values: Vec<f64> = of_site.map(|series| series.value).collect();
        assert_eq!(values.len(), 1, "{metric}");
        values[0]
    };
    assert_eq!(figure("mapkeeper.entries", None), site.len as f64);
    assert_eq!(figure("mapkeeper.inserted", None), site.inserts as f64);
    assert_eq!(
        figure("mapkeeper.residue_entries", None),
        site.residue as f64
    );
    assert_eq!(figure("mapkeeper.table", None), site.table_bytes as f64);
    let filtered = site.removed.get(mapkeeper::RemovalCause::Filtered);
    assert_eq!(
        figure("mapkeeper.removed", Some("filtered")),
        filtered as f64
    );
    if MODE != Mode::Off {
        assert_eq!(maps.orders.len() as u64, site.len);
        assert_eq!(site.inserts, 20_000);
    }

    let expected: BTreeMap<_, _> = told_to_prometheus()
        .into_iter()
        .map(|((name, attributes), value)| ((name, as_numbers(&attributes)), value))
        .collect();
    let told: BTreeMap<_, _> = arrived
        .series
        .iter()
        .map(|series| {
            let key = (series.metric.clone(), as_numbers(&series.attributes));
            (key, series.value)
        })
        .collect();
    assert_eq!(told.len(), arrived.series.len(), "no series is told twice");
    for (series, value) in &told {
        assert_eq!(expected.get(series), Some(value), "{series:?}");
    }
    for series in expected.keys() {
        assert!(told.contains_key(series), "{series:?} did not arrive");
    }
    for series in &arrived.series {
        assert!(
            !series.unit.is_empty() && !series.description.is_empty(),
            "{series:?}"
        );
        let is_count = series.kind == "counter";
        let counters = [
            "inserted",
            "removed",
            "remove_misses",
            "breaches",
            "leftovers",
            "samples_dropped",
            "lifetimes",
        ];
        let name = series.metric.strip_prefix("mapkeeper.").unwrap();
        assert_eq!(is_count, counters.contains(&name), "{series:?}");
    }
}

#[tracked]
#[derive(Default)]
struct Dated {
    #[map(max_age = "1m")]
    sessions: HashMap<u32, u32>,
}

#[test]
fn a_breach_is_in_the_trace_of_the_entry_that_got_too_old() {
    let _alone = alone();
    let clock = Clock::drive();
    let receiver = Receiver::start().unwrap();
    let pipeline = Pipeline::to(receiver.address(), PATIENCE);
    let tracer = tracer();
    let mut maps = Dated::default();
    let mut traces = BTreeSet::new();
    for n in 0..2_000 {
        traces.insert(traced(&tracer, || maps.sessions.insert(n, n)).1);
    }
    clock.advance(Duration::from_secs(120));
    let later = catch_unwind(AssertUnwindSafe(|| {
        for n in 2_000..12_000 {
            traced(&tracer, || maps.sessions.insert(n, n));
            maps.sessions.remove(&n);
        }
    }));
    assert_eq!(later.is_err(), MODE == Mode::Strict, "strict panics");
    assert!(pipeline.flush());
    let arrived = receiver.arrived();
    let breaches = of_event(&arrived, "mapkeeper.breach", "Dated.sessions");
    if MODE != Mode::Observe {
        return assert_eq!(breaches.len(), 0);
    }
    let [breach] = breaches[..] else {
        panic!("one a minute: {breaches:?}")
    };
    assert!(traces.contains(&(breach.trace_id.clone(), breach.span_id.clone())));
    assert!(
        breach
            .body
            .contains("Dated.sessions keeps an entry that is"),
        "{}",
        breach.body
    );
    assert_eq!(breach.severity, "WARN");
    assert_eq!(breach.attributes["mapkeeper.clause"], "max_age");
    assert_eq!(breach.attributes["code.file.path"], file!());
    let spans = arrived
        .spans
        .iter()
        .filter(|span| span.name == "mapkeeper.breach");
    let links: Vec<_> = spans.flat_map(|span| span.links.clone()).collect();
    assert_eq!(links, [(breach.trace_id.clone(), breach.span_id.clone())]);
}

#[tracked]
#[derive(Default)]
struct Small {
    #[map(max_len = 3)]
    slots: HashMap<u32, u32>,
}

#[test]
fn another_breach_is_in_the_trace_of_the_operation_that_did_it() {
    let _alone = alone();
    let receiver = Receiver::start().unwrap();
    let pipeline = Pipeline::to(receiver.address(), PATIENCE);
    let tracer = tracer();
    let mut maps = Small::default();
    for n in 0..3 {
        traced(&tracer, || maps.slots.insert(n, n));
    }
    let (outcome, guilty) = traced(&tracer, || {
        catch_unwind(AssertUnwindSafe(|| {
            maps.slots.insert(3, 3);
            line!() - 1
        }))
    });
    assert!(pipeline.flush());
    let arrived = receiver.arrived();
    let breaches = of_event(&arrived, "mapkeeper.breach", "Small.slots");
    if MODE != Mode::Observe {
        return assert_eq!(breaches.len(), 0);
    }
    assert_eq!(breaches.len(), 1);
    let breach = breaches[0];
    assert_eq!((breach.trace_id.clone(), breach.span_id.clone()), guilty);
    assert_eq!(breach.attributes["mapkeeper.clause"], "max_len");
    assert_eq!(
        breach.attributes["code.line.number"],
        outcome.unwrap().to_string()
    );
}

#[tracked]
#[derive(Default)]
struct Dropped {
    #[map]
    parts: HashMap<u32, u32>,
}

#[test]
fn what_is_left_in_a_map_is_told_in_the_trace_that_inserted_it() {
    let _alone = alone();
    let clock = Clock::drive();
    let receiver = Receiver::start().unwrap();
    let pipeline = Pipeline::to(receiver.address(), PATIENCE);
    let tracer = tracer();
    let mut maps = Dropped::default();
    let mut traces = Vec::new();
    for n in 0..8 {
        traces.push(traced(&tracer, || maps.parts.insert(n, n)).1);
        clock.advance(Duration::from_millis(20));
    }
    for n in 0..5 {
        maps.parts.remove(&n);
    }
    drop(maps);
    assert!(pipeline.flush());
    let arrived = receiver.arrived();
    let drops = of_event(&arrived, "mapkeeper.drop", "Dropped.parts");
    if MODE != Mode::Strict {
        return assert_eq!(drops.len(), 0);
    }
    assert_eq!(drops.len(), 1);
    assert_eq!(drops[0].attributes["mapkeeper.left"], "3");
    assert_eq!(
        (&drops[0].trace_id, &drops[0].span_id),
        (&traces[5].0, &traces[5].1)
    );
    let spans = arrived
        .spans
        .iter()
        .filter(|span| span.name == "mapkeeper.drop");
    let links: Vec<_> = spans.flat_map(|span| span.links.clone()).collect();
    assert_eq!(links, traces[5..]);
}

#[tracked]
#[derive(Default)]
struct Leaky {
    #[map]
    carts: HashMap<u32, Option<u32>>,
}

#[test]
fn a_suspect_arrives_once_in_the_trace_of_an_entry_that_stayed() {
    let _alone = alone();
    let receiver = Receiver::start().unwrap();
    let pipeline = Pipeline::to(receiver.address(), PATIENCE);
    let tracer = tracer();
    let mut maps = Leaky::default();
    let mut vacant = BTreeSet::new();
    for n in 0..20_000 {
        let (_, ids) = traced(&tracer, || maps.carts.insert(n, Some(n)));
        match n % 4 {
            0 => {
                maps.carts.insert(n, None);
                vacant.insert(ids);
            }
            1 => {}
            _ => drop(maps.carts.remove(&n)),
        }
    }
    for _ in 0..3 {
        assert!(pipeline.flush());
    }
    let arrived = receiver.arrived();
    let suspects = of_event(&arrived, "mapkeeper.suspect", "Leaky.carts");
    if MODE == Mode::Off {
        return assert_eq!(suspects.len(), 0);
    }
    let [suspect] = suspects[..] else {
        panic!("told once: {suspects:?}")
    };
    let report = mapkeeper::report();
    let known = report.suspect("Leaky.carts").unwrap();
    assert_eq!(suspect.body, known.sentence);
    assert_eq!(suspect.attributes["mapkeeper.suspect.kind"], "residue");
    assert_eq!(
        suspect.attributes["mapkeeper.suspect.fingerprint"],
        known.fingerprint
    );
    let place = known.call_site.as_deref().unwrap();
    let told = ["code.file.path", "code.line.number", "code.column.number"];
    assert_eq!(
        told.map(|key| suspect.attributes[key].as_str()).join(":"),
        place
    );
    assert!(
        vacant.contains(&(suspect.trace_id.clone(), suspect.span_id.clone())),
        "{suspect:?}"
    );
    let span = arrived
        .spans
        .iter()
        .find(|span| span.name == "mapkeeper.suspect")
        .unwrap();
    assert!(span.is_root && !span.links.is_empty());
    assert!(
        span.links.iter().all(|link| vacant.contains(link)),
        "{span:?}"
    );
    assert_eq!(
        span.links[0],
        (suspect.trace_id.clone(), suspect.span_id.clone())
    );
}

#[tracked]
#[derive(Default)]
struct Patient {
    #[map(max_len = 10)]
    jobs: HashMap<u32, u32>,
}

/// A workload that is over while the receiver is as bad as it gets, and what it must have counted.
fn work(maps: &mut Patient, tracer: &SdkTracer, rounds: u32) {
    for n in 0..rounds {
        traced(tracer, || maps.jobs.insert(n % 8, n));
        maps.jobs.remove(&(n % 8));
    }
}

#[test]
fn a_receiver_that_fails_costs_the_program_nothing_and_no_count() {
    let _alone = alone();
    for answer in [Answer::Error, Answer::Nothing, Answer::Later] {
        let receiver = Receiver::start().unwrap();
        let pipeline = Pipeline::to(receiver.address(), PATIENCE);
        let tracer = tracer();
        let mut maps = Patient::default();
        receiver.set_answer(answer);
        let before = mapkeeper::report().site("Patient.jobs").unwrap().inserts;
        std::thread::scope(|scope| {
            let flushed = scope.spawn(|| pipeline.flush());
            while receiver.arrived().requests == 0 {
                std::thread::yield_now();
            }
            // A request hangs for as long as this works, where the receiver answers later.
            work(&mut maps, &tracer, 5_000);
            for _ in 0..100 {
                mapkeeper::report().tell_suspects();
            }
            receiver.set_answer(Answer::Well);
            let all_arrived = flushed.join().unwrap();
            match answer {
                Answer::Error => assert!(!all_arrived),
                Answer::Later => assert!(all_arrived),
                // The exporter tries again, then or later.
                Answer::Nothing | Answer::Well => {}
            }
        });
        assert!(pipeline.flush());
        let arrived = receiver.arrived();
        let inserted = arrived.series.iter().find(|series| {
            series.metric == "mapkeeper.inserted"
                && series.attributes["mapkeeper.site"] == "Patient.jobs"
        });
        let counted = if MODE == Mode::Off { 0 } else { before + 5_000 };
        assert_eq!(inserted.unwrap().value, counted as f64, "{answer:?}");
        assert_eq!(arrived.nonsense, Vec::<String>::new());
    }
}

#[test]
fn nobody_there_is_an_error_of_the_sdk_alone() {
    let _alone = alone();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let pipeline = Pipeline::to(nobody, Duration::from_secs(5));
    let mut maps = Patient::default();
    work(&mut maps, &tracer(), 1_000);
    assert!(!pipeline.flush());
    work(&mut maps, &tracer(), 1_000);
    assert_eq!(maps.jobs.len(), 0);
}
