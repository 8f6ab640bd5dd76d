//! Survivors against a model that remembers for every entry which snapshots it came between.

use std::{collections::HashMap, time::Duration};

use mapkeeper::{MODE, Mode, Snapshot, SnapshotError};
use mapkeeper_tests::hashers::Constant;
use proptest::prelude::*;

use crate::{alone, edited, fits};

#[mapkeeper::tracked]
#[derive(Default)]
struct Lived {
    #[map]
    map: HashMap<u32, u32, Constant>,
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u32),
    Remove(u32),
    Retain(u32),
    Clear,
    Drain,
    Fork,
    Wait(u64),
    Snapshot,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        30 => (0..200_u32).prop_map(Step::Insert),
        12 => (0..200_u32).prop_map(Step::Remove),
        1 => (2..6_u32).prop_map(Step::Retain),
        1 => Just(Step::Clear),
        1 => Just(Step::Drain),
        1 => Just(Step::Fork),
        4 => (0..30_u32).prop_map(|doubling| Step::Wait(1 << doubling)),
        4 => Just(Step::Snapshot),
    ];
    prop::collection::vec(step, 1..400)
}

/// Every entry by the number of snapshots taken when it came, and the births since each.
#[derive(Default)]
struct Model {
    came: HashMap<u32, usize>,
    births: Vec<u64>,
}

impl Model {
    fn born(&mut self, key: u32) {
        let now = self.births.len() - 1;
        self.births[now] += 1;
        self.came.insert(key, now);
    }
}

/// A snapshot, and of how many entries that are there it is true that they came in each span before it.
type Taken = (Snapshot, Vec<u64>);

