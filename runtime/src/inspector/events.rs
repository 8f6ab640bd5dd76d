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
use tokio::sync::mpsc;

use super::{error::Refusal, reports::Reports};
use crate::{page::Summary, snapshot::process};

const EVERY: Duration = Duration::from_secs(1);

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
        let summary = Summary::of(&reports.latest(), process());
        let event = Event::default().event("summary").json_data(summary);
        event.map_err(|error| Refusal::bad(error.to_string()))
    })
    .await
}
