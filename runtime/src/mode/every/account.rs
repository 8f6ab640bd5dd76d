//! The account of one map: what each of its lines inserted, what is still there and since when, and how old those got that left.
//!
//! It is kept by whoever owns the map, in [`batches`], which are written down into its [`Line`]s when another batch needs their place
//! or somebody wants to know. Any thread may read it. What an entry is besides (in a scope, traced, vacant) is not known here.

use once_cell::race::OnceBox;

use super::{
    super::live::{Count, LINES, LineId, Lines, Lives, add_lifetimes},
    batches::{Arrival, Arrivals, Batch, Exits, Moment},
    cohorts::{Cohorts, Ruler},
    epochs::{BornBefore, Epochs, newest_snapshot},
    flight::{Scene, Who},
    stamp::Stamp,
    ticks::Tick,
};
use crate::{
    RemovalCause,
    lifecycle::ages::{BUCKETS, bucket_of},
    threads::atomic::{AtomicU32, Ordering::Relaxed},
};

/// What one line's entries of one map are doing, but for those that [`batches`] count.
pub(super) struct Line {
    births: Count,
    exits: [Count; RemovalCause::ALL.len()],
    pub(super) residue: Count,
    pub(super) emptied: Count,
    /// Entries that are still there, by when they came.
    cohorts: Cohorts,
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
            cohorts: Cohorts::default(),
            born_before: BornBefore::default(),
            lifetimes: [const { AtomicU32::new(0) }; BUCKETS],
        }
    }
}

