//! Milliseconds since the program first asked.

use std::{sync::LazyLock, time::Instant};

static EPOCH: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Now, in milliseconds since the epoch of this process.
pub(crate) fn now_ms() -> u64 {
    u64::try_from(EPOCH.elapsed().as_millis()).unwrap_or(u64::MAX)
}
