//! The dashboard of the fleet, drawn from what its queries say: in Grafana's manner, by its own layout and titles.

mod graph;
mod numbers;

use std::fmt::Write;

use serde_json::Value;

use crate::{
    boards::WANTED,
    dashboards::{Chosen, all, list, words},
    queries::{Series, now},
    stack::Stack,
};
use numbers::with_unit;

/// What one of a board's 24 columns and one of its rows measure.
const COLUMN: f64 = 50.0;
const ROW: f64 = 32.0;
const HEAD: f64 = 44.0;
const GAP: f64 = 8.0;
/// Colours of Grafana's dark theme.
const TEXT: &str = "#ccccdc";
const QUIET: &str = "#8e8e99";
const GREEN: &str = "#73bf69";

/// Where something is drawn.
#[derive(Clone, Copy)]
struct Place {
    x: f64,
    y: f64,
    w: f64,
    h: f64,
}

/// The span of time that is shown, and when the deploy was.
#[derive(Clone, Copy)]
struct Span {
    from: f64,
    to: f64,
    deploy: f64,
}

/// What a query of a panel said: how its series are called, and they.
struct Found<'p> {
    legend: &'p str,
    series: Vec<Series>,
}

pub(crate) fn of_the_fleet(stack: &Stack) -> String {
    let boards = all();
    let board = boards
        .iter()
        .find(|board| board.file == "fleet.json")
        .expect("it is shipped");
    let chosen = Chosen::of(board, &stack.prometheus, stack.start, &WANTED);
    let span = Span {
        from: stack.start,
        to: now(),
        deploy: stack.deployed_at,
    };
    let mut panels = String::new();
    let mut bottom: f64 = 0.0;
    for panel in board.panels() {
        let place = place_of(panel);
        bottom = bottom.max(place.y + place.h);
        let found: Vec<Found<'_>> = list(&panel["targets"])
            .map(|target| Found {
                legend: words(&target["legendFormat"]),
                series: chosen.ask(target),
            })
            .collect();
        panels += &frame(place, words(&panel["title"]));
        panels += &match words(&panel["type"]) {
            "stat" => stat(place, panel, &found),
            "table" => table(place, &found),
            _ => graph::graph(place, panel, &found, span),
        };
    }
    let (width, height) = (24.0 * COLUMN + GAP, bottom + GAP);
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="Inter, Helvetica, Arial, sans-serif" font-size="12">
<rect width="{width}" height="{height}" fill="#111217"/>
{}{panels}</svg>
"##,
        text(
            (GAP * 2.0, 28.0),
            "start",
            &format!("font-size=\"18\" fill=\"{TEXT}\""),
            words(&board.json["title"]),
        )
    )
}

fn place_of(panel: &Value) -> Place {
    let at = |name: &str| panel["gridPos"][name].as_f64().unwrap_or(0.0);
    Place {
        x: at("x") * COLUMN + GAP,
        y: at("y") * ROW + HEAD,
        w: at("w") * COLUMN - GAP,
        h: at("h") * ROW - GAP,
    }
}

fn frame(place: Place, title: &str) -> String {
    let Place { x, y, w, h } = place;
    let title = text(
        (x + 10.0, y + 18.0),
        "start",
        &format!("font-weight=\"600\" fill=\"{TEXT}\""),
        title,
    );
    format!(
        "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"2\" fill=\"#181b1f\" stroke=\"#25272c\"/>\n{title}"
    )
}

fn text(at: (f64, f64), anchor: &str, more: &str, said: &str) -> String {
    let said = said
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!(
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" {more}>{said}</text>\n",
        at.0, at.1
    )
}

/// The colour of the highest step that is reached.
fn colour(panel: &Value, value: f64) -> &'static str {
    let steps = list(&panel["fieldConfig"]["defaults"]["thresholds"]["steps"]);
    let mut reached = steps.filter(|step| step["value"].as_f64().is_none_or(|from| value >= from));
    match reached.next_back().map(|step| words(&step["color"])) {
        Some("red") => "#f2495c",
        Some("orange") => "#ff9830",
        Some("yellow") => "#fade2a",
        _ => GREEN,
    }
}

fn stat(place: Place, panel: &Value, found: &[Found<'_>]) -> String {
    let all = found.iter().flat_map(|found| &found.series);
    let value = all.map(Series::last).next_back().unwrap_or(f64::NAN);
    let unit = words(&panel["fieldConfig"]["defaults"]["unit"]);
    text(
        (place.x + place.w / 2.0, place.y + place.h / 2.0 + 20.0),
        "middle",
        &format!("font-size=\"32\" fill=\"{}\"", colour(panel, value)),
        &with_unit(value, unit),
    )
}

/// Labels as columns, the value last.
fn table(place: Place, found: &[Found<'_>]) -> String {
    const COLUMNS: [(&str, &str, f64); 6] = [
        ("instance", "instance", 0.0),
        ("site", "map", 0.14),
        ("kind", "kind", 0.32),
        ("call_site", "inserted at", 0.42),
        ("fingerprint", "fingerprint", 0.77),
        ("", "entries", 0.93),
    ];
    let mut drawn = String::new();
    let x = |share: f64| place.x + 10.0 + share * (place.w - 20.0);
    for (_, title, share) in COLUMNS {
        let quiet = format!("fill=\"{QUIET}\"");
        drawn += &text((x(share), place.y + 46.0), "start", &quiet, title);
    }
    for (i, series) in found.iter().flat_map(|found| &found.series).enumerate() {
        let y = place.y + 72.0 + 24.0 * i as f64;
        let _ = writeln!(
            drawn,
            "<path d=\"M{} {}H{}\" stroke=\"#25272c\"/>",
            x(0.0),
            y - 17.0,
            x(1.0)
        );
        for (label, _, share) in COLUMNS {
            let said = match label {
                "" => with_unit(series.last(), "short"),
                label => series.label(label).to_owned(),
            };
            drawn += &text((x(share), y), "start", &format!("fill=\"{TEXT}\""), &said);
        }
    }
    drawn
}
