//! Virtual time: a queue of what happens when, random loads and lifetimes, and the loop that runs a service for a day.
//!
//! After the day no load arrives, and the service runs until all that was begun has ended. What is in its maps then and
//! is not there for a good reason was lost; it must be what the service itself counted as lost.

use std::{
    cmp::Ordering, collections::BinaryHeap, f64::consts::TAU, hash::BuildHasher, sync::OnceLock,
    time::Duration,
};

use mapkeeper::testing::Clock;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use rand_distr::{Distribution, StandardNormal};
use rustc_hash::FxBuildHasher;

use crate::{
    service::{Loses, Model, Service, Truth},
    watch::Watch,
};

pub(crate) const SECOND: u64 = 1000;
pub(crate) const MINUTE: u64 = 60 * SECOND;
pub(crate) const HOUR: u64 = 60 * MINUTE;
pub(crate) const DAY: u64 = 24 * HOUR;
/// After the last one-off event, periodic work goes on for so long: every cleaner comes round at least once.
const SETTLING: u64 = 3 * HOUR;
/// No session of any service outlives this.
const LONGEST: f64 = 10.0 * DAY as f64;

/// The line at which the entries that are lost come in. One process runs one model.
static LEAKING_LINE: OnceLock<(&'static str, u32)> = OnceLock::new();

/// Evaluates an insertion and notes its line as the one that leaks; both must stand on one line of the source.
macro_rules! leaky {
    ($insertion:expr) => {{
        $crate::sim::note_line(file!(), line!());
        $insertion
    }};
}
pub(crate) use leaky;

pub(crate) fn note_line(file: &'static str, line: u32) {
    let known = LEAKING_LINE.get_or_init(|| (file, line));
    assert_eq!(known.1, line, "two lines are marked as leaking");
}

/// `path/file.rs:line:`, as call sites start.
pub(crate) fn leaking_line() -> Option<String> {
    LEAKING_LINE
        .get()
        .map(|(file, line)| format!("{file}:{line}:"))
}

struct Timed<E> {
    at: u64,
    /// What was planned first happens first.
    order: u64,
    periodic: bool,
    event: E,
}

impl<E> PartialEq for Timed<E> {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}
impl<E> Eq for Timed<E> {}
impl<E> PartialOrd for Timed<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
/// The earliest is the greatest: a `BinaryHeap` gives the greatest.
impl<E> Ord for Timed<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

/// A day of one service.
pub(crate) struct Sim<E> {
    now: u64,
    queue: BinaryHeap<Timed<E>>,
    planned: u64,
    /// Events in the queue that are not periodic.
    one_off: usize,
    pub(crate) rng: SmallRng,
    next_id: u64,
    /// Where in its day and between its bursts the service starts, from 0 to 1.
    phase: f64,
    lost: u64,
    first_lost_at: Option<u64>,
}

impl<E> Sim<E> {
    fn new(model: &str, seed: u64) -> Self {
        // The models of one seed have days of their own.
        let of_the_model = FxBuildHasher.hash_one(model);
        let mut rng = SmallRng::seed_from_u64(seed ^ of_the_model);
        let next_id = rng.random_range(1_000_000..1 << 40);
        let phase = rng.random();
        Self {
            now: 0,
            queue: BinaryHeap::new(),
            planned: 0,
            one_off: 0,
            rng,
            next_id,
            phase,
            lost: 0,
            first_lost_at: None,
        }
    }

    /// Milliseconds since the service started.
    pub(crate) fn now(&self) -> u64 {
        self.now
    }

    fn plan(&mut self, at: u64, periodic: bool, event: E) {
        self.planned += 1;
        self.one_off += usize::from(!periodic);
        self.queue.push(Timed {
            at,
            order: self.planned,
            periodic,
            event,
        });
    }

    /// `event` happens once, `ms` from now.
    pub(crate) fn after(&mut self, ms: u64, event: E) {
        self.plan(self.now + ms, false, event);
    }

    /// A round of periodic work, `ms` from now; each round plans the next.
    pub(crate) fn round(&mut self, ms: u64, event: E) {
        self.plan(self.now + ms, true, event);
    }

    /// The next arrival of a load: a Poisson process whose rate is looked up at each arrival. Ends with the day.
    pub(crate) fn arrive(&mut self, load: &Load, event: E) {
        let hours = self.now as f64 / HOUR as f64;
        let mut per_hour = load.per_hour;
        per_hour *= 1.0 + load.daily * (TAU * (hours / 24.0 + self.phase)).sin();
        if let Some((every, length, factor)) = load.burst {
            let place = (hours * 60.0 / every + self.phase).fract() * every;
            if place < length {
                per_hour *= factor;
            }
        }
        let gap = -(1.0 - self.rng.random::<f64>()).ln() / per_hour * HOUR as f64;
        let at = self.now + gap.round() as u64;
        if at < DAY {
            self.plan(at, false, event);
        }
    }

    /// An id nobody had.
    pub(crate) fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.rng.random_bool(share)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.rng.random_range(0..end)
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.rng.random_range(0..of.len())]
    }

    pub(crate) fn draw(&mut self, life: &Life) -> u64 {
        let seconds = match *life {
            Life::LogNormal { median, sigma } => {
                let z: f64 = StandardNormal.sample(&mut self.rng);
                median * (sigma * z).exp()
            }
            Life::Pareto { least, alpha } => {
                least * (1.0 - self.rng.random::<f64>()).powf(-1.0 / alpha)
            }
        };
        (seconds * 1000.0).clamp(1.0, LONGEST) as u64
    }

    /// So many entries were lost just now: nothing will remove them.
    pub(crate) fn lose(&mut self, entries: usize) {
        if entries > 0 {
            self.lost += entries as u64;
            self.first_lost_at.get_or_insert(self.now);
        }
    }
}

