//! Time that a test drives.

use std::time::Duration;

use crate::{
    clock,
    threads::{Mutex, MutexGuard, PoisonError, statics},
};

statics! {
    static DRIVER: Mutex<()> = Mutex::new(());
}

/// Mapkeeper's clock in the hands of a test: ages, lifetimes and contracts (`max_age`) see the time that the test sets.
///
/// One for the whole process: while one is alive, [`drive`](Self::drive) on another thread waits (a second one on the same
/// thread would wait for ever), and everything that
/// mapkeeper records on any thread is recorded at the driven time. Dropping it gives the real clock back.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// let clock = mapkeeper::testing::Clock::drive();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(3600));
/// assert_eq!(clock.now() - before, Duration::from_secs(3600));
/// ```
#[derive(Debug)]
pub struct Clock {
    _only_one: MutexGuard<'static, ()>,
}

impl Clock {
    /// Stops the clock at the time it is now.
    #[must_use]
    pub fn drive() -> Self {
        let only_one = DRIVER.lock().unwrap_or_else(PoisonError::into_inner);
        clock::drive_to(clock::told_ms());
        Self {
            _only_one: only_one,
        }
    }

    /// The time since the process first asked.
    #[must_use]
    pub fn now(&self) -> Duration {
        Duration::from_millis(clock::told_ms())
    }

    /// Moves the clock forward, to the millisecond.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().saturating_add(by));
    }

    /// Sets the clock to a time since the process first asked; it may jump back, as clocks do.
    pub fn set(&self, to: Duration) {
        clock::drive_to(u64::try_from(to.as_millis()).unwrap_or(u64::MAX));
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        clock::release();
    }
}
