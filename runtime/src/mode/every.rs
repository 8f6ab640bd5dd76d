//! Strict: what is known of every entry.
//!
//! Each entry carries an eight-byte [`Stamp`]: when it was inserted, by which line, and which line emptied it. Births and
//! exits are counted one by one. When they were is written down for each of a line's first 4,096 entries in a map, and
//! for one in 16 of those that follow: writing it down for all would cost as much as a removal from a map of numbers.
//! Ages are read off a coarse clock (10 ms). A `&mut` that was handed out is looked at again at the next operation.
//!
//! Its functions are those of `sampled`, one by one, so that the map is written once: hence the many lines.

mod after_removal;
mod cohorts;
mod epochs;
mod loans;
pub(crate) mod scopes;
mod stamp;
mod ticks;

use std::{
    panic::Location,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use hashbrown::HashTable;
use once_cell::race::OnceBox;

use super::{
    Caller, NOTES_ORIGINS,
    live::{
        BreachKind, Count, Instance, LINES, LineFigures, LineId, Lines, OTHER, Recorder, SiteState,
        add_lifetimes, watches_residue,
    },
};
use crate::{
    Keeper, RemovalCause, Site,
    hash_map::{Rehash, Slot},
    lifecycle::ages::{BUCKETS, bucket_of},
};
pub(crate) use after_removal::{
    MAX_WATCHED, WATCHES_BULK, WATCHES_SOLE_OWNERS, WEIGHT, is_picked, lifecycle,
};
use cohorts::{Cohorts, Ruler, Span};
use epochs::{BornBefore, Epochs};
pub(crate) use epochs::{newest_snapshot, snapshot_taken};
use loans::Lent;
pub(crate) use scopes::{all_scoped_left, is_scoped};
use stamp::FULL;
pub(crate) use stamp::Stamp;
pub(crate) use ticks::TICK_MS as CLOCK_STEP_MS;
use ticks::Tick;

/// Every map that allocated registers: in tests, maps are small and all of them matter.
pub(crate) const REGISTER_AT: usize = 1;
/// Breaches panic.
pub(crate) const RAISES: bool = true;
/// Every entry is known.
pub(crate) const SAMPLED_ONE_IN: u64 = 1;

/// A line's first entries in a map, all of which are timed.
const ALL_TIMED: u64 = 4_096;

/// What the last insertion found out; the next one of the same line in the same tick uses it as it is.
struct Last {
    /// The address of the caller's `Location`.
    caller: usize,
    stamp: Stamp,
    /// The span of the tick.
    span: Span,
}

/// Which entries are timed.
struct Choice {
    /// Insertions up to the next one that is.
    next_in: u32,
    /// Where the random numbers are: a line that leaks every sixteenth entry must not meet a choice of every sixteenth.
    seed: u32,
}

impl Choice {
    /// One in [`TIMED_ONE_IN`](stamp::TIMED_ONE_IN), at random distances.
    fn made(&mut self) {
        // Marsaglia, Xorshift RNGs, J. Statistical Software 8(14), 2003.
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 17;
        self.seed ^= self.seed << 5;
        self.next_in = 1 + self.seed % (2 * stamp::TIMED_ONE_IN - 1);
    }
}

/// What a map remembers between two operations.
pub(crate) struct Watch {
    lent: Lent,
    last: Last,
    choice: Choice,
    /// Where the next look for dead values starts, and when the last one was.
    cursor: usize,
    swept_at: Tick,
    /// The tick at which ages were last looked at.
    ages_seen: Tick,
    /// The tick at which the site had no room to watch what leaves.
    no_room_at: Tick,
    breach: Option<Box<str>>,
    /// Whether an entry of this map may have been born in a test's scope.
    scoped: bool,
}

impl Watch {
    pub(crate) const NEW: Self = Self {
        lent: Lent::NEW,
        last: Last {
            caller: 0,
            stamp: Stamp::NONE,
            span: Span::FIRST,
        },
        choice: Choice {
            next_in: 1,
            seed: 0x9E37_79B9,
        },
        cursor: 0,
        swept_at: Tick::LATEST,
        ages_seen: Tick::NEVER,
        no_room_at: Tick::LATEST,
        breach: None,
        scoped: false,
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
struct Line {
    births: Count,
    exits: [Count; RemovalCause::ALL.len()],
    residue: Count,
    emptied: Count,
    /// Timed entries that are still there, by when they came.
    timed: Cohorts,
    /// The same by the snapshots they came between.
    born_before: BornBefore,
    /// Those that left, by how old they were.
    lifetimes: [AtomicU32; BUCKETS],
}

impl Default for Line {
    fn default() -> Self {
        Self {
            births: Count::default(),
            exits: Default::default(),
            residue: Count::default(),
            emptied: Count::default(),
            timed: Cohorts::default(),
            born_before: BornBefore::default(),
            lifetimes: [const { AtomicU32::new(0) }; BUCKETS],
        }
    }
}

impl Line {
    /// Entries that are still there.
    fn live(&self) -> u64 {
        let left = self.exits.iter().map(Count::get).sum();
        self.births.get().saturating_sub(left)
    }
}

/// Sites have nothing to know besides.
#[derive(Default)]
pub(crate) struct SiteDetail {}

impl SiteDetail {
    /// Every entry is known.
    pub(crate) fn one_in(&self) -> u64 {
        1
    }

    /// The times of one of a line's entries in so many are known, over all maps: at least.
    pub(crate) fn timed_one_in(&self, births: u64) -> u64 {
        if births <= ALL_TIMED {
            1
        } else {
            stamp::TIMED_ONE_IN.into()
        }
    }

    /// Of one of a line's live entries in so many it is known which snapshots they came between: at least.
    pub(crate) fn located_one_in(&self, line: &LineFigures) -> u64 {
        if line.untimed {
            stamp::TIMED_ONE_IN.into()
        } else {
            1
        }
    }
}

/// The lines of one map.
pub(crate) struct Detail {
    site: &'static Site,
    state: &'static SiteState,
    ruler: Ruler,
    epochs: Epochs,
    lines: [OnceBox<Line>; LINES],
}

impl Detail {
    pub(crate) fn new(site: &'static Site) -> Self {
        Self {
            site,
            state: site.record.state(),
            ruler: Ruler::starting_now(),
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

    /// Finds out what a line's next insertions need. Inside a scope they need it one by one: each is charged to it.
    #[cold]
    #[inline(never)]
    fn look_up(&self, id: u64, location: &'static Location<'static>, watch: &mut Watch) {
        let (now, span) = self.now();
        let number = self.number(location);
        let stamp = Stamp::new(now, number, FULL);
        watch.last = Last {
            caller: std::ptr::from_ref(location).addr(),
            stamp: if self.line(number).births.get() <= ALL_TIMED {
                stamp.timed(true)
            } else {
                stamp
            },
            span,
        };
        self.state.look_now_and_then(now.as_ms());
        if NOTES_ORIGINS && watch.last.stamp.is_timed() {
            // Each of them is looked at one by one, so that none passes for one that came before it.
            watch.last.caller = 0;
            self.note_origin(watch.last.stamp, 1);
        }
        if scopes::inside() {
            watch.last.caller = 0;
            let stamp = &mut watch.last.stamp;
            *stamp = stamp.with_scope(scopes::born(self.site, id, *stamp));
            watch.scoped |= is_scoped(*stamp);
        }
    }

    /// Notes what an entry was inserted in that stands for so many.
    fn note_origin(&self, stamp: Stamp, births: u64) {
        let (line, now) = (stamp.line(), stamp.born().as_ms());
        let call_sites = &self.state.call_sites;
        self.state.origins.note(call_sites, line, births, now);
    }

    /// What time it is for entries that come now, and where they are counted. Later than for all that came before a
    /// snapshot.
    fn now(&self) -> (Tick, Span) {
        let lines = || self.known_lines().map(|(_, line)| line);
        let cohorts = || lines().map(|line| &line.timed);
        let newest = newest_snapshot();
        if newest == self.epochs.newest() {
            return self.ruler.advance(Tick::now(), cohorts);
        }
        let (now, span) = self
            .ruler
            .advance(Tick::now().max(self.ruler.next()), cohorts);
        self.ruler.move_apart(|| {
            let timed = lines().map(|line| (&line.born_before, self.timed(line)));
            self.epochs.cut(newest, now, timed);
        });
        (now, span)
    }

    /// Timed entries of a line that are still there.
    fn timed(&self, line: &Line) -> u64 {
        let spans = self.ruler.read(&line.timed).into_iter();
        spans.map(|(_, _, entries)| entries).sum()
    }

    #[cold]
    #[inline(never)]
    fn number(&self, location: &'static Location<'static>) -> LineId {
        self.state.call_sites.id_of(location)
    }

    /// Everything leaves at once. O(lines × spans): the ages are those of spans.
    pub(crate) fn all_left(&self, cause: RemovalCause) {
        let now = Tick::now();
        for (id, line) in self.known_lines() {
            let life = self.state.lives.line(id as LineId);
            for (first, last, entries) in self.ruler.spans(&line.timed) {
                let middle = Tick(first.0 + (last.0 - first.0) / 2);
                let entries = u32::try_from(entries).unwrap_or(u32::MAX);
                life.lived(bucket_of(now.since_ms(middle)), entries);
            }
            line.timed.clear();
            line.born_before.clear();
            let exits = &line.exits[cause as usize];
            exits.set(exits.get() + line.live());
            line.residue.set(0);
            line.emptied.set(0);
        }
    }

    /// Stamps travel with their entries.
    pub(crate) fn rehashed<K, V>(&self, _: &HashTable<Slot<K, V>>, _: &dyn Fn(&Slot<K, V>) -> u64) {
    }

    /// Adds every line's figures to `lines`; nothing is ever dropped.
    pub(crate) fn summarise(&self, lines: &mut Lines) -> u64 {
        for (id, line) in self.known_lines() {
            for (first, last, entries) in self.ruler.spans(&line.timed) {
                lines.alive(id, (first.as_ms(), last.end_ms()), entries);
            }
            let before = || self.epochs.read(&line.born_before, self.timed(line));
            for (snapshot, entries) in self.ruler.steadily(before) {
                lines.born_before(id, snapshot, entries);
            }
            let into = lines.of(id);
            into.births += line.births.get();
            into.untimed |= line.births.get() > ALL_TIMED;
            into.live += line.live();
            add_lifetimes(&line.lifetimes, &mut into.lifetimes);
            for (into, exits) in into.exits.iter_mut().zip(&line.exits) {
                *into += exits.get();
            }
            into.residue += line.residue.get();
            into.emptied += line.emptied.get();
        }
        0
    }

    /// Hands what stays known of a map that goes over to its site.
    pub(crate) fn retire(&self) {
        for (id, line) in self.known_lines() {
            let life = self.state.lives.line(id as LineId);
            life.births.add(line.births.get());
            for (bucket, entries) in line.lifetimes.iter().enumerate() {
                life.lived(bucket, entries.load(Relaxed));
            }
            for (into, exits) in life.exits.iter().zip(&line.exits) {
                into.add(exits.get());
            }
        }
    }

    /// The next entry of a line all of whose entries are timed: its stamp says so already.
    #[inline(always)]
    fn comes(&self, last: &mut Last) -> Stamp {
        let line = self.line(last.stamp.line());
        line.timed.came(last.span, 1);
        if line.births.get() == ALL_TIMED {
            // This is the last of them.
            last.caller = 0;
        }
        last.stamp
    }

    /// The next entry of a line with many is timed.
    #[cold]
    #[inline(never)]
    fn comes_timed(&self, last: &Last, choice: &mut Choice) -> Stamp {
        choice.made();
        let line = self.line(last.stamp.line());
        line.timed.came(last.span, stamp::TIMED_ONE_IN);
        if NOTES_ORIGINS {
            self.note_origin(last.stamp, stamp::TIMED_ONE_IN.into());
        }
        last.stamp.timed(false)
    }

    /// A timed entry left.
    #[inline(always)]
    fn timed_left(&self, line: &Line, stamp: Stamp) {
        let entries = stamp.weight();
        line.timed.left(self.ruler.span(stamp.born()), entries);
        self.epochs.left(&line.born_before, stamp.born(), entries);
        let lived = &line.lifetimes[bucket_of(Tick::now().since_ms(stamp.born()))];
        lived.store(lived.load(Relaxed).wrapping_add(entries), Relaxed);
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
    let last = &recorder.watch.last;
    let caller = std::ptr::from_ref(location).addr();
    if last.caller != caller || !last.stamp.born().is_now() || scopes::inside() {
        instance
            .detail
            .look_up(instance.id, location, &mut recorder.watch);
    }
    let Watch { last, choice, .. } = &mut recorder.watch;
    // It cannot fail to come: the table has room for it.
    if last.stamp.is_timed() {
        return instance.detail.comes(last);
    }
    choice.next_in -= 1;
    if choice.next_in == 0 {
        instance.detail.comes_timed(last, choice)
    } else {
        last.stamp
    }
}

#[inline(always)]
pub(crate) fn born<K, V, T: Keeper<K, V>>(instance: &Instance, stamp: Stamp) {
    instance.detail.line(stamp.line()).births.bump();
}

#[inline(always)]
pub(crate) fn died<K, V, T: Keeper<K, V>>(instance: &Instance, stamp: Stamp, cause: RemovalCause) {
    let detail = &instance.detail;
    let line = detail.line(stamp.line());
    line.exits[cause as usize].bump();
    if stamp.is_timed() {
        detail.timed_left(line, stamp);
    }
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

/// An entry born in a scope leaves its account; an overdue one that leaves was a breach all the same.
pub(crate) fn note_death<K, V, T: Keeper<K, V>>(recorder: &mut Recorder, stamp: Stamp, at: Caller) {
    scopes::left(recorder, stamp);
    if let (true, Some(max_age), Some(instance)) = (
        is_overdue::<K, V, T>(stamp),
        T::CONTRACT.max_age,
        &recorder.instance,
    ) {
        let age_ms = Tick::now().since_ms(stamp.born());
        let born_at = instance
            .detail
            .state
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
        .filter_map(|(id, line)| Some((detail.ruler.oldest(&line.timed)?.1, id)))
        .min_by_key(|(born, _)| *born);
    if let Some((born, id)) = overdue {
        let age_ms = now.since_ms(born);
        if u128::from(age_ms) > max_age.as_millis() {
            let born_at = detail.state.call_sites.location(id);
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
pub(crate) fn leftovers<K, V, T: Keeper<K, V>>(site: &'static Site, table: &HashTable<Slot<K, V>>) {
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
            born::<K, V, T>(instance, slot.stamp);
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
        _: RemovalCause,
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
