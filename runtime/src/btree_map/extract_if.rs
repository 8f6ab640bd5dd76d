//! Taking out what a predicate picks, lazily.

use std::{collections::btree_map as std_map, fmt, iter::FusedIterator, ops::RangeBounds};

use super::BTreeMap;
use crate::{Keeper, RemovalCause, Untracked, log::Log, mode::Caller, store::Keyless};

/// Same as [`std::collections::btree_map::ExtractIf`]; each entry taken leaves for
/// [`Filtered`](RemovalCause::Filtered), its hook run before it is handed over. `F` is the predicate, wrapped.
///
/// # Panics
/// `next` panics with the predicate's panic (the entry stays) or a hook's (the entry is gone).
#[must_use = "iterators are lazy and do nothing unless consumed; use `retain` to remove and discard"]
pub struct ExtractIf<'a, K, V, R, F, T: Keeper<K, V> = Untracked> {
    inner: std_map::ExtractIf<'a, K, Keyless<V>, R, F>,
    log: &'a mut Log<T>,
    len: usize,
    at: Caller,
}

#[inline]
pub(super) fn start<K: Ord, V, R: RangeBounds<K>, T: Keeper<K, V>>(
    map: &mut BTreeMap<K, V, T>,
    range: R,
    mut pred: impl FnMut(&K, &mut V) -> bool,
    at: Caller,
) -> ExtractIf<'_, K, V, R, impl FnMut(&K, &mut Keyless<V>) -> bool, T> {
    ExtractIf {
        len: map.map.len(),
        inner: map
            .map
            .extract_if(range, move |key, slot| pred(key, slot.value_mut())),
        log: &mut map.log,
        at,
    }
}

impl<K, V, R, F, T> Iterator for ExtractIf<'_, K, V, R, F, T>
where
    R: RangeBounds<K>,
    K: PartialOrd,
    F: FnMut(&K, &mut Keyless<V>) -> bool,
    T: Keeper<K, V>,
{
    type Item = (K, V);

    #[inline]
    #[track_caller]
    fn next(&mut self) -> Option<(K, V)> {
        let Some((key, slot)) = self.inner.next() else {
            self.log.recorder.raise::<K, V, T>();
            return None;
        };
        let len = self.len;
        self.len -= 1;
        self.log
            .gone_unseen(len, &key, &slot, RemovalCause::Filtered, self.at);
        Some((key, slot.entry.1))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}

impl<K, V, R, F, T> FusedIterator for ExtractIf<'_, K, V, R, F, T>
where
    R: RangeBounds<K>,
    K: PartialOrd,
    F: FnMut(&K, &mut Keyless<V>) -> bool,
    T: Keeper<K, V>,
{
}

impl<K, V, R, F, T: Keeper<K, V>> fmt::Debug for ExtractIf<'_, K, V, R, F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractIf").finish_non_exhaustive()
    }
}
