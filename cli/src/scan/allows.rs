//! `// mapkeeper: allow(KIND) reason` in the sources: what is said to be right as it is.

use super::{
    analyzers,
    facts::{Allow, FileFacts},
    finding::Finding,
};

const MARK: &str = "// mapkeeper: allow(";

/// All of a file, each above what it is about or behind it.
pub(super) fn read(text: &str) -> Vec<Allow> {
    if !text.contains(MARK) {
        return Vec::new();
    }
    let lines: Vec<&str> = text.lines().collect();
    let found = lines.iter().enumerate().filter_map(|(index, line)| {
        let (before, after) = line.split_once(MARK)?;
        let (kind, reason) = after.split_once(')')?;
        // In a string it says nothing.
        let is_text = before.matches('"').count() % 2 == 1;
        let covers = match before.trim() {
            "" => {
                let below = lines[index + 1..].iter().take_while(|line| {
                    let line = line.trim_start();
                    line.starts_with("//") || line.starts_with("#[")
                });
                index + 1 + below.count()
            }
            _ => index,
        };
        (!is_text && !before.contains("//")).then(|| Allow {
            kind: kind.trim().to_owned(),
            reason: reason.trim().to_owned(),
            line: index as u32 + 1,
            covers: covers as u32 + 1,
        })
    });
    found.collect()
}

pub(super) fn is_allowed(facts: &[FileFacts], finding: &Finding) -> bool {
    let mut files = facts.iter().filter(|of| of.path == finding.file);
    files.any(|of| {
        let mut allows = of.allows.iter();
        allows.any(|allow| {
            allow.kind == finding.kind && allow.covers == finding.line && !allow.reason.is_empty()
        })
    })
}

/// Those that allow nothing, as a sentence each.
pub(super) fn mistaken(facts: &[FileFacts]) -> Vec<String> {
    let mut mistakes = Vec::new();
    for file in facts {
        for allow in &file.allows {
            let at = format!("{}:{}", file.path, allow.line);
            if analyzers::ALL.iter().all(|of| of.kind != allow.kind) {
                mistakes.push(format!(
                    "{at}: there is no kind `{}` to allow; {}",
                    allow.kind,
                    analyzers::kinds()
                ));
            } else if allow.reason.is_empty() {
                mistakes.push(format!(
                    "{at}: `allow({})` needs a reason behind it: why is this right as it is?",
                    allow.kind
                ));
            }
        }
    }
    mistakes
}
