//! What a run tells the process that started it: one JSON object a line.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Told {
    /// The leaking site was suspected for the first time.
    Found {
        minute: u64,
        kinds: Vec<String>,
        call_site: Option<String>,
        right_line: bool,
        sentence: String,
    },
    /// The right line was named for the first time.
    RightLine { minute: u64 },
    /// A site that does not leak was suspected, for the first time with this kind.
    FalseAlarm {
        minute: u64,
        kind: String,
        site: String,
        sentence: String,
    },
    /// The day is over and the truth held.
    End {
        /// At the leaking site; at all sites of a healthy model.
        inserts: u64,
        lost: u64,
        /// For every suspect of the leaking site, all that agreed on it.
        kinds: Vec<Vec<String>>,
    },
}

/// All that one run told.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) mode: &'static str,
    pub(crate) model: &'static str,
    pub(crate) seed: u64,
    pub(crate) told: Vec<Told>,
}
