//! The dependency in a package's `Cargo.toml`: as its author writes it, with the features that the maps and their places need.

use std::{
    collections::BTreeSet,
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use toml_edit::{Document, Item, TableLike, Value};

use super::edits::{Edited, Edits};
use crate::command::Failure;

const CRATE: &str = "mapkeeper";

pub(super) struct Manifest {
    pub(super) path: PathBuf,
    text: String,
    document: Document<String>,
    /// Of the workspace that it belongs to.
    workspace: Option<Document<String>>,
}

impl Manifest {
    /// Of the package that a source belongs to.
    pub(super) fn of(source: &Path) -> Result<Self, Failure> {
        let full = fs::canonicalize(source).unwrap_or_else(|_| source.to_owned());
        let mut workspace = None;
        let mut found: Option<Self> = None;
        for (above, folder) in full.ancestors().skip(1).enumerate() {
            let path = folder.join("Cargo.toml");
            if !path.is_file() {
                continue;
            }
            let (text, document) = read(&path)?;
            if document.contains_key("workspace") {
                workspace = Some(document.clone());
            }
            if found.is_none() && document.contains_key("package") {
                // As the source was named.
                let shown = source.ancestors().nth(above + 1);
                let shown = shown.map(|of| of.join("Cargo.toml"));
                let shown =
                    shown.filter(|of| fs::canonicalize(of).ok() == fs::canonicalize(&path).ok());
                found = Some(Self {
                    path: shown.unwrap_or(path),
                    text,
                    document,
                    workspace: None,
                });
            }
            if workspace.is_some() {
                break;
            }
        }
        let mut found = found.ok_or_else(|| {
            Failure::new(format!(
                "there is no Cargo.toml of a package above {}: mapkeeper has to be among its dependencies",
                source.display()
            ))
        })?;
        found.workspace = workspace;
        Ok(found)
    }

    /// The version of a dependency that is asked for, by the name that sources use.
    pub(super) fn version_of(&self, name: &str) -> Option<String> {
        let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
        let mut targets: Vec<&dyn TableLike> = vec![self.document.as_table()];
        let per_target = self.document.get("target").and_then(Item::as_table_like);
        let per_target = per_target.into_iter().flat_map(|of| of.iter());
        targets.extend(per_target.filter_map(|(_, of)| of.as_table_like()));
        let all = targets.into_iter().flat_map(|of| {
            tables
                .iter()
                .filter_map(move |table| of.get(table)?.as_table_like())
        });
        let found = all
            .flat_map(|of| of.iter())
            .find(|(key, _)| is_called(key, name))?;
        version(found.1).or_else(|| {
            let shared = self
                .workspace
                .as_ref()?
                .get("workspace")?
                .get("dependencies")?;
            let shared = shared.as_table_like()?;
            version(shared.iter().find(|(key, _)| is_called(key, name))?.1)
        })
    }

    /// Adds it, or what it lacks.
    pub(super) fn add(&self, features: &BTreeSet<&str>, edits: &mut Edits) -> Result<(), Failure> {
        let shared = self.workspace.as_ref().and_then(|of| of.get("workspace"));
        let shared = shared.and_then(|of| of.get("dependencies"));
        let is_shared = shared.and_then(|of| of.get(CRATE)).is_some();
        let file = edits.file(&self.path, &self.text);
        let Some(item) = self.document.get("dependencies") else {
            append(file, &entry(is_shared, features));
            return Ok(());
        };
        let Some(dependencies) = item.as_table_like() else {
            return Err(Failure::new(format!(
                "`dependencies` in {} is no table",
                self.path.display()
            )));
        };
        let mut all = dependencies.iter();
        if all.any(|(key, of)| {
            key != CRATE && of.get("package").and_then(Item::as_str) == Some(CRATE)
        }) {
            return Err(Failure::new(format!(
                "{} has mapkeeper under another name: annotate by hand, with `#[tracked(crate = that_name)]`",
                self.path.display()
            )));
        }
        match dependencies.get(CRATE) {
            Some(item) => lacking(file, item, features),
            None => insert(file, item, dependencies, &entry(is_shared, features)),
        }
        Ok(())
    }
}

fn entry(is_shared: bool, features: &BTreeSet<&str>) -> String {
    match (is_shared, features.is_empty()) {
        (false, true) => format!("{CRATE} = \"{}\"", released()),
        (true, true) => format!("{CRATE}.workspace = true"),
        (false, false) => format!(
            "{CRATE} = {{ version = \"{}\", features = {} }}",
            released(),
            listed(features.iter())
        ),
        (true, false) => format!(
            "{CRATE} = {{ workspace = true, features = {} }}",
            listed(features.iter())
        ),
    }
}

fn read(path: &Path) -> Result<(String, Document<String>), Failure> {
    let failed = |why: &dyn std::fmt::Display| {
        let why = why.to_string();
        let why = why.lines().next().unwrap_or_default();
        Failure::new(format!("cannot read {}: {why}", path.display()))
    };
    let text = fs::read_to_string(path).map_err(|error| failed(&error))?;
    let document = Document::parse(text.clone()).map_err(|error: toml_edit::TomlError| {
        failed(&error.message().lines().next().unwrap_or_default())
    })?;
    Ok((text, document))
}

fn is_called(key: &str, name: &str) -> bool {
    key.replace('-', "_") == name
}

fn version(of: &Item) -> Option<String> {
    let version = of.as_str().or_else(|| of.get("version")?.as_str());
    version.map(str::to_owned)
}

/// `0.1` of `0.1.0`.
fn released() -> &'static str {
    let version = env!("CARGO_PKG_VERSION");
    version
        .rsplit_once('.')
        .map_or(version, |(before, _)| before)
}

