//! How an entry is recorded of a map that keeps its keys itself: std's `BTreeMap` and the like.
//!
//! Such a map has no hash that says which entries are sampled, and no places with numbers. So observe asks the keeper for a
//! hash of the key, as it comes and as it leaves, and knows a sample by that. What a `&mut` emptied cannot be looked up
//! again, it is found by walks.

use std::borrow::Borrow;

use crate::{
    Keeper, RemovalCause, Removed,
    log::{Log, listens},
    mode::{Caller, RECORDS, Recorder, UNKNOWN_KEY},
    panics::Panics,
    store::{Keyless, Slot, Store},
};

/// Any store, where none can be looked at.
type NoStore<V> = std::collections::BTreeMap<(), Keyless<V>>;

/// An entry that comes into a map which keeps its keys itself.
#[derive(Clone, Copy)]
pub(crate) struct Arrival {
    /// The hash that [`Log::key_hash`] gave its key.
    pub(crate) hash: u64,
    /// The map's length, this entry counted.
    pub(crate) len: usize,
    /// The value is handed out by `&mut` at once, so it is not judged yet.
    pub(crate) lent: bool,
    pub(crate) at: Caller,
}

impl<T> Log<T> {
    /// The hash by which an entry with this key is sampled or is not.
    #[inline(always)]
    pub(crate) fn key_hash<K, V>(&self, key: &K) -> u64
    where
        T: Keeper<K, V>,
    {
        self.recorder.key_hash::<K, V, T>(key)
    }

    /// An entry comes with this key; `len` counts it, and `lent` says whether its value is handed out at once.
    #[inline(always)]
    pub(crate) fn arrival<K, V>(&self, key: &K, len: usize, lent: bool, at: Caller) -> Arrival
    where
        T: Keeper<K, V>,
    {
        let hash = self.key_hash::<K, V>(key);
        self.recorder.name_key::<K, V, T>(key, hash);
        Arrival {
            hash,
            len,
            lent,
            at,
        }
    }

    /// Puts a new entry where `place` says.
    #[inline(always)]
    pub(crate) fn put<'a, K, V: 'a>(
        &mut self,
        place: impl FnOnce(Keyless<V>) -> &'a mut Keyless<V>,
        value: V,
        arrival: Arrival,
    ) -> &'a mut Keyless<V>
    where
        T: Keeper<K, V>,
    {
        let stamp = self.recorder.stamp::<K, V, T>(arrival.hash, arrival.at);
        let slot = place(Slot {
            entry: ((), value),
            stamp,
        });
        self.note_arrival::<K, V>(slot, arrival);
        slot
    }

    /// An entry is there that was not seen to come.
    #[inline]
    pub(crate) fn found<K, V>(&mut self, slot: &mut Keyless<V>, arrival: Arrival)
    where
        T: Keeper<K, V>,
    {
        slot.stamp = self.recorder.stamp::<K, V, T>(arrival.hash, arrival.at);
        self.note_arrival::<K, V>(slot, arrival);
    }

    #[inline(always)]
    fn note_arrival<K, V>(
        &mut self,
        slot: &mut Keyless<V>,
        Arrival {
            hash,
            len,
            lent,
            at,
        }: Arrival,
    ) where
        T: Keeper<K, V>,
    {
        if self.recorder.counts_with_site::<K, V, T>() {
            self.recorder.inserted_with_site::<K, V, T>(len);
        }
        let told = if lent { None } else { Some(slot.value()) };
        if self.recorder.came::<K, V, T>(told, hash, len, at) {
            self.recorder
                .note_insert::<K, V, T>(slot, hash as usize, hash, len, lent, at);
        }
        if lent && Recorder::watches_loans::<K, V, T>() {
            self.recorder.lent_unplaced(at);
        }
    }

    /// Entries are there that nobody saw come: each is an insertion of this line. `meet` is told before each how many
    /// there are with it.
    pub(crate) fn adopt<'m, K, V: 'm>(
        &mut self,
        entries: impl Iterator<Item = (impl Borrow<K>, &'m mut Keyless<V>)>,
        meet: impl Fn(&mut Recorder, usize),
        at: Caller,
    ) where
        T: Keeper<K, V>,
    {
        if !(RECORDS && T::TRACKED) {
            return;
        }
        for (before, (key, slot)) in entries.enumerate() {
            let len = before + 1;
            meet(&mut self.recorder, len);
            let hash = self.key_hash::<K, V>(key.borrow());
            let lent = false;
            self.found::<K, V>(
                slot,
                Arrival {
                    hash,
                    len,
                    lent,
                    at,
                },
            );
        }
    }

    /// Puts `value` in the place of the old one and hands that over; its hook has not run yet, for that needs the key.
    /// `hash` is that of the key.
    #[inline(always)]
    pub(crate) fn swap<K, V>(&mut self, slot: &mut Keyless<V>, value: V, hash: u64, at: Caller) -> V
    where
        T: Keeper<K, V>,
    {
        if let Some(vacant) = self.recorder.vacancy_after_replace::<K, V, T>(slot, &value) {
            self.recorder
                .note_replace::<K, V, T>(slot, vacant, hash as usize, hash, at);
        }
        self.recorder.replaced::<K, V, T>(hash, at);
        self.recorder
            .let_go::<K, V, T>(slot.value(), RemovalCause::Replaced, at);
        self.recorder
            .let_sample_go::<K, V, T>(slot.value(), hash, RemovalCause::Replaced, at);
        std::mem::replace(slot.value_mut(), value)
    }

    /// An entry was taken out of `store`: records that, runs its hook and hands it over.
    #[inline(always)]
    pub(crate) fn gone<K, V>(
        &mut self,
        store: &impl Store<V>,
        (key, slot): (K, Keyless<V>),
        cause: RemovalCause,
        at: Caller,
    ) -> (K, V)
    where
        T: Keeper<K, V>,
    {
        if listens::<K, V, T>() {
            let len = store.entries() + 1;
            self.note_gone(len, &key, &slot, cause, at, |log| {
                log.look_back(Some(store), &key, &slot, cause, true, at);
            });
        }
        (key, slot.entry.1)
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
            self.note_gone(len, key, slot, cause, at, |log| {
                log.look_back(None::<&NoStore<V>>, key, slot, cause, true, at);
            });
        }
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

    /// A removal found nothing. Its key is borrowed in a form that need not have the hash of a key.
    #[inline(always)]
    pub(crate) fn missed<K, V>(&mut self, at: Caller)
    where
        T: Keeper<K, V>,
    {
        self.recorder.missed::<K, V, T>(UNKNOWN_KEY, at);
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
