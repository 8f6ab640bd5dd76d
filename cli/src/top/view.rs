//! Draws what an [`App`] knows: a head, one of three screens, and what the keys do.

mod all;
mod help;
mod palette;
mod pieces;
mod site;
mod suspect;

use std::time::Instant;

use ratatui::{
    Frame,
    layout::{Alignment, Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::{Clear, Paragraph, Wrap},
};

pub(crate) use palette::Palette;

use super::{
    app::{App, Screen},
    data::Summary,
    table::{cut, cut_front},
};
use crate::figures::{bytes, count, short};

/// What all of it needs.
const LEAST: (u16, u16) = (64, 16);

/// Draws all of it.
pub(crate) fn draw(frame: &mut Frame<'_>, app: &mut App, palette: Palette, now: Instant) {
    let area = frame.area();
    if area.width < LEAST.0 || area.height < LEAST.1 {
        return too_small(frame, area);
    }
    let [head, body, foot] = Layout::vertical([
        Constraint::Length(3),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(area);
    frame.render_widget(Paragraph::new(head_lines(app, palette, now, head)), head);
    match app.screen {
        Screen::All => all::draw(frame, body, app, palette),
        Screen::Site => {
            let lines = site::lines(app, palette, body.width as usize);
            scrolled(frame, body, app, lines);
        }
        Screen::Suspect(_) => {
            let lines = suspect::lines(app, palette, body.width as usize);
            scrolled(frame, body, app, lines);
        }
    }
    frame.render_widget(Paragraph::new(foot_line(app, palette)), foot);
    if app.shows_help {
        frame.render_widget(Clear, body);
        frame.render_widget(Paragraph::new(help::lines(palette)), body);
    }
}

fn too_small(frame: &mut Frame<'_>, area: Rect) {
    let text = format!(
        "mapkeeper top needs {} columns and {} lines, and this terminal has {} and {}. Please make it larger; q quits.",
        LEAST.0, LEAST.1, area.width, area.height
    );
    let paragraph = Paragraph::new(text).alignment(Alignment::Left);
    frame.render_widget(paragraph.wrap(Wrap { trim: true }), area);
}

/// Lines of which those are shown that are scrolled to.
fn scrolled(frame: &mut Frame<'_>, area: Rect, app: &mut App, lines: Vec<Line<'_>>) {
    app.lines = lines.len();
    app.room = (area.height as usize).max(1);
    let last = app.lines.saturating_sub(app.room);
    let from = app.scroll.min(last);
    let shown: Vec<Line<'_>> = lines.into_iter().skip(from).take(app.room).collect();
    frame.render_widget(Paragraph::new(shown), area);
}

fn head_lines(app: &App, palette: Palette, now: Instant, area: Rect) -> Vec<Line<'static>> {
    let width = area.width as usize;
    let summary = &app.seen.summary;
    let (state, style) = state(app, palette, now);
    let first = format!("mapkeeper {}", summary.version);
    let room = width.saturating_sub(first.len() + state.chars().count() + 4);
    let address = cut_front(&app.address, room);
    let space = width.saturating_sub(
        first.len() + 2 + unicode_width::UnicodeWidthStr::width(&*address) + state.chars().count(),
    );
    let second = match (&app.lost, app.was_restarted(now)) {
        (Some((_, why)), _) => Line::styled(cut(why, width), palette.bad),
        (None, true) => Line::styled(
            cut(
                "the program was restarted: all is counted from its start again",
                width,
            ),
            palette.warn,
        ),
        (None, false) => Line::styled(cut(&mode(summary), width), palette.quiet),
    };
    vec![
        Line::from(vec![
            Span::styled(first, palette.strong),
            Span::raw("  "),
            Span::raw(address),
            Span::raw(" ".repeat(space)),
            Span::styled(state, style),
        ]),
        second,
        totals(app, palette),
    ]
}

/// Whether what is shown is what is.
fn state(app: &App, palette: Palette, now: Instant) -> (String, ratatui::style::Style) {
    if let Some((since, _)) = app.lost {
        let since = now.saturating_duration_since(since).as_secs();
        return (format!("lost for {since} s, trying again"), palette.bad);
    }
    if app.is_paused {
        return ("paused".to_owned(), palette.warn);
    }
    ("live".to_owned(), palette.good)
}

pub(crate) fn mode(summary: &Summary) -> String {
    match summary.mode {
        mapkeeper::Mode::Off => "off: nothing is recorded".to_owned(),
        mapkeeper::Mode::Strict => "strict: every entry is known".to_owned(),
        mapkeeper::Mode::Observe => format!(
            "observe: counts are exact, lines known from 1 entry in {}",
            summary.sampled_one_in
        ),
    }
}

/// All maps together, as names and figures.
pub(crate) fn sums(summary: &Summary, suspects: usize) -> Vec<(&'static str, String)> {
    let mut sums = vec![
        ("suspects", count(suspects as u64)),
        (
            "maps in use",
            format!(
                "{} of {}",
                count(summary.sites_in_use),
                count(summary.sites)
            ),
        ),
        ("entries", short(summary.entries)),
        ("vacant", short(summary.residue)),
        ("tables", bytes(summary.table_bytes)),
    ];
    for (name, figure) in [
        ("breaches", summary.breaches),
        ("silenced", summary.silenced),
    ] {
        if figure > 0 {
            sums.push((name, count(figure)));
        }
    }
    sums
}

fn totals(app: &App, palette: Palette) -> Line<'static> {
    let mut spans = Vec::new();
    for (name, figure) in sums(&app.seen.summary, app.seen.suspects.total) {
        let style = match name {
            "suspects" | "breaches" if figure != "0" => palette.bad,
            _ => palette.strong,
        };
        spans.push(Span::styled(format!("{name} "), palette.quiet));
        spans.push(Span::styled(figure, style));
        spans.push(Span::raw("  "));
    }
    Line::from(spans)
}

fn foot_line(app: &App, palette: Palette) -> Line<'static> {
    if app.is_typing {
        return Line::from(vec![
            Span::styled("filter: ", palette.strong),
            Span::raw(format!("{}▏", app.wanted.filter)),
            Span::styled("   Enter keeps it, Esc clears it", palette.quiet),
        ]);
    }
    let keys: &[(&str, &str)] = match app.screen {
        _ if app.shows_help => &[("any key", "back"), ("q", "quit")],
        Screen::All => &[
            ("↑↓", "move"),
            ("Enter", "open"),
            ("s", "sort"),
            ("/", "filter"),
            ("p", "pause"),
            ("?", "help"),
            ("q", "quit"),
        ],
        Screen::Site => &[
            ("↑↓", "scroll"),
            ("Esc", "back"),
            ("p", "pause"),
            ("?", "help"),
            ("q", "quit"),
        ],
        Screen::Suspect(_) => &[
            ("↑↓", "scroll"),
            ("Enter", "its map"),
            ("Esc", "back"),
            ("p", "pause"),
            ("?", "help"),
            ("q", "quit"),
        ],
    };
    let mut spans = Vec::new();
    for (key, does) in keys {
        spans.push(Span::styled(format!("{key} "), palette.strong));
        spans.push(Span::styled(format!("{does}   "), palette.quiet));
    }
    let last = app.lines.saturating_sub(app.room);
    if app.screen != Screen::All && last > 0 && !app.shows_help {
        let shown = (app.scroll.min(last) + app.room).min(app.lines);
        spans.push(Span::styled(
            format!("line {shown} of {}", app.lines),
            palette.quiet,
        ));
    }
    Line::from(spans)
}
