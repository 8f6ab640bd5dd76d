//! Rules about the source that no compiler checks.

#![allow(missing_docs)]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// A file may be longer if its head comment says why.
const LONGEST: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// Every file under `dir` (relative to the workspace) whose name ends in `end`, with its text.
fn files(dir: &str, end: &str) -> Vec<(String, String)> {
    fn walk(dir: &Path, end: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()))
        {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("target") {
                    walk(&path, end, found);
                }
            } else if path.to_str().unwrap().ends_with(end) {
                found.push(path);
            }
        }
    }
    let root = root();
    let mut found = Vec::new();
    walk(&root.join(dir), end, &mut found);
    found.sort();
    assert!(!found.is_empty(), "no {end} in {dir}");
    found
        .into_iter()
        .map(|path| {
            let name = path
                .strip_prefix(&root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn sources() -> Vec<(String, String)> {
    [
        "runtime/src",
        "macros/src",
        "cli/src",
        "cli/tests",
        "examples/src",
        "tests/src",
        "tests/tests",
        "tests/leaks",
        "models/src",
        "otel/src",
        "otel/tests",
    ]
    .iter()
    .flat_map(|dir| files(dir, ".rs"))
    .collect()
}

/// The lines that are not comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
}

#[track_caller]
fn none(wrong: &[String], rule: &str) {
    assert!(wrong.is_empty(), "{rule}:\n{}", wrong.join("\n"));
}

#[test]
fn only_mode_rs_knows_the_features_of_the_modes() {
    let mut wrong = Vec::new();
    for (name, text) in files("runtime/src", ".rs")
        .into_iter()
        .chain(files("macros/src", ".rs"))
    {
        for line in code(&text).filter(|_| name != "runtime/src/mode.rs") {
            let asks = line.contains("cfg") && line.contains("feature");
            let of_a_mode = [
                "observe",
                "strict",
                "enforce",
                "audit",
                "spans",
                "backtrace",
            ]
            .iter()
            .any(|mode| {
                line.replace(' ', "")
                    .contains(&format!("feature=\"{mode}\""))
            });
            if asks && of_a_mode {
                wrong.push(format!("{name}: {}", line.trim()));
            }
        }
    }
    none(&wrong, "cfg of a mode belongs in runtime/src/mode.rs");
}

/// Else a model checker would not see it. The types that maps stand in are the user's own.
#[test]
fn what_threads_share_comes_from_threads_rs() {
    const ELSEWHERE: [&str; 3] = [
        "runtime/src/threads",
        "runtime/src/places/",
        "runtime/src/vacant.rs",
    ];
    const OF_STD: [&str; 6] = ["atomic", "Mutex", "RwLock", "Lazy", "Once", "Instant"];
    let mut wrong = Vec::new();
    for (name, text) in files("runtime/src", ".rs") {
        if ELSEWHERE.iter().any(|place| name.starts_with(place)) {
            continue;
        }
        let code: Vec<&str> = code(&text).collect();
        for statement in code.join("\n").split(';').map(str::trim_start) {
            let is_shared = OF_STD.iter().any(|of| statement.contains(of));
            if statement.starts_with("use std::") && is_shared
                || statement.contains("std::sync::atomic")
                || statement.contains("use parking_lot")
            {
                wrong.push(format!("{name}: {statement}"));
            }
        }
        // The macro is in std's prelude, too.
        let of_threads = code.iter().filter(|line| line.contains("thread_local"));
        if of_threads.count() == 1 {
            wrong.push(format!("{name}: thread_local"));
        }
        // Unit tests are run where there is no model checker.
        if text.contains("#[cfg(test)]") {
            wrong.push(format!("{name}: not cfg(all(test, not(mapkeeper_models)))"));
        }
        let statics = code.iter().filter(|line| line.starts_with("static "));
        wrong.extend(statics.map(|line| format!("{name}: {line}")));
    }
    none(
        &wrong,
        "it comes from crate::threads, and statics are in its `statics!`",
    );
}

#[test]
fn the_mode_is_what_the_features_say() {
    let mode = if cfg!(feature = "strict") {
        "strict"
    } else if cfg!(feature = "observe") {
        "observe"
    } else {
        "off"
    };
    assert_eq!(
        mapkeeper::MODE.as_str(),
        mode,
        "cargo unified mapkeeper's features with another crate's"
    );
}

#[test]
fn a_long_file_says_why_in_its_head() {
    let mut wrong = Vec::new();
    for (name, text) in files("runtime/src", ".rs")
        .into_iter()
        .chain(files("macros/src", ".rs"))
        .chain(files("cli/src", ".rs"))
    {
        let lines = text.lines().count();
        let head: String = text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .collect();
        assert!(
            !head.is_empty() || name.ends_with("tests.rs"),
            "{name} has no head comment"
        );
        if lines >= LONGEST && !head.contains("long") && !head.contains("lines") {
            wrong.push(format!("{name}: {lines} lines"));
        }
    }
    none(
        &wrong,
        "a file of 500 lines or more says in its head comment why it is long",
    );
}

#[test]
fn there_is_no_unsafe_code() {
    let roots = [
        ("runtime/src/lib.rs", "#![forbid(unsafe_code)]"),
        ("macros/src/lib.rs", "#![forbid(unsafe_code)]"),
        ("cli/src/main.rs", "#![forbid(unsafe_code)]"),
        ("tests/leaks/main.rs", "#![forbid(unsafe_code)]"),
    ];
    for (root_file, forbids) in roots {
        let text = fs::read_to_string(root().join(root_file)).unwrap();
        assert!(text.contains(forbids), "{root_file} does not say {forbids}");
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
    for member in [
        "runtime", "macros", "cli", "examples", "tests", "models", "otel",
    ] {
        let manifest = fs::read_to_string(root().join(member).join("Cargo.toml")).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{member} does not take the workspace's lints"
        );
    }
    let word = ["un", "safe"].concat();
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        for line in code(&text) {
            let uses = [" {", " fn", " impl", " trait", " extern"];
            if uses
                .iter()
                .any(|after| line.contains(&format!("{word}{after}")))
            {
                wrong.push(format!("{name}: {}", line.trim()));
            }
        }
    }
    none(&wrong, "the code does without");
}

/// A probe is assembly: that is in one file of a crate of its own, which nothing that is safe depends on.
#[test]
fn assembly_is_in_one_file() {
    let manifest = fs::read_to_string(root().join("probes/Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"deny\""));
    assert!(manifest.contains("undocumented_unsafe_blocks = \"deny\""));
    let word = ["un", "safe"].concat();
    let with: Vec<String> = files("probes", ".rs")
        .into_iter()
        .filter(|(_, text)| code(text).any(|line| line.contains(&format!("{word} {{"))))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(with, ["probes/src/elf.rs"]);
}

#[test]
fn every_ui_case_that_fails_has_its_text() {
    let cases = files("tests/ui/fail", ".rs");
    let texts = files("tests/ui/fail", ".stderr");
    let stems = |files: &[(String, String)], end: &str| -> Vec<String> {
        files
            .iter()
            .map(|(name, _)| name.strip_suffix(end).unwrap().to_owned())
            .collect()
    };
    assert_eq!(stems(&cases, ".rs"), stems(&texts, ".stderr"));
    assert!(texts.iter().all(|(_, text)| text.contains("error")));
}

#[test]
fn no_file_knows_a_path_of_a_machine() {
    let mut all = sources();
    all.extend(files("tests/ui", ".stderr"));
    all.extend(files("runtime", ".toml"));
    all.extend(files("tests", ".toml"));
    all.extend(files("cli", ".toml"));
    all.extend(files("cli", ".txt"));
    for name in ["README.md", "Cargo.toml", ".ci/run"] {
        if let Ok(text) = fs::read_to_string(root().join(name)) {
            all.push((name.to_owned(), text));
        }
    }
    let mut paths = vec![root().to_str().unwrap().to_owned()];
    paths.extend(["home", "Users", "root"].map(|home| format!("/{home}/")));
    paths.extend(env::var("CARGO_HOME").ok().filter(|home| home.len() > 3));
    let mut wrong = Vec::new();
    for (name, text) in &all {
        for line in text
            .lines()
            .filter(|line| paths.iter().any(|path| line.contains(path.as_str())))
        {
            wrong.push(format!("{name}: {}", line.trim()));
        }
    }
    none(&wrong, "stored paths are relative");
}

/// What a method of a map or set does to the record is the first thing to know of it.
#[test]
fn every_method_of_a_kind_says_what_it_records() {
    const KINDS: [&str; 7] = [
        "hash_map",
        "hash_set",
        "btree_map",
        "btree_set",
        "index_map",
        "index_set",
        "slab",
    ];
    const SAYS: [&str; 10] = [
        "record",
        "count",
        "leave",
        "strict looks",
        "insertion",
        "RemovalCause",
        "allocates",
        "hooks of",
        "The steps of",
        "(Self::",
    ];
    let mut wrong = Vec::new();
    for (name, text) in files("runtime/src", ".rs") {
        let of_a_kind = KINDS.iter().any(|kind| {
            let inner = name.strip_prefix(&format!("runtime/src/{kind}"));
            inner.is_some_and(|rest| rest.starts_with(['.', '/']))
        });
        // A slice is a look at a map that was recorded when it was taken.
        if !of_a_kind || name.ends_with("/slice.rs") {
            continue;
        }
        let mut docs = String::new();
        for line in text.lines().map(str::trim_start) {
            if let Some(doc) = line
                .strip_prefix("///")
                .or_else(|| line.strip_prefix("#[doc = "))
            {
                docs.push_str(doc);
            } else if line.starts_with("pub fn ") || line.starts_with("pub const fn ") {
                let first = docs.split("# ").next().unwrap_or_default();
                if !SAYS.iter().any(|word| first.contains(word)) {
                    wrong.push(format!("{name}: {line}"));
                }
                docs.clear();
            } else if line.starts_with('}') || line.ends_with(';') {
                docs.clear();
            }
        }
    }
    none(
        &wrong,
        "the first paragraph says what it counts or that it records nothing",
    );
}

/// The README's Rust is what a reader copies: each block must be one that is compiled somewhere.
#[test]
fn the_readmes_rust_is_code_that_is_compiled() {
    let Ok(readme) = fs::read_to_string(root().join("README.md")) else {
        return;
    };
    let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let compiled: Vec<String> = sources().iter().map(|(_, text)| squeeze(text)).collect();
    let docs: Vec<String> = sources()
        .iter()
        .map(|(_, text)| {
            let docs = text.lines().filter_map(|line| {
                let line = line.trim_start();
                line.strip_prefix("//!")
                    .or_else(|| line.strip_prefix("///"))
            });
            squeeze(&docs.collect::<Vec<_>>().join("\n"))
        })
        .collect();
    let mut wrong = Vec::new();
    for block in readme.split("```rust\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let squeezed = squeeze(block);
        if !compiled
            .iter()
            .chain(&docs)
            .any(|text| text.contains(&squeezed))
        {
            wrong.push(block.to_owned());
        }
    }
    none(
        &wrong,
        "these blocks of the README are in no file that is compiled",
    );
}
