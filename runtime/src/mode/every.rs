//! Strict: what is known of every entry.
//!
//! Each entry carries an eight-byte [`Stamp`]: when it was inserted, by which line, and which line emptied it. Ages are
//! read off a coarse clock (10 ms). A `&mut` that was handed out is looked at again at the next operation.

mod after_removal;
mod cohorts;
mod loans;
mod stamp;
mod ticks;

use std::panic::Location;

use hashbrown::HashTable;
use once_cell::race::OnceBox;

use super::{
    Caller,
    live::{BreachKind, Instance, LINES, LineFigures, LineId, OTHER, Recorder, watches_residue},
};
use crate::{
    Keeper, Site,
    hash_map::{Rehash, Slot},
};
pub(crate) use after_removal::{
    MAX_WATCHED, WATCHES_BULK, WATCHES_SOLE_OWNERS, WEIGHT, is_picked, lifecycle,
};
use cohorts::{Cohorts, Epochs};
use loans::Lent;
use stamp::FULL;
pub(crate) use stamp::Stamp;
use ticks::Tick;

/// Every map that allocated registers: in tests, maps are small and all of them matter.
pub(crate) const REGISTER_AT: usize = 1;
/// Breaches panic.
pub(crate) const RAISES: bool = true;
/// Every entry is known.
pub(crate) const SAMPLED_ONE_IN: u64 = 1;

/// What the last insertion found out; the next one of the same line in the same tick uses it as it is.
struct Last {
    /// The address of the caller's `Location`.
    caller: usize,
    stamp: Stamp,
    /// The span of the tick.
    span: usize,
}

/// What a map remembers between two operations.
pub(crate) struct Watch {
    lent: Lent,
    last: Last,
    /// Where the next look for dead values starts, and when the last one was.
    cursor: usize,
    swept_at: Tick,
    /// The tick at which ages were last looked at.
    ages_seen: Tick,
    /// The tick at which the site had no room to watch what leaves.
    no_room_at: Tick,
    breach: Option<Box<str>>,
}

impl Watch {
    pub(crate) const NEW: Self = Self {
        lent: Lent::NEW,
        last: Last {
            caller: 0,
            stamp: Stamp::NONE,
            span: 0,
        },
        cursor: 0,
        swept_at: Tick::NEVER,
        ages_seen: Tick::NEVER,
        no_room_at: Tick::LATEST,
        breach: None,
    };

    /// Remembers the first breach of an operation.
    pub(crate) fn set_breach(&mut self, message: String) {
        self.breach.get_or_insert_with(|| message.into_boxed_str());
    }

    /// Every map that has entries counts its own residue.
    pub(crate) fn shared_residue(&self) -> u64 {
        0
    }

    pub(crate) fn share_residue(&mut self, _residue: u64) {}

    /// Residue is exact at every step; there are no passes.
    pub(crate) fn residue_written(&mut self, _bucket: Option<usize>, _change: i64) {}

    #[inline(always)]
    #[track_caller]
    pub(crate) fn raise(&mut self, site: Option<&'static Site>) {
        if self.breach.is_some() {
            self.raise_now(site);
        }
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn raise_now(&mut self, site: Option<&'static Site>) {
        if let Some(message) = self.breach.take() {
            if std::thread::panicking() {
                if let Some(site) = site {
                    super::live::warn(site, &message);
                }
            } else {
                panic!("{message}");
            }
        }
    }
}

/// What one line's entries of one map are doing.
#[derive(Default)]
struct Line {
    births: super::live::Count,
    residue: super::live::Count,
    emptied: super::live::Count,
    live: Cohorts,
}

/// The lines of one map.
pub(crate) struct Detail {
    site: &'static Site,
    epochs: Epochs,
    lines: [OnceBox<Line>; LINES],
}

impl Detail {
    pub(crate) fn new(site: &'static Site) -> Self {
        Self {
            site,
            epochs: Epochs::starting_now(),
            lines: [const { OnceBox::new() }; LINES],
        }
    }

    #[inline(always)]
    fn line(&self, id: LineId) -> &Line {
        let cell = &self.lines[usize::from(id) % LINES];
        match cell.get() {
            Some(line) => line,
            None => cell.get_or_init(Box::default),
        }
    }

    fn known_lines(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines
            .iter()
            .enumerate()
            .filter_map(|(id, cell)| Some((id, cell.get()?)))
    }

    /// Finds out what a line's next insertions need.
    #[cold]
    #[inline(never)]
    fn look_up(&self, location: &'static Location<'static>, last: &mut Last) {
        let now = Tick::now();
        let cohorts = || self.known_lines().map(|(_, line)| &line.live);
        *last = Last {
            caller: std::ptr::from_ref(location).addr(),
            stamp: Stamp::new(now, self.number(location), FULL),
            span: self.epochs.span_for(now, cohorts),
        };
    }

    #[cold]
    #[inline(never)]
    fn number(&self, location: &'static Location<'static>) -> LineId {
        self.site.record.state().call_sites.id_of(location)
    }

