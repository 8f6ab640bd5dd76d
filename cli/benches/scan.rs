//! How well `cargo mapkeeper scan` does on crates of the registry that were read by hand, and how fast:
//! `cargo bench -p cargo-mapkeeper --bench scan`. What it should find stands in `scan/ground_truth.txt`.
//!
//! It reads what is in cargo's registry; `cargo info NAME@VERSION` puts a crate there.

#![allow(missing_docs)]

#[path = "scan/measure.rs"]
mod measure;

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use measure::{Caches, lines};
use serde_json::Value;

/// Of the ground truth, in its order; how each was come by, its head says.
const SETS: [&str; 5] = [
    "tuned",
    "read later",
    "findings read",
    "every map read",
    "held out",
];

const ONLY_GROWS: &str = "only-grows";

/// Others, which are not looked for in all crates: only those that somebody read count.
const KINDS: [&str; 9] = [
    "residue",
    "twin",
    "error-path",
    "clear-keeps-capacity",
    "remove-in-loop",
    "guard-across-await",
    "guard-then-mutate",
    "swap-without-drop",
    "bypass",
];

/// A kind, and a field.
type Finding = (String, String);

const GROUND_TRUTH: &str = include_str!("scan/ground_truth.txt");

#[derive(Default)]
struct Crate {
    name: String,
    expected: BTreeSet<Finding>,
    /// That would be false.
    unwanted: BTreeSet<Finding>,
    /// That nobody could decide.
    open: BTreeSet<Finding>,
    /// Which of [`SETS`] it belongs to.
    set: usize,
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
    let mut set = 0;
    for line in GROUND_TRUTH.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        match (line.starts_with(' '), words.next()) {
            (_, None) => {}
            (_, Some("----")) => set += 1,
            (true, Some(sign)) => {
                let mut word = words.next();
                let kind = word.filter(|of| KINDS.contains(of));
                if kind.is_some() {
                    word = words.next();
                }
                // Why it is so is for people.
                let (Some(of), Some(field)) = (all.last_mut(), word) else {
                    continue;
                };
                let finding = (kind.unwrap_or(ONLY_GROWS).to_owned(), field.to_owned());
                match sign {
                    "+" => of.expected.insert(finding),
                    "-" => of.unwanted.insert(finding),
                    _ => of.open.insert(finding),
                };
            }
            (false, Some(name)) => all.push(Crate {
                name: name.to_owned(),
                set,
                ..Crate::default()
            }),
        }
    }
    all
}

/// Where cargo keeps crates' sources.
fn registries() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let folders = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let folders = folders.into_iter().flatten().flatten();
    folders.map(|folder| folder.path()).collect()
}

fn sources(name: &str) -> Option<PathBuf> {
    let mut paths = registries().into_iter().map(|folder| folder.join(name));
    paths.find(|path| path.is_dir())
}

/// As many lines make a large workspace.
const LARGE: usize = 500_000;

/// Of these crates, and others of the registry, so many that there are enough lines; those of bindings have no functions to follow.
fn enough(known: Vec<PathBuf>) -> Vec<PathBuf> {
    let (mut crates, mut there) = (Vec::new(), 0);
    for of in known {
        if there < LARGE {
            there += lines(&of.join("src"));
            crates.push(of);
        }
    }
    let entries = registries().into_iter().flat_map(fs::read_dir);
    let mut others: Vec<PathBuf> = entries.flatten().flatten().map(|of| of.path()).collect();
    others.sort();
    for of in others {
        let name = of.file_name().unwrap_or_default().to_string_lossy();
        let binds = ["win", "sys", "libc", "rustix"];
        if there >= LARGE || crates.contains(&of) || binds.iter().any(|part| name.contains(part)) {
            continue;
        }
        there += lines(&of.join("src"));
        crates.push(of);
    }
    crates
}

/// What is found, how long that takes the first time, and then, in the best of three runs each.
fn scan(path: &Path) -> Option<(BTreeSet<Finding>, Duration, Duration)> {
    let mut found = BTreeSet::new();
    let (mut cold, mut warm) = (Duration::MAX, Duration::MAX);
    for _ in 0..3 {
        let caches = Caches::new("scan-bench-caches");
        cold = cold.min(caches.scan(path)?.took);
        let run = caches.scan(path)?;
        warm = warm.min(run.took);
        let json: Value = serde_json::from_slice(&run.out).ok()?;
        let fields = json["findings"].as_array()?.iter();
        let text = |of: &Value, key: &str| of[key].as_str().map(str::to_owned);
        found = fields
            .filter_map(|of| Some((text(of, "kind")?, text(of, "field")?)))
            .collect();
    }
    Some((found, cold, warm))
}

fn main() -> ExitCode {
    println!(
        "{:26} {:>7} {:>8} {:>8} {:>5} {:>5} {:>6}  not as expected",
        "crate", "lines", "cold", "warm", "true", "false", "missed"
    );
    let mut totals = [Score::default(); SETS.len()];
    let mut other_kinds = Score::default();
    let mut missing = Vec::new();
    let mut crates = Vec::new();
    for of in ground_truth() {
        let Some(path) = sources(&of.name) else {
            let (name, version) = of.name.rsplit_once('-').unwrap_or((&of.name, "?"));
            missing.push(format!("{name}@{version}"));
            continue;
        };
        let Some((found, cold, warm)) = scan(&path) else {
            eprintln!("{} could not be scanned", of.name);
            return ExitCode::FAILURE;
        };
        let is_main = |finding: &&Finding| finding.0 == ONLY_GROWS;
        let others = found.iter().filter(|finding| !is_main(finding));
        for finding in others {
            other_kinds.right += usize::from(of.expected.contains(finding));
            other_kinds.wrong += usize::from(of.unwanted.contains(finding));
        }
        let wrong = found.difference(&of.expected).filter(is_main);
        let wrong: Vec<&Finding> = wrong.filter(|of_it| !of.open.contains(*of_it)).collect();
        let missed = of.expected.difference(&found).filter(is_main);
        let missed: Vec<&Finding> = missed.collect();
        let score = Score {
            right: found.intersection(&of.expected).filter(is_main).count(),
            wrong: wrong.len(),
            missed: missed.len(),
        };
        totals[of.set].add(score);
        let wrong = wrong.iter().map(|(_, field)| format!("false {field}"));
        let missed = missed.iter().map(|(_, field)| format!("missed {field}"));
        let other: Vec<String> = wrong.chain(missed).collect();
        println!(
            "{:26} {:>7} {:>5} ms {:>5} ms {:>5} {:>5} {:>6}  {}",
            of.name,
            lines(&path.join("src")),
            cold.as_millis(),
            warm.as_millis(),
            score.right,
            score.wrong,
            score.missed,
            other.join(", ")
        );
        crates.push(path);
    }
    for (what, score) in SETS.into_iter().zip(totals) {
        println!(
            "{what}: precision {} of {}, recall {} of {}",
            score.precision(),
            score.right + score.wrong,
            score.recall(),
            score.right + score.missed
        );
    }
    println!(
        "other kinds, of those that were read: precision {} of {}",
        other_kinds.precision(),
        other_kinds.right + other_kinds.wrong
    );
    let build = match cfg!(debug_assertions) {
        true => "a debug build",
        false => "a release build",
    };
    if let Some(told) = measure::all_at_once(&enough(crates)) {
        println!("{told}; {build}");
    }
    if !missing.is_empty() {
        eprintln!(
            "not in cargo's registry, and left out: {}; `cargo info` gets them",
            missing.join(", ")
        );
    }
    ExitCode::SUCCESS
}
