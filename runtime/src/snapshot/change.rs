//! One figure at two moments.

use serde::Serialize;

/// A figure at two moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// What it was; 0 if there was nothing.
    pub before: u64,
    /// What it is; 0 if there is nothing.
    pub after: u64,
}

impl Change {
    pub(super) fn of<T>(before: Option<&T>, after: Option<&T>, figure: impl Fn(&T) -> u64) -> Self {
        Self {
            before: before.map_or(0, &figure),
            after: after.map_or(0, &figure),
        }
    }

    /// By how much it grew; below zero if it shrank. Exact between −2^63 and 2^63, which no map comes near.
    #[must_use]
    pub fn by(self) -> i64 {
        let by = i128::from(self.after) - i128::from(self.before);
        let limit = if by < 0 { i64::MIN } else { i64::MAX };
        i64::try_from(by).unwrap_or(limit)
    }

    /// Whether it is another figure than before.
    #[must_use]
    pub fn is_change(self) -> bool {
        self.before != self.after
    }
}

/// Whether something is in both snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// In the later one only.
    New,
    /// In the earlier one only.
    Gone,
    /// In both.
    Both,
}

impl Presence {
    pub(super) fn of<T>(before: Option<&T>, after: Option<&T>) -> Self {
        match (before, after) {
            (None, _) => Self::New,
            (_, None) => Self::Gone,
            _ => Self::Both,
        }
    }
}
