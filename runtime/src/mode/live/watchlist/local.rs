//! Values that only their own thread can ask (`Rc`): a list for each thread, over all sites.
//!
//! Looked at by the thread's own later exits and reports. When the thread ends, the dead are counted; what is alive then
//! is counted as such, because nobody can look at it again.

use std::{cell::RefCell, ptr};

use super::{Exit, LOOK_EVERY_MS, Watched, Watchlist};
use crate::{clock::now_ms, mode::live::Owners, threads::thread_local};

thread_local! {
    static LOCAL: RefCell<Local> = const {
        RefCell::new(Local {
            values: Vec::new(),
            looked_ms: 0,
        })
    };
}

struct Local {
    values: Vec<(&'static Watchlist, Watched<dyn Owners>)>,
    looked_ms: u64,
}

/// Puts a value on this thread's list, if its site has room. Not while the thread ends.
pub(super) fn admit(site: &'static Watchlist, watched: Watched<dyn Owners>) -> bool {
    let now = watched.exit.ms;
    with(|local| {
        local.look_if_due(now);
        let has_room = site.take_place();
        if has_room {
            local.values.push((site, watched));
        }
        has_room
    })
    .unwrap_or(false)
}

/// Gives up the handles of the dead.
pub(super) fn look(now: u64) {
    with(|local| local.look(now));
}

/// The same, unless somebody just did.
pub(super) fn look_if_due(now: u64) {
    with(|local| local.look_if_due(now));
}

/// Shows each value of this site that this thread can ask.
pub(super) fn each_of(site: &Watchlist, see: &mut dyn FnMut(&Exit, usize)) {
    with(|local| {
        for (of, watched) in &local.values {
            if ptr::eq(*of, site) {
                see(&watched.exit, watched.owners.strong_count());
            }
        }
    });
}

/// Nothing is done while the thread ends, or from within (an allocator that is observed itself).
fn with<R>(f: impl FnOnce(&mut Local) -> R) -> Option<R> {
    LOCAL
        .try_with(|local| local.try_borrow_mut().ok().map(|mut local| f(&mut local)))
        .ok()
        .flatten()
}

impl Local {
    fn look_if_due(&mut self, now: u64) {
        if now.abs_diff(self.looked_ms) >= LOOK_EVERY_MS {
            self.look(now);
        }
    }

    fn look(&mut self, now: u64) {
        self.looked_ms = now;
        self.values.retain(|(site, watched)| {
            let alive = watched.owners.strong_count() > 0;
            if !alive {
                site.finalised(&watched.exit, now);
                site.give_place(1);
            }
            alive
        });
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        self.look(now_ms());
        for (site, watched) in &self.values {
            site.outlived_thread.add(watched.exit.weight);
            site.give_place(1);
        }
    }
}
