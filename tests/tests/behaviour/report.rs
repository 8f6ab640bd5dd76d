//! The report: text for people at 100 columns, JSON for machines, both saying what the struct says.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use mapkeeper::{MODE, Mode, RemovalCause, Report};
use mapkeeper_tests::sites::records;
use serde_json::Value;

#[mapkeeper::tracked]
#[derive(Default)]
struct ReportedServiceWithALongName {
    #[map(residue = allow, max_len = 1_000_000)]
    orders_by_customer_and_region: HashMap<u64, Option<u64>>,
    #[map(follows = orders_by_customer_and_region)]
    small: HashMap<u64, u64>,
    #[map(name = "renamed", subset_of = small)]
    never_used: HashMap<u64, u64>,
}

const SITES: [&str; 3] = [
    "ReportedServiceWithALongName.orders_by_customer_and_region",
    "ReportedServiceWithALongName.small",
    "renamed",
];

/// A service that lived through the same as every other; one at a time, so that nobody's report meets it half-way.
fn some_life() -> (ReportedServiceWithALongName, MutexGuard<'static, ()>) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut s = ReportedServiceWithALongName::default();
    for key in 0..20_000 {
        s.orders_by_customer_and_region.insert(key, Some(key));
    }
    s.orders_by_customer_and_region
        .retain(|key, _| key % 3 == 0);
    s.orders_by_customer_and_region.remove(&1);
    s.small.extend([(1, 1), (2, 2)]);
    s.small.insert(1, 2);
    (s, alone)
}

/// Reads the text's tables: runs of lines whose columns have to be aligned.
fn tables(text: &str) -> Vec<Vec<&str>> {
    let mut tables: Vec<Vec<&str>> = Vec::new();
    for line in text.lines() {
        let header = line.trim_start();
        if header.starts_with("map ") || header.starts_with("line ") {
            tables.push(vec![line]);
        } else if let Some(table) = tables.last_mut() {
            let indent = |line: &str| line.len() - line.trim_start().len();
            if line.is_empty() {
                tables.push(Vec::new());
            } else if !table.is_empty() && indent(line) == indent(table[0]) && !line.contains('…')
            {
                table.push(line);
            }
        }
    }
    tables.retain(|table| table.len() > 1);
    tables
}

/// Where each cell of a line ends, in characters; cells are two blanks or more apart.
fn cell_ends(line: &str) -> Vec<usize> {
    let chars: Vec<char> = line.chars().collect();
    (1..=chars.len())
        .filter(|end| {
            chars[end - 1] != ' ' && (*end == chars.len() || chars[*end..].starts_with(&[' ', ' ']))
        })
        .collect()
}

#[test]
fn the_text_fits_100_columns_and_its_tables_are_aligned() {
    let _s = some_life();
    let text = mapkeeper::report().to_string();
    for line in text.lines() {
        assert!(
            line.chars().count() <= 100,
            "{} columns: {line}",
            line.chars().count()
        );
        assert_eq!(line, line.trim_end(), "blanks at the end");
    }
    let tables = tables(&text);
    assert!(!tables.is_empty(), "no table in:\n{text}");
    for table in tables {
        let header = cell_ends(table[0]);
        for line in &table {
            let cells = cell_ends(line);
            assert_eq!(cells.len(), header.len(), "{line}\n{text}");
            assert_eq!(
                cells[1..],
                header[1..],
                "columns end elsewhere:\n{}\n{line}",
                table[0]
            );
        }
    }
}

#[test]
fn the_text_names_fields_with_their_places() {
    let _s = some_life();
    let report = mapkeeper::report();
    let text = report.to_string();
    for name in SITES {
        // A long name keeps its end in the table; its own paragraph has all of it.
        let end: String = name
            .chars()
            .skip(name.chars().count().saturating_sub(12))
            .collect();
        assert!(text.contains(&end), "{name} is missing in\n{text}");
        let row = report.site(name).unwrap();
        let mut place = row.declared_at.rsplitn(3, ':');
        let (column, line) = (place.next().unwrap(), place.next().unwrap());
        assert_eq!(place.next(), Some(file!()));
        let source = include_str!("report.rs")
            .lines()
            .nth(line.parse::<usize>().unwrap() - 1)
            .unwrap();
        let field = name
            .strip_prefix("ReportedServiceWithALongName.")
            .unwrap_or("never_used");
        assert!(
            source[column.parse::<usize>().unwrap() - 1..].starts_with(field),
            "{source}"
        );
    }
    assert_eq!(
        text.starts_with("mapkeeper: compiled off"),
        MODE == Mode::Off,
        "{text}"
    );
    if records() {
        let row = report.site(SITES[0]).unwrap();
        assert!(text.contains(&format!("{} ({})", row.site, row.declared_at)));
        // Other tests lived through the same; 13,333 entries are filtered each time.
        let filtered = row.removed.get(RemovalCause::Filtered);
        assert_eq!(filtered % 13_333, 0);
        let filtered = format!("filtered {},{:03}", filtered / 1000, filtered % 1000);
        assert!(text.contains(&filtered), "{filtered} is missing in\n{text}");
        let unwrapped: Vec<&str> = text.split_whitespace().collect();
        assert!(
            unwrapped
                .join(" ")
                .contains(&format!("follows {}", SITES[0])),
            "{text}"
        );
        let mut source = include_str!("report.rs").lines();
        let line = source
            .position(|line| line.contains("Some(key));"))
            .unwrap()
            + 1;
        let place = format!("{}:{line}:", file!());
        assert!(
            row.call_sites
                .iter()
                .any(|site| site.call_site.starts_with(&place)),
            "{row:?}"
        );
    }
}

