//! How an entry is recorded of a map that keeps its keys itself: std's `BTreeMap` and the like.
//!
//! Such a map has no hash that says which entries are sampled, and no places with numbers. So each entry carries a
//! [`Tag`](crate::mode::Tag): nothing in off and strict, four bytes in observe. What a `&mut` emptied cannot be looked up
//! again, it is found by walks.

use crate::{
    Keeper, RemovalCause, Removed,
    hash_map::Slot,
    log::{Log, listens},
    mode::{Caller, RECORDS, Recorder, Tag},
    panics::Panics,
    store::{Store, Tagged},
};

/// Any store, where none can be looked at.
type NoStore<V> = std::collections::BTreeMap<(), Tagged<V>>;

impl<T> Log<T> {
    /// Puts a new entry where `place` says; `len` counts it.
    #[inline(always)]
    pub(crate) fn put<'a, K, V: 'a>(
        &mut self,
        place: impl FnOnce(Tagged<V>) -> &'a mut Tagged<V>,
        value: V,
        len: usize,
        lent: bool,
        at: Caller,
    ) -> &'a mut Tagged<V>
    where
        T: Keeper<K, V>,
    {
        let stamp = self.recorder.stamp::<K, V, T>(at);
        let key = self.recorder.tag::<K, V, T>();
        let slot = place(Slot { key, value, stamp });
        self.note_come::<K, V>(slot, key, len, lent, at);
        slot
    }

    /// Entries are there that nobody saw come: each is an insertion of this line. `meet` is told before each how many
    /// there are with it.
    pub(crate) fn adopt<K, V, S: Store<V, Beside = Tag>>(
        &mut self,
        store: &mut S,
        meet: impl Fn(&mut Recorder, usize),
        at: Caller,
    ) where
        T: Keeper<K, V>,
    {
        if !(RECORDS && T::TRACKED) {
            return;
        }
        for (before, slot) in store.slots_mut().enumerate() {
            let len = before + 1;
            meet(&mut self.recorder, len);
            self.found::<K, V>(slot, len, false, at);
        }
    }

    /// An entry is there that was not seen to come; `len` counts it.
    #[inline]
    pub(crate) fn found<K, V>(&mut self, slot: &mut Tagged<V>, len: usize, lent: bool, at: Caller)
    where
        T: Keeper<K, V>,
    {
        slot.stamp = self.recorder.stamp::<K, V, T>(at);
        let key = self.recorder.tag::<K, V, T>();
        slot.key = key;
        self.note_come::<K, V>(slot, key, len, lent, at);
    }

    /// An entry that has its marks is in its place.
    #[inline(always)]
    fn note_come<K, V>(
        &mut self,
        slot: &mut Tagged<V>,
        tag: Tag,
        len: usize,
        lent: bool,
        at: Caller,
    ) where
        T: Keeper<K, V>,
    {
        if self.recorder.counts_with_site::<K, V, T>() {
            self.recorder.inserted_with_site::<K, V, T>(len);
        }
        let told = if lent { None } else { Some(&slot.value) };
        let (hash, place) = (tag.hash(), tag.place());
        if self.recorder.came::<K, V, T>(told, hash, len, at) {
            self.recorder
                .note_insert::<K, V, T>(slot, place, hash, len, lent, at);
        }
        if lent && Recorder::watches_loans::<K, V, T>() {
            self.recorder.lent_unplaced(at);
        }
    }

    /// Puts `value` in the place of the old one and hands that over; its hook has not run yet, for that needs the key.
    #[inline(always)]
    pub(crate) fn swap<K, V>(&mut self, slot: &mut Tagged<V>, value: V, at: Caller) -> V
    where
        T: Keeper<K, V>,
    {
        let (hash, place) = (slot.key.hash(), slot.key.place());
        if let Some(vacant) = self.recorder.vacancy_after_replace::<K, V, T>(slot, &value) {
            self.recorder
                .note_replace::<K, V, T>(slot, vacant, place, hash, at);
        }
        self.recorder.replaced::<K, V, T>(at);
        self.recorder
            .let_go::<K, V, T>(&slot.value, RemovalCause::Replaced, at);
        self.recorder
            .let_sample_go::<K, V, T>(&slot.value, hash, RemovalCause::Replaced, at);
        std::mem::replace(&mut slot.value, value)
    }

