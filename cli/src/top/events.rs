//! A thread that reads what comes from the terminal: once that has vanished, crossterm asks it for more without an end (its reads
//! fail, or have nothing, at once), and who waits for an event hears of nothing any more, no signal either.

use std::{
    io::{self, IsTerminal},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use ratatui::crossterm::event::{self, Event};

/// Keys and sizes, as they come.
pub(super) struct Events {
    come: Receiver<io::Result<Event>>,
    /// From standard input, that is; else crossterm reads the terminal that controls the program, whose end is a SIGHUP.
    from_input: bool,
}

impl Events {
    /// It ends with the program.
    pub(super) fn start() -> Self {
        let (tells, come) = mpsc::channel();
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
        Self {
            come,
            from_input: io::stdin().is_terminal(),
        }
    }

    /// The next one, if it comes in time.
    ///
    /// # Errors
    /// If none will come any more.
    pub(super) fn next(&self, within: Duration) -> io::Result<Option<Event>> {
        match self.come.recv_timeout(within) {
            Ok(event) => event.map(Some),
            // What has vanished is no terminal any more.
            Err(RecvTimeoutError::Timeout) if !self.from_input || io::stdin().is_terminal() => {
                Ok(None)
            }
            Err(_) => Err(io::Error::other("what keys came from has vanished")),
        }
    }
}
