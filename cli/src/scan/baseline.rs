//! Findings that are known: a file of them, by kind, field and file. Lines are not compared, they move with every edit.

use std::{collections::HashMap, fs, path::Path};

use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::finding::Finding;
use crate::{command::Failure, output};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Known {
    kind: String,
    field: String,
    /// Below what is scanned, with `/`.
    file: String,
}

#[derive(Serialize)]
struct Written {
    findings: Vec<Known>,
}

#[derive(Deserialize)]
struct Read {
    findings: Vec<ReadKnown>,
}

/// One of a report in JSON has all its places.
#[derive(Deserialize)]
struct ReadKnown {
    #[serde(flatten)]
    known: Known,
    #[serde(default)]
    places: Vec<IgnoredAny>,
}

fn known(finding: &Finding, root: &Path) -> Known {
    Known {
        kind: finding.kind.to_owned(),
        field: finding.field.clone(),
        file: below(&finding.file, root),
    }
}

/// The same whatever name the folder was scanned by.
fn below(file: &str, root: &Path) -> String {
    let path = Path::new(file);
    let below = path.strip_prefix(root).unwrap_or(path);
    let below = match below.as_os_str().is_empty() {
        true => path.file_name().map_or(below, Path::new),
        false => below,
    };
    below.display().to_string().replace('\\', "/")
}

/// Leaves what is not known, and says how many of the file's are found no more.
pub(super) fn leave_new(
    found: &mut Vec<Finding>,
    file: &Path,
    root: &Path,
) -> Result<usize, Failure> {
    let failed = |why: String| {
        Failure::new(format!(
            "cannot take {} as a baseline: {why}; `--write-baseline {0}` makes one",
            file.display()
        ))
    };
    let text = fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    let read: Read = serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
    let mut left: HashMap<Known, usize> = HashMap::new();
    for ReadKnown { mut known, places } in read.findings {
        known.file = below(&known.file, root);
        *left.entry(known).or_default() += 1 + places.len();
    }
    found.retain(|finding| match left.get_mut(&known(finding, root)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    Ok(left.values().sum())
}

pub(super) fn write(found: &[Finding], file: &Path, root: &Path) -> Result<(), Failure> {
    let mut findings: Vec<Known> = found.iter().map(|of| known(of, root)).collect();
    findings.sort();
    let text = serde_json::to_string_pretty(&Written { findings })
        .map_err(|error| Failure::new(format!("cannot write a baseline: {error}")))?;
    output::write_file(file, &format!("{text}\n"))
}
