//! Findings as they are told: to people, to programs, to code scanning, to a workflow's run.

mod github;
mod sarif;
mod text;

use std::{
    collections::BTreeMap,
    env,
    io::{self, IsTerminal},
};

use serde_json::json;

use super::finding::Finding;
use crate::{clean::escaped_json, command::Failure, output};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Human,
    Json,
    Sarif,
    Github,
}

impl Format {
    pub(super) const ALL: [(&'static str, Self); 4] = [
        ("human", Self::Human),
        ("json", Self::Json),
        ("sarif", Self::Sarif),
        ("github", Self::Github),
    ];
}

/// Of so many files; `said` is what was said of those that could not be read.
pub(super) fn tell(
    format: Format,
    found: &[Finding],
    files: usize,
    said: &[String],
) -> Result<(), Failure> {
    match format {
        Format::Human => human(found, files),
        Format::Json => {
            let json = json!({ "findings": found, "files": files, "left_out": said });
            output::write(&format!("{}\n", escaped_json(&json.to_string())))
        }
        Format::Sarif => {
            let json = sarif::log(found, said);
            output::write(&format!("{}\n", escaped_json(&json.to_string())))
        }
        Format::Github => {
            for finding in found {
                output::write(&github::annotation(finding))?;
            }
            output::write(&summary(found, files))
        }
    }
}

fn human(found: &[Finding], files: usize) -> Result<(), Failure> {
    let is_styled = io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none();
    let mut sources = text::Sources::default();
    for finding in found {
        output::write(&format!(
            "{}\n\n",
            text::render(finding, &mut sources, is_styled)
        ))?;
    }
    output::write(&summary(found, files))
}

fn summary(found: &[Finding], files: usize) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in found {
        *kinds.entry(finding.kind).or_default() += 1;
    }
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let told = match found.len() {
        0 => "no findings".to_owned(),
        1 => format!("1 finding ({})", kinds.join(", ")),
        n => format!("{n} findings ({})", kinds.join(", ")),
    };
    let files = match files {
        1 => "1 file".to_owned(),
        n => format!("{n} files"),
    };
    format!("{told} in {files}\n")
}
