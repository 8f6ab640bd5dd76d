//! Lines over time, with axes, thresholds, the deploy, and a legend.

use std::fmt::Write;

use serde_json::Value;

use super::{
    Found, Place, QUIET, Span, TEXT,
    numbers::{round_up, with_unit},
    text,
};
use crate::{
    dashboards::{list, words},
    queries::Series,
};

/// The first of Grafana's classic palette.
const COLOURS: [&str; 8] = [
    "#7eb26d", "#eab839", "#6ed0e0", "#ef843c", "#e24d42", "#1f78c1", "#ba43a9", "#705da0",
];
/// A series that says nothing for as long (in seconds) is interrupted.
const INTERRUPTED: f64 = 1.6;
const LINES: u32 = 4;

/// What values are drawn against.
struct Axes {
    inner: Place,
    span: Span,
    top: f64,
}

impl Axes {
    fn x(&self, time: f64) -> f64 {
        let share = (time - self.span.from) / (self.span.to - self.span.from);
        self.inner.x + share * self.inner.w
    }

    fn y(&self, value: f64) -> f64 {
        self.inner.y + self.inner.h * (1.0 - (value / self.top).clamp(0.0, 1.0))
    }
}

pub(super) fn graph(place: Place, panel: &Value, found: &[Found<'_>], span: Span) -> String {
    let unit = words(&panel["fieldConfig"]["defaults"]["unit"]);
    let all = found.iter().flat_map(|found| &found.series);
    let values = all.flat_map(|series| &series.points).map(|point| point.1);
    let highest = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
    let axes = Axes {
        inner: Place {
            x: place.x + 62.0,
            y: place.y + 30.0,
            w: place.w - 76.0,
            h: place.h - 74.0,
        },
        span,
        top: round_up(highest),
    };
    let mut drawn = grid(&axes, unit);
    drawn += &thresholds(&axes, panel);
    drawn += &deploy(&axes);
    let mut legend = Vec::new();
    for found in found {
        for series in &found.series {
            let colour = COLOURS[legend.len() % COLOURS.len()];
            drawn += &line(&axes, series, colour);
            legend.push((named(found.legend, series), colour));
        }
    }
    drawn + &legend_of(place, &legend)
}

fn grid(axes: &Axes, unit: &str) -> String {
    let Place { x, y, w, h } = axes.inner;
    let quiet = format!("font-size=\"11\" fill=\"{QUIET}\"");
    let mut drawn = String::new();
    for i in 0..=LINES {
        let value = axes.top * f64::from(i) / f64::from(LINES);
        let at = axes.y(value);
        let _ = writeln!(
            drawn,
            "<path d=\"M{x:.1} {at:.1}h{w:.1}\" stroke=\"#2c3235\"/>"
        );
        let label = with_unit(value, unit);
        drawn += &text((x - 6.0, at + 4.0), "end", &quiet, &label);
    }
    let seconds = (axes.span.to - axes.span.from) as u32;
    for second in (0..=seconds).step_by(10) {
        let at = axes.x(axes.span.from + f64::from(second));
        drawn += &text((at, y + h + 15.0), "middle", &quiet, &format!("{second} s"));
    }
    drawn
}

fn thresholds(axes: &Axes, panel: &Value) -> String {
    let defaults = &panel["fieldConfig"]["defaults"];
    if words(&defaults["custom"]["thresholdsStyle"]["mode"]) != "line" {
        return String::new();
    }
    let steps = list(&defaults["thresholds"]["steps"]);
    let mut drawn = String::new();
    for value in steps.filter_map(|step| step["value"].as_f64()) {
        if value <= axes.top {
            let (x, at, w) = (axes.inner.x, axes.y(value), axes.inner.w);
            let _ = writeln!(
                drawn,
                "<path d=\"M{x:.1} {at:.1}h{w:.1}\" stroke=\"#f2495c\" stroke-dasharray=\"6 4\" opacity=\"0.7\"/>"
            );
        }
    }
    drawn
}

fn deploy(axes: &Axes) -> String {
    let (x, y, h) = (axes.x(axes.span.deploy), axes.inner.y, axes.inner.h);
    format!(
        "<path d=\"M{x:.1} {y:.1}v{h:.1}\" stroke=\"#5794f2\" stroke-dasharray=\"3 3\"/>\n{}",
        text(
            (x + 4.0, y + 10.0),
            "start",
            "font-size=\"10\" fill=\"#5794f2\"",
            "release 2.4"
        )
    )
}

fn line(axes: &Axes, series: &Series, colour: &str) -> String {
    let mut path = String::new();
    let mut last = f64::NEG_INFINITY;
    for (time, value) in series.points.iter().filter(|(_, value)| value.is_finite()) {
        let step = if time - last > INTERRUPTED { 'M' } else { 'L' };
        let _ = write!(path, "{step}{:.1} {:.1}", axes.x(*time), axes.y(*value));
        last = *time;
    }
    format!("<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>\n")
}

fn named(legend: &str, series: &Series) -> String {
    let labels = series.labels.iter();
    labels.fold(legend.to_owned(), |name, (label, value)| {
        name.replace(&format!("{{{{{label}}}}}"), value)
    })
}

/// In a row below, as far as there is room.
fn legend_of(place: Place, legend: &[(String, &str)]) -> String {
    let mut drawn = String::new();
    let mut x = place.x + 12.0;
    let y = place.y + place.h - 10.0;
    for (name, colour) in legend {
        let width = 26.0 + 6.2 * name.chars().count() as f64;
        if x + width > place.x + place.w {
            let more = format!("fill=\"{QUIET}\"");
            return drawn + &text((x, y), "start", &more, "…");
        }
        let _ = writeln!(
            drawn,
            "<path d=\"M{x:.1} {:.1}h12\" stroke=\"{colour}\" stroke-width=\"3\"/>",
            y - 4.0
        );
        drawn += &text(
            (x + 16.0, y),
            "start",
            &format!("font-size=\"11\" fill=\"{TEXT}\""),
            name,
        );
        x += width;
    }
    drawn
}
