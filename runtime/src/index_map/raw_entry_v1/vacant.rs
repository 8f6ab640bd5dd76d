//! Inserting where a raw entry found nothing.

use std::hash::{BuildHasher, Hash};

use ::indexmap::map::raw_entry_v1 as raw;

use super::RawVacantEntryMut;
use crate::{Keeper, index_map::Goes, mode::Caller, store::Keyless};

/// Each method is that of [`indexmap::map::raw_entry_v1::RawVacantEntryMut`].
impl<'a, K, V, S, T: Keeper<K, V>> RawVacantEntryMut<'a, K, V, S, T> {
    /// Where the entry would be; records nothing.
    pub fn index(&self) -> usize {
        self.base.index()
    }

    /// Inserts an entry; counts one insertion.
    #[track_caller]
    pub fn insert(self, key: K, value: V) -> (&'a mut K, &'a mut V)
    where
        K: Hash,
        S: BuildHasher,
    {
        self.put(key, value, |base, key, slot| base.insert(key, slot))
    }

    /// Inserts an entry whose hash is known; counts one insertion.
    #[track_caller]
    pub fn insert_hashed_nocheck(self, hash: u64, key: K, value: V) -> (&'a mut K, &'a mut V) {
        self.put(key, value, |base, key, slot| {
            base.insert_hashed_nocheck(hash, key, slot)
        })
    }

    /// Inserts an entry where it has this index; counts one insertion.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn shift_insert(self, index: usize, key: K, value: V) -> (&'a mut K, &'a mut V)
    where
        K: Hash,
        S: BuildHasher,
    {
        Goes::To(index).of_new(self.index());
        self.put(key, value, |base, key, slot| {
            base.shift_insert(index, key, slot)
        })
    }

    /// Inserts an entry whose hash is known where it has this index; counts one insertion.
    ///
    /// # Panics
    /// If the index is out of bounds.
    #[track_caller]
    pub fn shift_insert_hashed_nocheck(
        self,
        index: usize,
        hash: u64,
        key: K,
        value: V,
    ) -> (&'a mut K, &'a mut V) {
        Goes::To(index).of_new(self.index());
        self.put(key, value, |base, key, slot| {
            base.shift_insert_hashed_nocheck(index, hash, key, slot)
        })
    }

    #[inline(always)]
    #[track_caller]
    fn put(
        self,
        key: K,
        value: V,
        place: impl FnOnce(
            raw::RawVacantEntryMut<'a, K, Keyless<V>, S>,
            K,
            Keyless<V>,
        ) -> (&'a mut K, &'a mut Keyless<V>),
    ) -> (&'a mut K, &'a mut V) {
        let Self { base, log } = self;
        let arrival = log.arrival::<K, V>(&key, base.index() + 1, true, Caller::here());
        let mut placed = None;
        let slot = log.put::<K, V>(
            |slot| {
                let (key, slot) = place(base, key, slot);
                placed = Some(key);
                slot
            },
            value,
            arrival,
        );
        log.recorder.raise::<K, V, T>();
        match placed {
            Some(key) => (key, slot.value_mut()),
            None => unreachable!("it was put there just now"),
        }
    }
}
