//! What it costs to watch: the order service's throughput and memory with nobody looking, with a scrape each second, with the
//! page open, and with both.
//!
//! The service has a processor to itself, and a load that keeps it busy. A shared machine is as fast as its other tenants let it
//! be: so it is one service under one load, and short windows of it that are watched lie between windows that nobody watches; a
//! figure is the median over all of them of what one is beside its neighbours. What of such windows is not watched either says what
//! such a figure is worth: its interval has to hold 0. What watching takes is small beside that noise: it is measured by itself, too,
//! on a service that has nothing else to do.

#![allow(missing_docs)]
#![forbid(unsafe_code)]

#[path = "../../src/bin/order_service/load.rs"]
mod load;
mod memory;
mod processors;
mod quiet;
mod service;
mod stats;
mod turns;
mod under_load;
mod watching;

use std::{process::ExitCode, time::Duration};

use lexopt::prelude::*;

const USAGE: &str = "\
Usage: cargo bench -p mapkeeper-examples --bench watched -- [--rounds N] [--seconds N] [--both]
       cargo bench -p mapkeeper-examples --bench watched -- --memory N

What it costs to watch the order service: QPS and CPU with a scrape each second,
with the page open, with nobody, and with both, each beside nobody; and CPU when
there is nothing else to do.

Options:
      --rounds N   pairs of windows of each kind, 1 to 10000; with windows of 1 s,
                   5 rounds take a minute [default: 100]
      --seconds N  length of a window, 1 to 60 [default: 1]
      --both       of these kinds only the last two: in half the time
      --memory N   instead: resident memory over N minutes, 2 to 600, of a
                   service that is scraped and whose page is open, beside one
                   without an inspector
  -h, --help       this text

Examples:
  cargo bench -p mapkeeper-examples --bench watched
  cargo bench -p mapkeeper-examples --bench watched -- --rounds 300 --both
  cargo bench -p mapkeeper-examples --bench watched -- --memory 10
";

enum Command {
    Help,
    Cost {
        rounds: u32,
        window: Duration,
        only_both: bool,
    },
    Memory {
        minutes: u32,
    },
}

fn main() -> ExitCode {
    let command = match parse(lexopt::Parser::from_env()) {
        Ok(command) => command,
        Err(error) => {
            eprint!("error: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let done = match command {
        Command::Help => {
            print!("{USAGE}");
            Ok(())
        }
        Command::Cost {
            rounds,
            window,
            only_both,
        } => turns::print(rounds, window, only_both).and_then(|()| quiet::print()),
        Command::Memory { minutes } => memory::print(minutes),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut args: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let (mut rounds, mut seconds, mut minutes) = (100, 1, None);
    let mut only_both = false;
    while let Some(arg) = args.next()? {
        match arg {
            Long("rounds") => rounds = within(&mut args, 1, 10_000)?,
            Long("seconds") => seconds = within(&mut args, 1, 60)?,
            Long("both") => only_both = true,
            Long("memory") => minutes = Some(within(&mut args, 2, 600)?),
            // Cargo says so.
            Long("bench") => {}
            Short('h') | Long("help") => return Ok(Command::Help),
            _ => return Err(arg.unexpected()),
        }
    }
    Ok(match minutes {
        Some(minutes) => Command::Memory { minutes },
        None => Command::Cost {
            rounds,
            window: Duration::from_secs(seconds.into()),
            only_both,
        },
    })
}

fn within(args: &mut lexopt::Parser, least: u32, most: u32) -> Result<u32, lexopt::Error> {
    let text = args.value()?;
    let number = text.to_str().and_then(|text| text.parse().ok());
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| format!("{text:?} is no whole number from {least} to {most}").into())
}
