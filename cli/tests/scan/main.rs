//! `cargo mapkeeper scan` on small sources: what each is expected to find stands in it, as `//~ KIND` behind the field.

#![allow(missing_docs)]

mod bad_input;
mod cache;
mod folder;
mod formats;
#[path = "../common/program.rs"]
mod program;

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use program::Run;
use serde_json::Value;

fn scan<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    let arguments = arguments
        .into_iter()
        .map(|argument| argument.as_ref().to_owned());
    program::run(["scan".into()].into_iter().chain(arguments))
}

/// What was found: file, line, kind.
type Found = BTreeSet<(PathBuf, u64, String)>;

impl Run {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    fn found(&self) -> Found {
        let json = self.json();
        let findings = json["findings"].as_array().unwrap().iter();
        let found = findings.flat_map(|finding| {
            let more = finding["places"].as_array().into_iter().flatten();
            std::iter::once(finding).chain(more).map(|place| {
                let file = PathBuf::from(place["file"].as_str().unwrap());
                let kind = finding["kind"].as_str().unwrap().to_owned();
                (file, place["line"].as_u64().unwrap(), kind)
            })
        });
        found.collect()
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scan/fixtures")
}

fn rust_files(below: &Path) -> Vec<PathBuf> {
    if below.is_file() {
        return vec![below.to_owned()];
    }
    let entries = fs::read_dir(below).unwrap();
    entries
        .flat_map(|entry| rust_files(&entry.unwrap().path()))
        .collect()
}

/// What the comments in a fixture ask for; with a question mark, at low confidence.
fn expected(fixture: &Path) -> Found {
    let mut all = Found::new();
    for path in rust_files(fixture) {
        let text = fs::read_to_string(&path).unwrap();
        for (index, line) in text.lines().enumerate() {
            if let Some((_, kind)) = line.split_once("//~ ") {
                let kinds = kind.split(',').map(|kind| kind.trim().to_owned());
                all.extend(kinds.map(|kind| (path.clone(), index as u64 + 1, kind)));
            }
        }
    }
    all
}

#[test]
fn each_fixture_has_the_findings_that_it_asks_for_and_no_others() {
    let mut wrong = Vec::new();
    let mut fixtures_seen = 0;
    for entry in fs::read_dir(fixtures()).unwrap() {
        let fixture = entry.unwrap().path();
        let run = scan([
            fixture.as_os_str(),
            OsStr::new("--format"),
            OsStr::new("json"),
        ]);
        assert_eq!((run.code, &*run.err), (0, ""), "{}", fixture.display());
        let found = run.found();
        let (low, expected): (Found, Found) = expected(&fixture)
            .into_iter()
            .partition(|(_, _, kind)| kind.ends_with('?'));
        if !low.is_empty() {
            let run = scan([
                fixture.as_os_str(),
                OsStr::new("--confidence"),
                OsStr::new("low"),
                OsStr::new("--format"),
                OsStr::new("json"),
            ]);
            let all = run.found();
            for (path, line, kind) in low {
                let kind = kind.trim_end_matches('?').to_owned();
                if !all.contains(&(path.clone(), line, kind.clone())) {
                    wrong.push(format!(
                        "{}:{line}: {kind} is expected at low confidence, and not found",
                        path.display()
                    ));
                }
            }
        }
        for (path, line, kind) in found.difference(&expected) {
            wrong.push(format!(
                "{}:{line}: {kind} is found, and not expected",
                path.display()
            ));
        }
        for (path, line, kind) in expected.difference(&found) {
            wrong.push(format!(
                "{}:{line}: {kind} is expected, and not found",
                path.display()
            ));
        }
        fixtures_seen += 1;
    }
    wrong.sort();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(fixtures_seen > 60, "{fixtures_seen}");
}

#[test]
fn a_finding_in_json_says_what_where_and_how_sure() {
    let run = scan([
        fixtures().join("maps_inside_maps.rs").as_os_str(),
        OsStr::new("--format=json"),
    ]);
    let json = run.json();
    let finding = &json["findings"][0];
    assert_eq!(finding["kind"], "only-grows");
    assert_eq!(finding["field"], "Topics.inner_cleaned");
    assert_eq!(finding["confidence"], "high");
    assert_eq!(
        (&finding["line"], &finding["column"]),
        (&7.into(), &5.into())
    );
    let inserted = &finding["related"][0];
    assert_eq!(
        (&inserted["line"], &inserted["column"]),
        (&13.into(), &68.into())
    );
}

#[test]
fn a_finding_for_people_shows_field_insertion_and_edit() {
    let run = scan([fixtures().join("inserted_by_one_helper.rs")]);
    assert_eq!((run.code, &*run.err), (0, ""));
    for what in [
        "warning[only-grows]: `Registry.kept` only grows",
        "    kept: Mutex<HashMap<u64, String>>,",
        "^^^^ this map",
        "    map.insert(id, String::new());",
        "------ put in here, by `put`",
        "= note: nothing in these sources removes a key",
        "track it (`cargo mapkeeper annotate Registry.kept`)",
        "+ #[mapkeeper::tracked]",
        "#[map]\n",
        "2 findings (1 only-grows, 1 twin) in 1 file",
    ] {
        assert!(run.out.contains(what), "{what}: {}", run.out);
    }
}

#[test]
fn it_fails_on_findings_only_if_asked_to() {
    let with = fixtures().join("statics.rs");
    let without = fixtures().join("short_lived.rs");
    assert_eq!(scan([&with]).code, 0);
    for kind in ["any", "only-grows"] {
        let fail_on = PathBuf::from(format!("--fail-on={kind}"));
        assert_eq!(scan([&with, &fail_on]).code, 1);
        assert_eq!(scan([&without, &fail_on]).code, 0);
    }
}

#[test]
fn what_is_less_sure_is_told_only_if_asked_for() {
    let path = fixtures().join("bounded_by_length.rs");
    let run = scan([path.as_os_str(), OsStr::new("--confidence=low")]);
    for what in [
        "`Cache.plans` only grows",
        "its length is compared",
        "confidence: low",
    ] {
        assert!(run.out.contains(what), "{what}: {}", run.out);
    }
}

#[test]
fn one_old_map_is_told_if_asked_for() {
    let path = fixtures().join("swap_without_drop.rs");
    let run = scan([path.as_os_str(), OsStr::new("--confidence=low")]);
    let told = "`Router.hosts` is replaced by new maps, and `Router.before` keeps the one before";
    assert!(run.out.contains(told), "{}", run.out);
}

#[test]
fn a_kind_is_explained() {
    let run = scan(["--explain", "only-grows"]);
    assert_eq!((run.code, &*run.err), (0, ""));
    for what in [
        "only-grows: ",
        "not reported",
        "What to do",
        "mapkeeper: allow(only-grows)",
    ] {
        assert!(run.out.contains(what), "{what}: {}", run.out);
    }
    for kind in [
        "residue",
        "twin",
        "error-path",
        "clear-keeps-capacity",
        "remove-in-loop",
        "guard-across-await",
        "guard-then-mutate",
        "swap-without-drop",
        "bypass",
    ] {
        let run = scan(["--explain", kind]);
        assert_eq!((run.code, &*run.err), (0, ""));
        assert!(run.out.starts_with(&format!("{kind}: ")), "{}", run.out);
        let allow = format!("mapkeeper: allow({kind}) ");
        assert!(
            run.out.contains("What to do") && run.out.contains(&allow),
            "{}",
            run.out
        );
    }
    let run = scan(["--help"]);
    for what in ["Usage: cargo mapkeeper scan", "Examples:", "Exit codes:"] {
        assert!(run.out.contains(what), "{what}: {}", run.out);
    }
}
