//! Snapshots as pages in one file: what names and figures say is data, and nothing is asked of anybody.

use std::collections::HashMap;

use mapkeeper::{MODE, Mode, Snapshot};
use proptest::prelude::*;
use serde_json::Value;

use crate::{alone, edited};

#[mapkeeper::tracked]
#[derive(Default)]
struct Drawn {
    #[map]
    map: HashMap<u64, Option<u64>>,
}

/// A snapshot of one site, most of whose entries are residue.
fn leaking() -> Snapshot {
    let _clock = alone();
    let mut s = Drawn::default();
    s.map.extend((0..20_000).map(|n| (n, Some(n))));
    for n in 0..15_000 {
        s.map.insert(n, None);
    }
    edited(&Snapshot::now(), |json| {
        let sites = json["sites"].as_array_mut().unwrap();
        sites.retain(|site| site["site"] == "Drawn.map");
    })
}

/// The text of the element that holds the data, as a browser finds its end.
#[track_caller]
fn data(html: &str) -> Value {
    const OPENS: &str = "<script type=\"application/json\" id=\"snapshot\">";
    let (_, rest) = html.split_once(OPENS).expect("the data");
    let (text, _) = rest.split_once("</script>").expect("its end");
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

#[test]
fn a_page_tells_what_the_snapshot_knows_and_a_report_would_suspect() {
    let snapshot = leaking();
    let data = data(&snapshot.to_html());
    let whole: Value = serde_json::from_str(&snapshot.to_json()).unwrap();
    assert_eq!(data["sites"], whole["sites"]);
    assert_eq!(data["number"], whole["number"]);
    assert_eq!(data["summary"]["process"], whole["process"]);
    let row = &data["rows"][0];
    assert_eq!(row["site"], "Drawn.map");
    assert_eq!(row["entries"], if MODE == Mode::Off { 0 } else { 20_000 });
    if MODE == Mode::Off {
        assert_eq!(data["suspects"].as_array().unwrap().len(), 0);
    } else {
        assert_eq!(row["suspects"], 1);
        assert_eq!(data["suspects"][0]["kind"], "residue");
        assert_eq!(
            data["suspects"][0]["fingerprint"],
            data["summary"]["suspects"][0]
        );
    }
}

#[test]
fn a_page_stands_alone() {
    let html = leaking().to_html();
    let elsewhere = html.replace("http://www.w3.org/2000/svg", "");
    for of_another_file in [
        "http://",
        "https://",
        " src=",
        "rel=\"stylesheet\"",
        "@import",
    ] {
        assert!(!elsewhere.contains(of_another_file), "{of_another_file}");
    }
    assert!(html.contains("content=\"default-src 'none'; script-src 'unsafe-inline';"));
    assert!(!html.contains("{head}") && !html.contains("{scripts}"));
}

#[test]
fn no_name_ends_the_element_it_stands_in() {
    const HOSTILE: [&str; 5] = [
        "</script><script>alert(1)</script>",
        "</SCRIPT ><img src=x onerror=alert(1)>",
        "<!--<script>",
        "{scripts}{head}&lt;/script&gt;&#60;",
        "]]>\u{2028}\u{2029}\u{202e}\"\\\u{1b}[2J\0",
    ];
    let elements = |html: &str| html.to_lowercase().matches("<script").count();
    let plain = elements(&leaking().to_html());
    for hostile in HOSTILE {
        let snapshot = edited(&leaking(), |json| {
            let site = &mut json["sites"][0];
            for field in ["site", "module", "declared_at"] {
                site[field] = hostile.into();
            }
            for line in site["call_sites"].as_array_mut().unwrap() {
                line["call_site"] = hostile.into();
            }
            json["process"] = hostile.into();
        });
        let html = snapshot.to_html();
        assert_eq!(elements(&html), plain, "{hostile}");
        assert_eq!(html.to_lowercase().matches("</script").count(), plain);
        assert_eq!(html.matches("<!--").count(), 0, "{hostile}");
        assert_eq!(data(&html)["rows"][0]["site"], hostile);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever a file says, what is read from it can be drawn.
    #[test]
    fn a_snapshot_with_absurd_figures_has_a_page(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize), 1..8),
    ) {
        let mut json = leaking().to_json();
        for (index, what) in changes {
            let digits: Vec<usize> = json
                .match_indices(|c: char| c.is_ascii_digit())
                .map(|(at, _)| at)
                .collect();
            let at = digits[index.index(digits.len())];
            let new = ["18446744073709551615", "0", "1e308", "-1"][what];
            json.replace_range(at..=at, new);
        }
        if let Ok(absurd) = Snapshot::from_json(&json) {
            prop_assert!(data(&absurd.to_html())["rows"].is_array());
        }
    }
}
