//! `cargo mapkeeper annotate` on small sources, byte by byte, and on crates of the registry, which then must compile.

#![allow(missing_docs)]

mod bad_input;
#[path = "../scan/folder.rs"]
mod folder;
mod manifests;
#[path = "../common/program.rs"]
mod program;
mod real_crates;

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use folder::Folder;
use program::Run;

const MANIFEST: &str =
    "[package]\nname = \"it\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n";

fn annotate<S: AsRef<OsStr>>(path: &Path, arguments: impl IntoIterator<Item = S>) -> Run {
    let path = ["annotate".as_ref(), "--path".as_ref(), path.as_os_str()].map(OsStr::to_owned);
    let arguments = arguments.into_iter().map(|of| of.as_ref().to_owned());
    program::run(path.into_iter().chain(arguments))
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/annotate/fixtures");
    let mut all: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|of| of == "rs"))
        .collect();
    all.sort();
    all
}

/// What stands behind `//! word` in a fixture.
fn asked(text: &str, word: &str) -> Vec<String> {
    let line = text.lines().find_map(|line| {
        let rest = line.trim_end().strip_prefix("//! ")?.strip_prefix(word)?;
        Some(rest.to_owned())
    });
    let line = line.unwrap_or_else(|| panic!("a line of {word}: {text}"));
    line.split_whitespace().map(str::to_owned).collect()
}

/// A package with that one file.
fn package(name: &str, manifest: &str, text: &str) -> Folder {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let folder = Folder::new(&format!("{name}-{}", NEXT.fetch_add(1, Ordering::Relaxed)));
    folder.write("Cargo.toml", manifest);
    folder.write("src/lib.rs", text);
    folder
}

fn lib(folder: &Folder) -> String {
    fs::read_to_string(folder.0.join("src/lib.rs")).unwrap()
}

fn manifest(folder: &Folder) -> String {
    fs::read_to_string(folder.0.join("Cargo.toml")).unwrap()
}

