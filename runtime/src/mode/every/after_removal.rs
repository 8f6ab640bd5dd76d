//! Strict: every value that leaves is watched, while there is room; every entry's life is known.

use std::time::Duration;

use super::{
    super::live::{Instance, OTHER},
    Stamp, Tick, Watch,
};
use crate::{Lifecycle, RemovalCause, Step};

/// Values of a site that are watched at a time.
pub(crate) const MAX_WATCHED: u64 = 1_024;
/// Values that one watched value stands for.
pub(crate) const WEIGHT: u64 = 1;
/// Values that nobody else owns are watched too. (`Arc::get_mut` on them fails for as long as they are.)
pub(crate) const WATCHES_SOLE_OWNERS: bool = true;
/// `clear` and the like are walked over.
pub(crate) const WATCHES_BULK: bool = true;

#[inline(always)]
pub(crate) fn is_picked(_: &Instance, _: RemovalCause) -> bool {
    true
}

impl Watch {
    /// Whether the site's list was full in this very tick: then it still is, or nearly.
    #[inline(always)]
    pub(crate) fn has_no_room(&self) -> bool {
        self.no_room_at.is_now()
    }

    pub(crate) fn found_no_room(&mut self) {
        self.no_room_at = Tick::now();
    }
}

/// What an entry's stamp says of its life.
pub(crate) fn lifecycle(instance: &Instance, stamp: Stamp) -> Option<Lifecycle> {
    let lines = &instance.detail.site.record.state().call_sites;
    let time = |tick: Tick| Duration::from_millis(tick.as_ms());
    Some(Lifecycle {
        created: Step {
            time: Some(time(stamp.born())),
            line: lines.location(stamp.line().into()),
        },
        vacated: stamp.is_vacant().then(|| {
            let vacated = instance.detail.vacated(stamp);
            Step {
                time: vacated.at.map(time),
                line: Some(vacated.by)
                    .filter(|by| *by != OTHER)
                    .and_then(|by| lines.location(by.into())),
            }
        }),
        removed: None,
        dropped: None,
    })
}
