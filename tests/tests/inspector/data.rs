//! What the addresses under `/api/` tell, against the maps themselves.

use std::collections::HashMap;

use mapkeeper::{MODE, Mode};
use mapkeeper_tests::sites::{if_recorded, site};
use serde_json::Value;

use crate::client::{data, get, inspector, request};

#[mapkeeper::tracked]
#[derive(Default)]
struct Shown {
    #[map]
    few: HashMap<u64, u64>,
    #[map]
    many: HashMap<u64, Option<u64>>,
    #[map]
    none: HashMap<u64, u64>,
}

fn names(page: &Value) -> Vec<&str> {
    let rows = page["items"].as_array().unwrap().iter();
    rows.map(|row| row["site"].as_str().unwrap()).collect()
}

#[test]
fn maps_are_listed_sorted_filtered_and_in_parts() {
    let inspector = inspector();
    let mut s = Shown::default();
    s.few.extend((0..200).map(|n| (n, n)));
    s.many.extend((0..900).map(|n| (n, Some(n))));
    let page = data(&inspector, "/api/sites?q=shown.&sort=entries");
    if MODE == Mode::Off {
        assert_eq!(names(&page), ["Shown.few", "Shown.many", "Shown.none"]);
        assert_eq!(page["items"][0]["entries"], 0);
        return;
    }
    assert_eq!(names(&page), ["Shown.many", "Shown.few", "Shown.none"]);
    assert_eq!(page["total"], 3);
    assert_eq!(page["items"][0]["entries"], 900);
    assert_eq!(page["items"][1]["inserted"], 200);
    let first_last = data(&inspector, "/api/sites?q=SHOWN.&sort=site&order=desc");
    assert_eq!(
        names(&first_last),
        ["Shown.none", "Shown.many", "Shown.few"]
    );
    let part = data(
        &inspector,
        "/api/sites?q=shown.&sort=site&order=asc&offset=1&limit=1",
    );
    assert_eq!(
        (names(&part), &part["total"]),
        (vec!["Shown.many"], &Value::from(3))
    );
    let beyond = data(&inspector, "/api/sites?q=shown.&offset=100");
    assert_eq!(
        (names(&beyond).len(), &beyond["total"]),
        (0, &Value::from(3))
    );
    assert_eq!(
        names(&data(&inspector, "/api/sites?q=no%20such%20map")).len(),
        0
    );
}

