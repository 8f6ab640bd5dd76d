//! What hashbrown's map has beyond std's: keys beside values to be written, entries turned round or made anew. Left out is
//! an entry's `into_map` (entries are std's, whose types do not name the map's), all that is `unsafe`, and allocators other
//! than the global one.

use std::hash::{BuildHasher, Hash};

use hashbrown::Equivalent;

use super::{
    ByEquivalent, Entry, HashMap, Lookup, OccupiedEntry, Slot, VacantEntry, hash_of, is_like,
};
use crate::{
    Keeper, Unguarded, Vetoed, log,
    mode::{Caller, Recorder},
};

/// A key beside its value, which is to be written.
#[inline(always)]
fn entry_mut<K, V>(slot: &mut Slot<K, V>) -> (&K, &mut V) {
    let (key, value) = &mut slot.entry;
    (key, value)
}

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    /// Same as [`hashbrown::HashMap::get_key_value_mut`]; strict looks at the value again at the next operation.
    #[inline]
    #[track_caller]
    pub fn get_key_value_mut<Q>(&mut self, k: &Q) -> Option<(&K, &mut V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        let hash = hash_of(&self.hash_builder, k);
        let entry = self
            .table
            .find_entry(hash, is_like::<_, _, _, ByEquivalent>(k))
            .ok()?;
        if Recorder::watches_loans::<K, V, T>() {
            self.log
                .recorder
                .lent_one(entry.bucket_index(), Caller::here());
        }
        Some(entry_mut(entry.into_mut()))
    }

    /// Same as [`hashbrown::HashMap::get_disjoint_key_value_mut`]; strict looks at the values again at the next operation.
    ///
    /// # Panics
    /// If any two keys are the same.
    #[track_caller]
    pub fn get_disjoint_key_value_mut<Q, const N: usize>(
        &mut self,
        ks: [&Q; N],
    ) -> [Option<(&'_ K, &'_ mut V)>; N]
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.lend_all();
        let hashes = ks.map(|key| hash_of(&self.hash_builder, key));
        self.table
            .get_disjoint_mut(hashes, |i, slot| ks[i].equivalent(slot.key()))
            .map(|slot| slot.map(entry_mut))
    }

    /// Same as [`hashbrown::HashMap::get_many_mut`]; strict looks at the values again at the next operation.
    ///
    /// # Panics
    /// If any two keys are the same.
    #[deprecated(note = "use `get_disjoint_mut` instead")]
    #[track_caller]
    pub fn get_many_mut<Q, const N: usize>(&mut self, ks: [&Q; N]) -> [Option<&'_ mut V>; N]
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
    {
        self.get_disjoint_mut(ks)
    }

    /// Same as [`hashbrown::HashMap::get_many_key_value_mut`]; strict looks at the values again at the next operation.
    ///
    /// # Panics
    /// If any two keys are the same.
    #[deprecated(note = "use `get_disjoint_key_value_mut` instead")]
    #[track_caller]
    pub fn get_many_key_value_mut<Q, const N: usize>(
        &mut self,
        ks: [&Q; N],
    ) -> [Option<(&'_ K, &'_ mut V)>; N]
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.get_disjoint_key_value_mut(ks)
    }
}

impl<'a, K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>, L> Extend<&'a (K, V)>
    for HashMap<K, V, S, T, L>
where
    K: Copy,
    V: Copy,
{
    #[track_caller]
    fn extend<I: IntoIterator<Item = &'a (K, V)>>(&mut self, iter: I) {
        self.extend(iter.into_iter().copied());
    }
}

