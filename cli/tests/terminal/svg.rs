//! A terminal's screen as a picture.

use vt100::{Color, Screen};

const CELL: (f64, f64) = (8.4, 18.0);
const MARGIN: f64 = 14.0;
/// The sixteen colours, as xterm has them, but lighter where they would not be read on the ground.
const COLOURS: [&str; 16] = [
    "#1b1f27", "#ff8f86", "#83d39b", "#f0b866", "#86a9de", "#c99bdc", "#7fcbd0", "#e7eaf0",
    "#6b7280", "#ff8f86", "#83d39b", "#f0b866", "#86a9de", "#c99bdc", "#7fcbd0", "#ffffff",
];
const GROUND: &str = "#14171d";
const TEXT: &str = "#e7eaf0";

pub(crate) fn drawn(screen: &Screen) -> String {
    let (rows, columns) = screen.size();
    let (width, height) = (
        f64::from(columns.get()) * CELL.0 + 2.0 * MARGIN,
        f64::from(rows.get()) * CELL.1 + 2.0 * MARGIN,
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         font-family=\"ui-monospace,DejaVu Sans Mono,monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{GROUND}\"/>\n"
    );
    for row in 0..rows.get() {
        let mut column = 0;
        while column < columns.get() {
            let style = style_of(screen, row, column);
            let from = column;
            let mut text = String::new();
            while column < columns.get() && style_of(screen, row, column) == style {
                let cell = screen.cell(row, column).unwrap();
                text.push_str(if cell.has_contents() {
                    cell.contents()
                } else {
                    " "
                });
                column += if cell.is_wide() { 2 } else { 1 };
            }
            draw(&mut svg, (from, row), column - from, &text, style);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

type Style = (&'static str, Option<&'static str>, bool, bool);

fn style_of(screen: &Screen, row: u16, column: u16) -> Style {
    let cell = screen.cell(row, column).unwrap();
    let colour = |colour: Color, usual| match colour {
        Color::Idx(n) => COLOURS[usize::from(n) % 16],
        _ => usual,
    };
    let text = colour(cell.fgcolor(), TEXT);
    if cell.inverse() {
        (GROUND, Some(text), cell.bold(), false)
    } else {
        (text, None, cell.bold(), cell.dim())
    }
}

/// Cells of one style, each at its own place: fonts have widths of their own.
fn draw(svg: &mut String, (column, row): (u16, u16), columns: u16, text: &str, style: Style) {
    let (colour, ground, bold, dim) = style;
    let (x, y) = (
        MARGIN + f64::from(column) * CELL.0,
        MARGIN + f64::from(row) * CELL.1,
    );
    let width = f64::from(columns) * CELL.0;
    if let Some(ground) = ground {
        svg.push_str(&format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{ground}\"/>\n",
            CELL.1
        ));
    }
    if text.trim().is_empty() {
        return;
    }
    let weight = if bold { " font-weight=\"bold\"" } else { "" };
    let faint = if dim { " opacity=\".62\"" } else { "" };
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    svg.push_str(&format!(
        "<text x=\"{x:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" xml:space=\"preserve\" fill=\"{colour}\"{weight}{faint}>{escaped}</text>\n",
        y + 13.5
    ));
}
