//! Strict's own account: every entry by its line, and what was left when a map went.

use std::{collections::HashMap, time::Duration};

use mapkeeper::{MODE, Mode, testing::Clock};
use mapkeeper_tests::{
    events::{capture, under},
    sites::site,
};

#[mapkeeper::tracked]
#[derive(Default)]
struct Left {
    #[map]
    map: HashMap<u32, u32>,
}

#[test]
fn the_drop_report_lists_leftovers_by_line_oldest_first() {
    let clock = Clock::drive();
    let mut s = Left::default();
    let first = line!() + 1;
    s.map.insert(1, 1);
    clock.advance(Duration::from_millis(50));
    let second = line!() + 1;
    s.map.extend([(2, 2), (3, 3)]);
    clock.advance(Duration::from_millis(50));
    let third = line!() + 1;
    s.map.entry(4).or_insert(4);
    let gone = line!() + 1;
    s.map.insert(5, 5);
    s.map.remove(&5);
    let ((), events) = capture(|| drop(s));
    let events = under(&events, "mapkeeper::drop");
    if MODE != Mode::Strict {
        return assert!(events.is_empty(), "{events:?}");
    }
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0].level, tracing::Level::WARN);
    assert_eq!(
        (events[0].field("site"), events[0].field("left")),
        ("Left.map", "4")
    );
    let message = events[0].field("message");
    let place = |line: u32| message.find(&format!("{}:{line}:", file!()));
    assert!(place(first).unwrap() < place(second).unwrap(), "{message}");
    assert!(place(second).unwrap() < place(third).unwrap(), "{message}");
    assert_eq!(place(gone), None, "{message}");
    assert!(message.contains("2 inserted at"), "{message}");
    let row = site("Left.map");
    assert_eq!((row.leftovers, row.len), (4, 0));
    let line = row
        .call_sites
        .iter()
        .find(|line| line.call_site.contains(&format!(":{second}:")))
        .unwrap();
    assert_eq!((line.births, line.live, line.leftovers), (2, 0, 2));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Quiet {
    #[map]
    map: HashMap<u32, u32>,
}

#[test]
fn a_map_that_was_emptied_says_nothing_when_it_goes() {
    let mut s = Quiet::default();
    s.map.insert(1, 1);
    s.map.clear();
    let ((), events) = capture(|| drop(s));
    assert!(
        events
            .iter()
            .all(|event| event.target == "mapkeeper::audit"),
        "{events:?}"
    );
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Lines {
    #[map]
    map: HashMap<u32, Option<u32>>,
}

/// An insertion through a helper is that of the helper's caller.
#[track_caller]
fn insert(map: &mut Lines, key: u32) {
    map.map.insert(key, Some(key));
}

#[test]
fn every_entry_is_known_by_the_line_that_inserted_it() {
    if MODE != Mode::Strict {
        return;
    }
    let mut s = Lines::default();
    for key in 0..500 {
        s.map.insert(key, Some(key));
    }
    let inserted = line!() - 2;
    let helped = line!() + 1;
    insert(&mut s, 1000);
    insert(&mut s, 1001);
    for key in 0..100 {
        s.map.remove(&key);
        s.map.insert(200 + key, None);
    }
    let emptied = line!() - 2;
    s.map.retain(|key, _| *key != 1001);
    s.map.shrink_to_fit();
    s.map.reserve(10_000);

    let row = site("Lines.map");
    let figures = |line: u32| {
        let place = format!("{}:{line}:", file!());
        let line = row
            .call_sites
            .iter()
            .find(|row| row.call_site.starts_with(&place))
            .unwrap();
        (line.births, line.live, line.residue, line.emptied)
    };
    assert_eq!(figures(inserted), (500, 400, 100, 0));
    assert_eq!(figures(helped), (1, 1, 0, 0));
    assert_eq!(figures(helped + 1), (1, 0, 0, 0));
    assert_eq!(
        figures(emptied),
        (0, 0, 0, 100),
        "a replaced value keeps its entry's line"
    );
    assert_eq!((row.len, row.residue), (401, 100));
    assert!(
        row.call_sites
            .iter()
            .all(|line| line.oldest_seconds.is_none() == (line.live == 0))
    );
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Copies {
    #[map]
    map: HashMap<u32, u32>,
}

#[test]
fn the_entries_of_a_clone_are_those_of_the_line_that_cloned() {
    if MODE != Mode::Strict {
        return;
    }
    let mut s = Copies::default();
    s.map.extend((0..100).map(|n| (n, n)));
    let cloned = line!() + 1;
    let mut copy = s.map.clone();
    copy.remove(&1);
    let row = site("Copies.map");
    let line = row
        .call_sites
        .iter()
        .find(|row| row.call_site.contains(&format!(":{cloned}:")))
        .unwrap();
    assert_eq!((line.births, line.live), (100, 99));
    assert_eq!((row.len, row.instances), (199, 2));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct ManyLines {
    #[map]
    map: HashMap<u32, u32>,
}

#[test]
fn lines_beyond_the_limit_are_counted_together_and_none_is_lost() {
    let mut s = ManyLines::default();
    macro_rules! insert_at_many_lines {
        ($($n:literal)+) => {$( s.map.insert($n, $n); s.map.entry($n + 100).or_insert($n); )+};
    }
    #[rustfmt::skip]
    insert_at_many_lines! { 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35
        36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 }
    let row = site("ManyLines.map");
    if MODE == Mode::Strict {
        assert_eq!(
            row.call_sites.iter().map(|line| line.live).sum::<u64>(),
            140
        );
        assert!(row.call_sites.len() <= 64);
    }
    if MODE != Mode::Off {
        assert_eq!(row.len, 140);
    }
}
