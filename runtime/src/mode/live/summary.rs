//! What is known of one inserting line, added up over maps.

use super::LINES;

/// Entries by the line that inserted them. In observe these count samples; the report weights them.
#[derive(Clone, Copy, Default)]
pub(crate) struct LineFigures {
    /// Entries this line inserted.
    pub(crate) births: u64,
    /// Of those, still in a map.
    pub(crate) live: u64,
    /// Of those, vacant now.
    pub(crate) residue: u64,
    /// Entries (of any line) that are vacant because of a write at this line.
    pub(crate) emptied: u64,
    /// Entries that were still there when their map went.
    pub(crate) leftovers: u64,
    /// When the oldest one still in a map was inserted, in milliseconds of the process' clock.
    pub(crate) oldest_ms: Option<u64>,
}

impl LineFigures {
    pub(crate) fn none() -> Box<[Self; LINES]> {
        Box::new([Self::default(); LINES])
    }

    /// Notes a live entry of this age.
    pub(crate) fn saw(&mut self, born_ms: u64) {
        self.oldest_ms = Some(self.oldest_ms.map_or(born_ms, |oldest| oldest.min(born_ms)));
    }

    /// Adds another line's figures.
    pub(crate) fn add(&mut self, other: &Self) {
        self.births += other.births;
        self.live += other.live;
        self.residue += other.residue;
        self.emptied += other.emptied;
        self.leftovers += other.leftovers;
        if let Some(oldest) = other.oldest_ms {
            self.saw(oldest);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.births == 0 && self.live == 0 && self.emptied == 0 && self.leftovers == 0
    }
}
