//! What Prometheus scrapes, against the maps and the report.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::Write,
    process::{Command, Stdio},
};

use mapkeeper::{MODE, Mode, prometheus::Metrics};
use mapkeeper_tests::sites::if_recorded;

use crate::client::{get, inspector, request};

#[mapkeeper::tracked]
#[derive(Default)]
struct Scraped {
    #[map(max_len = 1_000_000)]
    map: HashMap<u64, Option<u64>>,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Spread {
    #[map]
    map: HashMap<u64, u64>,
}

/// Series by name and labels, as text.
fn series(text: &str) -> BTreeMap<String, f64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (series, value) = line.rsplit_once(' ').expect(line);
            (series.to_owned(), value.parse().expect(line))
        })
        .collect()
}

/// The value of a site's series whose labels go on like this.
fn of(all: &BTreeMap<String, f64>, name: &str, site: &str, labels: &str) -> Option<f64> {
    let start = format!("{name}{{module=\"inspector::metrics\",site=\"{site}\"{labels}");
    let mut found = all.iter().filter(|(series, _)| series.starts_with(&start));
    let value = found.next().map(|(_, value)| *value);
    assert!(found.next().is_none(), "{start} is several");
    value
}

#[test]
fn counts_are_those_of_the_maps() {
    let mut s = Scraped::default();
    s.map.extend((0..20_000).map(|n| (n, Some(n))));
    for n in 0..5_000 {
        s.map.remove(&n);
    }
    for n in 5_000..15_000 {
        s.map.insert(n, None);
    }
    s.map.remove(&99_999);
    let text = Metrics::new().to_openmetrics();
    assert!(text.ends_with("# EOF\n"));
    let all = series(&text);
    let site = "Scraped.map";
    let whole = |n| Some(if_recorded(n) as f64);
    assert_eq!(of(&all, "mapkeeper_entries", site, "}"), whole(15_000));
    assert_eq!(
        of(&all, "mapkeeper_inserted_total", site, "}"),
        whole(20_000)
    );
    assert_eq!(
        of(&all, "mapkeeper_residue_entries", site, "}"),
        whole(10_000)
    );
    assert_eq!(
        of(&all, "mapkeeper_remove_misses_total", site, "}"),
        whole(1)
    );
    let removed = |cause: &str| {
        of(
            &all,
            "mapkeeper_removed_total",
            site,
            &format!(",cause=\"{cause}\"}}"),
        )
    };
    assert_eq!(removed("removed"), whole(5_000));
    assert_eq!(removed("replaced"), whole(10_000));
    assert_eq!(removed("map_dropped"), whole(0));
    assert_eq!(of(&all, "mapkeeper_limit_entries", site, "}"), Some(1e6));
    let line = ",call_site=\"tests/tests/inspector/metrics.rs";
    let suspect = of(&all, "mapkeeper_suspect", site, ",kind=\"residue\"");
    let lives = of(&all, "mapkeeper_lifetime_seconds_count", site, "}");
    if MODE == Mode::Off {
        assert_eq!((suspect, lives), (None, Some(0.0)));
        return;
    }
    assert_eq!(suspect, Some(1.0));
    let entries: f64 = all
        .iter()
        .filter(|(series, _)| {
            series.starts_with("mapkeeper_line_entries")
                && series.contains(site)
                && series.contains(line)
        })
        .map(|(_, value)| value)
        .sum();
    // In observe, what samples say of lines is scaled to what is there.
    assert!((entries - 15_000.0).abs() <= 15_000.0 * 0.02, "{entries}");
    let last = "mapkeeper_lifetime_seconds_bucket{le=\"+Inf\",module=\"inspector::metrics\",site=\"Scraped.map\"}";
    let last = all.get(last).copied();
    assert_eq!(last, lives);
    if MODE == Mode::Strict {
        assert_eq!(lives, Some(5_000.0));
    }
}

