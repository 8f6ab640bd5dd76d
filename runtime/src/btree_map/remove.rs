//! The ways out that take a key, a place in the order or a predicate, unchecked and guarded.

use std::{borrow::Borrow, mem, ops::RangeBounds};

use super::{BTreeMap, ExtractIf, entries, extract_if, meet};
use crate::{
    Keeper, Lifecycle, RemovalCause, Removed, Unguarded, Vetoed,
    keyless::{gone, is_light, left},
    log,
    mode::Caller,
    panics::Panics,
    store::Keyless,
};

impl<K, V, T: Keeper<K, V> + Unguarded> BTreeMap<K, V, T> {
    /// Same as [`std::collections::BTreeMap::clear`]; every entry leaves for [`Cleared`](RemovalCause::Cleared).
    ///
    /// # Panics
    /// With the first panic of a hook; all hooks have run and the map is empty then.
    #[inline]
    #[track_caller]
    pub fn clear(&mut self) {
        self.settle();
        self.leave_all(RemovalCause::Cleared, Caller::here());
    }

    /// Same as [`std::collections::BTreeMap::retain`]; entries turned out leave for
    /// [`Filtered`](RemovalCause::Filtered).
    ///
    /// # Panics
    /// With a panic of the predicate, at once; with the first panic of a hook, at the end.
    #[inline]
    #[track_caller]
    pub fn retain<F>(&mut self, f: F)
    where
        K: Ord,
        F: FnMut(&K, &mut V) -> bool,
    {
        self.retain_at(f, RemovalCause::Filtered, Caller::here());
    }

    /// Same as [`std::collections::BTreeMap::extract_if`]; entries taken leave for
    /// [`Filtered`](RemovalCause::Filtered).
    #[allow(
        private_interfaces,
        reason = "what the predicate is wrapped in is nobody's business"
    )]
    #[inline]
    #[track_caller]
    pub fn extract_if<F, R>(
        &mut self,
        range: R,
        pred: F,
    ) -> ExtractIf<'_, K, V, R, impl FnMut(&K, &mut Keyless<V>) -> bool, T>
    where
        K: Ord,
        R: RangeBounds<K>,
        F: FnMut(&K, &mut V) -> bool,
    {
        self.lend_all();
        extract_if::start(self, range, pred, Caller::here())
    }

    /// Same as [`std::collections::BTreeMap::append`]; every entry leaves `other` for [`Drained`](RemovalCause::Drained)
    /// and is an insertion or a replacement here.
    ///
    /// O(m log(n + m)) for `m` entries of `other`.
    ///
    /// # Panics
    /// With the first panic of a hook of `other`; both maps are whole, and entries not moved yet are gone.
    #[track_caller]
    pub fn append(&mut self, other: &mut Self)
    where
        K: Ord,
    {
        let at = Caller::here();
        self.settle();
        other.settle();
        let panics =
            other
                .log
                .all_leave(&other.map, entries(&other.map), RemovalCause::Drained, at);
        let moved = mem::take(&mut other.map);
        panics.resume(T::site());
        for (key, slot) in moved {
            self.insert(key, slot.entry.1);
        }
    }

    /// Same as [`std::collections::BTreeMap::split_off`]; every entry that moves leaves for
    /// [`Taken`](RemovalCause::Taken) and is an insertion into the map returned.
    ///
    /// O(m) for `m` entries that move, where anything is recorded or hooked.
    ///
    /// # Panics
    /// With the first panic of a hook; all hooks have run then, and the entries that moved are gone.
    #[track_caller]
    pub fn split_off<Q: ?Sized + Ord>(&mut self, key: &Q) -> Self
    where
        K: Borrow<Q> + Ord,
    {
        let at = Caller::here();
        self.settle();
        let mut len = self.map.len();
        let mut off = Self::new();
        off.map = self.map.split_off(key);
        if log::listens::<K, V, T>() {
            let mut panics = Panics::default();
            for (key, slot) in &off.map {
                panics.run(|| {
                    self.log
                        .gone_unseen(len, key, slot, RemovalCause::Taken, at);
                });
                len -= 1;
            }
            if panics.any() {
                // Their hooks have run: nobody else is to hear of them.
                drop(mem::take(&mut off.map));
                panics.resume(T::site());
                return off;
            }
            off.log
                .adopt::<K, V>(off.map.iter_mut(), meet::<K, V, T>, at);
        }
        self.log.recorder.raise::<K, V, T>();
        off.log.recorder.raise::<K, V, T>();
        off
    }
}

