//! What happened to values after they left their maps, as data and in sentences.

use serde::{Deserialize, Serialize};

use super::{count, seconds};
use crate::{AgeHistogram, Mode, RemovalCause};

/// Values of one site that left and were watched: `Arc`s and `Rc`s by weak handles, others by the guards of
/// [`remove_tracked`](crate::HashMap::remove_tracked).
///
/// Strict watches every value that leaves, at most 1,024 of a site at a time; observe those whose keys are sampled and
/// that somebody else owns too, at most 64. There, each of them stands for 256 in every figure but `watched`; what
/// leaves with all others (`clear`, `drain`, the map's end) is not looked at.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AfterRemoval {
    /// Handles and guards held now.
    pub watched: u64,
    /// Values that were dropped.
    pub finalised: u64,
    /// Values that [`Removed::into_inner`](crate::Removed::into_inner) gave away.
    pub handed_over: u64,
    /// `Rc`s that were alive when their thread ended: nobody can look at them again.
    pub outlived_thread: u64,
    /// Values there was no room to watch.
    pub not_watched: u64,
    /// How long those that were dropped had lived on. Exact for guards; else until their deaths were seen, at the
    /// site's next exits or the next report.
    pub latency: AgeHistogram,
    /// How long ago those left that are alive.
    #[serde(default)]
    pub alive: AgeHistogram,
    /// Those that are alive and left longer ago than [`retained_after`](crate::retained_after), by line, most first.
    /// `Rc`s are asked by their own thread only: another thread's report leaves them out.
    pub retained: Vec<Retained>,
}

/// Values that left at one line and live on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Retained {
    /// The line that removed them, `path/file.rs:line:column`; `(unknown)` if they left when their map was dropped.
    pub removed_at: String,
    /// Why they left.
    pub cause: RemovalCause,
    /// How many they are.
    pub values: u64,
    /// The most owners that one of them has.
    pub strong_count_max: u64,
    /// How long ago the first of them left.
    pub oldest_seconds: f64,
}

impl AfterRemoval {
    /// One sentence for each group of retained values, and one for the rest; none if nothing was watched.
    pub(super) fn sentences(&self, mode: Mode) -> Vec<String> {
        const SHOWN: usize = 8;
        let mut sentences: Vec<String> = self
            .retained
            .iter()
            .take(SHOWN)
            .map(|group| group.sentence(mode))
            .collect();
        match self.retained.len().saturating_sub(SHOWN) {
            0 => {}
            more => sentences.push(format!(
                "… and from {more} more lines (all are in the JSON)"
            )),
        }
        let mut notes = Vec::new();
        if let (Some(half), Some(most)) = (self.latency.quantile(0.5), self.latency.quantile(0.99))
        {
            notes.push(format!(
                "{} were dropped, half of them within {}, 99 % within {}",
                about(self.finalised, mode),
                seconds(half),
                seconds(most)
            ));
        }
        for (n, what) in [
            (self.handed_over, "were handed over"),
            (self.outlived_thread, "were alive when their thread ended"),
            (self.not_watched, "were not watched for want of room"),
        ] {
            if n > 0 {
                notes.push(format!("{} {what}", about(n, mode)));
            }
        }
        if !notes.is_empty() {
            sentences.push(format!("of the values that left, {}", notes.join("; ")));
        }
        sentences
    }
}

impl Retained {
    fn sentence(&self, mode: Mode) -> String {
        let (how, at) = match self.cause {
            RemovalCause::MapDropped => ("that left when their map was dropped", ""),
            RemovalCause::Removed => ("removed at ", &*self.removed_at),
            RemovalCause::Replaced => ("replaced at ", &*self.removed_at),
            RemovalCause::Cleared => ("cleared at ", &*self.removed_at),
            RemovalCause::Drained => ("drained at ", &*self.removed_at),
            RemovalCause::Filtered => ("filtered out at ", &*self.removed_at),
            RemovalCause::Taken => ("taken at ", &*self.removed_at),
        };
        let (values, are, oldest) = if self.values == 1 {
            ("value", "is", "for")
        } else {
            ("values", "are", "the oldest for")
        };
        let owners = if self.strong_count_max == 1 {
            "owner"
        } else {
            "owners"
        };
        format!(
            "{} {values} {how}{at} {are} still alive, {oldest} {} ({} {owners})",
            about(self.values, mode),
            seconds((self.oldest_seconds * 1000.0) as u64),
            self.strong_count_max,
        )
    }
}

fn about(n: u64, mode: Mode) -> String {
    let about = if mode == Mode::Observe { "~" } else { "" };
    format!("{about}{}", count(n))
}
