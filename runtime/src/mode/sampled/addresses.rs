//! Samples of a table that is lent to a walk which sees entries, but not the places they are in.

use std::{
    ptr,
    sync::{Arc, Weak},
};

use hashbrown::HashTable;

use super::{super::live::Instance, Watch};
use crate::{RemovalCause, clock::now_ms, hash_map::Slot};

/// Where the samples of a table are in memory while it is lent. Costs two allocations if there are any. Boxed, so that
/// whoever carries it can stay in registers.
#[derive(Default)]
pub(crate) struct Addresses(Option<Box<Lent>>);

struct Lent {
    /// Weak: whoever leaks the walk must not keep the instance.
    instance: Weak<Instance>,
    /// Addresses and places, in the order of the addresses.
    samples: Vec<(usize, usize)>,
}

impl Addresses {
    /// O(samples log samples).
    #[cold]
    #[inline(never)]
    pub(super) fn of<K, V>(
        instance: &Arc<Instance>,
        watch: &Watch,
        table: &HashTable<Slot<K, V>>,
    ) -> Self {
        let mut samples: Vec<(usize, usize)> = instance
            .detail
            .samples()
            .by_place
            .iter()
            .filter_map(|sample| {
                let slot = table.get_bucket(watch.bucket_of(sample.place)?)?;
                Some((ptr::from_ref(slot).addr(), sample.place))
            })
            .collect();
        if samples.is_empty() {
            return Self(None);
        }
        samples.sort_unstable();
        Self(Some(Box::new(Lent {
            instance: Arc::downgrade(instance),
            samples,
        })))
    }

    /// The entry at `address` is leaving.
    #[inline(always)]
    pub(crate) fn leave(&self, address: usize, cause: RemovalCause) {
        if let Some(lent) = &self.0 {
            lent.leave(address, cause);
        }
    }
}

impl Lent {
    #[cold]
    #[inline(never)]
    fn leave(&self, address: usize, cause: RemovalCause) {
        let Ok(found) = self
            .samples
            .binary_search_by_key(&address, |(address, _)| *address)
        else {
            return;
        };
        let (_, place) = self.samples[found];
        let Some(instance) = self.instance.upgrade() else {
            return;
        };
        let detail = &instance.detail;
        let taken = detail.samples().take(&detail.state.detail, place);
        if let Some(sample) = taken {
            detail.left(&sample, cause, now_ms());
        }
    }
}
