//! Strict: which shards each thread holds, and since when and which line. A thread that would wait for itself is told so
//! instead; a guard that was held for long, and maps that are locked in opposite orders, are reported.
//!
//! Only the thread itself reads and writes its list, which is as long as it has guards; of guards beyond [`MOST`] (they were
//! leaked, or a map has that many shards) nothing is known.

use std::{cell::RefCell, time::Duration};

use super::orders;
use crate::{
    sync::Ask,
    threads::{
        Instant,
        atomic::{AtomicU64, Ordering::Relaxed},
        statics, thread_local,
    },
};

/// Who asked.
pub(super) fn line(ask: Ask) -> String {
    let at = ask.at.location();
    at.map_or_else(|| "an unknown line".to_owned(), ToString::to_string)
}

/// Guards of a thread that are known at a time.
const MOST: usize = 1 << 12;

/// One guard, for as long as it lives. It stays on its thread, as the lock's own guard beside it does.
pub(crate) struct Hold {
    /// 0 if it is not on the list.
    number: u64,
}

struct Held {
    number: u64,
    ask: Ask,
    since: Instant,
}

#[derive(Default)]
struct OfThread {
    held: Vec<Held>,
    last: u64,
}

thread_local! {
    static HELD: RefCell<OfThread> = RefCell::default();
}

/// Nothing is known while a thread ends: what its other locals hold is let go then.
fn with_held<R: Default>(look: impl FnOnce(&mut OfThread) -> R) -> R {
    HELD.try_with(|held| look(&mut held.borrow_mut()))
        .unwrap_or_default()
}

impl Hold {
    pub(crate) fn of(ask: Ask) -> Self {
        let number = with_held(|this| {
            if this.held.len() >= MOST {
                return 0;
            }
            this.last += 1;
            this.held.push(Held {
                number: this.last,
                ask,
                since: Instant::now(),
            });
            this.last
        });
        Self { number }
    }

    /// It only reads from now on.
    pub(crate) fn downgraded(self) -> Self {
        with_held(|this| {
            let mut held = this.held.iter_mut();
            if let Some(held) = held.rfind(|held| held.number == self.number) {
                held.ask.writes = false;
            }
        });
        self
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let held = with_held(|this| {
            let place = this
                .held
                .iter()
                .rposition(|held| held.number == self.number)?;
            Some(this.held.remove(place))
        });
        if let Some(Held { ask, since, .. }) = held {
            let_go(ask, since.elapsed());
        }
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
            if held.ask.shard == ask.shard && (ask.writes || held.ask.writes) {
                return Some(held.ask);
            }
            orders::note(held.ask, ask);
        }
        None
    });
    if let Some(held) = mine {
        refuse(held, ask);
    }
}

#[cold]
#[track_caller]
fn refuse(held: Ask, ask: Ask) {
    let site = ask.site.map_or("an untracked map", |site| site.name());
    let act = if ask.writes { "write to" } else { "read" };
    let holds = if held.writes { "writes to" } else { "reads" };
    panic!(
        "deadlock in {site}: this thread would wait for itself to {act} a shard that it {holds} since {}; drop that guard first",
        line(held)
    );
}
