//! The way out by a predicate, in place.

use super::{IndexMap, table::Inner};
use crate::{Keeper, RemovalCause, Unguarded, log, mode::Caller, panics::Panics};

impl<K, V, S, T: Keeper<K, V> + Unguarded> IndexMap<K, V, S, T> {
    /// Same as [`indexmap::IndexMap::retain`]; entries turned out leave for [`Filtered`](RemovalCause::Filtered).
    ///
    /// # Panics
    /// With a panic of the predicate, at once; with the first panic of a hook, at the end.
    #[inline]
    #[track_caller]
    pub fn retain<F>(&mut self, keep: F)
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        self.retain_at(keep, RemovalCause::Filtered, Caller::here());
    }
}

impl<K, V, S, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Keeps what `stays` says. A predicate that panics leaves its entry in; hooks that panic do not stop the rest.
    #[inline]
    #[track_caller]
    pub(super) fn retain_at(
        &mut self,
        mut stays: impl FnMut(&K, &mut V) -> bool,
        cause: RemovalCause,
        at: Caller,
    ) {
        self.lend_all();
        let mut panics = Panics::default();
        let mut len = self.len();
        let log = &mut self.log;
        let mut walk = Walk {
            map: &mut self.table.map,
            is_done: false,
        };
        walk.map.retain(|key, slot| {
            if stays(key, slot.value_mut()) {
                return true;
            }
            if T::HOOKED {
                panics.run(|| log.gone_unseen(len, key, slot, cause, at));
            } else {
                log.gone_unseen(len, key, slot, cause, at);
            }
            len -= 1;
            false
        });
        walk.is_done = true;
        drop(walk);
        panics.resume(T::site());
        self.log.recorder.raise::<K, V, T>();
    }

    /// Keeps what `keep` says, and what the guard does not let go; entries turned out leave for
    /// [`Filtered`](crate::RemovalCause::Filtered). Returns how many the guard kept.
    ///
    /// Without the feature `enforce`, nothing is asked and the answer is 0.
    #[track_caller]
    pub fn try_retain<F>(&mut self, mut keep: F) -> usize
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        let at = Caller::here();
        let mut kept = 0;
        let stays = |key: &K, value: &mut V| {
            let stays = keep(key, value);
            let vetoed = !stays && log::ask::<K, V, T>(key, value, at).is_err();
            kept += usize::from(vetoed);
            stays || vetoed
        };
        self.retain_at(stays, RemovalCause::Filtered, at);
        kept
    }
}

/// A walk of the crate's `retain`, which does not set its index right if the predicate panics: that is made up for.
struct Walk<'m, K, V, S> {
    map: &'m mut Inner<K, V, S>,
    is_done: bool,
}

impl<K, V, S> Drop for Walk<'_, K, V, S> {
    #[inline]
    fn drop(&mut self) {
        if !self.is_done {
            self.map.retain(|_, _| true);
        }
    }
}
