//! Wall time over std's map: the same operations as `instructions`, and what only a clock can tell (one entry in a map
//! that is made and dropped, on one thread and on two).
//!
//! A shared machine is as fast as its other tenants let it be, so each measurement is a pair: std's map and the other
//! one take turns, milliseconds apart, and what criterion collects is their ratio. Its median is the figure.
//!
//! Rows are those of the mode it was compiled in; `--bench ratios` does all modes.

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

use criterion::{
    Criterion, SamplingMode, Throughput,
    measurement::{Measurement, ValueFormatter},
};
use maps::{ByHand, Fx, Map, Shape, Sip, Std};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};
use ops::{Op, Work, all_ops, tiny};

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

/// What criterion measures: time over the time of std's map.
struct OverStd;

impl Measurement for OverStd {
    type Intermediate = ();
    type Value = f64;

    /// Never called: pairs are timed by `iter_custom`.
    fn start(&self) {}

    fn end(&self, (): ()) -> f64 {
        f64::NAN
    }

    fn add(&self, one: &f64, other: &f64) -> f64 {
        one + other
    }

    fn zero(&self) -> f64 {
        0.0
    }

    fn to_f64(&self, ratio: &f64) -> f64 {
        *ratio
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        self
    }
}

impl ValueFormatter for OverStd {
    fn scale_values(&self, _: f64, _: &mut [f64]) -> &'static str {
        "x std"
    }

    fn scale_throughputs(&self, _: f64, _: &Throughput, _: &mut [f64]) -> &'static str {
        "x std"
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "x std"
    }
}

/// Collects `row`: both sides `times` times, taking turns at going first. What is returned counts as `times` ratios.
fn pairs(
    criterion: &mut Criterion<OverStd>,
    row: &str,
    mut std: impl FnMut() -> Duration,
    mut other: impl FnMut() -> Duration,
) {
    let mut group = criterion.benchmark_group("wall");
    group.sampling_mode(SamplingMode::Flat);
    group.bench_function(row, |bencher| {
        bencher.iter_custom(|times| {
            let (mut plain, mut theirs) = (Duration::ZERO, Duration::ZERO);
            for turn in 0..times {
                if turn % 2 == 0 {
                    plain += std();
                    theirs += other();
                } else {
                    theirs += other();
                    plain += std();
                }
            }
            times as f64 * theirs.as_secs_f64() / plain.as_secs_f64()
        });
    });
    group.finish();
}

fn row<M: Map>(hasher: &str, size: u64, op: &str) -> String {
    // `/` would make folders of the row's name.
    let shape = M::Shape::NAME.replace('/', ":");
    format!("{}|{}|{shape}|{hasher}|{size}|{op}", M::row(), M::KIND)
}

fn timed<M: Map>(work: &mut Work<M>, op: &Op<M>) -> Duration {
    work.restore(|| {});
    let start = Instant::now();
    (op.run)(work);
    start.elapsed()
}

/// Every timed operation of one map type beside std's; the maps themselves are made once.
fn rows<S: Map, M: Map<Shape = S::Shape>>(
    criterion: &mut Criterion<OverStd>,
    hasher: &str,
    sizes: &[u64],
) {
    for &size in sizes {
        let mut std = Work::<S>::new(size);
        let mut other = Work::<M>::new(size);
        for (plain, op) in all_ops::<S>().iter().zip(&all_ops::<M>()) {
            if TIMED.contains(&op.name) {
                pairs(
                    criterion,
                    &row::<M>(hasher, size, op.name),
                    || timed(&mut std, plain),
                    || timed(&mut other, op),
                );
            }
        }
    }
}

const TINY_MAPS: u32 = 20_000;

fn tiny_maps<M: Map>() -> Duration {
    let start = Instant::now();
    (0..TINY_MAPS).for_each(|_| tiny::<M>());
    start.elapsed()
}

/// The slower of two threads that do the same at once.
fn on_two_threads(work: fn() -> Duration) -> Duration {
    let start_line = Arc::new(Barrier::new(2));
    let run = move |start_line: &Barrier| {
        start_line.wait();
        work()
    };
    let other = thread::spawn({
        let start_line = Arc::clone(&start_line);
        move || run(&start_line)
    });
    let mine = run(&start_line);
    other.join().map_or(mine, |theirs| mine.max(theirs))
}

fn tiny_rows<S: Map, M: Map>(criterion: &mut Criterion<OverStd>, hasher: &str)
where
    S: 'static,
    M: 'static,
{
    pairs(
        criterion,
        &row::<M>(hasher, 1, "tiny map"),
        tiny_maps::<S>,
        tiny_maps::<M>,
    );
    pairs(
        criterion,
        &row::<M>(hasher, 1, "tiny map, 2 threads"),
        || on_two_threads(tiny_maps::<S>),
        || on_two_threads(tiny_maps::<M>),
    );
}

fn main() {
    // Refused only if there is one already.
    let _ = metrics::set_global_recorder(Recorder);
    let only_ours = env::args().any(|arg| arg == "--only-ours");
    let small = env::args().any(|arg| arg == "--small");
    let sizes = if small { &SIZES[..1] } else { &SIZES[..] };
    let mut criterion = Criterion::default()
        .with_measurement(OverStd)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(500))
        .sample_size(31)
        .without_plots();
    let c = &mut criterion;
    tiny_rows::<Std<maps::U64U64, Sip>, maps::KeptU64Sip>(c, "Sip");
    rows::<Std<maps::U64U64, Sip>, maps::KeptU64Sip>(c, "Sip", sizes);
    rows::<Std<maps::U64U64, Fx>, maps::KeptU64Fx>(c, "Fx", sizes);
    rows::<Std<maps::StringBytes, Sip>, maps::KeptStringSip>(c, "Sip", sizes);
    rows::<Std<maps::U64Arc, Sip>, maps::KeptArcSip>(c, "Sip", sizes);
    if !only_ours {
        rows::<Std<maps::U64U64, Sip>, ByHand<maps::U64U64, Sip>>(c, "Sip", sizes);
        rows::<Std<maps::U64U64, Fx>, ByHand<maps::U64U64, Fx>>(c, "Fx", sizes);
        rows::<Std<maps::StringBytes, Sip>, ByHand<maps::StringBytes, Sip>>(c, "Sip", sizes);
        rows::<Std<maps::U64Arc, Sip>, ByHand<maps::U64Arc, Sip>>(c, "Sip", sizes);
    }
    criterion.final_summary();
}
