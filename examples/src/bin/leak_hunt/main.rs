//! Four services leak through their maps, each along another path. mapkeeper is given nothing but
//! the attributes on the maps and a load; it finds each leak and explains it. Then the release that
//! fixes it is rolled out, and the suspect goes.
//!
//! ```text
//! cargo run -p mapkeeper-examples --bin leak_hunt
//! ```
//!
//! The services are in files of their own, each with its users below it; [`hunt`] is the person on
//! call. Hours pass in a second: [`mapkeeper::testing::Clock`] drives the time. The maps hash alike
//! in every run (`FxHashMap`), so a seed decides which entries are sampled, too.
#![forbid(unsafe_code)]

mod args;
mod console;
mod event_bus;
mod hunt;
mod order_store;
mod presence_hub;
mod rpc_client;
mod simulated;

use std::{process::ExitCode, time::Duration};

use args::Command;
use console::Progress;
use hunt::Case;

static CASES: [Case; 4] = [
    rpc_client::CASE,
    presence_hub::CASE,
    event_bus::CASE,
    order_store::CASE,
];

/// Each case begins so long after the one before, whichever are run: a case's hours are its own.
const APART: Duration = Duration::from_hours(100);

fn main() -> ExitCode {
    let (only, seed) = match args::parse(lexopt::Parser::from_env()) {
        Ok(Command::Run { only, seed }) => (only, seed),
        Ok(Command::Help) => {
            print!("{}", args::usage());
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprint!("error: {error}\n\n{}", args::usage());
            return ExitCode::from(2);
        }
    };
    let clock = mapkeeper::testing::Clock::drive();
    let (mut hunts, mut failures) = (0, Vec::new());
    for (case, begin) in CASES.iter().zip((1..).map(|place| APART * place)) {
        if only.is_some_and(|name| name != case.name) {
            continue;
        }
        println!("{}", console::heading(case));
        let progress = Progress::new(case);
        let hunt = (case.hunt)(case, seed, &clock, begin, &progress);
        progress.finish();
        println!("{}", console::story(case, &hunt));
        hunts += 1;
        failures.extend(hunt.failures(case));
    }
    for failure in &failures {
        eprintln!("error: {failure}");
    }
    if !failures.is_empty() {
        return ExitCode::FAILURE;
    }
    println!("Leaks found: {hunts} of {hunts}, each at the line that inserted what stays.");
    ExitCode::SUCCESS
}
