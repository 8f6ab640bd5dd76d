//! Entries whose value is vacant: which fields know, who may overrule, and what is counted.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
    sync::{Arc, Mutex, Weak},
};

use mapkeeper::{MODE, Mode};
use mapkeeper_tests::{
    panics::caught,
    sites::{figures, if_recorded, site},
};
use tokio::sync::{mpsc, oneshot};

fn is_closed(value: &u32) -> bool {
    *value == 0
}

fn never(_: &Option<u32>) -> bool {
    false
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Kinds {
    #[map]
    option: HashMap<u32, Option<u32>>,
    #[map]
    set: HashMap<u32, HashSet<u32>>,
    #[map]
    locked: HashMap<u32, Arc<Mutex<Vec<u32>>>>,
    #[map]
    weak: HashMap<u32, Weak<u32>>,
    #[map]
    sender: HashMap<u32, mpsc::UnboundedSender<u32>>,
    #[map]
    oneshot: HashMap<u32, Option<oneshot::Sender<u32>>>,
    #[map]
    shared: HashMap<u32, Rc<String>>,
    #[map]
    unknown: HashMap<u32, u32>,
    #[map(residue = is_closed)]
    tested: HashMap<u32, u32>,
    #[map(residue = never)]
    overruled: HashMap<u32, Option<u32>>,
    #[map(residue = allow)]
    allowed: HashMap<u32, Option<u32>>,
    #[map]
    nested: HashMap<u32, mapkeeper::HashMap<u32, u32>>,
}

#[test]
fn residue_written_is_counted_for_every_type_that_can_tell() {
    let mut s = Kinds::default();
    s.option.extend([(1, None), (2, Some(1))]);
    s.set.extend([(1, HashSet::new()), (2, HashSet::from([1]))]);
    s.locked
        .extend([(1, Arc::default()), (2, Arc::new(Mutex::new(vec![1])))]);
    let alive = Arc::new(1);
    s.weak
        .extend([(1, Weak::new()), (2, Arc::downgrade(&alive))]);
    let (closed, _) = mpsc::unbounded_channel();
    let (open, _receiver) = mpsc::unbounded_channel();
    s.sender.extend([(1, closed), (2, open)]);
    // A dead handle inside `Some` is not looked into.
    s.oneshot
        .extend([(1, None), (2, Some(oneshot::channel().0))]);
    s.shared
        .extend([(1, Rc::new(String::new())), (2, Rc::new("x".to_owned()))]);
    s.unknown.extend([(1, 0), (2, 1)]);
    s.tested.extend([(1, 0), (2, 1)]);
    s.overruled.extend([(1, None), (2, Some(1))]);
    s.allowed.extend([(1, None), (2, Some(1))]);
    s.nested
        .extend([(1, mapkeeper::HashMap::new()), (2, [(1, 1)].into())]);

    let due = [
        ("option", 1),
        ("set", 1),
        ("locked", 1),
        ("weak", 1),
        ("sender", 1),
        ("oneshot", 1),
        ("shared", 1),
        ("unknown", 0),
        ("tested", 1),
        ("overruled", 0),
        ("allowed", 0),
        ("nested", 1),
    ];
    for (field, residue) in due {
        let row = site(&format!("Kinds.{field}"));
        assert_eq!(
            (row.len, row.residue),
            (if_recorded(2), if_recorded(residue)),
            "{field}"
        );
    }
    // Looking now is the same in every mode, and looks even where residue is allowed.
    let now: Vec<_> = figures(&s).iter().map(|map| map.residue).collect();
    assert_eq!(now, [1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1]);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Allowed {
    #[map(residue = allow)]
    map: HashMap<u32, Option<u32>>,
}

#[test]
fn residue_that_is_allowed_is_neither_counted_nor_a_breach_nor_a_suspect() {
    let mut s = Allowed::default();
    assert_eq!(caught(|| s.map.extend((0..500).map(|n| (n, None)))), Ok(()));
    s.map.values_mut().for_each(|value| *value = None);
    assert!(s.map.get_mut(&1).is_some());
    let row = site("Allowed.map");
    assert_eq!((row.residue, row.breaches), (0, 0));
    assert!(
        mapkeeper::report()
            .suspects
            .iter()
            .all(|suspect| suspect.site != "Allowed.map")
    );
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Leaky {
    #[map]
    map: HashMap<u32, Option<u32>>,
}

#[test]
fn a_map_that_is_mostly_residue_is_a_suspect_with_both_lines() {
    let mut s = Leaky::default();
    for key in 0..200_000 {
        s.map.insert(key, Some(key));
    }
    let inserted = line!() - 2;
    for key in 0..100_000 {
        s.map.insert(key, None);
    }
    let emptied = line!() - 2;
    let report = mapkeeper::report();
    let found = report
        .suspects
        .iter()
        .find(|suspect| suspect.site == "Leaky.map");
    if MODE == Mode::Off {
        return assert!(found.is_none());
    }
    let suspect = found.unwrap();
    assert_eq!((suspect.kind, suspect.entries), ("residue", 100_000));
    assert!((suspect.share - 0.5).abs() < 1e-9);
    assert_eq!(
        suspect.call_site.as_ref().unwrap().split(':').nth(1),
        Some(&*inserted.to_string())
    );
    assert_eq!(
        suspect.emptied_at.as_ref().unwrap().split(':').nth(1),
        Some(&*emptied.to_string())
    );
    assert!(
        suspect.advice.contains("map.remove(&key)"),
        "{}",
        suspect.advice
    );
    let again = mapkeeper::report();
    let again = again
        .suspects
        .iter()
        .find(|suspect| suspect.site == "Leaky.map")
        .unwrap();
    assert_eq!(again.fingerprint, suspect.fingerprint);
    s.map.retain(|_, value| value.is_some());
    assert!(
        mapkeeper::report()
            .suspects
            .iter()
            .all(|suspect| suspect.site != "Leaky.map")
    );
}

#[mapkeeper::tracked]
#[derive(Default)]
struct SlowWeak {
    #[map]
    map: HashMap<u32, std::sync::Weak<u32>>,
}

#[test]
fn handles_that_die_between_slow_operations_are_found() {
    if MODE != Mode::Strict {
        return;
    }
    let clock = mapkeeper::testing::Clock::drive();
    let mut s = SlowWeak::default();
    let mut alive = Vec::new();
    for key in 0..100 {
        // Every operation has a tick of its own.
        clock.advance(std::time::Duration::from_secs(1));
        let value = std::sync::Arc::new(key);
        s.map.insert(key, std::sync::Arc::downgrade(&value));
        alive.push(value);
    }
    alive.truncate(40);
    for key in 0..10 {
        clock.advance(std::time::Duration::from_secs(1));
        s.map.remove(&(1_000 + key));
    }
    assert_eq!(site("SlowWeak.map").residue, 60);
    assert!(site("SlowWeak.map").dead_handles);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct FilledLater {
    #[map]
    hashed: HashMap<u64, Vec<u64>>,
    #[map]
    ordered: BTreeMap<u64, Vec<u64>>,
}

/// Values come empty and are filled through a `&mut`, which nobody sees in observe; when their keys leave, nothing says
/// that they had been counted.
#[test]
fn what_comes_empty_and_is_filled_is_soon_no_residue() {
    const LIVE: u64 = 600;
    let mut s = FilledLater::default();
    for key in 0..20 * LIVE {
        s.hashed.insert(key, Vec::new());
        s.hashed.get_mut(&key).unwrap().push(key);
        s.ordered.insert(key, Vec::new());
        s.ordered.get_mut(&key).unwrap().push(key);
        if let Some(old) = key.checked_sub(LIVE) {
            s.hashed.remove(&old);
            s.ordered.remove(&old);
        }
        let most = match MODE {
            Mode::Observe => LIVE / 4,
            // What is lent is looked at with the next operation.
            _ => 2,
        };
        for field in ["FilledLater.hashed", "FilledLater.ordered"] {
            if key % 97 == 0 {
                let row = site(field);
                assert!(
                    row.residue <= most,
                    "{field}: {} of {}",
                    row.residue,
                    row.len
                );
            }
        }
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct FewFilledLater {
    #[map]
    items: HashMap<u64, Vec<u64>>,
}

/// The same in maps that are too small to be looked at in slices.
#[test]
fn what_is_filled_in_small_maps_is_soon_no_residue() {
    let mut all: Vec<FewFilledLater> = (0..200).map(|_| FewFilledLater::default()).collect();
    for key in 0..60 {
        for s in &mut all {
            s.items.insert(key, Vec::new());
            s.items.get_mut(&key).unwrap().push(key);
            if let Some(old) = key.checked_sub(8) {
                s.items.remove(&old);
            }
        }
    }
    let row = site("FewFilledLater.items");
    assert!(row.residue <= row.len / 3, "{} of {}", row.residue, row.len);
}
