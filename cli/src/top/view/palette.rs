//! The styles of the view; without colours, letters are bold, dim or reversed instead.

use ratatui::style::{Color, Modifier, Style};

#[derive(Clone, Copy)]
pub(crate) struct Palette {
    pub(crate) strong: Style,
    pub(crate) quiet: Style,
    pub(crate) good: Style,
    pub(crate) warn: Style,
    pub(crate) bad: Style,
    /// The line that is picked.
    pub(crate) picked: Style,
    /// Entries that are there.
    pub(crate) live: Style,
    /// Entries that left.
    pub(crate) gone: Style,
}

impl Palette {
    /// Of colours, the terminal's own sixteen.
    pub(crate) fn new(has_colours: bool) -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let colour = |colour: Color, without: Style| {
            if has_colours {
                plain.fg(colour)
            } else {
                without
            }
        };
        Self {
            strong: bold,
            quiet: plain.add_modifier(Modifier::DIM),
            good: colour(Color::Green, plain),
            warn: colour(Color::Yellow, bold),
            bad: colour(Color::Red, bold).add_modifier(Modifier::BOLD),
            picked: plain.add_modifier(Modifier::REVERSED),
            live: colour(Color::Red, plain),
            gone: colour(Color::Blue, plain),
        }
    }

    /// As <https://no-color.org> asks: any text in `NO_COLOR` turns colours off.
    pub(crate) fn of_environment() -> Self {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|text| !text.is_empty());
        Self::new(!no_colour)
    }
}
