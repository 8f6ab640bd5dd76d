//! Which values are watched, and what is said of them.

use std::{
    collections::HashMap,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use mapkeeper::{MODE, Mode, RemovalCause::Removed, testing::Clock};
use mapkeeper_tests::panics::caught;

use crate::{ALL, after, if_all, retained, seconds};

macro_rules! sites {
    ($($site:ident: $value:ty),+ $(,)?) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map]
            map: HashMap<u32, $value>,
        }

        impl $site {
            #[allow(dead_code)]
            fn of(values: impl IntoIterator<Item = $value>) -> Self {
                Self { map: (0..).zip(values).collect() }
            }
        }
    )+};
}

#[mapkeeper::tracked]
struct Generic<T: Send + Sync + 'static> {
    #[map]
    map: HashMap<u32, Arc<T>>,
}

#[mapkeeper::tracked]
struct Borrowing<'a> {
    #[map]
    map: HashMap<u32, Arc<&'a str>>,
}

#[test]
fn a_generic_structs_values_are_watched_if_all_it_holds_is_static() {
    let clock = Clock::drive();
    let mut lasting = Generic {
        map: HashMap::from([(1, Arc::new(1))]).into(),
    };
    let text = "text".to_owned();
    let mut borrowing = Borrowing {
        map: HashMap::from([(1, Arc::new(text.as_str()))]).into(),
    };
    let kept = (lasting.map.remove(&1), borrowing.map.remove(&1));
    clock.advance(seconds(5));
    assert_eq!(retained("Generic.map").len() as u64, if_all(1));
    assert_eq!(retained("Borrowing.map"), []);
    drop(kept);
}

trait Session: Send + Sync {}
impl Session for u8 {}

sites! {
    Kept: Arc<u32>, Gone: Arc<u32>, Later: Arc<u32>, Maybe: Option<Arc<u32>>, Text: Arc<str>, Dynamic: Arc<dyn Session>,
    Large: Arc<[u8; 16 * 1024 + 1]>, Plain: u32, Unshareable: Arc<std::cell::Cell<u32>>, Local: Rc<u32>,
    LocalMaybe: Option<Rc<str>>, Outlived: Rc<u32>, Elsewhere: Rc<u32>, Bombs: Arc<Bomb>, Counted: Arc<Counts>,
    Stopped: Arc<u32>, Printed: Arc<u32>,
}

#[test]
fn a_value_that_lives_on_is_retained_with_its_line_owners_and_age() {
    let clock = Clock::drive();
    let mut s = Kept::of((0..3).map(Arc::new));
    let line = line!() + 1;
    let kept: Vec<_> = (0..2).filter_map(|key| s.map.remove(&key)).collect();
    let another = Arc::clone(&kept[1]);
    clock.advance(Duration::from_millis(4_999));
    assert_eq!(retained("Kept.map"), []);
    assert_eq!(after("Kept.map").watched, if_all(2));
    clock.advance(Duration::from_millis(7_351));
    let found = retained("Kept.map");
    if ALL {
        assert_eq!(found, [(line, Removed, 2, 2)]);
        let group = &after("Kept.map").retained[0];
        assert!(group.removed_at.starts_with(file!()), "{group:?}");
        assert!((group.oldest_seconds - 12.35).abs() < 1e-9, "{group:?}");
    } else {
        assert_eq!(found, []);
    }
    drop((kept, another));
    let after = after("Kept.map");
    assert_eq!((after.watched, after.finalised), (0, if_all(2)));
    assert!(after.retained.is_empty());
}

#[test]
fn values_that_die_are_counted_by_how_long_that_took_until_it_was_seen() {
    let clock = Clock::drive();
    let mut s = Gone::of((0..10).map(Arc::new));
    drop(s.map.remove(&0));
    assert_eq!(after("Gone.map").latency.quantile(1.0), ALL.then_some(8));
    let kept = s.map.remove(&1);
    clock.advance(Duration::from_millis(900));
    drop(kept);
    // The next exit sees it.
    drop(s.map.remove(&2));
    clock.advance(seconds(100));
    let after = after("Gone.map");
    assert_eq!((after.watched, after.finalised), (0, if_all(3)));
    if ALL {
        let latencies: Vec<_> = after.latency.buckets().collect();
        assert_eq!(latencies[0], (0, 8, 1));
        assert_eq!(latencies[1], (768, 1024, 1), "0.9 s, seen at the next exit");
        assert_eq!(latencies[2].2, 1, "nobody looked for 100 s");
    }
    assert!(after.retained.is_empty());
}

