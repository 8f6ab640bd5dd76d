//! Keys that came back soon after they were removed: who removed them, and who brought them back.

use serde::{Deserialize, Serialize};

use super::{CallSiteReport, count, printable, seconds, wrapped};

/// Keys that one line removed and another one inserted again less than 10 s later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Return {
    /// The line that removed them.
    pub removed_at: String,
    /// The thread that removed the last of them.
    pub removed_by: String,
    /// The thread that inserted the last of them.
    pub inserted_by: String,
    /// How many there were.
    pub times: u64,
    /// When the last of them was removed, in milliseconds of the process' clock.
    pub removed_ms: u64,
    /// When the last of them was inserted again.
    pub inserted_ms: u64,
}

/// What came back through a line, as lines of text that are no wider than `width`; none if nothing did, or if nobody knows who
/// removed it.
pub(super) fn remarks(line: &CallSiteReport, width: usize) -> Vec<String> {
    let Some(most) = line.returns.first() else {
        return Vec::new();
    };
    let after = most.inserted_ms.saturating_sub(most.removed_ms);
    let remark = format!(
        "{} {} came back, most of them removed at {}: the last one by {}, {} before {} inserted it again",
        count(line.returned),
        if line.returned == 1 { "key" } else { "keys" },
        most.removed_at,
        printable(&most.removed_by),
        seconds(after),
        printable(&most.inserted_by),
    );
    wrapped(&remark, width)
}