fn live(steps: &[Step]) -> (Vec<Taken>, Model) {
    let clock = alone();
    let mut s = Lived::default();
    // In observe, a map is sampled from 64 buckets on; of this hasher's entries all are.
    s.map.reserve(64);
    let mut model = Model::default();
    let mut taken: Vec<Taken> = Vec::new();
    let mut snapshot = |model: &mut Model| {
        model.births.push(0);
        let mut alive = vec![0; model.births.len()];
        model.came.values().for_each(|span| alive[*span] += 1);
        taken.push((Snapshot::now(), alive));
    };
    snapshot(&mut model);
    for step in steps {
        match *step {
            Step::Insert(key) => {
                if s.map.insert(key, key).is_none() {
                    model.born(key);
                }
            }
            Step::Remove(key) => {
                s.map.remove(&key);
                model.came.remove(&key);
            }
            Step::Retain(n) => {
                s.map.retain(|key, _| key % n == 0);
                model.came.retain(|key, _| key % n == 0);
            }
            Step::Clear => {
                s.map.clear();
                model.came.clear();
            }
            Step::Drain => {
                s.map.drain();
                model.came.clear();
            }
            Step::Fork => {
                // The copies are entries of their own.
                s.map = s.map.clone();
                let keys: Vec<u32> = model.came.keys().copied().collect();
                keys.into_iter().for_each(|key| model.born(key));
            }
            Step::Wait(by) => clock.advance(Duration::from_millis(by)),
            Step::Snapshot => snapshot(&mut model),
        }
    }
    snapshot(&mut model);
    (taken, model)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn survivors_are_those_that_survived(steps in steps()) {
        let (taken, model) = live(&steps);
        if MODE == Mode::Off {
            return Ok(());
        }
        for (k, (c, alive)) in taken.iter().enumerate() {
            for i in 0..k.saturating_sub(1) {
                for j in i + 1..k {
                    let survivors = Snapshot::survivors(&taken[i].0, &taken[j].0, c);
                    if k - i > 8 {
                        let far = matches!(survivors, Err(SnapshotError::TooFarApart { .. }));
                        prop_assert!(far);
                        continue;
                    }
                    let survivors = survivors.unwrap();
                    let truth: u64 = alive[i..j].iter().sum();
                    let born: u64 = model.births[i..j].iter().sum();
                    prop_assert_eq!(
                        (survivors.born, survivors.alive), (born, truth),
                        "snapshots {} {} {}", i, j, k
                    );
                    let site = survivors.site("Lived.map");
                    prop_assert_eq!(site.map_or(0, |site| site.alive), truth);
                    if let Some(site) = site {
                        prop_assert_eq!(site.estimated, MODE == Mode::Observe);
                        prop_assert_eq!(site.standard_error == 0.0, MODE == Mode::Strict);
                        let lines: u64 = site.call_sites.iter().map(|line| line.alive).sum();
                        prop_assert_eq!(lines, truth);
                    }
                    fits(&survivors.to_string());
                }
            }
        }
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Many {
    #[map]
    map: HashMap<u64, u64>,
}

/// Strict knows every one of a line's many entries; what observe says is an estimate, and how good a one.
#[test]
fn many_survivors_are_counted_or_estimated_within_the_error_that_is_told() {
    const BORN: u64 = 300_000;
    let clock = alone();
    let mut s = Many::default();
    s.map.extend((0..50_000).map(|key| (key, 0)));
    let mut came = 50_000;
    let mut add = |s: &mut Many, entries: u64| {
        for key in came..came + entries {
            s.map.insert(key, key);
            if key % 1_000 == 0 {
                clock.advance(Duration::from_millis(7));
            }
        }
        came += entries;
    };
    add(&mut s, 50_000);
    let a = Snapshot::now();
    add(&mut s, BORN);
    let b = Snapshot::now();
    add(&mut s, 50_000);
    // A path that forgets every tenth of them, for ever.
    s.map.retain(|key, _| key % 10 == 3);
    let c = Snapshot::now();
    let survivors = Snapshot::survivors(&a, &b, &c).unwrap();
    if MODE == Mode::Off {
        assert!(survivors.sites.is_empty());
        return;
    }
    let site = survivors.site("Many.map").unwrap();
    if MODE == Mode::Strict {
        let known = (site.estimated, site.standard_error, site.alive, site.born);
        assert_eq!(known, (false, 0.0, BORN / 10, BORN));
        return;
    }
    assert!(site.estimated);
    assert!(site.standard_error > 0.0);
    let off = site.alive as f64 - BORN as f64 / 10.0;
    assert!(
        off.abs() < 5.0 * site.standard_error,
        "{} ± {}",
        site.alive,
        site.standard_error
    );
    assert!(
        site.standard_error < 0.25 * site.alive as f64,
        "{} ± {}",
        site.alive,
        site.standard_error
    );
    assert!((0.05..0.15).contains(&site.share), "{}", site.share);
    assert!(survivors.to_string().contains('~'));
}

#[test]
fn three_that_do_not_belong_together_are_told_why() {
    let clock = alone();
    let taken: Vec<Snapshot> = (0..10).map(|_| Snapshot::now()).collect();
    let [a, b, c] = [&taken[0], &taken[1], &taken[2]];
    for wrong in [[b, a, c], [a, c, b], [c, b, a], [a, a, b], [a, b, b]] {
        let error = Snapshot::survivors(wrong[0], wrong[1], wrong[2]).unwrap_err();
        assert!(
            matches!(error, SnapshotError::WrongOrder { .. }),
            "{error:?}"
        );
    }
    let error = Snapshot::survivors(a, c, &taken[9]).unwrap_err();
    assert!(matches!(error, SnapshotError::TooFarApart { .. }));
    assert!(error.to_string().contains("at most 7 in between"));
    Snapshot::survivors(a, c, &taken[8]).unwrap();

    let other = edited(c, |json| json["process"] = "0123".into());
    let error = Snapshot::survivors(a, b, &other).unwrap_err();
    assert!(matches!(error, SnapshotError::OtherProcess { .. }));
    assert!(error.to_string().contains("`diff`"), "{error}");

    let mode = if MODE == Mode::Off { "strict" } else { "off" };
    let other = edited(b, |json| json["mode"] = mode.into());
    let error = Snapshot::survivors(a, &other, c).unwrap_err();
    assert!(matches!(error, SnapshotError::OtherMode { .. }));
    assert!(error.to_string().contains(mode), "{error}");

    clock.advance(Duration::from_secs(60));
    let before = Snapshot::now();
    clock.set(Duration::from_millis(5));
    let (after, last) = (Snapshot::now(), Snapshot::now());
    let error = Snapshot::survivors(&before, &after, &last).unwrap_err();
    assert!(matches!(error, SnapshotError::ClockSetBack { .. }));
    assert!(error.to_string().contains("testing::Clock"), "{error}");
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Jumping {
    #[map]
    map: HashMap<u32, u32, Constant>,
}

#[test]
fn a_clock_that_jumped_back_spoils_nothing_that_comes_after() {
    let clock = alone();
    let mut s = Jumping::default();
    s.map.reserve(64);
    clock.set(Duration::from_secs(1_000));
    s.map.insert(0, 0);
    drop(Snapshot::now());
    s.map.insert(1, 1);
    let before = Snapshot::now();
    clock.set(Duration::from_secs(1));
    s.map.insert(2, 2);
    let a = Snapshot::now();
    assert!(a.number > before.number && a.at_ms < before.at_ms);
    let diff = a.diff(&before).unwrap();
    fits(&diff.to_string());
    s.map.extend([(3, 3), (4, 4)]);
    s.map.remove(&0);
    let b = Snapshot::now();
    s.map.insert(5, 5);
    s.map.remove(&1);
    s.map.remove(&4);
    let c = Snapshot::now();
    let survivors = Snapshot::survivors(&a, &b, &c).unwrap();
    match MODE {
        Mode::Off => {}
        Mode::Strict => assert_eq!((survivors.born, survivors.alive), (2, 1)),
        // What came at a later time than it is now counts with what came before it was so late.
        Mode::Observe => assert_eq!((survivors.born, survivors.alive), (2, 1)),
    }
}
