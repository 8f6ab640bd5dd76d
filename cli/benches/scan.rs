//! How well `cargo mapkeeper scan` does on crates of the registry that were read by hand, and how fast:
//! `cargo bench -p cargo-mapkeeper --bench scan`. What it should find stands in `scan/ground_truth.txt`.
//!
//! It reads what is in cargo's registry; `cargo info NAME@VERSION` puts a crate there.

#![allow(missing_docs)]

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use serde_json::Value;

const GROUND_TRUTH: &str = include_str!("scan/ground_truth.txt");

#[derive(Default)]
struct Crate {
    name: String,
    expected: BTreeSet<String>,
    /// It was read when the thresholds stood.
    is_later: bool,
}

/// Findings that are true, false, and missing.
#[derive(Clone, Copy, Default)]
struct Score {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Score {
    fn add(&mut self, other: Score) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }

    fn precision(self) -> String {
        share(self.right, self.right + self.wrong)
    }

    fn recall(self) -> String {
        share(self.right, self.right + self.missed)
    }
}

fn share(part: usize, of: usize) -> String {
    match of {
        0 => "-".to_owned(),
        of => format!("{:.0} %", 100.0 * part as f64 / of as f64),
    }
}

fn ground_truth() -> Vec<Crate> {
    let mut all: Vec<Crate> = Vec::new();
    let mut is_later = false;
    for line in GROUND_TRUTH.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        match (line.starts_with(' '), words.next()) {
            (_, None) => {}
            (_, Some("----")) => is_later = true,
            (true, Some("+")) => {
                if let (Some(of), Some(field)) = (all.last_mut(), words.next()) {
                    of.expected.insert(field.to_owned());
                }
            }
            // Why something is no finding is for people.
            (true, _) => {}
            (false, Some(name)) => all.push(Crate {
                name: name.to_owned(),
                is_later,
                ..Crate::default()
            }),
        }
    }
    all
}

/// Where cargo keeps that crate's sources.
fn sources(name: &str) -> Option<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")))?;
    let registries = fs::read_dir(home.join("registry/src")).ok()?;
    let paths = registries
        .flatten()
        .map(|registry| registry.path().join(name));
    paths.into_iter().find(|path| path.is_dir())
}

fn lines(below: &Path) -> usize {
    let entries = fs::read_dir(below).into_iter().flatten().flatten();
    let of = |path: PathBuf| match path.is_dir() {
        true => lines(&path),
        false if path.extension().is_some_and(|end| end == "rs") => {
            fs::read_to_string(path).map_or(0, |text| text.lines().count())
        }
        false => 0,
    };
    entries.map(|entry| of(entry.path())).sum()
}

/// What is found, in the best of three runs.
fn scan(path: &Path) -> Option<(BTreeSet<String>, Duration)> {
    let runs = (0..3).map(|_| {
        let start = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-mapkeeper"))
            .arg("scan")
            .arg(path)
            .arg("--format=json")
            .output()
            .ok()?;
        let took = start.elapsed();
        let json: Value = serde_json::from_slice(&output.stdout).ok()?;
        let found = json["findings"]
            .as_array()?
            .iter()
            .filter_map(|of| of["field"].as_str());
        Some((found.map(str::to_owned).collect(), took))
    });
    runs.collect::<Option<Vec<_>>>()?
        .into_iter()
        .min_by_key(|(_, took)| *took)
}

fn main() -> ExitCode {
    println!(
        "{:26} {:>7} {:>8} {:>5} {:>5} {:>6}  not as expected",
        "crate", "lines", "time", "true", "false", "missed"
    );
    let mut totals = [Score::default(); 2];
    let mut missing = Vec::new();
    for of in ground_truth() {
        let Some(path) = sources(&of.name) else {
            let (name, version) = of.name.rsplit_once('-').unwrap_or((&of.name, "?"));
            missing.push(format!("{name}@{version}"));
            continue;
        };
        let Some((found, took)) = scan(&path) else {
            eprintln!("{} could not be scanned", of.name);
            return ExitCode::FAILURE;
        };
        let wrong: Vec<&String> = found.difference(&of.expected).collect();
        let missed: Vec<&String> = of.expected.difference(&found).collect();
        let score = Score {
            right: found.intersection(&of.expected).count(),
            wrong: wrong.len(),
            missed: missed.len(),
        };
        totals[usize::from(of.is_later)].add(score);
        let wrong = wrong.iter().map(|field| format!("false {field}"));
        let missed = missed.iter().map(|field| format!("missed {field}"));
        let other: Vec<String> = wrong.chain(missed).collect();
        println!(
            "{:26} {:>7} {:>5} ms {:>5} {:>5} {:>6}  {}",
            of.name,
            lines(&path.join("src")),
            took.as_millis(),
            score.right,
            score.wrong,
            score.missed,
            other.join(", ")
        );
    }
    for (what, score) in ["chosen by", "read later"].into_iter().zip(totals) {
        println!(
            "{what}: precision {} of {}, recall {} of {}",
            score.precision(),
            score.right + score.wrong,
            score.recall(),
            score.right + score.missed
        );
    }
    if !missing.is_empty() {
        eprintln!(
            "not in cargo's registry, and left out: {}; `cargo info` gets them",
            missing.join(", ")
        );
    }
    ExitCode::SUCCESS
}