    pub(crate) fn all_left(&self) {
        for (_, line) in self.known_lines() {
            line.live.clear();
            line.residue.set(0);
            line.emptied.set(0);
        }
    }

    /// Stamps travel with their entries.
    pub(crate) fn rehashed<K, V>(&self, _: &HashTable<Slot<K, V>>, _: &dyn Fn(&Slot<K, V>) -> u64) {
    }

    /// Adds every line's figures to `lines`; nothing is ever dropped.
    pub(crate) fn summarise(&self, lines: &mut [LineFigures; LINES]) -> u64 {
        for (id, line) in self.known_lines() {
            let into = &mut lines[id];
            into.births += line.births.get();
            into.live += line.live.total();
            into.residue += line.residue.get();
            into.emptied += line.emptied.get();
            if let Some(oldest) = self.epochs.oldest(&line.live) {
                into.saw(oldest.as_ms());
            }
        }
        0
    }

    /// Adds what stays known of a map that went.
    pub(crate) fn summarise_gone(&self, lines: &mut [LineFigures; LINES]) {
        for (id, line) in self.known_lines() {
            lines[id].births += line.births.get();
        }
    }

    fn marked_vacant(&self, born_by: LineId, emptied_by: LineId) {
        self.line(born_by).residue.bump();
        self.line(emptied_by).emptied.bump();
    }

