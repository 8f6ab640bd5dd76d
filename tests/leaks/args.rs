//! The command line.

use lexopt::prelude::*;

use crate::{
    all_models,
    service::{Model, Services},
};

pub(crate) const USAGE: &str = "\
Usage: cargo bench -p mapkeeper-tests --bench leaks -- [OPTIONS]

Runs services that leak and services that do not for 24 simulated hours each,
asks for a report as time goes, and says what was found and what was suspected
wrongly.

Options:
      --mode M        observe or strict [default: both]
      --services S    tuned (thresholds were chosen by these), seen (no
                      threshold was, but detectors changed on their account),
                      held-out (nothing did) or all [default: all]
      --model NAME    only this model; may be given several times
      --seeds S       tuning, held-out or all [default: tuning]
      --jobs N        processes at a time, 1 to 64 [default: 2]
      --check         exit with 1 unless the goals hold (where they do not yet:
                      if less is reached than was)
      --json          the figures as one JSON object instead of tables
  -h, --help          this text

Examples:
  cargo bench -p mapkeeper-tests --bench leaks
  cargo bench -p mapkeeper-tests --bench leaks -- --mode strict --model rpc-error-path
  cargo bench -p mapkeeper-tests --bench leaks -- --seeds held-out --check
  cargo bench -p mapkeeper-tests --bench leaks -- --services held-out
  cargo bench -p mapkeeper-tests --bench leaks -- --json > leaks.json
";

/// The seeds a detector may be tuned with, and those it must never have seen.
const TUNING: [u64; 3] = [11, 12, 13];
const HELD_OUT: [u64; 3] = [901, 902, 903];

pub(crate) const MODES: [&str; 2] = ["observe", "strict"];

pub(crate) enum Command {
    Measure(Plan),
    /// One run, in a process of its own: what [`Measure`](Self::Measure) starts.
    Child {
        model: &'static Model,
        seed: u64,
    },
    Help,
}

pub(crate) struct Plan {
    pub(crate) modes: Vec<&'static str>,
    pub(crate) services: Vec<Services>,
    pub(crate) models: Vec<&'static Model>,
    pub(crate) seeds: Vec<u64>,
    pub(crate) jobs: usize,
    pub(crate) check: bool,
    pub(crate) json: bool,
}

pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut plan = Plan {
        modes: MODES.to_vec(),
        services: Services::ALL.to_vec(),
        models: Vec::new(),
        seeds: TUNING.to_vec(),
        jobs: 2,
        check: false,
        json: false,
    };
    let mut child = None;
    while let Some(arg) = parser.next()? {
        match arg {
            Long("mode") => plan.modes = vec![parser.value()?.parse_with(mode)?],
            Long("services") => plan.services = parser.value()?.parse_with(services)?,
            Long("model") => plan.models.push(parser.value()?.parse_with(model)?),
            Long("seeds") => plan.seeds = parser.value()?.parse_with(seeds)?,
            Long("jobs") => plan.jobs = parser.value()?.parse_with(jobs)?,
            Long("check") => plan.check = true,
            Long("json") => plan.json = true,
            Long("child-seed") => child = Some(parser.value()?.parse()?),
            // What cargo adds to the arguments of every bench.
            Long("bench") => {}
            Short('h') | Long("help") => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    if let (Some(seed), [model]) = (child, plan.models.as_slice()) {
        return Ok(Command::Child { model, seed });
    }
    if plan.models.is_empty() {
        let sets = plan.services.iter();
        plan.models = sets.flat_map(|services| services.models()).collect();
    }
    Ok(Command::Measure(plan))
}

fn mode(text: &str) -> Result<&'static str, String> {
    MODES
        .into_iter()
        .find(|mode| *mode == text)
        .ok_or_else(|| format!("--mode takes one of {}", MODES.join(", ")))
}

impl Plan {
    /// Sets that are judged together: each of those asked for, and all that are known.
    pub(crate) fn judged(&self) -> Vec<Vec<Services>> {
        let known = [Services::Tuned, Services::Seen];
        let mut judged: Vec<Vec<Services>> = self.services.iter().map(|one| vec![*one]).collect();
        if known
            .iter()
            .all(|services| self.services.contains(services))
        {
            judged.push(known.to_vec());
        }
        judged
    }
}

fn services(text: &str) -> Result<Vec<Services>, &'static str> {
    match text {
        "all" => Ok(Services::ALL.to_vec()),
        _ => Services::ALL
            .into_iter()
            .find(|services| services.name() == text)
            .map(|services| vec![services])
            .ok_or("--services takes one of tuned, seen, held-out, all"),
    }
}

fn model(text: &str) -> Result<&'static Model, String> {
    all_models()
        .find(|model| model.name == text)
        .ok_or_else(|| {
            let names: Vec<&str> = all_models().map(|model| model.name).collect();
            format!("--model takes one of {}", names.join(", "))
        })
}

fn seeds(text: &str) -> Result<Vec<u64>, &'static str> {
    match text {
        "tuning" => Ok(TUNING.to_vec()),
        "held-out" => Ok(HELD_OUT.to_vec()),
        "all" => Ok([TUNING, HELD_OUT].concat()),
        _ => Err("--seeds takes one of tuning, held-out, all"),
    }
}

fn jobs(text: &str) -> Result<usize, &'static str> {
    text.parse()
        .ok()
        .filter(|jobs| (1..=64).contains(jobs))
        .ok_or("--jobs takes a whole number from 1 to 64")
}
