//! The command line of `top`.

use std::time::Duration;

use lexopt::prelude::*;

use super::{data::Wanted, sort::Sort};
use crate::command::Failure;

pub(super) const HELP: &str = "\
A running program's maps: suspects first, then what grows, each with its length over
time; one of them with its lines, causes and lifetimes; a suspect with its evidence
and what to do about it. The program serves mapkeeper's inspector (its feature
`inspector`); URL is where its page stands, by http (there is no TLS here: tunnel it).

Usage: cargo mapkeeper top URL [OPTIONS]

Options:
      --once                one frame as text, for any output
      --json                the same for machines (one object)
      --fail-on-suspects    with --once or --json: exit code 1 if there are suspects
      --token TOKEN         what an inspector that is not on loopback wants; the
                            environment variable MAPKEEPER_TOKEN is seen by fewer
      --interval SECONDS    how often to ask, 0.2 to 3600 [default: 1]
      --sort COLUMN         suspects (these, then what grows), growth, entries, vacant,
                            tables, maps, inserted or name [default: suspects]
      --filter TEXT         only maps with this in their name or module
  -h, --help                this text

Keys: arrows or j and k move, Enter opens, Esc goes back, s and S sort by the next and
the previous column, r reverses, / filters, p pauses, ? tells of all of them, q quits.
NO_COLOR in the environment turns colours off.

Examples:
  cargo mapkeeper top http://127.0.0.1:8080/debug/maps
  cargo mapkeeper top 127.0.0.1:8080 --interval 5
  MAPKEEPER_TOKEN=… cargo mapkeeper top http://10.0.0.7:9000 --once --fail-on-suspects
  cargo mapkeeper top 127.0.0.1:8080 --json | jq '.suspects.items[].sentence'

Exit codes: 0, or 1 with --fail-on-suspects, or 2 if there is no inspector or it does
not answer, or 130 after Ctrl-C.
";

/// How it is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    Live,
    Text,
    Json,
}

#[derive(Debug)]
pub(super) struct Arguments {
    pub(super) url: String,
    pub(super) shape: Shape,
    pub(super) token: Option<String>,
    pub(super) interval: Duration,
    pub(super) fail_on_suspects: bool,
    sort: Sort,
    filter: String,
}

impl Arguments {
    /// What is asked for at first.
    pub(super) fn wanted(&self) -> Wanted {
        Wanted {
            sort: self.sort,
            ascending: self.sort.is_ascending_first(),
            filter: self.filter.clone(),
            site: None,
        }
    }
}

pub(super) fn parse(mut parser: lexopt::Parser) -> Result<Arguments, Failure> {
    let mut url = None;
    let mut arguments = Arguments {
        url: String::new(),
        shape: Shape::Live,
        token: std::env::var("MAPKEEPER_TOKEN").ok(),
        interval: Duration::from_secs(1),
        fail_on_suspects: false,
        sort: Sort::Suspects,
        filter: String::new(),
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("once") if arguments.shape == Shape::Live => arguments.shape = Shape::Text,
            Long("once") => {}
            Long("json") => arguments.shape = Shape::Json,
            Long("fail-on-suspects") => arguments.fail_on_suspects = true,
            Long("token") => arguments.token = Some(parser.value()?.string()?),
            Long("interval") => arguments.interval = parser.value()?.parse_with(interval)?,
            Long("sort") => arguments.sort = parser.value()?.parse_with(sort)?,
            Long("filter") => arguments.filter = parser.value()?.string()?,
            Value(text) if url.is_none() => url = Some(text.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if arguments.fail_on_suspects && arguments.shape == Shape::Live {
        return Err(Failure::Usage(
            "--fail-on-suspects is for --once or --json: a live view fails on nothing".to_owned(),
        ));
    }
    // An empty one is how a variable is unset in some places.
    arguments.token = arguments.token.filter(|token| !token.is_empty());
    arguments.url = url.ok_or_else(|| {
        Failure::Usage(
            "no inspector is named: give the address of its page, such as http://127.0.0.1:8080/debug/maps"
                .to_owned(),
        )
    })?;
    Ok(arguments)
}

fn interval(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse().ok();
    seconds
        .filter(|seconds| (0.2..=3600.0).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or("--interval takes seconds, from 0.2 to 3600")
}

fn sort(text: &str) -> Result<Sort, String> {
    Sort::ALL
        .into_iter()
        .find(|sort| sort.name() == text)
        .ok_or_else(|| {
            let names = Sort::ALL.map(Sort::name).join(", ");
            format!("--sort takes one of {names}")
        })
}