/// `MAPKEEPER_FIXTURES=overwrite` writes what comes out; read it, then.
#[test]
fn each_fixture_becomes_what_is_beside_it_and_nothing_else() {
    let mut wrong = Vec::new();
    for path in fixtures() {
        let text = fs::read_to_string(&path).unwrap();
        let folder = package("annotate-fixture", MANIFEST, &text);
        let run = annotate(&folder.0, asked(&text, "annotate"));
        assert_eq!((run.code, &*run.err), (0, ""), "{}", path.display());
        let after = path.with_extension("after");
        if env::var_os("MAPKEEPER_FIXTURES").is_some_and(|of| of == "overwrite") {
            fs::write(&after, lib(&folder)).unwrap();
        }
        if lib(&folder) != fs::read_to_string(&after).unwrap_or_default() {
            wrong.push(format!("{}:\n{}", path.display(), lib(&folder)));
        }
        let features: Vec<String> = asked(&text, "features")
            .iter()
            .map(|of| format!("\"{of}\""))
            .collect();
        let dependency = match features.is_empty() {
            true => "mapkeeper = \"0.1\"".to_owned(),
            false => format!(
                "mapkeeper = {{ version = \"0.1\", features = [{}] }}",
                features.join(", ")
            ),
        };
        let expected = format!("{MANIFEST}\n[dependencies]\n{dependency}\n");
        assert_eq!(manifest(&folder), expected, "{}", path.display());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_annotated_already_stays_as_it_is() {
    for path in fixtures() {
        let text = fs::read_to_string(path.with_extension("after")).unwrap();
        let folder = package("annotate-again", MANIFEST, &text);
        let names = asked(&text, "annotate");
        annotate(&folder.0, &names);
        let before = manifest(&folder);
        let run = annotate(&folder.0, &names);
        assert_eq!((run.code, &*run.err), (0, ""), "{}", path.display());
        assert_eq!(run.out, "annotated already: nothing to change\n");
        assert_eq!((lib(&folder), manifest(&folder)), (text, before));
    }
}

#[test]
fn line_ends_marks_and_shebangs_stay() {
    let text = "#[derive(Default)]\npub struct Seen {\n\tids: std::collections::HashSet<u64>,\n}\n";
    let expected = text
        .replace("#[derive", "#[mapkeeper::tracked]\n#[derive")
        .replace("\tids", "\t#[map]\n\tids");
    for (before, crlf) in [
        ("", false),
        ("\u{feff}", false),
        ("#!/usr/bin/env run\n", false),
        ("", true),
    ] {
        let ends = |text: &str| match crlf {
            true => text.replace('\n', "\r\n"),
            false => text.to_owned(),
        };
        let folder = package(
            "annotate-ends",
            &ends(MANIFEST),
            &ends(&format!("{before}{text}")),
        );
        let run = annotate(&folder.0, ["Seen.ids"]);
        assert_eq!((run.code, &*run.err), (0, ""));
        assert_eq!(lib(&folder), ends(&format!("{before}{expected}")));
        let dependency = ends("\n[dependencies]\nmapkeeper = \"0.1\"\n");
        assert_eq!(manifest(&folder), ends(MANIFEST) + &dependency);
    }
}

#[test]
fn a_dry_run_shows_what_patch_would_do_and_changes_nothing() {
    let text = fs::read_to_string(&fixtures()[0]).unwrap();
    let folder = package("annotate-dry", MANIFEST, &text);
    let names = asked(&text, "annotate");
    let run = annotate(
        &folder.0,
        names.iter().map(String::as_str).chain(["--dry-run"]),
    );
    assert_eq!((run.code, &*run.err), (0, ""));
    assert_eq!(
        (lib(&folder), manifest(&folder)),
        (text, MANIFEST.to_owned())
    );
    annotate(&folder.0, &names);
    // A patch in few lines: each file's old lines have to be there, and the new ones make what was written.
    for (file, after) in [
        ("Cargo.toml", manifest(&folder)),
        ("src/lib.rs", lib(&folder)),
    ] {
        let start = run.out.find(&format!("{file}\n@@")).unwrap();
        let of_file = run.out[start..].split("\n--- ").next().unwrap();
        let kept = of_file
            .lines()
            .filter_map(|line| line.strip_prefix(['+', ' ']));
        let kept: Vec<&str> = kept.collect();
        let mut lines = after.lines();
        for line in kept {
            assert!(lines.any(|of| of == line), "{line}: {}", run.out);
        }
    }
}

#[test]
fn all_are_those_that_scan_finds_and_that_can_be_done() {
    let text = "use std::{collections::HashMap, sync::{LazyLock, Mutex}};
static SEEN: LazyLock<Mutex<HashMap<u64, u64>>> = LazyLock::new(Default::default);
static SWEPT: LazyLock<Mutex<HashMap<u64, u64>>> = LazyLock::new(Default::default);
static SPUN: LazyLock<spin::Mutex<HashMap<u64, u64>>> = LazyLock::new(Default::default);
static MADE: LazyLock<Mutex<HashMap<u64, u64>>> = LazyLock::new(outside::made);
pub fn see(id: u64) {
    SEEN.lock().unwrap().insert(id, id);
    SWEPT.lock().unwrap().insert(id, id);
    SPUN.lock().insert(id, id);
    MADE.lock().unwrap().insert(id, id);
}
pub fn sweep(id: u64) { SWEPT.lock().unwrap().remove(&id); }
";
    let folder = package("annotate-all", MANIFEST, text);
    let run = annotate(&folder.0, ["--all"]);
    assert_eq!(run.code, 0, "{run:?}");
    let said: Vec<&str> = run.err.lines().collect();
    assert_eq!(said.len(), 2, "{run:?}");
    assert!(
        said[0].contains("`SPUN` cannot be tracked") && said[1].contains("`outside::made`"),
        "{run:?}"
    );
    assert_eq!(
        lib(&folder),
        text.replace("static SEEN", "#[mapkeeper::tracked]\nstatic SEEN")
    );
}

#[test]
fn the_help_has_examples() {
    let run = program::run(["annotate", "--help"]);
    assert_eq!((run.code, &*run.err), (0, ""));
    for what in [
        "Usage: cargo mapkeeper annotate FIELD",
        "Examples:",
        "Exit codes:",
        "--dry-run",
        "--partly",
    ] {
        assert!(run.out.contains(what), "{what}: {}", run.out);
    }
}
