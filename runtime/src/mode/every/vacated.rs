//! When values became vacant, and by which line: noted beside the table, for vacant entries alone.
//!
//! A [`Stamp`] has no room for a second time. That of a vacant entry carries the number of a note, which says when, and
//! holds what stood there else: the line that emptied it, and the tag of its scope. All maps of a site share [`MOST`]
//! notes; where none is left the stamp stays as it is, and a time that is lost is counted. A map without a vacant entry
//! has no notes.

use super::{
    super::live::{Count, LineId, OTHER},
    Detail,
    scopes::{self, NO_SCOPE, Tag},
    stamp::{FULL, NOTED, Stamp},
    ticks::Tick,
};
use crate::threads::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Notes of one site, of eight bytes each.
const MOST: usize = 1_024;

/// What the maps of one site share.
#[derive(Default)]
pub(crate) struct SiteNotes {
    /// Notes that its maps have room for.
    notes: AtomicUsize,
    /// Times that were not noted.
    lost: Count,
}

impl SiteNotes {
    /// Times that were not noted, for want of room.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.get()
    }

    /// Whether there is one more.
    fn take_note(&self) -> bool {
        let more = |notes| (notes < MOST).then_some(notes + 1);
        self.notes.fetch_update(Relaxed, Relaxed, more).is_ok()
    }
}

/// How an entry became vacant.
#[derive(Clone, Copy)]
pub(super) struct Vacated {
    /// When that was seen; `None` if it was not noted.
    pub(super) at: Option<Tick>,
    pub(super) by: LineId,
    scope: Tag,
}

#[derive(Clone, Copy)]
struct Note {
    at: Tick,
    by: LineId,
    scope: Tag,
}

const _: () = assert!(size_of::<Note>() == 8);

/// The notes of one map; written by its owner, read by who asks for a life.
#[derive(Default)]
pub(super) struct Notes(Mutex<Places>);

#[derive(Default)]
struct Places {
    notes: Vec<Note>,
    /// Those of entries that are vacant no more.
    free: Vec<u16>,
}

impl Notes {
    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What an entry carries that a line empties now.
    pub(super) fn note(&self, site: &SiteNotes, stamp: Stamp, by: LineId) -> Stamp {
        let note = Note {
            at: Tick::now(),
            by,
            scope: stamp.scope(),
        };
        let mut places = self.places();
        let place = match places.free.pop() {
            Some(place) => {
                places.notes[usize::from(place)] = note;
                place
            }
            None if site.take_note() => {
                places.notes.push(note);
                (places.notes.len() - 1) as u16
            }
            None => {
                site.lost.add(1);
                return stamp.with_emptied_by(by);
            }
        };
        stamp.with_emptied_by(NOTED).with_scope(place)
    }

    /// How an entry became vacant that carries this.
    pub(super) fn read(&self, stamp: Stamp) -> Vacated {
        self.places().read(stamp)
    }

    /// What an entry carries that is vacant no more, and how it had become so. Its note is free.
    pub(super) fn erase(&self, site: &SiteNotes, stamp: Stamp) -> (Stamp, Vacated) {
        let mut places = self.places();
        let vacated = places.read(stamp);
        if stamp.emptied_by() == NOTED {
            places.free.push(stamp.scope());
            if places.free.len() == places.notes.len() {
                places.give_back(site);
            }
        }
        let stamp = stamp.with_emptied_by(FULL).with_scope(vacated.scope);
        (stamp, vacated)
    }

    /// The tag of the scope that an entry was born in which carries this.
    pub(super) fn scope(&self, stamp: Stamp) -> Tag {
        if stamp.emptied_by() == NOTED {
            self.read(stamp).scope
        } else {
            stamp.scope()
        }
    }

    /// No entry is there any more.
    pub(super) fn clear(&self, site: &SiteNotes) {
        self.places().give_back(site);
    }
}

impl Places {
    fn read(&self, stamp: Stamp) -> Vacated {
        let told = Vacated {
            at: None,
            by: stamp.emptied_by(),
            scope: stamp.scope(),
        };
        if stamp.emptied_by() != NOTED {
            return told;
        }
        let note = self.notes.get(usize::from(stamp.scope()));
        note.map_or(
            Vacated {
                by: OTHER,
                scope: NO_SCOPE,
                ..told
            },
            |note| Vacated {
                at: Some(note.at),
                by: note.by,
                scope: note.scope,
            },
        )
    }

    fn give_back(&mut self, site: &SiteNotes) {
        site.notes.fetch_sub(self.notes.len(), Relaxed);
        *self = Self::default();
    }
}

impl Detail {
    /// A line emptied an entry that carries this, or it was found empty: what it carries from now on.
    pub(super) fn emptied(&self, stamp: Stamp, by: LineId) -> Stamp {
        self.line(stamp.line()).residue.bump();
        self.line(by).emptied.bump();
        self.trace_vacant(stamp, true);
        self.notes.note(&self.state.detail.notes, stamp, by)
    }

    /// A vacant entry is vacant no more: what it carries from now on.
    pub(super) fn filled(&self, stamp: Stamp) -> Stamp {
        let (stamp, vacated) = self.notes.erase(&self.state.detail.notes, stamp);
        self.line(stamp.line()).residue.drop_one();
        self.line(vacated.by).emptied.drop_one();
        self.trace_vacant(stamp, false);
        stamp
    }

    /// How a vacant entry became so that carries this.
    pub(super) fn vacated(&self, stamp: Stamp) -> Vacated {
        self.notes.read(stamp)
    }

    /// All entries leave that carry these: those born in a scope leave its account.
    pub(super) fn scoped_left(&self, stamps: impl Iterator<Item = Stamp>) {
        for stamp in stamps {
            scopes::left(self.id, stamp.with_scope(self.notes.scope(stamp)));
        }
    }
}
