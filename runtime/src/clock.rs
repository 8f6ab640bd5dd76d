//! The one clock all of mapkeeper reads: milliseconds since the program first asked, or what a test says it is.

use crate::threads::{
    Instant, LazyLock,
    atomic::{
        AtomicU64,
        Ordering::{Relaxed, SeqCst},
    },
    statics,
};

statics! {
    static EPOCH: LazyLock<Instant> = LazyLock::new(Instant::now);
    /// The time a test drives to, or [`REAL`].
    static DRIVEN_TO: AtomicU64 = AtomicU64::new(REAL);
}
const REAL: u64 = u64::MAX;

statics! {
    /// A time that went on by itself: from the first of these on, it is at least the second.
    static WENT_ON: [AtomicU64; 2] = [const { AtomicU64::new(0) }; 2];
    static SET_BACK: AtomicU64 = AtomicU64::new(0);
}

/// Now, in milliseconds since the epoch of this process.
pub(crate) fn now_ms() -> u64 {
    let told = told_ms();
    let [from, at_least] = [&WENT_ON[0], &WENT_ON[1]].map(|ms| ms.load(Relaxed));
    if told < at_least && told >= from {
        at_least
    } else {
        told
    }
}

/// What the clock says, or a test.
pub(crate) fn told_ms() -> u64 {
    match DRIVEN_TO.load(Relaxed) {
        REAL => u64::try_from(EPOCH.elapsed().as_millis()).unwrap_or(REAL - 1),
        driven => driven,
    }
}

/// It is at least `at_least` from now on, until it is later by itself or set back. One caller at a time.
pub(crate) fn go_on_to(at_least: u64) {
    let told = told_ms();
    let [from, before] = [&WENT_ON[0], &WENT_ON[1]].map(|ms| ms.load(Relaxed));
    if told < from || told >= before {
        // What was before is over.
        WENT_ON[0].store(told, Relaxed);
    }
    WENT_ON[1].store(at_least, SeqCst);
    crate::mode::clock_moved();
}

/// How often it was set back.
pub(crate) fn times_set_back() -> u64 {
    SET_BACK.load(SeqCst)
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
    let before = told_ms();
    DRIVEN_TO.store(to, SeqCst);
    if told_ms() < before {
        SET_BACK.fetch_add(1, SeqCst);
    }
    crate::mode::clock_moved();
}
