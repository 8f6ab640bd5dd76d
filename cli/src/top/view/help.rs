//! What the keys do, and what the words mean.

use ratatui::text::{Line, Span};

use super::Palette;

const KEYS: [(&str, &str); 10] = [
    (
        "↑ ↓  j k",
        "move, or scroll; also PageUp, PageDown, Home, End",
    ),
    ("Tab", "from suspects to maps, and back"),
    ("Enter  →", "open what is picked; of a suspect, its map"),
    ("Esc  ←", "back; on the first screen, clear the filter"),
    ("s  S", "sort by the next column, by the one before"),
    ("r", "reverse the order"),
    ("/", "only maps with this in their name or module"),
    ("p", "pause: what is shown stays; once more goes on"),
    ("?", "this"),
    ("q  Ctrl-C", "quit"),
];

const WORDS: [(&str, &str); 6] = [
    (
        "suspect",
        "a map or a line that looks like a leak, with its evidence",
    ),
    ("each hour", "how fast a map grows, where that is no chance"),
    (
        "vacant",
        "entries whose key is there and whose value is empty",
    ),
    ("tables", "bytes of the maps' own tables"),
    ("maps", "how many maps of that name are alive"),
    ("!", "this map has suspects"),
];

pub(super) fn lines(palette: Palette) -> Vec<Line<'static>> {
    let part = |title: &'static str, of: &[(&'static str, &'static str)]| {
        let mut lines = vec![Line::styled(title, palette.strong)];
        lines.extend(of.iter().map(|(name, says)| {
            Line::from(vec![
                Span::styled(format!("  {name:11}"), palette.strong),
                Span::raw(*says),
            ])
        }));
        lines
    };
    let mut lines = part("Keys", &KEYS);
    lines.push(Line::raw(""));
    lines.extend(part("Words", &WORDS));
    lines
}
