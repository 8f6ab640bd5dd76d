//! Taking out what a predicate picks, lazily.

use std::{fmt, iter::FusedIterator, ptr};

use hashbrown::hash_table;

use super::{HashMap, Slot};
use crate::{Keeper, RemovalCause, Untracked, log::Log, mode::Caller};

/// Same as [`std::collections::hash_map::ExtractIf`]; each entry taken leaves for
/// [`Filtered`](RemovalCause::Filtered), its hook run before it is handed over. `F` is the predicate, wrapped.
///
/// # Panics
/// `next` panics with the predicate's panic (the entry stays) or a hook's (the entry is gone).
#[must_use = "iterators are lazy and do nothing unless consumed; use `retain` to remove and discard"]
pub struct ExtractIf<'a, K, V, F, T: Keeper<K, V> = Untracked> {
    inner: hash_table::ExtractIf<'a, Slot<K, V>, F>,
    log: &'a mut Log<T>,
    /// Entries now.
    len: usize,
    at: Caller,
}

impl<K, V, S, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    #[inline]
    #[track_caller]
    pub(crate) fn extraction(
        &mut self,
        mut pred: impl FnMut(&K, &mut V) -> bool,
    ) -> ExtractIf<'_, K, V, impl FnMut(&mut Slot<K, V>) -> bool, T> {
        self.lend_all();
        // The table belongs to the iterator from here on, so samples are told from the places they were in.
        let samples = self.log.recorder.samples_by_address::<K, V, T>(&self.table);
        ExtractIf {
            len: self.table.len(),
            inner: self.table.extract_if(move |slot| {
                let (key, value) = &mut slot.entry;
                let leaves = pred(key, value);
                if leaves {
                    samples.leave(ptr::from_ref(slot).addr(), RemovalCause::Filtered);
                }
                leaves
            }),
            log: &mut self.log,
            at: Caller::here(),
        }
    }
}

impl<K, V, F, T> Iterator for ExtractIf<'_, K, V, F, T>
where
    F: FnMut(&mut Slot<K, V>) -> bool,
    T: Keeper<K, V>,
{
    type Item = (K, V);

    #[inline]
    #[track_caller]
    fn next(&mut self) -> Option<(K, V)> {
        let Some(slot) = self.inner.next() else {
            self.log.recorder.raise::<K, V, T>();
            return None;
        };
        let len = self.len;
        self.len -= 1;
        self.log.filtered(&slot, len, self.at);
        Some(slot.entry)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}

impl<K, V, F, T> FusedIterator for ExtractIf<'_, K, V, F, T>
where
    F: FnMut(&mut Slot<K, V>) -> bool,
    T: Keeper<K, V>,
{
}

impl<K: fmt::Debug, V: fmt::Debug, F, T: Keeper<K, V>> fmt::Debug for ExtractIf<'_, K, V, F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractIf").finish_non_exhaustive()
    }
}
