//! What can be wrong with a snapshot, or with two of them.

use std::{error::Error, fmt, io, path::PathBuf};

use super::{KEPT, SCHEMA, Snapshot};
use crate::Mode;

/// Why a snapshot cannot be read, or not be compared with another one. Its text says what, where and what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The text ends before the snapshot does.
    CutShort {
        /// Where it ends.
        place: Place,
    },
    /// The text is not JSON.
    NotJson {
        /// Where it stops being JSON.
        place: Place,
        /// What was expected there.
        reason: String,
    },
    /// The text is JSON, but a field is missing or is not what it should be.
    NotASnapshot {
        /// Where.
        place: Place,
        /// Which one.
        reason: String,
    },
    /// The snapshot has a shape that this version of mapkeeper does not know.
    OtherSchema {
        /// The file, if it came from one.
        path: Option<PathBuf>,
        /// What the snapshot says it is.
        found: String,
    },
    /// The snapshots were taken in different modes, which know different things.
    OtherMode {
        /// The earlier one's.
        earlier: Mode,
        /// The later one's.
        later: Mode,
    },
    /// The snapshots are of different runs.
    OtherProcess {
        /// The earlier one's.
        earlier: String,
        /// The later one's.
        later: String,
    },
    /// The one that should be the earlier one was not taken first.
    WrongOrder {
        /// The number of the one that should be the earlier one.
        earlier: u32,
        /// The number of the other one.
        later: u32,
    },
    /// So many snapshots were taken in between that it is not known any more what came between which.
    TooFarApart {
        /// The number of the first one.
        first: u32,
        /// The number of the last one.
        last: u32,
    },
    /// A test set the clock back in between, so it is not known what came when.
    ClockSetBack {
        /// The number of the first one.
        first: u32,
        /// The number of the last one.
        last: u32,
    },
}

/// A place in a text: where a parser stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file, if it came from one.
    pub path: Option<PathBuf>,
    /// The line, from 1; 0 if the text is empty.
    pub line: usize,
    /// The column, from 1; 0 if the line is empty.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{}, ", path.display())?;
        }
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, error } => write!(
                f,
                "cannot read the snapshot {}: {error}; name a file that `Snapshot::save` wrote",
                path.display()
            ),
            Self::CutShort { place } => write!(
                f,
                "the snapshot is cut short ({place}): the text ends in the middle; copy the file again, or take a new \
                 snapshot with `Snapshot::save`, which writes whole files only"
            ),
            Self::NotJson { place, reason } => write!(
                f,
                "the snapshot is not JSON ({place}): {reason}; pass what `Snapshot::to_json` or `Snapshot::save` wrote, \
                 unchanged"
            ),
            Self::NotASnapshot { place, reason } => write!(
                f,
                "this JSON is no snapshot ({place}): {reason}; pass what `Snapshot::to_json` or `Snapshot::save` wrote \
                 (a report's JSON is something else)"
            ),
            Self::OtherSchema { path, found } => {
                let of = path
                    .as_ref()
                    .map_or_else(String::new, |path| format!(" {}", path.display()));
                write!(
                    f,
                    "the snapshot{of} has the schema {found:?}, this version of mapkeeper reads {SCHEMA:?}: read it with \
                     the version of mapkeeper that wrote it, or take it anew"
                )
            }
            Self::OtherMode { earlier, later } => write!(
                f,
                "the earlier snapshot was taken in mode {earlier}, the later one in {later}: their figures do not mean \
                 the same; take both with the same features of mapkeeper"
            ),
            Self::OtherProcess { earlier, later } => write!(
                f,
                "the snapshots are of different runs ({earlier} and {later}): which entries survived is known within \
                 one run only; take all three in one run, or compare two with `diff`"
            ),
            Self::WrongOrder { earlier, later } if earlier == later => write!(
                f,
                "both are snapshot {earlier} of their run: nothing can have come in between; pass different ones"
            ),
            Self::WrongOrder { earlier, later } => write!(
                f,
                "the snapshots are in the wrong order: number {earlier} of the run is given as the earlier one, number \
                 {later} as the later one; swap them"
            ),
            Self::TooFarApart { first, last } => write!(
                f,
                "snapshots {first} and {last} of the run are too far apart: mapkeeper knows what came between the last \
                 {KEPT} snapshots only; take at most {} in between",
                KEPT - 1
            ),
            Self::ClockSetBack { first, last } => write!(
                f,
                "the clock was set back between snapshots {first} and {last} of the run, so it is not known what came \
                 when; do not set `testing::Clock` back, or drop it, between them"
            ),
        }
    }
}

impl Error for SnapshotError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreadable { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// Whether both know the same kind of thing.
pub(super) fn same_mode(earlier: &Snapshot, later: &Snapshot) -> Result<(), SnapshotError> {
    if earlier.mode == later.mode {
        return Ok(());
    }
    Err(SnapshotError::OtherMode {
        earlier: earlier.mode,
        later: later.mode,
    })
}

/// Whether both are of one run.
pub(super) fn same_process(earlier: &Snapshot, later: &Snapshot) -> Result<(), SnapshotError> {
    if earlier.process == later.process {
        return Ok(());
    }
    Err(SnapshotError::OtherProcess {
        earlier: earlier.process.clone(),
        later: later.process.clone(),
    })
}
