//! The program as people run it: what it prints, where, and how it ends.

#![allow(missing_docs)]

mod diff;
mod html;
#[path = "../common/program.rs"]
mod program;
mod top;

use std::{
    fs,
    path::{Path, PathBuf},
};

use mapkeeper::Snapshot;
use program::{Run, run};
use serde_json::Value;

impl Run {
    /// It could not be done: code 2, one sentence that has all of this, and nothing else.
    #[track_caller]
    fn is_refused(&self, says: &[&str]) {
        assert_eq!(self.code, 2, "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        assert!(self.err.starts_with("error: "), "{self:?}");
        assert_eq!(self.err.trim_end().lines().count(), 1, "{self:?}");
        for what in says {
            assert!(self.err.contains(what), "{what}: {self:?}");
        }
    }
}

/// A folder of one test alone, which is gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// A snapshot, of the sites of this name alone, as a file.
    fn save(
        &self,
        name: &str,
        snapshot: &Snapshot,
        of: &str,
        edit: impl FnOnce(&mut Value),
    ) -> String {
        let mut json: Value = serde_json::from_str(&snapshot.to_json()).unwrap();
        let sites = json["sites"].as_array_mut().unwrap();
        sites.retain(|site| site["site"].as_str().unwrap().starts_with(of));
        edit(&mut json);
        let path = self.path(name);
        fs::write(&path, json.to_string()).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn help_and_version_are_there_in_all_ways_to_ask() {
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["help"],
        &["mapkeeper", "--help"],
    ] {
        let run = run(arguments);
        assert_eq!((run.code, &*run.err), (0, ""), "{arguments:?}");
        for what in [
            "Usage: cargo mapkeeper",
            "Examples:",
            "Exit codes:",
            "top",
            "diff",
            "html",
        ] {
            assert!(run.out.contains(what), "{what}: {}", run.out);
        }
    }
    for name in ["top", "diff", "html"] {
        let asked = [
            run([name, "--help"]),
            run(["mapkeeper", name, "-h"]),
            run(["help", name]),
        ];
        for run in asked {
            assert_eq!((run.code, &*run.err), (0, ""), "{name}");
            for what in [
                &format!("Usage: cargo mapkeeper {name}"),
                "Examples:",
                "Exit codes:",
            ] {
                assert!(run.out.contains(what), "{what}: {}", run.out);
            }
            let widest = run.out.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(90), "{widest:?}: {}", run.out);
        }
    }
    let version = run(["mapkeeper", "--version"]);
    assert_eq!(
        version.out,
        format!("cargo-mapkeeper {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn what_is_not_known_is_told_with_what_is() {
    run(["mapkeeper", "tpo"]).is_refused(&["`tpo`", "top, diff, html"]);
    run(["help", "tpo"]).is_refused(&["`tpo`", "top, diff, html"]);
    run(["top", "--colour"]).is_refused(&["--colour", "cargo mapkeeper top --help"]);
    run(["diff", "a", "b", "c"]).is_refused(&["3 are named", "diff --help"]);
    run(["html", "a", "b"]).is_refused(&["\"b\"", "html --help"]);
    let nothing = run([""; 0]);
    assert_eq!((nothing.code, &*nothing.out), (2, ""));
    assert!(nothing.err.contains("Usage: cargo mapkeeper"));
}

/// Snapshots that are none, in a folder; with what is to be said of each.
fn broken(folder: &Folder, good: &str) -> Vec<(String, Vec<&'static str>)> {
    let whole = fs::read_to_string(good).unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path(name);
        fs::write(&path, text).unwrap();
        path
    };
    vec![
        (
            folder.path("missing.json"),
            vec!["cannot read", "missing.json"],
        ),
        (folder.path("."), vec!["cannot read"]),
        (
            write("cut.json", &whole[..whole.len() / 2]),
            vec!["cut short", "cut.json", "column"],
        ),
        (write("empty.json", ""), vec!["cut short", "empty.json"]),
        (
            write(
                "later.json",
                &whole.replace("mapkeeper.snapshot/1", "mapkeeper.snapshot/2"),
            ),
            vec!["mapkeeper.snapshot/2", "mapkeeper.snapshot/1", "later.json"],
        ),
        (
            write("report.json", r#"{"schema":"mapkeeper.report/1"}"#),
            vec!["mapkeeper.report/1"],
        ),
        (
            write("other.json", r#"{"name":"x"}"#),
            vec!["no snapshot", "other.json"],
        ),
        (write("text.json", "hello"), vec!["not JSON", "text.json"]),
    ]
}
