//! What is known of the lines of one map: what each of them inserted, what is still there, and since when.

use std::panic::Location;

use hashbrown::HashTable;
use once_cell::race::OnceBox;

use super::{
    super::{
        NOTES_ORIGINS,
        live::{Count, LINES, LineId, Lines, SiteState, TraceContext, add_lifetimes},
    },
    Watch,
    batches::{Arrivals, Batch, Exits, Moment},
    cohorts::{Cohorts, Ruler},
    epochs::{BornBefore, Epochs, newest_snapshot},
    flight::{Flight, GoneReturns, Scene, Who},
    scopes::{self, is_scoped},
    stamp::{FULL, Stamp},
    ticks::Tick,
    traced::Traced,
    vacated::{Notes, SiteNotes},
};
use crate::{
    Operation, RemovalCause, Return, Site,
    hash_map::Slot,
    lifecycle::ages::{BUCKETS, bucket_of},
    threads::atomic::{AtomicU32, Ordering::Relaxed},
};

/// What one line's entries of one map are doing, but for those that [`batches`](super::batches) count.
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

/// What is known of a site besides.
#[derive(Default)]
pub(crate) struct SiteDetail {
    /// Keys that came back to maps that went since.
    returned: GoneReturns,
    /// Times at which values became vacant.
    pub(super) notes: SiteNotes,
    /// Traces of entries that are there.
    pub(super) traced: Traced,
}

impl SiteDetail {
    /// Keys that came back to maps that went since.
    pub(crate) fn returns(&self) -> Vec<(String, Return)> {
        self.returned.read()
    }

    /// Times at which values became vacant that were not noted.
    pub(crate) fn lost(&self) -> u64 {
        self.notes.lost()
    }

    /// Every entry is known.
    pub(crate) fn one_in(&self) -> u64 {
        1
    }

    /// Adds the traces of entries that are there; says how many were not remembered, for want of room.
    pub(crate) fn traces(&self, lines: &mut Lines) -> u64 {
        self.traced.add_to(lines);
        self.traced.dropped()
    }
}

/// The lines of one map.
pub(crate) struct Detail {
    /// The number of the map.
    pub(super) id: u64,
    pub(super) site: &'static Site,
    pub(super) state: &'static SiteState,
    ruler: Ruler,
    epochs: Epochs,
    lines: [OnceBox<Line>; LINES],
    arrivals: Arrivals,
    exits: Exits,
    pub(super) flight: Flight,
    pub(super) notes: Notes,
}

impl Detail {
    pub(crate) fn new(site: &'static Site, id: u64) -> Self {
        Self {
            id,
            site,
            state: site.record.state(),
            ruler: Ruler::starting_now(),
            epochs: Epochs::starting_now(),
            lines: [const { OnceBox::new() }; LINES],
            arrivals: Arrivals::default(),
            exits: Exits::default(),
            flight: Flight::of(site, id),
            notes: Notes::default(),
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

    /// An entry comes, inserted by this line: what it carries. Its hash is told if it came alone.
    #[inline(always)]
    pub(super) fn comes(
        &self,
        line: &'static Location<'static>,
        hash: Option<u64>,
        watch: &mut Watch,
    ) -> Stamp {
        let who = Who::at(line);
        let arrival = self.arrivals.of(who);
        let scene = arrival.scene();
        let trace = TraceContext::current();
        match arrival.next(who) {
            Some(stamp) if !(NOTES_ORIGINS || trace.is_known()) => {
                arrival.batch().bump();
                if let Some(hash) = hash {
                    self.flight.note(hash, scene);
                }
                stamp
            }
            _ => self.comes_otherwise(line, hash, trace, watch),
        }
    }

    /// The first one of a line and a thread in a tick, or one of those that are looked at one by one.
    #[cold]
    #[inline(never)]
    fn comes_otherwise(
        &self,
        line: &'static Location<'static>,
        hash: Option<u64>,
        trace: TraceContext,
        watch: &mut Watch,
    ) -> Stamp {
        let scene = Scene::now(Operation::Inserted, Some(line));
        let now = self.now();
        let mut stamp = Stamp::new(now, self.number(line), FULL);
        // Readers look for batches of lines that have an account.
        let account = self.line(stamp.line());
        self.state.look_now_and_then(now.as_ms());
        self.flight.look(now, |came| self.came_back(came));
        if NOTES_ORIGINS {
            let call_sites = &self.state.call_sites;
            let origins = &self.state.origins;
            origins.note(call_sites, stamp.line(), 1, now.as_ms());
        }
        if scopes::inside() {
            stamp = stamp.with_scope(scopes::born(self.site, self.id, stamp));
            watch.scoped |= is_scoped(stamp);
        }
        if stamp.is_plain() {
            stamp = self.trace(stamp, trace);
        }
        if let Some(hash) = hash {
            self.flight.note(hash, scene);
        }
        if NOTES_ORIGINS || !stamp.is_plain() {
            self.ruler.write(|| self.came(account, stamp, 1));
            return stamp;
        }
        // In a scope, every entry is looked at.
        let who = Who::at(line).outside();
        let arrival = self.arrivals.of(who);
        self.ruler.write(|| {
            self.write_arrivals(arrival.batch());
            arrival.start(who, stamp, scene);
        });
        stamp
    }

    /// A key came, in this scene, that had left a moment before.
    fn came_back(&self, came: Scene) {
        if let Some(line) = came.line() {
            self.state.lives.line(self.number(line)).returned.add(1);
        }
    }

    /// The entry of a key is removed by this line.
    #[inline(always)]
    pub(super) fn is_removed(&self, stamp: Stamp, hash: u64, line: &'static Location<'static>) {
        let batch = self.exits.of(stamp);
        match self.exits.scene(Who::at(line)) {
            Some(scene) if batch.stamp() == stamp && scene.tick().is_now() => {
                batch.bump();
                self.flight.note(hash, scene);
            }
            _ => self.is_removed_otherwise(stamp, hash, line),
        }
    }

    /// The same of the first one that this line and thread remove at this moment, or one that no batch waits for.
    #[cold]
    #[inline(never)]
    fn is_removed_otherwise(&self, stamp: Stamp, hash: u64, line: &'static Location<'static>) {
        let batch = self.exits.of(stamp);
        if batch.stamp() == stamp && self.exits.moment().is_now(RemovalCause::Removed) {
            batch.bump();
        } else {
            self.takes_place(stamp, RemovalCause::Removed);
        }
        let scene = self.exits.scene(Who::at(line)).unwrap_or_else(|| {
            // First: it gives the thread its number, by which it is known.
            let scene = Scene::at(self.exits.moment().tick(), Operation::Removed, Some(line));
            self.exits.set_scene(Who::at(line), scene);
            scene
        });
        self.flight.look(scene.tick(), |came| self.came_back(came));
        self.flight.note(hash, scene);
    }

    /// An entry leaves.
    #[inline(always)]
    pub(super) fn leaves(&self, stamp: Stamp, cause: RemovalCause) {
        let batch = self.exits.of(stamp);
        if batch.stamp() != stamp || !self.exits.moment().is_now(cause) {
            return self.leaves_otherwise(stamp, cause);
        }
        batch.bump();
    }

    /// One that no batch waits for.
    #[cold]
    #[inline(never)]
    fn leaves_otherwise(&self, stamp: Stamp, cause: RemovalCause) {
        self.takes_place(stamp, cause);
    }

    /// The same. Entries that came at many different times leave through here, so it does in one go
    /// what most of them need: to take the place of another batch, none of which came before a snapshot.
    #[inline(always)]
    fn takes_place(&self, stamp: Stamp, cause: RemovalCause) {
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
            }
            _ => self.leaves_alone(stamp, cause),
        }
    }

