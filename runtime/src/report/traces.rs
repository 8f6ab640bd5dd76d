//! The traces that entries were inserted in which are still there.

use serde::{Deserialize, Serialize};

use crate::{Report, Suspect};

/// The trace that an entry was inserted in which is still in a map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InsertionTrace {
    /// The trace, in 32 hexadecimal digits.
    pub trace_id: String,
    /// The span that was active, in 16 hexadecimal digits.
    pub span_id: String,
    /// Whether the trace is recorded, as far as its flags say.
    pub sampled: bool,
    /// Whether the entry is vacant.
    pub vacant: bool,
    /// The age of the entry.
    pub age_seconds: f64,
}

impl Report {
    /// The traces of insertions that a suspect is about: of vacant entries, if it is about those.
    pub(crate) fn traces(&self, suspect: &Suspect) -> Vec<InsertionTrace> {
        let vacant = ["residue", "dead_handles"].contains(&suspect.kind);
        let sites = self
            .sites
            .iter()
            .filter(|row| row.site == suspect.site && row.module == suspect.module);
        let lines = sites.flat_map(|site| &site.call_sites);
        let mut lines = lines.filter(|line| Some(&line.call_site) == suspect.call_site.as_ref());
        let traces = lines.next().map_or(&[][..], |line| &line.traces);
        let traces = traces.iter().filter(|trace| trace.vacant || !vacant);
        traces.cloned().collect()
    }
}
