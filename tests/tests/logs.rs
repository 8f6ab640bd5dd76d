//! What log stores get: each event as one line of JSON, with the fields that `mapkeeper::events` lists and no others.
//!
//! The list is read from its source, so that it cannot say anything else than what happens.

#![allow(missing_docs)]

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Once, OnceLock},
    time::Duration,
};

use mapkeeper::{MODE, Mode, RemovalCause, TrackedMaps, sync, tracked};
use mapkeeper_tests::{
    panics::caught,
    sites::{AUDIT, ENFORCE},
};
use serde_json::Value;

/// Ends a line, ends a string, ends an object, moves a terminal's cursor, and ends a line of JavaScript.
const HOSTILE: &str = "\"}\n{\"level\":\"INFO\"}\r\u{1b}[2J\\\u{0}\u{2028}'";

/// One field of one event, as listed.
struct Listed {
    of: (String, String),
    field: String,
    kind: String,
    always: bool,
}

/// The rows of the table whose head has this column.
fn table(column: &str) -> Vec<Vec<String>> {
    let text = include_str!("../../runtime/src/events.md");
    let is_row = |line: &&str| line.starts_with('|');
    let mut lines = text
        .lines()
        .skip_while(|line| !(is_row(line) && line.contains(column)));
    let cell = |cell: &str| cell.trim().trim_matches('`').to_owned();
    let row = |line: &str| line[1..line.len() - 1].split('|').map(cell).collect();
    lines.by_ref().take(2).for_each(drop);
    lines.take_while(is_row).map(row).collect()
}

fn listed() -> Vec<Listed> {
    let rows = table("| field |").into_iter();
    rows.map(|row| Listed {
        of: (row[0].clone(), row[1].clone()),
        field: row[2].clone(),
        kind: row[3].clone(),
        always: match row[5].as_str() {
            "always" => true,
            "maybe" => false,
            other => panic!("{other:?} says neither always nor maybe"),
        },
    })
    .collect()
}

thread_local! {
    static WRITTEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Each thread's own lines.
struct ToThread;

impl io::Write for ToThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.with_borrow_mut(|written| written.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines that `f` writes on this thread.
fn lines(f: impl FnOnce()) -> Vec<String> {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(|| ToThread)
            .init();
    });
    WRITTEN.take();
    f();
    let written = String::from_utf8(WRITTEN.take()).unwrap();
    assert!(written.is_empty() || written.ends_with('\n'));
    written.lines().map(str::to_owned).collect()
}

fn has_kind(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        other => panic!("{other:?} is no type"),
    }
}

/// Which event, with its fields.
type Told = ((String, String), BTreeMap<String, Value>);

/// Parses each line and compares it with what is listed.
fn checked(lines: &[String]) -> Vec<Told> {
    let listed = listed();
    let line = |line: &String| {
        let json: BTreeMap<String, Value> =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("no JSON ({error}): {line}"));
        let keys: Vec<&str> = json.keys().map(String::as_str).collect();
        assert_eq!(keys, ["fields", "level", "target", "timestamp"], "{line}");
        let text = |key: &str| json[key].as_str().unwrap().to_owned();
        let of = (text("target"), text("level"));
        let fields: BTreeMap<String, Value> =
            serde_json::from_value(json["fields"].clone()).unwrap();
        let known: Vec<&Listed> = listed.iter().filter(|row| row.of == of).collect();
        assert!(!known.is_empty(), "{of:?} is not listed: {line}");
        for (name, value) in &fields {
            let row = known.iter().find(|row| row.field == *name);
            let row = row.unwrap_or_else(|| panic!("{of:?}: {name} is not listed: {line}"));
            assert!(
                has_kind(value, &row.kind),
                "{name} is no {}: {line}",
                row.kind
            );
        }
        for row in known.iter().filter(|row| row.always) {
            assert!(
                fields.contains_key(&row.field),
                "{} is missing: {line}",
                row.field
            );
        }
        (of, fields)
    };
    lines.iter().map(line).collect()
}

fn hostile(_: &String, _: &Option<Arc<u32>>) -> Result<(), &'static str> {
    Err(HOSTILE)
}

fn explodes(_: &u32, _: &u32, _: RemovalCause) {
    panic!("{HOSTILE}");
}

#[tracked]
#[derive(Default)]
struct Small {
    #[map(max_len = 2, name = "evil \"}\n{\u{1b}[2J")]
    map: HashMap<u32, u32>,
}

#[tracked]
#[derive(Default)]
struct Shown {
    #[map(show_keys, guard = hostile)]
    guarded: HashMap<String, Option<Arc<u32>>>,
    #[map(show_keys)]
    map: HashMap<String, Option<Arc<u32>>>,
    #[map(on_remove = explodes)]
    hooked: HashMap<u32, u32>,
}

