//! The flight recorder: the last operations of each map, with thread, time and line.
//!
//! An operation is two words: the hash of its key, and a *scene*, which says who did what when and where. Scenes are made
//! once for each line, thread and tick, so that an operation costs a few comparisons and stores. Keys are never kept, but
//! as text where the programmer allowed it.

mod reading;
mod returns;
mod ring;
mod rings;
mod texts;
mod threads;

use std::{
    panic::{AssertUnwindSafe, Location, catch_unwind},
    sync::Arc,
};

pub(crate) use reading::read_all;
pub(super) use returns::GoneReturns;
use ring::Ring;
use rings::rings;
pub(super) use threads::{in_scope, set_in_scope};

use super::{
    super::{Caller, UNKNOWN_KEY, live::CallSites},
    ticks::Tick,
};
use crate::{
    Operation, RemovalCause, Site,
    threads::{
        atomic::{AtomicU32, AtomicU64, Ordering::Relaxed},
        statics,
    },
};

statics! {
    /// Lines by number, of all maps.
    static PLACES: CallSites<4096> = CallSites::new();
}

/// Who did what when and where, in one word: the tick in the lower half, then what was done (4 bits), the line (12) and the
/// thread (16).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Scene(u64);

impl Scene {
    /// No operation's.
    pub(super) const NONE: Self = Self(0);

    const DID: u32 = 32;
    const PLACE: u32 = 36;

    /// Of the calling thread, now.
    pub(super) fn now(did: Operation, line: Option<&'static Location<'static>>) -> Self {
        Self::at(Tick::now(), did, line)
    }

    /// Of the calling thread, at this tick.
    pub(super) fn at(tick: Tick, did: Operation, line: Option<&'static Location<'static>>) -> Self {
        let place = line.map_or(0, |line| PLACES.id_of(line)) as u64;
        let tick = u64::from(tick.0);
        Self(threads::my_bits() | place << Self::PLACE | (did as u64) << Self::DID | tick)
    }

    #[inline(always)]
    pub(super) fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    #[inline(always)]
    pub(super) fn bits(self) -> u64 {
        self.0
    }

    #[inline(always)]
    pub(super) fn tick(self) -> Tick {
        Tick(self.0 as u32)
    }

    fn thread(self) -> u16 {
        (self.0 >> threads::SHIFT) as u16
    }

    fn place(self) -> usize {
        (self.0 >> Self::PLACE) as usize % (1 << (threads::SHIFT - Self::PLACE))
    }

    fn did(self) -> Operation {
        let number = (self.0 >> Self::DID) as usize % (1 << (Self::PLACE - Self::DID));
        Operation::ALL[number % Operation::ALL.len()]
    }

    pub(super) fn line(self) -> Option<&'static Location<'static>> {
        PLACES.location(self.place())
    }
}

/// Who calls: a line and a thread, in one word. A `Location` lives below 2^48.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Who(u64);

impl Who {
    /// The calling thread, by this line; in a test's scope another one than outside.
    #[inline(always)]
    pub(super) fn at(line: &'static Location<'static>) -> Self {
        Self(std::ptr::from_ref(line).addr() as u64 ^ threads::token())
    }

    /// The same thread and line outside of scopes.
    pub(super) fn outside(self) -> Self {
        Self(self.0 & !threads::IN_SCOPE)
    }

    #[inline(always)]
    pub(super) fn bits(self) -> u64 {
        self.0
    }
}

/// The scene of the last operation of one kind, and whose it is.
#[derive(Default)]
struct Last {
    who: AtomicU64,
    scene: AtomicU64,
}

impl Last {
    #[inline(always)]
    fn scene(&self) -> Scene {
        Scene::from_bits(self.scene.load(Relaxed))
    }

    #[inline(always)]
    fn is(&self, who: Who) -> bool {
        self.who.load(Relaxed) == who.bits()
    }

    /// From here on it is this one.
    fn start(&self, did: Operation, line: &'static Location<'static>) -> Scene {
        // First: it gives the thread its number, by which it is known.
        let scene = Scene::now(did, Some(line));
        self.who.store(Who::at(line).bits(), Relaxed);
        self.scene.store(scene.bits(), Relaxed);
        scene
    }
}

