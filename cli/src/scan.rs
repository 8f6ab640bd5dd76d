//! `scan`: which maps of a project only grow, by its sources alone.
//!
//! Files become facts (`read`, `lower`), facts a model of the whole (`world`, `flow`, `places`, `lifetime`), and small
//! `analyzers` look at that.

mod analyzers;
mod facts;
mod finding;
mod flow;
mod lifetime;
mod lower;
mod places;
mod read;
mod sources;
mod text;
mod types;
mod words;
mod world;

use std::{
    env,
    io::{self, IsTerminal},
    path::PathBuf,
    thread,
};

use lexopt::prelude::*;
use serde_json::json;

use self::{
    facts::FileFacts,
    finding::{Confidence, Finding},
};
use crate::{
    clean::escaped_json,
    command::{Command, Failure, Verdict},
    output, progress,
};

pub(crate) const COMMAND: Command = Command {
    name: "scan",
    about: "maps that only grow, found in sources: before anything is annotated, or built",
    help: HELP,
    run,
};

const HELP: &str = "\
Finds the maps and sets of a project that only grow: keys are put in while it runs, and
nothing takes one out. It reads the sources alone: nothing is built, nothing is asked of
a network, and the project needs no change.

Usage: cargo mapkeeper scan [PATH] [OPTIONS]

PATH is a workspace's, a crate's or any folder, or a file; without it, the current folder.
Tests, benches, examples and build scripts are left out.

Options:
      --all               tests, benches, examples and build scripts, too
      --format FORMAT     human (default) or json (one object, for machines)
      --confidence LEVEL  findings of this confidence at least: low, medium (default), high
      --fail-on KIND      exit code 1 if there is a finding of this kind (only-grows), or any
      --explain KIND      what a kind of finding means, how it is decided, what to do
  -h, --help              this text

A map that is meant to grow is said to do so, with a reason, above it or behind it:
    // mapkeeper: allow(only-grows) one entry for each country

Examples:
  cargo mapkeeper scan
  cargo mapkeeper scan ../service --fail-on only-grows
  cargo mapkeeper scan --format json | jq -r '.findings[].field'
  cargo mapkeeper scan --explain only-grows

Exit codes: 0, or 1 if there are findings that --fail-on asks for, or 2 if it could not be
done or an `allow` has no reason. A file that does not parse is named, and left out.
";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Human,
    Json,
}

enum Arguments {
    Explain(&'static str),
    Scan {
        path: PathBuf,
        all: bool,
        format: Format,
        confidence: Confidence,
        /// Of this kind, or of any.
        fail_on: Option<Option<&'static str>>,
    },
}

fn run(parser: lexopt::Parser) -> Result<Verdict, Failure> {
    let (path, all, format, confidence, fail_on) = match parse(parser)? {
        Arguments::Explain(text) => {
            output::write(text)?;
            return Ok(Verdict::Fine);
        }
        Arguments::Scan {
            path,
            all,
            format,
            confidence,
            fail_on,
        } => (path, all, format, confidence, fail_on),
    };
    let (sources, mut said) = sources::find(&path, all)?;
    if sources.is_empty() {
        return Err(Failure::new(format!(
            "there is no Rust file to read in {}",
            path.display()
        )));
    }
    let (facts, unread) = progress::of("reading sources", sources.len() as u64, |done| {
        read::read(&sources, all, done)
    });
    said.extend(unread);
    said.iter()
        .for_each(|sentence| output::say(&format!("warning: {sentence}")));
    let mut found = progress::during("looking for maps that only grow", || analyzed(&facts))?;
    found.retain(|finding| finding.confidence >= confidence);
    found.retain(|finding| !is_allowed(&facts, finding));
    let mistakes = mistaken_allows(&facts);
    match format {
        Format::Json => {
            let json = json!({ "findings": found, "files": facts.len(), "left_out": said });
            output::write(&format!("{}\n", escaped_json(&json.to_string())))?;
        }
        Format::Human => human(&found, facts.len())?,
    }
    mistakes
        .iter()
        .for_each(|sentence| output::say(&format!("error: {sentence}")));
    if !mistakes.is_empty() {
        return Ok(Verdict::Failed);
    }
    let fails = fail_on.is_some_and(|kind| {
        found
            .iter()
            .any(|finding| kind.is_none_or(|kind| kind == finding.kind))
    });
    Ok(if fails {
        Verdict::Findings
    } else {
        Verdict::Fine
    })
}

/// On a thread with room for what is nested deeply.
fn analyzed(facts: &[FileFacts]) -> Result<Vec<Finding>, Failure> {
    let failed = |why: &str| Failure::new(format!("the sources could not be analyzed: {why}"));
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(read::STACK);
        let thread = thread.spawn_scoped(scope, || analyzers::run(facts));
        let thread = thread.map_err(|error| failed(&error.to_string()))?;
        thread
            .join()
            .map_err(|_| failed("a thread ended early; please report it"))
    })
}