impl<'a, K, V, T: Keeper<K, V>> Entry<'a, K, V, T> {
    /// Same as [`hashbrown::hash_map::Entry::insert`], which std calls `insert_entry`; counts one insertion or one replacement.
    #[inline]
    #[track_caller]
    pub fn insert(self, value: V) -> OccupiedEntry<'a, K, V, T> {
        self.insert_entry(value)
    }

    /// Same as [`hashbrown::hash_map::Entry::or_insert_entry`]; counts one insertion if the key was not there.
    #[inline]
    #[track_caller]
    pub fn or_insert_entry(self, default: V) -> OccupiedEntry<'a, K, V, T> {
        match self {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(entry) => entry.insert_entry(default),
        }
    }

    /// Same as [`hashbrown::hash_map::Entry::and_replace_entry_with`]; if the key is there, counts as
    /// [`OccupiedEntry::replace_entry_with`] does.
    ///
    /// # Panics
    /// With a panic of `f` or of the hook: the entry is gone then.
    #[track_caller]
    pub fn and_replace_entry_with<F>(self, f: F) -> Self
    where
        F: FnOnce(&K, V) -> Option<V>,
        T: Unguarded,
    {
        match self {
            Entry::Occupied(entry) => entry.replace_entry_with(f),
            Entry::Vacant(_) => self,
        }
    }
}

impl<'a, K, V, T: Keeper<K, V>> OccupiedEntry<'a, K, V, T> {
    /// Same as [`hashbrown::hash_map::OccupiedEntry::replace_key`]; records nothing: the entry lives on under an equal key.
    ///
    /// # Panics
    /// If `key` is not equal to the entry's; the entry stays as it is.
    #[track_caller]
    pub fn replace_key(&mut self, key: K) -> K
    where
        K: Eq,
    {
        assert!(
            *self.key() == key,
            "the new key is not equal to that of the entry: remove the entry and insert another"
        );
        std::mem::replace(&mut self.base.get_mut().entry.0, key)
    }

    /// Same as [`hashbrown::hash_map::OccupiedEntry::into_entry`]; strict looks at the value again at the next operation.
    #[inline]
    #[track_caller]
    pub fn into_entry(mut self) -> (&'a K, &'a mut V) {
        self.lend(Caller::here());
        entry_mut(self.base.into_mut())
    }

    /// Same as [`hashbrown::hash_map::OccupiedEntry::replace_entry_with`]; the entry leaves for
    /// [`Removed`](crate::RemovalCause::Removed) before `f` gets its value, and what `f` returns counts as one insertion.
    ///
    /// The hook has run when `f` is called: afterwards there may be no value left to show to it.
    ///
    /// # Panics
    /// With a panic of `f` or of the hook: the entry is gone then.
    #[track_caller]
    pub fn replace_entry_with<F>(self, f: F) -> Entry<'a, K, V, T>
    where
        F: FnOnce(&K, V) -> Option<V>,
        T: Unguarded,
    {
        let at = Caller::here();
        let Self { base, log, hash } = self;
        let ((key, value), place) = log.remove_from_place(base, hash, at);
        let vacant = VacantEntry {
            place,
            log,
            key,
            hash,
        };
        match f(&vacant.key, value) {
            Some(value) => {
                let entry = vacant.place(value, false, at);
                entry.log.recorder.raise::<K, V, T>();
                Entry::Occupied(entry)
            }
            None => {
                vacant.log.recorder.raise::<K, V, T>();
                Entry::Vacant(vacant)
            }
        }
    }

    /// The key, for as long as the map is borrowed.
    #[inline]
    pub(crate) fn into_key(self) -> &'a K {
        self.base.into_mut().key()
    }

    /// Removes the entry if the guard lets it go, and hands it over; it leaves for
    /// [`Removed`](crate::RemovalCause::Removed).
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the entry stays.
    #[track_caller]
    pub fn try_remove_entry(self) -> Result<(K, V), Vetoed> {
        let at = Caller::here();
        let (key, value) = &self.base.get().entry;
        log::ask::<K, V, T>(key, value, at)?;
        let entry = self.log.remove(self.base, self.hash, at);
        self.log.recorder.raise::<K, V, T>();
        Ok(entry)
    }
}
