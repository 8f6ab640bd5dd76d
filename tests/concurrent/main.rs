//! Concurrent maps on two threads: ours in each mode, beside dashmap, papaya, scc and std's map in a lock.
//!
//! A shared machine is as fast as its other tenants let it be, so each map takes turns with dashmap, milliseconds apart, and a
//! figure is the median over all turns of its throughput over dashmap's. Half of the keys that are drawn are there; writes
//! insert and remove in turns, so a map keeps its size.
//!
//! `cargo bench -p mapkeeper-tests --bench concurrent -- --help` says what can be asked of it.

#![allow(missing_docs)]
#![forbid(unsafe_code)]

mod batches;
#[path = "../../runtime/benches/common/callgrind.rs"]
mod callgrind;
mod instructions;
mod maps;
mod script;
mod table;
mod together;
mod turns;

use std::process::ExitCode;

use lexopt::prelude::*;

const USAGE: &str = "\
Usage: cargo bench -p mapkeeper-tests --bench concurrent -- [OPTIONS]

Lets shared maps of several crates take turns with dashmap's on two threads,
and tells their throughput over its: mapkeeper's in each mode. Then, how much
faster keys go in batches than one by one.

Options:
      --rounds N      turns of each map; more give closer figures [default: 15]
      --only TEXT     only the rows whose name contains this ('batches' are some)
      --mode MODE     only off, observe or strict; may be given again
      --pair          mapkeeper and dashmap alone
      --instructions  counts what one thread does, under callgrind, in the mode
                      the bench is compiled in (valgrind is needed; no other
                      load on the machine changes the figures)
  -h, --help          this text

Examples:
  cargo bench -p mapkeeper-tests --bench concurrent
  cargo bench -p mapkeeper-tests --bench concurrent -- --pair --rounds 31 --only zipf
  cargo bench -p mapkeeper-tests --bench concurrent -- --mode off --only batches
  cargo bench -p mapkeeper-tests --bench concurrent -- --instructions
";

const MODES: [&str; 3] = ["off", "observe", "strict"];

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// What is asked for.
struct Plan {
    what: What,
    rounds: u64,
    only: String,
    all: bool,
    modes: Vec<String>,
}

enum What {
    Table,
    /// What [`Table`](Self::Table) starts for each of its rows in each mode.
    Row(String),
    Instructions,
    /// What [`Instructions`](Self::Instructions) starts, under callgrind.
    Measure,
    Help,
}

fn parse(mut args: lexopt::Parser) -> Result<Plan, lexopt::Error> {
    let mut plan = Plan {
        what: What::Table,
        rounds: 15,
        only: String::new(),
        all: true,
        modes: Vec::new(),
    };
    while let Some(arg) = args.next()? {
        match arg {
            Long("rounds") => plan.rounds = args.value()?.parse_with(rounds)?,
            Long("only") => plan.only = args.value()?.string()?,
            Long("mode") => plan.modes.push(args.value()?.parse_with(mode)?),
            Long("pair") => plan.all = false,
            Long("row") => plan.what = What::Row(args.value()?.string()?),
            Long("instructions") => plan.what = What::Instructions,
            Long("measure") => plan.what = What::Measure,
            Short('h') | Long("help") => plan.what = What::Help,
            // What cargo adds to the arguments of every bench.
            Long("bench") => {}
            other => return Err(other.unexpected()),
        }
        if matches!(plan.what, What::Help) {
            break;
        }
    }
    if plan.modes.is_empty() {
        plan.modes = MODES.map(str::to_owned).to_vec();
    }
    Ok(plan)
}

fn mode(text: &str) -> Result<String, String> {
    if MODES.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err("--mode takes off, observe or strict".to_owned())
    }
}

fn rounds(text: &str) -> Result<u64, String> {
    text.parse()
        .ok()
        .filter(|rounds| *rounds > 0)
        .ok_or_else(|| "--rounds takes a number from 1 on".to_owned())
}

fn main() -> ExitCode {
    let plan = match parse(lexopt::Parser::from_env()) {
        Ok(plan) => plan,
        Err(why) => {
            eprint!("concurrent: {why}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let done = match &plan.what {
        What::Help => {
            print!("{USAGE}");
            Ok(())
        }
        What::Measure => {
            instructions::measure(&plan.only);
            Ok(())
        }
        What::Row(name) => {
            table::tell_row(name, plan.rounds, plan.all);
            Ok(())
        }
        What::Instructions => instructions::print(&plan.only),
        What::Table => table::print(&plan),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("concurrent: {why}");
            ExitCode::FAILURE
        }
    }
}
