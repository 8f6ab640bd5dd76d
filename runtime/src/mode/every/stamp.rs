//! The eight bytes an entry carries.

use super::{
    super::live::{LINES, LineId, OTHER},
    scopes::Tag,
    ticks::Tick,
};

/// What an entry carries: when it was born (32 bits), the line that inserted it (8 bits), the line whose write made its
/// value vacant (8 bits; [`FULL`] if it is not), and the tag of the test's scope it was born in (16 bits); where the line
/// is [`NOTED`], the number of a note that holds both ([`vacated`](super::vacated)). Bytes, so that it adds no alignment;
/// one word, so that it is moved in one instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp([u8; 8]);

/// Not vacant. A line without a number empties as number 0 does, so 0 cannot mean "not vacant".
pub(super) const FULL: LineId = LineId::MAX;
/// A note says which line emptied it.
pub(super) const NOTED: LineId = FULL - 1;

impl Stamp {
    pub(crate) const NONE: Self = Self::new(Tick::NEVER, OTHER, FULL);

    #[inline(always)]
    pub(super) const fn new(born: Tick, line: LineId, emptied_by: LineId) -> Self {
        Self((born.0 as u64 | (line as u64) << 32 | (emptied_by as u64) << 40).to_le_bytes())
    }

    #[inline(always)]
    pub(super) fn born(self) -> Tick {
        Tick(self.bits() as u32)
    }

    #[inline(always)]
    pub(super) fn line(self) -> LineId {
        self.0[4]
    }

    #[inline(always)]
    pub(super) fn bits(self) -> u64 {
        u64::from_le_bytes(self.0)
    }

    #[inline(always)]
    pub(super) fn from_bits(bits: u64) -> Self {
        Self(bits.to_le_bytes())
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

    /// The tag of the scope it was born in; [`NO_SCOPE`](super::scopes::NO_SCOPE) for most. The number of its note, if it is
    /// [`NOTED`].
    #[inline(always)]
    pub(super) fn scope(self) -> Tag {
        Tag::from_le_bytes([self.0[6], self.0[7]])
    }

    pub(super) fn with_scope(mut self, tag: Tag) -> Self {
        [self.0[6], self.0[7]] = tag.to_le_bytes();
        self
    }

    /// The same of an entry that is not vacant and was born in no scope.
    #[inline(always)]
    pub(super) fn plain(self) -> Self {
        Self::new(self.born(), self.line(), FULL)
    }

    #[inline(always)]
    pub(super) fn is_plain(self) -> bool {
        self == self.plain()
    }

    #[inline(always)]
    pub(super) fn is_vacant(self) -> bool {
        self.emptied_by() != FULL
    }
}

const _: () = assert!(size_of::<Stamp>() == 8 && LINES <= NOTED as usize);
