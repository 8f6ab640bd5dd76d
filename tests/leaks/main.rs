//! `cargo bench -p mapkeeper-tests --bench leaks`: which leaks the report finds, how soon, and what it suspects wrongly.
//!
//! Each model is a service as such services are written, with the load they get, for 24 simulated hours. A model knows
//! its own truth: which map loses entries, at which line they come in, how many there are; the truth is checked against
//! the map itself in every run. Nothing in here knows what the detector looks at, and no figure of a model was chosen
//! for it: a model that is hard to find stays as it is. The thresholds of detectors were chosen while they were run on
//! `models` and `healthy`; the services of `seen` and of `held_out` are judged apart from them.
//!
//! Every run is a process of its own, because what a site has seen stays with the process.

#![forbid(unsafe_code)]

mod args;
mod driver;
mod healthy;
mod held_out;
mod models;
mod score;
mod seen;
mod service;
mod sim;
mod table;
mod told;
mod watch;

use std::process::ExitCode;

use args::Command;
use service::{Model, Services};

fn main() -> ExitCode {
    match args::parse(lexopt::Parser::from_env()) {
        Ok(Command::Help) => {
            print!("{}", args::USAGE);
            ExitCode::SUCCESS
        }
        Ok(Command::Child { model, seed }) => {
            (model.run)(model, seed);
            ExitCode::SUCCESS
        }
        Ok(Command::Measure(plan)) => match driver::measure(&plan) {
            Ok(runs) => judge(&plan, &runs),
            Err(why) => {
                eprintln!("leaks: {why}");
                ExitCode::FAILURE
            }
        },
        Err(why) => {
            eprint!("leaks: {why}\n\n{}", args::USAGE);
            ExitCode::from(2)
        }
    }
}

fn judge(plan: &args::Plan, runs: &[told::Run]) -> ExitCode {
    let scores: Vec<score::Score> = plan
        .modes
        .iter()
        .flat_map(|mode| {
            let together = plan.judged().into_iter();
            together.map(move |services| score::Score::of(mode, &services, runs))
        })
        .collect();
    if plan.json {
        println!("{}", score::json(&scores));
    } else {
        for score in &scores {
            table::print(score);
        }
    }
    if !plan.check {
        return ExitCode::SUCCESS;
    }
    let missed: Vec<String> = scores.iter().flat_map(score::Score::missed_goals).collect();
    for goal in &missed {
        eprintln!("leaks: {goal}");
    }
    if missed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The models of all sets.
fn all_models() -> impl Iterator<Item = &'static Model> {
    Services::ALL.into_iter().flat_map(Services::models)
}
