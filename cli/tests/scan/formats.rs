//! What is told to programs, and what is known and not told again.

use std::{fs, path::PathBuf};

use super::{fixtures, folder::Folder, scan};

const LEAKS: &str = "
use std::{collections::HashSet, sync::Mutex};
static SEEN: Mutex<HashSet<String>> = Mutex::new(HashSet::new());
pub fn see(name: &str) { SEEN.lock().unwrap().insert(name.to_owned()); }
";

const LEAKS_MORE: &str = "
static HEARD: Mutex<HashSet<String>> = Mutex::new(HashSet::new());
pub fn hear(name: &str) { HEARD.lock().unwrap().insert(name.to_owned()); }
";

fn option(name: &str, value: &std::path::Path) -> PathBuf {
    PathBuf::from(format!("--{name}={}", value.display()))
}

#[test]
fn sarif_has_a_rule_a_place_and_what_belongs_to_it() {
    let folder = Folder::new("scan-sarif");
    folder.write("a b/lib.rs", LEAKS);
    folder.write("broken.rs", "fn main( {");
    let run = scan([folder.0.as_os_str(), "--format=sarif".as_ref()]);
    assert_eq!(run.code, 0, "{run:?}");
    let json = run.json();
    assert_eq!(json["version"], "2.1.0");
    let run = &json["runs"][0];
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "only-grows");
    let rule = result["ruleIndex"].as_u64().unwrap() as usize;
    assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
    let place = &result["locations"][0]["physicalLocation"];
    let uri = place["artifactLocation"]["uri"].as_str().unwrap();
    assert!(
        uri.starts_with("file:///") && uri.ends_with("/a%20b/lib.rs"),
        "{uri}"
    );
    let region = |of: &serde_json::Value| {
        let of = &of["region"];
        ["startLine", "startColumn", "endColumn"].map(|name| of[name].as_u64().unwrap())
    };
    assert_eq!(region(place), [3, 8, 12]);
    let related = &result["relatedLocations"][0];
    assert_eq!(region(&related["physicalLocation"]), [4, 47, 53]);
    assert_eq!(
        result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"],
        "SEEN"
    );
    let said = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert!(
        said["message"]["text"]
            .as_str()
            .unwrap()
            .contains("broken.rs"),
        "{said}"
    );
}

#[test]
fn github_gets_one_line_for_a_finding_with_what_its_grammar_forbids_escaped() {
    let folder = Folder::new("scan-github");
    folder.write("100%, all.rs", LEAKS);
    let run = scan([folder.0.as_os_str(), "--format=github".as_ref()]);
    assert_eq!((run.code, &*run.err), (0, ""));
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 2, "{run:?}");
    assert!(lines[0].starts_with("::warning file="), "{run:?}");
    for what in [
        "/100%25%2C all.rs,line=3,col=8,endColumn=12,title=mapkeeper%3A only-grows::`SEEN`",
        "%0A",
        "confidence: high",
    ] {
        assert!(lines[0].contains(what), "{what}: {run:?}");
    }
}

#[test]
fn what_is_in_a_baseline_is_not_told_again_wherever_it_moves() {
    let folder = Folder::new("scan-baseline");
    folder.write("lib.rs", LEAKS);
    let file = folder.0.join("known.json");
    let run = scan([&folder.0, &option("write-baseline", &file)]);
    assert!(run.code == 0 && run.out.contains("1 finding"), "{run:?}");
    let (baseline, fail_on) = (option("baseline", &file), PathBuf::from("--fail-on=any"));
    let again = || scan([&folder.0, &baseline, &fail_on]);
    let run = again();
    assert!(
        run.code == 0 && run.out.starts_with("no findings") && run.err.is_empty(),
        "{run:?}"
    );
    // Lines above it, and another one.
    folder.write("lib.rs", format!("// more\n\n{LEAKS}{LEAKS_MORE}"));
    let run = again();
    assert!(
        run.code == 1 && run.out.contains("`HEARD`") && !run.out.contains("`SEEN`"),
        "{run:?}"
    );
    folder.write("lib.rs", "pub fn nothing() {}");
    let run = again();
    assert!(
        run.code == 0 && run.err.contains("found no more"),
        "{run:?}"
    );
}