    fn marked_full(&self, born_by: LineId, emptied_by: LineId) {
        self.line(born_by).residue.drop_one();
        self.line(emptied_by).emptied.drop_one();
    }
}

/// The clock was set to another time.
pub(crate) fn clock_moved() {
    Tick::forget();
}

#[inline(always)]
pub(crate) fn stamp(recorder: &mut Recorder, at: Caller) -> Stamp {
    let (Some(instance), Some(location)) = (&recorder.instance, at.location()) else {
        return Stamp::NONE;
    };
    let last = &mut recorder.watch.last;
    let caller = std::ptr::from_ref(location).addr();
    if last.caller != caller || !last.stamp.born().is_now() {
        instance.detail.look_up(location, last);
    }
    last.stamp
}

#[inline(always)]
pub(crate) fn born<K, V, T: Keeper<K, V>>(instance: &Instance, watch: &Watch, stamp: Stamp) {
    let line = instance.detail.line(stamp.line());
    line.births.bump();
    line.live.came(watch.last.span);
}

#[inline(always)]
pub(crate) fn died<K, V, T: Keeper<K, V>>(instance: &Instance, stamp: Stamp) {
    let detail = &instance.detail;
    detail
        .line(stamp.line())
        .live
        .left(detail.epochs.span(stamp.born()));
    if watches_residue::<K, V, T>() && stamp.is_vacant() {
        detail.marked_full(stamp.line(), stamp.emptied_by());
    }
}

/// Whether the entry is older than it was declared to get.
#[inline(always)]
pub(crate) fn is_overdue<K, V, T: Keeper<K, V>>(stamp: Stamp) -> bool {
    T::CONTRACT
        .max_age
        .is_some_and(|max_age| u128::from(Tick::now().since_ms(stamp.born())) > max_age.as_millis())
}

/// An overdue entry that leaves was a breach all the same.
pub(crate) fn note_death<K, V, T: Keeper<K, V>>(recorder: &mut Recorder, stamp: Stamp, at: Caller) {
    if let (true, Some(max_age), Some(instance)) = (
        is_overdue::<K, V, T>(stamp),
        T::CONTRACT.max_age,
        &recorder.instance,
    ) {
        let age_ms = Tick::now().since_ms(stamp.born());
        let born_at = instance
            .detail
            .site
            .record
            .state()
            .call_sites
            .location(stamp.line().into());
        recorder.breach::<K, V, T>(
            BreachKind::MaxAge {
                max_age,
                age_ms,
                born_at,
            },
            at,
        );
    }
}

/// Entries carry their stamps, so none has to be sampled.
#[inline(always)]
pub(crate) fn is_sampled(_: u64) -> bool {
    false
}

/// Looks at the ages when the clock has moved, so at most a hundred times a second.
#[inline(always)]
pub(crate) fn tick<K, V, T: Keeper<K, V>>(recorder: &mut Recorder, at: Caller) {
    if T::CONTRACT.max_age.is_some() && Tick::now() != recorder.watch.ages_seen {
        look_at_ages::<K, V, T>(recorder, at);
    }
}

/// Cohorts are time spans: only when the youngest an entry can be is too old is it a breach.
#[cold]
#[inline(never)]
fn look_at_ages<K, V, T: Keeper<K, V>>(recorder: &mut Recorder, at: Caller) {
    let now = Tick::now();
    recorder.watch.ages_seen = now;
    let (Some(max_age), Some(instance)) = (T::CONTRACT.max_age, recorder.instance.clone()) else {
        return;
    };
    let detail = &instance.detail;
    let overdue = detail
        .known_lines()
        .filter_map(|(id, line)| Some((detail.epochs.latest_of_oldest(&line.live)?, id)))
        .min_by_key(|(born, _)| *born);
    if let Some((born, id)) = overdue {
        let age_ms = now.since_ms(born);
        if u128::from(age_ms) > max_age.as_millis() {
            let born_at = detail.site.record.state().call_sites.location(id);
            recorder.breach::<K, V, T>(
                BreachKind::MaxAge {
                    max_age,
                    age_ms,
                    born_at,
                },
                at,
            );
        }
    }
}

#[inline(always)]
pub(crate) fn was_vacant<K, V, T: Keeper<K, V>>(stamp: Stamp, _: &V) -> bool {
    stamp.is_vacant()
}

pub(crate) fn vacancy_changed(
    recorder: &mut Recorder,
    stamp: &mut Stamp,
    vacant: bool,
    _: Option<usize>,
    at: Caller,
) {
    let Some(instance) = &recorder.instance else {
        return;
    };
    if vacant {
        let by = at
            .location()
            .map_or(OTHER, |line| instance.detail.number(line));
        *stamp = stamp.with_emptied_by(by);
        instance.detail.marked_vacant(stamp.line(), by);
    } else {
        instance
            .detail
            .marked_full(stamp.line(), stamp.emptied_by());
        *stamp = stamp.with_emptied_by(FULL);
    }
}

/// Residue is exact at every step.
pub(crate) fn recount<K, V, T: Keeper<K, V>>(_: &mut Recorder, _: &HashTable<Slot<K, V>>) {}

/// A map registers before its first entry.
pub(crate) fn registered<K, V, T: Keeper<K, V>>(
    _: &mut Recorder,
    _: &HashTable<Slot<K, V>>,
    _: Option<Rehash<'_, K, V>>,
) {
}

/// One event that lists what was left, by line, oldest first.
pub(crate) fn leftovers<K, V, T: Keeper<K, V>>(
    recorder: &mut Recorder,
    site: &'static Site,
    table: &HashTable<Slot<K, V>>,
) {
    let mut by_line = [(0_u64, Tick::LATEST); LINES];
    for slot in table {
        let (count, oldest) = &mut by_line[usize::from(slot.stamp.line()) % LINES];
        *count += 1;
        *oldest = slot.stamp.born().min(*oldest);
    }
    let state = site.record.state();
    let mut left: Vec<(usize, u64, Tick)> = by_line
        .iter()
        .enumerate()
        .filter(|(_, (count, _))| *count > 0)
        .map(|(id, (count, oldest))| (id, *count, *oldest))
        .collect();
    left.sort_by_key(|(_, _, oldest)| *oldest);
    let now = Tick::now();
    let lines: Vec<String> = left
        .iter()
        .map(|(id, count, oldest)| {
            let place = state
                .call_sites
                .location(*id)
                .map_or_else(|| "an unknown line".to_owned(), ToString::to_string);
            let age = crate::report::seconds(now.since_ms(*oldest));
            format!("{count} inserted at {place} (oldest {age})")
        })
        .collect();
    {
        let mut gone = state.gone_lines();
        for (id, count, _) in &left {
            gone[*id].leftovers += count;
        }
    }
    let _ = recorder;
    tracing::warn!(
        target: "mapkeeper::drop",
        site = site.name(),
        left = table.len(),
        "{} went with {} entries in it: {}",
        site.name(),
        table.len(),
        lines.join("; ")
    );
}

/// The copies are entries of their own, inserted now by the line that cloned.
pub(crate) fn copied<K, V, T: Keeper<K, V>>(
    recorder: &mut Recorder,
    _: &Recorder,
    table: &mut HashTable<Slot<K, V>>,
    at: Caller,
) {
    for slot in table.iter_mut() {
        slot.stamp = stamp(recorder, at);
        if let Some(instance) = &recorder.instance {
            born::<K, V, T>(instance, &recorder.watch, slot.stamp);
        }
        if Recorder::is_residue::<K, V, T>(&slot.value) {
            vacancy_changed(recorder, &mut slot.stamp, true, None, at);
            if let Some(instance) = &recorder.instance {
                instance.counters.residue.bump();
            }
        }
    }
}

impl Recorder {
    /// Never called: no entry is sampled.
    pub(crate) fn sample_born<K, V, T: Keeper<K, V>>(
        &mut self,
        _: &HashTable<Slot<K, V>>,
        _: usize,
        _: u64,
        _: bool,
        _: Caller,
    ) {
    }

    /// Never called: no entry is sampled.
    pub(crate) fn sample_died<K, V, T: Keeper<K, V>>(
        &mut self,
        _: &HashTable<Slot<K, V>>,
        _: usize,
        _: Caller,
    ) {
    }

    /// Residue is exact at every step.
    pub(crate) fn before_vacant_removal<K, V, T: Keeper<K, V>>(
        &mut self,
        _: &HashTable<Slot<K, V>>,
        _: Caller,
    ) {
    }

    /// Every removal was seen.
    pub(crate) fn reconcile<K, V, T: Keeper<K, V>>(&mut self, _: &HashTable<Slot<K, V>>) {}
}
