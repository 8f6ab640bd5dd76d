//! Workflow commands of GitHub Actions: a warning at each finding's line, in the pull request's changes.
//!
//! Their grammar is in GitHub's "Workflow commands for GitHub Actions".

use std::fmt::Write as _;

use crate::{clean::clean, scan::finding::Finding};

pub(super) fn annotation(of: &Finding) -> String {
    let mut message = of.message.clone();
    for note in &of.notes {
        let _ = write!(message, "\n{note}");
    }
    for spot in of.places.iter().chain(&of.related) {
        let _ = write!(message, "\n{}:{}: {}", spot.file, spot.line, spot.what);
    }
    let _ = write!(message, "\nconfidence: {}", of.confidence.name());
    format!(
        "::warning file={},line={},col={},endColumn={},title={}::{}\n",
        property(&of.file),
        of.line,
        of.column,
        of.column as usize + of.width.max(1),
        property(&format!("mapkeeper: {}", of.kind)),
        data(&message)
    )
}

fn data(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(clean).collect();
    let lines = lines.iter().map(|line| line.replace('%', "%25"));
    lines.collect::<Vec<_>>().join("%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
