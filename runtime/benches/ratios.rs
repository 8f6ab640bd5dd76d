//! `cargo bench -p mapkeeper`: one table of ratios over each kind's original, for every mode.
//!
//! Builds and runs `instructions`, `memory` and `wall` once per mode (a mode is a cargo feature) and puts their figures
//! side by side. `-- --small` leaves out maps of a million entries, `-- --no-wall` leaves out wall time,
//! `-- --only-wall` leaves out the instructions; the whole takes about twenty minutes on two cores.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

const MODES: [&str; 3] = ["off", "observe", "strict"];

/// The mode in whose build the originals are shown.
const SHOWN: &str = "observe";

/// The features of the kinds that are features.
const KINDS: &str = "hashbrown,indexmap,slab";

/// Kind and shape, hasher, size and operation.
type Row = (String, String, u64, String);

/// What the original, the one by hand and those of each mode took for one row.
type Figures = BTreeMap<Row, BTreeMap<String, f64>>;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    const FLAGS: [&str; 3] = ["--small", "--no-wall", "--only-wall"];
    for arg in &args {
        if !FLAGS.contains(&arg.as_str()) {
            eprintln!("ratios: unknown flag {arg}; there are {}", FLAGS.join(", "));
            return ExitCode::from(2);
        }
    }
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("ratios: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<(), String> {
    let has = |flag: &str| args.iter().any(|arg| arg == flag);
    let size: &[&str] = if has("--small") { &["--small"] } else { &[] };
    let mut counted = Figures::new();
    let mut weighed = Figures::new();
    let mut timed = Figures::new();
    let (count, time) = (!has("--only-wall"), !has("--no-wall"));
    let steps = MODES.len() * (usize::from(count) + usize::from(time));
    let mut done = 0;
    for mode in MODES.iter().filter(|_| count) {
        progress(done, steps, &format!("{mode}: counting instructions"));
        done += 1;
        // What an optimiser makes of the originals is not the same in every build: each mode is compared with those of its own.
        let out = bench("instructions", mode, size)?;
        let out = out.replace("\toriginal|", &format!("\toriginal {mode}|"));
        note_all(&mut counted, &out)?;
        note_all(&mut weighed, &bench("memory", mode, &[])?)?;
    }
    for mode in MODES.iter().filter(|_| time) {
        progress(done, steps, &format!("{mode}: taking wall time"));
        done += 1;
        // Criterion keeps what it measured in the target folder: one folder per mode.
        let home = target_dir().join("criterion").join(mode);
        let only: &[&str] = if *mode == "observe" {
            &[]
        } else {
            &["--only-ours"]
        };
        let _ = fs::remove_dir_all(&home);
        bench("wall", mode, &[size, only].concat())?;
        medians(&home, &mut timed)?;
    }
    progress(steps, steps, "");
    if count {
        print_counted(&counted);
        print_weighed(&weighed);
    }
    if !timed.is_empty() {
        print_timed(&timed);
    }
    Ok(())
}

/// Progress on standard error, overwritten on a terminal.
fn progress(done: usize, of: usize, what: &str) {
    let mut err = io::stderr();
    let bar: String = (0..of).map(|i| if i < done { '#' } else { '.' }).collect();
    let end = if err.is_terminal() && done < of {
        ""
    } else {
        "\n"
    };
    let start = if err.is_terminal() { "\r\x1b[K" } else { "" };
    let _ = write!(err, "{start}[{bar}] {what}{end}");
    let _ = err.flush();
}

fn target_dir() -> PathBuf {
    // …/target/release/deps/ratios-…
    let me = env::current_exe().unwrap_or_default();
    me.ancestors()
        .nth(3)
        .map_or_else(|| PathBuf::from("target"), Path::to_path_buf)
}

/// Builds and runs one bench in one mode.
fn bench(name: &str, mode: &str, args: &[&str]) -> Result<String, String> {
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let out = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "bench",
            "--quiet",
            "--package",
            "mapkeeper",
            "--bench",
            name,
        ])
        .args(["--no-default-features", "--features"])
        .arg(if mode == "off" {
            KINDS.to_owned()
        } else {
            format!("{mode},{KINDS}")
        })
        .arg("--")
        .args(args)
        .env("CARGO_TARGET_DIR", target_dir())
        .env("CRITERION_HOME", target_dir().join("criterion").join(mode))
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if out.status.success() {
        Ok(String::from_utf8_lossy(&out.stdout).into_owned())
    } else {
        let errors = String::from_utf8_lossy(&out.stderr).into_owned();
        Err(format!("`{name}` failed in mode {mode}:\n{errors}"))
    }
}

