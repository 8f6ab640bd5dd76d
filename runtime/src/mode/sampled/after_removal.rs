//! Observe: values that leave are watched if their keys are sampled, and if somebody else owns them too.

use super::{SAMPLED_ONE_IN, Stamp, Watch};
use crate::{Lifecycle, RemovalCause, mode::live::Instance};

/// Values of a site that are watched at a time.
pub(crate) const MAX_WATCHED: u64 = 64;
/// Values that one watched value stands for.
pub(crate) const WEIGHT: u64 = SAMPLED_ONE_IN;
/// A value that nobody else owns goes with the handle that the caller was given. It is not watched: while it were,
/// `Arc::get_mut` would fail where it succeeds without us, in production and for one value in 256. (A map whose
/// programmer knows that nobody calls it says so: `#[map(watch)]`.)
pub(crate) const WATCHES_SOLE_OWNERS: bool = false;
/// `clear` and the like are not walked over.
pub(crate) const WATCHES_BULK: bool = false;

/// Predicates see no hash, so of what they turn out, every so many'th; the rest is sampled by its key's hash.
#[inline(always)]
pub(crate) fn is_picked(instance: &Instance, cause: RemovalCause) -> bool {
    matches!(cause, RemovalCause::Filtered)
        && instance
            .sum(|counters| &counters.removed[cause as usize])
            .is_multiple_of(SAMPLED_ONE_IN)
}

impl Watch {
    /// Not remembered: the list is asked for so few.
    #[inline(always)]
    pub(crate) fn has_no_room(&self) -> bool {
        false
    }

    pub(crate) fn found_no_room(&mut self) {}
}

/// No entry carries a stamp.
pub(crate) fn lifecycle(_: &Instance, _: Stamp) -> Option<Lifecycle> {
    None
}