#[test]
fn one_map_is_told_as_the_report_does() {
    let inspector = inspector();
    let mut s = Shown::default();
    s.many.extend((0..100).map(|n| (n, None)));
    let rows = data(&inspector, "/api/sites?q=Shown.many");
    let id = rows["items"][0]["id"].as_str().unwrap();
    let told = data(&inspector, &format!("/api/sites/{id}"));
    let row = serde_json::to_value(site("Shown.many")).unwrap();
    for field in ["site", "module", "declared_at", "max_len", "growth_allowed"] {
        assert_eq!(told["site"][field], row[field], "{field}");
    }
    assert_eq!(
        told["site"].as_object().unwrap().len(),
        row.as_object().unwrap().len()
    );
    let flight = data(&inspector, &format!("/api/sites/{id}/flight"));
    let maps = flight["maps"].as_array().unwrap();
    assert_eq!(maps.is_empty(), MODE != Mode::Strict);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Emptied {
    #[map]
    orders: HashMap<u64, Option<u64>>,
}

#[test]
fn what_looks_like_a_leak_is_told_with_its_lines() {
    let inspector = inspector();
    let mut s = Emptied::default();
    s.orders.extend((0..20_000).map(|n| (n, Some(n))));
    for n in 0..15_000 {
        s.orders.insert(n, None);
    }
    let suspects = data(&inspector, "/api/suspects?limit=200");
    let of_this_map = |suspect: &&Value| suspect["site"] == "Emptied.orders";
    let found = suspects["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(of_this_map);
    assert_eq!(found.is_some(), MODE != Mode::Off);
    if let Some(suspect) = found {
        assert_eq!(suspect["kind"], "residue");
        assert_eq!(suspect["entries"], 15_000);
        let line = suspect["emptied_at"].as_str().unwrap();
        assert!(line.contains("inspector/data.rs"), "{line}");
        let summary = data(&inspector, "/api/summary");
        let known = summary["suspects"].as_array().unwrap();
        assert!(known.contains(&suspect["fingerprint"]));
    }
}

#[test]
fn events_tell_the_summary_again_and_again() {
    use std::io::{BufRead, BufReader, Write};
    let inspector = inspector();
    let to = inspector.local_addr();
    let mut stream = std::net::TcpStream::connect(to).unwrap();
    write!(stream, "GET /api/events HTTP/1.1\r\nHost: {to}\r\n\r\n").unwrap();
    let lines = BufReader::new(stream).lines().map(Result::unwrap);
    let mut told = lines.filter_map(|line| line.strip_prefix("data:").map(str::to_owned));
    let mut next = || serde_json::from_str::<Value>(&told.next().unwrap()).unwrap();
    let (first, second) = (next(), next());
    assert_eq!(first["mode"], MODE.as_str());
    assert!(second["at_ms"].as_u64() >= first["at_ms"].as_u64());
    assert_eq!(first["sites"], mapkeeper::sites().count());
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Between {
    #[map]
    sessions: HashMap<u64, u64>,
}

#[test]
fn three_snapshots_tell_what_nobody_removed() {
    let inspector = inspector();
    let take = || {
        let answer = request(&inspector, "POST", "/api/snapshots", "");
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()["number"].as_u64().unwrap()
    };
    let mut s = Between::default();
    s.sessions.extend((0..10_000).map(|n| (n, n)));
    let a = take();
    s.sessions.extend((10_000..40_000).map(|n| (n, n)));
    let b = take();
    for n in 0..25_000 {
        s.sessions.remove(&n);
    }
    let c = take();
    let listed = data(&inspector, "/api/snapshots");
    assert_eq!(listed.as_array().unwrap().len(), 3);
    let found = data(
        &inspector,
        &format!("/api/snapshots/survivors?a={a}&b={b}&c={c}"),
    );
    let of_this_map = |site: &&Value| site["site"] == "Between.sessions";
    let site = found["sites"]
        .as_array()
        .unwrap()
        .iter()
        .find(of_this_map)
        .cloned();
    let alive = site.map_or(0.0, |site| site["alive"].as_f64().unwrap());
    match MODE {
        Mode::Off => assert_eq!(alive, 0.0),
        Mode::Strict => assert_eq!(alive, 15_000.0),
        // 15,000 of which one in 256 is known.
        Mode::Observe => assert!((alive - 15_000.0).abs() < 5.0 * (15_000.0_f64 * 255.0).sqrt()),
    }
    let diff = data(&inspector, &format!("/api/snapshots/diff?from={a}&to={b}"));
    let changed = diff["sites"].as_array().unwrap().iter().find(of_this_map);
    let after = changed.map_or(0, |site| site["entries"]["after"].as_u64().unwrap());
    assert_eq!(after, if_recorded(40_000));
    let saved = get(&inspector, &format!("/api/snapshots/{c}")).body;
    assert_eq!(
        mapkeeper::Snapshot::from_json(&saved).unwrap().number as u64,
        c
    );
    let missing = get(&inspector, "/api/snapshots/4000000");
    assert_eq!(missing.status, 404);
    assert!(
        missing
            .error()
            .contains("there is no snapshot 4000000 here")
    );
    let backwards = get(&inspector, &format!("/api/snapshots/diff?from={b}&to={a}"));
    assert_eq!(backwards.status, 400, "{}", backwards.body);
}

#[test]
fn the_last_eight_snapshots_are_kept() {
    let inspector = inspector();
    let numbers: Vec<u64> = (0..11)
        .map(|_| {
            request(&inspector, "POST", "/api/snapshots", "").json()["number"]
                .as_u64()
                .unwrap()
        })
        .collect();
    let listed = data(&inspector, "/api/snapshots");
    let kept: Vec<u64> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|of| of["number"].as_u64().unwrap())
        .collect();
    assert_eq!(kept, numbers[3..]);
}

mod one {
    #[mapkeeper::tracked]
    #[derive(Default)]
    pub(super) struct Same {
        #[map]
        pub(super) name: std::collections::HashMap<u64, Option<u64>>,
    }
}

mod other {
    #[mapkeeper::tracked]
    #[derive(Default)]
    pub(super) struct Same {
        #[map]
        pub(super) name: std::collections::HashMap<u64, Option<u64>>,
    }
}

#[test]
fn a_suspect_is_not_its_namesakes() {
    let inspector = inspector();
    let (mut leaks, mut healthy) = (one::Same::default(), other::Same::default());
    leaks.name.extend((0..1_000).map(|n| (n, None)));
    healthy.name.extend((0..1_000).map(|n| (n, Some(n))));
    let page = data(&inspector, "/api/sites?q=Same.name&sort=suspects");
    let rows = page["items"].as_array().unwrap();
    let suspects = |module: &str| {
        let row = rows.iter().find(|row| row["module"] == module).unwrap();
        let id = row["id"].as_str().unwrap();
        let one = data(&inspector, &format!("/api/sites/{id}"));
        assert_eq!(
            row["suspects"],
            one["suspects"].as_array().unwrap().len(),
            "{module}"
        );
        row["suspects"].as_u64().unwrap()
    };
    assert_eq!(suspects("inspector::data::one"), if_recorded(1));
    assert_eq!(suspects("inspector::data::other"), 0);
    let sorted = get(&inspector, "/api/suspects?sort=entries");
    assert_eq!(sorted.status, 400, "suspects have an order of their own");
}
