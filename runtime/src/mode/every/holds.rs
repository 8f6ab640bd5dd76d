//! Strict: which shards each thread holds, and since when and which line. A thread that would wait for itself is told so
//! instead; a guard that was held for long, and maps that are locked in opposite orders, are reported.
//!
//! Only the thread itself reads and writes its list, which is as long as it has guards; of guards beyond [`MOST`] (they were
//! leaked, or a map has that many shards) nothing is known. Guards that went to another thread (feature `send_guard`) are
//! noted by whoever let them go, for the thread that took them to strike out ([`Away`]).

use std::{cell::RefCell, time::Duration};

use super::{super::SEND_GUARDS, orders};
use crate::{
    Site,
    sync::Ask,
    threads::{
        Instant, Mutex, PoisonError,
        atomic::{
            AtomicBool, AtomicU64,
            Ordering::{Acquire, Relaxed, Release},
        },
        statics, thread, thread_local,
    },
};

/// Who asked.
pub(super) fn line(ask: Ask) -> String {
    let at = ask.at.location();
    at.map_or_else(|| "an unknown line".to_owned(), ToString::to_string)
}

/// The number of a map, by which two of a site are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct MapId(u64);

impl MapId {
    /// One that no other map has.
    pub(crate) fn next() -> Self {
        statics! {
            static NEXT: AtomicU64 = AtomicU64::new(1);
        }
        Self(NEXT.fetch_add(1, Relaxed))
    }

    pub(super) fn number(self) -> u64 {
        self.0
    }
}

/// Guards of a thread that are known at a time.
const MOST: usize = 1 << 12;

/// One guard, for as long as it lives.
pub(crate) struct Hold {
    held: Held,
    /// The thread that took it; 0 if it is not on that one's list.
    thread: u64,
}

#[derive(Clone, Copy)]
struct Held {
    /// Which one of its thread's it is.
    number: u64,
    ask: Ask,
    since: Instant,
    /// Whether a hook of its map runs.
    in_hook: bool,
}

struct OfThread {
    /// A number that no other thread has.
    thread: u64,
    held: Vec<Held>,
    last: u64,
}

impl OfThread {
    fn new() -> Self {
        statics! {
            static NEXT: AtomicU64 = AtomicU64::new(1);
        }
        Self {
            thread: NEXT.fetch_add(1, Relaxed),
            held: Vec::new(),
            last: 0,
        }
    }
}

thread_local! {
    static HELD: RefCell<OfThread> = RefCell::new(OfThread::new());
}

/// Nothing is known while a thread ends: what its other locals hold is let go then.
fn with_held<R: Default>(look: impl FnOnce(&mut OfThread) -> R) -> R {
    HELD.try_with(|held| {
        let this = &mut held.borrow_mut();
        if SEND_GUARDS {
            Away::strike_out(this);
        }
        look(this)
    })
    .unwrap_or_default()
}

/// Guards that were let go by other threads than those that took them, and that are on the lists of these yet: threads and
/// numbers. Beyond [`MOST`] they are forgotten, and a thread may believe that it has them.
struct Away;

statics! {
    static AWAY: Mutex<Vec<(u64, u64)>> = Mutex::new(Vec::new());
    static ANY_AWAY: AtomicBool = AtomicBool::new(false);
}

impl Away {
    fn note(thread: u64, number: u64) {
        let mut away = AWAY.lock().unwrap_or_else(PoisonError::into_inner);
        if away.len() < MOST {
            away.push((thread, number));
        }
        ANY_AWAY.store(true, Release);
    }

    fn strike_out(this: &mut OfThread) {
        if ANY_AWAY.load(Acquire) {
            let mut away = AWAY.lock().unwrap_or_else(PoisonError::into_inner);
            for (_, number) in away.extract_if(.., |(thread, _)| *thread == this.thread) {
                this.held.retain(|held| held.number != number);
            }
            ANY_AWAY.store(!away.is_empty(), Release);
        }
    }
}

impl Hold {
    pub(crate) fn of(ask: Ask) -> Self {
        let mut held = Held {
            number: 0,
            ask,
            since: Instant::now(),
            in_hook: false,
        };
        let thread = with_held(|this| {
            if this.held.len() >= MOST {
                return 0;
            }
            this.last += 1;
            held.number = this.last;
            this.held.push(held);
            this.thread
        });
        Self { held, thread }
    }

