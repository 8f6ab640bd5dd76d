//! An incident, replayed: an order service that "clears" completed orders by writing `None`
//! over them. The key stays, every search walks over the residue, the service gets slower with
//! each order it completes.
//!
//! [`service`] is the application and knows nothing of the rest; this file deploys the bug,
//! switches the fix on and reads what mapkeeper saw.
#![forbid(unsafe_code)]

mod args;
mod console;
mod load;
mod service;

use std::{
    error::Error,
    net::{Ipv4Addr, SocketAddr},
    pin::pin,
    process::ExitCode,
    sync::atomic::AtomicU64,
    time::Duration,
};

use args::Command;
use console::{Figures, Phase, Progress};
use load::{Connection, Shift};
use tokio::{net::TcpListener, runtime::Builder, signal::ctrl_c};

/// Orders that wait for a courier at any time.
const OPEN_ORDERS: u32 = 2_000;
const WARM_UP: Duration = Duration::from_millis(500);
/// What happens between the deployment and the first look at the graphs: three requests for each
/// of 12,000 orders, or as many as a slow machine answers in that time.
const MORNING_REQUESTS: u64 = 3 * 12_000;
const MORNING: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let (phase, serve) = match args::parse(lexopt::Parser::from_env()) {
        Ok(Command::Run { phase, serve }) => (phase, serve),
        Ok(Command::Help) => {
            print!("{}", args::USAGE);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprint!("error: {error}\n\n{}", args::USAGE);
            return ExitCode::from(2);
        }
    };
    let runtime = match Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let code = runtime.block_on(run(phase, serve));
    // An interrupted load is not waited for.
    runtime.shutdown_background();
    code.unwrap_or_else(|error| fail(&*error))
}

fn fail(error: &dyn Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

/// Serves; meanwhile replays the incident and then, with `serve`, waits for Ctrl-C.
async fn run(phase: Duration, serve: bool) -> Result<ExitCode, Box<dyn Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let mut server = pin!(axum::serve(listener, service::router()).into_future());
    tokio::select! {
        stopped = &mut server => stopped?,
        replayed = incident(address, phase) => replayed?,
        interrupt = ctrl_c() => {
            interrupt?;
            eprintln!("\ninterrupted");
            return Ok(ExitCode::from(130));
        }
    }
    if serve {
        println!(
            "Still serving on http://{address}, Ctrl-C stops it.\n\n{}",
            service::ROUTES
        );
        tokio::select! {
            stopped = server => stopped?,
            interrupt = ctrl_c() => interrupt?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Three phases of load on the service, the report at the worst moment, and the comparison.
async fn incident(address: SocketAddr, length: Duration) -> Result<(), Box<dyn Error>> {
    println!(
        "order_service on http://{address}: {OPEN_ORDERS} open orders, {} couriers, {} s per phase\n",
        load::COURIERS,
        length.as_secs()
    );
    load::place_orders(address, OPEN_ORDERS).await?;
    let mut operator = Connection::open(address).await?;
    put_under_load("warm-up", address, WARM_UP, None).await?;
    let healthy = put_under_load("healthy", address, length, None).await?;

    eprintln!("POST /deploy");
    operator.post("/deploy", b"").await?;
    put_under_load("12,000 orders", address, MORNING, Some(MORNING_REQUESTS)).await?;
    let broken = put_under_load("with the bug", address, length, None).await?;
    println!("\n{}", mapkeeper::report());

    eprintln!("POST /fix");
    operator.post("/fix", b"").await?;
    let fixed = put_under_load("after the fix", address, length, None).await?;

    let phases = [healthy, broken, fixed];
    println!("\n{}", console::table(&phases));
    if let Some(failure) = phases
        .iter()
        .find_map(|phase| phase.outcome.last_failure.as_ref())
    {
        eprintln!("requests failed, for example: {failure}");
    }
    if phases.iter().all(|phase| phase.outcome.latency.is_empty()) {
        return Err("every request failed".into());
    }
    Ok(())
}

/// Load for `length`, or until so many requests were answered.
async fn put_under_load(
    title: &'static str,
    address: SocketAddr,
    length: Duration,
    requests: Option<u64>,
) -> Result<Phase, Box<dyn Error>> {
    static ANSWERED: AtomicU64 = AtomicU64::new(0);
    let shift = Shift::start(length, requests, &ANSWERED);
    let progress = Progress::new(title, length);
    let load = tokio::task::spawn_blocking(move || load::run(address, shift));
    let outcome = tokio::select! {
        outcome = load => outcome??,
        () = progress.follow(&ANSWERED) => unreachable!("it follows until the load ends"),
    };
    progress.finish(&outcome);
    let report = mapkeeper::report();
    let figures = report.site("OrderService.orders").map(|site| Figures {
        entries: site.len,
        residue: site.residue,
        table_bytes: site.table_bytes,
    });
    Ok(Phase {
        title,
        outcome,
        figures: figures.unwrap_or_default(),
    })
}