fn listed<'a>(features: impl Iterator<Item = &'a &'a str>) -> String {
    let all: Vec<String> = features.map(|of| format!("\"{of}\"")).collect();
    format!("[{}]", all.join(", "))
}

/// A table of its own, at the end.
fn append(file: &mut Edited, entry: &str) {
    let end = file.text.len();
    let line_end = file.line_end(0);
    let before = match file.text.ends_with('\n') || file.text.is_empty() {
        true => "",
        false => line_end,
    };
    file.insert(
        end,
        format!("{before}{line_end}[dependencies]{line_end}{entry}{line_end}"),
    );
}

/// In its place if the others are in order, else at the end.
fn insert(file: &mut Edited, item: &Item, dependencies: &dyn TableLike, entry: &str) {
    // Tables of their own are placed by their headers.
    let values: Vec<(&str, Range<usize>)> = dependencies
        .iter()
        .filter_map(|(key, of)| Some((key, span(dependencies, key, of)?)))
        .collect();
    let is_sorted = values.is_sorted_by(|a, b| a.0 <= b.0);
    let before = values
        .iter()
        .rev()
        .find(|(key, _)| !is_sorted || *key < CRATE);
    let end_of_line = |at: usize| {
        let rest = &file.text[at..];
        at + rest.find('\n').map_or(rest.len(), |at| at + 1)
    };
    let at = match (before, values.first(), item.span()) {
        (Some((_, of)), ..) => end_of_line(of.end),
        (None, Some((_, of)), _) => file.text[..of.start].rfind('\n').map_or(0, |at| at + 1),
        (None, None, Some(header)) if item.as_table().is_some_and(|of| !of.is_implicit()) => {
            end_of_line(header.end)
        }
        _ => return append(file, entry),
    };
    let line_end = file.line_end(0);
    let first = match at == 0 || file.text[..at].ends_with('\n') {
        true => "",
        false => line_end,
    };
    file.insert(at, format!("{first}{entry}{line_end}"));
}

/// From its key to the end of its value.
fn span(dependencies: &dyn TableLike, key: &str, of: &Item) -> Option<Range<usize>> {
    let start = dependencies.get_key_value(key)?.0.span()?.start;
    match of {
        Item::Table(table) if table.is_dotted() => {
            let ends = table.iter().filter_map(|(key, of)| span(table, key, of));
            Some(start..ends.map(|of| of.end).max()?)
        }
        Item::Table(_) => None,
        of => match of.span() {
            Some(span) => Some(start..span.end),
            None => {
                let table = of.as_table_like()?;
                let ends = table.iter().filter_map(|(key, of)| span(table, key, of));
                Some(start..ends.map(|of| of.end).max()?)
            }
        },
    }
}

/// Features that are asked for and not there.
fn lacking(file: &mut Edited, item: &Item, features: &BTreeSet<&str>) {
    let has = item.get("features").and_then(Item::as_array);
    let is_there = |of: &&&str| {
        let mut all = has.into_iter().flat_map(|array| array.iter());
        all.any(|has| has.as_str() == Some(**of))
    };
    let missing: Vec<&&str> = features.iter().filter(|of| !is_there(of)).collect();
    if missing.is_empty() {
        return;
    }
    let all = listed(missing.iter().copied());
    if let Some(array) = has {
        if let Some(last) = array.iter().last().and_then(Value::span) {
            file.insert(last.end, format!(", {}", &all[1..all.len() - 1]));
        } else if let Some(span) = array.span() {
            file.replace(span, all);
        }
    } else if let (Some(version), Some(span)) = (item.as_str(), item.span()) {
        file.replace(
            span,
            format!("{{ version = \"{version}\", features = {all} }}"),
        );
    } else if let Some(table) = item.as_table_like() {
        let ends = table.iter().filter_map(|(key, of)| span(table, key, of));
        let Some(last) = ends.map(|of| of.end).max() else {
            return;
        };
        let line_end = file.line_end(0);
        match item {
            Item::Value(Value::InlineTable(table)) if !table.is_dotted() => {
                file.insert(last, format!(", features = {all}"));
            }
            Item::Table(table) if !table.is_dotted() => {
                file.insert(last, format!("{line_end}features = {all}"));
            }
            _ => file.insert(last, format!("{line_end}{CRATE}.features = {all}")),
        }
    }
}
