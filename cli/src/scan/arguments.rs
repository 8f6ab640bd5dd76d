//! What `scan` is asked for.

use std::path::PathBuf;

use lexopt::prelude::*;

use super::{analyzers, finding::Confidence, report::Format};
use crate::command::Failure;

pub(super) const HELP: &str = "\
Finds the maps and sets of a project that only grow: keys are put in while it runs, and
nothing takes one out; and paths on which a key is forgotten. It reads the sources alone:
nothing is built, nothing is asked of a network, and the project needs no change.

Usage: cargo mapkeeper scan [PATH] [OPTIONS]

PATH is a workspace's, a crate's or any folder, or a file; without it, the current folder.
Tests, benches, examples and build scripts are left out.

Options:
      --all                    tests, benches, examples and build scripts, too
      --format FORMAT          human (default), json (one object), sarif (code scanning) or
                               github (annotations of a workflow's run)
      --confidence LEVEL       findings of this confidence at least: low, medium (default), high
      --fail-on WHAT           exit code 1 if there is a finding of this kind, or of this
                               confidence at least, or any; may be given several times
      --baseline FILE          what stands in that file is known: neither told nor failed on;
                               a file of --write-baseline, or one of --format json
      --write-baseline FILE    writes what is found to that file, to be known from now on
      --no-cache               reads all files anew, and keeps nothing for the next time
      --explain KIND           what a kind of finding means, how it is decided, what to do
  -h, --help                   this text

Kinds:
  only-grows               keys are put in, and none is ever removed
  residue                  values are emptied, or made for nothing, and their keys stay
  twin                     two maps are filled together, and one is cleaned
  error-path               an error, or a dropped future, leaves a key behind
  clear-keeps-capacity     a map is emptied, and keeps the room it has
  remove-in-loop           keys are gathered, and removed one by one
  guard-across-await       a guard of a DashMap is held where the function waits
  guard-then-mutate        a DashMap is changed while a guard of it is held
  swap-without-drop        a map is replaced by a new one, and the old one is kept
  bypass                   what is in a tracked map is moved to one that is not

A map that is meant to grow is said to do so, with a reason, above it or behind it:
    // mapkeeper: allow(only-grows) one entry for each country

Examples:
  cargo mapkeeper scan
  cargo mapkeeper scan ../service --fail-on only-grows
  cargo mapkeeper scan --write-baseline known.json
  cargo mapkeeper scan --baseline known.json --fail-on any --format github
  cargo mapkeeper scan --format sarif > scan.sarif
  cargo mapkeeper scan --format json | jq -r '.findings[].field'
  cargo mapkeeper scan --explain only-grows

Exit codes: 0, or 1 if there are findings that --fail-on asks for, or 2 if it could not be
done or an `allow` has no reason. A file that does not parse is named, and left out.

What it reads is kept for the next time, in `target/mapkeeper/scan` if there is a `target`,
else in the user's folder for caches: nothing but what has changed is parsed again.
";

pub(super) enum Arguments {
    Explain(&'static str),
    Scan(Options),
}

pub(super) struct Options {
    pub(super) path: PathBuf,
    pub(super) all: bool,
    pub(super) format: Format,
    pub(super) confidence: Confidence,
    pub(super) fail_on: Vec<FailOn>,
    pub(super) baseline: Option<PathBuf>,
    pub(super) write_baseline: Option<PathBuf>,
    pub(super) cache: bool,
}

/// What is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailOn {
    Any,
    Kind(&'static str),
    Confidence(Confidence),
}

pub(super) fn parse(mut parser: lexopt::Parser) -> Result<Arguments, Failure> {
    let mut path = None;
    let mut options = Options {
        path: PathBuf::from("."),
        all: false,
        format: Format::Human,
        confidence: Confidence::Medium,
        fail_on: Vec::new(),
        baseline: None,
        write_baseline: None,
        cache: true,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("all") => options.all = true,
            Long("no-cache") => options.cache = false,
            Long("format") => {
                options.format = parser.value()?.parse_with(|text| {
                    let mut formats = Format::ALL.into_iter();
                    formats
                        .find(|(name, _)| *name == text)
                        .map(|(_, format)| format)
                        .ok_or("the formats are human, json, sarif and github")
                })?;
            }
            Long("confidence") => {
                options.confidence = parser
                    .value()?
                    .parse_with(|text| level(text).ok_or("the levels are low, medium and high"))?;
            }
            Long("fail-on") => {
                let of = parser.value()?.parse_with(fail_on)?;
                options.fail_on.push(of);
            }
            Long("baseline") => options.baseline = Some(parser.value()?.into()),
            Long("write-baseline") => options.write_baseline = Some(parser.value()?.into()),
            Long("explain") => {
                let kind = parser.value()?.parse_with(kind)?;
                let mut all = analyzers::ALL.iter().map(|of| (of.kind, of.explanation));
                let text = all.find(|(of, _)| *of == kind).map_or("", |(_, text)| text);
                return Ok(Arguments::Explain(text));
            }
            Value(of) if path.is_none() => path = Some(PathBuf::from(of)),
            other => return Err(other.unexpected().into()),
        }
    }
    if let Some(path) = path {
        options.path = path;
    }
    // What it fails on is also told.
    for of in &options.fail_on {
        if let FailOn::Confidence(level) = of {
            options.confidence = options.confidence.min(*level);
        }
    }
    Ok(Arguments::Scan(options))
}

fn level(text: &str) -> Option<Confidence> {
    let mut levels = Confidence::ALL.into_iter();
    levels.find(|level| level.name() == text)
}

fn kind(text: &str) -> Result<&'static str, String> {
    static ALL: [analyzers::Analyzer; analyzers::ALL.len()] = analyzers::ALL;
    let found = ALL.iter().find(|of| of.kind == text);
    found.map(|of| of.kind).ok_or_else(|| {
        format!(
            "there is no kind of finding of this name; {}",
            analyzers::kinds()
        )
    })
}

fn fail_on(text: &str) -> Result<FailOn, String> {
    match text {
        "any" => Ok(FailOn::Any),
        text => match level(text) {
            Some(level) => Ok(FailOn::Confidence(level)),
            None => kind(text)
                .map(FailOn::Kind)
                .map_err(|error| format!("{error}; or low, medium, high or any")),
        },
    }
}
