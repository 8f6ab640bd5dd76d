//! What the particulars of a map and of a suspect are made of.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::Palette;
use crate::{
    figures::{seconds, short, span},
    top::{
        chart,
        data::Suspect,
        table::{fit, wrapped},
    },
};

/// A heading within the particulars.
pub(super) fn heading(text: &str, palette: Palette) -> Line<'static> {
    Line::styled(text.to_owned(), palette.strong)
}

/// The width of a label.
const LABEL: usize = 13;

/// A text behind a label.
pub(super) fn labelled(label: &str, text: String, style: Style, palette: Palette) -> Line<'static> {
    Line::from(vec![
        Span::styled(format!("{label:<LABEL$}"), palette.quiet),
        Span::styled(text, style),
    ])
}

/// What a suspect says: what is wrong, where, and what to do; nothing of none.
pub(super) fn said(
    suspect: Option<&Suspect>,
    width: usize,
    palette: Palette,
) -> Vec<Line<'static>> {
    let Some(suspect) = suspect else {
        return Vec::new();
    };
    let plain = Style::new();
    let mut parts = vec![("", suspect.sentence.as_str(), palette.strong)];
    if let Some(line) = &suspect.call_site {
        let did = if suspect.kind == "retained" {
            "removed at"
        } else {
            "inserted at"
        };
        parts.push((did, line, plain));
    }
    let emptied = suspect.emptied_at.iter();
    parts.extend(emptied.map(|line| ("emptied at", line.as_str(), plain)));
    let also = suspect.also.iter();
    parts.extend(also.map(|also| ("also", also.sentence.as_str(), plain)));
    parts.push(("fix", &suspect.advice, palette.good));
    let mut lines = Vec::new();
    for (label, text, style) in parts {
        let indent = if label.is_empty() { 0 } else { LABEL };
        for (i, part) in wrapped(text, width.saturating_sub(indent))
            .into_iter()
            .enumerate()
        {
            lines.push(match (indent, i) {
                (0, _) => Line::styled(part, style),
                (_, 0) => labelled(label, part, style, palette),
                _ => labelled("", part, style, palette),
            });
        }
    }
    lines
}

/// `name figure` beside each other, as many to a line as fit.
pub(super) fn facts(
    facts: &[(&str, String)],
    width: usize,
    palette: Palette,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut taken = 0;
    for (name, figure) in facts {
        let takes = name.chars().count() + 1 + figure.chars().count() + 3;
        if taken > 0 && taken + takes > width + 3 {
            lines.push(Line::from(std::mem::take(&mut spans)));
            taken = 0;
        }
        taken += takes;
        spans.push(Span::styled(format!("{name} "), palette.quiet));
        spans.push(Span::styled(format!("{figure}   "), palette.strong));
    }
    if !spans.is_empty() {
        lines.push(Line::from(spans));
    }
    lines
}

/// How old the entries of a line are, beside how old those got that left: a bar of each for every age.
pub(super) fn ages(
    line: &mapkeeper::CallSiteReport,
    width: usize,
    palette: Palette,
) -> Vec<Line<'static>> {
    /// Ages to a line: each is so many times the one before.
    const TIMES: u64 = 8;
    let mut rows: Vec<(u64, u64, u64)> = Vec::new();
    let row_of = |age: u64| age.max(1).ilog(TIMES) as u64;
    let mut add = |from: u64, left: u64, there: u64| {
        let row = row_of(from);
        match rows.iter_mut().find(|(of, ..)| *of == row) {
            Some((_, lefts, theres)) => {
                *lefts = lefts.saturating_add(left);
                *theres = theres.saturating_add(there);
            }
            None => rows.push((row, left, there)),
        }
    };
    for (from, _, entries) in line.lifetimes.buckets() {
        add(from, entries, 0);
    }
    for (from, _, entries) in line.ages.buckets() {
        add(from, 0, entries);
    }
    if rows.is_empty() {
        return Vec::new();
    }
    rows.sort_unstable();
    let most = rows.iter().map(|(_, left, there)| *left.max(there)).max();
    let most = most.unwrap_or(1).max(1) as f64;
    let bar = (width.saturating_sub(14 + 2 * 12) / 2).clamp(8, 40);
    let cell = |entries: u64, style| {
        let drawn = chart::bar(entries as f64 / most, bar);
        [
            Span::styled(fit(&drawn, bar, false), style),
            Span::raw(fit(&format!(" {}", short(entries)), 11, false)),
        ]
    };
    let mut lines = vec![Line::styled(
        format!(
            "  {:10}  {}{}",
            "age below",
            fit("of those that left", bar + 11, false),
            "of those that are there"
        ),
        palette.quiet,
    )];
    for (row, left, there) in rows {
        let until = TIMES.saturating_pow(row as u32 + 1) as f64 / 1000.0;
        let mut spans = vec![Span::raw(format!("  {:>10}  ", seconds(until)))];
        spans.extend(cell(left, palette.gone));
        spans.extend(cell(there, palette.live));
        lines.push(Line::from(spans));
    }
    lines
}

/// A figure of a site over time, and how long that is.
pub(super) fn over_time(
    history: &[mapkeeper::Point],
    figure: fn(&mapkeeper::Point) -> u64,
    width: usize,
    palette: Palette,
) -> Vec<Line<'static>> {
    const HEIGHT: usize = 4;
    const LABEL: usize = 9;
    let (Some(first), Some(last)) = (history.first(), history.last()) else {
        return Vec::new();
    };
    let points: Vec<(u64, u64)> = history.iter().map(|of| (of.at_ms, figure(of))).collect();
    let most = points.iter().map(|(_, figure)| *figure).max().unwrap_or(0);
    let wide = width.saturating_sub(LABEL + 2).clamp(1, 100);
    let values = chart::at_even_times(&points, wide);
    let mut lines: Vec<Line<'static>> = chart::bars(&values, wide, HEIGHT)
        .into_iter()
        .enumerate()
        .map(|(row, bars)| {
            let label = if row == 0 { short(most) } else { String::new() };
            Line::from(vec![
                Span::styled(fit(&label, LABEL, true), palette.quiet),
                Span::styled(format!(" {bars}"), palette.live),
            ])
        })
        .collect();
    let ago = format!("{} ago", span(last.at_ms.saturating_sub(first.at_ms)));
    let now = fit("now", wide.saturating_sub(ago.len()), true);
    lines.push(Line::styled(
        format!("{:LABEL$} {ago}{now}", ""),
        palette.quiet,
    ));
    lines
}