#[test]
fn a_retained_value_that_dies_is_retained_no_more() {
    let clock = Clock::drive();
    let mut s = Later::of((0..2).map(Arc::new));
    let mut kept = vec![s.map.remove(&0), s.map.remove(&1)];
    clock.advance(seconds(5));
    assert_eq!(
        after("Later.map")
            .retained
            .iter()
            .map(|group| group.values)
            .sum::<u64>(),
        if_all(2)
    );
    kept.pop();
    assert_eq!(
        after("Later.map")
            .retained
            .iter()
            .map(|group| group.values)
            .sum::<u64>(),
        if_all(1)
    );
    kept.clear();
    assert!(after("Later.map").retained.is_empty());
}

/// Removes every entry of a map, keeps the values, and says how many of them were retained 6 s later.
macro_rules! retained_of {
    ($clock:ident, $site:ident, $values:expr) => {{
        let mut s = $site::of($values);
        let kept: Vec<_> = s.map.drain().collect();
        $clock.advance(seconds(6));
        let after = after(concat!(stringify!($site), ".map"));
        assert_eq!(after.not_watched, 0);
        assert_eq!(
            after.watched,
            after.retained.iter().map(|group| group.values).sum::<u64>()
        );
        drop(kept);
        after.watched
    }};
}

#[test]
#[allow(clippy::arc_with_non_send_sync)]
fn shared_values_are_watched_and_others_are_not() {
    let clock = Clock::drive();
    let some = |n: u32| (n > 0).then(|| Arc::new(n));
    assert_eq!(retained_of!(clock, Maybe, (0..3).map(some)), if_all(2));
    assert_eq!(
        retained_of!(clock, Text, ["a", "b"].map(Arc::from)),
        if_all(2)
    );
    assert_eq!(
        retained_of!(clock, Dynamic, [Arc::new(7_u8) as Arc<dyn Session>]),
        if_all(1)
    );
    assert_eq!(retained_of!(clock, Local, [Rc::new(7)]), if_all(1));
    assert_eq!(
        retained_of!(clock, LocalMaybe, [None, Some(Rc::from("a"))]),
        if_all(1)
    );
    // A weak handle would keep 16 KiB allocated; a number has no owners; a `Cell`'s `Arc` stays on its thread.
    assert_eq!(
        retained_of!(clock, Large, [Arc::new([0; 16 * 1024 + 1])]),
        0
    );
    assert_eq!(retained_of!(clock, Plain, [7]), 0);
    assert_eq!(
        retained_of!(clock, Unshareable, [Arc::new(std::cell::Cell::new(7))]),
        0
    );
}

#[test]
fn an_rc_is_asked_by_its_own_thread_only() {
    let clock = Clock::drive();
    let mut s = Elsewhere::of([Rc::new(1)]);
    let kept = s.map.remove(&0);
    clock.advance(seconds(6));
    assert_eq!(retained("Elsewhere.map").len() as u64, if_all(1));
    let theirs = thread::spawn(|| after("Elsewhere.map")).join().unwrap();
    assert_eq!((theirs.watched, theirs.retained.len()), (if_all(1), 0));
    drop(kept);
    let theirs = thread::spawn(|| after("Elsewhere.map")).join().unwrap();
    assert_eq!(
        (theirs.watched, theirs.finalised),
        (if_all(1), 0),
        "nobody looked yet"
    );
    assert_eq!(after("Elsewhere.map").finalised, if_all(1));
}

#[test]
fn a_thread_that_ends_settles_its_rcs() {
    let _clock = Clock::drive();
    thread::spawn(|| {
        let mut s = Outlived::of((0..3).map(Rc::new));
        drop(s.map.remove(&0));
        std::mem::forget(s.map.remove(&1));
        drop(s.map.remove(&2));
    })
    .join()
    .unwrap();
    let after = after("Outlived.map");
    assert_eq!(
        (after.watched, after.finalised, after.outlived_thread),
        (0, if_all(2), if_all(1))
    );
}

#[derive(Debug)]
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("boom");
    }
}

