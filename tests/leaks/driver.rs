//! Starts one process for each mode, model and seed, a few at a time, and collects what they tell.

use std::{
    env,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    process::Command,
    sync::{
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    thread,
};

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
        let program = program_of(mode)?;
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

/// This program, compiled for a mode (a mode is a cargo feature).
fn program_of(mode: &str) -> Result<PathBuf, String> {
    let me = env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    if mapkeeper::MODE.as_str() == mode {
        return Ok(me);
    }
    progress(0, 1, &format!("{mode}: compiling"));
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let out = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["bench", "--quiet", "--package", "mapkeeper-tests"])
        .args(["--bench", "leaks", "--no-run", "--message-format", "json"])
        .args(["--no-default-features", "--features", mode])
        // …/target/release/deps/leaks-…
        .env(
            "CARGO_TARGET_DIR",
            me.ancestors().nth(3).unwrap_or(Path::new("target")),
        )
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !out.status.success() {
        let errors = String::from_utf8_lossy(&out.stderr).into_owned();
        return Err(format!("cannot compile for mode {mode}:\n{errors}"));
    }
    String::from_utf8_lossy(&out.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == "leaks")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .ok_or_else(|| format!("cargo named no program for mode {mode}"))
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
