//! Live entries by when they were inserted: 32 spans of equal length, doubled as the map grows older.
//!
//! Exact in number, and in age to a span (a thirty-second of the map's life at worst), in bounded memory. One writer;
//! a reader that meets a doubling reads again.

use std::sync::atomic::{
    AtomicU32,
    Ordering::{Acquire, Relaxed, Release},
};

use super::ticks::Tick;
use crate::mode::live::Count;

const SPANS: usize = 32;

/// How many entries of each span are still in the map.
#[derive(Default)]
pub(super) struct Cohorts([Count; SPANS]);

impl Cohorts {
    /// An entry came into this span.
    #[inline(always)]
    pub(super) fn came(&self, span: usize) {
        self.0[span % SPANS].bump();
    }

    /// An entry of this span left.
    #[inline(always)]
    pub(super) fn left(&self, span: usize) {
        // It was counted when it came, so this does not fall below zero.
        let count = &self.0[span % SPANS];
        count.set(count.get().wrapping_sub(1));
    }

    pub(super) fn total(&self) -> u64 {
        self.0.iter().map(Count::get).sum()
    }

    pub(super) fn clear(&self) {
        for span in &self.0 {
            span.set(0);
        }
    }

    fn double(&self) {
        for span in 0..SPANS / 2 {
            self.0[span].set(self.0[2 * span].get() + self.0[2 * span + 1].get());
        }
        for span in &self.0[SPANS / 2..] {
            span.set(0);
        }
    }

    fn first(&self) -> Option<u32> {
        self.0
            .iter()
            .position(|span| span.get() > 0)
            .map(|span| span as u32)
    }
}

/// Which time each span stands for; the same for all lines of a map.
pub(super) struct Epochs {
    start: u32,
    /// A span lasts 2^shift ticks.
    shift: AtomicU32,
    /// Odd while spans are being doubled.
    version: AtomicU32,
}

impl Epochs {
    pub(super) fn starting_now() -> Self {
        Self {
            start: Tick::now().0,
            shift: AtomicU32::new(0),
            version: AtomicU32::new(0),
        }
    }

    /// The span of an entry that is in the map.
    #[inline(always)]
    pub(super) fn span(&self, born: Tick) -> usize {
        (born.0.saturating_sub(self.start) >> self.shift.load(Relaxed)) as usize
    }

    /// The span of entries that are about to come; `all` are the cohorts of every line of the map. What it says holds
    /// until it is asked again.
    pub(super) fn span_for<'a, I: Iterator<Item = &'a Cohorts>>(
        &self,
        now: Tick,
        all: impl Fn() -> I,
    ) -> usize {
        if self.span(now) >= SPANS {
            self.version.fetch_add(1, Release);
            while self.span(now) >= SPANS && self.shift.load(Relaxed) < u32::BITS - 1 {
                all().for_each(Cohorts::double);
                self.shift.store(self.shift.load(Relaxed) + 1, Relaxed);
            }
            self.version.fetch_add(1, Release);
        }
        self.span(now)
    }

    /// The start of the span the oldest live entry was inserted in.
    pub(super) fn oldest(&self, line: &Cohorts) -> Option<Tick> {
        self.read(|| line.first().map(|span| span << self.shift.load(Relaxed)))
    }

    /// The end of that span: the oldest live entry is no younger than this.
    pub(super) fn latest_of_oldest(&self, line: &Cohorts) -> Option<Tick> {
        self.read(|| {
            let shift = self.shift.load(Relaxed);
            line.first()
                .map(|span| (span << shift) + ((1 << shift) - 1))
        })
    }

    fn read(&self, offset: impl Fn() -> Option<u32>) -> Option<Tick> {
        const TRIES: usize = 8;
        let mut found = None;
        for _ in 0..TRIES {
            let before = self.version.load(Acquire);
            found = offset();
            if before.is_multiple_of(2) && self.version.load(Acquire) == before {
                break;
            }
        }
        found.map(|offset| Tick(self.start.saturating_add(offset)))
    }
}
