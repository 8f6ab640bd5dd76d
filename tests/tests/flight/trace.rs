//! The trace, read by rules of the trace event format and not by the code that wrote it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    thread,
    time::Duration,
};

use mapkeeper::{flight_recorder, testing::Clock};
use serde_json::Value;

use super::KNOWN;

#[mapkeeper::tracked]
#[derive(Default)]
struct Traced {
    #[map(show_keys)]
    map: HashMap<String, u32>,
}

/// The events of a trace, each with the fields that the format asks for.
fn events(trace: &str) -> Vec<Value> {
    let trace: Value = serde_json::from_str(trace).unwrap();
    let events = trace["traceEvents"].as_array().unwrap().clone();
    let pid = u64::from(std::process::id());
    for event in &events {
        let ph = event["ph"].as_str().unwrap();
        assert!(
            event["name"].as_str().is_some_and(|name| !name.is_empty()),
            "{event}"
        );
        assert!(event["ts"].is_u64(), "{event}");
        assert_eq!(event["pid"], pid);
        assert!(event["tid"].is_u64(), "{event}");
        match ph {
            "M" => assert!(event["args"]["name"].is_string(), "{event}"),
            "i" => assert!(["g", "p", "t"].contains(&event["s"].as_str().unwrap())),
            "b" | "e" => {
                assert!(
                    event["id"].is_string() && event["cat"].is_string(),
                    "{event}"
                );
            }
            other => panic!("no phase of ours: {other}"),
        }
    }
    events
}

#[test]
fn the_trace_is_one_that_viewers_read() {
    let clock = Clock::drive();
    let mut traced = Traced::default();
    let insert = |traced: &mut Traced, key: &str| {
        traced.map.insert(key.to_owned(), 1);
    };
    insert(&mut traced, "a\"\n");
    insert(&mut traced, "b");
    clock.advance(Duration::from_millis(500));
    traced.map.remove("a\"\n");
    traced = thread::Builder::new()
        .name("other \"thread\"".to_owned())
        .spawn(move || {
            traced.map.remove("b");
            traced
        })
        .unwrap()
        .join()
        .unwrap();
    insert(&mut traced, "c");
    traced.map.clear();
    let recorder = flight_recorder();
    let events = events(&recorder.to_chrome_trace());
    let ours = |event: &&Value| event["cat"] == "Traced.map";
    if !KNOWN {
        assert!(!events.iter().any(|event| ours(&event)));
        return;
    }
    // Every record of every map is one instant.
    let records: usize = recorder.maps.iter().map(|map| map.operations.len()).sum();
    let instants = events.iter().filter(|event| event["ph"] == "i").count();
    assert_eq!(instants, records);

    let instants: Vec<&Value> = events
        .iter()
        .filter(ours)
        .filter(|event| event["ph"] == "i")
        .collect();
    let names: Vec<&str> = instants
        .iter()
        .map(|event| event["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "inserted Traced.map",
            "inserted Traced.map",
            "removed Traced.map",
            "removed Traced.map",
            "inserted Traced.map",
            "cleared Traced.map",
        ]
    );
    let times: Vec<u64> = instants
        .iter()
        .map(|event| event["ts"].as_u64().unwrap())
        .collect();
    assert!(times.windows(2).all(|two| two[0] < two[1]), "{times:?}");
    assert_eq!((times[2] - times[0]) / 10_000, 50);

    // Both lives that are over are spans, from their insertion to their removal.
    let mut spans: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for event in events
        .iter()
        .filter(ours)
        .filter(|event| event["ph"] != "i")
    {
        spans
            .entry(event["id"].as_str().unwrap())
            .or_default()
            .push(event);
    }
    assert_eq!(spans.len(), 2);
    let mut names = BTreeSet::new();
    for span in spans.values() {
        let phases: Vec<&str> = span.iter().map(|end| end["ph"].as_str().unwrap()).collect();
        assert_eq!(phases, ["b", "e"]);
        assert!(span[0]["ts"].as_u64() < span[1]["ts"].as_u64());
        assert_eq!(span[0]["name"], span[1]["name"]);
        names.insert(span[0]["name"].as_str().unwrap());
    }
    assert_eq!(names, BTreeSet::from([r#""a\"\n""#, r#""b""#]));

    // Every thread that did something has its name.
    let named: BTreeMap<u64, &str> = events
        .iter()
        .filter(|event| event["ph"] == "M" && event["name"] == "thread_name")
        .map(|event| {
            let name = event["args"]["name"].as_str().unwrap();
            (event["tid"].as_u64().unwrap(), name)
        })
        .collect();
    assert!(
        instants
            .iter()
            .all(|event| named.contains_key(&event["tid"].as_u64().unwrap()))
    );
    assert_eq!(
        named[&instants[3]["tid"].as_u64().unwrap()],
        "other \"thread\""
    );
}
