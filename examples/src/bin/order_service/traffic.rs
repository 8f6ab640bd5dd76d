//! A load that goes on: so many orders a second, and bursts of more that come and go.

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use tokio::time::{self, MissedTickBehavior};

use crate::load::{Connection, Failure, NEW_ORDER, Ticket};

/// Orders that wait beyond the usual ones while a burst lasts.
const BURST: u32 = 6_000;
/// From one burst to the next; each lasts for half of it.
const FROM_BURST_TO_BURST: Duration = Duration::from_secs(10);
/// After which a service that failed is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// What is asked of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Traffic {
    /// What others ask.
    None,
    /// As many orders are delivered as are placed.
    Steady,
    /// The same, and bursts.
    Bursts,
}

/// Traffic without an end; what fails is said and tried again.
pub(crate) async fn keep_going(address: SocketAddr, traffic: Traffic, rate: u32) -> Infallible {
    tokio::join!(
        again_and_again(async || match traffic {
            Traffic::None => std::future::pending().await,
            Traffic::Steady | Traffic::Bursts => steady(address, rate).await,
        }),
        again_and_again(async || match traffic {
            Traffic::None | Traffic::Steady => std::future::pending().await,
            Traffic::Bursts => bursts(address).await,
        }),
    )
    .0
}

async fn again_and_again(work: impl AsyncFn() -> Result<Infallible, Failure>) -> Infallible {
    loop {
        let Err(failure) = work().await;
        eprintln!("the traffic stops for a second: {failure}");
        time::sleep(PAUSE).await;
    }
}

async fn steady(address: SocketAddr, rate: u32) -> Result<Infallible, Failure> {
    let mut connection = Connection::open(address).await?;
    let mut tick = time::interval(Duration::from_secs(1) / rate);
    // What a busy machine missed is not made up for at once: that would be a burst.
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        connection.post("/orders", NEW_ORDER).await?;
        deliver_next(&mut connection, 1).await?;
    }
}

async fn bursts(address: SocketAddr) -> Result<Infallible, Failure> {
    let mut connection = Connection::open(address).await?;
    let mut tick = time::interval(FROM_BURST_TO_BURST);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        for _ in 0..BURST {
            connection.post("/orders", NEW_ORDER).await?;
        }
        time::sleep(FROM_BURST_TO_BURST / 2).await;
        for _ in 0..BURST {
            deliver_next(&mut connection, 2).await?;
        }
    }
}

/// The courier takes the longest waiting order and completes it.
async fn deliver_next(connection: &mut Connection, courier: u32) -> Result<(), Failure> {
    let path = format!("/couriers/{courier}/next");
    let body = connection.post(&path, b"").await?;
    let ticket: Ticket = serde_json::from_slice(&body).map_err(Failure::Body)?;
    let path = format!("/orders/{}/complete", ticket.id);
    connection.post(&path, b"").await?;
    Ok(())
}
