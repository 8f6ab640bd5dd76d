//! How many bytes the tables of a site may take, as far as the program says.

use crate::threads::{
    atomic::{AtomicU64, Ordering::Relaxed},
    statics,
};

statics! {
    /// Bytes that the tables of one site may take; 0 for no limit.
    static MEMORY_BUDGET: AtomicU64 = AtomicU64::new(0);
}

/// Tells reports how many bytes the tables of one site may take, so that they say when a growing one will
/// ([`Trend::hours_to_budget`](crate::Trend::hours_to_budget)). Nothing is enforced; `None` (the default) for no limit.
pub fn set_memory_budget(bytes: Option<u64>) {
    MEMORY_BUDGET.store(bytes.unwrap_or(0), Relaxed);
}

pub(super) fn memory_budget() -> Option<u64> {
    Some(MEMORY_BUDGET.load(Relaxed)).filter(|bytes| *bytes > 0)
}
