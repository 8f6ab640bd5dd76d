//! The other modes: every test program of this crate, the runtime's unit tests and the models are built and run again for
//! each other feature set.
//!
//! The workspace's own run uses the default features (observe). Here cargo runs for the rest, in a target directory of its
//! own (the workspace's is locked by the run that we are part of), from the same lock file and without the network.

#![allow(missing_docs)]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Set in the runs started here, so that none starts another.
const INNER: &str = "MAPKEEPER_TESTS_INNER";

/// All but the default.
const FEATURE_SETS: [&str; 5] = [
    "",
    "strict",
    "strict,enforce,audit,spans,backtrace,send_guard,opentelemetry,usdt",
    "observe,enforce,audit,spans,backtrace,send_guard",
    "enforce,audit",
];

/// Programs that test the compiler's messages or the source tree, which are the same in every mode, or start cargo.
const ONCE_IS_ENOUGH: [&str; 4] = ["modes", "tidy", "ui", "hygiene"];

#[test]
fn every_feature_set_passes_the_same_tests() {
    if env::var_os(INNER).is_some() {
        return;
    }
    let programs = programs();
    assert!(
        programs.iter().any(|name| name == "parity"),
        "found only {programs:?}"
    );
    for features in FEATURE_SETS {
        let shown = if features.is_empty() { "off" } else { features };
        eprintln!("\n== {shown}: {}", programs.join(" "));
        let mut tests = cargo();
        tests.args(["test", "--package", "mapkeeper-tests", "--no-fail-fast"]);
        for program in &programs {
            tests.args(["--test", program]);
        }
        run(tests, features);
        let mut units = cargo();
        units.args(["test", "--package", "mapkeeper", "--lib"]);
        run(units, features);
    }
}

/// In observe the workspace's own run tries it.
#[test]
fn telemetry_arrives_in_the_other_modes() {
    if env::var_os(INNER).is_some() {
        return;
    }
    for features in ["", "strict"] {
        eprintln!("\n== otel: {features}");
        let mut otel = cargo();
        otel.args(["test", "--package", "mapkeeper-otel"]);
        run(otel, features);
    }
}

/// In observe the workspace's own run tries them.
#[test]
fn the_models_hold_in_the_other_modes() {
    if env::var_os(INNER).is_some() {
        return;
    }
    for features in ["sync", "strict"] {
        eprintln!("\n== models: {features}");
        let mut models = cargo();
        models.args(["test", "--package", "mapkeeper-models"]);
        run(models, features);
    }
}

/// The names of this crate's test programs, found as cargo finds them.
fn programs() -> Vec<String> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut names: Vec<String> = fs::read_dir(tests)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension().is_some_and(|ext| ext == "rs") || path.join("main.rs").is_file()
        })
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| !ONCE_IS_ENOUGH.contains(&name.as_str()))
        .collect();
    names.sort();
    names
}

fn target_dir() -> PathBuf {
    // This program lies in <target>/<profile>/deps.
    let me = env::current_exe().unwrap();
    me.ancestors().nth(3).unwrap().join("modes")
}

fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .env("CARGO_TARGET_DIR", target_dir())
        // Its files would take gigabytes for each feature set, and each is built once in a while.
        .env("CARGO_INCREMENTAL", "0")
        .env(INNER, "1");
    cargo
}

fn run(mut cargo: Command, features: &str) {
    cargo.args([
        "--no-default-features",
        "--features",
        features,
        "--locked",
        "--offline",
    ]);
    let output = cargo.output().unwrap();
    let text = format!(
        "{}\n{}",
        String::from_utf8_lossy(&output.stderr),
        String::from_utf8_lossy(&output.stdout)
    );
    let summaries: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("test result: "))
        .collect();
    for summary in &summaries {
        eprintln!("{summary}");
    }
    assert!(
        output.status.success(),
        "features {features:?}: {cargo:?}\n{text}"
    );
    assert!(
        !summaries.is_empty(),
        "features {features:?} ran no test:\n{text}"
    );
}
