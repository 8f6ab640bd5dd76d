//! Concurrent maps on two threads: ours in the mode it was compiled in, beside dashmap, papaya, scc and std's map in a lock.
//!
//! A shared machine is as fast as its other tenants let it be, so each map takes turns with dashmap, milliseconds apart, and a
//! figure is the median over all turns of its throughput over dashmap's. Half of the keys that are drawn are there; writes
//! insert and remove in turns, so a map keeps its size.
//!
//! `cargo bench -p mapkeeper-tests --bench concurrent [--no-default-features --features strict]`; `-- --rounds 31` for closer
//! figures, `-- --only 'zipf'` for some of them, `-- --pair` for mapkeeper and dashmap alone; `-- --instructions` counts what one thread does, under callgrind.

#![allow(missing_docs)]
#![forbid(unsafe_code)]

mod batches;
mod instructions;
mod maps;
mod script;
mod turns;

use lexopt::prelude::*;

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut rounds, mut only) = (15_u64, String::new());
    let (mut counts, mut measures, mut all) = (false, false, true);
    let mut args = lexopt::Parser::from_env();
    while let Some(arg) = args.next()? {
        match arg {
            Long("rounds") => rounds = args.value()?.parse()?,
            Long("only") => only = args.value()?.string()?,
            Long("pair") => all = false,
            Long("instructions") => counts = true,
            Long("measure") => measures = true,
            Long("bench") => {}
            _ => return Err(arg.unexpected().into()),
        }
    }
    if measures {
        instructions::measure(&only);
    } else if counts {
        instructions::print(&only)?;
    } else {
        turns::print(rounds, &only, all);
        if "batches".contains(&only) {
            batches::print(rounds);
        }
    }
    Ok(())
}
