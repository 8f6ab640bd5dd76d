//! What must not disturb the recorder, and what it must not disturb.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    fmt,
    hash::{Hash, Hasher},
    mem,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::Duration,
};

use mapkeeper::{Operation, flight_recorder, testing::Clock};
use mapkeeper_tests::{panics::caught, sites::if_recorded};

use super::{KNOWN, flight, steps};

/// Whether the hash of a key panics, and whether its `Debug` does.
static HASH_BURNS: AtomicBool = AtomicBool::new(false);
static DEBUG_BURNS: AtomicBool = AtomicBool::new(false);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Fuse(u32);

impl Hash for Fuse {
    fn hash<H: Hasher>(&self, state: &mut H) {
        assert!(!HASH_BURNS.load(Relaxed), "hash of {}", self.0);
        self.0.hash(state);
    }
}

#[derive(PartialEq, Eq, Hash)]
struct Shy(u32);

impl fmt::Debug for Shy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        assert!(!DEBUG_BURNS.load(Relaxed), "debug of {}", self.0);
        write!(f, "shy {}", self.0)
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Faulty {
    #[map]
    hash_map: HashMap<Fuse, u32>,
    #[map]
    btree_map: BTreeMap<Fuse, u32>,
    #[map(show_keys)]
    shown: HashMap<Shy, u32>,
}

#[test]
fn a_hash_that_panics_leaves_map_and_recorder_whole() {
    let mut faulty = Faulty::default();
    faulty.hash_map.insert(Fuse(1), 1);
    faulty.btree_map.insert(Fuse(1), 1);
    HASH_BURNS.store(true, Relaxed);
    assert!(caught(|| faulty.hash_map.insert(Fuse(2), 2)).is_err());
    assert!(caught(|| faulty.hash_map.remove(&Fuse(1))).is_err());
    // An ordered map needs no hash: whether the record asks for one, and panics with it, is the modes' business.
    let _ = caught(|| faulty.btree_map.insert(Fuse(2), 2));
    let in_btree = faulty.btree_map.len();
    let _ = caught(|| faulty.btree_map.remove(&Fuse(1)));
    let left = in_btree - faulty.btree_map.len();
    let history = caught(|| faulty.hash_map.history(&Fuse(1)).operations.len());
    assert_eq!(history.is_err(), KNOWN);
    HASH_BURNS.store(false, Relaxed);
    assert_eq!(faulty.hash_map.get(&Fuse(1)), Some(&1));
    assert_eq!(faulty.hash_map.len(), 1);
    faulty.hash_map.remove(&Fuse(1));
    let row = mapkeeper_tests::sites::site("Faulty.btree_map");
    assert_eq!(row.len, if_recorded(faulty.btree_map.len() as u64));
    assert_eq!(row.removed.entries(), if_recorded(left as u64));
    if KNOWN {
        let did: Vec<Operation> = flight("Faulty.hash_map")
            .operations
            .iter()
            .map(|it| it.operation)
            .collect();
        assert_eq!(did, [Operation::Inserted, Operation::Removed]);
    }
}

#[test]
fn a_debug_that_panics_does_not_reach_the_program() {
    let mut faulty = Faulty::default();
    DEBUG_BURNS.store(true, Relaxed);
    // Caught, so that the test's own panic hook is the one that hears of it.
    let out = caught(|| {
        faulty.shown.insert(Shy(1), 1);
        faulty.shown.insert(Shy(2), 2);
        faulty.shown.remove(&Shy(1))
    });
    DEBUG_BURNS.store(false, Relaxed);
    assert_eq!(out, Ok(Some(1)));
    assert_eq!(faulty.shown.len(), 1);
    faulty.shown.insert(Shy(3), 3);
    if KNOWN {
        let keys: Vec<Option<String>> = flight("Faulty.shown")
            .operations
            .into_iter()
            .map(|it| it.key)
            .collect();
        assert_eq!(keys, [None, None, None, Some("shy 3".to_owned())]);
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Jumpy {
    #[map]
    map: HashMap<u32, u32>,
}

#[test]
fn a_clock_that_jumps_gives_no_wrong_order_and_no_overflow() {
    let clock = Clock::drive();
    let start = clock.now();
    let mut jumpy = Jumpy::default();
    for to in [
        start + Duration::from_secs(100),
        start,
        Duration::from_millis(u64::MAX - 1),
        Duration::ZERO,
    ] {
        clock.set(to);
        jumpy.map.insert(1, 1);
        jumpy.map.remove(&1);
    }
    let history = jumpy.map.history(&1);
    let text = history.to_string();
    let trace = flight_recorder().to_chrome_trace();
    let json = flight_recorder().to_json();
    clock.set(start);
    assert!(serde_json::from_str::<serde_json::Value>(&trace).is_ok());
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    if KNOWN {
        let did: Vec<Operation> = history.operations.iter().map(|it| it.operation).collect();
        assert_eq!(did, [Operation::Inserted, Operation::Removed].repeat(4));
        assert_eq!(text.lines().count(), 9, "{text}");
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Leaky {
    #[map]
    map: HashMap<u32, u32>,
}

#[test]
fn a_map_that_is_leaked_stays_in_it_as_alive() {
    if !KNOWN {
        return;
    }
    let mut leaky = Leaky::default();
    let first = line!() + 1;
    leaky.map.extend([(1, 1), (2, 2)]);
    mem::forget(leaky.map.drain());
    leaky.map.insert(3, 3);
    mem::forget(leaky);
    let map = flight("Leaky.map");
    assert!(!map.gone);
    let steps = steps(&map.operations, file!());
    assert_eq!(
        steps,
        [
            (Operation::Inserted, Some(first)),
            (Operation::Inserted, Some(first)),
            (Operation::Drained, Some(first + 1)),
            (Operation::Inserted, Some(first + 2)),
        ]
    );
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Kept {
    #[map]
    map: HashMap<u32, u32>,
}

thread_local! {
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

#[test]
fn a_map_may_go_with_the_thread_that_did_nothing_else_with_it() {
    let mut kept = Kept::default();
    kept.map.extend([(1, 1), (2, 2)]);
    thread::Builder::new()
        .name("last owner".to_owned())
        .spawn(move || KEPT.set(Some(kept)))
        .unwrap()
        .join()
        .unwrap();
    if KNOWN {
        let map = flight("Kept.map");
        assert!(map.gone);
        let last = map.operations.last().unwrap();
        assert_eq!((last.operation, last.entries), (Operation::MapDropped, 2));
        assert_eq!(
            (last.thread_name.as_str(), &last.call_site),
            ("last owner", &None)
        );
    }
}
