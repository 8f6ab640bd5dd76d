//! One thread's instructions and cache misses for an operation of each mix, counted by callgrind: figures that a busy machine
//! does not change. (Caches are simulated: 32 KiB and 8 MiB, whatever the machine has.)

use std::{env, fs, hint::black_box, process::Command};

use crate::{
    batches::{self, BATCH},
    maps::maps,
    script::{Mix, play},
};

const OPS: usize = 20_000;

/// Callgrind zeroes its counts when this is entered.
#[inline(never)]
fn start_of_section() {
    black_box(());
}

/// Callgrind dumps its counts when this is left.
#[inline(never)]
fn measured(section: impl FnOnce()) {
    // A local that lives across the call: with a tail call, callgrind would never see this function return.
    let mut mark = 0_u8;
    black_box(&mut mark);
    start_of_section();
    section();
    black_box(&mut mark);
}

/// Under callgrind: one section for each row.
pub(crate) fn measure(only: &str) {
    for mix in Mix::all() {
        if !mix.name().contains(only) {
            continue;
        }
        let script = mix.script(OPS, 1);
        for (name, map) in maps().into_iter().take(2) {
            mix.fill(&*map);
            play(&*map, &mix.script(OPS, 2));
            println!("{OPS}\t{}\t{name}", mix.name());
            measured(|| play(&*map, &script));
        }
    }
    for entries in batches::SIZES {
        if "batches".contains(only) {
            let keys = batches::keys(entries, 1);
            for by_batch in [false, true] {
                let map = batches::filled(entries);
                let name = if by_batch { "in batches" } else { "one by one" };
                println!("{}\tremovals of {BATCH}, {entries}\t{name}", keys.len());
                measured(|| batches::remove(&map, &keys, by_batch));
            }
        }
    }
}

/// Runs this program again under callgrind and prints what it counted.
pub(crate) fn print(only: &str) -> Result<(), String> {
    let me = env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let dir = me.with_extension(format!("callgrind-{}", std::process::id()));
    fs::create_dir_all(&dir)
        .map_err(|error| format!("cannot create {}: {error}", dir.display()))?;
    let out = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--cache-sim=yes",
            "--D1=32768,8,64",
            "--LL=8388608,16,64",
            "--zero-before=*start_of_section*",
            "--dump-after=*instructions*measured*",
        ])
        .arg(format!(
            "--callgrind-out-file={}",
            dir.join("out").display()
        ))
        .arg(&me)
        .args(["--measure", "--only", only])
        .output()
        .map_err(|error| {
            format!("cannot run valgrind ({error}); install it, e.g. `apt-get install valgrind`")
        })?;
    if !out.status.success() {
        return Err(format!("valgrind ended with {}", out.status));
    }
    println!(
        "an operation of one thread, mapkeeper in {}: instructions, misses of the first and of the last cache",
        mapkeeper::MODE
    );
    let mut before = None;
    for (i, line) in String::from_utf8_lossy(&out.stdout).lines().enumerate() {
        let mut row = line.split('\t');
        let (Some(per), Some(mix), Some(map)) = (row.next(), row.next(), row.next()) else {
            return Err(format!("a row without a name: {line}"));
        };
        let per: f64 = per.parse().map_err(|_| "a row without a count")?;
        let file = dir.join(format!("out.{}", i + 1));
        let dump = fs::read_to_string(&file)
            .map_err(|error| format!("callgrind wrote no counts for {line}: {error}"))?;
        let counts = counts(&dump).ok_or_else(|| format!("no counts in {}", file.display()))?;
        let [instructions, first, last] = counts.map(|count| count / per);
        let over = match before.take() {
            Some((before_mix, before)) if before_mix == mix => {
                format!("{:>8.2}", instructions / before)
            }
            _ => {
                before = Some((mix.to_owned(), instructions));
                String::new()
            }
        };
        println!("{mix:28}{map:>12}{instructions:>9.1}{first:>7.2}{last:>7.2}{over}");
    }
    fs::remove_dir_all(&dir).map_err(|error| format!("cannot remove {}: {error}", dir.display()))
}

/// Instructions and misses of data, by their names in the dump.
fn counts(dump: &str) -> Option<[f64; 3]> {
    let line = |name: &str| dump.lines().find_map(|line| line.strip_prefix(name));
    let names: Vec<&str> = line("events: ")?.split_whitespace().collect();
    let figures = line("summary: ").or_else(|| line("totals: "))?;
    let figures: Vec<f64> = figures
        .split_whitespace()
        .map(|figure| figure.parse().ok())
        .collect::<Option<_>>()?;
    let of = |wanted: &str| {
        let place = names.iter().position(|name| *name == wanted);
        place
            .and_then(|place| figures.get(place))
            .copied()
            .unwrap_or_default()
    };
    Some([of("Ir"), of("D1mr") + of("D1mw"), of("DLmr") + of("DLmw")])
}
