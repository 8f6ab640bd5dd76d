//! `diff` of snapshots that the runtime made.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use mapkeeper::Snapshot;
use serde_json::Value;

use super::{Folder, broken, run};

#[mapkeeper::tracked]
#[derive(Default)]
struct Differs {
    #[map]
    grows: HashMap<u64, u64>,
    #[map]
    shrinks: HashMap<u64, u64>,
    #[map]
    stays: HashMap<u64, u64>,
    #[map(growth = allow)]
    may_grow: HashMap<u64, u64>,
}

/// Sites are the whole process': one test at a time has maps of them.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Two snapshots as files. What std's maps would count: `grows` from 1,000 to 2,500, `shrinks` from 500 to 100,
/// `may_grow` from 0 to 9,000.
fn two(folder: &Folder) -> (String, String) {
    let _alone = alone();
    let mut s = Differs::default();
    s.grows.extend((0..1_000).map(|n| (n, n)));
    s.shrinks.extend((0..500).map(|n| (n, n)));
    s.stays.extend((0..10).map(|n| (n, n)));
    let before = Snapshot::now();
    s.grows.extend((1_000..3_000).map(|n| (n, n)));
    s.grows.retain(|n, _| *n >= 500);
    s.shrinks.retain(|n, _| *n < 100);
    s.may_grow.extend((0..9_000).map(|n| (n, n)));
    let after = Snapshot::now();
    (
        folder.save("before.json", &before, "Differs.", |_| {}),
        folder.save("after.json", &after, "Differs.", |_| {}),
    )
}

#[test]
fn what_grew_most_comes_first() {
    let folder = Folder::new("diff-table");
    let (before, after) = two(&folder);
    let told = run(["mapkeeper", "diff", &before, &after]);
    assert_eq!((told.code, &*told.err), (0, ""));
    let place = |text: &str| {
        told.out
            .find(text)
            .unwrap_or_else(|| panic!("{text}: {}", told.out))
    };
    assert!(place("Differs.may_grow") < place("Differs.grows"));
    assert!(place("Differs.grows") < place("Differs.shrinks"));
    assert!(!told.out.contains("Differs.stays"), "{}", told.out);
    let row = |name: &str| -> Vec<&str> {
        let line = told.out.lines().find(|line| line.starts_with(name));
        line.unwrap().split_whitespace().collect()
    };
    // By how much, and to what.
    assert_eq!(row("Differs.grows")[1..3], ["+1,500", "2,500"]);
    assert_eq!(row("Differs.shrinks")[1..3], ["−400", "100"]);
    // Aligned: the figures of a column end below its heading.
    let end_of = |line: &str, word: &str| {
        line[..line.find(word).unwrap() + word.len()]
            .chars()
            .count()
    };
    let line = |name: &str| {
        told.out
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap()
    };
    let heading = end_of(line("map "), "entries");
    assert_eq!(end_of(line("Differs.grows"), "+1,500"), heading);
    assert_eq!(end_of(line("Differs.shrinks"), "−400"), heading);
}

#[test]
fn machines_get_the_figures_that_maps_would_count() {
    let folder = Folder::new("diff-json");
    let (before, after) = two(&folder);
    let told = run(["diff", &before, &after, "--json"]);
    assert_eq!((told.code, &*told.err), (0, ""));
    let json: Value = serde_json::from_str(&told.out).unwrap();
    let of = |name: &str| {
        let sites = json["sites"].as_array().unwrap();
        let site = sites.iter().find(|site| site["site"] == name);
        let figure = |field: &str, when: &str| site.unwrap()[field][when].as_u64().unwrap();
        let entries = (figure("entries", "before"), figure("entries", "after"));
        // Maps of before count, too.
        (
            entries,
            figure("inserts", "after") - figure("inserts", "before"),
        )
    };
    assert_eq!(of("Differs.grows"), ((1_000, 2_500), 2_000));
    assert_eq!(of("Differs.shrinks"), ((500, 100), 0));
    assert_eq!(of("Differs.may_grow"), ((0, 9_000), 9_000));
    assert_eq!(json["same_process"], true);
    assert_eq!(told.out.lines().count(), 1);
}

#[test]
fn growth_fails_where_that_is_asked_for() {
    let folder = Folder::new("diff-fails");
    let (before, after) = two(&folder);
    for (option, code) in [
        ("--fail-on-growth", 1),
        ("--fail-on-growth=1499", 1),
        ("--fail-on-growth=1500", 0),
        ("--fail-on-growth=149%", 1),
        ("--fail-on-growth=150%", 0),
    ] {
        let told = run(["diff", option, &before, &after]);
        assert_eq!(told.code, code, "{option}: {told:?}");
        let said = if code == 1 {
            "1 map grew: Differs.grows by 1,500\n"
        } else {
            ""
        };
        assert_eq!(told.err, said, "{option}");
        assert!(
            told.out.contains("Differs.grows"),
            "the table is there in any case"
        );
    }
    let own = run(["diff", "--fail-on-growth", &before, &before]);
    assert_eq!((own.code, &*own.err), (0, ""), "nothing grew since itself");
    run(["diff", "--fail-on-growth=lots", &before, &after]).is_refused(&["=500", "=10%"]);
}

#[test]
fn snapshots_that_cannot_be_compared_are_told_why() {
    let folder = Folder::new("diff-broken");
    let (before, after) = two(&folder);
    run(["diff", &after, &before]).is_refused(&["wrong order"]);
    for (path, says) in broken(&folder, &before) {
        run(["diff", &path, &after]).is_refused(&says);
        run(["diff", &before, &path, "--json"]).is_refused(&says);
    }
    let snapshot = Snapshot::now();
    let mode = if mapkeeper::MODE == mapkeeper::Mode::Strict {
        "observe"
    } else {
        "strict"
    };
    let strict = folder.save("strict.json", &snapshot, "Differs.", |json| {
        json["mode"] = mode.into()
    });
    run(["diff", &before, &strict]).is_refused(&["mode"]);
    run(["diff", &before]).is_refused(&["one is named"]);
}

#[test]
fn snapshots_of_two_runs_are_compared_as_such() {
    let folder = Folder::new("diff-runs");
    let (before, _) = two(&folder);
    let other = folder.save("other.json", &Snapshot::now(), "Differs.", |json| {
        json["process"] = "another run".into();
        json["number"] = 1.into();
    });
    let told = run(["diff", &before, &other]);
    assert_eq!(told.code, 0);
    assert!(told.out.contains("different runs"), "{}", told.out);
}

#[test]
fn names_cannot_take_over_the_terminal() {
    let folder = Folder::new("diff-hostile");
    let hostile = "Differs.\u{1b}[2J\u{9b}31m\u{202e}\r\n";
    let _alone = alone();
    let mut s = Differs::default();
    s.grows.insert(1, 1);
    let save = |name: &str| {
        folder.save(name, &Snapshot::now(), "Differs.", |json| {
            for site in json["sites"].as_array_mut().unwrap() {
                site["site"] = hostile.into();
                for line in site["call_sites"].as_array_mut().unwrap() {
                    line["call_site"] = hostile.into();
                }
            }
        })
    };
    let before = save("before.json");
    s.grows.extend((0..100).map(|n| (n, n)));
    let after = save("after.json");
    for option in ["--fail-on-growth", "--json"] {
        let told = run(["diff", &before, &after, option]);
        let all = told.out + &told.err;
        assert!(all.contains("Differs."), "{all}");
        for c in all.chars() {
            assert!(
                c == '\n' || !c.is_control() && c != '\u{202e}',
                "{c:?} in {all}"
            );
        }
    }
}
