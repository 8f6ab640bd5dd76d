//! What hashbrown's set has beyond std's stable one: entries, operators that assign, and a map of `()` as a set. Left out is
//! what is `unsafe`, and allocators other than the global one.

use std::{
    hash::{BuildHasher, Hash},
    ops::{BitAndAssign, BitOrAssign, BitXorAssign, SubAssign},
};

use hashbrown::Equivalent;

use super::{Entry, HashSet, OccupiedEntry, Operand, VacantEntry};
use crate::{
    HashMap, Keeper, Unguarded,
    hash_map::{self, EntryRef},
};

impl<T: Eq + Hash, S: BuildHasher, K: Keeper<T, ()>, L> HashSet<T, S, K, L> {
    /// Same as [`hashbrown::HashSet::entry`]; what is done with the entry is recorded.
    #[inline]
    #[track_caller]
    pub fn entry(&mut self, value: T) -> Entry<'_, T, K> {
        match self.map.entry(value) {
            hash_map::Entry::Occupied(inner) => Entry::Occupied(OccupiedEntry { inner }),
            hash_map::Entry::Vacant(inner) => Entry::Vacant(VacantEntry { inner }),
        }
    }

    /// Same as [`hashbrown::HashSet::get_or_insert`]; counts one insertion if the value was not there.
    #[inline]
    #[track_caller]
    pub fn get_or_insert(&mut self, value: T) -> &T {
        self.entry(value).insert().inner.into_key()
    }

    /// Same as [`hashbrown::HashSet::get_or_insert_with`]; counts one insertion if the value was not there.
    ///
    /// # Panics
    /// If what `f` makes is not equal to `value`; nothing is inserted.
    #[inline]
    #[track_caller]
    pub fn get_or_insert_with<Q, F>(&mut self, value: &Q, f: F) -> &T
    where
        Q: Hash + Equivalent<T> + ?Sized,
        F: FnOnce(&Q) -> T,
    {
        match self.map.entry_ref(value) {
            EntryRef::Occupied(entry) => entry.into_key(),
            EntryRef::Vacant(entry) => entry.insert_entry_with_key(f(value), ()).into_key(),
        }
    }
}

/// The map's keeper and record go on: nothing comes and nothing leaves.
impl<T, S, K: Keeper<T, ()>, L> From<HashMap<T, (), S, K, L>> for HashSet<T, S, K, L> {
    #[inline]
    fn from(map: HashMap<T, (), S, K, L>) -> Self {
        Self { map }
    }
}

/// Clones what is not there yet into this set; each is an insertion.
impl<T, S, K, O, L> BitOrAssign<&O> for HashSet<T, S, K, L>
where
    T: Eq + Hash + Clone,
    S: BuildHasher,
    K: Keeper<T, ()>,
    O: Operand<T, S>,
{
    #[track_caller]
    fn bitor_assign(&mut self, other: &O) {
        for element in other.view().iter() {
            if self.map.find(element).is_none() {
                self.insert(element.clone());
            }
        }
    }
}

/// What is not in both sets leaves for [`Filtered`](crate::RemovalCause::Filtered).
impl<T, S, K, O, L> BitAndAssign<&O> for HashSet<T, S, K, L>
where
    T: Eq + Hash,
    S: BuildHasher,
    K: Keeper<T, ()> + Unguarded,
    O: Operand<T, S>,
{
    #[track_caller]
    fn bitand_assign(&mut self, other: &O) {
        let other = other.view();
        self.retain(|element| other.contains(element));
    }
}

/// What is in both sets leaves for [`Removed`](crate::RemovalCause::Removed), what is in the other alone is cloned into this
/// set; each is an insertion.
impl<T, S, K, O, L> BitXorAssign<&O> for HashSet<T, S, K, L>
where
    T: Eq + Hash + Clone,
    S: BuildHasher,
    K: Keeper<T, ()> + Unguarded,
    O: Operand<T, S>,
{
    #[track_caller]
    fn bitxor_assign(&mut self, other: &O) {
        for element in other.view().iter() {
            match self.map.entry_ref(element) {
                EntryRef::Occupied(entry) => {
                    entry.remove_entry();
                }
                EntryRef::Vacant(entry) => {
                    entry.insert_entry_with_key(element.clone(), ());
                }
            }
        }
    }
}

/// What is in the other set leaves for [`Filtered`](crate::RemovalCause::Filtered). O(elements of this set).
impl<T, S, K, O, L> SubAssign<&O> for HashSet<T, S, K, L>
where
    T: Eq + Hash,
    S: BuildHasher,
    K: Keeper<T, ()> + Unguarded,
    O: Operand<T, S>,
{
    #[track_caller]
    fn sub_assign(&mut self, other: &O) {
        let other = other.view();
        self.retain(|element| !other.contains(element));
    }
}