impl Clone for Line {
    fn clone(&self) -> Self {
        Self {
            births: self.births.clone(),
            exits: self.exits.clone(),
            residue: self.residue.clone(),
            emptied: self.emptied.clone(),
            cohorts: self.cohorts.clone(),
            born_before: self.born_before.clone(),
            lifetimes: std::array::from_fn(|bucket| {
                AtomicU32::new(self.lifetimes[bucket].load(Relaxed))
            }),
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

/// The lines of one map, and what was not yet written down of them.
pub(super) struct Account {
    ruler: Ruler,
    epochs: Epochs,
    lines: [OnceBox<Line>; LINES],
    arrivals: Arrivals,
    exits: Exits,
}

impl Account {
    pub(super) fn starting_now() -> Self {
        Self {
            ruler: Ruler::starting_now(),
            epochs: Epochs::starting_now(),
            lines: [const { OnceBox::new() }; LINES],
            arrivals: Arrivals::default(),
            exits: Exits::default(),
        }
    }

    pub(super) fn line(&self, id: LineId) -> &Line {
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

    /// What this line and thread insert is counted here.
    #[inline(always)]
    pub(super) fn arrivals_of(&self, who: Who) -> &Arrival {
        self.arrivals.of(who)
    }

    /// One entry that no batch counts.
    pub(super) fn came_alone(&self, stamp: Stamp) {
        let line = self.line(stamp.line());
        self.ruler.write(|| self.came(line, stamp, 1));
    }

    /// The first entry of a batch.
    pub(super) fn came_first(&self, who: Who, stamp: Stamp, scene: Scene) {
        // Readers look for batches of lines that are known.
        self.line(stamp.line());
        let arrival = self.arrivals.of(who);
        self.ruler.write(|| {
            self.write_arrivals(arrival.batch());
            arrival.start(who, stamp, scene);
        });
    }

    /// What leaves is counted here.
    #[inline(always)]
    pub(super) fn exits(&self) -> &Exits {
        &self.exits
    }

    /// An entry leaves for which no batch waits: it takes the place of another batch, if that takes no more than that. Entries that
    /// came at many different times leave through here, so it does in one go what most of them need, where none of the other batch
    /// came before a snapshot.
    #[inline(always)]
    pub(super) fn takes_place(&self, stamp: Stamp, cause: RemovalCause) -> bool {
        let (batch, moment) = (self.exits.of(stamp), self.exits.moment());
        let before = batch.stamp();
        match self.lines[usize::from(before.line()) % LINES].get() {
            Some(line)
                if stamp.is_plain()
                    && moment.is_now(cause)
                    && self.epochs.is_newer(before.born()) =>
            {
                self.ruler.write(|| {
                    self.newer_left(line, before, batch.entries(), moment);
                    batch.start(stamp, 1);
                });
                true
            }
            _ => false,
        }
    }

    /// The first one that leaves at a moment, or one that is like no other.
    pub(super) fn left_first(&self, stamp: Stamp, cause: RemovalCause) {
        let moment = Moment::now(cause);
        self.ruler.write(|| {
            if self.exits.moment() != moment {
                self.write_all_exits();
                self.exits.start(moment);
            }
            let batch = self.exits.of(stamp);
            if batch.stamp() != stamp {
                self.write_exits(batch);
            }
            batch.start(stamp, batch.entries() + 1);
        });
    }

    /// Writes down what batches count. Only in what [`Ruler::write`] is told to do.
    fn write_batches(&self) {
        for batch in self.arrivals.batches() {
            self.write_arrivals(batch);
        }
        self.write_all_exits();
    }

    fn write_arrivals(&self, batch: Batch<'_>) {
        if batch.entries() > 0 {
            let stamp = batch.stamp();
            self.came(self.line(stamp.line()), stamp, batch.entries());
            batch.start(stamp, 0);
        }
    }

    fn write_all_exits(&self) {
        for batch in self.exits.batches() {
            self.write_exits(batch);
        }
    }

    fn write_exits(&self, batch: Batch<'_>) {
        if batch.entries() > 0 {
            let (stamp, moment) = (batch.stamp(), self.exits.moment());
            self.left(self.line(stamp.line()), stamp, batch.entries(), moment);
            batch.start(stamp, 0);
        }
    }

    /// Counts entries that came, in their line or in a copy of it.
    fn came(&self, line: &Line, stamp: Stamp, entries: u32) {
        line.births.set(line.births.get() + u64::from(entries));
        self.ruler.came(&line.cohorts, stamp.born(), entries);
    }

    /// Counts entries that left, in their line or in a copy of it.
    fn left(&self, line: &Line, stamp: Stamp, entries: u32, moment: Moment) {
        self.newer_left(line, stamp, entries, moment);
        self.epochs.left(&line.born_before, stamp.born(), entries);
    }

    /// The same for entries that came after the last snapshot.
    #[inline(always)]
    fn newer_left(&self, line: &Line, stamp: Stamp, entries: u32, moment: Moment) {
        let exits = &line.exits[moment.cause()];
        exits.set(exits.get() + u64::from(entries));
        self.ruler.left(&line.cohorts, stamp.born(), entries);
        let lived = &line.lifetimes[bucket_of(moment.tick().since_ms(stamp.born()))];
        lived.store(lived.load(Relaxed).wrapping_add(entries), Relaxed);
    }

    /// A line as it is now, what batches count included; for any thread.
    fn read(&self, id: usize, line: &Line) -> Line {
        self.ruler.steadily(|| {
            let line = line.clone();
            let its = |batch: &Batch<'_>| usize::from(batch.stamp().line()) == id;
            for batch in self.arrivals.batches().filter(its) {
                self.came(&line, batch.stamp(), batch.entries());
            }
            let moment = self.exits.moment();
            for batch in self.exits.batches().filter(its) {
                self.left(&line, batch.stamp(), batch.entries(), moment);
            }
            line
        })
    }

    /// What time it is for entries that come now. Later than for all that came before a snapshot.
    pub(super) fn now(&self) -> Tick {
        let lines = || self.known_lines().map(|(_, line)| line);
        let cohorts = || lines().map(|line| &line.cohorts);
        let newest = newest_snapshot();
        if newest == self.epochs.newest() {
            return self.ruler.advance(Tick::now(), cohorts);
        }
        let now = self
            .ruler
            .advance(Tick::now().max(self.ruler.next()), cohorts);
        self.ruler.write(|| {
            self.write_batches();
            let there = lines().map(|line| (&line.born_before, line.live()));
            self.epochs.cut(newest, now, there);
        });
        now
    }

    /// When the oldest entry came, at the latest, and its line. O(lines × spans).
    pub(super) fn oldest(&self) -> Option<(Tick, usize)> {
        self.ruler.write(|| self.write_batches());
        self.known_lines()
            .filter_map(|(id, line)| Some((self.ruler.oldest(&line.cohorts)?.1, id)))
            .min_by_key(|(born, _)| *born)
    }

    /// Everything leaves at once. O(lines × spans): the ages are those of spans, and told to the site.
    pub(super) fn all_left(&self, lives: &Lives, cause: RemovalCause) {
        let now = Tick::now();
        self.ruler.write(|| {
            self.write_batches();
            for (id, line) in self.known_lines() {
                let life = lives.line(id as LineId);
                for (first, last, entries) in self.ruler.spans(&line.cohorts) {
                    let middle = Tick(first.0 + (last.0 - first.0) / 2);
                    let entries = u32::try_from(entries).unwrap_or(u32::MAX);
                    life.lived(bucket_of(now.since_ms(middle)), entries);
                }
                line.cohorts.clear();
                line.born_before.clear();
                let exits = &line.exits[cause as usize];
                exits.set(exits.get() + line.live());
                line.residue.set(0);
                line.emptied.set(0);
            }
        });
    }

    /// Adds every line's figures to `lines`.
    pub(super) fn add_to(&self, lines: &mut Lines) {
        for (id, line) in self.known_lines() {
            let line = self.read(id, line);
            for (first, last, entries) in self.ruler.spans(&line.cohorts) {
                lines.alive(id, (first.as_ms(), last.end_ms()), entries);
            }
            for (snapshot, entries) in self.epochs.read(&line.born_before, line.live()) {
                lines.born_before(id, snapshot, entries);
            }
            let into = lines.of(id);
            into.births += line.births.get();
            into.live += line.live();
            add_lifetimes(&line.lifetimes, &mut into.lifetimes);
            for (into, exits) in into.exits.iter_mut().zip(&line.exits) {
                *into += exits.get();
            }
            into.residue += line.residue.get();
            into.emptied += line.emptied.get();
        }
    }

    /// Hands what stays known of a map that goes over to its site.
    pub(super) fn hand_over(&self, lives: &Lives) {
        self.ruler.write(|| self.write_batches());
        for (id, line) in self.known_lines() {
            let life = lives.line(id as LineId);
            life.births.add(line.births.get());
            for (bucket, entries) in line.lifetimes.iter().enumerate() {
                life.lived(bucket, entries.load(Relaxed));
            }
            for (into, exits) in life.exits.iter().zip(&line.exits) {
                into.add(exits.get());
            }
        }
    }
}
