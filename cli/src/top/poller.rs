//! A thread that asks an inspector again and again, so that keys are answered at once however slow that is.

use std::{
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError},
    thread,
    time::Duration,
};

use super::{
    client::{Client, Fault},
    data::{self, Seen, Wanted},
};

/// What came of asking.
pub(crate) type News = Result<Box<Seen>, Fault>;

/// The thread, until it is dropped.
pub(crate) struct Poller {
    wanted: Sender<Wanted>,
    news: Receiver<News>,
}

impl Poller {
    pub(crate) fn start(client: Client, first: Wanted, interval: Duration) -> Self {
        let (wanted, wants) = mpsc::channel();
        let (tells, news) = mpsc::channel();
        thread::spawn(move || poll(&client, first, interval, &wants, &tells));
        Self { wanted, news }
    }

    /// From now on this is asked for, and at once.
    pub(crate) fn want(&self, wanted: Wanted) {
        // If it is gone, `news` says so.
        let _ = self.wanted.send(wanted);
    }

    /// What came since the last time, if anything did.
    ///
    /// # Errors
    /// If nothing will come any more.
    pub(crate) fn news(&self) -> Result<Option<News>, &'static str> {
        match self.news.try_recv() {
            Ok(news) => Ok(Some(news)),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err("what asks the inspector has ended"),
        }
    }
}

fn poll(
    client: &Client,
    mut wanted: Wanted,
    interval: Duration,
    wants: &Receiver<Wanted>,
    tells: &Sender<News>,
) {
    loop {
        match wants.recv_timeout(interval) {
            Ok(newer) => wanted = wants.try_iter().last().unwrap_or(newer),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let seen = data::seen(client, &wanted).map(Box::new);
        if tells.send(seen).is_err() {
            return;
        }
    }
}
