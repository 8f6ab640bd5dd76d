//! The counts of a site that its maps write together, divided among threads.
//!
//! A thread that has a shard to itself writes it with plain loads and stores, which costs a tenth of what locked ones
//! do. There are [`OWN`] of those; a thread that comes when all are taken writes one of [`SHARED`] with others. A sum
//! over all shards is exact once writers rest; a single shard may be below zero (a map is dropped by another thread than
//! the one that filled it), so all of them wrap.

use std::cell::Cell;

use super::{Count, Counters, Footprint};
use crate::threads::{
    atomic::{
        AtomicU32, AtomicUsize,
        Ordering::{AcqRel, Acquire, Relaxed, Release},
    },
    bound, statics, thread_local,
};

/// Shards that one thread has to itself.
const OWN: usize = bound(12, 2);
/// Shards for all other threads. Together a power of two, so that an index is cut with one instruction.
const SHARED: usize = bound(4, 2);
/// All of them.
pub(super) const PLACES: usize = OWN + SHARED;

/// Whether a place is one thread's alone, as long as that lives.
#[inline(always)]
pub(super) fn is_own(place: usize) -> bool {
    place < OWN
}

/// What maps of a site count together; on cache lines of their own.
#[derive(Default)]
#[repr(align(128))]
pub(crate) struct SiteCounts {
    /// Entries of maps too small to have an [`Instance`](super::Instance).
    pub(crate) entries: Counters,
    pub(crate) instances_born: Count,
    pub(crate) instances_gone: Count,
    pub(crate) capacity: Count,
    pub(crate) table_bytes: Count,
}

/// See the [module](self).
#[derive(Default)]
pub(crate) struct Shards([SiteCounts; PLACES]);

/// The calling thread's shard. Not to be kept: the next caller may be another thread.
#[derive(Clone, Copy)]
pub(crate) struct Shard<'s> {
    counts: &'s SiteCounts,
    is_own: bool,
}

impl Shards {
    #[inline(always)]
    pub(crate) fn mine(&self) -> Shard<'_> {
        let place = this_threads_place();
        Shard {
            counts: &self.0[place % PLACES],
            is_own: is_own(place),
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &SiteCounts> {
        self.0.iter()
    }

    /// The sum of one count over all shards; meaningful as a signed number while writers are half-way.
    pub(crate) fn sum(&self, pick: impl Fn(&SiteCounts) -> &Count) -> u64 {
        self.all()
            .map(|counts| pick(counts).get())
            .fold(0, u64::wrapping_add)
    }
}

impl Shard<'_> {
    /// Adds `n`.
    #[inline(always)]
    pub(crate) fn add(self, pick: impl Fn(&SiteCounts) -> &Count, n: u64) {
        let count = pick(self.counts);
        if self.is_own {
            count.set(count.get().wrapping_add(n));
        } else {
            count.add(n);
        }
    }

    /// Takes `n` away.
    #[inline(always)]
    pub(crate) fn sub(self, pick: impl Fn(&SiteCounts) -> &Count, n: u64) {
        self.add(pick, n.wrapping_neg());
    }

    /// Notes that a table came.
    #[inline(always)]
    pub(crate) fn table_came(self, size: Footprint) {
        self.add(|counts| &counts.instances_born, 1);
        self.add(|counts| &counts.capacity, size.capacity as u64);
        self.add(|counts| &counts.table_bytes, size.bytes as u64);
    }

    /// Tables that came while this shard was written.
    #[inline(always)]
    pub(crate) fn came_so_far(self) -> u64 {
        self.counts.instances_born.get()
    }

    /// Notes that a table went.
    #[inline(always)]
    pub(crate) fn table_went(self, size: Footprint) {
        self.add(|counts| &counts.instances_gone, 1);
        self.sub(|counts| &counts.capacity, size.capacity as u64);
        self.sub(|counts| &counts.table_bytes, size.bytes as u64);
    }

    /// Notes that there is another amount of room than before.
    pub(crate) fn room_changed(self, before: Footprint, after: Footprint) {
        let change = |before: usize, after: usize| (after as u64).wrapping_sub(before as u64);
        let capacity = change(before.capacity, after.capacity);
        self.add(|counts| &counts.capacity, capacity);
        self.add(
            |counts| &counts.table_bytes,
            change(before.bytes, after.bytes),
        );
    }

    /// Notes that a table grew, shrank, came or went.
    pub(crate) fn footprint_changed(self, before: Footprint, after: Footprint) {
        if before.capacity > 0 {
            self.table_went(before);
        }
        if after.capacity > 0 {
            self.table_came(after);
        }
        if before.capacity > 0 && after.capacity > 0 {
            // The same map as before.
            self.sub(|counts| &counts.instances_born, 1);
            self.sub(|counts| &counts.instances_gone, 1);
        }
    }
}

const NOT_ASKED: usize = usize::MAX;

thread_local! {
    static PLACE: Cell<usize> = const { Cell::new(NOT_ASKED) };
    /// Gives the shard back when the thread ends.
    static LEASE: Lease = const { Lease(Cell::new(None)) };
}

statics! {
    /// One bit for each shard that no thread has to itself now.
    static FREE: AtomicU32 = AtomicU32::new((1 << OWN) - 1);
}

struct Lease(Cell<Option<usize>>);

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(place) = self.0.take() {
            // Maps that this thread's other locals still hold count with everybody else's.
            let shared = shared_place();
            let _ = PLACE.try_with(|place| place.set(shared));
            FREE.fetch_or(1 << place, Release);
        }
    }
}

/// Where this thread counts; to be cut to [`PLACES`].
#[inline(always)]
pub(super) fn this_threads_place() -> usize {
    let place = PLACE.try_with(Cell::get).unwrap_or(NOT_ASKED);
    if place == NOT_ASKED {
        find_place()
    } else {
        place
    }
}

#[cold]
#[inline(never)]
fn find_place() -> usize {
    let own = LEASE.try_with(|lease| {
        let place = take_free()?;
        lease.0.set(Some(place));
        Some(place)
    });
    let place = own.ok().flatten().unwrap_or_else(shared_place);
    let _ = PLACE.try_with(|mine| mine.set(place));
    place
}

fn take_free() -> Option<usize> {
    let lowest = |free: u32| (free != 0).then(|| free & (free - 1));
    let free = FREE.fetch_update(AcqRel, Acquire, lowest).ok()?;
    Some(free.trailing_zeros() as usize)
}

/// Threads without a shard of their own take the others in turn.
fn shared_place() -> usize {
    statics! {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
    }
    OWN + NEXT.fetch_add(1, Relaxed) % SHARED
}
