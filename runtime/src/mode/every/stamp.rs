//! The eight bytes an entry carries.

use super::{
    super::live::{LINES, LineId, OTHER},
    scopes::Tag,
    ticks::Tick,
};

/// What an entry carries: when it was born (32 bits), the line that inserted it (6 bits), whether it is timed (2 bits),
/// the line whose write made its value vacant (8 bits; [`FULL`] if it is not), and the tag of the test's scope it was
/// born in (16 bits). Bytes, so that it adds no alignment; one word, so that it is moved in one instruction.
#[derive(Clone, Copy)]
pub(crate) struct Stamp([u8; 8]);

/// Not vacant. A line without a number empties as number 0 does, so 0 cannot mean "not vacant".
pub(super) const FULL: LineId = LineId::MAX;

impl Stamp {
    pub(crate) const NONE: Self = Self::new(Tick::NEVER, OTHER, FULL);

    #[inline(always)]
    pub(super) const fn new(born: Tick, line: LineId, emptied_by: LineId) -> Self {
        Self((born.0 as u64 | (line as u64) << 32 | (emptied_by as u64) << 40).to_le_bytes())
    }

    #[inline(always)]
    pub(super) fn born(self) -> Tick {
        Tick(u64::from_le_bytes(self.0) as u32)
    }

    #[inline(always)]
    pub(super) fn line(self) -> LineId {
        self.0[4] % LINES as LineId
    }

    /// Whether the time it comes and goes is written down.
    #[inline(always)]
    pub(super) fn is_timed(self) -> bool {
        self.0[4] >= LINES as LineId
    }

    /// Entries this one stands for, which is timed as all are, or as one in [`TIMED_ONE_IN`].
    #[inline(always)]
    pub(super) fn weight(self) -> u32 {
        if self.0[4] < 2 * LINES as LineId {
            1
        } else {
            TIMED_ONE_IN
        }
    }

    /// The same for an entry that is timed as all are, or as one of [`TIMED_ONE_IN`].
    #[inline(always)]
    pub(super) fn timed(self, one_of_all: bool) -> Self {
        let mut stamp = self;
        stamp.0[4] = self.line() + LINES as LineId * if one_of_all { 1 } else { 2 };
        stamp
    }

    #[inline(always)]
    pub(super) fn emptied_by(self) -> LineId {
        self.0[5]
    }

    #[inline(always)]
    pub(super) fn with_emptied_by(mut self, line: LineId) -> Self {
        self.0[5] = line;
        self
    }

    /// The tag of the scope it was born in; [`NO_SCOPE`](super::scopes::NO_SCOPE) for most.
    #[inline(always)]
    pub(super) fn scope(self) -> Tag {
        Tag::from_le_bytes([self.0[6], self.0[7]])
    }

    pub(super) fn with_scope(mut self, tag: Tag) -> Self {
        [self.0[6], self.0[7]] = tag.to_le_bytes();
        self
    }

    #[inline(always)]
    pub(super) fn is_vacant(self) -> bool {
        self.emptied_by() != FULL
    }
}

/// Once a line has many entries in a map, one in so many is timed.
pub(super) const TIMED_ONE_IN: u32 = 16;

const _: () = assert!(size_of::<Stamp>() == 8 && LINES == 64);
