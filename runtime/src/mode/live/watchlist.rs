//! The values of one site that left and may live on, each by a weak handle.
//!
//! Bounded: at most [`detail::MAX_WATCHED`] at a time, over all threads; who finds no room is told so. Writers never
//! wait: they find a list that is held as they find a full one. No user code runs while a list is held. A handle is given
//! up when its value is found dead, so a latency is an upper bound: until the next look, which later exits and reports take.

mod groups;
mod local;

use std::{panic::Location, sync::Weak, time::Duration};

use super::{Count, Handle, Owners};
use crate::{
    AgeHistogram, RemovalCause, WeakValue,
    lifecycle::ages::{BUCKETS, bucket_of},
    mode::detail,
    report::AfterRemoval,
    retained_after,
    threads::{
        Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};
use groups::Groups;

/// Lists are looked through at most this often, but for reports.
const LOOK_EVERY_MS: u64 = 10;

/// How a value left.
#[derive(Clone, Copy)]
pub(crate) struct Exit {
    pub(crate) at: Option<&'static Location<'static>>,
    pub(crate) cause: RemovalCause,
    pub(crate) ms: u64,
    /// How many values it stands for.
    pub(crate) weight: u64,
}

/// Whether a value is watched now.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It is; the number is its own.
    Watched(u64),
    NoRoom,
    /// It is none that can be watched.
    NotWatchable,
}

/// A value that left.
struct Watched<O: ?Sized> {
    id: u64,
    exit: Exit,
    owners: Box<O>,
}

/// A guard that is alive. Its end it reports itself.
struct Guard {
    exit: Exit,
    alive: Weak<dyn std::any::Any + Send + Sync>,
}

/// See the [module](self).
#[derive(Default)]
pub(crate) struct Watchlist {
    /// Handles in all lists: this one and those of threads.
    watched: AtomicU64,
    last_id: AtomicU64,
    list: Mutex<List>,
    latency: Latency,
    handed_over: Count,
    outlived_thread: Count,
    /// Not watched because the list was held, or a guard found no room.
    not_watched: Count,
}

struct Latency([Count; BUCKETS]);

impl Default for Latency {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Count::default()))
    }
}

#[derive(Default)]
struct List {
    values: Vec<Watched<dyn Owners + Send>>,
    guards: Vec<Guard>,
    looked_ms: u64,
}

impl Watchlist {
    /// Watches a value that is leaving, one that nobody else owns only `if_sole`. `watcher` may be user code.
    pub(crate) fn admit(
        &'static self,
        exit: Exit,
        if_sole: bool,
        watcher: impl FnOnce() -> Option<WeakValue>,
    ) -> Admission {
        if retained_after() == Duration::MAX {
            return Admission::NotWatchable;
        }
        if self.is_full() && !self.make_room(exit.ms) {
            return Admission::NoRoom;
        }
        let Some(handle) = watcher().map(|value| value.0) else {
            return Admission::NotWatchable;
        };
        if !if_sole && handle.strong_count() < 2 {
            return Admission::NotWatchable;
        }
        let id = self.last_id.fetch_add(1, Relaxed);
        match handle {
            Handle::Shared(owners) => {
                let Some(mut list) = self.try_list() else {
                    self.not_watched.add(exit.weight);
                    return Admission::NotWatchable;
                };
                self.look_if_due(&mut list, exit.ms);
                if !self.take_place() {
                    return Admission::NoRoom;
                }
                list.values.push(Watched { id, exit, owners });
            }
            Handle::Local(owners) => {
                if !local::admit(self, Watched { id, exit, owners }) {
                    return Admission::NoRoom;
                }
            }
        }
        Admission::Watched(id)
    }

    /// Watches a guard, for as long as `alive` has an owner.
    pub(crate) fn admit_guard(&self, exit: Exit, alive: Weak<dyn std::any::Any + Send + Sync>) {
        if retained_after() == Duration::MAX {
            return;
        }
        if let Some(mut list) = self.try_list() {
            self.look_if_due(&mut list, exit.ms);
            if self.take_place() {
                return list.guards.push(Guard { exit, alive });
            }
        }
        self.not_watched.add(exit.weight);
    }

