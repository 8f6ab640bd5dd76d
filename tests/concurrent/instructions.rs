//! One thread's instructions and cache misses for an operation of each mix, counted by callgrind: figures that a busy machine
//! does not change. (Caches are simulated: 32 KiB and 8 MiB, whatever the machine has.)

use crate::{
    batches::{self, BATCH},
    callgrind::{self, measured},
    maps::maps,
    script::{Mix, play},
};

const OPS: usize = 20_000;

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
    let flags = ["--cache-sim=yes", "--D1=32768,8,64", "--LL=8388608,16,64"];
    let rows = callgrind::rows(&flags, &["--only", only])?;
    println!(
        "an operation of one thread, mapkeeper in {}: instructions, misses of the first and of the last cache",
        mapkeeper::MODE
    );
    let mut before = None;
    for row in rows {
        let named = row.name.split_once('\t');
        let (mix, map) = named.ok_or_else(|| format!("a row without a map: {}", row.name))?;
        let instructions = row.each("Ir");
        let first = row.each("D1mr") + row.each("D1mw");
        let last = row.each("DLmr") + row.each("DLmw");
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
    Ok(())
}
