//! What is to be changed in files: text at byte ranges, written all at once or not at all, or shown as a unified diff.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    ops::Range,
    path::{Path, PathBuf},
};

use crate::command::Failure;

/// Lines around a change that a diff shows.
const CONTEXT: usize = 3;

/// A file as it was read, and what replaces which part of it.
#[derive(Clone)]
pub(super) struct Edited {
    pub(super) text: String,
    edits: Vec<(Range<usize>, String)>,
}

/// All of them, by path.
#[derive(Clone, Default)]
pub(super) struct Edits(BTreeMap<PathBuf, Edited>);

impl Edits {
    pub(super) fn file(&mut self, path: &Path, text: &str) -> &mut Edited {
        self.0.entry(path.to_owned()).or_insert_with(|| Edited {
            text: text.to_owned(),
            edits: Vec::new(),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.values().all(|file| file.edits.is_empty())
    }

    /// How many places, in how many files.
    pub(super) fn count(&self) -> (usize, usize) {
        let changed = self.0.values().filter(|file| !file.edits.is_empty());
        (
            changed.clone().map(|file| file.edits.len()).sum(),
            changed.count(),
        )
    }

    /// As `diff -u` shows it.
    pub(super) fn diff(&self) -> String {
        let changed = self.0.iter().filter(|(_, file)| !file.edits.is_empty());
        changed.map(|(path, file)| file.diff(path)).collect()
    }

    /// Into new files beside the old ones first, which then take their places: what fails before that changes nothing.
    pub(super) fn write(&self) -> Result<(), Failure> {
        let changed = self.0.iter().filter(|(_, file)| !file.edits.is_empty());
        let mut beside: Vec<(PathBuf, &Path, &Edited)> = Vec::new();
        let mut done = Vec::new();
        let result = changed
            .clone()
            .try_for_each(|(path, file)| {
                let failed = |error: &dyn std::fmt::Display| refused(path, error);
                let name = path.file_name().unwrap_or_default();
                let mut new = std::ffi::OsString::from(".");
                new.push(name);
                new.push(format!(".{}.tmp", std::process::id()));
                // A link stays one: what it leads to is changed.
                let target = fs::canonicalize(path).map_err(|error| failed(&error))?;
                let new = target.with_file_name(new);
                beside.push((new.clone(), path, file));
                let old = fs::metadata(&target).map_err(|error| failed(&error))?;
                if old.permissions().readonly() {
                    return Err(failed(&"it is read-only"));
                }
                let now = fs::read(&target).map_err(|error| failed(&error))?;
                if now != file.text.as_bytes() {
                    return Err(failed(&"it was changed meanwhile"));
                }
                let mut made = File::create_new(&new).map_err(|error| failed(&error))?;
                made.write_all(file.applied().as_bytes())
                    .and_then(|()| made.set_permissions(old.permissions()))
                    .and_then(|()| made.sync_all())
                    .map_err(|error| failed(&error))
            })
            .and_then(|()| {
                beside.iter().try_for_each(|(new, path, file)| {
                    take_place(new, path).map_err(|error| refused(path, &error))?;
                    done.push((*path, *file));
                    Ok(())
                })
            });
        if result.is_err() {
            // What went wrong first is what matters; the others are put back.
            for (path, file) in done {
                let _ = fs::write(path, &file.text);
            }
            for (new, ..) in beside {
                let _ = fs::remove_file(new);
            }
        }
        result
    }
}

fn take_place(new: &Path, path: &Path) -> io::Result<()> {
    fs::rename(new, fs::canonicalize(path)?)
}

fn refused(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!(
        "cannot write {}: {why}; nothing was changed",
        path.display()
    ))
}

impl Edited {
    /// Once, however often it is asked for.
    pub(super) fn replace(&mut self, range: Range<usize>, with: impl Into<String>) {
        let edit = (range, with.into());
        if !self.edits.contains(&edit) {
            self.edits.push(edit);
            // Those at one place in the order in which they came.
            self.edits
                .sort_by_key(|(range, _)| (range.start, range.end));
        }
    }

    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    /// In front of what else is put in there.
    pub(super) fn insert_first(&mut self, at: usize, text: impl Into<String>) {
        let edit = (at..at, text.into());
        if !self.edits.contains(&edit) {
            let first = self.edits.partition_point(|(range, _)| range.start < at);
            self.edits.insert(first, edit);
        }
    }

    /// An attribute before what starts there: on a line of its own if that starts one.
    pub(super) fn attribute(&mut self, at: usize, attribute: &str) {
        let line = self.text[..at].rfind('\n').map_or(0, |at| at + 1);
        let indent = self.text[line..at].trim_start_matches('\u{feff}');
        let between = match indent.trim_matches([' ', '\t']).is_empty() {
            true => format!("{}{indent}", self.line_end(at)),
            false => " ".to_owned(),
        };
        self.insert(at, format!("{attribute}{between}"));
    }

