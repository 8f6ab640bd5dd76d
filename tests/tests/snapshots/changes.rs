//! What changed, against a model.

use std::collections::HashMap;

use mapkeeper::{MODE, Mode, Presence, RemovalCause, SiteDiff, Snapshot, SnapshotError};
use mapkeeper_tests::sites::if_recorded;
use proptest::prelude::*;
use serde_json::json;

use crate::{alone, edited, fits};

#[mapkeeper::tracked]
#[derive(Default)]
struct Shop {
    #[map]
    orders: HashMap<u32, Option<u32>>,
    #[map]
    idle: HashMap<u32, u32>,
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u32),
    Empty(u32),
    Remove(u32),
    Clear,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        10 => (0..100_u32).prop_map(Step::Insert),
        2 => (0..100_u32).prop_map(Step::Empty),
        5 => (0..100_u32).prop_map(Step::Remove),
        1 => Just(Step::Clear),
    ];
    prop::collection::vec(step, 0..200)
}

/// What std's map says, and what was done to it.
#[derive(Clone, Default)]
struct Model {
    map: HashMap<u32, Option<u32>>,
    inserts: i64,
    replaced: i64,
    removed: i64,
    cleared: i64,
    misses: i64,
}

impl Model {
    fn residue(&self) -> i64 {
        self.map.values().filter(|order| order.is_none()).count() as i64
    }
}

fn run(shop: &mut Shop, model: &mut Model, steps: &[Step]) {
    let put = |shop: &mut Shop, model: &mut Model, key, order| {
        shop.orders.insert(key, order);
        match model.map.insert(key, order) {
            Some(_) => model.replaced += 1,
            None => model.inserts += 1,
        }
    };
    for step in steps {
        match *step {
            Step::Insert(key) => put(shop, model, key, Some(key)),
            Step::Empty(key) => put(shop, model, key, None),
            Step::Remove(key) => {
                shop.orders.remove(&key);
                match model.map.remove(&key) {
                    Some(_) => model.removed += 1,
                    None => model.misses += 1,
                }
            }
            Step::Clear => {
                shop.orders.clear();
                model.cleared += model.map.len() as i64;
                model.map.clear();
            }
        }
    }
}

