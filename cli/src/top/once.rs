//! One frame as text: for logs, pipes and mails.

use super::{
    data::{Seen, Suspect, Wanted},
    table::{self, wrapped},
    view::{mode, sums},
};

/// The width of it, whatever the terminal's is.
const WIDTH: usize = 100;
const LABEL: usize = 13;

pub(crate) fn text(address: &str, seen: &Seen, wanted: &Wanted) -> String {
    let summary = &seen.summary;
    let mut lines = vec![
        format!("mapkeeper {} at {address}", summary.version),
        mode(summary),
        sums(summary, seen.suspects.total)
            .into_iter()
            .map(|(name, figure)| format!("{name} {figure}"))
            .collect::<Vec<_>>()
            .join("  "),
    ];
    for suspect in &seen.suspects.items {
        lines.push(String::new());
        lines.extend(told(suspect));
    }
    lines.push(String::new());
    let columns = table::columns(WIDTH);
    lines.push(table::heading(&columns, wanted.sort, wanted.ascending));
    lines.extend(seen.rows.items.iter().map(|row| table::line(row, &columns)));
    let more = seen.rows.total - seen.rows.items.len().min(seen.rows.total);
    if more > 0 {
        lines.push(format!(
            "and {more} more: --filter and --sort choose others"
        ));
    }
    let mut text = String::new();
    for line in lines {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn told(suspect: &Suspect) -> Vec<String> {
    let did = if suspect.kind == "retained" {
        "removed at"
    } else {
        "inserted at"
    };
    let mut said = vec![("SUSPECT", suspect.sentence.as_str())];
    said.extend(suspect.call_site.iter().map(|line| (did, line.as_str())));
    said.extend(
        suspect
            .emptied_at
            .iter()
            .map(|line| ("emptied at", line.as_str())),
    );
    said.extend(
        suspect
            .also
            .iter()
            .map(|also| ("also", also.sentence.as_str())),
    );
    said.push(("fix", &suspect.advice));
    said.push(("fingerprint", &suspect.fingerprint));
    let mut lines = Vec::new();
    for (label, text) in said {
        for (i, part) in wrapped(text, WIDTH - LABEL).into_iter().enumerate() {
            let label = if i == 0 { label } else { "" };
            lines.push(format!("{label:<LABEL$}{part}"));
        }
    }
    lines
}
