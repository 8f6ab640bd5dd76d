//! Throughput on two threads, all maps in turns.

use std::{fs, sync::Barrier, thread, time::Instant};

use crate::{
    maps::{Shared, maps},
    median,
    script::{Mix, Op, play},
};

const THREADS: u64 = 2;
/// Operations of each thread in a script of a map that fits into a cache, and how often it is played in a turn.
const SMALL: (usize, usize) = (100_000, 15);
/// Of one that does not: played twice, a script would find in a cache what it left there. Both take some fifty milliseconds; in
/// less, what the system does as threads start would count.
const LARGE: (usize, usize) = (500_000, 1);
/// Of maps that are not ours: the garbage of a longer turn takes all memory there is from one of them.
const OF_OTHERS: usize = 100_000;

/// How long two threads took together.
#[derive(Clone, Copy, Default)]
struct Took {
    /// Until the last one was done.
    wall: f64,
    /// What they ran of that, as far as the system tells: what others run meanwhile is not in it.
    ran: f64,
}

/// Nanoseconds that this thread ran so far (Linux).
fn ran_so_far() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = stat.split_whitespace().next();
    first.and_then(|ran| ran.parse().ok()).unwrap_or(f64::NAN)
}

fn run(map: &dyn Shared, scripts: &[&[(Op, u64)]], times: usize) -> Took {
    let start = Barrier::new(scripts.len());
    let run_one = |script: &[(Op, u64)]| {
        start.wait();
        let (since, ran) = (Instant::now(), ran_so_far());
        (0..times).for_each(|_| play(map, script));
        let ran = ran_so_far() - ran;
        (since.elapsed().as_secs_f64(), ran / 1e9)
    };
    thread::scope(|threads| {
        let run_one = &run_one;
        let threads: Vec<_> = scripts
            .iter()
            .map(|script| threads.spawn(move || run_one(script)))
            .collect();
        let times = threads
            .into_iter()
            .map(|thread| thread.join().expect("no map panics"));
        times.fold(Took::default(), |took, (wall, ran)| Took {
            wall: took.wall.max(wall),
            ran: took.ran + ran,
        })
    })
}

/// `all`: beside the others, too, not only dashmap and mapkeeper.
pub(crate) fn print(rounds: u64, only: &str, all: bool) {
    println!(
        "throughput over dashmap's by the wall (and by the time that threads ran), {THREADS} threads, mapkeeper in {}; of dashmap, \
         million operations a second",
        mapkeeper::MODE
    );
    let names = chosen(all).map(|(name, _)| format!("{name:>16}"));
    println!("{:28}{}", "", names.collect::<String>());
    for mix in Mix::all() {
        if mix.name().contains(only) {
            println!("{:28}{}", mix.name(), row(rounds, mix, all));
        }
    }
}

fn chosen(all: bool) -> impl Iterator<Item = (&'static str, Box<dyn Shared>)> {
    maps().into_iter().take(if all { usize::MAX } else { 2 })
}

fn row(rounds: u64, mix: Mix, all: bool) -> String {
    let maps: Vec<_> = chosen(all).map(|(_, map)| map).collect();
    for map in &maps {
        mix.fill(&**map);
    }
    let mut over: Vec<Vec<[f64; 2]>> = vec![Vec::new(); maps.len()];
    let mut speeds = Vec::new();
    let (ops, times) = if mix.entries <= 1_000 { SMALL } else { LARGE };
    for round in 0..rounds {
        let seeds = (0..THREADS).map(|thread| round * THREADS + thread);
        let scripts: Vec<_> = seeds.map(|seed| mix.script(ops, seed)).collect();
        // Each beside a turn of dashmap's, which comes first every other time: so both find the caches as cold, and what
        // else the machine does meets both.
        for (number, (over, map)) in over.iter_mut().zip(&maps).enumerate().skip(1) {
            let ops = if number == 1 { ops } else { OF_OTHERS };
            let scripts: Vec<_> = scripts.iter().map(|script| &script[..ops]).collect();
            let (dashmap, map) = (&*maps[0], &**map);
            let (theirs, ours) = if round % 2 == 0 {
                let theirs = run(dashmap, &scripts, times);
                (theirs, run(map, &scripts, times))
            } else {
                let ours = run(map, &scripts, times);
                (run(dashmap, &scripts, times), ours)
            };
            over.push([theirs.wall / ours.wall, theirs.ran / ours.ran]);
            speeds.push((ops * times) as f64 * THREADS as f64 / theirs.wall / 1e6);
        }
    }
    let mut cells = format!("{:>16.1}", median(speeds));
    for over in over.into_iter().skip(1) {
        let of = |which: usize| median(over.iter().map(|both| both[which]).collect());
        cells += &format!("{:>8.2} ({:.2})", of(0), of(1));
    }
    cells
}
