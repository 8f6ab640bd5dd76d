//! The traces of OpenTelemetry that entries were inserted in: those told are of entries that are still there, of whatever kind
//! of map, and never more than there is room for. Without the feature, nothing.
//!
//! A hasher whose hashes are all sampled makes every entry known in observe, and so do keys whose hash is 0.

#![allow(missing_docs)]

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    hash::{Hash, Hasher},
    thread,
};

use indexmap::IndexMap;
use mapkeeper::{InsertionTrace, MODE, Mode, SiteReport, tracked};
use mapkeeper_tests::{
    hashers::Sampled,
    sites::{TRACES, records, site},
};
use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId,
    trace::{SpanContext, TraceContextExt, TraceState},
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};

/// Does `f` in a span of this number.
fn inside<R>(number: u64, sampled: bool, f: impl FnOnce() -> R) -> R {
    let flags = TraceFlags::new(u8::from(sampled));
    let (trace, span) = (TraceId::from(u128::from(number)), SpanId::from(number));
    let span = SpanContext::new(trace, span, flags, true, TraceState::NONE);
    let _active = Context::new().with_remote_span_context(span).attach();
    f()
}

/// The number of the span that a trace tells of.
fn number(trace: &InsertionTrace) -> u64 {
    let number = u64::from_str_radix(&trace.span_id, 16).unwrap();
    assert_eq!(trace.trace_id, format!("{number:032x}"));
    number
}

fn told(site: &SiteReport) -> Vec<&InsertionTrace> {
    site.call_sites
        .iter()
        .flat_map(|line| &line.traces)
        .collect()
}

fn remembers() -> bool {
    TRACES && records()
}

/// Sampled in observe, whatever its number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u32);

