//! What a map remembers between two operations: how far the pass for residue is, which shard of a map it is,
//! if it is one, and where it counts.

use super::{
    super::live::{Instance, ToldBreach},
    account::Account,
};
use crate::Site;

/// A pass over the table for residue, in slices: where the next one starts, and what was found. Where entries have no
/// places: how far slices would have come, and with how many entries all are looked at.
pub(crate) struct Watch {
    pub(super) cursor: usize,
    /// Not above what fits.
    pub(super) vacant: u32,
    /// Of a shard whose map has an [`Instance`], its number and one; else 0.
    shard: u32,
    pub(super) account: Account,
}

impl Watch {
    pub(crate) const NEW: Self = Self {
        cursor: 0,
        vacant: 0,
        shard: 0,
        account: Account::NONE,
    };

    /// Bits of a place that are for the bucket; those above them are for the shard.
    const BUCKET_BITS: u32 = 44;

    /// Of the shard with this number.
    #[cfg(feature = "sync")]
    pub(crate) fn of_shard(number: usize) -> Self {
        Self {
            shard: u32::try_from(number + 1).unwrap_or(u32::MAX),
            ..Self::NEW
        }
    }

    /// As new, for the same shard.
    pub(super) fn anew(&self) -> Self {
        Self {
            shard: self.shard,
            account: self.account,
            ..Self::NEW
        }
    }

    /// The map has an instance now that is its own.
    pub(crate) fn registered(&mut self, instance: &Instance) {
        self.account = Account::of(instance);
    }

    /// It has none any more.
    pub(crate) fn retired(&mut self) {
        self.account = Account::NONE;
    }

    /// The map is as new.
    pub(crate) fn reset(&mut self) {
        *self = Self::NEW;
    }

    /// The number of the shard, if its map has an [`Instance`].
    #[inline(always)]
    pub(crate) fn shard(&self) -> Option<usize> {
        (self.shard as usize).checked_sub(1)
    }

    /// What samples call a bucket: that of a shard by both, for all shards of a map share their samples.
    pub(super) fn place_of(&self, bucket: usize) -> usize {
        bucket | (self.shard as usize) << Self::BUCKET_BITS
    }

    /// The bucket of a place, if that is in this table.
    pub(super) fn bucket_of(&self, place: usize) -> Option<usize> {
        match self.shard {
            0 => Some(place),
            shard => (place >> Self::BUCKET_BITS == shard as usize)
                .then_some(place & ((1 << Self::BUCKET_BITS) - 1)),
        }
    }

    /// A cursor that no pass has: the map has no [`Instance`] yet, and no places, but had entries.
    const KNOWN: usize = usize::MAX;

    pub(crate) fn is_known(&self) -> bool {
        self.cursor == Self::KNOWN
    }

    pub(crate) fn set_known(&mut self) {
        self.cursor = Self::KNOWN;
    }

    /// Breaches are counted, not raised.
    pub(crate) fn set_breach(&mut self, _: ToldBreach) {}

    /// Nothing to raise.
    #[inline(always)]
    pub(crate) fn raise(&mut self, _site: Option<&'static Site>) {}

    /// The residue that a map without an [`Instance`] added to its site's shards. Such a map is not swept.
    pub(crate) fn shared_residue(&self) -> u64 {
        self.vacant.into()
    }

    pub(crate) fn share_residue(&mut self, residue: u64) {
        self.vacant = fitting(residue);
    }

    /// Residue came or went by a write while a pass is under way: what the pass saw is set right. Where nobody knows
    /// the bucket, the pass starts again.
    pub(crate) fn residue_written(&mut self, bucket: Option<usize>, change: i32) {
        match bucket {
            Some(bucket) if bucket < self.cursor => {
                self.vacant = self.vacant.saturating_add_signed(change);
            }
            Some(_) => {}
            None => *self = self.anew(),
        }
    }
}

/// As much as fits.
pub(super) fn fitting(entries: u64) -> u32 {
    u32::try_from(entries).unwrap_or(u32::MAX)
}
