//! Throughput under load, in turns.

use std::{error::Error, io, sync::atomic::AtomicU64, time::Duration};

use crate::{
    load::{self, Shift},
    service::Service,
    stats::Median,
    watching::{Watch, Watching},
};

/// As many orders wait as in the incident.
pub(crate) const OPEN_ORDERS: u32 = 2_000;

const UNWATCHED: Watch = Watch {
    scraped: false,
    page: false,
};
const SCRAPED: Watch = Watch {
    scraped: true,
    page: false,
};
const OPEN: Watch = Watch {
    scraped: false,
    page: true,
};
pub(crate) const BOTH: Watch = Watch {
    scraped: true,
    page: true,
};
/// What takes turns with a service that has no inspector: the last one is such a service again.
const KINDS: [(&str, bool, Watch); 5] = [
    ("inspector, idle", true, UNWATCHED),
    ("a scrape each second", true, SCRAPED),
    ("the page open", true, OPEN),
    ("both", true, BOTH),
    ("none again", false, UNWATCHED),
];

/// What a turn came to.
#[derive(Clone, Copy, Debug, Default)]
struct Turn {
    qps: f64,
    /// Seconds of the service's processor time for a request.
    cpu: f64,
}

pub(crate) fn print(rounds: u32, length: Duration) -> Result<(), Box<dyn Error>> {
    let without = Service::start(&["--traffic", "none", "--no-inspector"])?;
    let with = Service::start(&["--traffic", "none"])?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for service in [&without, &with] {
        runtime.block_on(load::place_orders(service.address, OPEN_ORDERS))?;
        // Their memory and caches are warm, then.
        under_load(service, UNWATCHED, length)?;
    }
    println!(
        "order_service under load from {} connections: {rounds} rounds of {} s each in turns\n",
        load::COURIERS,
        length.as_secs()
    );
    let mut beside = [const { Vec::<Turn>::new() }; KINDS.len()];
    let mut nones = vec![under_load(&without, UNWATCHED, length)?];
    for round in 0..rounds as usize {
        // Nobody is first each time.
        for i in 0..KINDS.len() {
            let place = (i + round) % KINDS.len();
            let (_, has_inspector, watch) = KINDS[place];
            let service = if has_inspector { &with } else { &without };
            let this = under_load(service, watch, length)?;
            let before = nones[nones.len() - 1];
            let after = under_load(&without, UNWATCHED, length)?;
            nones.push(after);
            beside[place].push(Turn {
                qps: 2.0 * this.qps / (before.qps + after.qps),
                cpu: 2.0 * this.cpu / (before.cpu + after.cpu),
            });
        }
    }
    let qps = Median::of(nones.iter().map(|turn| turn.qps)).of;
    println!(
        "no inspector: {qps:.0} QPS; beside the turns before and after with none, medians [95 %]:\n"
    );
    println!("{:<22}{:<28}CPU a request", "", "QPS");
    for ((title, ..), turns) in KINDS.iter().zip(&beside) {
        let change = |figure: fn(&Turn) -> f64| Median::of(turns.iter().map(figure)).as_change();
        println!(
            "{title:<22}{:<28}{}",
            change(|turn| turn.qps),
            change(|turn| turn.cpu)
        );
    }
    Ok(())
}

fn under_load(service: &Service, watch: Watch, length: Duration) -> io::Result<Turn> {
    static ANSWERED: AtomicU64 = AtomicU64::new(0);
    let watching = Watching::start(service.address, watch);
    let before = service.cpu()?;
    let outcome = load::run(service.address, Shift::start(length, None, &ANSWERED))?;
    let spent = service.cpu()?.since(&before);
    let answers = watching.end();
    if let Some(failure) = outcome.last_failure {
        return Err(io::Error::other(format!("a request failed: {failure}")));
    }
    if (watch.scraped || watch.page) && answers == 0 {
        return Err(io::Error::other(
            "the inspector answered nobody: turns are too short for it (--seconds)",
        ));
    }
    Ok(Turn {
        qps: outcome.requests_per_second(),
        cpu: spent.as_secs_f64() / outcome.latency.len().max(1) as f64,
    })
}