#[tracked]
#[derive(Default)]
struct Long {
    #[map]
    map: sync::HashMap<u32, u32>,
}

/// Everything there is to be told.
fn all_events() {
    let mut small = Small::default();
    for n in 0..3 {
        // Strict panics, and tells what is found on request.
        drop(catch_unwind(AssertUnwindSafe(|| small.map.insert(n, n))));
    }
    drop(small.check_maps());
    drop(small);

    let mut shown = Shown::default();
    for n in 0..200 {
        let value = (n % 2 == 0).then(|| Arc::new(n));
        shown.map.insert(format!("{HOSTILE}{n}"), value);
    }
    mapkeeper::report().tell_suspects();
    let key = format!("{HOSTILE}0");
    drop(shown.map.remove_tracked(key.as_str()));
    shown.map.remove(format!("{HOSTILE}2").as_str());
    shown.guarded.insert(HOSTILE.to_owned(), None);
    drop(shown.guarded.try_remove(HOSTILE));
    shown.hooked.insert(1, 1);
    let panic = caught(move || {
        let _goes = shown;
        panic!("the first");
    });
    assert_eq!(panic.unwrap_err().message, "the first");

    let long = Long::default();
    sync::set_long_hold(Duration::ZERO);
    long.map.insert(1, 1);
    drop(long.map.get(&1));
    sync::set_long_hold(Duration::from_secs(1));
}

/// All of them, once: many are told once a minute.
fn told() -> &'static [Told] {
    static ONCE: OnceLock<Vec<Told>> = OnceLock::new();
    ONCE.get_or_init(|| checked(&lines(all_events)))
}

#[test]
fn every_event_is_one_line_with_the_fields_that_are_listed() {
    let seen: BTreeSet<(String, String)> = told().iter().map(|(of, _)| of.clone()).collect();
    let events = table("| event |")
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()));
    let events: BTreeSet<(String, String)> = events.collect();
    let with_fields = listed().into_iter().map(|row| row.of).collect();
    assert_eq!(
        events, with_fields,
        "the two tables are about the same events"
    );
    let happens = |(target, level): &(String, String)| match (target.as_str(), level.as_str()) {
        ("mapkeeper::breach" | "mapkeeper::suspect", _) => MODE != Mode::Off,
        ("mapkeeper::drop" | "mapkeeper::locks" | "mapkeeper::lifecycle", _) => {
            MODE == Mode::Strict
        }
        ("mapkeeper::audit", "INFO") => AUDIT,
        ("mapkeeper::audit", _) => ENFORCE,
        ("mapkeeper::hook", _) => true,
        other => panic!("{other:?} is not tried here"),
    };
    let expected: BTreeSet<_> = events.into_iter().filter(happens).collect();
    assert_eq!(seen, expected);
}

#[test]
fn hostile_text_stays_in_its_field() {
    let of = |target: &str, level: &str| {
        let key = (target.to_owned(), level.to_owned());
        let found = told().iter().find(|(of, _)| *of == key);
        found.map(|(_, fields)| fields.clone())
    };
    let hook = of("mapkeeper::hook", "ERROR").unwrap();
    assert!(
        hook["message"].as_str().unwrap().ends_with(HOSTILE),
        "{hook:?}"
    );
    if let Some(veto) = of("mapkeeper::audit", "WARN") {
        assert_eq!(veto["reason"], HOSTILE);
        assert_eq!(veto["key"], format!("{HOSTILE:?}"));
    }
    if let Some(breach) = of("mapkeeper::breach", "WARN") {
        assert_eq!(breach["site"], "evil \"}\n{\u{1b}[2J");
        assert_eq!(breach["clause"], "max_len");
    }
}

#[test]
fn a_suspect_is_told_once() {
    #[tracked]
    #[derive(Default)]
    struct Again {
        #[map]
        map: HashMap<u32, Option<u32>>,
    }
    told();
    let mut once = Again::default();
    for n in 0..20_000 {
        once.map.insert(n, None);
    }
    let ours = || {
        let lines = lines(|| {
            mapkeeper::report().tell_suspects();
        });
        let ours = checked(&lines).into_iter();
        ours.filter(|(_, fields)| fields["site"] == "Again.map")
            .count()
    };
    let there = usize::from(MODE != Mode::Off);
    assert_eq!([ours(), ours(), ours()], [there, 0, 0]);
    once.map.clear();
    assert_eq!(ours(), 0);
    for n in 0..20_000 {
        once.map.insert(n, None);
    }
    assert_eq!([ours(), ours()], [there, 0], "it was gone meanwhile");
}
