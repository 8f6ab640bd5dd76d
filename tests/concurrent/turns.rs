//! Throughput on two threads, all maps in turns.

use std::{fs, sync::Barrier, time::Instant};

use crate::{
    maps::{Shared, maps},
    median,
    script::{Mix, Op, play},
    together,
};

pub(crate) const THREADS: u64 = 2;
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

fn run(map: &dyn Shared, scripts: &[Vec<(Op, u64)>], times: usize) -> Took {
    let start = Barrier::new(scripts.len());
    let run_one = |script: &[(Op, u64)]| {
        start.wait();
        let (since, ran) = (Instant::now(), ran_so_far());
        (0..times).for_each(|_| play(map, script));
        let ran = ran_so_far() - ran;
        (since.elapsed().as_secs_f64(), ran / 1e9)
    };
    let times = together::each(scripts, |script| run_one(script));
    let both = times.into_iter();
    both.fold(Took::default(), |took, (wall, ran)| Took {
        wall: took.wall.max(wall),
        ran: took.ran + ran,
    })
}

/// A map beside dashmap, in the median turn.
pub(crate) struct Beside {
    pub(crate) name: &'static str,
    /// Its throughput over dashmap's by the wall.
    pub(crate) wall: f64,
    /// The same by the time that threads ran.
    pub(crate) ran: f64,
    /// Million operations of dashmap's in a second.
    pub(crate) dashmap: f64,
}

/// Our map, or `all`, each in turns with dashmap.
pub(crate) fn measure(mix: Mix, rounds: u64, all: bool) -> Vec<Beside> {
    let mut maps = maps().into_iter();
    let Some((_, dashmap)) = maps.next() else {
        return Vec::new();
    };
    mix.fill(&*dashmap);
    let maps = maps.take(if all { usize::MAX } else { 1 }).enumerate();
    let beside = maps.map(|(number, (name, map))| {
        mix.fill(&*map);
        let (ops, times) = if mix.entries <= 1_000 { SMALL } else { LARGE };
        let ops = if number == 0 { ops } else { OF_OTHERS };
        let (mut wall, mut ran, mut speed) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..rounds {
            let seeds = (0..THREADS).map(|thread| round * THREADS + thread);
            let scripts: Vec<_> = seeds.map(|seed| mix.script(ops, seed)).collect();
            // Who comes first finds the caches cold, and takes turns in that; what else the machine does meets both.
            let (theirs, ours) = if round % 2 == 0 {
                let theirs = run(&*dashmap, &scripts, times);
                (theirs, run(&*map, &scripts, times))
            } else {
                let ours = run(&*map, &scripts, times);
                (run(&*dashmap, &scripts, times), ours)
            };
            wall.push(theirs.wall / ours.wall);
            ran.push(theirs.ran / ours.ran);
            speed.push((ops * times) as f64 * THREADS as f64 / theirs.wall / 1e6);
        }
        Beside {
            name,
            wall: median(wall),
            ran: median(ran),
            dashmap: median(speed),
        }
    });
    beside.collect()
}