/// Compares every figure of the report with its JSON.
fn check_json(report: &Report, json: &Value) {
    assert_eq!(json["schema"], "mapkeeper.report/1");
    assert_eq!(json["schema"], report.schema);
    assert_eq!(json["mode"], MODE.as_str());
    assert_eq!(json["sampled_one_in"], report.sampled_one_in);
    let sites = json["sites"].as_array().unwrap();
    assert_eq!(sites.len(), report.sites.len());
    for (json, row) in sites.iter().zip(&report.sites) {
        let numbers = [
            ("instances", row.instances),
            ("instances_total", row.instances_total),
            ("len", row.len),
            ("capacity", row.capacity),
            ("table_bytes", row.table_bytes),
            ("peak", row.peak),
            ("inserts", row.inserts),
            ("replaces", row.replaces),
            ("misses", row.misses),
            ("residue", row.residue),
            ("breaches", row.breaches),
            ("leftovers", row.leftovers),
            ("samples_dropped", row.samples_dropped),
        ];
        for (name, number) in numbers {
            assert_eq!(json[name], number, "{name}");
        }
        assert_eq!(json["site"], row.site);
        assert_eq!(json["module"], row.module);
        assert_eq!(json["declared_at"], row.declared_at);
        let removed = json["removed"].as_object().unwrap();
        assert_eq!(removed.len(), RemovalCause::ALL.len());
        for cause in RemovalCause::ALL {
            assert_eq!(removed[cause.as_str()], row.removed.get(cause), "{cause}");
        }
        assert_eq!(
            json["call_sites"].as_array().unwrap().len(),
            row.call_sites.len()
        );
        for (json, line) in json["call_sites"]
            .as_array()
            .unwrap()
            .iter()
            .zip(&row.call_sites)
        {
            assert_eq!(json["call_site"], line.call_site);
            assert_eq!(
                (&json["births"], &json["live"]),
                (&line.births.into(), &line.live.into())
            );
        }
        assert_eq!(json["largest"].as_array().unwrap().len(), row.largest.len());
    }
    assert_eq!(
        json["suspects"].as_array().unwrap().len(),
        report.suspects.len()
    );
}

#[test]
fn the_json_parses_and_says_what_the_struct_says() {
    let _s = some_life();
    let report = mapkeeper::report();
    let json: Value = serde_json::from_str(&report.to_json()).unwrap();
    check_json(&report, &json);
    let row = report.site(SITES[1]).unwrap();
    assert_eq!(row.follows.as_deref(), Some(SITES[0]));
    assert_eq!(
        report.site(SITES[2]).unwrap().subset_of.as_deref(),
        Some(SITES[1])
    );
}

#[test]
fn a_site_is_known_before_any_map_of_it_lived() {
    #[mapkeeper::tracked]
    struct NeverMade {
        #[map]
        map: HashMap<u64, u64>,
    }
    let _ = |never: NeverMade| never.map.len();
    let report = mapkeeper::report();
    let row = report.site("NeverMade.map").unwrap();
    assert_eq!(
        (row.len, row.instances_total, row.call_sites.len()),
        (0, 0, 0)
    );
    assert!(mapkeeper::sites().any(|site| site.name() == "NeverMade.map"));
    assert_eq!(row.module, module_path!());
}

#[test]
fn off_reports_every_site_and_says_that_nothing_was_recorded() {
    if MODE != Mode::Off {
        return;
    }
    let _s = some_life();
    let report = mapkeeper::report();
    assert_eq!((report.mode, report.sampled_one_in), (Mode::Off, 0));
    assert!(
        report
            .to_string()
            .starts_with("mapkeeper: compiled off, so nothing was recorded")
    );
    assert!(
        report
            .sites
            .iter()
            .all(|row| row.inserts == 0 && row.len == 0 && row.call_sites.is_empty())
    );
    assert!(report.suspects.is_empty());
    for name in SITES {
        assert!(report.site(name).is_some());
    }
}
