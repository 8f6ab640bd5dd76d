//! Snapshots: what changed between two against a model, which entries survived three against a model, and files that
//! are whole, broken, or somebody else's.
//!
//! Snapshots are numbered over the whole process, so each of these tests has the clock to itself.

#![allow(missing_docs)]

mod changes;
mod files;
mod lived_on;
mod pages;
mod threads;

use mapkeeper::{Snapshot, testing::Clock};
use serde_json::Value;

/// A moment at which no other test takes snapshots.
fn alone() -> Clock {
    Clock::drive()
}

/// The snapshot as it is after `edit` changed its JSON.
fn edited(snapshot: &Snapshot, edit: impl FnOnce(&mut Value)) -> Snapshot {
    let mut json: Value = serde_json::from_str(&snapshot.to_json()).unwrap();
    edit(&mut json);
    Snapshot::from_json(&json.to_string()).unwrap()
}

#[track_caller]
fn fits(text: &str) {
    assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "too wide: {line}\n{text}");
        assert_eq!(line.trim_end(), line, "spaces at the end");
    }
}
