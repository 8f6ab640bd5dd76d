//! What came and left since a map's account was last written: counted in batches of entries that are alike.
//!
//! Entries that one line inserts in one tick carry the same stamp, and those of them that leave in one tick have the
//! same age. So it is enough to count them, and to write down once for all of a batch when and where they came and how
//! old they got: an insertion or a removal costs a comparison and a count. A batch is written down when another one
//! needs its place; a reader adds what is still in batches to what it reads.
//!
//! One writer, the owner of the map.

use super::{
    Stamp,
    flight::{Scene, Who},
    ticks::Tick,
};
use crate::{
    RemovalCause,
    threads::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed},
};

/// Lines whose insertions are counted side by side. A power of two.
const ARRIVALS: usize = 4;
/// Stamps whose removals are counted side by side. A power of two.
const EXITS: usize = 16;

/// Entries with the same stamp: where both are kept.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a> {
    stamp: &'a AtomicU64,
    entries: &'a AtomicU32,
}

impl Batch<'_> {
    #[inline(always)]
    pub(super) fn stamp(self) -> Stamp {
        Stamp::from_bits(self.stamp.load(Relaxed))
    }

    /// One entry more.
    #[inline(always)]
    pub(super) fn bump(self) {
        let entries = self.entries.load(Relaxed);
        self.entries.store(entries.wrapping_add(1), Relaxed);
    }

    pub(super) fn entries(self) -> u32 {
        self.entries.load(Relaxed)
    }

    /// From here on it counts entries with this stamp, of which there are so many; what was counted is written down.
    #[inline(always)]
    pub(super) fn start(self, stamp: Stamp, entries: u32) {
        self.stamp.store(stamp.bits(), Relaxed);
        self.entries.store(entries, Relaxed);
    }
}

/// Entries that came, by line.
#[derive(Default)]
pub(super) struct Arrivals([Arrival; ARRIVALS]);

/// Entries that one line inserted in one tick. Of a size that its place is found by a shift.
#[derive(Default)]
#[repr(align(32))]
pub(super) struct Arrival {
    /// The thread and the line that insert.
    who: AtomicU64,
    stamp: AtomicU64,
    entries: AtomicU32,
    /// What the flight recorder notes of them.
    scene: AtomicU64,
}

impl Arrivals {
    /// The place of what this line and thread insert.
    #[inline(always)]
    pub(super) fn of(&self, who: Who) -> &Arrival {
        // A `Location` is 24 bytes, so neighbours have different places.
        &self.0[(who.bits() as usize / 8) % ARRIVALS]
    }

    pub(super) fn batches(&self) -> impl Iterator<Item = Batch<'_>> {
        self.0.iter().map(Arrival::batch)
    }
}

impl Arrival {
    #[inline(always)]
    pub(super) fn batch(&self) -> Batch<'_> {
        Batch {
            stamp: &self.stamp,
            entries: &self.entries,
        }
    }

    /// What the next entry of this line and thread carries, if it is one more of the batch.
    #[inline(always)]
    pub(super) fn next(&self, who: Who) -> Option<Stamp> {
        let stamp = self.batch().stamp();
        (self.who.load(Relaxed) == who.bits() && stamp.born().is_now()).then_some(stamp)
    }

    #[inline(always)]
    pub(super) fn scene(&self) -> Scene {
        Scene::from_bits(self.scene.load(Relaxed))
    }

    /// From here on it counts what this line and thread insert, of which this is the first; what was counted is written down.
    pub(super) fn start(&self, who: Who, stamp: Stamp, scene: Scene) {
        self.who.store(who.bits(), Relaxed);
        self.scene.store(scene.bits(), Relaxed);
        self.batch().start(stamp, 1);
    }
}

/// Entries that left for one reason in one tick, by stamp.
#[derive(Default)]
pub(super) struct Exits {
    /// The tick, and above it the cause.
    moment: AtomicU64,
    /// The thread and the line that removed keys last, if that was at this moment, and what the flight recorder notes of that.
    who: AtomicU64,
    scene: AtomicU64,
    stamps: [AtomicU64; EXITS],
    entries: [AtomicU32; EXITS],
}

/// When and why.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(u64);

impl Moment {
    #[inline(always)]
    fn new(tick: Tick, cause: RemovalCause) -> Self {
        Self(u64::from(tick.0) | (cause as u64) << u32::BITS)
    }

    pub(super) fn now(cause: RemovalCause) -> Self {
        Self::new(Tick::now(), cause)
    }

    /// Whether it is [`now`](Self::now), which is not known while the clock is stale.
    #[inline(always)]
    pub(super) fn is_now(self, cause: RemovalCause) -> bool {
        self == Self::new(Tick::cached(), cause)
    }

    pub(super) fn tick(self) -> Tick {
        Tick(self.0 as u32)
    }

    pub(super) fn cause(self) -> usize {
        (self.0 >> u32::BITS) as usize % RemovalCause::ALL.len()
    }
}

impl Exits {
    #[inline(always)]
    pub(super) fn moment(&self) -> Moment {
        Moment(self.moment.load(Relaxed))
    }

    /// From here on entries leave at this moment; what was counted is written down.
    pub(super) fn start(&self, moment: Moment) {
        self.moment.store(moment.0, Relaxed);
        self.who.store(0, Relaxed);
    }

    /// What the flight recorder notes of a removal of now by this line and thread, if one was noted already.
    #[inline(always)]
    pub(super) fn scene(&self, who: Who) -> Option<Scene> {
        let scene = Scene::from_bits(self.scene.load(Relaxed));
        (self.who.load(Relaxed) == who.bits()).then_some(scene)
    }

    /// From here on this is what it notes.
    pub(super) fn set_scene(&self, who: Who, scene: Scene) {
        self.who.store(who.bits(), Relaxed);
        self.scene.store(scene.bits(), Relaxed);
    }

    /// The place of entries with this stamp.
    #[inline(always)]
    pub(super) fn of(&self, stamp: Stamp) -> Batch<'_> {
        // By tick and by line. (Knuth, The Art of Computer Programming 3, 6.4: ticks that follow each other are spread.)
        let spread = stamp.bits().wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let place = (spread >> (u64::BITS - EXITS.ilog2())) as usize;
        Batch {
            stamp: &self.stamps[place],
            entries: &self.entries[place],
        }
    }

    pub(super) fn batches(&self) -> impl Iterator<Item = Batch<'_>> {
        let both = self.stamps.iter().zip(&self.entries);
        both.map(|(stamp, entries)| Batch { stamp, entries })
    }
}