/// Lines of a value and a name.
fn note_all(figures: &mut Figures, lines: &str) -> Result<(), String> {
    for line in lines.lines() {
        let (value, name) = line
            .split_once('\t')
            .ok_or_else(|| format!("odd line: {line}"))?;
        let value = value.parse().map_err(|_| format!("odd number: {line}"))?;
        note(figures, name, value);
    }
    Ok(())
}

/// `row|kind|shape|hasher|size|operation`.
fn note(figures: &mut Figures, name: &str, value: f64) {
    let parts: Vec<&str> = name.split('|').collect();
    if let [who, kind, shape, hasher, size, op] = parts[..] {
        let row = (
            format!("{kind} {}", shape.replace(':', "/")),
            hasher.to_owned(),
            size.parse().unwrap_or(0),
            op.to_owned(),
        );
        figures
            .entry(row)
            .or_default()
            .insert(who.to_owned(), value);
    }
}

/// Reads the medians of what criterion collected, ratios over std (`…/new/{benchmark,estimates}.json`).
fn medians(home: &Path, figures: &mut Figures) -> Result<(), String> {
    let odd = |error: &dyn std::fmt::Display| format!("{}: {error}", home.display());
    for entry in fs::read_dir(home.join("wall")).map_err(|error| odd(&error))? {
        let folder = entry.map_err(|error| odd(&error))?.path().join("new");
        let (Ok(name), Ok(estimates)) = (
            fs::read_to_string(folder.join("benchmark.json")),
            fs::read_to_string(folder.join("estimates.json")),
        ) else {
            continue;
        };
        let name: serde_json::Value = serde_json::from_str(&name).map_err(|error| odd(&error))?;
        let estimates: serde_json::Value =
            serde_json::from_str(&estimates).map_err(|error| odd(&error))?;
        if let (Some(name), Some(median)) = (
            name["full_id"].as_str(),
            estimates["median"]["point_estimate"].as_f64(),
        ) {
            note(figures, name.trim_start_matches("wall/"), median);
        }
    }
    Ok(())
}

fn print_counted(figures: &Figures) {
    println!(
        "\nInstructions per operation over the original of the same build (callgrind; the same in every run). +n: instructions added."
    );
    println!(
        "{:<22} {:<4} {:>9} {:<13} {:>8}  {:>13} {:>13} {:>13} {:>13}",
        "map", "hash", "entries", "operation", "original", "by hand", "off", "observe", "strict"
    );
    for ((map, hasher, size, op), row) in figures {
        let Some(own) = row.get(&format!("original {SHOWN}")) else {
            continue;
        };
        // The one by hand is that of the last build.
        let last = MODES[MODES.len() - 1];
        print!("{map:<22} {hasher:<4} {size:>9} {op:<13} {own:>8.1} ");
        for (who, mode) in [("by hand", last)]
            .into_iter()
            .chain(MODES.map(|mode| (mode, mode)))
        {
            match (row.get(who), row.get(&format!("original {mode}"))) {
                (Some(n), Some(original)) => {
                    print!(" {:>6.3} {:>+6.1}", n / original, n - original)
                }
                _ => print!(" {:>13}", "-"),
            }
        }
        println!();
    }
}

fn print_weighed(figures: &Figures) {
    println!(
        "\nWhat a map weighs: bytes of the map itself, allocations it makes (27 entries: in a table of its own), bytes an entry."
    );
    println!(
        "{:<22} {:<34} {:>9} {:>9} {:>9} {:>9}",
        "map", "", "original", "off", "observe", "strict"
    );
    for ((map, _, _, what), row) in figures {
        print!("{map:<22} {what:<34}");
        for who in ["original", "off", "observe", "strict"] {
            match row.get(who) {
                Some(n) if n.fract() == 0.0 => print!(" {n:>9.0}"),
                Some(n) => print!(" {n:>9.1}"),
                None => print!(" {:>9}", "-"),
            }
        }
        println!();
    }
}

fn print_timed(figures: &Figures) {
    println!(
        "\nWall time over std's map (medians of pairs measured in turns; on a busy machine they still differ by some 5 %)."
    );
    println!(
        "By hand: a cached gauge handle, a recorder installed, and an event nobody listens to."
    );
    println!(
        "{:<22} {:<4} {:>9} {:<19} {:>8} {:>8} {:>8} {:>8}",
        "map", "hash", "entries", "operation", "by hand", "off", "observe", "strict"
    );
    for ((map, hasher, size, op), row) in figures {
        print!("{map:<22} {hasher:<4} {size:>9} {op:<19}");
        for who in ["by hand", "off", "observe", "strict"] {
            match row.get(who) {
                Some(ratio) => print!(" {ratio:>8.2}"),
                None => print!(" {:>8}", "-"),
            }
        }
        println!();
    }
}
