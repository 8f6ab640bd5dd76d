//! The steps of a life, as strict knows them.

use std::{collections::HashMap, time::Duration};

use mapkeeper::{MODE, Mode, RemovalCause, testing::Clock};
use mapkeeper_tests::{
    events::{capture, under},
    panics::caught,
    sites::site,
};

use crate::{ALL, seconds};

macro_rules! sites {
    ($($site:ident),+) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map]
            map: HashMap<u32, Option<u32>>,
        }
    )+};
}

sites!(Steps, Told, Panicking, Vacated, Crowded);

#[test]
fn an_entry_knows_when_and_where_it_was_created_and_vacated() {
    let clock = Clock::drive();
    let mut s = Steps::default();
    assert_eq!(s.map.lifecycle(&1), None);
    let born = clock.now();
    let (created, vacated) = (line!() + 1, line!() + 3);
    s.map.insert(1, Some(1));
    clock.advance(seconds(3));
    *s.map.get_mut(&1).unwrap() = None;
    s.map.insert(2, Some(2));
    if !ALL {
        return assert_eq!(s.map.lifecycle(&1), None);
    }
    let life = s.map.lifecycle(&1).unwrap();
    assert_eq!(life.created.line.unwrap().line(), created);
    assert_eq!(life.created.line.unwrap().file(), file!());
    assert!(born - life.created.time.unwrap() < Duration::from_millis(10));
    assert!(life.age().unwrap() - seconds(3) < Duration::from_millis(10));
    let step = life.vacated.unwrap();
    assert_eq!(step.line.unwrap().line(), vacated);
    assert!(born + seconds(3) - step.time.unwrap() < Duration::from_millis(10));
    assert_eq!((life.removed, life.dropped), (None, None));
    assert_eq!(s.map.lifecycle(&2).unwrap().vacated, None);

    let removed = line!() + 1;
    let guard = s.map.remove_tracked(&1).unwrap();
    clock.advance(seconds(100));
    let life = guard.lifecycle().unwrap();
    let (step, cause) = life.removed.unwrap();
    assert_eq!(
        (step.line.unwrap().line(), cause),
        (removed, RemovalCause::Removed)
    );
    assert_eq!(step.time, Some(born + seconds(3)));
    assert!(
        life.age().unwrap() - seconds(3) < Duration::from_millis(10),
        "it ended when it left"
    );
    let text = life.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    let columns: Vec<_> = lines.iter().map(|line| line.find(file!())).collect();
    assert!(
        columns[0].is_some() && columns.iter().all(|column| *column == columns[0]),
        "{text}"
    );
    assert!(
        lines[1].starts_with("vacated") && !text.contains('?'),
        "{text}"
    );
}

/// The time at which the value of `key` became vacant.
fn vacated_at(s: &Vacated, key: u32) -> Option<Duration> {
    s.map.lifecycle(&key)?.vacated?.time
}

#[test]
fn each_vacant_entry_has_a_time_of_its_own_for_as_long_as_it_is_vacant() {
    let clock = Clock::drive();
    let mut s = Vacated::default();
    s.map.extend((0..40).map(|key| (key, Some(key))));
    let mut times: HashMap<u32, Duration> = HashMap::new();
    let mut random = 7_u32;
    for _ in 0..2_000 {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (key, what) = ((random >> 8) % 40, (random >> 16) % 8);
        clock.advance(Duration::from_millis(10));
        match what {
            0 => {
                s.map.remove(&key);
                times.remove(&key);
            }
            1..=3 => {
                s.map.insert(key, Some(key));
                times.remove(&key);
            }
            4 => {
                s.map.retain(|known, _| *known != key);
                times.remove(&key);
            }
            _ => {
                // What is vacant already stays so since then.
                s.map.insert(key, None);
                times.entry(key).or_insert(clock.now());
            }
        }
        if ALL {
            for key in 0..40 {
                let ours = vacated_at(&s, key);
                let known = times.get(&key).copied();
                assert_eq!(ours.is_some(), known.is_some(), "{key}");
                let apart = ours.zip(known).map(|(ours, known)| known.abs_diff(ours));
                assert!(apart.is_none_or(|apart| apart < Duration::from_millis(10)));
            }
        }
    }
    if ALL {
        assert!(!times.is_empty());
        let copied = Vacated { map: s.map.clone() };
        let now = clock.now();
        for key in times.keys() {
            assert!(now - vacated_at(&copied, *key).unwrap() < Duration::from_millis(10));
        }
        drop(copied);
        s.map.clear();
        s.map.insert(1, Some(1));
        assert_eq!(vacated_at(&s, 1), None);
        assert_eq!(site("Vacated.map").samples_dropped, 0);
    }
}

#[test]
fn vacant_entries_that_find_no_note_are_counted_and_notes_are_given_back() {
    const ROOM: u64 = 1_024;
    if !ALL {
        return;
    }
    let fill = |n: u32| {
        let mut s = Crowded::default();
        s.map.extend((0..n).map(|key| (key, None)));
        let timed = (0..n).filter(|key| {
            let vacated = s.map.lifecycle(key).unwrap().vacated.unwrap();
            assert_eq!(vacated.line.unwrap().file(), file!());
            vacated.time.is_some()
        });
        (timed.count() as u64, s)
    };
    let dropped = || site("Crowded.map").samples_dropped;
    for round in 1..4 {
        let (timed, s) = fill(3_000);
        assert_eq!(timed, ROOM);
        // Another map of the site finds none.
        let (other, _other) = fill(10);
        assert_eq!((other, dropped()), (0, round * (3_000 - ROOM + 10)));
        drop(s);
    }
    let text = mapkeeper::report().to_string();
    assert!(
        text.contains("times of vacated entries not noted"),
        "{text}"
    );
    // A map that is forgotten for good keeps its notes; that is all it costs.
    std::mem::forget(fill(24).1);
    assert_eq!(fill(2_000).0, ROOM - 24);
}

#[test]
fn the_end_is_an_event_with_all_steps() {
    let clock = Clock::drive();
    let mut s = Told::default();
    s.map.extend([(1, Some(1)), (2, Some(2))]);
    let ((), events) = capture(|| {
        let guard = s.map.remove_tracked(&1);
        clock.advance(Duration::from_millis(1_500));
        drop(guard);
        s.map.remove_tracked(&2).unwrap().into_inner();
    });
    let told = under(&events, "mapkeeper::lifecycle");
    if !ALL {
        return assert!(told.is_empty(), "{told:?}");
    }
    let field = |name| {
        told.iter()
            .map(|event| event.field(name))
            .collect::<Vec<_>>()
    };
    assert_eq!(field("site"), ["Told.map", "Told.map"]);
    assert_eq!(field("end"), ["dropped", "handed over"]);
    assert_eq!(field("after_ms"), ["1500", "0"]);
    assert!(told[0].field("message").contains("\ndropped "), "{told:?}");
    assert!(!told[1].field("message").contains("\ndropped "), "{told:?}");
    assert!(
        told.iter()
            .all(|event| event.level == tracing::Level::DEBUG)
    );
}

#[test]
fn a_value_dropped_by_an_unwind_is_told_of_too() {
    let _clock = Clock::drive();
    let mut s = Panicking::default();
    s.map.insert(1, Some(1));
    let (panic, events) = capture(|| {
        caught(|| {
            let _guard = s.map.remove_tracked(&1);
            panic!("while it is held");
        })
    });
    assert!(panic.is_err());
    let told = under(&events, "mapkeeper::lifecycle").len();
    assert_eq!(told, usize::from(MODE == Mode::Strict));
}