#[test]
fn a_value_whose_drop_panics_is_dead_all_the_same() {
    let clock = Clock::drive();
    let mut s = Bombs::of([Arc::new(Bomb), Arc::new(Bomb)]);
    let panic = caught(|| drop(s.map.remove(&0))).unwrap_err();
    assert_eq!(panic.message, "boom");
    let kept = s.map.remove(&1).unwrap();
    clock.advance(seconds(6));
    let seen = after("Bombs.map");
    assert_eq!((seen.finalised, seen.watched), (if_all(1), if_all(1)));
    caught(|| drop(kept)).unwrap_err();
    assert_eq!(after("Bombs.map").finalised, if_all(2));
}

static DROPPED: AtomicU32 = AtomicU32::new(0);

struct Counts;

impl Drop for Counts {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Relaxed);
    }
}

#[test]
fn a_watched_value_dies_when_its_last_owner_lets_go() {
    let _clock = Clock::drive();
    let mut s = Counted::of((0..100).map(|_| Arc::new(Counts)));
    for key in 0..50 {
        let value = s.map.remove(&key).unwrap();
        assert_eq!((Arc::strong_count(&value), DROPPED.load(Relaxed)), (1, key));
        drop(value);
        assert_eq!(DROPPED.load(Relaxed), key + 1);
    }
    s.map.retain(|key, _| *key < 75);
    assert_eq!(DROPPED.load(Relaxed), 75);
    let last = s.map.remove(&60).unwrap();
    assert!(Arc::try_unwrap(last).is_ok(), "weak handles are no owners");
    assert_eq!(DROPPED.load(Relaxed), 76);
    drop(s);
    assert_eq!(DROPPED.load(Relaxed), 100);
    assert_eq!(after("Counted.map").finalised, if_all(100));
}

#[test]
fn the_age_is_configurable_and_the_watch_can_be_stopped() {
    let clock = Clock::drive();
    assert_eq!(mapkeeper::retained_after(), seconds(5));
    let mut s = Stopped::of((0..3).map(Arc::new));
    let first = s.map.remove(&0);
    clock.advance(seconds(6));
    mapkeeper::set_retained_after(seconds(7));
    assert_eq!(retained("Stopped.map"), []);
    clock.advance(seconds(1));
    assert_eq!(retained("Stopped.map").len() as u64, if_all(1));
    mapkeeper::set_retained_after(Duration::MAX);
    let second = s.map.remove(&1);
    clock.advance(seconds(1_000));
    assert_eq!(retained("Stopped.map"), []);
    mapkeeper::set_retained_after(seconds(5));
    assert_eq!(mapkeeper::retained_after(), seconds(5));
    assert_eq!(
        after("Stopped.map").watched,
        if_all(1),
        "the second one was not watched"
    );
    drop((first, second));
}

#[test]
fn the_report_says_so_in_text_and_json() {
    let clock = Clock::drive();
    let mut s = Printed::of((0..40).map(Arc::new));
    let line = line!() + 1;
    let kept: Vec<_> = (0..37).filter_map(|key| s.map.remove(&key)).collect();
    let more = [Arc::clone(&kept[0]), Arc::clone(&kept[0])];
    s.map.retain(|_, _| false);
    clock.advance(Duration::from_millis(12_300));
    let report = mapkeeper::report();
    let text = report.to_string();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    let sites = json["sites"].as_array().unwrap();
    let site = sites
        .iter()
        .find(|site| site["site"] == "Printed.map")
        .unwrap();
    let after = &site["after_removal"];
    if ALL {
        let place = format!("{}:{line}:", file!());
        let start = format!("37 values removed at {place}");
        assert!(words.contains(&start), "{text}");
        let rest = " are still alive, the oldest for 12.3 s (3 owners)";
        assert!(words.contains(rest), "{text}");
        assert!(
            words.contains("of the values that left, 3 were dropped, half of them within"),
            "{text}"
        );
        assert!(
            after["retained"][0]["removed_at"]
                .as_str()
                .unwrap()
                .starts_with(&place)
        );
        assert_eq!(after["retained"][0]["cause"], "removed");
        assert_eq!(after["retained"][0]["values"], 37);
        assert_eq!(after["retained"][0]["strong_count_max"], 3);
        assert_eq!(after["retained"][0]["oldest_seconds"], 12.3);
    } else {
        assert!(!text.contains("still alive"), "{text}");
        assert_eq!(after["retained"].as_array().unwrap().len(), 0);
    }
    assert_eq!(after["watched"], if_all(37));
    assert_eq!(after["finalised"], if_all(3));
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
    let _ = (kept, more, MODE == Mode::Off);
}
