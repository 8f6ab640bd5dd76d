//! The command line.

use lexopt::prelude::*;

use crate::CASES;

#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    Run {
        only: Option<&'static str>,
        seed: u64,
    },
    Help,
}

pub(crate) fn usage() -> String {
    let cases: String = CASES
        .iter()
        .map(|case| format!("  {:14} {}\n", case.name, case.leak))
        .collect();
    format!(
        "\
Usage: leak_hunt [--only SERVICE] [--seed N]

Four services leak through their maps; mapkeeper finds each leak and explains it,
and its suspect goes once the fix is rolled out. Hours of load pass in seconds.

Options:
      --only SERVICE  hunt in this one alone
      --seed N        another load of the same kind, a whole number [default: 1]
  -h, --help          this text

Services:
{cases}
Exit code: 1 if a leak was not found, was blamed on another line, or was still
suspected after its fix.
"
    )
}

pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut only = None;
    let mut seed = 1;
    while let Some(arg) = parser.next()? {
        match arg {
            Long("only") => only = Some(parser.value()?.parse_with(service)?),
            Long("seed") => seed = parser.value()?.parse()?,
            Short('h') | Long("help") => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Run { only, seed })
}

fn service(text: &str) -> Result<&'static str, String> {
    let mut names = CASES.iter().map(|case| case.name);
    names.clone().find(|name| *name == text).ok_or_else(|| {
        let known = names.by_ref().collect::<Vec<_>>().join(", ");
        format!("there is no such service; there are {known}")
    })
}
