//! The twin of strict's flight recorder where operations are not recorded: there is none to show.

use crate::MapFlight;

/// The maps, and how many maps and operations are no longer kept.
pub(crate) fn read_all() -> (Vec<MapFlight>, u64, u64) {
    (Vec::new(), 0, 0)
}