/// How often something arrives.
pub(crate) struct Load {
    per_hour: f64,
    daily: f64,
    /// Minutes from burst to burst, minutes it lasts, and by how much the rate rises.
    burst: Option<(f64, f64, f64)>,
}

impl Load {
    pub(crate) const fn per_hour(per_hour: f64) -> Self {
        Self {
            per_hour,
            daily: 0.0,
            burst: None,
        }
    }

    /// A sinusoid over 24 hours, of this amplitude around the mean (0 to 1).
    pub(crate) const fn daily(mut self, amplitude: f64) -> Self {
        self.daily = amplitude;
        self
    }

    pub(crate) const fn bursts(mut self, every_min: f64, length_min: f64, factor: f64) -> Self {
        self.burst = Some((every_min, length_min, factor));
        self
    }
}

/// How long something takes, in seconds.
pub(crate) enum Life {
    LogNormal { median: f64, sigma: f64 },
    Pareto { least: f64, alpha: f64 },
}

impl Life {
    pub(crate) const fn log_normal(median: f64, sigma: f64) -> Self {
        Self::LogNormal { median, sigma }
    }

    pub(crate) const fn pareto(least: f64, alpha: f64) -> Self {
        Self::Pareto { least, alpha }
    }
}

/// Runs a model for its day under the eyes of a [`Watch`], then to its end, and checks the truth.
pub(crate) fn run<S: Service>(model: &'static Model, seed: u64) {
    let clock = Clock::drive();
    let epoch = clock.now();
    let to = |at: u64| clock.set(epoch + Duration::from_millis(at));
    let mut watch = Watch::new(model);
    let mut sim = Sim::new(model.name, seed);
    let mut service = S::open(&mut sim);
    let mut held_at_most = 0;
    while sim.queue.peek().is_some_and(|next| next.at < DAY) {
        step(&mut service, &mut sim, |at| {
            while let Some(look) = watch.due().filter(|look| *look <= at) {
                to(look);
                watch.look();
            }
            to(at);
        });
        // A service of many maps takes long to add them up.
        if sim.planned.is_multiple_of(64) {
            held_at_most = held_at_most.max(service.held());
        }
    }
    while let Some(look) = watch.due() {
        to(look);
        watch.look();
    }
    let lost_in_the_day = sim.lost;
    let mut end = DAY + SETTLING;
    while sim.queue.peek().is_some_and(|next| next.at < end) || sim.one_off > 0 {
        if sim.one_off > 0 {
            end = end.max(sim.now + SETTLING);
        }
        step(&mut service, &mut sim, to);
    }
    check(model, &service, &sim, held_at_most);
    watch.end(lost_in_the_day);
    // A map that goes tells what is left in it, which nobody asked here.
    std::process::exit(0);
}

fn step<S: Service>(service: &mut S, sim: &mut Sim<S::Event>, go_to: impl FnOnce(u64)) {
    if let Some(next) = sim.queue.pop() {
        sim.one_off -= usize::from(!next.periodic);
        if next.at != sim.now {
            go_to(next.at);
        }
        sim.now = next.at;
        service.handle(next.event, sim);
    }
}

fn check<S: Service>(model: &Model, service: &S, sim: &Sim<S::Event>, held_at_most: usize) {
    let (held, stays) = (service.held() as u64, service.stays());
    match model.truth {
        Truth::Healthy { at_most } => {
            assert_eq!(held, stays, "entries are left that nothing removes");
            assert!(
                held_at_most as u64 <= at_most,
                "held {held_at_most} entries, more than {at_most}"
            );
        }
        Truth::Leaks(leak) => {
            let in_maps = match leak.loses {
                Loses::Entries => sim.lost,
                Loses::Values | Loses::Room | Loses::Maps => 0,
            };
            assert_eq!(held, stays + in_maps, "lost other than what was counted");
            let first = sim.first_lost_at.expect("nothing was lost");
            assert!(
                (leak.since_hour * HOUR..(leak.since_hour + 1) * HOUR).contains(&first),
                "the first loss was at {first} ms"
            );
        }
    }
    service.audit();
}