impl Hash for Key {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

#[tracked]
#[derive(Default)]
struct Kinds {
    #[map]
    hashed: HashMap<u32, Option<u64>, Sampled>,
    #[map]
    ordered: BTreeMap<Key, Option<u64>>,
    #[map]
    indexed: IndexMap<u32, Option<u64>, Sampled>,
    #[map]
    shared: dashmap::DashMap<u32, Option<u64>, Sampled>,
}

/// What all kinds of maps do.
trait Kind {
    const SITE: &'static str;
    fn insert(&mut self, key: u32, value: Option<u64>);
    fn remove(&mut self, key: u32);
    fn retain_even(&mut self);
    fn clear(&mut self);
    fn values(&self) -> Vec<Option<u64>>;
}

macro_rules! kind {
    ($name:ident, $field:ident, $remove:ident, $site:literal, $key:expr, $values:expr) => {
        struct $name(Kinds);
        impl Kind for $name {
            const SITE: &'static str = $site;
            fn insert(&mut self, key: u32, value: Option<u64>) {
                self.0.$field.insert($key(key), value);
            }
            fn remove(&mut self, key: u32) {
                self.0.$field.$remove(&$key(key));
            }
            fn retain_even(&mut self) {
                self.0
                    .$field
                    .retain(|_, value| value.is_none_or(|n| n % 2 == 0));
            }
            fn clear(&mut self) {
                self.0.$field.clear();
            }
            fn values(&self) -> Vec<Option<u64>> {
                $values(&self.0)
            }
        }
    };
}

kind!(
    Hashed,
    hashed,
    remove,
    "Kinds.hashed",
    |n| n,
    |kinds: &Kinds| kinds.hashed.values().copied().collect()
);
kind!(
    Ordered,
    ordered,
    remove,
    "Kinds.ordered",
    Key,
    |kinds: &Kinds| { kinds.ordered.values().copied().collect() }
);
kind!(
    Indexed,
    indexed,
    swap_remove,
    "Kinds.indexed",
    |n| n,
    |kinds: &Kinds| { kinds.indexed.values().copied().collect() }
);
kind!(
    Shared,
    shared,
    remove,
    "Kinds.shared",
    |n| n,
    |kinds: &Kinds| kinds.shared.iter().map(|entry| *entry.value()).collect()
);

/// Each entry has the number of its span as its value; one that is emptied is known by what it was.
fn those_told_are_there<K: Kind>(mut map: K, seed: u64) {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut last = 0;
    let mut known_once = false;
    for round in 0..60 {
        for _ in 0..random.random_range(1..60) {
            let key = random.random_range(0..150);
            match random.random_range(0..10) {
                0..6 => {
                    // A key that is there stays, with the trace it came with; take it out first.
                    map.remove(key);
                    last += 1;
                    inside(last, last % 3 == 0, || map.insert(key, Some(last)));
                }
                6..9 => map.remove(key),
                _ => {}
            }
        }
        match round % 20 {
            7 => map.retain_even(),
            19 => map.clear(),
            _ => {}
        }
        let site = site(K::SITE);
        let there: Vec<u64> = map.values().into_iter().flatten().collect();
        let traces = told(&site);
        for trace in &traces {
            let number = number(trace);
            assert!(there.contains(&number), "{number} left {}", K::SITE);
            assert_eq!(trace.sampled, number.is_multiple_of(3));
            assert!(!trace.vacant);
        }
        assert!(traces.len() <= 4);
        let ranks: Vec<bool> = traces.iter().map(|trace| !trace.sampled).collect();
        assert!(ranks.is_sorted(), "those of recorded traces come first");
        known_once |= !traces.is_empty();
    }
    assert_eq!(known_once, remembers(), "{}", K::SITE);
    map.clear();
    assert_eq!(told(&site(K::SITE)), Vec::<&InsertionTrace>::new());
}

#[test]
fn traces_are_those_of_entries_that_are_there() {
    for seed in 0..4 {
        those_told_are_there(Hashed(Kinds::default()), seed);
        those_told_are_there(Ordered(Kinds::default()), seed);
        those_told_are_there(Indexed(Kinds::default()), seed);
        those_told_are_there(Shared(Kinds::default()), seed);
    }
}

#[tracked]
#[derive(Default)]
struct Emptied {
    #[map]
    map: HashMap<u32, Option<u32>, Sampled>,
}

#[test]
fn vacant_entries_are_told_apart() {
    let mut s = Emptied::default();
    s.map.reserve(200);
    for n in 0..40 {
        inside(u64::from(n) + 1, true, || s.map.insert(n, Some(n)));
    }
    for n in [3, 5, 7] {
        // A line is told of by those that came; where it was emptied is another matter.
        s.map.insert(n, None);
    }
    s.map.insert(5, Some(5));
    s.map.remove(&7);
    let site = site("Emptied.map");
    let vacant: Vec<u64> = told(&site)
        .into_iter()
        .filter(|trace| trace.vacant)
        .map(number)
        .collect();
    assert_eq!(vacant, if remembers() { vec![4] } else { Vec::new() });
    let full: Vec<u64> = told(&site)
        .into_iter()
        .filter(|trace| !trace.vacant)
        .map(number)
        .collect();
    assert_eq!(full.len(), if remembers() { 4 } else { 0 });
}

#[tracked]
#[derive(Default)]
struct Full {
    #[map]
    map: HashMap<u32, u32, Sampled>,
}

#[test]
fn what_found_no_room_is_counted_and_room_comes_back() {
    let fill = |map: &mut Full, from: u32| {
        for n in from..from + 500 {
            inside(u64::from(n) + 1, true, || map.map.insert(n, n));
        }
    };
    let mut s = Full::default();
    s.map.reserve(1_000);
    fill(&mut s, 0);
    // In observe a sample carries its trace, in strict sixteen of a line have room.
    let dropped = if remembers() && MODE == Mode::Strict {
        484
    } else {
        0
    };
    assert_eq!(site("Full.map").traces_dropped, dropped);
    s.map.clear();
    assert!(told(&site("Full.map")).is_empty());
    fill(&mut s, 1_000);
    let site = site("Full.map");
    assert_eq!(site.traces_dropped, 2 * dropped);
    let numbers = told(&site).into_iter().map(number);
    assert!(numbers.clone().all(|number| number > 1_000));
    assert_eq!(numbers.count(), if remembers() { 4 } else { 0 });
}

#[tracked]
#[derive(Default)]
struct Copied {
    #[map]
    map: HashMap<u32, u32, Sampled>,
}

impl Clone for Copied {
    fn clone(&self) -> Self {
        Self {
            map: self.map.clone(),
        }
    }
}

#[test]
fn copies_were_inserted_by_who_copied() {
    let mut s = Copied::default();
    s.map.reserve(100);
    for n in 0..10 {
        inside(u64::from(n) + 1, true, || s.map.insert(n, n));
    }
    let copy = inside(99, true, || s.clone());
    drop(s);
    let site = site("Copied.map");
    let numbers: Vec<u64> = told(&site).into_iter().map(number).collect();
    assert_eq!(numbers, if remembers() { vec![99; 4] } else { Vec::new() });
    drop(copy);
    assert!(told(&mapkeeper_tests::sites::site("Copied.map")).is_empty());
}

#[tracked]
#[derive(Default)]
struct AtTheEnd {
    #[map]
    map: HashMap<u32, u32, Sampled>,
}

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        for n in 0..200 {
            self.map.insert(n, n);
        }
    }
}

#[test]
fn a_thread_that_ends_may_still_insert() {
    thread_local! {
        static LATE: RefCell<AtTheEnd> = RefCell::default();
        static EARLY: RefCell<AtTheEnd> = RefCell::default();
    }
    let ended = thread::spawn(|| {
        EARLY.with(|early| early.borrow_mut().map.insert(500, 0));
        inside(7, true, || {
            LATE.with(|late| {
                let map = &mut late.borrow_mut().map;
                map.reserve(1_000);
                map.insert(501, 0);
            });
        });
    });
    ended.join().unwrap();
    assert_eq!(site("AtTheEnd.map").len, 0);
}

#[tracked]
#[derive(Default)]
struct Untraced {
    #[map]
    map: HashMap<u32, u32, Sampled>,
}

#[test]
fn outside_of_any_span_there_is_no_trace() {
    let mut s = Untraced::default();
    s.map.reserve(100);
    for n in 0..50 {
        s.map.insert(n, n);
    }
    inside(0, true, || s.map.insert(50, 50));
    let site = site("Untraced.map");
    assert!(told(&site).is_empty());
    assert_eq!(site.traces_dropped, 0);
}
