//! Snapshots as files: written whole or not at all, read with an error that says where.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::error::Category;

use super::{Place, SCHEMA, Snapshot, SnapshotError};
use crate::threads::{
    atomic::{AtomicU32, Ordering::Relaxed},
    statics,
};

pub(super) fn save(json: &str, path: &Path) -> io::Result<()> {
    statics! {
        static SAVED: AtomicU32 = AtomicU32::new(0);
    }
    let failed = |error: io::Error| {
        let message = format!(
            "cannot save the snapshot to {}: {error}; name a file in a folder that exists and may be written to",
            path.display()
        );
        io::Error::new(error.kind(), message)
    };
    let Some(name) = path.file_name() else {
        return Err(failed(io::Error::new(
            io::ErrorKind::InvalidInput,
            "this names no file",
        )));
    };
    let mut beside = OsString::from(".");
    beside.push(name);
    beside.push(format!(
        ".{}-{}.tmp",
        std::process::id(),
        SAVED.fetch_add(1, Relaxed)
    ));
    let beside = path.with_file_name(beside);
    let written = File::create_new(&beside).and_then(|mut file| {
        file.write_all(json.as_bytes())?;
        // The rename must not reach the disk before what is renamed.
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    written.map_err(|error| {
        // It may not exist, and what went wrong first is what matters.
        let _ = fs::remove_file(&beside);
        failed(error)
    })
}

pub(super) fn load(path: &Path) -> Result<Snapshot, SnapshotError> {
    let json = fs::read(path).map_err(|error| SnapshotError::Unreadable {
        path: path.to_owned(),
        error,
    })?;
    parse(&json, Some(path))
}

/// What every version of a snapshot says.
#[derive(Deserialize)]
struct Head {
    schema: String,
}

pub(super) fn parse(json: &[u8], path: Option<&Path>) -> Result<Snapshot, SnapshotError> {
    let head: Head = read(json, path)?;
    if head.schema != SCHEMA {
        return Err(SnapshotError::OtherSchema {
            path: path.map(Path::to_owned),
            found: head.schema,
        });
    }
    read(json, path)
}

fn read<T: DeserializeOwned>(json: &[u8], path: Option<&Path>) -> Result<T, SnapshotError> {
    serde_json::from_slice(json).map_err(|error| {
        let place = Place {
            path: path.map(Path::to_owned),
            line: error.line(),
            column: error.column(),
        };
        // It ends with where it is, which is told beside it.
        let mut reason = error.to_string();
        if let Some(end) = reason.rfind(" at line ") {
            reason.truncate(end);
        }
        match error.classify() {
            Category::Syntax if ends_in_a_number(json, &place) => SnapshotError::CutShort { place },
            Category::Eof => SnapshotError::CutShort { place },
            Category::Data => SnapshotError::NotASnapshot { place, reason },
            Category::Syntax | Category::Io => SnapshotError::NotJson { place, reason },
        }
    })
}

/// Whether the parser came to the end of a text that ends after the point or the sign of a number, which is an error of
/// its own to it.
fn ends_in_a_number(json: &[u8], place: &Place) -> bool {
    let mut lines = json.split(|byte| *byte == b'\n');
    let last = lines.next_back().unwrap_or_default();
    (lines.count() + 1, last.len()) == (place.line, place.column)
        && matches!(last.last(), Some(b'.' | b'e' | b'E' | b'+' | b'-'))
}
