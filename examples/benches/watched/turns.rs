//! Throughput under load, watched and not watched in turns: one service, one load, and only who watches changes.

use std::{
    error::Error,
    io, thread,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use rand::{SeedableRng, rngs::SmallRng, seq::SliceRandom};

use crate::{
    load,
    processors::Apart,
    service::Service,
    stats::{Change, median},
    under_load::{Load, Window},
    watching::{BOTH, UNWATCHED, WATCHES, Watch, Watching, anything},
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

/// What lies between windows that nobody watches.
struct Kind {
    title: &'static str,
    watch: Watch,
    pairs: Vec<Pair>,
    /// Scrapes and events that came in its windows.
    answers: u64,
}

pub(crate) fn print(rounds: u32, length: Duration, only_both: bool) -> Result<(), Box<dyn Error>> {
    let is_wanted = |watch| !only_both || watch == BOTH || watch == UNWATCHED;
    let wanted = WATCHES.iter().filter(|(_, watch)| is_wanted(*watch));
    let mut kinds: Vec<Kind> = wanted
        .map(|&(title, watch)| Kind {
            title: if watch == UNWATCHED {
                "not watched either"
            } else {
                title
            },
            watch,
            pairs: Vec::new(),
            answers: 0,
        })
        .collect();
    let apart = Apart::find();
    let start = || Service::start(&["--traffic", "none"]);
    let service = match &apart {
        Some(apart) => apart.service(start),
        None => start(),
    }?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(load::place_orders(service.address, OPEN_ORDERS))?;
    println!(
        "order_service under load from {} connections: windows of {} s, {rounds} of each kind",
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
    let mut order: Vec<usize> = (0..kinds.len()).collect();
    let mut rng = SmallRng::seed_from_u64(anything());
    let mut before = turns.unwatched()?;
    let mut busy = vec![before.busy()];
    let progress = progress(u64::from(rounds) * kinds.len() as u64);
    for _ in 0..rounds {
        order.shuffle(&mut rng);
        for place in &order {
            let kind = &mut kinds[*place];
            let (this, answers) = turns.watched(kind.watch)?;
            let after = turns.unwatched()?;
            kind.pairs.push(Pair::of(before, this, after));
            kind.answers += answers;
            busy.push(after.busy());
            before = after;
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    let qps = load.end()?.requests_per_second();
    println!(
        "{qps:.0} QPS, the service busy for {:.0} % of a processor{}",
        100.0 * median(busy),
        match apart {
            Some(_) => ", which it has to itself",
            None => " (which it shares: this system binds nobody to one)",
        }
    );
    println!("beside the windows before and after, which nobody watches [95 %]:\n");
    println!(
        "{:<22}{:<26}{:<26}answers a second",
        "", "QPS", "CPU a request"
    );
    let seconds = length.as_secs_f64() * f64::from(rounds);
    for kind in &kinds {
        let change = |figure: fn(&Pair) -> f64| Change::of(kind.pairs.iter().map(figure));
        println!(
            "{:<22}{:<26}{:<26}{:.2}",
            kind.title,
            change(|pair| pair.qps),
            change(|pair| pair.cpu),
            kind.answers as f64 / seconds
        );
        if kind.watch == UNWATCHED && !change(|pair| pair.qps).holds(0.0) {
            println!(
                "(which should hold 0: see whether the machine is quiet, and take more rounds)"
            );
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
        thread::sleep(SETTLES);
        once(
            || Ok(self.service.sockets()? == self.unwatched_sockets),
            "nobody watches any more, but the service has another number of connections than before",
        )?;
        Load::window(self.service, self.length)
    }

    /// Everybody who watches was answered before it, and is again in it. What it came to, and how many answers there were.
    fn watched(&self, watch: Watch) -> io::Result<(Window, u64)> {
        if watch == UNWATCHED {
            return Ok((self.unwatched()?, 0));
        }
        let watching = Watching::start(self.service.address, watch);
        let watchers = u64::from(watch.scraped) + u64::from(watch.page);
        once(
            || Ok(watching.answers() >= watchers),
            "the inspector answers nobody who watches",
        )?;
        thread::sleep(SETTLES);
        let before = watching.answers();
        let window = Load::window(self.service, self.length)?;
        let answers = watching.answers() - before;
        watching.end();
        Ok((window, answers))
    }
}

/// Waits until it is so, or says this.
fn once(is_so: impl Fn() -> io::Result<bool>, or: &'static str) -> io::Result<()> {
    const PATIENCE: Duration = Duration::from_secs(20);
    let start = Instant::now();
    while !is_so()? {
        if start.elapsed() > PATIENCE {
            return Err(io::Error::other(or));
        }
        thread::sleep(SETTLES / 10);
    }
    Ok(())
}

/// A bar with the time that is left, on a terminal.
fn progress(pairs: u64) -> ProgressBar {
    let bar = ProgressBar::new(pairs);
    match ProgressStyle::with_template("[{bar:40}] {pos} of {len} pairs, {eta} left") {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}
