//! `remove_tracked`: guards of values of any type.

use std::{
    collections::HashMap,
    panic::{RefUnwindSafe, UnwindSafe},
    rc::Rc,
    sync::Arc,
    thread,
    time::Duration,
};

use mapkeeper::{HashMap as Tracked, MODE, Mode, RemovalCause, Removed, testing::Clock};
use mapkeeper_tests::{
    panics::caught,
    sites::{ENFORCE, records, site},
};

use crate::{after, retained, seconds};

fn no_odd(key: &u32, _: &String) -> Result<(), &'static str> {
    if key.is_multiple_of(2) {
        Ok(())
    } else {
        Err("odd")
    }
}

fn explode(key: &u32, _: &String, _: RemovalCause) {
    assert!(*key != 13, "the hook of 13");
}

macro_rules! sites {
    ($($site:ident: $value:ty $(, $attr:tt)?;)+) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map $($attr)?]
            map: HashMap<u32, $value>,
        }
    )+};
}

sites! {
    Exact: String;
    Alive: String;
    Handed: String;
    HandedArc: Arc<str>;
    Guarded: String, (guard = no_odd);
    Hooked: String, (on_remove = explode);
    ByArc: Arc<str>;
    ByRc: Rc<str>;
    Crowd: String;
    Sent: String;
}

fn recorded(n: u64) -> u64 {
    if records() { n } else { 0 }
}

#[test]
fn its_drop_says_exactly_how_long_the_value_lived_on() {
    let clock = Clock::drive();
    let mut s = Exact::default();
    s.map.insert(1, "a".to_owned());
    let guard = s.map.remove_tracked(&1).unwrap();
    assert!(s.map.remove_tracked(&1).is_none());
    assert_eq!(
        site("Exact.map").removed.get(RemovalCause::Removed),
        recorded(1)
    );
    assert_eq!(site("Exact.map").misses, recorded(1));
    assert_eq!(after("Exact.map").watched, recorded(1));
    clock.advance(Duration::from_millis(2_100));
    drop(guard);
    clock.advance(seconds(1_000));
    let after = after("Exact.map");
    assert_eq!((after.watched, after.finalised), (0, recorded(1)));
    if records() {
        assert_eq!(
            after.latency.buckets().collect::<Vec<_>>(),
            [(2_048, 3_072, 1)]
        );
    }
    assert!(after.retained.is_empty());
}

#[test]
fn a_guard_that_lives_on_is_retained() {
    let clock = Clock::drive();
    let mut s = Alive::default();
    s.map.insert(1, "a".to_owned());
    let line = line!() + 1;
    let guard = s.map.remove_tracked(&1).unwrap();
    clock.advance(seconds(5));
    let expected = (line, RemovalCause::Removed, 1, 1);
    assert_eq!(
        retained("Alive.map"),
        if records() { vec![expected] } else { vec![] }
    );
    drop(guard);
    assert_eq!(retained("Alive.map"), []);
}

#[test]
fn a_value_handed_over_is_watched_no_more() {
    let clock = Clock::drive();
    let mut s = Handed::default();
    s.map.insert(1, "a".to_owned());
    let value = s.map.remove_tracked(&1).unwrap().into_inner();
    clock.advance(seconds(60));
    let after = after("Handed.map");
    assert_eq!(
        (after.watched, after.finalised, after.handed_over),
        (0, 0, recorded(1))
    );
    assert!(after.retained.is_empty());
    assert_eq!(value, "a");
}

#[test]
fn a_shared_value_that_is_handed_over_is_watched_on() {
    let clock = Clock::drive();
    let mut s = HandedArc::default();
    s.map.insert(1, Arc::from("a"));
    let value = s.map.remove_tracked(&1).unwrap().into_inner();
    clock.advance(seconds(60));
    let seen = after("HandedArc.map");
    assert_eq!(
        (seen.watched, seen.handed_over, seen.retained.len() as u64),
        (recorded(1), 0, recorded(1))
    );
    drop(value);
    assert_eq!(after("HandedArc.map").finalised, recorded(1));
}

#[test]
fn a_guard_is_asked_first() {
    let _clock = Clock::drive();
    let mut s = Guarded::default();
    s.map.extend([(1, "a".to_owned()), (2, "b".to_owned())]);
    match s.map.try_remove_tracked(&1) {
        Err(veto) => assert_eq!((veto.reason(), ENFORCE), ("odd", true)),
        Ok(removed) => assert_eq!((removed.unwrap().as_str(), ENFORCE), ("a", false)),
    }
    assert_eq!(s.map.contains_key(&1), ENFORCE);
    assert_eq!(*s.map.try_remove_tracked(&2).unwrap().unwrap(), "b");
    assert!(s.map.try_remove_tracked(&3).unwrap().is_none());
    let dropped = if ENFORCE { 1 } else { 2 };
    assert_eq!(after("Guarded.map").finalised, recorded(dropped));
}

