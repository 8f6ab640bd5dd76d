//! Sections of a program, counted by callgrind: the program runs itself again under valgrind, which dumps its counts each time
//! [`measured`] returns. Two benches do that, of which one is another package's.

use std::{env, fs, hint::black_box, path::Path, process::Command};

/// Callgrind zeroes its counts when this is entered. (Not when [`measured`] is: callgrind does one thing per function.)
#[inline(never)]
fn start_of_section() {
    black_box(());
}

/// Callgrind dumps its counts when this is left.
#[inline(never)]
pub(crate) fn measured<R>(section: impl FnOnce() -> R) -> R {
    // A local that lives across the call: with a tail call, callgrind would never see this function return.
    let mut mark = 0_u8;
    black_box(&mut mark);
    start_of_section();
    let result = section();
    black_box(&mut mark);
    result
}

/// What was counted in one section.
pub(crate) struct Row {
    pub(crate) name: String,
    operations: f64,
    counts: Vec<(String, f64)>,
}

impl Row {
    /// So many of an event (`Ir` is an instruction) for each operation; none if callgrind was not asked to count it.
    pub(crate) fn each(&self, event: &str) -> f64 {
        let counted = self.counts.iter().find(|(name, _)| name == event);
        counted.map_or(0.0, |(_, count)| count / self.operations)
    }
}

/// Runs this program again with `--measure` and `args`, under callgrind with `flags`. For each section that it measures, it has
/// to print a line: how many operations that was, a tab, and a name.
pub(crate) fn rows(flags: &[&str], args: &[&str]) -> Result<Vec<Row>, String> {
    let me = env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let dir = me.with_extension(format!("callgrind-{}", std::process::id()));
    fs::create_dir_all(&dir)
        .map_err(|error| format!("cannot create {}: {error}", dir.display()))?;
    let rows = rows_in(&dir, &me, flags, args);
    fs::remove_dir_all(&dir)
        .map_err(|error| format!("cannot remove {}: {error}", dir.display()))?;
    rows
}

fn rows_in(dir: &Path, me: &Path, flags: &[&str], args: &[&str]) -> Result<Vec<Row>, String> {
    let dumps = dir.join("out");
    let out = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--zero-before=*start_of_section*",
            "--dump-after=*measured*",
        ])
        .arg(format!("--callgrind-out-file={}", dumps.display()))
        .args(flags)
        .arg(me)
        .arg("--measure")
        .args(args)
        .output()
        .map_err(|error| {
            format!("cannot run valgrind ({error}); install it, e.g. `apt-get install valgrind`")
        })?;
    if !out.status.success() {
        return Err(format!("valgrind ended with {}", out.status));
    }
    let lines = String::from_utf8_lossy(&out.stdout).into_owned();
    let numbered = lines.lines().zip(1..);
    numbered
        .map(|(line, n)| row(line, &dumps.with_extension(n.to_string())))
        .collect()
}

fn row(line: &str, dump: &Path) -> Result<Row, String> {
    let named = line.split_once('\t');
    let (operations, name) = named.ok_or_else(|| format!("a row without a name: {line}"))?;
    let operations = operations
        .parse()
        .map_err(|_| format!("a row without a count: {line}"))?;
    let text = fs::read_to_string(dump)
        .map_err(|error| format!("callgrind wrote no counts for {name}: {error}"))?;
    let counts = counts(&text).ok_or_else(|| format!("no counts in {}", dump.display()))?;
    Ok(Row {
        name: name.to_owned(),
        operations,
        counts,
    })
}

/// The events of a dump, and how many of each there were.
fn counts(dump: &str) -> Option<Vec<(String, f64)>> {
    let line = |name: &str| dump.lines().find_map(|line| line.strip_prefix(name));
    let names = line("events: ")?.split_whitespace().map(str::to_owned);
    let figures = line("summary: ").or_else(|| line("totals: "))?;
    names
        .zip(figures.split_whitespace())
        .map(|(name, figure)| Some((name, figure.parse().ok()?)))
        .collect()
}
