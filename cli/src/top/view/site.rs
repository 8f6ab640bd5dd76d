//! One map: its figures, its suspects, the lines that inserted, why entries left, how long they lived.

use mapkeeper::{RemovalCause, SiteReport};
use ratatui::text::{Line, Span};

use super::{
    Palette,
    pieces::{ages, facts, heading, over_time},
};
use crate::{
    figures::{bytes, count, percent, seconds, short, span},
    top::{
        app::App,
        table::{self, wrapped},
    },
};

/// Lines whose lifetimes are drawn.
const DRAWN: usize = 3;
const CAUSES: [RemovalCause; 7] = [
    RemovalCause::Removed,
    RemovalCause::Replaced,
    RemovalCause::Cleared,
    RemovalCause::Drained,
    RemovalCause::Filtered,
    RemovalCause::Taken,
    RemovalCause::MapDropped,
];

pub(super) fn lines(app: &App, palette: Palette, width: usize) -> Vec<Line<'static>> {
    let Some(one) = app.site() else {
        let text = if app.seen.site.is_none() && app.lost.is_none() {
            "asking for this map …"
        } else {
            "This map is not there."
        };
        return vec![Line::raw(""), Line::styled(text, palette.quiet)];
    };
    let site = &one.site;
    let mut lines = vec![
        Line::from(vec![
            Span::styled(site.site.clone(), palette.strong),
            Span::styled(format!("  {}", site.module), palette.quiet),
        ]),
        Line::styled(table::cut_front(&site.declared_at, width), palette.quiet),
    ];
    lines.extend(facts(&figures(site), width, palette));
    let declared = declared(site);
    if !declared.is_empty() {
        let text = format!("declared: {}", declared.join(", "));
        lines.extend(wrapped(&text, width).into_iter().map(Line::raw));
    }
    for suspect in &one.suspects {
        let text = format!("{}: {}", suspect.kind.replace('_', " "), suspect.sentence);
        let text = wrapped(&text, width).into_iter();
        lines.extend(text.map(|line| Line::styled(line, palette.bad)));
    }
    lines.extend(over_time(&site.history, |point| point.len, width, palette));
    lines.extend(places(site, width, palette));
    for line in site.call_sites.iter().take(DRAWN) {
        let drawn = ages(line, width, palette);
        if !drawn.is_empty() {
            lines.push(Line::raw(""));
            lines.push(Line::from(vec![
                Span::styled("Ages at ", palette.strong),
                Span::raw(table::cut_front(&line.call_site, width.saturating_sub(8))),
            ]));
            lines.extend(drawn);
        }
    }
    lines.extend(causes(site, width, palette));
    lines.extend(largest(site, width, palette));
    lines.extend(retained(site, width, palette));
    lines
}

fn figures(site: &SiteReport) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("entries", count(site.len)),
        ("at most", count(site.peak)),
        ("room", count(site.capacity)),
        ("tables", bytes(site.table_bytes)),
        ("inserted", count(site.inserts)),
        ("left", count(site.removed.entries())),
        (
            "maps",
            format!(
                "{} of {}",
                count(site.instances),
                count(site.instances_total)
            ),
        ),
    ];
    for (name, figure) in [
        ("replaced", site.replaces),
        ("misses", site.misses),
        ("vacant", site.residue),
        ("breaches", site.breaches),
        ("leftovers", site.leftovers),
        ("not noted for want of room", site.samples_dropped),
    ] {
        if figure > 0 {
            facts.push((name, count(figure)));
        }
    }
    if let Some(trend) = site.trend.filter(mapkeeper::Trend::rises) {
        facts.push(("each hour", short(trend.entries_per_hour.round() as u64)));
        if let Some(hours) = trend.hours_to_max_len {
            facts.push(("reaches max_len in", seconds(hours * 3600.0)));
        }
    }
    if let Some(contention) = &site.contention {
        facts.push(("waits", count(contention.waits)));
    }
    facts
}

