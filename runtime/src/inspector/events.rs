//! What goes on, as server-sent events: a summary each second, to a number of clients at a time.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::response::sse::{Event, Sse};
use futures_core::Stream;
use serde::Serialize;
use tokio::sync::mpsc;

use super::{error::Refusal, reports::Reports};
use crate::{Mode, Report};

const EVERY: Duration = Duration::from_secs(1);

/// All sites together.
#[derive(Serialize)]
pub(super) struct Summary {
    version: &'static str,
    mode: Mode,
    at_ms: u64,
    sampled_one_in: u64,
    sites: usize,
    sites_in_use: usize,
    instances: u64,
    entries: u64,
    table_bytes: u64,
    residue: u64,
    breaches: u64,
    silenced: usize,
    /// The fingerprints of all suspects, the costliest certain one first; the first hundred.
    suspects: Vec<String>,
}

impl Summary {
    pub(super) fn of(report: &Report) -> Self {
        const FIRST: usize = 100;
        let sum = |figure: fn(&crate::SiteReport) -> u64| {
            let figures = report.sites.iter().map(figure);
            figures.fold(0, u64::saturating_add)
        };
        let suspects = report.suspects.iter().take(FIRST);
        Self {
            version: env!("CARGO_PKG_VERSION"),
            mode: report.mode,
            at_ms: report.at_ms,
            sampled_one_in: report.sampled_one_in,
            sites: report.sites.len(),
            sites_in_use: report.sites.iter().filter(|site| site.inserts > 0).count(),
            instances: sum(|site| site.instances),
            entries: sum(|site| site.len),
            table_bytes: sum(|site| site.table_bytes),
            residue: sum(|site| site.residue),
            breaches: sum(|site| site.breaches),
            silenced: report.silenced.len(),
            suspects: suspects
                .map(|suspect| suspect.fingerprint.clone())
                .collect(),
        }
    }
}

/// What a client gets: the next one is made when the last one was taken, so that a slow client has none waiting.
pub(super) struct Events(mpsc::Receiver<Event>);

impl Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx).map(|event| event.map(Ok))
    }
}

/// Events until the client goes.
pub(super) fn events(reports: Arc<Reports>) -> Sse<Events> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        while let Ok(event) = next(&reports).await {
            if sender.send(event).await.is_err() {
                break;
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = sender.closed() => break,
            }
        }
    });
    Sse::new(Events(receiver))
}

async fn next(reports: &Arc<Reports>) -> Result<Event, Refusal> {
    let reports = Arc::clone(reports);
    super::routes::apart(move || {
        let summary = Summary::of(&reports.latest());
        let event = Event::default().event("summary").json_data(summary);
        event.map_err(|error| Refusal::bad(error.to_string()))
    })
    .await
}
