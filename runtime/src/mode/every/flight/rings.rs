//! The rings of all maps: those that live, and those that went last.
//!
//! There are at most [`MAPS`] of them. A map that comes when there are as many takes the ring of the one that went first;
//! if all of them live, it goes without. Both are counted.

use std::{collections::VecDeque, sync::Arc};

use super::ring::Ring;
use crate::{
    Site,
    threads::{LazyLock, Mutex, MutexGuard, PoisonError, bound, statics},
};

/// Maps whose operations are kept at a time.
const MAPS: usize = bound(256, 4);

statics! {
    /// Where the operations of maps go that have no ring: nobody reads them.
    static NOBODYS: LazyLock<Arc<Ring>> = LazyLock::new(|| Arc::new(Ring::new()));
    static RINGS: Mutex<Rings> = Mutex::new(Rings {
        there: Vec::new(),
        gone: VecDeque::new(),
        maps_dropped: 0,
        operations_dropped: 0,
    });
}

/// See the [module](self).
pub(super) struct Rings {
    there: Vec<Kept>,
    /// The places of maps that went, the first one first.
    gone: VecDeque<usize>,
    /// Maps that had no ring, or whose ring was given to another.
    pub(super) maps_dropped: u64,
    /// Operations that were in rings given to others.
    pub(super) operations_dropped: u64,
}

/// The ring of one map.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) ring: Arc<Ring>,
    pub(super) site: &'static Site,
    pub(super) map: u64,
    pub(super) is_gone: bool,
}

/// The rings; held for a few instructions.
pub(super) fn rings() -> MutexGuard<'static, Rings> {
    RINGS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Rings {
    /// A ring for a map that comes, and its place; without one, nobody's.
    pub(super) fn take(&mut self, site: &'static Site, map: u64) -> (Arc<Ring>, Option<usize>) {
        let kept = |ring| Kept {
            ring,
            site,
            map,
            is_gone: false,
        };
        if self.there.len() < MAPS {
            let ring = Arc::new(Ring::new());
            self.there.push(kept(Arc::clone(&ring)));
            return (ring, Some(self.there.len() - 1));
        }
        self.maps_dropped += 1;
        let Some(place) = self.gone.pop_front() else {
            return (Arc::clone(&NOBODYS), None);
        };
        let there = &mut self.there[place];
        self.operations_dropped += there.ring.count();
        match Arc::get_mut(&mut there.ring) {
            Some(ring) => ring.reset(),
            // Somebody is reading it.
            None => there.ring = Arc::new(Ring::new()),
        }
        *there = kept(Arc::clone(&there.ring));
        (Arc::clone(&there.ring), Some(place))
    }

    /// The map in this place went.
    pub(super) fn end(&mut self, place: usize) {
        if let Some(kept) = self.there.get_mut(place) {
            kept.is_gone = true;
            self.gone.push_back(place);
        }
    }

    pub(super) fn all(&self) -> &[Kept] {
        &self.there
    }
}