    /// An entry was taken out of `store`: records that, runs its hook and hands it over.
    #[inline(always)]
    pub(crate) fn gone<K, V>(
        &mut self,
        store: &impl Store<V>,
        (key, slot): (K, Tagged<V>),
        cause: RemovalCause,
        at: Caller,
    ) -> (K, V)
    where
        T: Keeper<K, V>,
    {
        if listens::<K, V, T>() {
            self.note_gone(Some(store), store.entries() + 1, &key, &slot, cause, at);
        }
        (key, slot.value)
    }

    /// The same while nobody can look at the store; `len` still counts the entry.
    #[inline(always)]
    pub(crate) fn gone_unseen<K, V>(
        &mut self,
        len: usize,
        key: &K,
        slot: &Tagged<V>,
        cause: RemovalCause,
        at: Caller,
    ) where
        T: Keeper<K, V>,
    {
        if listens::<K, V, T>() {
            self.note_gone(None::<&NoStore<V>>, len, key, slot, cause, at);
        }
    }

    /// The same, its value in a guard.
    pub(crate) fn gone_tracked<K, V>(
        &mut self,
        store: &impl Store<V>,
        (key, slot): (K, Tagged<V>),
        at: Caller,
    ) -> Removed<V>
    where
        T: Keeper<K, V>,
    {
        let cause = RemovalCause::Removed;
        let len = store.entries() + 1;
        let mut panics = Panics::default();
        panics.run(|| self.look_back(Some(store), &slot, cause, false, at));
        let record = self.recorder.track::<K, V, T>(&slot, at);
        self.recorder.removed::<K, V, T>(&slot, cause, len, at);
        let removed = Removed::new(slot.value, record);
        panics.run(|| self.tell(&key, &removed, cause, at));
        panics.resume(T::site());
        removed
    }

    /// Records that an entry was taken out, or is about to be, and runs its hook; `len` still counts it. The store is
    /// looked at if it is told.
    #[inline(always)]
    fn note_gone<K, V>(
        &mut self,
        store: Option<&impl Store<V>>,
        len: usize,
        key: &K,
        slot: &Tagged<V>,
        cause: RemovalCause,
        at: Caller,
    ) where
        T: Keeper<K, V>,
    {
        if T::knows_vacancy() {
            // Asks user code of an entry that is out already: its hook runs all the same.
            let mut panics = Panics::default();
            panics.run(|| self.look_back(store, slot, cause, true, at));
            self.recorder.removed::<K, V, T>(slot, cause, len, at);
            self.recorder.let_go::<K, V, T>(&slot.value, cause, at);
            panics.run(|| self.tell(key, &slot.value, cause, at));
            panics.resume(T::site());
        } else {
            self.look_back(store, slot, cause, true, at);
            self.recorder.removed::<K, V, T>(slot, cause, len, at);
            self.recorder.let_go::<K, V, T>(&slot.value, cause, at);
            self.tell(key, &slot.value, cause, at);
        }
    }

    /// What few removals need. If the entry is sampled, `watch` says whether its value is watched.
    #[inline(always)]
    fn look_back<K, V>(
        &mut self,
        store: Option<&impl Store<V>>,
        slot: &Tagged<V>,
        cause: RemovalCause,
        watch: bool,
        at: Caller,
    ) where
        T: Keeper<K, V>,
    {
        let (hash, place) = (slot.key.hash(), slot.key.place());
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
                .let_sample_go::<K, V, T>(&slot.value, hash, cause, at);
        }
    }

    /// A `&mut` to a value is handed out.
    #[inline(always)]
    pub(crate) fn lend<K, V>(&mut self, at: Caller)
    where
        T: Keeper<K, V>,
    {
        if Recorder::watches_loans::<K, V, T>() {
            self.recorder.lent_unplaced(at);
        }
    }
}
