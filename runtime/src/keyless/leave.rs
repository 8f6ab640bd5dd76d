//! How an entry is recorded that leaves a map which keeps its keys itself.

use crate::{
    Keeper, RemovalCause, Removed,
    log::{Log, listens, tells},
    mode::{Caller, MARKS},
    panics::Panics,
    store::{Keyless, Store},
};

/// Any store, where none can be looked at.
type NoStore<V> = std::collections::BTreeMap<(), Keyless<V>>;

impl<T> Log<T> {
    /// An entry was taken out of `store`: records that, runs its hook and hands it over.
    #[inline(always)]
    pub(crate) fn gone<K, V>(
        &mut self,
        store: &impl Store<V>,
        entry: (K, Keyless<V>),
        cause: RemovalCause,
        at: Caller,
    ) -> (K, V)
    where
        T: Keeper<K, V>,
    {
        self.taken_out(Some(store), || store.entries() + 1, entry, cause, at)
    }

    /// The same while the store cannot be looked at; `len` still counts the entry.
    #[inline(always)]
    pub(crate) fn gone_from_entry<K, V>(
        &mut self,
        len: usize,
        entry: (K, Keyless<V>),
        at: Caller,
    ) -> (K, V)
    where
        T: Keeper<K, V>,
    {
        let cause = RemovalCause::Removed;
        self.taken_out(None::<&NoStore<V>>, || len, entry, cause, at)
    }

    /// The entry goes through registers, unless it has to be looked at, as few have to where entries carry no marks, or
    /// somebody is told.
    #[inline(always)]
    fn taken_out<K, V>(
        &mut self,
        store: Option<&impl Store<V>>,
        len: impl FnOnce() -> usize,
        (key, slot): (K, Keyless<V>),
        cause: RemovalCause,
        at: Caller,
    ) -> (K, V)
    where
        T: Keeper<K, V>,
    {
        if !listens::<K, V, T>() {
            return (key, slot.into_value());
        }
        if MARKS || tells::<K, V, T>() {
            self.note_gone(len(), &key, &slot, cause, at, |log| {
                log.look_back(store, &key, &slot, cause, true, at);
            });
            return (key, slot.into_value());
        }
        self.recorder.removed::<K, V, T>(&slot, cause, len(), at);
        let hash = self.key_hash::<K, V>(&key);
        if self.recorder.went_quietly::<K, V, T>(&slot, hash, cause) {
            return (key, slot.into_value());
        }
        self.look_back_at(store, (key, slot), cause, at)
    }

    /// Looks at an entry that is out and counted.
    #[cold]
    #[inline(never)]
    fn look_back_at<K, V>(
        &mut self,
        store: Option<&impl Store<V>>,
        (key, slot): (K, Keyless<V>),
        cause: RemovalCause,
        at: Caller,
    ) -> (K, V)
    where
        T: Keeper<K, V>,
    {
        self.recorder.let_go::<K, V, T>(slot.value(), cause, at);
        self.look_back(store, &key, &slot, cause, true, at);
        (key, slot.into_value())
    }

    /// The same while nobody can look at the store; `len` still counts the entry.
    #[inline(always)]
    pub(crate) fn gone_unseen<K, V>(
        &mut self,
        len: usize,
        key: &K,
        slot: &Keyless<V>,
        cause: RemovalCause,
        at: Caller,
    ) where
        T: Keeper<K, V>,
    {
        if listens::<K, V, T>() {
            self.note_gone_unseen(len, key, slot, cause, at);
        }
    }

    /// Not inlined: a walk over a map should not pay for entries that stay.
    #[cold]
    #[inline(never)]
    fn note_gone_unseen<K, V>(
        &mut self,
        len: usize,
        key: &K,
        slot: &Keyless<V>,
        cause: RemovalCause,
        at: Caller,
    ) where
        T: Keeper<K, V>,
    {
        self.note_gone(len, key, slot, cause, at, |log| {
            log.look_back(None::<&NoStore<V>>, key, slot, cause, true, at);
        });
    }

    /// The same, its value in a guard.
    pub(crate) fn gone_tracked<K, V>(
        &mut self,
        store: &impl Store<V>,
        (key, slot): (K, Keyless<V>),
        at: Caller,
    ) -> Removed<V>
    where
        T: Keeper<K, V>,
    {
        let cause = RemovalCause::Removed;
        let len = store.entries() + 1;
        let mut panics = Panics::default();
        panics.run(|| self.look_back(Some(store), &key, &slot, cause, false, at));
        let record = self.recorder.track::<K, V, T>(&slot, at);
        self.recorder.removed::<K, V, T>(&slot, cause, len, at);
        let removed = Removed::new(slot.entry.1, record);
        panics.run(|| self.tell(&key, &removed, cause, at));
        panics.resume(T::site());
        removed
    }

    /// What few removals need. If the entry is sampled, `watch` says whether its value is watched. Asks user code: for a
    /// hash, and whether the value is vacant.
    #[inline(always)]
    fn look_back<K, V>(
        &mut self,
        store: Option<&impl Store<V>>,
        key: &K,
        slot: &Keyless<V>,
        cause: RemovalCause,
        watch: bool,
        at: Caller,
    ) where
        T: Keeper<K, V>,
    {
        let hash = self.key_hash::<K, V>(key);
        let place = hash as usize;
        self.recorder.leaves::<K, V, T>(hash, cause, at);
        self.recorder.name_key::<K, V, T>(key, hash);
        if !self
            .recorder
            .removal_is_notable::<K, V, T>(slot, Some(hash))
        {
            return;
        }
        match store {
            Some(store) => self
                .recorder
                .note_sample_going::<K, V, T>(store, place, hash, cause, at),
            None => self.recorder.sample_went(place, hash, cause),
        }
        self.recorder.note_removal::<K, V, T>(slot, Some(place), at);
        if watch {
            self.recorder
                .let_sample_go::<K, V, T>(slot.value(), hash, cause, at);
        }
    }
}