    /// The first one that leaves at a moment, or one of those that are looked at one by one.
    #[cold]
    #[inline(never)]
    fn leaves_alone(&self, stamp: Stamp, cause: RemovalCause) {
        let stamp = if stamp.is_vacant() {
            self.filled(stamp)
        } else {
            stamp
        };
        scopes::left(self.id, stamp);
        self.trace_left(stamp);
        let moment = Moment::now(cause);
        self.ruler.write(|| {
            if self.exits.moment() != moment {
                self.write_all_exits();
                self.exits.start(moment);
            }
            let batch = self.exits.of(stamp.plain());
            if batch.stamp() != stamp.plain() {
                self.write_exits(batch);
            }
            batch.start(stamp.plain(), batch.entries() + 1);
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
    fn now(&self) -> Tick {
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

    #[cold]
    #[inline(never)]
    pub(super) fn number(&self, location: &'static Location<'static>) -> LineId {
        self.state.call_sites.id_of(location) as LineId
    }

    /// When the oldest entry came, at the latest, and its line. O(lines × spans).
    pub(super) fn oldest(&self) -> Option<(Tick, usize)> {
        self.ruler.write(|| self.write_batches());
        self.known_lines()
            .filter_map(|(id, line)| Some((self.ruler.oldest(&line.cohorts)?.1, id)))
            .min_by_key(|(born, _)| *born)
    }

    /// Everything leaves at once. O(lines × spans): the ages are those of spans.
    pub(crate) fn all_left(&self, _: &Watch, cause: RemovalCause) {
        let now = Tick::now();
        self.ruler.write(|| {
            self.write_batches();
            for (id, line) in self.known_lines() {
                let life = self.state.lives.line(id as LineId);
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
        self.notes.clear(&self.state.detail.notes);
        self.traces_left();
    }

    /// Stamps travel with their entries.
    pub(crate) fn rehashed<K, V>(
        &self,
        _: &Watch,
        _: &HashTable<Slot<K, V>>,
        _: &dyn Fn(&Slot<K, V>) -> u64,
    ) {
    }

    /// Adds every line's figures to `lines`; nothing is ever dropped.
    pub(crate) fn summarise(&self, lines: &mut Lines) -> u64 {
        let returns = self.flight.returns(|came| self.came_back(came));
        lines.returns.extend(returns);
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
        0
    }

    /// Hands what stays known of a map that goes over to its site.
    pub(crate) fn retire(&self) {
        self.notes.clear(&self.state.detail.notes);
        self.traces_left();
        let returned = &self.state.detail.returned;
        self.flight.hand_over(returned, |came| self.came_back(came));
        self.flight.end();
        self.ruler.write(|| self.write_batches());
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
}