/// The flight recorder of one map.
pub(super) struct Flight {
    ring: Arc<Ring>,
    /// Where the ring is kept; `None` if it is nobody's.
    place: Option<usize>,
    removed: Last,
    replaced: Last,
    missed: Last,
    /// The tick at which it was last looked for keys that came back.
    looked_at: AtomicU32,
}

impl Flight {
    pub(super) fn of(site: &'static Site, map: u64) -> Self {
        let (ring, place) = rings().take(site, map);
        Self {
            ring,
            place,
            removed: Last::default(),
            replaced: Last::default(),
            missed: Last::default(),
            looked_at: AtomicU32::new(0),
        }
    }

    /// A key came, or was removed, in this scene.
    #[inline(always)]
    pub(super) fn note(&self, hash: u64, scene: Scene) {
        self.ring.push(hash, scene);
    }

    /// A key is removed by this line.
    #[inline]
    pub(super) fn leaves(&self, hash: u64, line: &'static Location<'static>) {
        self.note_as(&self.removed, Operation::Removed, hash, line);
    }

    /// A value took the place of another.
    #[inline(always)]
    pub(super) fn replaced(&self, hash: u64, line: &'static Location<'static>) {
        self.note_as(&self.replaced, Operation::Replaced, hash, line);
    }

    /// A removal found nothing.
    #[inline(always)]
    pub(super) fn missed(&self, hash: u64, line: &'static Location<'static>) {
        self.note_as(&self.missed, Operation::Missed, hash, line);
    }

    #[inline(always)]
    fn note_as(&self, last: &Last, did: Operation, hash: u64, line: &'static Location<'static>) {
        let scene = last.scene();
        if last.is(Who::at(line)) && scene.tick().is_now() {
            self.ring.push(hash, scene);
        } else {
            self.note_first(last, did, hash, line);
        }
    }

    /// The first one of a line and a thread in a tick.
    #[cold]
    #[inline(never)]
    fn note_first(&self, last: &Last, did: Operation, hash: u64, line: &'static Location<'static>) {
        self.ring.push(hash, last.start(did, line));
    }

    /// Entries came or left together; the same again counts with the last.
    pub(super) fn all(&self, did: Operation, entries: u64, by: Option<&'static Location<'static>>) {
        let scene = Scene::now(did, by);
        if !self.ring.add_to_last(entries, scene) {
            self.ring.push(entries, scene);
        }
    }

    /// The text of a key, asked for if it is not known; asking is user code.
    #[cold]
    #[inline(never)]
    pub(super) fn name_key(&self, hash: u64, text: &dyn Fn() -> Option<String>) {
        if self.place.is_none() || self.ring.has_text(hash) {
            return;
        }
        // An observer has no say in what the operation does.
        if let Ok(Some(text)) = catch_unwind(AssertUnwindSafe(text)) {
            self.ring.keep_text(hash, &text);
        }
    }

    /// Looks for keys that came back since the last time, once a tick; `came_back` is told the lines that brought them.
    pub(super) fn look(&self, now: Tick, came_back: impl FnMut(Scene)) {
        if self.looked_at.load(Relaxed) == now.0 {
            return;
        }
        self.looked_at.store(now.0, Relaxed);
        if self.place.is_some()
            && let Some(mut returns) = self.ring.try_returns()
        {
            returns.look(&self.ring, came_back);
        }
    }

    /// The map goes.
    pub(super) fn end(&self) {
        if let Some(place) = self.place {
            rings().end(place);
        }
    }
}

impl Caller {
    /// The line that called; strict always knows it.
    #[inline(always)]
    pub(super) fn line(self) -> &'static Location<'static> {
        self.0
    }
}

impl From<RemovalCause> for Operation {
    fn from(cause: RemovalCause) -> Self {
        match cause {
            RemovalCause::Removed => Self::Removed,
            RemovalCause::Replaced => Self::Replaced,
            RemovalCause::Cleared => Self::Cleared,
            RemovalCause::Drained => Self::Drained,
            RemovalCause::Filtered => Self::Filtered,
            RemovalCause::Taken => Self::Taken,
            RemovalCause::MapDropped => Self::MapDropped,
        }
    }
}