#[test]
fn a_hook_that_panics_takes_the_value_along() {
    let _clock = Clock::drive();
    let mut s = Hooked::default();
    s.map.extend([(12, "a".to_owned()), (13, "b".to_owned())]);
    let panic = caught(|| drop(s.map.remove_tracked(&13))).unwrap_err();
    assert!(panic.message.contains("the hook of 13"), "{panic:?}");
    assert!(s.map.get(&13).is_none());
    drop(s.map.remove_tracked(&12));
    let after = after("Hooked.map");
    assert_eq!((after.watched, after.finalised), (0, recorded(2)));
}

#[test]
fn a_shared_value_counts_until_its_last_owner_is_gone() {
    let clock = Clock::drive();
    let (mut arcs, mut rcs) = (ByArc::default(), ByRc::default());
    let (arc, rc): (Arc<str>, Rc<str>) = (Arc::from("a"), Rc::from("a"));
    for key in 0..2 {
        arcs.map.insert(key, Arc::clone(&arc));
        rcs.map.insert(key, Rc::clone(&rc));
    }
    drop((arcs.map.remove_tracked(&0), rcs.map.remove_tracked(&0)));
    let guards = (arcs.map.remove_tracked(&1), rcs.map.remove_tracked(&1));
    clock.advance(seconds(5));
    for name in ["ByArc.map", "ByRc.map"] {
        let groups = retained(name);
        let owners: Vec<_> = groups.iter().map(|group| (group.2, group.3)).collect();
        assert_eq!(
            owners,
            if records() {
                vec![(1, 2), (1, 2)]
            } else {
                vec![]
            }
        );
    }
    drop((arc, rc));
    drop(guards);
    clock.advance(seconds(60));
    for name in ["ByArc.map", "ByRc.map"] {
        let after = after(name);
        assert_eq!((after.watched, after.finalised), (0, recorded(2)));
        if records() {
            // The last owner was a guard, which says at once that it died.
            let exact = after.latency.buckets().find(|bucket| bucket.0 == 4_096);
            assert!(exact.is_some(), "{:?}", after.latency);
        }
    }
}

#[test]
fn guards_without_room_report_their_ends_all_the_same() {
    let _clock = Clock::drive();
    let mut s = Crowd::default();
    s.map.extend((0..3_000).map(|key| (key, key.to_string())));
    let guards: Vec<_> = (0..3_000)
        .filter_map(|key| s.map.remove_tracked(&key))
        .collect();
    let room = match MODE {
        Mode::Off => 0,
        Mode::Observe => 64,
        Mode::Strict => 1_024,
    };
    let full = after("Crowd.map");
    assert_eq!(
        (full.watched, full.not_watched),
        (room, recorded(3_000) - room)
    );
    drop(guards);
    let empty = after("Crowd.map");
    assert_eq!((empty.watched, empty.finalised), (0, recorded(3_000)));
}

#[test]
fn a_guard_goes_to_other_threads_with_its_value() {
    fn all<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + 'static>() {}
    all::<Removed<String>>();
    let _clock = Clock::drive();
    let mut s = Sent::default();
    s.map.insert(1, "a".to_owned());
    let guard = s.map.remove_tracked(&1).unwrap();
    drop(s);
    thread::spawn(move || assert_eq!(guard.len(), 1))
        .join()
        .unwrap();
    assert_eq!(after("Sent.map").finalised, recorded(1));
}

#[test]
fn it_is_its_value_to_the_eye_and_in_off_mode_to_the_byte() {
    let mut map: Tracked<u32, String> = Tracked::new();
    map.insert(1, "a\"".to_owned());
    let mut guard = map.remove_tracked(&1).unwrap();
    guard.push('b');
    assert_eq!(
        (format!("{guard}"), format!("{guard:?}")),
        ("a\"b".to_owned(), "\"a\\\"b\"".to_owned())
    );
    assert_eq!(format!("{guard:>5}"), "  a\"b");
    assert_eq!(guard.into_inner(), "a\"b");
    if MODE == Mode::Off {
        assert_eq!(size_of::<Removed<[u8; 3]>>(), 3);
    }
}
