//! What is known of values after they left their map: those that live on, how long the others did, and that watching
//! them changes nothing for the program.
//!
//! The clock is the process', so every test takes it, and they run one after the other.

#![allow(missing_docs)]

mod bounded;
mod exits;
mod guards;
mod lifecycle;
mod model;
mod observed;
mod values;

use std::time::Duration;

use mapkeeper::{AfterRemoval, MODE, Mode, RemovalCause};
use mapkeeper_tests::sites::site;

/// What the report says of a site's values after they left.
pub(crate) fn after(name: &str) -> AfterRemoval {
    site(name).after_removal
}

/// Whether every value that leaves is watched.
pub(crate) const ALL: bool = matches!(MODE, Mode::Strict);

/// `n` where every value that leaves is watched, else 0.
pub(crate) fn if_all(n: u64) -> u64 {
    if ALL { n } else { 0 }
}

/// The line of one retained group, its cause, how many, and the most owners.
pub(crate) type Group = (u32, RemovalCause, u64, u64);

/// The retained groups of a site, their lines in this crate's files.
pub(crate) fn retained(name: &str) -> Vec<Group> {
    let groups = after(name).retained;
    groups
        .iter()
        .map(|group| {
            let line = group.removed_at.rsplit(':').nth(1).unwrap_or("0");
            let line = line.parse().unwrap();
            (line, group.cause, group.values, group.strong_count_max)
        })
        .collect()
}

pub(crate) const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}