fn declared(site: &SiteReport) -> Vec<String> {
    let mut declared = Vec::new();
    if let Some(most) = site.max_len {
        declared.push(format!("max_len = {most}"));
    }
    if let Some(age) = site.max_age_seconds {
        declared.push(format!("max_age = {}", seconds(age)));
    }
    if site.growth_allowed {
        declared.push("growth = allow".to_owned());
    }
    for (name, of) in [("follows", &site.follows), ("subset_of", &site.subset_of)] {
        if let Some(of) = of {
            declared.push(format!("{name} = {of}"));
        }
    }
    declared
}

/// A table under a heading; nothing if it has no rows.
fn titled(
    title: &str,
    rows: Vec<Vec<String>>,
    width: usize,
    palette: Palette,
) -> Vec<Line<'static>> {
    if rows.len() < 2 {
        return Vec::new();
    }
    let mut lines = vec![Line::raw(""), heading(title, palette)];
    let table = table::figures(&rows, width.saturating_sub(2));
    lines.extend(table.into_iter().enumerate().map(|(i, line)| {
        let line = format!("  {line}");
        if i == 0 {
            Line::styled(line, palette.quiet)
        } else {
            Line::raw(line)
        }
    }));
    lines
}

fn cells<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

fn or_none(n: u64) -> String {
    if n == 0 { "-".to_owned() } else { short(n) }
}

fn places(site: &SiteReport, width: usize, palette: Palette) -> Vec<Line<'static>> {
    let mut rows = vec![cells([
        "line",
        "live",
        "inserted",
        "left",
        "vacant",
        "emptied",
        "oldest",
        "half lived",
    ])];
    for line in &site.call_sites {
        let half = line.lifetimes.quantile(0.5);
        rows.push(vec![
            line.call_site.clone(),
            or_none(line.live),
            or_none(line.births),
            or_none(line.exits.entries()),
            or_none(line.residue),
            or_none(line.emptied),
            line.oldest_seconds.map_or_else(|| "-".to_owned(), seconds),
            half.map_or_else(|| "-".to_owned(), |ms| format!("< {}", span(ms))),
        ]);
    }
    titled("Lines that inserted", told(&rows), width, palette)
}

/// Without the columns that have nothing to say.
fn told(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let says = |column: usize| rows.iter().skip(1).any(|row| row[column] != "-");
    let columns = 0..rows.first().map_or(0, Vec::len);
    let kept: Vec<usize> = columns.filter(|column| says(*column)).collect();
    let row = |row: &Vec<String>| kept.iter().map(|column| row[*column].clone()).collect();
    rows.iter().map(row).collect()
}

fn causes(site: &SiteReport, width: usize, palette: Palette) -> Vec<Line<'static>> {
    let mut rows = vec![cells(["cause", "entries", "share"])];
    let all: u64 = CAUSES
        .iter()
        .fold(0, |sum, cause| sum.saturating_add(site.removed.get(*cause)));
    for cause in CAUSES {
        let entries = site.removed.get(cause);
        if entries > 0 {
            let share = percent(entries as f64 / all.max(1) as f64);
            rows.push(vec![cause.to_string(), count(entries), share]);
        }
    }
    titled("Why entries left", rows, width, palette)
}

fn largest(site: &SiteReport, width: usize, palette: Palette) -> Vec<Line<'static>> {
    let mut rows = vec![cells(["map", "entries", "room", "table", "vacant", "age"])];
    // One map is what all of it is about.
    let maps = site.largest.iter().filter(|_| site.instances > 1);
    rows.extend(maps.map(|map| {
        vec![
            format!("number {}", map.id),
            count(map.len),
            count(map.capacity),
            bytes(map.table_bytes),
            or_none(map.residue),
            seconds(map.age_seconds),
        ]
    }));
    titled("Largest maps", rows, width, palette)
}

fn retained(site: &SiteReport, width: usize, palette: Palette) -> Vec<Line<'static>> {
    let mut rows = vec![cells(["removed at", "cause", "values", "owners", "oldest"])];
    rows.extend(site.after_removal.retained.iter().map(|of| {
        vec![
            of.removed_at.clone(),
            of.cause.to_string(),
            count(of.values),
            count(of.strong_count_max),
            seconds(of.oldest_seconds),
        ]
    }));
    titled("Values that left and live on", rows, width, palette)
}
