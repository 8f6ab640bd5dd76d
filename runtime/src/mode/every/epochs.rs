//! Live entries by the snapshots they came between: exact in number, in bounded memory.
//!
//! A snapshot only raises a number. A map finds out when it next inserts in a new tick (taking a snapshot begins one):
//! what it has that came since the last number it knew came before the next one, for it inserted nothing since. So an
//! insertion writes nothing down here, and an exit only that of an entry which came before a snapshot that the map knows.

use super::ticks::Tick;
use crate::{
    snapshot::KEPT,
    threads::{
        atomic::{
            AtomicU32,
            Ordering::{Relaxed, SeqCst},
        },
        statics,
    },
};

/// The last [`KEPT`] snapshots, and all that came before the one before them.
const PLACES: usize = KEPT as usize + 1;

statics! {
    /// The number of the last snapshot of this process.
    static NEWEST: AtomicU32 = AtomicU32::new(0);
}

/// A snapshot is being taken.
pub(crate) fn snapshot_taken(number: u32, _: u64) {
    NEWEST.store(number, SeqCst);
}

/// The number of the last snapshot of this process; 0 if there is none.
#[inline(always)]
pub(crate) fn newest_snapshot() -> u32 {
    NEWEST.load(Relaxed)
}

#[inline(always)]
fn place(number: u32) -> usize {
    number as usize % PLACES
}

/// The numbers that are kept when `newest` is the last one, the oldest first.
fn kept(newest: u32) -> std::ops::RangeInclusive<u32> {
    newest.saturating_sub(KEPT)..=newest
}

/// The snapshots that a map knows of. Written by its owner.
pub(super) struct Epochs {
    /// The number of the last one.
    newest: AtomicU32,
    /// The first tick after the last one that found entries here; before every tick if none did.
    since: AtomicU32,
    /// The first tick after each, in the map's own time, which never goes back.
    starts: [AtomicU32; PLACES],
}

/// How many of a line's entries that came before each of these snapshots, and after the one before, are still there.
#[derive(Default)]
pub(super) struct BornBefore([AtomicU32; PLACES]);

impl Epochs {
    /// A map without entries knows of every snapshot.
    pub(super) fn starting_now() -> Self {
        Self {
            newest: AtomicU32::new(newest_snapshot()),
            since: AtomicU32::new(0),
            starts: [const { AtomicU32::new(0) }; PLACES],
        }
    }

    pub(super) fn newest(&self) -> u32 {
        self.newest.load(Relaxed)
    }

    /// Snapshots were taken up to this number; entries come from `now` on. `lines` are those of the map, each with the
    /// number of entries it has.
    pub(super) fn cut<'a>(
        &self,
        newest: u32,
        now: Tick,
        lines: impl Iterator<Item = (&'a BornBefore, u64)>,
    ) {
        let known = self.newest();
        let oldest = *kept(newest).start();
        for (line, entries) in lines {
            let mut before = line.read(known);
            let since: u64 = entries.saturating_sub(before.iter().map(|(_, n)| n).sum());
            before.push((known + 1, since));
            line.clear();
            for (number, entries) in before {
                let count = &line.0[place(number.max(oldest))];
                let entries = u32::try_from(entries).unwrap_or(u32::MAX);
                count.store(count.load(Relaxed).saturating_add(entries), Relaxed);
            }
        }
        for number in (known + 1).max(oldest)..=newest {
            self.starts[place(number)].store(now.0, Relaxed);
        }
        self.since.store(now.0, Relaxed);
        self.newest.store(newest, Relaxed);
    }

    /// Whether an entry that came at this moment came after the last snapshot.
    #[inline(always)]
    pub(super) fn is_newer(&self, born: Tick) -> bool {
        born.0 >= self.since.load(Relaxed)
    }

    /// Entries left that came at this moment.
    pub(super) fn left(&self, line: &BornBefore, born: Tick, entries: u32) {
        if self.is_newer(born) {
            return;
        }
        let number =
            kept(self.newest()).find(|number| born.0 < self.starts[place(*number)].load(Relaxed));
        if let Some(number) = number {
            let count = &line.0[place(number)];
            count.store(count.load(Relaxed).saturating_sub(entries), Relaxed);
        }
    }

    /// The entries of a line that has so many, by the snapshot they came before; those that came after the
    /// last one are left out.
    pub(super) fn read(&self, line: &BornBefore, entries: u64) -> Vec<(u32, u64)> {
        let known = self.newest();
        let mut found = line.read(known);
        let since = entries.saturating_sub(found.iter().map(|(_, n)| n).sum());
        if newest_snapshot() > known {
            found.push((known + 1, since));
        }
        found
    }
}

impl Clone for BornBefore {
    fn clone(&self) -> Self {
        Self(std::array::from_fn(|place| {
            AtomicU32::new(self.0[place].load(Relaxed))
        }))
    }
}

impl BornBefore {
    pub(super) fn clear(&self) {
        for count in &self.0 {
            count.store(0, Relaxed);
        }
    }

    fn read(&self, newest: u32) -> Vec<(u32, u64)> {
        kept(newest)
            .map(|number| {
                let entries = self.0[place(number)].load(Relaxed);
                (number, u64::from(entries))
            })
            .filter(|(_, entries)| *entries > 0)
            .collect()
    }
}
