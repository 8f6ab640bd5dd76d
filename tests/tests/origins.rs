//! What entries were inserted in: spans of `tracing` (feature `spans`), and the functions that called the line that
//! inserts (feature `backtrace`). Without the features, nothing.
//!
//! A hasher that gives every key the hash 0 makes all entries sampled in observe, so figures are exact in every mode.

#![allow(missing_docs)]

use std::{collections::HashMap, time::Duration};

use mapkeeper::{CallSiteReport, MODE, Mode, testing::Clock};
use mapkeeper_tests::{
    hashers::Constant,
    sites::{BACKTRACES, SPANS, records, site},
};
use rustc_hash::FxBuildHasher;
use tracing::{Span, info_span};

/// A struct whose map is recorded from its first entry on, in observe too.
macro_rules! roomy {
    ($name:ident) => {{
        let mut s = $name::default();
        s.map.reserve(1_000);
        s
    }};
}

/// Runs `f` where spans are kept track of.
fn subscribed<R>(f: impl FnOnce() -> R) -> R {
    tracing::subscriber::with_default(tracing_subscriber::registry(), f)
}

/// The one row of a site, if there is one.
fn row(name: &str) -> Option<CallSiteReport> {
    let mut rows = site(name).call_sites;
    assert!(rows.len() <= 1, "{rows:?}");
    rows.pop()
}

/// The spans of the one line of a site, as told.
fn spans(name: &str) -> Vec<(String, u64)> {
    let spans = row(name).map(|row| row.spans).unwrap_or_default();
    spans
        .into_iter()
        .map(|span| (span.name, span.births))
        .collect()
}

fn backtraces(name: &str) -> Vec<String> {
    row(name).map(|row| row.backtraces).unwrap_or_default()
}

