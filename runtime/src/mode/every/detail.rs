//! What is done when an entry of a map comes or leaves: it is counted ([`Account`]), noted by the flight recorder, and remembered by
//! its scope and its trace, if it has those.

use std::panic::Location;

use hashbrown::HashTable;

use super::{
    super::{
        NOTES_ORIGINS,
        live::{LineId, Lines, SiteState, TraceContext},
    },
    Watch,
    account::{Account, Line},
    flight::{Flight, GoneReturns, Scene, Who},
    scopes::{self, is_scoped},
    stamp::{FULL, Stamp},
    ticks::Tick,
    traced::Traced,
    vacated::{Notes, SiteNotes},
};
use crate::{Operation, RemovalCause, Return, Site, hash_map::Slot};

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

/// What is known of the entries of one map.
pub(crate) struct Detail {
    /// The number of the map.
    pub(super) id: u64,
    pub(super) site: &'static Site,
    pub(super) state: &'static SiteState,
    account: Account,
    pub(super) flight: Flight,
    pub(super) notes: Notes,
}

impl Detail {
    pub(crate) fn new(site: &'static Site, id: u64) -> Self {
        Self {
            id,
            site,
            state: site.record.state(),
            account: Account::starting_now(),
            flight: Flight::of(site, id),
            notes: Notes::default(),
        }
    }

    pub(super) fn line(&self, id: LineId) -> &Line {
        self.account.line(id)
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
        let arrival = self.account.arrivals_of(who);
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
        let now = self.account.now();
        let mut stamp = Stamp::new(now, self.number(line), FULL);
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
            self.account.came_alone(stamp);
        } else {
            // In a scope, every entry is looked at.
            let who = Who::at(line).outside();
            self.account.came_first(who, stamp, scene);
        }
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
        let batch = self.account.exits().of(stamp);
        match self.account.exits().scene(Who::at(line)) {
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
        let batch = self.account.exits().of(stamp);
        if batch.stamp() == stamp && self.account.exits().moment().is_now(RemovalCause::Removed) {
            batch.bump();
        } else {
            self.takes_place(stamp, RemovalCause::Removed);
        }
        let scene = self
            .account
            .exits()
            .scene(Who::at(line))
            .unwrap_or_else(|| {
                // First: it gives the thread its number, by which it is known.
                let scene = Scene::at(
                    self.account.exits().moment().tick(),
                    Operation::Removed,
                    Some(line),
                );
                self.account.exits().set_scene(Who::at(line), scene);
                scene
            });
        self.flight.look(scene.tick(), |came| self.came_back(came));
        self.flight.note(hash, scene);
    }

    /// An entry leaves.
    #[inline(always)]
    pub(super) fn leaves(&self, stamp: Stamp, cause: RemovalCause) {
        let batch = self.account.exits().of(stamp);
        if batch.stamp() != stamp || !self.account.exits().moment().is_now(cause) {
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

    /// The same.
    #[inline(always)]
    fn takes_place(&self, stamp: Stamp, cause: RemovalCause) {
        if !self.account.takes_place(stamp, cause) {
            self.leaves_alone(stamp, cause);
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
        self.account.left_first(stamp.plain(), cause);
    }

    #[cold]
    #[inline(never)]
    pub(super) fn number(&self, location: &'static Location<'static>) -> LineId {
        self.state.call_sites.id_of(location) as LineId
    }

    /// When the oldest entry came, at the latest, and its line. O(lines × spans).
    pub(super) fn oldest(&self) -> Option<(Tick, usize)> {
        self.account.oldest()
    }

    /// Everything leaves at once. O(lines × spans).
    pub(crate) fn all_left(&self, _: &Watch, cause: RemovalCause) {
        self.account.all_left(&self.state.lives, cause);
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
        self.account.add_to(lines);
        0
    }

    /// Hands what stays known of a map that goes over to its site.
    pub(crate) fn retire(&self) {
        self.notes.clear(&self.state.detail.notes);
        self.traces_left();
        let returned = &self.state.detail.returned;
        self.flight.hand_over(returned, |came| self.came_back(came));
        self.flight.end();
        self.account.hand_over(&self.state.lives);
    }
}
