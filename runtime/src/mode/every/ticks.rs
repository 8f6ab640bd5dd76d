//! A clock that costs one load to read: ticks of 10 ms.
//!
//! A helper thread (`mapkeeper-clock`, strict only) makes the cached tick stale every 10 ms; whoever reads a stale one
//! asks the real clock. While nobody asks, the thread sleeps without waking. If it cannot be started, every reading
//! asks the real clock.

use std::time::Duration;

use crate::{
    clock::now_ms,
    threads::{
        OnceLock,
        atomic::{
            AtomicBool, AtomicU32,
            Ordering::{Relaxed, SeqCst},
        },
        statics,
        thread::{self, Thread},
    },
};

pub(crate) const TICK_MS: u64 = 10;

/// A time, in ticks since the process' epoch, from 1. Lasts 497 days.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tick(pub(super) u32);

statics! {
    /// The current tick; 0 when it is stale.
    static NOW: AtomicU32 = AtomicU32::new(0);
    /// How often the clock was set by a test.
    static MOVES: AtomicU32 = AtomicU32::new(0);
    static CLOCK: OnceLock<Option<Thread>> = OnceLock::new();
    static ASLEEP: AtomicBool = AtomicBool::new(false);
}

impl Tick {
    /// Before every tick.
    pub(crate) const NEVER: Self = Self(0);
    /// After every tick.
    pub(crate) const LATEST: Self = Self(u32::MAX);

    /// The current tick, at most 10 ms old.
    #[inline(always)]
    pub(crate) fn now() -> Self {
        match Self::cached() {
            Self::NEVER => Self::read(),
            now => now,
        }
    }

    /// The current tick if somebody read it lately, or [`NEVER`](Self::NEVER).
    #[inline(always)]
    pub(crate) fn cached() -> Self {
        Self(NOW.load(Relaxed))
    }

    #[cold]
    #[inline(never)]
    fn read() -> Self {
        let moves = MOVES.load(SeqCst);
        let tick = u32::try_from(now_ms() / TICK_MS + 1).unwrap_or(u32::MAX - 1);
        if let Some(clock) = CLOCK.get_or_init(start) {
            NOW.store(tick, SeqCst);
            if MOVES.load(SeqCst) != moves {
                // The clock was set meanwhile.
                NOW.store(0, SeqCst);
            }
            if ASLEEP.load(SeqCst) {
                clock.unpark();
            }
        }
        Self(tick)
    }

    /// The clock was set: whoever reads next asks it.
    pub(crate) fn forget() {
        MOVES.fetch_add(1, SeqCst);
        NOW.store(0, SeqCst);
    }

    /// Whether this is the tick that [`now`](Self::now) would answer without asking the real clock.
    #[inline(always)]
    pub(crate) fn is_now(self) -> bool {
        self == Self::cached()
    }

    /// Milliseconds of the process' clock.
    pub(crate) fn as_ms(self) -> u64 {
        u64::from(self.0.saturating_sub(1)) * TICK_MS
    }

    /// When the tick ends.
    pub(crate) fn end_ms(self) -> u64 {
        self.as_ms() + TICK_MS
    }

    /// Milliseconds from `earlier` to this tick.
    pub(crate) fn since_ms(self, earlier: Self) -> u64 {
        u64::from(self.0.saturating_sub(earlier.0)) * TICK_MS
    }
}

fn start() -> Option<Thread> {
    thread::Builder::new()
        .name("mapkeeper-clock".to_owned())
        .stack_size(64 * 1024)
        .spawn(|| {
            loop {
                thread::sleep(Duration::from_millis(TICK_MS));
                if NOW.swap(0, SeqCst) == 0 {
                    // Nobody read the clock since the last tick.
                    ASLEEP.store(true, SeqCst);
                    if NOW.load(SeqCst) == 0 {
                        thread::park();
                    }
                    ASLEEP.store(false, SeqCst);
                }
            }
        })
        .ok()
        .map(|handle| handle.thread().clone())
}
