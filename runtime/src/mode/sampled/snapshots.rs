//! When the last snapshots were taken: samples know when they came, so a summary tells which ones they came between.

use crate::{
    snapshot::KEPT,
    threads::{
        atomic::{
            AtomicU32, AtomicU64,
            Ordering::{Relaxed, SeqCst},
        },
        statics,
    },
};

/// The last [`KEPT`] snapshots, and the one before them.
const PLACES: usize = KEPT as usize + 1;

statics! {
    static NEWEST: AtomicU32 = AtomicU32::new(0);
    /// The first millisecond after each.
    static OVER_MS: [AtomicU64; PLACES] = [const { AtomicU64::new(0) }; PLACES];
}

/// A snapshot is being taken; what comes after it comes from `over_ms` on. If the clock was set back, what came before
/// it came before all that is later by now.
pub(crate) fn snapshot_taken(number: u32, over_ms: u64) {
    for before in OVER_MS.iter() {
        before.fetch_min(over_ms, SeqCst);
    }
    OVER_MS[number as usize % PLACES].store(over_ms, SeqCst);
    NEWEST.store(number, SeqCst);
}

/// The number of the last snapshot of this process; 0 if there is none.
pub(crate) fn newest_snapshot() -> u32 {
    NEWEST.load(SeqCst)
}

/// The first snapshot that was taken when what was born then was there, as far back as they are known: all that is
/// older belongs to the one before them.
pub(super) fn snapshot_after(born_ms: u64) -> Option<u32> {
    let newest = newest_snapshot();
    (newest.saturating_sub(KEPT)..=newest)
        .find(|number| born_ms < OVER_MS[*number as usize % PLACES].load(Relaxed))
}