fn exits(site: Option<&SiteDiff>, cause: RemovalCause) -> i64 {
    site.and_then(|site| site.removed.get(&cause))
        .map_or(0, |change| change.by())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn a_diff_says_what_was_done_in_between(first in steps(), second in steps()) {
        let _clock = alone();
        let (mut shop, mut model) = (Shop::default(), Model::default());
        run(&mut shop, &mut model, &first);
        let (earlier, before) = (Snapshot::now(), model.clone());
        run(&mut shop, &mut model, &second);
        let later = Snapshot::now();
        let diff = later.diff(&earlier).unwrap();
        prop_assert!(diff.same_process);
        prop_assert!(diff.site("Shop.idle").is_none());
        fits(&diff.to_string());
        if MODE == Mode::Off {
            prop_assert!(diff.is_empty());
            return Ok(());
        }
        let site = diff.site("Shop.orders");
        let by = |figure: fn(&SiteDiff) -> i64| site.map_or(0, figure);
        prop_assert_eq!(by(|site| site.entries.by()), model.map.len() as i64 - before.map.len() as i64);
        prop_assert_eq!(by(|site| site.inserts.by()), model.inserts - before.inserts);
        prop_assert_eq!(by(|site| site.misses.by()), model.misses - before.misses);
        prop_assert_eq!(exits(site, RemovalCause::Removed), model.removed - before.removed);
        prop_assert_eq!(exits(site, RemovalCause::Replaced), model.replaced - before.replaced);
        prop_assert_eq!(exits(site, RemovalCause::Cleared), model.cleared - before.cleared);
        prop_assert_eq!(exits(site, RemovalCause::Drained), 0);
        prop_assert_eq!(by(SiteDiff::left_by), model.removed + model.cleared - before.removed - before.cleared);
        let maps = |model: &Model| i64::from(model.inserts > 0);
        prop_assert_eq!(by(|site| site.instances.by()), maps(&model) - maps(&before));
        prop_assert_eq!(by(|site| site.table_bytes.by()) > 0, by(|site| site.capacity.by()) > 0);
        if MODE == Mode::Strict {
            prop_assert_eq!(by(|site| site.residue.by()), model.residue() - before.residue());
            let lines = |figure: fn(&mapkeeper::CallSiteDiff) -> i64| -> i64 {
                site.map_or(0, |site| site.call_sites.iter().map(figure).sum())
            };
            prop_assert_eq!(lines(|line| line.births.by()), model.inserts - before.inserts);
            prop_assert_eq!(lines(|line| line.live.by()), by(|site| site.entries.by()));
        }
        let none = later.diff(&later).unwrap();
        prop_assert!(none.is_empty());
        let told = none.to_string().contains("nothing changed");
        prop_assert!(told);
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Growing {
    #[map]
    little: HashMap<u32, u32>,
    #[map]
    much: HashMap<u32, u32>,
    #[map]
    less: HashMap<u32, u32>,
}

#[test]
fn what_grew_most_comes_first() {
    let _clock = alone();
    let mut s = Growing::default();
    s.less.extend((0..500).map(|n| (n, n)));
    let earlier = Snapshot::now();
    s.little.extend((0..20).map(|n| (n, n)));
    s.much.extend((0..12_345).map(|n| (n, n)));
    s.less.retain(|n, _| n % 2 == 0);
    let diff = Snapshot::now().diff(&earlier).unwrap();
    let text = diff.to_string();
    fits(&text);
    if MODE == Mode::Off {
        return;
    }
    let names: Vec<&str> = diff.sites.iter().map(|site| &*site.site).collect();
    assert_eq!(names, ["Growing.much", "Growing.little", "Growing.less"]);
    for part in [
        "+12,345",
        "−250",
        "filtered +250",
        "Growing.much",
        "KiB",
        "what changed",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let json = serde_json::to_value(&diff).unwrap();
    assert_eq!(json["sites"][0]["entries"]["after"], 12_345);
    assert_eq!(json["sites"][2]["removed"]["filtered"]["after"], 250);
}

#[test]
fn two_runs_are_compared_by_name_and_the_text_says_so() {
    let _clock = alone();
    let mut s = Growing::default();
    s.little.insert(1, 1);
    let now = Snapshot::now();
    let other = edited(&now, |json| {
        json["process"] = "another".into();
        json["number"] = 4_000_000.into();
        let sites = json["sites"].as_array_mut().unwrap();
        sites.retain(|site| site["site"] != "Growing.much");
        let little = sites
            .iter_mut()
            .find(|site| site["site"] == "Growing.little")
            .unwrap();
        little["len"] = json!(u64::MAX);
        little["declared_at"] = "elsewhere.rs:1:1".into();
    });
    let diff = now.diff(&other).unwrap();
    assert!(!diff.same_process);
    assert_eq!(diff.site("Growing.much").unwrap().presence, Presence::New);
    let little = diff.site("Growing.little").unwrap();
    assert_eq!(little.entries.by(), i64::MIN);
    assert_eq!(little.presence, Presence::Both);
    let text = diff.to_string();
    fits(&text);
    assert!(text.contains("different runs"), "{text}");
    let back = other.diff(&now).unwrap();
    assert_eq!(back.site("Growing.much").unwrap().presence, Presence::Gone);
    assert_eq!(
        back.site("Growing.little").unwrap().entries.before,
        if_recorded(1)
    );
    fits(&back.to_string());
}

#[test]
fn a_diff_the_wrong_way_round_is_an_error() {
    let _clock = alone();
    let (earlier, later) = (Snapshot::now(), Snapshot::now());
    let error = earlier.diff(&later).unwrap_err();
    assert!(matches!(error, SnapshotError::WrongOrder { .. }));
    assert!(error.to_string().contains("swap them"), "{error}");
    let mode = if MODE == Mode::Off { "observe" } else { "off" };
    let other = edited(&earlier, |json| json["mode"] = mode.into());
    let error = later.diff(&other).unwrap_err();
    assert!(matches!(error, SnapshotError::OtherMode { .. }));
}
