//! What is told of a key that leaves, or is not there, besides what is counted.

use super::{
    super::{Caller, detail},
    Recorder, count,
};
use crate::{Keeper, RemovalCause};

impl Recorder {
    /// The key with this hash leaves: for itself, or as one of many, which are told by their number.
    #[inline]
    pub(crate) fn leaves<K, V, T: Keeper<K, V>>(&self, hash: u64, cause: RemovalCause, at: Caller) {
        if T::TRACKED
            && let Some(instance) = &self.instance
        {
            if cause == RemovalCause::Removed {
                detail::leaves(instance, hash, at);
            } else {
                detail::left_together(instance, cause, 1, at);
            }
        }
    }

    /// A removal found nothing.
    #[inline(always)]
    pub(crate) fn missed<K, V, T: Keeper<K, V>>(&mut self, hash: u64, at: Caller) {
        if T::TRACKED {
            match &self.instance {
                Some(instance) => {
                    count::<K, V, T>(instance, |counters| &counters.misses);
                    detail::missed(instance, hash, at);
                }
                None => self.count_elsewhere::<K, V, T>(|counters| &counters.misses, 0),
            }
        }
    }
}