#[test]
fn the_inspector_gives_the_same_metrics() {
    let inspector = inspector();
    let ask = |accept: &str| request(&inspector, "GET", "/metrics", accept);
    let answer = ask("Accept: application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1\r\n");
    let names = |text: &str| -> BTreeSet<String> {
        let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        types.map(str::to_owned).collect()
    };
    // Whether there are suspects depends on the moment.
    let without_suspects = |mut names: BTreeSet<String>| {
        names.retain(|name| !name.contains("suspect"));
        names
    };
    let here = without_suspects(names(&Metrics::new().to_openmetrics()));
    assert_eq!(without_suspects(names(&answer.body)), here);
    assert!(here.contains("mapkeeper_lifetime_seconds histogram"));
    let plain = get(&inspector, "/metrics");
    let kind = plain.header("content-type").unwrap();
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    assert!(
        plain
            .body
            .contains("# TYPE mapkeeper_inserted_total counter\n")
    );
    assert!(!plain.body.contains("# EOF"));
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("application/openmetrics-text; version=1.0.0")
    );
}

#[test]
fn every_metric_is_documented() {
    let mut s = Scraped::default();
    s.map.extend((0..20_000).map(|n| (n, Some(n))));
    for n in 0..10_000 {
        s.map.insert(n, None);
    }
    let shared = Shared::default();
    shared.map.insert(1, 1);
    let source = include_str!("../../../runtime/src/prometheus.rs");
    let docs: Vec<&str> = source
        .lines()
        .filter(|line| line.starts_with("//! |"))
        .collect();
    let docs = docs.join("\n");
    for line in Metrics::new().to_text().lines() {
        if let Some(described) = line.strip_prefix("# TYPE ") {
            let name = described.split(' ').next().unwrap_or(described);
            let is_told =
                docs.contains(&format!("`{name}`")) || docs.contains(&format!("`{name}{{"));
            assert!(is_told, "{name} is not in the module's documentation");
        }
    }
}

#[test]
fn counters_never_fall() {
    let metrics = Metrics::new();
    let mut s = Spread::default();
    let mut before = BTreeMap::<String, f64>::new();
    for round in 0..20_u64 {
        s.map.extend((0..5_000).map(|n| (round * 5_000 + n, n)));
        for n in 0..4_000 {
            s.map.remove(&(round * 5_000 + n));
        }
        let now = series(&metrics.clone().to_openmetrics());
        for (series, value) in &before {
            let counts = ["_total", "_bucket", "_count"]
                .iter()
                .any(|of| series.contains(of));
            if counts && series.contains("Spread") {
                assert!(
                    now[series] >= *value,
                    "{series}: {} after {value}",
                    now[series]
                );
            }
        }
        before = now;
    }
}

#[test]
fn series_are_bounded_by_sites_and_lines() {
    let mut s = Spread::default();
    s.map.extend((0..1_000).map(|n| (n, n)));
    for n in 1_000..2_000 {
        s.map.insert(n, n);
    }
    let all = series(&Metrics::new().max_sites(1).max_lines(1).to_openmetrics());
    let names = |name: &str| -> Vec<&String> {
        let start = format!("{name}{{");
        all.keys()
            .filter(|series| series.starts_with(&start))
            .collect()
    };
    assert_eq!(names("mapkeeper_entries").len(), 2, "{all:?}");
    assert!(
        names("mapkeeper_entries")
            .iter()
            .any(|series| series.contains("site=\"other\""))
    );
    let lines = names("mapkeeper_line_entries");
    assert!(lines.len() <= 4);
    if MODE == Mode::Strict {
        let other = |series: &&&String| series.contains("call_site=\"other\"");
        assert!(lines.iter().any(|series| other(&series)), "{lines:?}");
    }
    // Nothing is lost: what has no series of its own is in the others.
    let sum: f64 = names("mapkeeper_inserted_total")
        .iter()
        .map(|series| all[*series])
        .sum();
    assert!(sum >= if_recorded(2_000) as f64);
}