fn human(found: &[Finding], files: usize) -> Result<(), Failure> {
    let is_styled = io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none();
    let mut sources = text::Sources::default();
    for finding in found {
        output::write(&format!(
            "{}\n\n",
            text::render(finding, &mut sources, is_styled)
        ))?;
    }
    let maps = match found.len() {
        0 => "no map that only grows".to_owned(),
        1 => "1 map that only grows".to_owned(),
        n => format!("{n} maps that only grow"),
    };
    let files = if files == 1 {
        "1 file".to_owned()
    } else {
        format!("{files} files")
    };
    output::write(&format!("{maps} in {files}\n"))
}

fn is_allowed(facts: &[FileFacts], finding: &Finding) -> bool {
    let mut files = facts.iter().filter(|of| of.path == finding.file);
    files.any(|of| {
        let mut allows = of.allows.iter();
        allows.any(|allow| {
            allow.kind == finding.kind && allow.covers == finding.line && !allow.reason.is_empty()
        })
    })
}

/// Those that allow nothing.
fn mistaken_allows(facts: &[FileFacts]) -> Vec<String> {
    let mut mistakes = Vec::new();
    for file in facts {
        for allow in &file.allows {
            let at = format!("{}:{}", file.path, allow.line);
            if analyzers::ALL.iter().all(|of| of.kind != allow.kind) {
                mistakes.push(format!(
                    "{at}: there is no kind `{}` to allow; {}",
                    allow.kind,
                    kinds()
                ));
            } else if allow.reason.is_empty() {
                mistakes.push(format!(
                    "{at}: `allow({})` needs a reason behind it: why may this map grow?",
                    allow.kind
                ));
            }
        }
    }
    mistakes
}

fn kinds() -> String {
    let all: Vec<&str> = analyzers::ALL.iter().map(|of| of.kind).collect();
    format!("there is {}", all.join(", "))
}

fn kind(text: &str) -> Result<&'static str, String> {
    static ALL: [analyzers::Analyzer; analyzers::ALL.len()] = analyzers::ALL;
    let found = ALL.iter().find(|of| of.kind == text);
    found
        .map(|of| of.kind)
        .ok_or_else(|| format!("there is no kind of finding of this name; {}", kinds()))
}

fn parse(mut parser: lexopt::Parser) -> Result<Arguments, Failure> {
    let (mut path, mut all, mut format) = (None, false, Format::Human);
    let (mut confidence, mut fail_on) = (Confidence::Medium, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("all") => all = true,
            Long("format") => {
                format = parser.value()?.parse_with(|text| match text {
                    "human" => Ok(Format::Human),
                    "json" => Ok(Format::Json),
                    _ => Err("the formats are human and json"),
                })?;
            }
            Long("confidence") => {
                confidence = parser.value()?.parse_with(|text| {
                    let mut levels = Confidence::ALL.into_iter();
                    levels
                        .find(|level| level.name() == text)
                        .ok_or("the levels are low, medium and high")
                })?;
            }
            Long("fail-on") => {
                fail_on = Some(parser.value()?.parse_with(|text| match text {
                    "any" => Ok(None),
                    text => kind(text).map(Some),
                })?);
            }
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
    Ok(Arguments::Scan {
        path: path.unwrap_or_else(|| PathBuf::from(".")),
        all,
        format,
        confidence,
        fail_on,
    })
}
