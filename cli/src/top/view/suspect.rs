//! One suspect: what is wrong, where, what to do, and what that rests on.

use ratatui::text::{Line, Span};

use super::{
    Palette,
    pieces::{ages, facts, heading, labelled, over_time, said},
};
use crate::{
    figures::{bytes, count, percent, seconds, short},
    top::{app::App, data::Suspect},
};

pub(super) fn lines(app: &App, palette: Palette, width: usize) -> Vec<Line<'static>> {
    let Some(suspect) = app.suspect() else {
        return vec![
            Line::raw(""),
            Line::styled("This is no suspect any more.", palette.good),
            Line::styled("Esc goes back.", palette.quiet),
        ];
    };
    let mut lines = vec![Line::from(vec![
        Span::styled(suspect.kind.replace('_', " "), palette.bad),
        Span::raw("  "),
        Span::styled(suspect.site.clone(), palette.strong),
        Span::styled(format!("  {}", suspect.module), palette.quiet),
    ])];
    lines.push(Line::raw(""));
    lines.extend(said(Some(suspect), width, palette));
    let silence = format!("mapkeeper::silence(\"{}\", \"why\")", suspect.fingerprint);
    lines.push(labelled("if known", silence, palette.quiet, palette));
    lines.push(Line::raw(""));
    lines.push(heading("What it rests on", palette));
    lines.extend(facts(&evidence(suspect), width, palette));
    lines.extend(drawn(app, suspect, width, palette));
    lines
}

fn evidence(suspect: &Suspect) -> Vec<(&str, String)> {
    let mut facts = vec![
        ("entries", count(suspect.entries)),
        ("share", percent(suspect.share)),
        (
            "each hour",
            short(suspect.entries_per_hour.max(0.0).round() as u64),
        ),
        (
            "tables each hour",
            bytes(suspect.bytes_per_hour.max(0.0).round() as u64),
        ),
        ("sure to", percent(suspect.confidence)),
        ("seen for", seconds(suspect.observed_seconds)),
    ];
    facts.retain(|(_, figure)| !figure.is_empty() && figure != "0" && figure != "0 B");
    for (name, figure) in &suspect.figures {
        if let Some(figure) = figure {
            facts.push((name, plain(*figure)));
        }
    }
    facts
}

/// A figure of whatever kind.
fn plain(figure: f64) -> String {
    if figure.fract() == 0.0 && (0.0..1e15).contains(&figure) {
        count(figure as u64)
    } else if figure.abs() < 0.01 {
        format!("{figure:.1e}")
    } else {
        format!("{figure:.2}")
    }
}

/// The figures of the map that show it, once they are here.
fn drawn(app: &App, suspect: &Suspect, width: usize, palette: Palette) -> Vec<Line<'static>> {
    let Some(one) = app.site() else {
        return Vec::new();
    };
    let site = &one.site;
    let mut lines = Vec::new();
    let mut part = |title: &str, drawn: Vec<Line<'static>>| {
        if !drawn.is_empty() {
            lines.push(Line::raw(""));
            lines.push(heading(title, palette));
            lines.extend(drawn);
        }
    };
    let vacant = matches!(&*suspect.kind, "residue" | "dead_handles");
    if vacant {
        let drawn = over_time(&site.history, |point| point.residue, width, palette);
        part("Vacant entries over time", drawn);
    }
    let drawn = over_time(&site.history, |point| point.len, width, palette);
    part("Entries over time", drawn);
    if let Some(call_site) = &suspect.call_site {
        let mut all = site.call_sites.iter();
        if let Some(line) = all.find(|line| line.call_site == *call_site) {
            part(
                "Ages of the entries of its line",
                ages(line, width, palette),
            );
        }
    }
    lines
}
