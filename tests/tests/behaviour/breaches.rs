//! Declarations that do not hold: strict panics at the caller's line, observe counts, off does nothing.

use std::{collections::HashMap, time::Duration};

use mapkeeper::{MODE, Mode, testing::Clock};
use mapkeeper_tests::{
    events::{capture, under},
    panics::caught,
    sites::{if_recorded, site},
};

use crate::{at_line, panics_in_strict};

#[mapkeeper::tracked]
#[derive(Default)]
struct Denies {
    #[map(residue = deny)]
    map: HashMap<u8, Option<u8>>,
}

#[test]
fn a_vacant_value_that_is_inserted_is_a_breach_at_that_line() {
    let mut s = Denies::default();
    s.map.insert(0, Some(0));
    let says = ["Denies.map", "residue = deny", "remove the key"];
    let mut breaches = 0;
    let outcomes = [
        at_line!(s.map.insert(1, None)),
        at_line!(s.map.insert(0, None)),
        at_line!(s.map.entry(5).insert_entry(None).key()),
        at_line!(s.map.extend([(7, None)])),
    ];
    for outcome in &outcomes {
        breaches += 1;
        let line = format!("{}:{}:", file!(), outcome.0);
        panics_in_strict(file!(), outcome, &[&says[..], &[&line]].concat());
    }
    assert_eq!(site("Denies.map").breaches, if_recorded(breaches));
    assert_eq!(s.map.len(), 4, "a breach does not undo what was done");
    assert_eq!(site("Denies.map").residue, if_recorded(4));
    s.map.clear();
}

#[mapkeeper::tracked]
#[derive(Default)]
struct DeniesEmpty {
    #[map(residue = deny)]
    map: HashMap<u8, Vec<u8>>,
}

