//! The table of all modes: each mode is a program of its own, which measures one row at a time, so that the rows of a mix lie
//! beside one another in time.

use std::{collections::BTreeMap, path::PathBuf, process::Command};

use mapkeeper_tests::programs;

use crate::{
    Plan,
    batches::{BATCH, Removals},
    script::Mix,
    turns::{self, THREADS},
};

/// The columns of a mix, as far as they were measured.
const COLUMNS: [&str; 6] = ["off", "observe", "strict", "papaya", "scc", "RwLock"];

/// What a row is called, of which a child measures one.
fn removals(row: Removals) -> String {
    let Removals { entries, threads } = row;
    format!("batches, {entries}, {threads} threads")
}

/// As a child: measures the row of this name and tells its figures, a line for each column.
pub(crate) fn tell_row(name: &str, rounds: u64, all: bool) {
    for mix in Mix::all().into_iter().filter(|mix| mix.name() == name) {
        for beside in turns::measure(mix, rounds, all) {
            let column = match beside.name {
                "mapkeeper" => mapkeeper::MODE.as_str(),
                other => other,
            };
            let turns::Beside {
                wall, ran, dashmap, ..
            } = beside;
            println!("{column}\t{wall:.2} ({ran:.2})\t{dashmap:.1}");
        }
    }
    for row in Removals::all().filter(|row| removals(*row) == name) {
        let (faster, batch, single) = row.measure(rounds);
        println!(
            "{}\t{faster:.2}\t{batch:.0} for {single:.0} ns",
            mapkeeper::MODE
        );
    }
}

/// A column and its two figures.
type Cells = BTreeMap<String, (String, String)>;

/// A program for each mode that is wanted.
struct Programs(Vec<(String, PathBuf)>);

impl Programs {
    fn of(modes: &[String]) -> Result<Self, String> {
        let with_program = |mode: &String| {
            let program = programs::of_bench("concurrent", mode)?;
            Ok((mode.clone(), program))
        };
        modes
            .iter()
            .map(with_program)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Other crates' maps are the same in each mode, and are measured in the first.
    fn row(&self, name: &str, plan: &Plan) -> Result<Cells, String> {
        let mut cells = Cells::new();
        for (number, (mode, program)) in self.0.iter().enumerate() {
            let mut child = Command::new(program);
            child.args(["--row", name, "--rounds", &plan.rounds.to_string()]);
            if number > 0 || !plan.all {
                child.arg("--pair");
            }
            let failed = |why: &str| format!("{name} in mode {mode}: {why}");
            let out = child.output().map_err(|error| failed(&error.to_string()))?;
            if !out.status.success() {
                return Err(failed(&String::from_utf8_lossy(&out.stderr)));
            }
            for line in String::from_utf8_lossy(&out.stdout).lines() {
                if let [column, first, second] = line.split('\t').collect::<Vec<_>>()[..] {
                    cells.insert(column.to_owned(), (first.to_owned(), second.to_owned()));
                }
            }
        }
        Ok(cells)
    }
}

pub(crate) fn print(plan: &Plan) -> Result<(), String> {
    let programs = Programs::of(&plan.modes)?;
    let mixes = Mix::all().into_iter().map(|mix| mix.name());
    let mixes: Vec<_> = mixes.filter(|name| name.contains(&plan.only)).collect();
    if !mixes.is_empty() {
        println!(
            "Throughput over dashmap's by the wall (and by the time that threads ran), {THREADS} threads;\n\
             of dashmap, million operations a second.\n"
        );
        let columns = COLUMNS.map(|column| format!("{column:>14}"));
        println!("{:24}{:>8}{}", "", "dashmap", columns.concat());
        for name in mixes {
            let cells = programs.row(&name, plan)?;
            let ours = plan.modes.first().and_then(|mode| cells.get(mode));
            let dashmap = ours.map_or("-", |(_, dashmap)| dashmap);
            let columns = COLUMNS.map(|column| {
                let cell = cells.get(column).map_or("-", |(cell, _)| cell);
                format!("{cell:>14}")
            });
            println!("{name:24}{dashmap:>8}{}", columns.concat());
        }
        println!();
    }
    let rows: Vec<_> = Removals::all()
        .filter(|row| removals(*row).contains(&plan.only))
        .collect();
    if !rows.is_empty() {
        println!(
            "How many times as fast {BATCH} removals in a batch are as {BATCH} single ones (what a key takes, of all threads together).\n"
        );
        let heads = plan.modes.iter().map(|mode| format!("{mode:>26}"));
        println!("{:32}{}", "", heads.collect::<String>());
        for row in rows {
            let name = removals(row);
            let cells = programs.row(&name, plan)?;
            let columns = plan.modes.iter().map(|mode| {
                let cell = cells.get(mode);
                let cell = cell.map_or("-".to_owned(), |(faster, took)| {
                    format!("{faster} ({took})")
                });
                format!("{cell:>26}")
            });
            println!("{name:32}{}", columns.collect::<String>());
        }
    }
    Ok(())
}
