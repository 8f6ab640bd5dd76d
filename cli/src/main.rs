//! `cargo mapkeeper`: looks for maps that only grow in sources, at the maps of a running program, and at snapshots of them.
//!
//! A subcommand is a module with a [`Command`]: its name, its help and one `run`. What stands beside them here is what they
//! share: how text reaches a terminal, how figures are written, how a run ends.
#![forbid(unsafe_code)]

mod annotate;
mod clean;
mod command;
mod diff;
mod figures;
mod html;
mod output;
mod progress;
mod scan;
mod top;

use std::{
    env,
    ffi::{OsStr, OsString},
    process::ExitCode,
};

use command::{Command, Failure, Verdict};

const COMMANDS: [Command; 5] = [
    scan::COMMAND,
    annotate::COMMAND,
    top::COMMAND,
    diff::COMMAND,
    html::COMMAND,
];

fn main() -> ExitCode {
    let verdict = run(env::args_os().skip(1).collect());
    let verdict = verdict.unwrap_or_else(|failure| {
        output::say(&format!("error: {failure}"));
        Verdict::Failed
    });
    ExitCode::from(verdict.code())
}

fn run(mut arguments: Vec<OsString>) -> Result<Verdict, Failure> {
    // Cargo passes on the name it found the program by.
    if arguments.first().is_some_and(|first| first == "mapkeeper") {
        arguments.remove(0);
    }
    if arguments.is_empty() {
        output::say(usage().trim_end());
        return Ok(Verdict::Failed);
    }
    let first = arguments.remove(0);
    match first.to_str() {
        Some("-h" | "--help") => help(&[]),
        Some("help") => help(&arguments),
        Some("-V" | "--version") => {
            output::write(&format!("cargo-mapkeeper {}\n", env!("CARGO_PKG_VERSION")))?;
            Ok(Verdict::Fine)
        }
        _ => command(&first)?.run(arguments),
    }
}

fn help(of: &[OsString]) -> Result<Verdict, Failure> {
    match of.first() {
        Some(name) => output::write(command(name)?.help)?,
        None => output::write(&usage())?,
    }
    Ok(Verdict::Fine)
}

fn command(name: &OsStr) -> Result<&'static Command, Failure> {
    static ALL: [Command; COMMANDS.len()] = COMMANDS;
    let found = ALL.iter().find(|command| name == command.name);
    found.ok_or_else(|| {
        let known: Vec<&str> = ALL.iter().map(|command| command.name).collect();
        Failure::new(format!(
            "there is no subcommand `{}`; there are {}, and `cargo mapkeeper --help` tells what they do",
            name.display(),
            known.join(", ")
        ))
    })
}

fn usage() -> String {
    let commands: String = COMMANDS
        .iter()
        .map(|command| format!("  {:8} {}\n", command.name, command.about))
        .collect();
    format!(
        "\
Looks for maps that only grow: in sources, in a running program, in snapshots of one.

Usage: cargo mapkeeper COMMAND …

Commands:
{commands}
Options:
  -h, --help     this text; `cargo mapkeeper COMMAND --help` tells more of one
  -V, --version  the version

Examples:
  cargo mapkeeper scan --fail-on only-grows
  cargo mapkeeper annotate OrderService.orders
  cargo mapkeeper top http://127.0.0.1:8080/debug/maps
  cargo mapkeeper diff before.json after.json --fail-on-growth
  cargo mapkeeper html snapshot.json -o report.html

Exit codes: 0 if all is well, 1 if something was found by an option that asks to
fail on it, 2 if it could not be done (one sentence on stderr says why), 130 after
Ctrl-C.
"
    )
}
