//! The ways out that take a key or a predicate, unchecked and guarded.

use std::hash::{BuildHasher, Hash};

use hashbrown::HashTable;

use super::{Drain, ExtractIf, HashMap, Lookup, Slot, entries, hash_of, is_like};
use crate::{
    Keeper, RemovalCause, Unguarded, Vetoed,
    log::{self, Log},
    mode::Caller,
    panics::Panics,
};

impl<K, V, S, T: Keeper<K, V> + Unguarded, L> HashMap<K, V, S, T, L> {
    /// Same as [`std::collections::HashMap::clear`]; every entry leaves for [`Cleared`](RemovalCause::Cleared).
    ///
    /// # Panics
    /// With the first panic of a hook; all hooks have run and the map is empty then.
    #[inline]
    #[track_caller]
    pub fn clear(&mut self) {
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        self.leave_all(RemovalCause::Cleared, Caller::here());
    }

    /// Same as [`std::collections::HashMap::drain`]; every entry leaves for [`Drained`](RemovalCause::Drained) now,
    /// whether or not the iterator is used up. Hooks have run when this returns.
    ///
    /// # Panics
    /// With the first panic of a hook; all hooks have run and the map is empty then.
    #[inline]
    #[track_caller]
    pub fn drain(&mut self) -> Drain<'_, K, V> {
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        let panics = self.log.all_leave(
            &self.table,
            entries(&self.table),
            RemovalCause::Drained,
            Caller::here(),
        );
        if panics.any() {
            self.table.clear();
            panics.resume(T::site());
        }
        Drain {
            inner: self.table.drain(),
        }
    }

    /// Same as [`std::collections::HashMap::retain`]; entries turned out leave for
    /// [`Filtered`](RemovalCause::Filtered).
    ///
    /// # Panics
    /// With a panic of the predicate, at once; with the first panic of a hook, at the end.
    #[inline]
    #[track_caller]
    pub fn retain<F>(&mut self, mut f: F)
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        self.retain_at(
            |key, value| !f(key, value),
            RemovalCause::Filtered,
            Caller::here(),
        );
    }

    /// Same as [`std::collections::HashMap::extract_if`]; entries taken leave for
    /// [`Filtered`](RemovalCause::Filtered).
    #[allow(
        private_interfaces,
        reason = "what the predicate is wrapped in is nobody's business"
    )]
    #[inline]
    #[track_caller]
    pub fn extract_if<F>(
        &mut self,
        pred: F,
    ) -> ExtractIf<'_, K, V, impl FnMut(&mut Slot<K, V>) -> bool, T>
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        self.extraction(pred)
    }
}

