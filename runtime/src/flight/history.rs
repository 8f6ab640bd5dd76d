//! What is known of one key, for people.

use std::fmt;

use super::{FlightRecord, Operation, shown_hash};
use crate::{
    MODE, Mode,
    clock::now_ms,
    report::{count, printable, seconds},
};

/// The last operations of one key of one map: what `history(&key)` answers.
///
/// Its text ([`Display`](fmt::Display)) is a timeline, the oldest operation first. Operations on many entries at once (`clear`,
/// `retain`, …) stand in it too, with the number of entries: which keys they were is not recorded.
///
/// Keys are told apart by their hashes; of two keys with the same one, each has the operations of both.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct History {
    /// The map's name; `None` if it is not tracked, or nothing was recorded.
    pub site: Option<&'static str>,
    /// The key as text, only where `show_keys` was asked for and it is still kept.
    pub key: Option<String>,
    /// The hash of the key, if it has one.
    pub key_hash: Option<u64>,
    /// When it was read, in milliseconds of the process' clock, rounded down as times of records are.
    pub at_ms: u64,
    /// Earlier operations of the map, which are no longer kept.
    pub dropped: u64,
    /// The oldest first, in the order in which they happened.
    pub operations: Vec<FlightRecord>,
}

impl History {
    /// Nothing is known.
    pub(crate) fn unknown() -> Self {
        Self {
            site: None,
            key: None,
            key_hash: None,
            at_ms: now_ms(),
            dropped: 0,
            operations: Vec::new(),
        }
    }

    /// Whether no operation is known: none happened, they are no longer kept, or the mode records none.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if MODE != Mode::Strict {
            return write!(
                f,
                "nothing is recorded: the flight recorder is strict's (enable mapkeeper's feature `strict`)"
            );
        }
        let Some(site) = self.site else {
            return write!(f, "nothing is recorded of this map");
        };
        let hash = self
            .key_hash
            .map_or_else(|| "without a hash".to_owned(), shown_hash);
        let key = self.key.as_deref().unwrap_or(&hash);
        write!(f, "{site}, key {}", printable(key))?;
        if self.dropped > 0 {
            let dropped = count(self.dropped);
            write!(
                f,
                " ({dropped} earlier operations of the map are no longer kept)"
            )?;
        }
        if self.is_empty() {
            return write!(f, "\n  no operation is kept");
        }
        let line = |record: &FlightRecord| {
            let line = record.call_site.as_deref();
            line.unwrap_or("(unknown)").to_owned()
        };
        let width = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
        let lines = width(&mut self.operations.iter().map(|it| line(it).chars().count()));
        let mut left: Option<&FlightRecord> = None;
        for record in &self.operations {
            let ago = format!("-{}", seconds(self.at_ms.saturating_sub(record.at_ms)));
            let did = record.operation.as_str();
            let thread = printable(&record.thread_name);
            let line = line(record);
            write!(f, "\n{ago:>12}  {did:<11}  {line:<lines$}  {thread}")?;
            if !record.operation.is_of_one_key() {
                write!(f, "  ({} entries)", count(record.entries))?;
            } else if let (Operation::Inserted, Some(left)) = (record.operation, left) {
                let after = seconds(record.at_ms.saturating_sub(left.at_ms));
                write!(f, "  (came back after {after})")?;
            }
            match record.operation {
                Operation::Removed => left = Some(record),
                Operation::Inserted => left = None,
                _ => {}
            }
        }
        Ok(())
    }
}
