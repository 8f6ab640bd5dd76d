//! Strict: which shards each thread holds, and since which line. A thread that would wait for itself is told so instead.
//!
//! Only the thread itself reads and writes its list, which is as long as it has guards; of guards beyond [`MOST`] (they were
//! leaked, or a map has that many shards) nothing is known.

use std::{cell::RefCell, panic::Location};

use super::super::Caller;
use crate::Site;

/// Guards of a thread that are known at a time.
const MOST: usize = 1 << 12;

/// One guard, for as long as it lives. It stays on its thread, as the lock's own guard beside it does.
pub(crate) struct Hold {
    /// 0 if it is not on the list.
    number: u64,
}

struct Held {
    number: u64,
    shard: usize,
    writes: bool,
    at: Option<&'static Location<'static>>,
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
    pub(crate) fn of_reader(shard: usize, at: Caller) -> Self {
        Self::new(shard, false, at)
    }

    pub(crate) fn of_writer(shard: usize, at: Caller) -> Self {
        Self::new(shard, true, at)
    }

    fn new(shard: usize, writes: bool, at: Caller) -> Self {
        let number = with_held(|this| {
            if this.held.len() >= MOST {
                return 0;
            }
            this.last += 1;
            this.held.push(Held {
                number: this.last,
                shard,
                writes,
                at: at.location(),
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
                held.writes = false;
            }
        });
        self
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if self.number != 0 {
            with_held(|this| {
                let place = this
                    .held
                    .iter()
                    .rposition(|held| held.number == self.number);
                place.map(|place| this.held.remove(place))
            });
        }
    }
}

/// A shard is not to be had for reading at once.
///
/// # Panics
/// If this thread writes to it.
#[track_caller]
pub(crate) fn about_to_read(shard: usize, site: Option<&'static Site>) {
    refuse(shard, site, "read", |held| held.writes);
}

/// A shard is not to be had for writing at once.
///
/// # Panics
/// If this thread reads it or writes to it.
#[track_caller]
pub(crate) fn about_to_write(shard: usize, site: Option<&'static Site>) {
    refuse(shard, site, "write to", |_| true);
}

#[track_caller]
fn refuse(shard: usize, site: Option<&'static Site>, act: &str, conflicts: fn(&Held) -> bool) {
    let held = with_held(|this| {
        let mut held = this.held.iter();
        let held = held.find(|held| held.shard == shard && conflicts(held))?;
        Some((held.writes, held.at))
    });
    let Some((writes, at)) = held else { return };
    let site = site.map_or("an untracked map", |site| site.name());
    let holds = if writes { "writes to" } else { "reads" };
    let at = at.map_or_else(|| "an unknown line".to_owned(), ToString::to_string);
    panic!(
        "deadlock in {site}: this thread would wait for itself to {act} a shard that it {holds} since {at}; drop that guard \
         first"
    );
}
