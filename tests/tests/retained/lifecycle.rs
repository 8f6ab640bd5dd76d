//! The steps of a life, as strict knows them.

use std::{collections::HashMap, time::Duration};

use mapkeeper::{MODE, Mode, RemovalCause, testing::Clock};
use mapkeeper_tests::{
    events::{capture, under},
    panics::caught,
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

sites!(Steps, Told, Panicking);

#[test]
fn an_entry_knows_when_and_where_it_was_created_and_where_it_was_vacated() {
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
    assert_eq!(life.vacated.unwrap().line.unwrap().line(), vacated);
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
    assert!(lines[1].starts_with("vacated             ?"), "{text}");
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