    /// It only reads from now on.
    pub(crate) fn downgraded(mut self) -> Self {
        self.held.ask.writes = false;
        with_held(|this| {
            let mut held = this.held.iter_mut();
            if self.thread == this.thread
                && let Some(held) = held.rfind(|held| held.number == self.held.number)
            {
                held.ask.writes = false;
            }
        });
        self
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let (thread, number) = (self.thread, self.held.number);
        let is_here = thread == 0
            || with_held(|this| {
                if this.thread != thread {
                    return false;
                }
                let place = this.held.iter().rposition(|held| held.number == number);
                place.map(|place| this.held.remove(place));
                true
            });
        if !is_here && SEND_GUARDS {
            Away::note(thread, number);
            went_away(self.held.ask);
        }
        let_go(self.held.ask, self.held.since.elapsed());
    }
}

/// A guard was let go by another thread than the one that took it.
#[cold]
fn went_away(ask: Ask) {
    let Some(site) = ask.site else { return };
    if site.record.state().may_warn() {
        let name = site.name();
        let thread = thread::current();
        tracing::warn!(
            target: "mapkeeper::locks",
            site = name,
            "a guard of {name} was taken at {} and let go by another thread ({}): it lives across an `.await`, or was sent \
             there; who needs its shard meanwhile waits with a thread of its runtime, so let it go before the `.await`",
            line(ask),
            thread.name().unwrap_or("unnamed"),
        );
    }
}

/// For as long as a hook runs.
pub(crate) struct InHook {
    /// The hold that it runs under; 0 if that is not known.
    number: u64,
}

/// A hook of a map of this site begins, under the lock that was taken last.
pub(crate) fn in_hook(site: Option<&'static Site>) -> InHook {
    let is_of = |other: Option<&'static Site>| match (site, other) {
        (Some(site), Some(other)) => std::ptr::eq(site, other),
        (site, other) => site.is_none() && other.is_none(),
    };
    let number = with_held(|this| {
        let mut held = this.held.iter_mut();
        let held = held.rfind(|held| held.ask.writes && is_of(held.ask.site))?;
        // Where one runs already, it ends later.
        (!std::mem::replace(&mut held.in_hook, true)).then_some(held.number)
    });
    InHook {
        number: number.unwrap_or_default(),
    }
}

impl Drop for InHook {
    fn drop(&mut self) {
        with_held(|this| {
            let mut held = this.held.iter_mut();
            if let Some(held) = held.rfind(|held| held.number == self.number) {
                held.in_hook = false;
            }
        });
    }
}

statics! {
    static LONG_HOLD_MS: AtomicU64 = AtomicU64::new(1_000);
}

pub(crate) fn set_long_hold(least: Duration) {
    let least = u64::try_from(least.as_millis()).unwrap_or(u64::MAX);
    LONG_HOLD_MS.store(least, Relaxed);
}

fn let_go(ask: Ask, time: Duration) {
    let Some(site) = ask.site else { return };
    let state = site.record.state();
    state.contention.held(time, ask.at.location());
    let is_long = time.as_millis() >= u128::from(LONG_HOLD_MS.load(Relaxed));
    if is_long && state.may_warn() {
        let name = site.name();
        tracing::warn!(
            target: "mapkeeper::locks",
            site = name,
            "a guard of {name} was held for {} ms, taken at {}: whoever needs its shard waits so long; drop it before slow work",
            time.as_millis(),
            line(ask),
        );
    }
}

/// A thread asks for a shard and will wait if it is not to be had.
///
/// # Panics
/// If it would wait for itself.
#[track_caller]
pub(crate) fn about_to_wait(ask: Ask) {
    let mine = with_held(|this| {
        for held in &this.held {
            let is_same = held.ask.shard == ask.shard && (ask.writes || held.ask.writes);
            if is_same || (held.in_hook && held.ask.map == ask.map) {
                return Some((held.ask, held.in_hook));
            }
            orders::note(held.ask, ask);
        }
        None
    });
    if let Some((held, in_hook)) = mine {
        refuse(held, in_hook, ask);
    }
}

#[cold]
#[track_caller]
fn refuse(held: Ask, in_hook: bool, ask: Ask) {
    let site = ask.site.map_or("an untracked map", |site| site.name());
    if in_hook {
        panic!(
            "deadlock in {site}: a hook of it calls back into it while an entry is taken out at {}, and may wait for itself; \
             call it once the removal is done",
            line(held)
        );
    }
    let act = if ask.writes { "write to" } else { "read" };
    let holds = if held.writes { "writes to" } else { "reads" };
    panic!(
        "deadlock in {site}: this thread would wait for itself to {act} a shard that it {holds} since {}; drop that guard first",
        line(held)
    );
}
