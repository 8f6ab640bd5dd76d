//! Which snapshots this process took, and when.

use std::{
    hash::{BuildHasher, RandomState},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    clock, mode,
    threads::{LazyLock, Mutex, PoisonError, statics},
};

statics! {
    /// The number of the last one. Held while one begins, so that they are numbered in the order of their times.
    static TAKEN: Mutex<u32> = Mutex::new(0);
    /// The keys of a `RandomState` are random in each process; the time tells runs apart where they are not.
    static PROCESS: LazyLock<String> =
        LazyLock::new(|| format!("{:016x}", RandomState::new().hash_one(unix_ms())));
}

/// Which run of a program this is.
pub(crate) fn process() -> &'static str {
    &PROCESS
}

/// When a snapshot was taken.
pub(super) struct Moment {
    pub(super) number: u32,
    pub(super) at_ms: u64,
    pub(super) taken_at_ms: u64,
    pub(super) clock_set_back: u64,
}

/// The next snapshot is taken now: whatever comes from here on comes after it.
pub(super) fn take() -> Moment {
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    *taken = taken.saturating_add(1);
    let clock_set_back = clock::times_set_back();
    let at_ms = clock::now_ms();
    let next_ms = (at_ms / mode::CLOCK_STEP_MS + 1) * mode::CLOCK_STEP_MS;
    // In this order: whoever sees the new time must see that a snapshot was taken.
    mode::snapshot_taken(*taken, next_ms);
    clock::go_on_to(next_ms);
    Moment {
        number: *taken,
        at_ms,
        taken_at_ms: unix_ms(),
        clock_set_back,
    }
}

fn unix_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}
