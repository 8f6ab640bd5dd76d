//! Where maps stand: what may be around a map, for `MapType`, `TrackedMaps` and the comparison of two maps.
//!
//! One file for each crate that has such types, under the feature of its name. Nothing here waits for a lock.

#[cfg(feature = "arc-swap")]
mod arc_swap;
#[cfg(feature = "once_cell")]
mod once_cell;
#[cfg(feature = "parking_lot")]
mod parking_lot;
mod standard;
#[cfg(feature = "tokio")]
mod tokio;
