//! The entries of a drained map.

use std::fmt;

use hashbrown::hash_table;

use super::{Iter, Slot, into_iter::owned_entries};

/// Same as [`std::collections::hash_map::Drain`]; the entries left the map when it was made.
pub struct Drain<'a, K, V> {
    pub(super) inner: hash_table::Drain<'a, Slot<K, V>>,
}

owned_entries!(Drain<'_, K, V>);

impl<K, V> Drain<'_, K, V> {
    pub(crate) fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            inner: self.inner.iter(),
        }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Drain<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
