//! Throughput under load, watched and not watched in turns: one service, one load, and only who watches changes.

use std::{
    array,
    error::Error,
    io, thread,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use rand::{SeedableRng, rngs::SmallRng, seq::SliceRandom};

use crate::{
    load,
    service::Service,
    stats::Change,
    under_load::{Load, Window},
    watching::{UNWATCHED, WATCHES, Watch, Watching, anything},
};

/// As many orders wait as in the incident.
pub(crate) const OPEN_ORDERS: u32 = 2_000;
/// What a change of watchers brings about, the answer to a page that opens for one, is not counted.
const SETTLES: Duration = Duration::from_millis(250);
const WARM_UP: Duration = Duration::from_secs(3);

/// A window beside the ones before and after it, which nobody watches: logarithms of ratios.
#[derive(Clone, Copy, Debug)]
struct Pair {
    qps: f64,
    cpu: f64,
}

impl Pair {
    fn of(before: Window, this: Window, after: Window) -> Self {
        let beside = |figure: fn(&Window) -> f64| {
            figure(&this).ln() - f64::midpoint(figure(&before).ln(), figure(&after).ln())
        };
        Self {
            qps: beside(|window| window.qps),
            cpu: beside(|window| window.cpu),
        }
    }
}

/// The pairs of a watch, and how many scrapes and events came in their windows.
#[derive(Debug, Default)]
struct Pairs {
    of: Vec<Pair>,
    answers: u64,
}

pub(crate) fn print(rounds: u32, length: Duration) -> Result<(), Box<dyn Error>> {
    let service = Service::start(&["--traffic", "none"])?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(load::place_orders(service.address, OPEN_ORDERS))?;
    println!(
        "order_service under load from {} connections: {rounds} pairs each, windows of {} s",
        load::COURIERS,
        length.as_secs()
    );
    let load = Load::start(&service);
    // Its memory and caches are warm, then.
    Load::window(&service, WARM_UP)?;
    let turns = Turns {
        unwatched_sockets: service.sockets()?,
        service: &service,
        length,
    };
    let mut pairs: [Pairs; WATCHES.len()] = array::from_fn(|_| Pairs::default());
    let mut order: [usize; WATCHES.len()] = array::from_fn(|watch| watch);
    let mut rng = SmallRng::seed_from_u64(anything());
    let mut before = turns.unwatched()?;
    let progress = progress(u64::from(rounds) * WATCHES.len() as u64);
    for _ in 0..rounds {
        order.shuffle(&mut rng);
        for watch in order {
            let (this, answers) = turns.watched(WATCHES[watch].1)?;
            let after = turns.unwatched()?;
            pairs[watch].of.push(Pair::of(before, this, after));
            pairs[watch].answers += answers;
            before = after;
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    let qps = load.end()?.requests_per_second();
    println!("{qps:.0} QPS; beside the windows before and after, which nobody watches [95 %]:\n");
    println!(
        "{:<22}{:<26}{:<26}answers a second",
        "", "QPS", "CPU a request"
    );
    let seconds = length.as_secs_f64() * f64::from(rounds);
    for ((title, watch), pairs) in WATCHES.iter().zip(&pairs) {
        let change = |figure: fn(&Pair) -> f64| Change::of(pairs.of.iter().map(figure));
        println!(
            "{:<22}{:<26}{:<26}{:.2}",
            if *watch == UNWATCHED {
                "not watched either"
            } else {
                title
            },
            change(|pair| pair.qps),
            change(|pair| pair.cpu),
            pairs.answers as f64 / seconds
        );
        if pairs.answers == 0 && *watch != UNWATCHED {
            return Err(format!(
                "{title}: the inspector answered nobody, so this says nothing; give it longer windows (--seconds)"
            )
            .into());
        }
    }
    Ok(())
}

struct Turns<'a> {
    service: &'a Service,
    length: Duration,
    /// Its own and the couriers'.
    unwatched_sockets: usize,
}

impl Turns<'_> {
    /// Nobody has a connection to the inspector in it.
    fn unwatched(&self) -> io::Result<Window> {
        const PATIENCE: Duration = Duration::from_secs(10);
        let start = Instant::now();
        thread::sleep(SETTLES);
        while self.service.sockets()? != self.unwatched_sockets {
            if start.elapsed() > PATIENCE {
                return Err(io::Error::other(
                    "nobody watches any more, but the service has another number of connections than before",
                ));
            }
            thread::sleep(SETTLES / 10);
        }
        Load::window(self.service, self.length)
    }

    /// What the window came to, and how many scrapes and events there were in it.
    fn watched(&self, watch: Watch) -> io::Result<(Window, u64)> {
        if watch == UNWATCHED {
            return Ok((self.unwatched()?, 0));
        }
        let watching = Watching::start(self.service.address, watch);
        thread::sleep(SETTLES);
        let before = watching.answers();
        let window = Load::window(self.service, self.length)?;
        let answers = watching.answers() - before;
        watching.end();
        Ok((window, answers))
    }
}

/// A bar with the time that is left, on a terminal.
fn progress(pairs: u64) -> ProgressBar {
    let bar = ProgressBar::new(pairs);
    match ProgressStyle::with_template("[{bar:40}] {pos} of {len} pairs, {eta} left") {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}
