//! Starts one process for each mode, model and seed, a few at a time, and collects what they tell.

use std::{
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::Command,
    sync::{
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    thread,
};

use mapkeeper_tests::programs;

use crate::{
    args::Plan,
    service::Model,
    told::{Run, Told},
};

struct Task {
    mode: &'static str,
    program: PathBuf,
    model: &'static Model,
    seed: u64,
}

pub(crate) fn measure(plan: &Plan) -> Result<Vec<Run>, String> {
    let mut tasks = Vec::new();
    for mode in &plan.modes {
        progress(0, 1, &format!("{mode}: compiling"));
        let program = programs::of_bench("leaks", mode)?;
        for model in &plan.models {
            for seed in &plan.seeds {
                tasks.push(Task {
                    mode,
                    program: program.clone(),
                    model,
                    seed: *seed,
                });
            }
        }
    }
    let next = AtomicUsize::new(0);
    let mut failed = None;
    let mut runs = Vec::new();
    thread::scope(|scope| {
        let (send, done) = mpsc::channel();
        for _ in 0..plan.jobs.min(tasks.len()) {
            let (send, next, tasks) = (send.clone(), &next, &tasks);
            scope.spawn(move || {
                while let Some(task) = tasks.get(next.fetch_add(1, Relaxed)) {
                    let _ = send.send((task, task.run()));
                }
            });
        }
        drop(send);
        for (task, outcome) in done {
            match outcome {
                Ok(run) => runs.push(run),
                Err(why) => {
                    // The others are not started; those that run are waited for.
                    next.store(tasks.len(), Relaxed);
                    failed.get_or_insert(why);
                }
            }
            progress(
                runs.len(),
                tasks.len(),
                &format!("{}: {}", task.mode, task.model.name),
            );
        }
    });
    match failed {
        Some(why) => Err(why),
        None => Ok(runs),
    }
}

impl Task {
    fn run(&self) -> Result<Run, String> {
        let (name, seed) = (self.model.name, self.seed);
        let odd = |what: &str| format!("{name} with seed {seed} in mode {}: {what}", self.mode);
        let out = Command::new(&self.program)
            .args(["--model", name, "--child-seed", &seed.to_string()])
            .output()
            .map_err(|error| odd(&error.to_string()))?;
        if !out.status.success() {
            return Err(odd(&String::from_utf8_lossy(&out.stderr)));
        }
        let told = String::from_utf8_lossy(&out.stdout)
            .lines()
            .map(|line| serde_json::from_str(line).map_err(|error| odd(&error.to_string())))
            .collect::<Result<Vec<Told>, String>>()?;
        if !matches!(told.last(), Some(Told::End { .. })) {
            return Err(odd("it ended too early"));
        }
        Ok(Run {
            mode: self.mode,
            model: name,
            seed,
            told,
        })
    }
}

/// Progress on standard error, where a terminal shows it.
fn progress(done: usize, of: usize, what: &str) {
    const WIDTH: usize = 40;
    let mut err = io::stderr();
    if !err.is_terminal() {
        return;
    }
    let bar: String = (0..WIDTH)
        .map(|i| if i * of < done * WIDTH { '#' } else { '.' })
        .collect();
    let _ = write!(err, "\r\x1b[K[{bar}] {done}/{of} {what}");
    if done == of {
        let _ = write!(err, "\r\x1b[K");
    }
    let _ = err.flush();
}
