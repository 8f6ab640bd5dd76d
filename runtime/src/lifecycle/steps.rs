//! The steps of one entry's life.

use std::{fmt, panic::Location, time::Duration};

use crate::{RemovalCause, clock::now_ms};

/// One step of a life: when and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// The time since the process first asked for one, to 10 ms; `None` if nobody knows.
    pub time: Option<Duration>,
    /// The line of the program; `None` if nobody knows, or no line did it (a value's end).
    pub line: Option<&'static Location<'static>>,
}

/// The steps of one entry's life: created → vacated → removed → dropped.
///
/// Strict knows it, of an entry in its map ([`lifecycle`](crate::HashMap::lifecycle)) and of one that left
/// ([`Removed::lifecycle`](crate::Removed::lifecycle)). Its text has a line for each step.
///
/// # Examples
/// ```
/// #[mapkeeper::tracked]
/// #[derive(Default)]
/// struct Jobs {
///     #[map]
///     open: std::collections::HashMap<u32, Option<String>>,
/// }
///
/// let mut jobs = Jobs::default();
/// jobs.open.insert(7, Some("print".to_owned()));
/// if let Some(life) = jobs.open.lifecycle(&7) {
///     assert_eq!(life.created.line.map(|line| line.file()), Some(file!()));
///     assert_eq!(life.removed, None);
///     println!("{life}"); // created    1.2 s  src/jobs.rs:9:11
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lifecycle {
    /// The insertion.
    pub created: Step,
    /// The write that made the value vacant, if it is (or was, when it left): when it was seen, which for what a `&mut` or
    /// another owner emptied is the next operation or look. Of a site's 1,024 vacant entries the time is noted; those of
    /// more are counted as [lost](crate::SiteReport::samples_dropped).
    pub vacated: Option<Step>,
    /// Why and where the entry left its map.
    pub removed: Option<(Step, RemovalCause)>,
    /// The value's end.
    pub dropped: Option<Step>,
}

impl Lifecycle {
    /// How long the entry was in its map: until it left, or until now.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        let until = match self.removed {
            Some((step, _)) => step.time?,
            None => Duration::from_millis(now_ms()),
        };
        Some(until.saturating_sub(self.created.time?))
    }
}

impl fmt::Display for Lifecycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = [
            ("created", Some(self.created), None),
            ("vacated", self.vacated, None),
            (
                "removed",
                self.removed.map(|(step, _)| step),
                self.removed.map(|(_, cause)| cause),
            ),
            ("dropped", self.dropped, None),
        ];
        let mut first = true;
        for (name, step, cause) in steps {
            let Some(step) = step else { continue };
            if !first {
                writeln!(f)?;
            }
            first = false;
            let time = step.time.map_or_else(
                || "?".to_owned(),
                |time| format!("{:.2} s", time.as_secs_f64()),
            );
            write!(f, "{name}  {time:>12}")?;
            if let Some(line) = step.line {
                write!(f, "  {line}")?;
            }
            if let Some(cause) = cause.filter(|cause| *cause != RemovalCause::Removed) {
                write!(f, "  ({cause})")?;
            }
        }
        Ok(())
    }
}
