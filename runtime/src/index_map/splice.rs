//! Entries that go, and others in their place.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
    iter::FusedIterator,
    ops::RangeBounds,
    vec,
};

use super::{Goes, IndexMap, remove::picked};
use crate::{Keeper, RemovalCause, Untracked, mode::Caller, panics::Panics};

/// Same as [`indexmap::map::Splice`]; the entries it hands over left the map when it was made, those that come are inserted
/// when it is dropped.
///
/// # Panics
/// Its drop panics with the first panic of the other iterator, of `Hash`, `Eq` or a hook: what was not inserted by then is not,
/// and the map is whole.
pub struct Splice<'a, I, K, V, S, T = Untracked>
where
    I: Iterator<Item = (K, V)>,
    K: Hash + Eq,
    S: BuildHasher,
    T: Keeper<K, V>,
{
    map: &'a mut IndexMap<K, V, S, T>,
    gone: vec::IntoIter<(K, V)>,
    /// Where those that come are put.
    start: usize,
    replace_with: I,
    renews: bool,
    at: Caller,
}

impl<'a, I, K, V, S, T> Splice<'a, I, K, V, S, T>
where
    I: Iterator<Item = (K, V)>,
    K: Hash + Eq,
    S: BuildHasher,
    T: Keeper<K, V>,
{
    /// `renews` says whether values are replaced whose keys come again.
    #[track_caller]
    pub(crate) fn start(
        map: &'a mut IndexMap<K, V, S, T>,
        range: impl RangeBounds<usize>,
        replace_with: I,
        renews: bool,
    ) -> Self {
        let at = Caller::here();
        let goes = picked(&range, map.len());
        map.settle();
        let panics = map.note_left(goes.clone(), RemovalCause::Drained, at);
        let start = goes.start;
        let gone = map.table.map.drain(goes);
        let gone: Vec<_> = gone.map(|(key, slot)| (key, slot.entry.1)).collect();
        panics.resume(T::site());
        Self {
            map,
            gone: gone.into_iter(),
            start,
            replace_with,
            renews,
            at,
        }
    }

    /// New entries are at the end: they belong before what followed those that went.
    fn put_in_order(&mut self, first_new: usize) {
        if (self.start..self.map.len()).contains(&first_new) && first_new > self.start {
            let start = self.start;
            self.map.with_room(|map| {
                let new: Vec<_> = map.drain(first_new..).collect();
                map.splice(start..start, new);
            });
        }
    }
}

impl<I, K, V, S, T> Drop for Splice<'_, I, K, V, S, T>
where
    I: Iterator<Item = (K, V)>,
    K: Hash + Eq,
    S: BuildHasher,
    T: Keeper<K, V>,
{
    fn drop(&mut self) {
        self.gone.by_ref().for_each(drop);
        let first_new = self.map.len();
        let mut panics = Panics::default();
        panics.run(|| {
            for (key, value) in self.replace_with.by_ref() {
                self.map
                    .put_at(key, value, Goes::Last, self.renews, self.at);
            }
        });
        self.put_in_order(first_new);
        panics.resume(T::site());
        self.map.log.recorder.raise::<K, V, T>();
    }
}

impl<I, K, V, S, T> Iterator for Splice<'_, I, K, V, S, T>
where
    I: Iterator<Item = (K, V)>,
    K: Hash + Eq,
    S: BuildHasher,
    T: Keeper<K, V>,
{
    type Item = (K, V);

    #[inline]
    fn next(&mut self) -> Option<(K, V)> {
        self.gone.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.gone.size_hint()
    }
}

impl<I, K, V, S, T> DoubleEndedIterator for Splice<'_, I, K, V, S, T>
where
    I: Iterator<Item = (K, V)>,
    K: Hash + Eq,
    S: BuildHasher,
    T: Keeper<K, V>,
{
    #[inline]
    fn next_back(&mut self) -> Option<(K, V)> {
        self.gone.next_back()
    }
}

impl<I, K, V, S, T> ExactSizeIterator for Splice<'_, I, K, V, S, T>
where
    I: Iterator<Item = (K, V)>,
    K: Hash + Eq,
    S: BuildHasher,
    T: Keeper<K, V>,
{
    #[inline]
    fn len(&self) -> usize {
        self.gone.len()
    }
}

impl<I, K, V, S, T> FusedIterator for Splice<'_, I, K, V, S, T>
where
    I: Iterator<Item = (K, V)>,
    K: Hash + Eq,
    S: BuildHasher,
    T: Keeper<K, V>,
{
}

impl<I, K, V, S, T> fmt::Debug for Splice<'_, I, K, V, S, T>
where
    I: fmt::Debug + Iterator<Item = (K, V)>,
    K: fmt::Debug + Hash + Eq,
    V: fmt::Debug,
    S: BuildHasher,
    T: Keeper<K, V>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Splice")
            .field("drain", &self.gone)
            .field("replace_with", &self.replace_with)
            .finish()
    }
}
