//! What threads waited for at the locks inside of a shared map, as reports tell it.

use serde::{Deserialize, Serialize};

/// How the shards of the maps of one site were waited for and held.
///
/// Who finds a shard free pays nothing for these figures in observe: they are made by those who wait. So a hold is known there
/// by the longest that somebody waited for its end; strict times each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contention {
    /// Times that somebody found a shard taken and waited.
    pub waits: u64,
    /// How long all of them waited together, in milliseconds.
    pub waited_ms: f64,
    /// The longest wait, in milliseconds.
    pub longest_wait_ms: f64,
    /// The line that waited so long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_wait_at: Option<String>,
    /// How long a shard was held at a time, at least, in milliseconds.
    pub longest_hold_ms: f64,
    /// The line that took the guard which held so long (strict).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_hold_at: Option<String>,
    /// Pairs of lines that lock this and another map in opposite order (strict): two threads can wait for each other there.
    pub inversions: u64,
}

impl Contention {
    /// What there is to say, in short lines; nothing if nobody waited for long.
    pub(crate) fn remarks(&self) -> impl Iterator<Item = String> {
        /// Waits shorter than this are what locks are for.
        const WORTH_TELLING_MS: f64 = 1.0;
        let at = |line: &Option<String>| {
            line.as_ref()
                .map_or_else(String::new, |line| format!(" at {line}"))
        };
        let waits = (self.longest_wait_ms >= WORTH_TELLING_MS).then(|| {
            format!(
                "its shards were waited for {} times, {:.0} ms in all, {:.0} ms at the longest{}",
                self.waits,
                self.waited_ms,
                self.longest_wait_ms,
                at(&self.longest_wait_at)
            )
        });
        let holds = (self.longest_hold_at.is_some() && self.longest_hold_ms >= WORTH_TELLING_MS)
            .then(|| {
                format!(
                    "a guard held a shard for {:.0} ms{}",
                    self.longest_hold_ms,
                    at(&self.longest_hold_at)
                )
            });
        let inversions = (self.inversions > 0).then(|| {
            format!(
                "{} pairs of lines lock it and another map in opposite order",
                self.inversions
            )
        });
        [waits, holds, inversions].into_iter().flatten()
    }
}
