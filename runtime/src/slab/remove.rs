//! The ways out, unchecked and guarded.

use super::{Drain, Slab};
use crate::{
    Keeper, Lifecycle, RemovalCause, Removed, Unguarded, Vetoed,
    keyless::gone,
    log,
    mode::{Caller, MARKS},
    panics::Panics,
};

impl<V, T: Keeper<usize, V> + Unguarded> Slab<V, T> {
    /// Same as [`slab::Slab::remove`]; the entry leaves for [`Removed`](RemovalCause::Removed).
    ///
    /// # Panics
    /// If there is no such key, which counts as a miss.
    #[inline]
    #[track_caller]
    pub fn remove(&mut self, key: usize) -> V {
        self.try_remove(key).expect("invalid key")
    }

    /// Same as [`slab::Slab::try_remove`]; the entry leaves for [`Removed`](RemovalCause::Removed), a key that is not there
    /// counts as a miss.
    #[inline]
    #[track_caller]
    pub fn try_remove(&mut self, key: usize) -> Option<V> {
        self.settle();
        let out = self.remove_at(key);
        self.log.recorder.raise::<usize, V, T>();
        out
    }

    /// Same as [`try_remove`](Self::try_remove), but the value comes in a guard whose drop says how long it lived on,
    /// whatever its type.
    #[track_caller]
    pub fn remove_tracked(&mut self, key: usize) -> Option<Removed<V>> {
        self.settle();
        let out = match self.slab.try_remove(key) {
            Some(slot) => Some(
                self.log
                    .gone_tracked(&self.slab, (key, slot), Caller::here()),
            ),
            None => {
                self.note_miss(key, Caller::here());
                None
            }
        };
        self.log.recorder.raise::<usize, V, T>();
        out
    }

    /// Same as [`slab::Slab::clear`]; every entry leaves for [`Cleared`](RemovalCause::Cleared).
    ///
    /// # Panics
    /// With the first panic of a hook; all hooks have run and the slab is empty then.
    #[track_caller]
    pub fn clear(&mut self) {
        self.settle();
        let panics = self.note_all_left(RemovalCause::Cleared, Caller::here());
        self.slab.clear();
        panics.resume(T::site());
    }

    /// Same as [`slab::Slab::drain`]; every entry leaves for [`Drained`](RemovalCause::Drained) now, whether or not the
    /// iterator is used up.
    ///
    /// # Panics
    /// With the first panic of a hook; all hooks have run and the slab is empty then.
    #[track_caller]
    pub fn drain(&mut self) -> Drain<'_, V> {
        self.settle();
        let panics = self.note_all_left(RemovalCause::Drained, Caller::here());
        if panics.any() {
            self.slab.clear();
            panics.resume(T::site());
        }
        Drain {
            inner: self.slab.drain(),
        }
    }

    /// Same as [`slab::Slab::retain`]; entries turned out leave for [`Filtered`](RemovalCause::Filtered).
    ///
    /// # Panics
    /// With a panic of the predicate, at once; with the first panic of a hook, at the end.
    #[track_caller]
    pub fn retain<F>(&mut self, f: F)
    where
        F: FnMut(usize, &mut V) -> bool,
    {
        self.retain_at(f, RemovalCause::Filtered, Caller::here());
    }
}

impl<V, T: Keeper<usize, V>> Slab<V, T> {
    /// The hash of an entry is known before that is taken out: so is what few are to be told apart by, unless values are looked
    /// at.
    #[inline(always)]
    #[track_caller]
    fn remove_at(&mut self, key: usize) -> Option<V> {
        if MARKS {
            return self.take_out(key);
        }
        let quiet = self.log.goes_quietly::<usize, V>(&key, self.slab.len());
        let Some(quiet) = quiet else {
            return self.remove_noted(key);
        };
        match self.slab.try_remove(key) {
            Some(slot) => {
                quiet.went();
                Some(slot.into_value())
            }
            None => {
                self.note_miss(key, Caller::here());
                None
            }
        }
    }

    /// The same of an entry of which more is recorded than that it leaves.
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn remove_noted(&mut self, key: usize) -> Option<V> {
        self.take_out(key)
    }

    #[inline(always)]
    #[track_caller]
    fn take_out(&mut self, key: usize) -> Option<V> {
        match self.slab.try_remove(key) {
            Some(slot) => Some(gone(self, (key, slot), Caller::here()).1),
            None => {
                self.note_miss(key, Caller::here());
                None
            }
        }
    }

    fn note_miss(&mut self, key: usize, at: Caller) {
        let hash = self.log.key_hash::<usize, V>(&key);
        self.log.recorder.missed::<usize, V, T>(hash, at);
    }

    /// Keeps what `stays` says. A predicate that panics leaves its entry in; hooks that panic do not stop the rest.
    #[track_caller]
    pub(super) fn retain_at(
        &mut self,
        mut stays: impl FnMut(usize, &mut V) -> bool,
        cause: RemovalCause,
        at: Caller,
    ) {
        self.lend_all();
        let mut panics = Panics::default();
        let mut len = self.slab.len();
        let log = &mut self.log;
        self.slab.retain(|key, slot| {
            if stays(key, slot.value_mut()) {
                return true;
            }
            if T::HOOKED {
                panics.run(|| log.gone_unseen(len, &key, slot, cause, at));
            } else {
                log.gone_unseen(len, &key, slot, cause, at);
            }
            len -= 1;
            false
        });
        panics.resume(T::site());
        self.log.recorder.raise::<usize, V, T>();
    }

    /// Removes the entry of `key` (cause [`Removed`](crate::RemovalCause::Removed)) if the guard lets it go, and hands
    /// its value over.
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the entry stays, and an event under the target `mapkeeper::audit` says so.
    #[track_caller]
    pub fn remove_if_allowed(&mut self, key: usize) -> Result<Option<V>, Vetoed> {
        let at = Caller::here();
        self.settle();
        if let Some(value) = self.get(key) {
            log::ask::<usize, V, T>(&key, value, at)?;
        }
        let out = self.remove_at(key);
        self.log.recorder.raise::<usize, V, T>();
        Ok(out)
    }

    /// Keeps what `f` says, and what the guard does not let go; entries turned out leave for
    /// [`Filtered`](crate::RemovalCause::Filtered). Returns how many the guard kept.
    ///
    /// Without the feature `enforce`, nothing is asked and the answer is 0.
    #[track_caller]
    pub fn try_retain<F>(&mut self, mut f: F) -> usize
    where
        F: FnMut(usize, &mut V) -> bool,
    {
        let at = Caller::here();
        let mut kept = 0;
        let stays = |key, value: &mut V| {
            let stays = f(key, value);
            let vetoed = !stays && log::ask::<usize, V, T>(&key, value, at).is_err();
            kept += usize::from(vetoed);
            stays || vetoed
        };
        self.retain_at(stays, RemovalCause::Filtered, at);
        kept
    }

    /// The steps of the life of the entry of `key` until now; `None` if it is not there, or unless in strict mode.
    #[must_use]
    pub fn lifecycle(&self, key: usize) -> Option<Lifecycle> {
        self.log
            .recorder
            .lifecycle::<usize, V, T>(self.slab.get(key)?)
    }
}
