//! The command line.

use std::time::Duration;

use lexopt::prelude::*;

pub(crate) const USAGE: &str = "\
Usage: order_service [--seconds N] [--serve]

An HTTP order service under load: healthy, with a bug that fills its map with
residue, and after the fix was switched on while it runs.

Options:
      --seconds N  length of each of the three phases, 1 to 600 [default: 4]
      --serve      keep serving after the run, until Ctrl-C
  -h, --help       this text

Examples:
  cargo run
  cargo run -- --seconds 10
  cargo run -- --serve        then: curl -s http://127.0.0.1:PORT/maps
";

#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    Run { phase: Duration, serve: bool },
    Help,
}

pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut seconds = 4;
    let mut serve = false;
    while let Some(arg) = parser.next()? {
        match arg {
            Long("seconds") => seconds = parser.value()?.parse_with(seconds_in_range)?,
            Long("serve") => serve = true,
            Short('h') | Long("help") => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Run {
        phase: Duration::from_secs(seconds),
        serve,
    })
}

fn seconds_in_range(text: &str) -> Result<u64, &'static str> {
    text.parse()
        .ok()
        .filter(|seconds| (1..=600).contains(seconds))
        .ok_or("--seconds takes a whole number from 1 to 600")
}
