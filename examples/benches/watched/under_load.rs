//! A load that goes on as it is, whoever watches, and windows of it in which requests are counted.

use std::{
    error::Error,
    io,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{
    load::{self, Outcome, Shift},
    service::Service,
};

static ANSWERED: AtomicU64 = AtomicU64::new(0);
/// So many answers that nobody waits for them: the load ends once it is told of these.
const ENOUGH: u64 = u64::MAX / 2;

/// All couriers at work, until it is dropped.
pub(crate) struct Load(Option<JoinHandle<io::Result<Outcome>>>);

/// What a window came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) qps: f64,
    /// Seconds of the service's processor time for a request.
    pub(crate) cpu: f64,
}

impl Window {
    /// Processors that the service kept busy.
    pub(crate) fn busy(&self) -> f64 {
        self.qps * self.cpu
    }
}

impl Load {
    /// There is one at a time.
    pub(crate) fn start(service: &Service) -> Self {
        const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3_600);
        let address = service.address;
        let shift = Shift::start(FOR_EVER, Some(ENOUGH), &ANSWERED);
        Self(Some(thread::spawn(move || load::run(address, shift))))
    }

    /// Counts for this long.
    pub(crate) fn window(service: &Service, length: Duration) -> io::Result<Window> {
        let (spent, start, before) = (service.cpu()?, Instant::now(), ANSWERED.load(Relaxed));
        thread::sleep(length);
        let (requests, elapsed) = (ANSWERED.load(Relaxed) - before, start.elapsed());
        let spent = service.cpu()?.since(&spent);
        if requests == 0 {
            return Err(io::Error::other(format!(
                "the service answered nobody in {} s: see whether it is there, and give it longer windows (--seconds)",
                length.as_secs()
            )));
        }
        Ok(Window {
            qps: requests as f64 / elapsed.as_secs_f64(),
            cpu: spent.as_secs_f64() / requests as f64,
        })
    }

    /// Ends it; what it came to.
    ///
    /// # Errors
    /// If a request failed.
    pub(crate) fn end(mut self) -> Result<Outcome, Box<dyn Error>> {
        let outcome = self.go_home().ok_or("the load's thread has panicked")??;
        match &outcome.last_failure {
            Some(failure) => Err(format!("a request failed: {failure}").into()),
            None => Ok(outcome),
        }
    }

    fn go_home(&mut self) -> Option<io::Result<Outcome>> {
        ANSWERED.store(ENOUGH, Relaxed);
        self.0.take()?.join().ok()
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        let _ = self.go_home();
    }
}
