//! The first screen: suspects, and below them all maps.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{Palette, pieces};
use crate::top::{
    app::{App, Pick},
    data::Suspect,
    table::{self, cut, fit},
};

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, app: &mut App, palette: Palette) {
    let width = area.width as usize;
    let suspects: Vec<Line<'static>> = app
        .suspects()
        .map(|suspect| suspect_line(suspect, app, width, palette))
        .collect();
    // A third of the screen at most, for maps need room, too.
    let most = (area.height as usize / 3).max(2);
    let room = suspects.len().clamp(1, most) as u16 + 1;
    let [above, below] =
        Layout::vertical([Constraint::Length(room + 1), Constraint::Min(0)]).areas(area);
    draw_suspects(frame, above, app, suspects, palette);
    // What maps leave free tells more of the suspect that is picked.
    let maps = app.seen.rows.items.len().max(1) as u16 + 2;
    let more = pieces::said(app.suspect_picked(), width, palette);
    let left = below.height.saturating_sub(maps);
    let more = if (left as usize) > more.len() {
        more
    } else {
        Vec::new()
    };
    let [maps, rest] =
        Layout::vertical([Constraint::Min(0), Constraint::Length(more.len() as u16)]).areas(below);
    draw_maps(frame, maps, app, palette);
    frame.render_widget(Paragraph::new(more), rest);
    app.room = (maps.height as usize).saturating_sub(2).max(1);
}

fn suspect_line(suspect: &Suspect, app: &App, width: usize, palette: Palette) -> Line<'static> {
    let kind = suspect.kind.replace('_', " ");
    let text = format!("{} {}", fit(&kind, 13, false), suspect.sentence);
    let picked = app.pick == Some(Pick::Suspect(suspect.fingerprint.clone()));
    if picked {
        return Line::styled(fit(&text, width, false), palette.picked);
    }
    let text = cut(&text, width);
    let (kind, sentence) = text.split_at(kind_end(&text));
    Line::from(vec![
        Span::styled(kind.to_owned(), palette.bad),
        Span::raw(sentence.to_owned()),
    ])
}

/// Where the column of kinds ends, in bytes.
fn kind_end(text: &str) -> usize {
    text.char_indices().nth(13).map_or(text.len(), |(at, _)| at)
}

fn draw_suspects(
    frame: &mut Frame<'_>,
    area: Rect,
    app: &App,
    lines: Vec<Line<'static>>,
    palette: Palette,
) {
    let mut shown = vec![title(
        "Suspects",
        lines.len(),
        app.seen.suspects.total,
        app,
        palette,
    )];
    let room = (area.height as usize).saturating_sub(1);
    if lines.is_empty() {
        let filtered = app.seen.suspects.total > 0;
        shown.push(if filtered {
            Line::styled("none of the maps that pass the filter", palette.quiet)
        } else {
            Line::styled("Nothing looks like a leak.", palette.good)
        });
    } else {
        let picked = app
            .suspects()
            .position(|of| app.pick == Some(Pick::Suspect(of.fingerprint.clone())));
        let from = first_shown(picked, lines.len(), room);
        shown.extend(lines.into_iter().skip(from).take(room));
    }
    frame.render_widget(Paragraph::new(shown), area);
}

fn draw_maps(frame: &mut Frame<'_>, area: Rect, app: &App, palette: Palette) {
    let rows = &app.seen.rows;
    let columns = table::columns(area.width as usize);
    let wanted = &app.wanted;
    let mut shown = vec![
        title("Maps", rows.items.len(), rows.total, app, palette),
        Line::styled(
            table::heading(&columns, wanted.sort, wanted.ascending),
            palette.quiet,
        ),
    ];
    let room = (area.height as usize).saturating_sub(shown.len());
    let is_picked = |id: &String| app.pick == Some(Pick::Map(id.clone()));
    let picked = rows.items.iter().position(|row| is_picked(&row.id));
    let from = first_shown(picked, rows.items.len(), room);
    for row in rows.items.iter().skip(from).take(room) {
        let text = table::line(row, &columns);
        let style = if is_picked(&row.id) {
            palette.picked
        } else if row.suspects > 0 {
            palette.bad
        } else {
            ratatui::style::Style::new()
        };
        shown.push(Line::styled(text, style));
    }
    if rows.items.is_empty() {
        let why = if wanted.filter.is_empty() {
            "no map is tracked: annotate one with #[mapkeeper::tracked] and #[map]"
        } else {
            "no map has that in its name or module"
        };
        shown.push(Line::styled(why, palette.quiet));
    }
    frame.render_widget(Paragraph::new(shown), area);
}

/// What a list is of, how many there are and which of them are shown.
fn title(name: &str, here: usize, total: usize, app: &App, palette: Palette) -> Line<'static> {
    let mut rest = if here < total {
        format!(" ({here} of {total})")
    } else {
        format!(" ({total})")
    };
    if name == "Maps" {
        rest.push_str(&format!(", by {}", app.wanted.sort.name()));
    }
    if !app.wanted.filter.is_empty() {
        rest.push_str(&format!(", with “{}”", app.wanted.filter));
    }
    Line::from(vec![
        Span::styled(name.to_owned(), palette.strong),
        Span::styled(rest, palette.quiet),
    ])
}

/// The first line to show, so that the one that is picked is seen.
fn first_shown(picked: Option<usize>, lines: usize, room: usize) -> usize {
    let last = lines.saturating_sub(room);
    picked
        .map_or(0, |at| (at + 1).saturating_sub(room))
        .min(last)
}