impl<K, V, T: Keeper<K, V>> BTreeMap<K, V, T> {
    /// Every entry goes for `cause`.
    pub(super) fn leave_all(&mut self, cause: RemovalCause, at: Caller) {
        let panics = self.log.all_leave(&self.map, entries(&self.map), cause, at);
        self.map.clear();
        panics.resume(T::site());
    }

    /// Keeps what `stays` says. A predicate that panics leaves its entry in; hooks that panic do not stop the rest.
    #[inline]
    #[track_caller]
    pub(super) fn retain_at(
        &mut self,
        mut stays: impl FnMut(&K, &mut V) -> bool,
        cause: RemovalCause,
        at: Caller,
    ) where
        K: Ord,
    {
        self.lend_all();
        if !log::listens::<K, V, T>() {
            return self.map.retain(|key, slot| stays(key, slot.value_mut()));
        }
        let mut panics = Panics::default();
        let mut len = self.map.len();
        let log = &mut self.log;
        self.map.retain(|key, slot| {
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
        K: Ord,
        F: FnMut(&K, &mut V) -> bool,
    {
        let at = Caller::here();
        let mut kept = 0;
        self.retain_at(
            |key, value| {
                let stays = f(key, value);
                let vetoed = !stays && log::ask::<K, V, T>(key, value, at).is_err();
                kept += usize::from(vetoed);
                stays || vetoed
            },
            RemovalCause::Filtered,
            at,
        );
        kept
    }
}

impl<K: Ord, V, T: Keeper<K, V>> BTreeMap<K, V, T> {
    /// Same as [`std::collections::BTreeMap::remove`]; the entry leaves for [`Removed`](RemovalCause::Removed), a key that
    /// is not there counts as a miss.
    #[inline]
    #[track_caller]
    pub fn remove<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
        T: Unguarded,
    {
        if !log::listens::<K, V, T>() {
            return self.map.remove(key).map(Keyless::into_value);
        }
        self.remove_entry(key).map(|(_, value)| value)
    }

    /// Same as [`std::collections::BTreeMap::remove_entry`]; the entry leaves for [`Removed`](RemovalCause::Removed), a key
    /// that is not there counts as a miss.
    #[inline]
    #[track_caller]
    pub fn remove_entry<Q>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
        T: Unguarded,
    {
        self.settle();
        let out = self.remove_at(key, Caller::here());
        self.log.recorder.raise::<K, V, T>();
        out
    }

    #[inline(always)]
    fn remove_at<Q>(&mut self, key: &Q, at: Caller) -> Option<(K, V)>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let found = self.map.remove_entry(key);
        match &found {
            Some(_) if is_light::<K, V>() => found.map(|entry| gone(self, entry, at)),
            Some((key, slot)) => {
                left(self, key, slot, at);
                found.map(|(key, slot)| (key, slot.into_value()))
            }
            None => {
                self.log.missed::<K, V>(at);
                None
            }
        }
    }

    /// Same as [`std::collections::BTreeMap::pop_first`]; the entry leaves for [`Removed`](RemovalCause::Removed).
    #[inline]
    #[track_caller]
    pub fn pop_first(&mut self) -> Option<(K, V)>
    where
        T: Unguarded,
    {
        self.settle();
        let entry = self.map.pop_first()?;
        let out = gone(self, entry, Caller::here());
        self.log.recorder.raise::<K, V, T>();
        Some(out)
    }

    /// Same as [`std::collections::BTreeMap::pop_last`]; the entry leaves for [`Removed`](RemovalCause::Removed).
    #[inline]
    #[track_caller]
    pub fn pop_last(&mut self) -> Option<(K, V)>
    where
        T: Unguarded,
    {
        self.settle();
        let entry = self.map.pop_last()?;
        let out = gone(self, entry, Caller::here());
        self.log.recorder.raise::<K, V, T>();
        Some(out)
    }

    /// Removes the entry of `key` (cause [`Removed`](crate::RemovalCause::Removed)) if the guard lets it go, and hands
    /// its value over.
    ///
    /// Without a guard, or without the feature `enforce`, this is [`remove`](Self::remove).
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the entry stays, and an event under the target `mapkeeper::audit` says so.
    #[track_caller]
    pub fn try_remove<Q>(&mut self, key: &Q) -> Result<Option<V>, Vetoed>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        Ok(self.try_remove_entry(key)?.map(|(_, value)| value))
    }

    /// Removes the entry of `key` (cause [`Removed`](crate::RemovalCause::Removed)) if the guard lets it go, and hands
    /// it over.
    ///
    /// # Errors
    /// As [`try_remove`](Self::try_remove).
    #[track_caller]
    pub fn try_remove_entry<Q>(&mut self, key: &Q) -> Result<Option<(K, V)>, Vetoed>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let at = Caller::here();
        self.settle();
        if let Some((key, value)) = self.get_key_value(key) {
            log::ask::<K, V, T>(key, value, at)?;
        }
        let out = self.remove_at(key, at);
        self.log.recorder.raise::<K, V, T>();
        Ok(out)
    }

