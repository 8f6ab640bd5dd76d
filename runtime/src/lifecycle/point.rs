//! The figures of a site at one moment.

use serde::{Deserialize, Serialize};

/// The exact figures of a site at one moment, over all its maps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Point {
    /// Milliseconds of the process' clock.
    pub at_ms: u64,
    /// Live maps that allocated.
    pub instances: u64,
    /// Maps that allocated, live and gone.
    pub instances_total: u64,
    /// Entries.
    pub len: u64,
    /// Entries the live maps can hold without growing.
    pub capacity: u64,
    /// Bytes the live maps' tables allocated.
    pub table_bytes: u64,
    /// Keys inserted up to then.
    pub inserts: u64,
    /// Values replaced up to then.
    pub replaces: u64,
    /// Removals of absent keys up to then.
    pub misses: u64,
    /// Entries whose value was vacant.
    pub residue: u64,
}