impl<K, V, S, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    /// Removes what `leaves` says. A predicate that panics leaves its entry in; hooks that panic do not stop the rest.
    #[inline]
    #[track_caller]
    pub(crate) fn retain_at(
        &mut self,
        mut leaves: impl FnMut(&K, &mut V) -> bool,
        cause: RemovalCause,
        at: Caller,
    ) {
        self.lend_all();
        let mut panics = Panics::default();
        let mut len = self.table.len();
        let mut walk = Walk {
            len,
            table: &mut self.table,
            log: &mut self.log,
        };
        let Walk { table, log, .. } = &mut walk;
        table.retain(|slot| {
            let (key, value) = &mut slot.entry;
            if !leaves(key, value) {
                return true;
            }
            log.leaving(slot, cause, len, at);
            if T::HOOKED {
                panics.run(|| log.tell(slot.key(), slot.value(), cause, at));
            } else {
                log.tell(slot.key(), slot.value(), cause, at);
            }
            len -= 1;
            false
        });
        drop(walk);
        panics.resume(T::site());
        self.log.recorder.raise::<K, V, T>();
    }

    /// Keeps what `f` says, and what the guard does not let go; entries turned out leave for
    /// [`Filtered`](crate::RemovalCause::Filtered). Returns how many the guard kept.
    ///
    /// Without the feature `enforce`, nothing is asked and the answer is 0.
    #[track_caller]
    pub fn try_retain<F>(&mut self, mut f: F) -> usize
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        let at = Caller::here();
        let mut kept = 0;
        self.retain_at(
            |key, value| {
                !f(key, value)
                    && match log::ask::<K, V, T>(key, value, at) {
                        Ok(()) => true,
                        Err(_) => {
                            kept += 1;
                            false
                        }
                    }
            },
            RemovalCause::Filtered,
            at,
        );
        kept
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    /// Same as [`std::collections::HashMap::remove`]; the entry leaves for [`Removed`](RemovalCause::Removed), a key
    /// that is not there counts as a miss.
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[track_caller]
    pub fn remove<Q>(&mut self, k: &Q) -> Option<V>
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
        T: Unguarded,
    {
        self.remove_entry(k).map(|(_, value)| value)
    }

    /// Same as [`std::collections::HashMap::remove_entry`]; the entry leaves for [`Removed`](RemovalCause::Removed), a
    /// key that is not there counts as a miss.
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[track_caller]
    pub fn remove_entry<Q>(&mut self, k: &Q) -> Option<(K, V)>
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
        T: Unguarded,
    {
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        let out = self.remove_at(k, Caller::here());
        self.log.recorder.raise::<K, V, T>();
        out
    }

    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn remove_at<Q>(&mut self, key: &Q, at: Caller) -> Option<(K, V)>
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
    {
        let hash = hash_of(&self.hash_builder, key);
        match self.table.find_entry(hash, is_like::<_, _, _, L>(key)) {
            Ok(entry) => Some(self.log.remove(entry, hash, at)),
            Err(_) => {
                self.log.recorder.missed::<K, V, T>(hash, at);
                None
            }
        }
    }

    /// Removes the entry of `k` (cause [`Removed`](crate::RemovalCause::Removed)) if the guard lets it go, and hands
    /// its value over.
    ///
    /// Without a guard, or without the feature `enforce`, this is [`remove`](Self::remove).
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the entry stays, and an event under the target `mapkeeper::audit` says so.
    #[inline]
    #[track_caller]
    pub fn try_remove<Q>(&mut self, k: &Q) -> Result<Option<V>, Vetoed>
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
    {
        Ok(self.try_remove_entry(k)?.map(|(_, value)| value))
    }

    /// Removes the entry of `k` (cause [`Removed`](crate::RemovalCause::Removed)) if the guard lets it go, and hands it
    /// over.
    ///
    /// # Errors
    /// As [`try_remove`](Self::try_remove).
    #[inline]
    #[track_caller]
    pub fn try_remove_entry<Q>(&mut self, k: &Q) -> Result<Option<(K, V)>, Vetoed>
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
    {
        let at = Caller::here();
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        let hash = hash_of(&self.hash_builder, k);
        let Ok(entry) = self.table.find_entry(hash, is_like::<_, _, _, L>(k)) else {
            self.log.recorder.missed::<K, V, T>(hash, at);
            return Ok(None);
        };
        log::ask::<K, V, T>(entry.get().key(), entry.get().value(), at)?;
        let out = self.log.remove(entry, hash, at);
        self.log.recorder.raise::<K, V, T>();
        Ok(Some(out))
    }

    /// Removes all `keys` in one step and hands over the entries that were there, in the order of `keys`.
    ///
    /// Nothing else sees the map in between, and every entry leaves for [`Removed`](RemovalCause::Removed). Hooks run
    /// once all entries are out. O(keys).
    ///
    /// # Panics
    /// With a panic of the iterator, `Hash` or `Eq`: what was taken out by then is gone, its hooks run. With the first
    /// panic of a hook, once all of them ran.
    #[track_caller]
    pub fn remove_many<'q, Q, I>(&mut self, keys: I) -> Vec<(K, V)>
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
        T: Unguarded,
    {
        let at = Caller::here();
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        let keys = keys.into_iter();
        let room = keys.size_hint().0.min(self.len());
        let mut batch = Batch {
            out: Vec::with_capacity(room),
            log: &mut self.log,
            at,
        };
        for key in keys {
            let hash = hash_of(&self.hash_builder, key);
            match self.table.find_entry(hash, is_like::<_, _, _, L>(key)) {
                Ok(entry) => {
                    let slot = batch.log.take(entry, hash, at);
                    batch.out.push(slot.entry);
                }
                Err(_) => batch.log.recorder.missed::<K, V, T>(hash, at),
            }
        }
        let out = batch.finish();
        self.log.recorder.raise::<K, V, T>();
        out
    }
}

/// A walk over the table that may take entries out; the samples are settled when it ends, unwinding or not.
struct Walk<'a, K, V, T: Keeper<K, V>> {
    /// Entries when it began.
    len: usize,
    table: &'a mut HashTable<Slot<K, V>>,
    log: &'a mut Log<T>,
}

impl<K, V, T: Keeper<K, V>> Drop for Walk<'_, K, V, T> {
    #[inline]
    fn drop(&mut self) {
        if self.table.len() < self.len {
            self.log.recorder.reconcile::<K, V, T>(self.table);
        }
    }
}

/// Entries that are out of the table and whose hooks have not run yet. They run even if the batch is unwound over.
struct Batch<'m, K, V, T: Keeper<K, V>> {
    out: Vec<(K, V)>,
    log: &'m mut Log<T>,
    at: Caller,
}

impl<K, V, T: Keeper<K, V>> Batch<'_, K, V, T> {
    fn finish(mut self) -> Vec<(K, V)> {
        let panics = self.tell();
        let out = std::mem::take(&mut self.out);
        panics.resume(T::site());
        out
    }

    fn tell(&mut self) -> Panics {
        let mut panics = Panics::default();
        for (key, value) in &self.out {
            panics.run(|| self.log.tell(key, value, RemovalCause::Removed, self.at));
        }
        panics
    }
}

impl<K, V, T: Keeper<K, V>> Drop for Batch<'_, K, V, T> {
    fn drop(&mut self) {
        self.tell().resume(T::site());
    }
}
