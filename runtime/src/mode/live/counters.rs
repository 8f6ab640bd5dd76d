//! Exact counts that one thread writes and any thread reads.

use crate::{
    RemovalCause,
    threads::atomic::{AtomicU64, Ordering::Relaxed},
};

/// One count. `&mut` access to a map makes its owner the only writer, so [`bump`](Self::bump) is a plain load and
/// store: a locked instruction costs half as much again in wall time. Shared counts use [`add`](Self::add).
#[derive(Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    const fn new() -> Self {
        Self(AtomicU64::new(0))
    }
}

impl Clone for Count {
    fn clone(&self) -> Self {
        Self(AtomicU64::new(self.get()))
    }
}

impl Count {
    #[inline(always)]
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }

    /// Adds one; only by the single writer.
    #[inline(always)]
    pub(crate) fn bump(&self) {
        self.bump_by(1);
    }

    /// Adds `n`; only by the single writer.
    #[inline(always)]
    pub(crate) fn bump_by(&self, n: u64) {
        self.set(self.get().wrapping_add(n));
    }

    /// Sets the count; only by the single writer.
    #[inline(always)]
    pub(crate) fn set(&self, to: u64) {
        self.0.store(to, Relaxed);
    }

    /// Takes one away, never below zero; only by the single writer.
    #[inline(always)]
    pub(crate) fn drop_one(&self) {
        self.set(self.get().saturating_sub(1));
    }

    /// Adds `n`; by any thread.
    #[inline(always)]
    pub(crate) fn add(&self, n: u64) {
        self.0.fetch_add(n, Relaxed);
    }

    /// Raises the count to `n` if it is below; by any thread.
    #[inline(always)]
    pub(crate) fn raise_to(&self, n: u64) {
        if self.get() < n {
            self.0.fetch_max(n, Relaxed);
        }
    }
}

/// What happened to the entries of one map, or of all the maps that shared these counts.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) inserts: Count,
    pub(crate) replaces: Count,
    pub(crate) removed: [Count; RemovalCause::ALL.len()],
    pub(crate) misses: Count,
    /// Entries whose value is vacant now.
    pub(crate) residue: Count,
    pub(crate) peak: Count,
    /// Values that left and found no room to be watched.
    pub(crate) not_watched: Count,
}

impl Counters {
    /// Nothing happened yet.
    #[allow(dead_code, reason = "strict has each in its instance")]
    pub(crate) const fn new() -> Self {
        Self {
            inserts: Count::new(),
            replaces: Count::new(),
            removed: [const { Count::new() }; RemovalCause::ALL.len()],
            misses: Count::new(),
            residue: Count::new(),
            peak: Count::new(),
            not_watched: Count::new(),
        }
    }

    /// Nothing happened yet, again; once nobody counts here.
    #[allow(dead_code, reason = "strict has each in its instance")]
    pub(crate) fn clear(&self) {
        let Self {
            inserts,
            replaces,
            removed,
            misses,
            residue,
            peak,
            not_watched,
        } = self;
        let single = [inserts, replaces, misses, residue, peak, not_watched];
        single
            .into_iter()
            .chain(removed)
            .for_each(|count| count.set(0));
    }

    /// Entries that left (a replaced value leaves its key behind, so replaces do not count).
    pub(crate) fn left(&self) -> u64 {
        RemovalCause::ALL
            .iter()
            .filter(|cause| **cause != RemovalCause::Replaced)
            .map(|cause| self.removed[*cause as usize].get())
            .fold(0, u64::wrapping_add)
    }

    /// Adds the counts of a map that goes; by any thread.
    pub(crate) fn fold(&self, gone: &Self) {
        self.inserts.add(gone.inserts.get());
        self.replaces.add(gone.replaces.get());
        for (into, from) in self.removed.iter().zip(&gone.removed) {
            into.add(from.get());
        }
        self.misses.add(gone.misses.get());
        self.not_watched.add(gone.not_watched.get());
    }
}
