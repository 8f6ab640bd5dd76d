//! How an entry is recorded of a map that keeps its keys itself: std's `BTreeMap` and the like.
//!
//! Such a map has no hash that says which entries are sampled, and no places with numbers. So observe asks the keeper for a
//! hash of the key, as it comes and as it leaves, and knows a sample by that. What a `&mut` emptied cannot be looked up
//! again, it is found by walks.

mod leave;

pub(crate) use leave::{Logged, gone, is_light, left};

use std::borrow::Borrow;

use crate::{
    Keeper, RemovalCause,
    log::Log,
    mode::{Caller, MARKS, Quiet, RECORDS, Recorder, UNKNOWN_KEY},
    store::{Keyless, Slot},
};

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

    /// What counts an entry that is about to come, if that is all there is to do about it, and about one whose value it replaces.
    #[inline(always)]
    pub(crate) fn quiet<K, V>(&self, key: &K, value: &V, len: usize) -> Option<Quiet<'_>>
    where
        T: Keeper<K, V>,
    {
        let hash = self.key_hash::<K, V>(key);
        self.recorder.quiet::<K, V, T>(hash, Some(value), len)
    }

    /// The same of one whose value is handed out at once.
    #[inline(always)]
    pub(crate) fn quiet_if_lent<K, V>(&self, key: &K, len: usize) -> Option<Quiet<'_>>
    where
        T: Keeper<K, V>,
    {
        let hash = self.key_hash::<K, V>(key);
        self.recorder.quiet::<K, V, T>(hash, None, len)
    }

    /// The value of an entry that came [quietly](Self::quiet) took the place of this one.
    #[inline(always)]
    pub(crate) fn replaced_quietly<K, V>(&mut self, old: Keyless<V>, at: Caller) -> V
    where
        T: Keeper<K, V>,
    {
        self.recorder.replaced_quietly::<K, V, T>(old.value(), at);
        old.into_value()
    }

    /// Puts a new entry where `place` says. Where entries carry no marks, what is recorded of one is recorded first: so nothing has
    /// to be kept for that while it is placed, and it is placed by the same code whatever is recorded.
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
        let Arrival {
            hash,
            len,
            lent,
            at,
        } = arrival;
        if MARKS {
            return self.put_noted(place, value, arrival);
        }
        let told = if lent { None } else { Some(&value) };
        match self.recorder.quiet::<K, V, T>(hash, told, len) {
            Some(quiet) => quiet.came(),
            // Whoever is told of a breach may panic: the entry is to be there then.
            None if T::CONTRACT.can_be_breached() => {
                return self.put_one_of_few(place, value, hash, len, lent, at);
            }
            None => {
                let is_vacant = told.is_some_and(Recorder::is_residue::<K, V, T>);
                self.comes_noted(is_vacant, hash, len, at);
            }
        }
        place(Keyless::unmarked(value))
    }

    /// The same of an entry of which more is recorded, once it is there. What is known of it is told apart: kept together, it would
    /// have to be put together for each of the many that do not come by here.
    #[cold]
    #[inline(never)]
    fn put_one_of_few<'a, K, V: 'a>(
        &mut self,
        place: impl FnOnce(Keyless<V>) -> &'a mut Keyless<V>,
        value: V,
        hash: u64,
        len: usize,
        lent: bool,
        at: Caller,
    ) -> &'a mut Keyless<V>
    where
        T: Keeper<K, V>,
    {
        let arrival = Arrival {
            hash,
            len,
            lent,
            at,
        };
        self.put_noted(place, value, arrival)
    }

    /// An entry without a mark comes or came, of which more is recorded than that.
    #[cold]
    #[inline(never)]
    pub(crate) fn comes_noted<K, V>(&mut self, is_vacant: bool, hash: u64, len: usize, at: Caller)
    where
        T: Keeper<K, V>,
    {
        self.recorder
            .comes_unmarked::<K, V, T>(is_vacant, hash, len, at);
    }

    /// The value of an entry without a mark took the place of this one: more is recorded of it than that.
    pub(crate) fn replaced_noted<K, V>(
        &mut self,
        mut old: Keyless<V>,
        is_vacant: bool,
        hash: u64,
        at: Caller,
    ) -> V
    where
        T: Keeper<K, V>,
    {
        // Counted first: to look at the old value may panic, and the new one is there already.
        self.recorder.replaced::<K, V, T>(hash, at);
        if Recorder::is_residue::<K, V, T>(old.value()) != is_vacant {
            self.recorder
                .note_replace::<K, V, T>(&mut old, is_vacant, hash as usize, hash, at);
        }
        let cause = RemovalCause::Replaced;
        self.recorder.let_go::<K, V, T>(old.value(), cause, at);
        self.recorder
            .let_sample_go::<K, V, T>(old.value(), hash, cause, at);
        old.into_value()
    }

    /// The same, if that is known already.
    #[inline(always)]
    pub(crate) fn put_noted<'a, K, V: 'a>(
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
        if self.recorder.counts_elsewhere::<K, V, T>() {
            self.recorder.inserted_elsewhere::<K, V, T>(len);
        }
        let told = if lent { None } else { Some(slot.value()) };
        if self.recorder.came::<K, V, T>(told, hash, len, at) {
            self.recorder
                .note_insert::<K, V, T>(slot, hash as usize, hash, len, lent, at);
            self.recorder.noted_unplaced(len);
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

    /// The hash of the key of an entry whose value is replaced, where anybody asks for it.
    #[inline(always)]
    pub(crate) fn hash_for_swap<K, V>(&self, key: &K) -> u64
    where
        T: Keeper<K, V>,
    {
        if MARKS || T::knows_vacancy() || T::watcher().is_some() {
            self.key_hash::<K, V>(key)
        } else {
            0
        }
    }

    /// Puts `value` in the place of the old one and hands that over; its hook has not run yet, for that needs the key.
    /// `hash` is what [`hash_for_swap`](Self::hash_for_swap) said of the key.
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
