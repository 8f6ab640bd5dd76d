//! What is known of the lines of one map: what each of them inserted, what is still there, and since when.

use std::{
    panic::Location,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use hashbrown::HashTable;
use once_cell::race::OnceBox;

use super::{
    super::{
        NOTES_ORIGINS,
        live::{Count, LINES, LineFigures, LineId, Lines, SiteState, add_lifetimes},
    },
    Watch,
    cohorts::{Cohorts, Ruler, Span},
    epochs::{BornBefore, Epochs, newest_snapshot},
    scopes::{self, is_scoped},
    stamp::{FULL, Stamp, TIMED_ONE_IN},
    ticks::Tick,
};
use crate::{
    RemovalCause, Site,
    hash_map::Slot,
    lifecycle::ages::{BUCKETS, bucket_of},
};

/// A line's first entries in a map, all of which are timed.
const ALL_TIMED: u64 = 4_096;

/// What the last insertion found out; the next one of the same line in the same tick uses it as it is.
pub(super) struct Last {
    /// The address of the caller's `Location`.
    pub(super) caller: usize,
    pub(super) stamp: Stamp,
    /// The span of the tick.
    pub(super) span: Span,
}

/// Which entries are timed.
pub(super) struct Choice {
    /// Insertions up to the next one that is.
    pub(super) next_in: u32,
    /// Where the random numbers are: a line that leaks every sixteenth entry must not meet a choice of every sixteenth.
    pub(super) seed: u32,
}

impl Choice {
    /// One in [`TIMED_ONE_IN`](TIMED_ONE_IN), at random distances.
    pub(super) fn made(&mut self) {
        // Marsaglia, Xorshift RNGs, J. Statistical Software 8(14), 2003.
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 17;
        self.seed ^= self.seed << 5;
        self.next_in = 1 + self.seed % (2 * TIMED_ONE_IN - 1);
    }
}

/// What one line's entries of one map are doing.
pub(super) struct Line {
    pub(super) births: Count,
    pub(super) exits: [Count; RemovalCause::ALL.len()],
    pub(super) residue: Count,
    pub(super) emptied: Count,
    /// Timed entries that are still there, by when they came.
    pub(super) timed: Cohorts,
    /// The same by the snapshots they came between.
    pub(super) born_before: BornBefore,
    /// Those that left, by how old they were.
    pub(super) lifetimes: [AtomicU32; BUCKETS],
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
    pub(super) fn live(&self) -> u64 {
        let left = self.exits.iter().map(Count::get).sum();
        self.births.get().saturating_sub(left)
    }
}

/// Sites have nothing to know besides.
#[derive(Default)]
pub(crate) struct SiteDetail {}

impl SiteDetail {
    /// Nothing is sampled, so nothing is lost.
    pub(crate) fn lost(&self) -> u64 {
        0
    }

    /// Every entry is known.
    pub(crate) fn one_in(&self) -> u64 {
        1
    }

    /// The times of one of a line's entries in so many are known, over all maps: at least.
    pub(crate) fn timed_one_in(&self, births: u64) -> u64 {
        if births <= ALL_TIMED {
            1
        } else {
            TIMED_ONE_IN.into()
        }
    }

    /// Of one of a line's live entries in so many it is known which snapshots they came between: at least.
    pub(crate) fn located_one_in(&self, line: &LineFigures) -> u64 {
        if line.untimed { TIMED_ONE_IN.into() } else { 1 }
    }
}

/// The lines of one map.
pub(crate) struct Detail {
    pub(super) site: &'static Site,
    pub(super) state: &'static SiteState,
    pub(super) ruler: Ruler,
    pub(super) epochs: Epochs,
    pub(super) lines: [OnceBox<Line>; LINES],
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
    pub(super) fn line(&self, id: LineId) -> &Line {
        let cell = &self.lines[usize::from(id) % LINES];
        match cell.get() {
            Some(line) => line,
            None => cell.get_or_init(Box::default),
        }
    }

    pub(super) fn known_lines(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines
            .iter()
            .enumerate()
            .filter_map(|(id, cell)| Some((id, cell.get()?)))
    }

    /// Finds out what a line's next insertions need. Inside a scope they need it one by one: each is charged to it.
    #[cold]
    #[inline(never)]
    pub(super) fn look_up(&self, id: u64, location: &'static Location<'static>, watch: &mut Watch) {
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
    pub(super) fn note_origin(&self, stamp: Stamp, births: u64) {
        let (line, now) = (stamp.line(), stamp.born().as_ms());
        let call_sites = &self.state.call_sites;
        self.state.origins.note(call_sites, line, births, now);
    }

    /// What time it is for entries that come now, and where they are counted. Later than for all that came before a
    /// snapshot.
    pub(super) fn now(&self) -> (Tick, Span) {
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
    pub(super) fn timed(&self, line: &Line) -> u64 {
        let spans = self.ruler.read(&line.timed).into_iter();
        spans.map(|(_, _, entries)| entries).sum()
    }

    #[cold]
    #[inline(never)]
    pub(super) fn number(&self, location: &'static Location<'static>) -> LineId {
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
    pub(super) fn comes(&self, last: &mut Last) -> Stamp {
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
    pub(super) fn comes_timed(&self, last: &Last, choice: &mut Choice) -> Stamp {
        choice.made();
        let line = self.line(last.stamp.line());
        line.timed.came(last.span, TIMED_ONE_IN);
        if NOTES_ORIGINS {
            self.note_origin(last.stamp, TIMED_ONE_IN.into());
        }
        last.stamp.timed(false)
    }

    /// A timed entry left.
    #[inline(always)]
    pub(super) fn timed_left(&self, line: &Line, stamp: Stamp) {
        let entries = stamp.weight();
        line.timed.left(self.ruler.span(stamp.born()), entries);
        self.epochs.left(&line.born_before, stamp.born(), entries);
        let lived = &line.lifetimes[bucket_of(Tick::now().since_ms(stamp.born()))];
        lived.store(lived.load(Relaxed).wrapping_add(entries), Relaxed);
    }

    pub(super) fn marked_vacant(&self, born_by: LineId, emptied_by: LineId) {
        self.line(born_by).residue.bump();
        self.line(emptied_by).emptied.bump();
    }

    pub(super) fn marked_full(&self, born_by: LineId, emptied_by: LineId) {
        self.line(born_by).residue.drop_one();
        self.line(emptied_by).emptied.drop_one();
    }
}
