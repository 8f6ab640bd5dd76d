//! Live entries by when they were inserted: exact in number, in age to an eighth or better, in bounded memory.
//!
//! Time is cut into spans that get longer the further back they are, like the marks of a ruler read from its end: at
//! each level the last [`WIDTH`] spans of 2^level ticks are kept, aligned to multiples of their length, and a span that
//! falls off its level joins the one of the next level it is a half of. Where an entry is counted therefore follows
//! from when it was inserted and from the time the ruler stands at, without a search. (The
//! counts of an exponential histogram: Datar, Gionis, Indyk and Motwani, Maintaining Stream Statistics over Sliding
//! Windows, SIAM J. Comput. 31(6), 2002; here entries also leave.)
//!
//! One writer, the owner of the map; a reader that meets a writer at work reads again.

use super::ticks::Tick;
use crate::threads::atomic::{
    AtomicU32,
    Ordering::{Acquire, Relaxed, Release},
    fence,
};

/// Spans of one level. A power of two.
const WIDTH: u32 = 8;
const WIDTH_BITS: u32 = WIDTH.ilog2();
/// Levels that cover every tick there can be.
const LEVELS: u32 = u32::BITS - WIDTH_BITS + 1;
/// Of all levels; a power of two is faster to stay below.
const SPANS: usize = (LEVELS * WIDTH).next_power_of_two() as usize;

/// Where the entries of one moment are counted.
#[derive(Clone, Copy)]
struct Span(u32);

/// How many entries of each span are still in the map.
pub(super) struct Cohorts([AtomicU32; SPANS]);

impl Default for Cohorts {
    fn default() -> Self {
        Self([const { AtomicU32::new(0) }; SPANS])
    }
}

impl Clone for Cohorts {
    fn clone(&self) -> Self {
        Self(std::array::from_fn(|span| {
            AtomicU32::new(self.0[span].load(Relaxed))
        }))
    }
}

impl Cohorts {
    fn at(&self, span: Span) -> &AtomicU32 {
        &self.0[span.0 as usize % SPANS]
    }

    fn add(&self, span: Span, entries: u32) {
        let count = self.at(span);
        count.store(count.load(Relaxed).wrapping_add(entries), Relaxed);
    }

    pub(super) fn clear(&self) {
        for span in &self.0 {
            span.store(0, Relaxed);
        }
    }

    /// Moves what is in one span to another.
    fn join(&self, from: Span, into: Span) {
        let moved = self.at(from).load(Relaxed);
        if moved > 0 {
            self.at(from).store(0, Relaxed);
            self.add(into, moved);
        }
    }
}

/// The time the spans of a map are read from; the same for all its lines.
pub(super) struct Ruler {
    now: AtomicU32,
    /// Odd while spans are moved.
    version: AtomicU32,
}

/// The number of the span at `level` that holds `tick`, in its place among those kept.
#[inline(always)]
fn place(level: u32, tick: u32) -> Span {
    Span(level * WIDTH + ((tick >> level) & (WIDTH - 1)))
}

impl Ruler {
    pub(super) fn starting_now() -> Self {
        Self {
            now: AtomicU32::new(Tick::now().0),
            version: AtomicU32::new(0),
        }
    }

    /// Entries came at this moment, which the ruler has reached.
    pub(super) fn came(&self, line: &Cohorts, born: Tick, entries: u32) {
        line.add(self.span(born), entries);
    }

    /// Entries left that came at this moment.
    #[inline(always)]
    pub(super) fn left(&self, line: &Cohorts, born: Tick, entries: u32) {
        // All of them are counted, if perhaps after this: then it was below zero in between.
        line.add(self.span(born), entries.wrapping_neg());
    }

    #[inline(always)]
    fn span(&self, born: Tick) -> Span {
        let now = self.now.load(Relaxed);
        // Those before the ruler's time only: a clock that jumped back counts with the newest.
        let born = born.0.min(now);
        let age = now - born;
        let level = (u32::BITS - age.leading_zeros()).saturating_sub(WIDTH_BITS);
        // Of the levels that can hold this age, the finest one may have just lost it.
        let level = level + u32::from((now >> level) - (born >> level) >= WIDTH);
        place(level, born)
    }

    /// Moves the ruler to `now`, but never back; `all` are the cohorts of every line of the map. Says what time it is
    /// for entries that come now. O(lines × levels).
    pub(super) fn advance<'a, I: Iterator<Item = &'a Cohorts>>(
        &self,
        now: Tick,
        all: impl Fn() -> I,
    ) -> Tick {
        let before = self.now.load(Relaxed);
        let now = now.0.max(before);
        if now > before {
            self.write(|| {
                for line in all() {
                    move_spans(line, before, now);
                }
                self.now.store(now, Relaxed);
            });
        }
        Tick(now)
    }

    /// The tick after the one it stands at.
    pub(super) fn next(&self) -> Tick {
        Tick(self.now.load(Relaxed).saturating_add(1))
    }

    /// Lets the owner write what is read together. Readers are told before anything is written, on every processor (a
    /// seqlock; Boehm, Can Seqlocks Get Along with Programming Language Memory Models?, MSPC 2012).
    #[inline(always)]
    pub(super) fn write(&self, writes: impl FnOnce()) {
        let version = self.version.load(Relaxed);
        self.version.store(version.wrapping_add(1), Relaxed);
        fence(Release);
        writes();
        self.version.store(version.wrapping_add(2), Release);
    }

    /// Reads again what was read while something was written.
    pub(super) fn steadily<R>(&self, read: impl Fn() -> R) -> R {
        const TRIES: usize = 8;
        for _ in 1..TRIES {
            let version = self.version.load(Acquire);
            let found = read();
            fence(Acquire);
            if version.is_multiple_of(2) && self.version.load(Relaxed) == version {
                return found;
            }
        }
        read()
    }

    /// Every span of a line that has entries in it: its first tick, its last, and their number.
    pub(super) fn spans(&self, line: &Cohorts) -> Vec<(Tick, Tick, u64)> {
        let now = self.now.load(Relaxed);
        let mut found = Vec::new();
        for level in (0..LEVELS).rev() {
            let newest = now >> level;
            for number in newest.saturating_sub(WIDTH - 1)..=newest {
                let entries = line.at(place(level, number << level)).load(Relaxed);
                // Above half of all numbers: a reader between the writer's two counts.
                if entries > 0 && entries < u32::MAX / 2 {
                    let first = number << level;
                    let last = first | ((1 << level) - 1);
                    found.push((Tick(first), Tick(last.min(now)), u64::from(entries)));
                }
            }
        }
        found
    }

    /// The oldest span of a line that has entries in it: its first tick and its last.
    pub(super) fn oldest(&self, line: &Cohorts) -> Option<(Tick, Tick)> {
        let spans = self.spans(line).into_iter();
        spans
            .min_by_key(|(first, _, _)| *first)
            .map(|(first, last, _)| (first, last))
    }
}

/// Lets the spans that are too old for their level at `now` join the next one, from the finest level up.
fn move_spans(line: &Cohorts, before: u32, now: u32) {
    for level in 0..LEVELS - 1 {
        let (newest, new) = (before >> level, now >> level);
        if newest == new {
            // Nothing fell off here, so nothing new arrived above.
            break;
        }
        let oldest = newest.saturating_sub(WIDTH - 1);
        for number in oldest..=newest {
            if new - number >= WIDTH {
                let tick = number << level;
                line.join(place(level, tick), place(level + 1, tick));
            }
        }
    }
}