/// `entry(…).or_default()` hands out a `&mut`, so the value is judged when the caller is done with it.
#[test]
fn a_vacant_value_that_is_filled_at_once_is_no_breach() {
    let mut s = DeniesEmpty::default();
    for key in 0..40 {
        s.map.entry(key).or_default().push(1);
        s.map.entry(key).or_insert_with(Vec::new).push(2);
    }
    s.map.insert(99, vec![1]);
    assert_eq!(site("DeniesEmpty.map").breaches, 0);
    assert_eq!(site("DeniesEmpty.map").residue, 0);

    let (line, _) = at_line!(s.map.entry(100).or_default());
    let found = at_line!(s.map.insert(101, vec![1]));
    let line = format!("{}:{line}:", file!());
    if mapkeeper::MODE == mapkeeper::Mode::Strict {
        panics_in_strict(
            file!(),
            &found,
            &["DeniesEmpty.map", "residue = deny", &line],
        );
        assert_eq!(site("DeniesEmpty.map").residue, 1);
    }
    s.map.clear();
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Bounded {
    #[map(max_len = 2)]
    map: HashMap<u8, u8>,
}

#[test]
fn more_entries_than_max_len_are_a_breach() {
    let mut s = Bounded::default();
    s.map.insert(1, 1);
    s.map.insert(2, 2);
    s.map.insert(2, 3);
    assert_eq!(
        site("Bounded.map").breaches,
        0,
        "as many as allowed are no breach"
    );
    let outcome = at_line!(s.map.insert(3, 3));
    panics_in_strict(
        file!(),
        &outcome,
        &["Bounded.map", "holds 3 entries", "max_len = 2"],
    );
    let outcome = at_line!(s.map.entry(4).or_insert(4));
    panics_in_strict(file!(), &outcome, &["holds 4 entries"]);
    assert_eq!(site("Bounded.map").breaches, if_recorded(2));
    assert_eq!(s.map.len(), 4);
    s.map.remove(&3);
    s.map.remove(&4);
    s.map.insert(1, 9);
    assert_eq!(site("Bounded.map").breaches, if_recorded(2));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Aging {
    #[map(max_age = "20ms")]
    map: HashMap<u8, u8>,
}

#[test]
fn an_entry_older_than_max_age_is_a_breach_of_the_next_operation() {
    let clock = Clock::drive();
    let mut s = Aging::default();
    let born = line!() + 1;
    s.map.insert(1, 1);
    clock.advance(Duration::from_millis(100));
    let outcome = at_line!(s.map.insert(2, 2));
    let born = format!("{}:{born}:", file!());
    panics_in_strict(
        file!(),
        &outcome,
        &["Aging.map", "`max_age` of 20 ms", &born],
    );
    if MODE == Mode::Strict {
        assert!(site("Aging.map").breaches >= 1);
        let outcome = at_line!(s.map.remove(&1));
        panics_in_strict(file!(), &outcome, &["old (inserted at"]);
    }
    s.map.clear();
}

#[mapkeeper::tracked]
#[derive(Default)]
struct AgingRetain {
    #[map(max_age = "20ms")]
    map: HashMap<u8, u8>,
}

#[test]
fn removing_what_is_too_old_by_a_predicate_is_a_breach_of_that_line() {
    let clock = Clock::drive();
    let mut s = AgingRetain::default();
    s.map.insert(1, 1);
    clock.advance(Duration::from_millis(100));
    let outcome = at_line!(s.map.retain(|_, _| false));
    panics_in_strict(
        file!(),
        &outcome,
        &["AgingRetain.map", "`max_age` of 20 ms"],
    );
    assert!(s.map.is_empty());
    assert_eq!(
        at_line!(s.map.insert(2, 2)).1,
        Ok(()),
        "a breach is raised once"
    );
}

#[mapkeeper::tracked]
#[derive(Default)]
struct EmptyAtTheEnd {
    #[map(empty_on_drop)]
    map: HashMap<u8, u8>,
}

#[test]
fn what_is_left_in_an_empty_on_drop_map_is_a_breach_when_it_goes() {
    let mut fine = EmptyAtTheEnd::default();
    fine.map.insert(1, 1);
    fine.map.remove(&1);
    drop(fine);
    assert_eq!(site("EmptyAtTheEnd.map").breaches, 0);

    let mut s = EmptyAtTheEnd::default();
    s.map.extend([(1, 1), (2, 2)]);
    let panic = caught(|| drop(s));
    assert_eq!(site("EmptyAtTheEnd.map").breaches, if_recorded(1));
    assert_eq!(site("EmptyAtTheEnd.map").leftovers, if_recorded(2));
    assert_eq!(site("EmptyAtTheEnd.map").len, 0);
    match MODE {
        Mode::Strict => {
            let message = panic.unwrap_err().message;
            assert!(
                message.contains("EmptyAtTheEnd.map went with 2 entries"),
                "{message}"
            );
            assert!(message.contains("empty_on_drop"), "{message}");
        }
        _ => assert_eq!(panic, Ok(())),
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Unwound {
    #[map(empty_on_drop, residue = deny)]
    map: HashMap<u8, Option<u8>>,
}

#[test]
fn a_breach_found_during_an_unwind_is_an_event_and_the_first_panic_goes_on() {
    let mut s = Unwound::default();
    s.map.insert(1, Some(1));
    let (panic, events) = capture(|| {
        caught(move || {
            *s.map.get_mut(&1).unwrap() = None;
            panic!("the first panic");
        })
    });
    assert_eq!(panic.unwrap_err().message, "the first panic");
    let events = under(&events, "mapkeeper::breach");
    match MODE {
        Mode::Off => assert!(events.is_empty()),
        _ => assert_eq!(events.len(), 1, "{events:?}"),
    }
    assert_eq!(site("Unwound.map").len, 0);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct OftenBroken {
    #[map(max_len = 1)]
    map: HashMap<u8, u8>,
}

#[test]
fn observe_counts_every_breach_and_warns_of_one() {
    if MODE != Mode::Observe {
        return;
    }
    let _the_same_minute = Clock::drive();
    let mut s = OftenBroken::default();
    let ((), events) = capture(|| s.map.extend((0..50).map(|n| (n, n))));
    assert_eq!(site("OftenBroken.map").breaches, 49);
    let events = under(&events, "mapkeeper::breach");
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0].level, tracing::Level::WARN);
    assert_eq!(events[0].field("site"), "OftenBroken.map");
    assert!(
        events[0].field("message").contains("holds 2 entries"),
        "{events:?}"
    );
}