#[test]
fn findings_in_json_are_a_baseline_too() {
    let folder = Folder::new("scan-baseline-json");
    folder.write("src/lib.rs", LEAKS);
    let json = scan([folder.0.as_os_str(), "--format=json".as_ref()]).out;
    let file = folder.write("known.json", json);
    let run = scan([&folder.0, &option("baseline", &file)]);
    assert!(run.out.starts_with("no findings"), "{run:?}");
    fs::write(&file, "[]").unwrap();
    for file in [file, folder.0.join("nowhere.json")] {
        let run = scan([&folder.0, &option("baseline", &file)]);
        assert_eq!((run.code, &*run.out), (2, ""), "{run:?}");
        assert!(
            run.err.contains("as a baseline") && run.err.lines().count() == 1,
            "{run:?}"
        );
    }
}

/// A map of which guards are held in two functions.
const HELD_TWICE: &str = "
use dashmap::DashMap;
pub struct Users { names: DashMap<u64, String> }
impl Users {
    pub async fn one(&self) { let name = self.names.get(&1).unwrap(); tell(&name).await; }
    pub async fn two(&self) { let name = self.names.get(&2).unwrap(); tell(&name).await; }
}
";

#[test]
fn one_map_is_told_once_with_all_its_places() {
    let folder = Folder::new("scan-places");
    folder.write("lib.rs", HELD_TWICE);
    let told = |format: &str| scan([folder.0.as_os_str(), format.as_ref()]);
    let run = told("--format=json");
    let findings = &run.json()["findings"];
    assert_eq!(findings.as_array().unwrap().len(), 1, "{run:?}");
    let (first, second) = (&findings[0], &findings[0]["places"][0]);
    assert_eq!((&first["line"], &second["line"]), (&5.into(), &6.into()));
    assert!(
        second["what"].as_str().unwrap().ends_with("in `two`"),
        "{run:?}"
    );
    let text = told("--format=human").out;
    assert!(text.contains("1 finding (1 guard-across-await)"), "{text}");
    assert!(text.contains("^^^ locked here, in `two`"), "{text}");
    assert!(
        told("--format=github")
            .out
            .contains("lib.rs:6: locked here, in `two`")
    );
    let sarif = told("--format=sarif").json();
    let locations = &sarif["runs"][0]["results"][0]["locations"];
    let line = |at: usize| &locations[at]["physicalLocation"]["region"]["startLine"];
    assert_eq!((line(0), line(1)), (&5.into(), &6.into()));
    // Known with all of them, and one more is another.
    let known = folder.write("known.json", run.out);
    let baseline = option("baseline", &known);
    let again = || scan([&folder.0, &baseline, &PathBuf::from("--fail-on=any")]);
    assert_eq!(again().code, 0);
    let three = HELD_TWICE.replace(
        "    pub async fn two",
        "    pub async fn three(&self) { self.two().await; }\n    pub async fn two",
    );
    folder.write("lib.rs", three);
    assert_eq!(again().code, 0);
    let three = HELD_TWICE.replace("    pub async fn two", "    pub async fn three(&self) { let name = self.names.get(&3).unwrap(); tell(&name).await; }\n    pub async fn two");
    folder.write("lib.rs", three);
    assert_eq!(again().code, 1);
}

#[test]
fn it_fails_on_a_confidence_and_tells_what_it_fails_on() {
    let sure = fixtures().join("statics.rs");
    let unsure = fixtures().join("bounded_by_length.rs");
    for (path, level, code) in [
        (&sure, "high", 1),
        (&unsure, "high", 0),
        (&unsure, "medium", 0),
        (&unsure, "low", 1),
    ] {
        let fail_on = PathBuf::from(format!("--fail-on={level}"));
        let run = scan([path, &fail_on]);
        assert_eq!(run.code, code, "{level}: {run:?}");
        assert_eq!(run.out.starts_with("no findings"), code == 0, "{run:?}");
    }
}