#[test]
fn suspects_are_bounded_and_the_rest_is_told_as_other() {
    let (mut s, mut t) = (Emptied::default(), Vacated::default());
    s.map.extend((0..2_000).map(|n| (n, Some(n))));
    t.map.extend((0..3_000).map(|n| (n, Some(n))));
    for n in 0..2_000 {
        s.map.insert(n, None);
        t.map.insert(n, None);
    }
    let metrics = Metrics::new().max_suspects(1);
    let all = series(&metrics.to_openmetrics());
    let found = |name: &str| -> Vec<(&String, f64)> {
        let start = format!("{name}{{");
        let of = all.iter().filter(|(series, _)| series.starts_with(&start));
        of.map(|(series, value)| (series, *value)).collect()
    };
    if MODE == Mode::Off {
        assert!(found("mapkeeper_suspect").is_empty());
        return;
    }
    let other = "{module=\"other\",site=\"other\",kind=\"other\",call_site=\"other\",fingerprint=\"other\"}";
    for name in [
        "mapkeeper_suspect",
        "mapkeeper_suspect_entries",
        "mapkeeper_suspect_entries_per_hour",
    ] {
        assert_eq!(found(name).len(), 2, "{name}: {all:?}");
        assert!(all.contains_key(&format!("{name}{other}")), "{all:?}");
    }
    // Other tests of this process have suspects, too.
    let all_of_them: f64 = found("mapkeeper_suspect").iter().map(|(_, n)| n).sum();
    assert!(all_of_them >= 2.0, "{all:?}");
    let entries: f64 = found("mapkeeper_suspect_entries")
        .iter()
        .map(|(_, n)| n)
        .sum();
    assert!(entries >= 4_000.0, "{all:?}");
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Emptied {
    #[map]
    map: HashMap<u64, Option<u64>>,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Vacated {
    #[map]
    map: HashMap<u64, Option<u64>>,
}

#[test]
fn the_release_is_what_the_program_said_last() {
    assert!(!Metrics::new().to_text().contains("mapkeeper_release_info"));
    mapkeeper::prometheus::set_release("2.3");
    mapkeeper::prometheus::set_release("2.4 \"beta\"");
    let inspector = inspector();
    let said = "mapkeeper_release_info{release=\"2.4 \\\"beta\\\"\"} 1\n";
    let ours = Metrics::new().to_openmetrics();
    assert!(ours.contains(said), "{ours}");
    let of_the_inspector = get(&inspector, "/metrics").body;
    assert!(of_the_inspector.contains(said), "{of_the_inspector}");
}

/// Needs `promtool` (Debian: `prometheus`). Where there is none it says so and is content, unless `MAPKEEPER_PROMETHEUS=required`.
#[test]
fn promtool_finds_nothing_to_say_about_the_inspectors_metrics() {
    let mut s = Scraped::default();
    s.map.extend((0..20_000).map(|n| (n, Some(n))));
    for n in 5_000..15_000 {
        s.map.insert(n, None);
    }
    let shared = Shared::default();
    for n in 0..100 {
        shared.map.insert(n, n);
    }
    let inspector = inspector();
    let text = get(&inspector, "/metrics").body;
    let started = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut promtool) = started else {
        assert_ne!(
            std::env::var("MAPKEEPER_PROMETHEUS").as_deref(),
            Ok("required"),
            "there is no promtool"
        );
        eprintln!("no promtool: the metrics were not checked by it");
        return;
    };
    let mut stdin = promtool.stdin.take().expect("piped");
    stdin.write_all(text.as_bytes()).expect("it reads");
    drop(stdin);
    let output = promtool.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].concat();
    assert_eq!(String::from_utf8_lossy(&said), "", "{text}");
    assert!(output.status.success());
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Shared {
    #[map]
    map: mapkeeper::sync::HashMap<u64, u64>,
}

#[test]
fn labels_are_escaped() {
    let text = Metrics::new().to_openmetrics();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (series, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok(), "{line}");
        assert_eq!(series.matches('"').count() % 2, 0, "{line}");
    }
    assert!(text.contains("site=\"A \\\"quoted\\\" \\\\name\""));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Named {
    #[map(name = "A \"quoted\" \\name")]
    map: HashMap<u64, u64>,
}

#[test]
fn a_name_of_the_users_own_is_no_trouble() {
    let mut named = Named::default();
    named.map.insert(1, 1);
    labels_are_escaped();
}