    /// The value of this number may be dead by now: says so at once rather than at the next look.
    pub(crate) fn settle(&self, id: u64, now: u64) {
        let Some(mut list) = self.try_list() else {
            return;
        };
        match list.values.iter().position(|watched| watched.id == id) {
            Some(place) if list.values[place].owners.strong_count() == 0 => {
                let watched = list.values.swap_remove(place);
                self.finalised(&watched.exit, now);
                self.give_place(1);
            }
            Some(_) => {}
            None => {
                drop(list);
                local::look(now);
            }
        }
    }

    /// A value was dropped.
    pub(crate) fn finalised(&self, exit: &Exit, now: u64) {
        self.latency.0[bucket_of(now.saturating_sub(exit.ms))].add(exit.weight);
    }

    /// A guard gave its value away.
    pub(crate) fn handed_over(&self) {
        self.handed_over.add(1);
    }

    /// Looks at everything, and says what is known.
    pub(crate) fn read(&self, now: u64) -> AfterRemoval {
        local::look(now);
        let (mut groups, mut alive) = (Groups::default(), AgeHistogram::default());
        let retained_after = retained_after();
        let mut see = |exit: &Exit, owners: usize| {
            let age_ms = now.saturating_sub(exit.ms);
            if owners > 0 {
                alive.add(age_ms, exit.weight);
            }
            if Duration::from_millis(age_ms) >= retained_after {
                groups.add(exit, owners, age_ms);
            }
        };
        {
            let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
            self.look(&mut list, now);
            for watched in &list.values {
                see(&watched.exit, watched.owners.strong_count());
            }
            for guard in &list.guards {
                see(&guard.exit, guard.alive.strong_count());
            }
        }
        local::each_of(self, &mut see);
        let mut report = AfterRemoval {
            watched: self.watched.load(Relaxed),
            handed_over: self.handed_over.get(),
            outlived_thread: self.outlived_thread.get(),
            not_watched: self.not_watched.get(),
            retained: groups.into_retained(),
            alive,
            ..AfterRemoval::default()
        };
        for (bucket, count) in self.latency.0.iter().enumerate() {
            report.latency.add_to_bucket(bucket, count.get());
        }
        report.finalised = report.latency.total();
        report
    }

    fn is_full(&self) -> bool {
        self.watched.load(Relaxed) >= detail::MAX_WATCHED
    }

    /// Looks for handles to give up, unless somebody just did. Whether there is room now.
    fn make_room(&self, now: u64) -> bool {
        if let Some(mut list) = self.try_list() {
            self.look_if_due(&mut list, now);
        }
        local::look_if_due(now);
        !self.is_full()
    }

    fn try_list(&self) -> Option<MutexGuard<'_, List>> {
        match self.list.try_lock() {
            Ok(list) => Some(list),
            Err(TryLockError::Poisoned(list)) => Some(list.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn look_if_due(&self, list: &mut List, now: u64) {
        if now.abs_diff(list.looked_ms) >= LOOK_EVERY_MS {
            self.look(list, now);
        }
    }

    /// Gives up the handles of the dead.
    fn look(&self, list: &mut List, now: u64) {
        list.looked_ms = now;
        let before = list.values.len() + list.guards.len();
        list.values.retain(|watched| {
            let alive = watched.owners.strong_count() > 0;
            if !alive {
                self.finalised(&watched.exit, now);
            }
            alive
        });
        list.guards.retain(|guard| guard.alive.strong_count() > 0);
        self.give_place(before - list.values.len() - list.guards.len());
    }

    fn take_place(&self) -> bool {
        let took = self.watched.fetch_add(1, Relaxed) < detail::MAX_WATCHED;
        if !took {
            self.give_place(1);
        }
        took
    }

    fn give_place(&self, places: usize) {
        if places > 0 {
            self.watched.fetch_sub(places as u64, Relaxed);
        }
    }
}
