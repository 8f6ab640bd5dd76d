//! The one clock all of mapkeeper reads: milliseconds since the program first asked, or what a test says it is.

use std::{
    sync::{
        LazyLock,
        atomic::{
            AtomicU64,
            Ordering::{Relaxed, SeqCst},
        },
    },
    time::Instant,
};

static EPOCH: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The time a test drives to, or [`REAL`].
static DRIVEN_TO: AtomicU64 = AtomicU64::new(REAL);
const REAL: u64 = u64::MAX;

/// Now, in milliseconds since the epoch of this process.
pub(crate) fn now_ms() -> u64 {
    match DRIVEN_TO.load(Relaxed) {
        REAL => u64::try_from(EPOCH.elapsed().as_millis()).unwrap_or(REAL - 1),
        driven => driven,
    }
}

/// From now on it is `ms`, until somebody says otherwise.
pub(crate) fn drive_to(ms: u64) {
    set(ms.min(REAL - 1));
}

/// From now on it is what the real clock says.
pub(crate) fn release() {
    set(REAL);
}

fn set(to: u64) {
    DRIVEN_TO.store(to, SeqCst);
    crate::mode::clock_moved();
}