    /// Removes all `keys` in one step and hands over the entries that were there, in the order of `keys`.
    ///
    /// Nothing else sees the map in between, and every entry leaves for [`Removed`](RemovalCause::Removed). Hooks that
    /// panic do not stop the rest. O(keys × log n).
    ///
    /// # Panics
    /// With a panic of the iterator or `Ord`: what was taken out by then is gone, its hooks have run. With the first panic of
    /// a hook, once all of them ran.
    #[track_caller]
    pub fn remove_many<'q, Q, I>(&mut self, keys: I) -> Vec<(K, V)>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
        T: Unguarded,
    {
        let at = Caller::here();
        self.settle();
        let mut panics = Panics::default();
        let mut out = Vec::new();
        for key in keys {
            let len = self.map.len();
            match self.map.remove_entry(key) {
                Some((key, slot)) => {
                    panics.run(|| {
                        self.log
                            .gone_unseen(len, &key, &slot, RemovalCause::Removed, at);
                    });
                    out.push((key, slot.entry.1));
                }
                None => self.log.missed::<K, V>(at),
            }
        }
        panics.resume(T::site());
        self.log.recorder.raise::<K, V, T>();
        out
    }

    /// Same as [`remove`](Self::remove), but the value comes in a guard whose drop says how long it lived on, whatever
    /// its type.
    #[track_caller]
    pub fn remove_tracked<Q>(&mut self, key: &Q) -> Option<Removed<V>>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
        T: Unguarded,
    {
        self.settle();
        let out = self.remove_tracked_at(key, Caller::here());
        self.log.recorder.raise::<K, V, T>();
        out
    }

    /// Same as [`try_remove`](Self::try_remove), but the value comes in a guard, as that of
    /// [`remove_tracked`](Self::remove_tracked).
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the entry stays.
    #[track_caller]
    pub fn try_remove_tracked<Q>(&mut self, key: &Q) -> Result<Option<Removed<V>>, Vetoed>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let at = Caller::here();
        self.settle();
        if let Some((key, value)) = self.get_key_value(key) {
            log::ask::<K, V, T>(key, value, at)?;
        }
        let out = self.remove_tracked_at(key, at);
        self.log.recorder.raise::<K, V, T>();
        Ok(out)
    }

    fn remove_tracked_at<Q>(&mut self, key: &Q, at: Caller) -> Option<Removed<V>>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        match self.map.remove_entry(key) {
            Some(entry) => Some(self.log.gone_tracked(&self.map, entry, at)),
            None => {
                self.log.missed::<K, V>(at);
                None
            }
        }
    }

    /// The steps of the life of the entry of `key` until now; `None` if it is not there, or unless in strict mode.
    #[must_use]
    pub fn lifecycle<Q>(&self, key: &Q) -> Option<Lifecycle>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.log.recorder.lifecycle::<K, V, T>(self.map.get(key)?)
    }
}