    /// As the line there ends.
    pub(super) fn line_end(&self, at: usize) -> &'static str {
        let rest = &self.text[at..];
        let line = rest.split_inclusive('\n').next().unwrap_or_default();
        match line.ends_with("\r\n") {
            true => "\r\n",
            false => "\n",
        }
    }

    fn applied(&self) -> String {
        let mut new = String::with_capacity(self.text.len() + 256);
        let mut at = 0;
        for (range, with) in &self.edits {
            // One within another's text is done with that.
            if range.start < at {
                continue;
            }
            new.push_str(&self.text[at..range.start]);
            new.push_str(with);
            at = range.end;
        }
        new.push_str(&self.text[at..]);
        new
    }

    /// The lines that edits touch, old and new, with those around them.
    fn diff(&self, path: &Path) -> String {
        let starts: Vec<usize> = std::iter::once(0)
            .chain(self.text.match_indices('\n').map(|(at, _)| at + 1))
            .filter(|&at| at < self.text.len())
            .collect();
        let line_of = |at: usize| starts.partition_point(|&start| start <= at).max(1) - 1;
        let end_of = |line: usize| starts.get(line + 1).copied().unwrap_or(self.text.len());
        // Runs of lines that are changed together, each with its edits.
        let mut runs: Vec<(Range<usize>, Vec<usize>)> = Vec::new();
        for (index, (range, _)) in self.edits.iter().enumerate() {
            let lines = line_of(range.start)..line_of(range.end) + 1;
            match runs.last_mut() {
                Some((last, edits)) if lines.start < last.end => {
                    last.end = last.end.max(lines.end);
                    edits.push(index);
                }
                _ => runs.push((lines, vec![index])),
            }
        }
        let shown = |lines: Range<usize>| -> Vec<&str> {
            lines
                .map(|line| &self.text[starts[line]..end_of(line)])
                .collect()
        };
        let name = path.display().to_string().replace('\\', "/");
        let name = name.trim_start_matches("./").trim_start_matches('/');
        let mut out = format!("--- a/{name}\n+++ b/{name}\n");
        let (mut run, mut added) = (0, 0_isize);
        while run < runs.len() {
            let mut last = run;
            while last + 1 < runs.len() && runs[last + 1].0.start <= runs[last].0.end + 2 * CONTEXT
            {
                last += 1;
            }
            let first_line = runs[run].0.start.saturating_sub(CONTEXT);
            let last_line = (runs[last].0.end + CONTEXT).min(starts.len());
            let mut body = String::new();
            let (mut old, mut new) = (0, 0);
            let mut at = first_line;
            let mut tell = |sign: char, line: &str| {
                body.push(sign);
                body.push_str(line);
                if !line.ends_with('\n') {
                    body.push_str("\n\\ No newline at end of file\n");
                }
            };
            for (lines, edits) in &runs[run..=last] {
                let before = shown(at..lines.start);
                before.iter().for_each(|line| tell(' ', line));
                old += before.len();
                new += before.len();
                let (from, to) = (
                    starts.get(lines.start).copied().unwrap_or(0),
                    end_of(lines.end - 1),
                );
                let mut now = String::new();
                let mut copied = from;
                for &index in edits {
                    let (range, with) = &self.edits[index];
                    if range.start >= copied {
                        now.push_str(&self.text[copied..range.start]);
                        now.push_str(with);
                        copied = range.end;
                    }
                }
                now.push_str(&self.text[copied..to]);
                let before: Vec<&str> = self.text[from..to].split_inclusive('\n').collect();
                let after: Vec<&str> = now.split_inclusive('\n').collect();
                // What is the same at both ends is context.
                let same = before
                    .iter()
                    .zip(&after)
                    .take_while(|(a, b)| a == b)
                    .count();
                let tail = before[same..].iter().rev().zip(after[same..].iter().rev());
                let tail = tail.take_while(|(a, b)| a == b).count();
                before[..same].iter().for_each(|line| tell(' ', line));
                before[same..before.len() - tail]
                    .iter()
                    .for_each(|line| tell('-', line));
                after[same..after.len() - tail]
                    .iter()
                    .for_each(|line| tell('+', line));
                before[before.len() - tail..]
                    .iter()
                    .for_each(|line| tell(' ', line));
                old += before.len();
                new += after.len();
                at = lines.end;
            }
            let behind = shown(at..last_line);
            behind.iter().for_each(|line| tell(' ', line));
            old += behind.len();
            new += behind.len();
            let start = first_line as isize + 1;
            out.push_str(&format!("@@ -{start},{old} +{},{new} @@\n", start + added));
            out.push_str(&body);
            added += new as isize - old as isize;
            run = last + 1;
        }
        out
    }
}
