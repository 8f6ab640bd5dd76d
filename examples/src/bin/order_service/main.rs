//! An incident, replayed: an order service that "clears" completed orders by writing `None`
//! over them. The key stays, every search walks over the residue, the service gets slower with
//! each order it completes.
//!
//! [`service`] is the application and knows nothing of the rest; this file deploys the bug,
//! switches the fix on and reads what mapkeeper saw. Or it serves, under [`traffic`] that goes on.
#![forbid(unsafe_code)]

mod args;
mod console;
mod load;
#[cfg(test)]
mod load_tests;
mod service;
mod traffic;

use std::{
    convert::Infallible,
    error::Error,
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::pin,
    process::ExitCode,
    sync::atomic::AtomicU64,
    time::Duration,
};

use args::{Command, Serving};
use console::{Figures, Phase, Progress};
use load::{Connection, Failure, Shift};
use service::Release;
use tokio::{net::TcpListener, runtime::Builder, signal::ctrl_c};
use traffic::Traffic;

/// Orders that wait for a courier at any time.
const OPEN_ORDERS: u32 = 2_000;
const WARM_UP: Duration = Duration::from_millis(500);
/// What happens between the deployment and the first look at the graphs: three requests for each
/// of 12,000 orders, or as many as a slow machine answers in that time.
const MORNING_REQUESTS: u64 = 3 * 12_000;
const MORNING: Duration = Duration::from_secs(5);
/// Of a service that is monitored: when it is reached is among its metrics.
const MEMORY_BUDGET: u64 = 16 << 30;

fn main() -> ExitCode {
    let command = match args::parse(lexopt::Parser::from_env()) {
        Ok(Command::Help) => {
            print!("{}", args::USAGE);
            return ExitCode::SUCCESS;
        }
        Ok(command) => command,
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
    let code = runtime.block_on(async {
        match command {
            Command::Replay { phase, serve } => replay(phase, serve).await,
            Command::Serve(serving) => serve(serving).await,
            Command::Help => Ok(ExitCode::SUCCESS),
        }
    });
    // An interrupted load is not waited for.
    runtime.shutdown_background();
    code.unwrap_or_else(|error| fail(&*error))
}

fn fail(error: &dyn Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

/// At a port of loopback; 0 takes a free one.
async fn listen(port: u16) -> Result<TcpListener, String> {
    let listening = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    listening.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {port} of 127.0.0.1 is taken: choose another one with --port, or leave --port out for a free one"
        ),
        _ => format!("port {port} of 127.0.0.1 cannot be listened at: {error}"),
    })
}

/// Serves under some traffic until Ctrl-C.
async fn serve(serving: Serving) -> Result<ExitCode, Box<dyn Error>> {
    let listener = listen(serving.port).await?;
    let address = listener.local_addr()?;
    mapkeeper::set_memory_budget(Some(MEMORY_BUDGET));
    let router = service::router(serving.release, serving.inspector);
    let server = pin!(axum::serve(listener, router).into_future());
    println!("Serving on http://{address}, Ctrl-C stops it.\n");
    let is_there = |route: &&str| serving.inspector || !route.contains(" /debug/maps/");
    for route in service::ROUTES.lines().filter(is_there) {
        println!("{route}");
    }
    let load = async {
        if serving.traffic != Traffic::None {
            load::place_orders(address, OPEN_ORDERS).await?;
        }
        Ok::<Infallible, Failure>(traffic::keep_going(address, serving.traffic, serving.rate).await)
    };
    tokio::select! {
        stopped = server => stopped?,
        failed = load => { failed?; }
        interrupt = ctrl_c() => interrupt?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Serves; meanwhile replays the incident and then, with `serve`, waits for Ctrl-C.
async fn replay(phase: Duration, serve: bool) -> Result<ExitCode, Box<dyn Error>> {
    let listener = listen(0).await?;
    let address = listener.local_addr()?;
    let router = service::router(Release::Healthy, true);
    let mut server = pin!(axum::serve(listener, router).into_future());
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
