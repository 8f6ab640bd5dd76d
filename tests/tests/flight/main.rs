//! The flight recorder: the last operations of maps, in strict; and that the other modes record none and say so.
//!
//! All maps of the process are in it, so every test has sites of its own.

#![allow(missing_docs)]

mod faults;
mod kinds;
mod model;
mod returns;
mod trace;

use std::{collections::HashMap, thread, time::Duration};

use mapkeeper::{FlightRecord, MODE, MapFlight, Mode, Operation, flight_recorder, testing::Clock};
use rustc_hash::FxBuildHasher;
use serde_json::Value;

/// Whether operations are recorded; where not, a test of them ends at once.
pub(crate) const KNOWN: bool = matches!(MODE, Mode::Strict);

/// The maps of one site that are in the recorder.
pub(crate) fn flights(site: &str) -> Vec<MapFlight> {
    let mut maps = flight_recorder().maps;
    maps.retain(|map| map.site == site);
    maps
}

/// The only map of a site.
pub(crate) fn flight(site: &str) -> MapFlight {
    let mut maps = flights(site);
    assert_eq!(maps.len(), 1, "maps of {site}");
    maps.remove(0)
}

/// What was done, and at which line of this test.
pub(crate) fn steps(records: &[FlightRecord], file: &str) -> Vec<(Operation, Option<u32>)> {
    let line = |record: &FlightRecord| {
        let place = record.call_site.as_deref()?.strip_prefix(file)?;
        place.split(':').nth(1)?.parse().ok()
    };
    records
        .iter()
        .map(|record| (record.operation, line(record)))
        .collect()
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Desk {
    #[map]
    calls: HashMap<u32, u32>,
    #[map]
    empty: HashMap<u32, u32>,
}

#[test]
fn every_operation_is_told_with_its_line_thread_and_time() {
    if !KNOWN {
        return;
    }
    let clock = Clock::drive();
    let started = clock.now().as_millis() as u64;
    let mut desk = Desk::default();
    let first = line!() + 1;
    desk.calls.insert(1, 10);
    clock.advance(Duration::from_millis(250));
    desk.calls.insert(1, 11);
    desk.calls.remove(&1);
    desk.calls.remove(&1);
    desk.calls.extend([(2, 2), (3, 3), (4, 4)]);
    clock.advance(Duration::from_millis(250));
    desk.calls.retain(|key, _| *key == 4);
    desk.calls.clear();
    let map = flight("Desk.calls");
    let steps = steps(&map.operations, file!());
    let is = |operation, line: u32| (operation, Some(first + line));
    assert_eq!(
        steps,
        [
            is(Operation::Inserted, 0),
            is(Operation::Replaced, 2),
            is(Operation::Removed, 3),
            is(Operation::Missed, 4),
            is(Operation::Inserted, 5),
            is(Operation::Inserted, 5),
            is(Operation::Inserted, 5),
            is(Operation::Filtered, 7),
            is(Operation::Cleared, 8),
        ]
    );
    let entries: Vec<u64> = map.operations.iter().map(|it| it.entries).collect();
    assert_eq!(entries, [1, 1, 1, 1, 1, 1, 1, 2, 1]);
    let hashes: Vec<_> = map.operations.iter().map(|it| it.key_hash).collect();
    assert!(hashes[..4].iter().all(|hash| *hash == hashes[0]));
    assert!(hashes[0].is_some() && hashes[4] != hashes[0] && hashes[4] != hashes[5]);
    assert_eq!(hashes[7..], [None, None]);
    let me = thread::current();
    for (nth, record) in map.operations.iter().enumerate() {
        assert_eq!(Some(record.thread_name.as_str()), me.name());
        assert_eq!(record.key, None, "keys are shown on request only");
        let since = [0, 250, 500][usize::from(nth > 0) + usize::from(nth > 6)];
        assert_eq!(record.at_ms, (started + since) / 10 * 10);
    }
    assert_eq!((map.dropped, map.gone), (0, false));
    drop(desk);
    assert!(flight("Desk.calls").gone);
}

#[test]
fn a_map_that_never_had_an_entry_is_not_in_it() {
    let mut desk = Desk::default();
    desk.empty.remove(&1);
    assert!(flights("Desk.empty").is_empty());
    assert!(desk.empty.history(&1).is_empty());
}

#[test]
fn off_and_observe_record_none_and_say_which_mode_does() {
    if KNOWN {
        return;
    }
    let mut desk = Desk::default();
    for key in 0..1_000 {
        desk.calls.insert(key, key);
    }
    desk.calls.remove(&1);
    let recorder = flight_recorder();
    assert!(recorder.maps.is_empty());
    assert_eq!((recorder.maps_dropped, recorder.operations_dropped), (0, 0));
    let history = desk.calls.history(&1);
    assert!(history.is_empty() && history.site.is_none());
    assert!(
        history.to_string().contains("feature `strict`"),
        "{history}"
    );
    let json: Value = serde_json::from_str(&recorder.to_json()).unwrap();
    assert_eq!(json["mode"], MODE.as_str());
    assert_eq!(json["maps"], Value::Array(Vec::new()));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Relay {
    #[map]
    jobs: HashMap<u32, u32>,
}

#[test]
fn threads_keep_their_names_after_they_ended() {
    if !KNOWN {
        return;
    }
    let mut relay = Relay::default();
    for name in ["fetcher", "writer"] {
        relay = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                relay.jobs.insert(1, 1);
                relay
            })
            .unwrap()
            .join()
            .unwrap();
    }
    let nameless = thread::spawn(move || {
        relay.jobs.remove(&1);
        (relay, format!("{:?}", thread::current().id()))
    });
    let (_relay, id) = nameless.join().unwrap();
    let map = flight("Relay.jobs");
    let by: Vec<&str> = map
        .operations
        .iter()
        .map(|it| it.thread_name.as_str())
        .collect();
    assert_eq!(by, ["fetcher", "writer", &id]);
    let numbers: Vec<u16> = map.operations.iter().map(|it| it.thread).collect();
    assert!(numbers[0] != numbers[1] && numbers[1] != numbers[2]);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Shown {
    /// With hashes that are the same each time: of two keys whose hashes end alike, one text gives way.
    #[map(show_keys)]
    names: HashMap<String, u32, FxBuildHasher>,
}

#[test]
fn the_json_is_versioned_and_holds_hostile_keys() {
    if !KNOWN {
        return;
    }
    let keys = [
        "quote\" back\\slash",
        "line\nbreak\r\t\u{0}\u{1b}[31m",
        "</script><!--",
        "\u{202e}right\u{feff}",
        "",
    ];
    let mut shown = Shown::default();
    for key in keys {
        shown.names.insert(key.to_owned(), 1);
    }
    let long = "ü".repeat(500);
    shown.names.insert(long.clone(), 1);
    let recorder = flight_recorder();
    let json: Value = serde_json::from_str(&recorder.to_json()).unwrap();
    assert_eq!(json["schema"], "mapkeeper.flight/1");
    assert_eq!(json["mode"], "strict");
    assert_eq!(json["step_ms"], 10);
    let maps = json["maps"].as_array().unwrap();
    let map = maps
        .iter()
        .find(|map| map["site"] == "Shown.names")
        .unwrap();
    let operations = map["operations"].as_array().unwrap();
    assert_eq!(operations.len(), keys.len() + 1);
    for (operation, key) in operations.iter().zip(keys) {
        assert_eq!(operation["operation"], "inserted");
        assert_eq!(operation["key"], format!("{key:?}"));
        let hash = operation["key_hash"].as_str().unwrap();
        assert!(hash.len() == 16 && u64::from_str_radix(hash, 16).is_ok());
    }
    let cut = operations[keys.len()]["key"].as_str().unwrap();
    assert!(cut.len() < 80 && cut.ends_with('…'), "{cut}");
    assert!(format!("{long:?}").starts_with(cut.trim_end_matches('…')));
    for key in keys {
        let text = shown.names.history(key).to_string();
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(!text.contains('\u{1b}'));
    }
}

#[test]
fn a_history_reads_as_a_timeline() {
    if !KNOWN {
        return;
    }
    let clock = Clock::drive();
    let mut shown = Timeline::default();
    shown.names.insert("ada".to_owned(), 1);
    clock.advance(Duration::from_millis(1_200));
    shown.names.remove("ada");
    clock.advance(Duration::from_millis(20));
    shown.names.insert("ada".to_owned(), 2);
    shown.names.insert("bob".to_owned(), 2);
    clock.advance(Duration::from_millis(80));
    shown.names.clear();
    let text = shown.names.history("ada").to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "Timeline.names, key \"ada\"");
    let starts = [
        "      -1.3 s  inserted ",
        "     -100 ms  removed ",
        "      -80 ms  inserted ",
        "       -0 ms  cleared ",
    ];
    assert_eq!(lines.len(), 1 + starts.len(), "{text}");
    for (line, start) in lines[1..].iter().zip(starts) {
        assert!(line.starts_with(start), "{text}");
        assert!(line.contains(file!()), "{text}");
    }
    assert!(lines[3].ends_with("(came back after 20 ms)"), "{text}");
    assert!(lines[4].ends_with("(2 entries)"), "{text}");
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Timeline {
    #[map(show_keys)]
    names: HashMap<String, u32, FxBuildHasher>,
}
