//! Wall time per operation, by criterion: the same operations as `instructions`, and what only a clock can tell (one
//! entry in a map that is made and dropped, on one thread and on two).
//!
//! Rows are those of the mode it was compiled in; `--bench ratios` does all modes and compares medians.

#[path = "common/maps.rs"]
mod maps;
#[path = "common/ops.rs"]
mod ops;

use std::{
    env,
    sync::{Arc, Barrier, atomic::AtomicU64},
    thread,
    time::{Duration, Instant},
};

use criterion::{BatchSize, Criterion, measurement::WallTime};
use maps::{ByHand, Fx, Map, Shape, Sip, Std};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};
use ops::{OPS, Work, all_ops};

const SIZES: [u64; 2] = [1_000, 1_000_000];
/// What matters when a service is slow; the rest is in the instruction counts.
const TIMED: [&str; 5] = ["insert", "overwrite", "get", "remove", "churn"];

/// The least a recorder can do: an atomic per gauge.
struct Recorder;

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }
    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(Arc::new(AtomicU64::new(0)))
    }
    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// Runs every timed operation of one map type; the map itself is made once.
fn rows<M: Map>(criterion: &mut Criterion, hasher: &str, sizes: &[u64]) {
    for &size in sizes {
        let mut work = Work::<M>::new(size);
        for op in all_ops::<M>()
            .into_iter()
            .filter(|op| TIMED.contains(&op.name))
        {
            // `/` would make folders of the row's name.
            let shape = M::Shape::NAME.replace('/', ":");
            let row = format!("{}|{shape}|{hasher}|{size}|{}", M::row(), op.name);
            criterion.bench_function(&row, |bencher| {
                bencher.iter_custom(|times| {
                    let mut total = Duration::ZERO;
                    for _ in 0..times {
                        work.restore();
                        let start = Instant::now();
                        (op.run)(&mut work);
                        total += start.elapsed();
                    }
                    total
                });
            });
        }
    }
}

/// One entry in a map that is made and dropped.
fn tiny<M: Map>() {
    let mut map = M::default();
    map.insert(M::Shape::key(7), M::Shape::value(7));
    std::hint::black_box(&map);
}

fn tiny_rows<M: Map>(criterion: &mut Criterion, hasher: &str)
where
    M: 'static,
{
    let shape = M::Shape::NAME.replace('/', ":");
    criterion.bench_function(
        &format!("{}|{shape}|{hasher}|1|tiny map", M::row()),
        |bencher| {
            bencher.iter_batched(|| (), |()| tiny::<M>(), BatchSize::NumIterations(OPS));
        },
    );
    let row = format!("{}|{shape}|{hasher}|1|tiny map, 2 threads", M::row());
    criterion.bench_function(&row, |bencher| {
        bencher.iter_custom(|times| {
            let start_line = Arc::new(Barrier::new(2));
            let run = move |start_line: Arc<Barrier>| {
                start_line.wait();
                let start = Instant::now();
                (0..times).for_each(|_| tiny::<M>());
                start.elapsed()
            };
            let other = thread::spawn({
                let start_line = Arc::clone(&start_line);
                move || run(start_line)
            });
            let mine = run(start_line);
            other.join().map_or(mine, |theirs| mine.max(theirs))
        });
    });
}

fn main() {
    // Refused only if there is one already.
    let _ = metrics::set_global_recorder(Recorder);
    let only_ours = env::args().any(|arg| arg == "--only-ours");
    let small = env::args().any(|arg| arg == "--small");
    let sizes = if small { &SIZES[..1] } else { &SIZES[..] };
    let mut criterion: Criterion<WallTime> = Criterion::default()
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(200))
        .sample_size(15)
        .without_plots();
    tiny_rows::<Std<maps::U64U64, Sip>>(&mut criterion, "Sip");
    tiny_rows::<maps::KeptU64Sip>(&mut criterion, "Sip");
    rows::<Std<maps::U64U64, Sip>>(&mut criterion, "Sip", sizes);
    if !only_ours {
        rows::<ByHand<maps::U64U64, Sip>>(&mut criterion, "Sip", sizes);
    }
    rows::<maps::KeptU64Sip>(&mut criterion, "Sip", sizes);
    rows::<Std<maps::U64U64, Fx>>(&mut criterion, "Fx", sizes);
    if !only_ours {
        rows::<ByHand<maps::U64U64, Fx>>(&mut criterion, "Fx", sizes);
    }
    rows::<maps::KeptU64Fx>(&mut criterion, "Fx", sizes);
    rows::<Std<maps::StringBytes, Sip>>(&mut criterion, "Sip", sizes);
    if !only_ours {
        rows::<ByHand<maps::StringBytes, Sip>>(&mut criterion, "Sip", sizes);
    }
    rows::<maps::KeptStringSip>(&mut criterion, "Sip", sizes);
    rows::<Std<maps::U64Arc, Sip>>(&mut criterion, "Sip", sizes);
    if !only_ours {
        rows::<ByHand<maps::U64Arc, Sip>>(&mut criterion, "Sip", sizes);
    }
    rows::<maps::KeptArcSip>(&mut criterion, "Sip", sizes);
    criterion.final_summary();
}
