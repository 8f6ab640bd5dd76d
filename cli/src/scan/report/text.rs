//! Findings as rustc writes its own.

use std::{collections::HashMap, fs, ops::Range};

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use crate::{
    clean::clean_lines,
    scan::{
        facts::At,
        finding::{Edit, Finding},
    },
};

/// Sources as they are shown: what a terminal would obey is replaced, one character by one.
#[derive(Default)]
pub(crate) struct Sources(HashMap<String, String>);

impl Sources {
    fn load(&mut self, path: &str) {
        if !self.0.contains_key(path) {
            let text = fs::read_to_string(path).unwrap_or_default();
            self.0.insert(
                path.to_owned(),
                clean_lines(&text.replace(['\t', '\r'], " ")),
            );
        }
    }

    fn get(&self, path: &str) -> &str {
        self.0.get(path).map_or("", String::as_str)
    }
}

pub(crate) fn render(finding: &Finding, sources: &mut Sources, is_styled: bool) -> String {
    sources.load(&finding.file);
    finding
        .related
        .iter()
        .for_each(|spot| sources.load(&spot.file));
    let sources = &*sources;
    let here = sources.get(&finding.file);
    let at = At {
        line: finding.line,
        column: finding.column,
    };
    let primary = AnnotationKind::Primary
        .span(span(here, at, finding.width))
        .label(finding.label);
    let mut snippet = Snippet::source(here)
        .path(finding.file.as_str())
        .annotation(primary);
    for place in &finding.places {
        let at = At {
            line: place.line,
            column: place.column,
        };
        let annotation = AnnotationKind::Primary
            .span(span(here, at, place.width))
            .label(place.what.as_str());
        snippet = snippet.annotation(annotation);
    }
    let mut others: Vec<(&str, Snippet<'_, _>)> = Vec::new();
    for spot in &finding.related {
        let text = sources.get(&spot.file);
        let at = At {
            line: spot.line,
            column: spot.column,
        };
        let annotation = AnnotationKind::Context
            .span(span(text, at, spot.width))
            .label(spot.what.as_str());
        if spot.file == finding.file {
            snippet = snippet.annotation(annotation);
        } else if let Some(at) = others.iter().position(|(path, _)| *path == spot.file) {
            let (path, other) = others.remove(at);
            others.insert(at, (path, other.annotation(annotation)));
        } else {
            others.push((
                &spot.file,
                Snippet::source(text)
                    .path(spot.file.as_str())
                    .annotation(annotation),
            ));
        }
    }
    let title = Level::WARNING
        .primary_title(finding.message.as_str())
        .id(finding.kind);
    let mut group = Group::with_title(title).element(snippet);
    group = group.elements(others.into_iter().map(|(_, snippet)| snippet));
    group = group.elements(
        finding
            .notes
            .iter()
            .map(|note| Level::NOTE.message(note.as_str())),
    );
    let confidence = format!(
        "confidence: {}; `cargo mapkeeper scan --explain {}` tells more",
        finding.confidence.name(),
        finding.kind
    );
    group = group.element(Level::NOTE.message(confidence));
    let mut groups = vec![group];
    let patches: Vec<Patch<'_>> = finding.edits.iter().map(|edit| patch(here, edit)).collect();
    let command = format!("`cargo mapkeeper annotate {}`", finding.field);
    let told = match (finding.kind, patches.is_empty()) {
        ("only-grows", _) => format!("{} ({command})", finding.help),
        (_, false) => format!("{}; {command} tracks it", finding.help),
        (_, true) => finding.help.clone(),
    };
    if patches.is_empty() {
        let help = Level::HELP.message(told.as_str());
        groups = groups
            .into_iter()
            .map(|of| of.element(help.clone()))
            .collect();
    } else {
        let title = Level::HELP.secondary_title(told.as_str());
        groups.push(
            Group::with_title(title).element(
                Snippet::source(here)
                    .path(finding.file.as_str())
                    .patches(patches),
            ),
        );
    }
    let renderer = match is_styled {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    renderer.render(&groups)
}

fn patch<'t>(text: &str, edit: &Edit) -> Patch<'t> {
    let start = offset(text, edit.at);
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let indent = &text[line..start];
    let is_first = indent.trim().is_empty();
    let between = match is_first {
        true => format!("\n{indent}"),
        false => " ".to_owned(),
    };
    Patch::new(start..start, format!("{}{between}", edit.text))
}

fn offset(text: &str, at: At) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(at.line.saturating_sub(1) as usize)
        .map(str::len)
        .sum();
    let rest = &text[before.min(text.len())..];
    let column = rest
        .char_indices()
        .nth(at.column.saturating_sub(1) as usize)
        .map_or(rest.len(), |(at, _)| at);
    (before + column).min(text.len())
}

fn span(text: &str, at: At, width: usize) -> Range<usize> {
    let start = offset(text, at);
    let rest = &text[start..];
    let line = rest.split('\n').next().unwrap_or_default();
    let end = line
        .char_indices()
        .nth(width)
        .map_or(line.len(), |(at, _)| at);
    start..start + end
}
