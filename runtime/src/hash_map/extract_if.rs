//! Taking out what a predicate picks, lazily.

use std::{fmt, iter::FusedIterator};

use hashbrown::HashTable;

use super::{HashMap, Slot};
use crate::{Keeper, RemovalCause, Untracked, log::Log, mode::Caller};

/// A walk over the table that may take entries out; the samples are settled when it ends, unwinding or not.
pub(super) struct Walk<'a, K, V, T: Keeper<K, V>> {
    pub(super) table: &'a mut HashTable<Slot<K, V>>,
    pub(super) log: &'a mut Log<T>,
}

impl<K, V, T: Keeper<K, V>> Drop for Walk<'_, K, V, T> {
    #[inline]
    fn drop(&mut self) {
        // Whatever it took out: an extraction that was leaked may have left samples behind.
        self.log.recorder.reconcile::<K, V, T>(self.table);
    }
}

/// A walk that stops at each entry it takes out.
pub(crate) struct Extraction<'a, K, V, T: Keeper<K, V>> {
    walk: Walk<'a, K, V, T>,
    /// Buckets are visited one by one: the table's own iterator of this kind would keep the table to itself.
    bucket: usize,
    /// Entries not visited yet.
    left: usize,
    at: Caller,
}

impl<K, V, T: Keeper<K, V>> Extraction<'_, K, V, T> {
    /// Takes the next entry that `pred` picks out, its hook run.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn next_where(
        &mut self,
        mut pred: impl FnMut(&K, &mut V) -> bool,
    ) -> Option<(K, V)> {
        let Walk { table, log, .. } = &mut self.walk;
        let len = table.len();
        while self.left > 0 {
            let bucket = self.bucket;
            self.bucket += 1;
            let Some(slot) = table.get_bucket_mut(bucket) else {
                continue;
            };
            self.left -= 1;
            let (key, value) = &mut slot.entry;
            if pred(key, value)
                && let Ok(entry) = table.get_bucket_entry(bucket)
            {
                log.leaving(entry.get(), RemovalCause::Filtered, len, self.at);
                let (slot, _) = entry.remove();
                log.tell(slot.key(), slot.value(), RemovalCause::Filtered, self.at);
                return Some(slot.entry);
            }
        }
        log.recorder.raise::<K, V, T>();
        None
    }

    #[inline]
    pub(crate) fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left))
    }
}

impl<K, V, S, T: Keeper<K, V>> HashMap<K, V, S, T> {
    #[inline]
    #[track_caller]
    pub(crate) fn extraction(&mut self) -> Extraction<'_, K, V, T> {
        self.lend_all();
        let left = self.table.len();
        Extraction {
            walk: Walk {
                table: &mut self.table,
                log: &mut self.log,
            },
            bucket: 0,
            left,
            at: Caller::here(),
        }
    }
}

/// Same as [`std::collections::hash_map::ExtractIf`]; each entry taken leaves for
/// [`Filtered`](RemovalCause::Filtered), its hook run before it is handed over.
///
/// # Panics
/// `next` panics with the predicate's panic (the entry stays) or a hook's (the entry is gone).
#[must_use = "iterators are lazy and do nothing unless consumed; use `retain` to remove and discard"]
pub struct ExtractIf<'a, K, V, F, T: Keeper<K, V> = Untracked> {
    pub(super) inner: Extraction<'a, K, V, T>,
    pub(super) pred: F,
}

impl<K, V, F: FnMut(&K, &mut V) -> bool, T: Keeper<K, V>> Iterator for ExtractIf<'_, K, V, F, T> {
    type Item = (K, V);

    #[inline]
    #[track_caller]
    fn next(&mut self) -> Option<(K, V)> {
        let Self { inner, pred } = self;
        inner.next_where(|key, value| pred(key, value))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}

impl<K, V, F: FnMut(&K, &mut V) -> bool, T: Keeper<K, V>> FusedIterator
    for ExtractIf<'_, K, V, F, T>
{
}

impl<K: fmt::Debug, V: fmt::Debug, F, T: Keeper<K, V>> fmt::Debug for ExtractIf<'_, K, V, F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractIf").finish_non_exhaustive()
    }
}
