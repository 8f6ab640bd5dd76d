//! Entries whose insertion's trace is remembered: so many of each site, and of each of its lines.
//!
//! Such an entry carries the number of its place here as its tag (a test's scope has tags below), so that the place is free
//! again when that very entry leaves, on whichever thread. What found no place is counted.

use super::{
    super::live::{Count, Example, Examples, Lines, TraceContext},
    Detail,
    scopes::{MOST_SCOPES, NO_SCOPE, Tag},
    stamp::Stamp,
};
use crate::{
    mode::TRACES,
    threads::{Mutex, MutexGuard, PoisonError},
};

/// Places of one site.
pub(super) const MOST_TRACED: u32 = 256;
/// Entries of one line that are remembered at a time.
const MOST_OF_LINE: usize = 16;

/// The places of one site.
#[derive(Default)]
pub(crate) struct Traced {
    places: Mutex<Vec<Option<Place>>>,
    /// Insertions in traces for which there was none.
    dropped: Count,
}

#[derive(Clone, Copy)]
struct Place {
    trace: TraceContext,
    map: u64,
    /// When it came and by which line.
    stamp: Stamp,
    vacant: bool,
}

impl Place {
    fn is_of(&self, map: u64, stamp: Stamp) -> bool {
        self.map == map && self.stamp == stamp.plain()
    }

    fn example(&self) -> Example {
        Example {
            trace: self.trace,
            born_ms: self.stamp.born().as_ms(),
            vacant: self.vacant,
        }
    }
}

/// Whether the trace of this entry is remembered.
#[inline(always)]
pub(super) fn is_traced(stamp: Stamp) -> bool {
    TRACES && u32::from(stamp.scope()) > MOST_SCOPES
}

fn place_of(stamp: Stamp) -> usize {
    (u32::from(stamp.scope()) - MOST_SCOPES) as usize - 1
}

impl Traced {
    fn places(&self) -> MutexGuard<'_, Vec<Option<Place>>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Insertions in traces that were not remembered, for want of room.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.get()
    }

    /// The tag of an entry that comes into a map while a span is active; that of no scope if there is no room.
    fn born(&self, map: u64, stamp: Stamp, trace: TraceContext) -> Tag {
        let mut places = self.places();
        let of_line = places.iter().flatten();
        let of_line = of_line.filter(|place| place.stamp.line() == stamp.line());
        let has_room = of_line.count() < MOST_OF_LINE;
        let free = places.iter().position(Option::is_none);
        let place = match free {
            Some(place) if has_room => place,
            None if has_room && places.len() < MOST_TRACED as usize => {
                places.push(None);
                places.len() - 1
            }
            _ => {
                self.dropped.add(1);
                return NO_SCOPE;
            }
        };
        places[place] = Some(Place {
            trace,
            map,
            stamp: stamp.plain(),
            vacant: false,
        });
        (MOST_SCOPES + 1 + place as u32) as Tag
    }

    /// Does `f` with the place of an entry. (A copy that was not made to its end has stamps of the original.)
    fn with(&self, map: u64, stamp: Stamp, f: impl FnOnce(&mut Option<Place>)) {
        if let Some(place) = self.places().get_mut(place_of(stamp))
            && place.is_some_and(|place| place.is_of(map, stamp))
        {
            f(place);
        }
    }

    /// What is remembered of the entries of one map.
    pub(super) fn of_map(&self, map: u64) -> Examples {
        let mut examples = Examples::default();
        for place in self.places().iter().flatten() {
            if place.map == map {
                examples.add(place.example());
            }
        }
        examples
    }

    /// Adds what is remembered of entries that are still there.
    pub(crate) fn add_to(&self, lines: &mut Lines) {
        for place in self.places().iter().flatten() {
            lines.example(place.stamp.line(), place.example());
        }
    }
}

impl Detail {
    fn traced(&self) -> &Traced {
        &self.state.detail.traced
    }

    /// What an entry carries that comes in this trace.
    pub(super) fn trace(&self, stamp: Stamp, trace: TraceContext) -> Stamp {
        if trace.is_known() {
            stamp.with_scope(self.traced().born(self.id, stamp, trace))
        } else {
            stamp
        }
    }

    /// An entry leaves that is not vacant.
    pub(super) fn trace_left(&self, stamp: Stamp) {
        if is_traced(stamp) {
            self.traced().with(self.id, stamp, |place| *place = None);
        }
    }

    /// A value became vacant, or is so no more.
    pub(super) fn trace_vacant(&self, stamp: Stamp, vacant: bool) {
        if is_traced(stamp) {
            self.traced().with(self.id, stamp, |place| {
                if let Some(place) = place {
                    place.vacant = vacant;
                }
            });
        }
    }

    /// Every entry of the map leaves.
    pub(super) fn traces_left(&self) {
        if TRACES {
            for place in self.traced().places().iter_mut() {
                if place.is_some_and(|place| place.map == self.id) {
                    *place = None;
                }
            }
        }
    }
}
