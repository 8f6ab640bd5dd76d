//! A thread that reads what comes from the terminal: once that has vanished, crossterm asks it for more without an end (its reads
//! fail, or have nothing, at once), and who waits for an event hears of no signal any more.

use std::{
    io,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use ratatui::crossterm::event::{self, Event};

/// Keys and sizes, as they come.
pub(super) struct Events(Receiver<io::Result<Event>>);

impl Events {
    /// It ends with the program.
    pub(super) fn start() -> Self {
        let (tells, events) = mpsc::channel();
        thread::spawn(move || {
            let mut fails = false;
            while !fails {
                let event = event::read();
                fails = event.is_err();
                if tells.send(event).is_err() {
                    return;
                }
            }
        });
        Self(events)
    }

    /// The next one, if it comes in time.
    ///
    /// # Errors
    /// If none will come any more.
    pub(super) fn next(&self, within: Duration) -> io::Result<Option<Event>> {
        match self.0.recv_timeout(within) {
            Ok(event) => event.map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}