/// `expected` where spans are noted, else nothing.
#[track_caller]
fn assert_spans(name: &str, expected: &[(&str, u64)]) {
    let mut expected: Vec<(String, u64)> = expected
        .iter()
        .map(|(name, births)| ((*name).to_owned(), *births))
        .collect();
    if !(SPANS && records()) {
        expected.clear();
    }
    assert_eq!(spans(name), expected);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Interleaved {
    #[map]
    map: HashMap<u32, Option<u32>, Constant>,
}

#[test]
fn births_are_counted_by_the_innermost_span_they_happened_in() {
    let mut s = roomy!(Interleaved);
    subscribed(|| {
        let outer = info_span!("request").entered();
        for key in 0..400 {
            // No entry passes for one of its neighbours' spans, however fast they come.
            let inner = match key % 4 {
                0 => info_span!("login"),
                1 => info_span!("retry"),
                _ => Span::none(),
            };
            inner.in_scope(|| s.map.insert(key, None));
            if key % 8 == 7 {
                s.map.remove(&key);
            }
        }
        drop(outer);
        s.map.remove(&0);
    });
    assert_spans(
        "Interleaved.map",
        &[("request", 200), ("login", 100), ("retry", 100)],
    );
    let text = mapkeeper::report().to_string();
    let remark = text.lines().find(|line| line.contains("in spans: request"));
    assert_eq!(remark.is_some(), SPANS && records(), "{text}");
    let json: serde_json::Value = serde_json::from_str(&mapkeeper::report().to_json()).unwrap();
    let sites = json["sites"].as_array().unwrap();
    let row = sites.iter().find(|row| row["site"] == "Interleaved.map");
    let spans = &row.unwrap()["call_sites"][0]["spans"];
    assert_eq!(spans[0]["name"] == "request", SPANS && records(), "{spans}");
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Unsubscribed {
    #[map]
    map: HashMap<u32, Option<u32>, Constant>,
}

#[test]
fn what_nobody_keeps_track_of_is_not_told() {
    let mut s = roomy!(Unsubscribed);
    let mut insert = |key| s.map.insert(key, None);
    for key in 0..50 {
        info_span!("unseen").in_scope(|| insert(key));
    }
    assert_spans("Unsubscribed.map", &[]);
    subscribed(|| {
        for key in 50..60 {
            insert(key);
        }
    });
    assert_spans("Unsubscribed.map", &[("(no span)", 10)]);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct ManyNames {
    #[map]
    map: HashMap<u32, Option<u32>, Constant>,
}

#[test]
fn eight_names_are_told_apart() {
    macro_rules! spans {
        ($($name:literal)+) => { [$(info_span!($name)),+] };
    }
    let mut s = roomy!(ManyNames);
    subscribed(|| {
        let spans = spans!["a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l"];
        for key in 0..120 {
            spans[key as usize % 12].in_scope(|| s.map.insert(key, None));
        }
    });
    let mut expected = vec![("(others)", 40)];
    expected.extend(["a", "b", "c", "d", "e", "f", "g", "h"].map(|name| (name, 10)));
    assert_spans("ManyNames.map", &expected);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Large {
    #[map]
    map: HashMap<u32, u32, FxBuildHasher>,
}

#[test]
fn the_shares_of_a_large_map_are_estimated() {
    const ENTRIES: u32 = 200_000;
    let mut s = Large::default();
    subscribed(|| {
        let (often, seldom) = (info_span!("often"), info_span!("seldom"));
        for key in 0..ENTRIES {
            let span = if key % 5 == 0 { &seldom } else { &often };
            span.in_scope(|| s.map.insert(key, key));
        }
    });
    let rows = site("Large.map").call_sites;
    let told = |name: &str| -> u64 {
        let spans = rows.iter().flat_map(|row| &row.spans);
        spans
            .filter(|span| span.name == name)
            .map(|span| span.births)
            .sum()
    };
    for (name, share) in [("often", 0.8), ("seldom", 0.2)] {
        let expected = if SPANS && records() {
            f64::from(ENTRIES) * share
        } else {
            0.0
        };
        let told = told(name) as f64;
        assert!(
            (told - expected).abs() <= 0.15 * expected,
            "{name}: {told} instead of {expected}"
        );
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Helped {
    #[map]
    map: HashMap<u32, Option<u32>, Constant>,
}

#[inline(never)]
fn put(s: &mut Helped, key: u32) {
    s.map.insert(key, None);
}

#[inline(never)]
fn login(s: &mut Helped, key: u32) {
    put(s, key);
    std::hint::black_box(s);
}

#[inline(never)]
fn retry(s: &mut Helped, key: u32) {
    put(s, key);
    std::hint::black_box(s);
}

#[test]
fn a_backtrace_names_the_callers_of_the_helper_that_inserts() {
    let mut s = roomy!(Helped);
    for key in 0..100 {
        login(&mut s, 2 * key);
        retry(&mut s, 2 * key + 1);
    }
    let found = backtraces("Helped.map");
    if !(BACKTRACES && records()) {
        assert!(found.is_empty(), "{found:?}");
        return;
    }
    assert_eq!(found.len(), 2, "{found:#?}");
    for (backtrace, caller) in found.iter().zip(["login", "retry"]) {
        let frames: Vec<&str> = backtrace.lines().collect();
        assert!(frames[0].starts_with("origins::put ("), "{frames:#?}");
        let caller = format!("origins::{caller} (");
        assert!(frames[1].starts_with(&caller), "{frames:#?}");
        assert!(frames[1].contains("origins.rs:"), "{frames:#?}");
        for frame in &frames {
            for library in ["std::", "core::", "mapkeeper::", "test::"] {
                let name = frame.trim_start_matches('<');
                assert!(!name.starts_with(library), "{frames:#?}");
            }
        }
    }

    let residue = mapkeeper::report();
    let suspect = residue.suspects.iter().find(|it| it.site == "Helped.map");
    assert!(suspect.is_some(), "all of it is vacant");
    let text = residue.to_string();
    assert!(text.contains("\ncalled from  origins::put ("), "{text}");
    assert!(text.contains("\n             origins::login ("), "{text}");
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Deep {
    #[map]
    map: HashMap<u32, Option<u32>, Constant>,
}

#[inline(never)]
fn descend(s: &mut Deep, depth: u32, key: u32) {
    if depth == 0 {
        s.map.insert(key, None);
    } else {
        descend(s, depth - 1, key);
    }
    std::hint::black_box(s);
}

/// Backtraces of [`Deep`] that are `depth` calls deep.
fn as_deep_as(depth: usize) -> usize {
    let calls = |trace: &String| trace.matches("origins::descend").count();
    let found = backtraces("Deep.map");
    found
        .iter()
        .filter(|trace| calls(trace) == depth + 1)
        .count()
}

#[test]
fn backtraces_are_few_and_get_rare() {
    let taken = usize::from(BACKTRACES && records());
    let clock = Clock::drive();
    let mut s = roomy!(Deep);
    let mut step = |seconds: u64, depth: u32, key: u32| {
        clock.advance(Duration::from_secs(seconds));
        descend(&mut s, depth, key);
        [0, 1, 2, 3].map(as_deep_as)
    };
    // Seconds that pass, depth of the insertion, and backtraces known then by their depth. The first four are taken as they
    // come, later ones once a second.
    let first = [(0, 0, [taken, 0, 0, 0]); 4];
    let then = [
        (0, 1, [taken, 0, 0, 0]),
        (1, 1, [taken, taken, 0, 0]),
        (0, 2, [taken, taken, 0, 0]),
        (1, 40, [taken, taken, 0, 0]),
    ];
    // Six were taken by now, and ten more are the last.
    let same = [(1, 0, [taken, taken, 0, 0]); 10];
    let last = [(1, 3, [taken, taken, 0, 0])];
    let steps = first.into_iter().chain(then).chain(same).chain(last);
    for (key, (seconds, depth, known)) in (0..).zip(steps) {
        assert_eq!(step(seconds, depth, key), known, "insertion {key}");
    }
    let found = backtraces("Deep.map");
    assert_eq!(found.len(), 3 * taken);
    assert!(found.iter().all(|trace| trace.lines().count() <= 16));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Distinct {
    #[map]
    map: HashMap<u32, Option<u32>, Constant>,
}

#[inline(never)]
fn nest(s: &mut Distinct, depth: u32, key: u32) {
    if depth == 0 {
        s.map.insert(key, None);
    } else {
        nest(s, depth - 1, key);
    }
    std::hint::black_box(s);
}

#[test]
fn four_different_backtraces_are_kept() {
    let mut s = roomy!(Distinct);
    for key in 0..20 {
        nest(&mut s, key % 10, key);
    }
    let expected = if BACKTRACES && MODE != Mode::Off {
        4
    } else {
        0
    };
    assert_eq!(backtraces("Distinct.map").len(), expected);
}

/// An insertion at a line (or rather column) of its own, through many functions with long names.
macro_rules! through_functions {
    () => {
        |s, key| {
            through_functions_with_long_names(s, key, 24, &|s, key| {
                s.map.insert(key, None);
            });
        }
    };
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Texts {
    #[map]
    map: HashMap<u32, Option<u32>, Constant>,
}

type Insertion<'a> = &'a dyn Fn(&mut Texts, u32);

#[inline(never)]
fn through_functions_with_long_names(
    s: &mut Texts,
    key: u32,
    depth: u32,
    insertion: Insertion<'_>,
) {
    if depth == 0 {
        insertion(s, key);
    } else {
        through_functions_with_long_names(s, key, depth - 1, insertion);
    }
    std::hint::black_box(s);
}

#[test]
fn a_site_keeps_16_kib_of_backtraces_and_counts_the_rest() {
    let mut s = roomy!(Texts);
    let lines: [fn(&mut Texts, u32); 20] = [
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
        through_functions!(),
    ];
    for (key, insert) in (0..).zip(lines) {
        insert(&mut s, key);
    }
    let rows = site("Texts.map").call_sites;
    let bytes: usize = rows
        .iter()
        .flat_map(|row| &row.backtraces)
        .map(String::len)
        .sum();
    let dropped: u64 = rows.iter().map(|row| row.backtraces_dropped).sum();
    let kept = rows.iter().filter(|row| !row.backtraces.is_empty()).count() as u64;
    if BACKTRACES && MODE != Mode::Off {
        assert!((12 * 1024..=16 * 1024).contains(&bytes), "{bytes} bytes");
        assert!(dropped > 0 && kept + dropped == 20, "{kept} {dropped}");
    } else {
        assert_eq!((bytes, dropped), (0, 0));
    }
}
