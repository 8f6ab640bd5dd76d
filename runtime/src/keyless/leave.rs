//! How an entry is recorded that leaves a map which keeps its keys itself.

use std::{marker::PhantomData, mem};

use crate::{
    Keeper, RemovalCause, Removed,
    log::{Log, listens, tells},
    mode::{Caller, MARKS, Quiet},
    panics::Panics,
    store::{Keyless, Store},
};

/// Any store, where none can be looked at.
type NoStore<V> = std::collections::BTreeMap<(), Keyless<V>>;

/// An entry that is out is counted even if user code panics that is asked whether more is to be recorded.
struct Uncounted<'l, K, V, T: Keeper<K, V>> {
    log: &'l mut Log<T>,
    slot: &'l Keyless<V>,
    len: usize,
    at: Caller,
    key: PhantomData<fn(K)>,
}

impl<K, V, T: Keeper<K, V>> Drop for Uncounted<'_, K, V, T> {
    #[cold]
    fn drop(&mut self) {
        let recorder = &mut self.log.recorder;
        recorder.removed::<K, V, T>(self.slot, RemovalCause::Removed, self.len, self.at);
    }
}

/// A map that keeps its keys itself, and its log: what few operations need comes by one pointer, which is where it was.
pub(crate) trait Logged<V> {
    type Keeper;

    fn parts(&mut self) -> (&impl Store<V>, &mut Log<Self::Keeper>);
}

/// Whether an entry goes through registers: if it is taken out by code that is inlined, it is in some.
pub(crate) const fn is_light<K, V>() -> bool {
    size_of::<(K, Keyless<V>)>() <= 2 * size_of::<usize>()
}

/// An entry was taken out of `map` for itself: records that, runs its hook and hands it over.
///
/// It goes through registers, if it came in some: unless it has to be looked at, as few have to where entries carry no marks, or
/// somebody is told.
#[inline(always)]
pub(crate) fn gone<K, V, M>(map: &mut M, (key, slot): (K, Keyless<V>), at: Caller) -> (K, V)
where
    M: Logged<V, Keeper: Keeper<K, V>>,
{
    if is_quiet_by_now(map, &key, &slot, at) {
        return (key, slot.into_value());
    }
    if MARKS || tells::<K, V, M::Keeper>() {
        note(map, &key, &slot, at);
        return (key, slot.into_value());
    }
    note_in_registers(map, (key, slot), at)
}

/// The same of one that lies in memory, and stays there.
#[inline(always)]
pub(crate) fn left<K, V, M>(map: &mut M, key: &K, slot: &Keyless<V>, at: Caller)
where
    M: Logged<V, Keeper: Keeper<K, V>>,
{
    if is_quiet_by_now(map, key, slot, at) {
        return;
    }
    if MARKS || tells::<K, V, M::Keeper>() {
        note(map, key, slot, at);
    } else {
        note_in_memory(map, key, slot, at);
    }
}

/// Whether all there was to do about an entry that is out is done: it is counted, or nobody listens.
#[inline(always)]
fn is_quiet_by_now<K, V, M>(map: &mut M, key: &K, slot: &Keyless<V>, at: Caller) -> bool
where
    M: Logged<V, Keeper: Keeper<K, V>>,
{
    if !listens::<K, V, M::Keeper>() {
        return true;
    }
    let (entries, log) = map.parts();
    log.went_quietly(entries.entries() + 1, key, slot, at)
}

#[inline(always)]
fn note<K, V, M>(map: &mut M, key: &K, slot: &Keyless<V>, at: Caller)
where
    M: Logged<V, Keeper: Keeper<K, V>>,
{
    let (entries, log) = map.parts();
    let (len, cause) = (entries.entries() + 1, RemovalCause::Removed);
    log.note_gone(len, key, slot, cause, at, |log| {
        log.look_back(Some(entries), key, slot, cause, true, at);
    });
}

#[cold]
#[inline(never)]
fn note_in_registers<K, V, M>(map: &mut M, (key, slot): (K, Keyless<V>), at: Caller) -> (K, V)
where
    M: Logged<V, Keeper: Keeper<K, V>>,
{
    note(map, &key, &slot, at);
    (key, slot.into_value())
}

#[cold]
#[inline(never)]
fn note_in_memory<K, V, M>(map: &mut M, key: &K, slot: &Keyless<V>, at: Caller)
where
    M: Logged<V, Keeper: Keeper<K, V>>,
{
    note(map, key, slot, at);
}

impl<T> Log<T> {
    /// An entry was taken out while the map cannot be looked at; `len` still counts it.
    #[inline(always)]
    pub(crate) fn gone_from_entry<K, V>(
        &mut self,
        len: usize,
        (key, slot): (K, Keyless<V>),
        at: Caller,
    ) -> (K, V)
    where
        T: Keeper<K, V>,
    {
        if listens::<K, V, T>() && !self.went_quietly(len, &key, &slot, at) {
            let cause = RemovalCause::Removed;
            if MARKS || tells::<K, V, T>() {
                self.note_gone(len, &key, &slot, cause, at, |log| {
                    log.look_back(None::<&NoStore<V>>, &key, &slot, cause, true, at);
                });
            } else {
                self.note_gone_unseen(len, &key, &slot, cause, at);
            }
        }
        (key, slot.into_value())
    }

    /// Counts an entry that was taken out for itself, if that is all there is to do about it; `len` still counts it. Else nothing
    /// was done yet.
    #[inline(always)]
    fn went_quietly<K, V>(&mut self, len: usize, key: &K, slot: &Keyless<V>, at: Caller) -> bool
    where
        T: Keeper<K, V>,
    {
        if MARKS || tells::<K, V, T>() {
            return false;
        }
        let whatever_happens = Uncounted {
            log: self,
            slot,
            len,
            at,
            key: PhantomData,
        };
        let recorder = &mut whatever_happens.log.recorder;
        let is_quiet = recorder.went_quietly::<K, V, T>(key, slot, len);
        mem::forget(whatever_happens);
        is_quiet
    }

    /// What counts an entry that is about to be taken out for itself, if that is all there is to do about it, whatever its value
    /// is; `len` counts it.
    #[allow(dead_code, reason = "the kind that knows the key before is a feature")]
    #[inline(always)]
    pub(crate) fn goes_quietly<K, V>(&self, key: &K, len: usize) -> Option<Quiet<'_>>
    where
        T: Keeper<K, V>,
    {
        if MARKS || tells::<K, V, T>() {
            return None;
        }
        self.recorder.goes_quietly::<K, V, T>(key, len)
    }

    /// An entry goes for any cause while nobody can look at the store; `len` still counts it.
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
