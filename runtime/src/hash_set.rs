//! The instrumented hash set: std's `HashSet`, method for method, over a [`HashMap`] of its elements to `()`.
//!
//! The map keeps the record: an element is a key, a set's hooks see it alone, and residue (an empty value) does not exist.
//! What a set has beyond a map is told apart here: an element that is inserted again changes nothing, one that is
//! [replaced](HashSet::replace) leaves. A look at two sets at once does not ask who keeps them (`operands`).

mod beyond_std;
mod construct;
mod entry;
mod iter;
mod operands;
mod operations;
mod remove;

use std::{
    collections::TryReserveError,
    hash::{BuildHasher, Hash, RandomState},
};

pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use iter::{Drain, ExtractIf, IntoIter, Iter};
pub use operands::Operand;
pub use operations::{Difference, Intersection, SymmetricDifference, Union};

use crate::{
    HashMap, History, Keeper, Lifecycle, StatefulKeeper, Untracked,
    hash_map::{ByBorrow, Lookup},
    sets::set_traits,
};

/// A hash set whose every mutation is recorded for the place it stands in.
///
/// Same as [`std::collections::HashSet`] in every method and trait, and beyond it [`try_remove`](Self::try_remove),
/// [`try_take`](Self::try_take), [`try_retain`](Self::try_retain) and [`remove_many`](Self::remove_many). `K` says which
/// place; `#[tracked]` fills it in, and [`Untracked`] is a plain set. The other operand of a set operation may be any of
/// mapkeeper's sets, whoever keeps it, std's and hashbrown's.
///
/// Everything said of [`HashMap`] holds: clones, auto traits, variance, drop check, panics in strict mode.
///
/// # Examples
/// ```
/// let mut open: mapkeeper::HashSet<u64> = [7, 8].into();
/// assert!(!open.insert(7), "it is there, so nothing is counted");
/// let live = std::collections::HashSet::from([8, 9]);
/// assert_eq!(open.difference(&live).collect::<Vec<_>>(), [&7]);
/// ```
pub struct HashSet<T, S = RandomState, K: Keeper<T, ()> = Untracked, L = ByBorrow> {
    map: HashMap<T, (), S, K, L>,
}

set_traits! {
    HashSet<T, S, K, L>, Iter;
    any: [T, S, K: Keeper<T, ()>, L];
    clone: [T: Clone, S: Clone, K: Keeper<T, ()>, L];
    find: [T: Eq + Hash, S: BuildHasher, K: Keeper<T, ()>, L];
    collect: [T: Eq + Hash, S: BuildHasher + Default, K: Keeper<T, ()>, L];
}

impl<T: Eq + Hash, S: BuildHasher, K: Keeper<T, ()>, L> PartialEq for HashSet<T, S, K, L> {
    fn eq(&self, other: &Self) -> bool {
        self.map == other.map
    }
}

impl<T, S, K: Keeper<T, ()>, L> HashSet<T, S, K, L> {
    /// Same as [`std::collections::HashSet::capacity`]; records nothing.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.map.capacity()
    }

    /// The bytes that the table takes up, as hashbrown's method of this name says; records nothing.
    #[inline]
    pub fn allocation_size(&self) -> usize {
        self.map.allocation_size()
    }

    /// Same as [`std::collections::HashSet::len`]; records nothing.
    #[inline]
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Same as [`std::collections::HashSet::is_empty`]; records nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Same as [`std::collections::HashSet::hasher`]; records nothing.
    #[inline]
    pub fn hasher(&self) -> &S {
        self.map.hasher()
    }

    /// Same as [`std::collections::HashSet::iter`]; records nothing.
    #[inline]
    pub fn iter(&self) -> Iter<'_, T> {
        Iter {
            inner: self.map.keys(),
        }
    }

    /// The hooks of this set (`hooks = Type`), made by `Default` at first use.
    #[inline]
    pub fn hooks_mut(&mut self) -> &mut K::Hooks
    where
        K: StatefulKeeper,
    {
        self.map.hooks_mut()
    }
}

impl<T: Eq + Hash, S: BuildHasher, K: Keeper<T, ()>, L> HashSet<T, S, K, L> {
    /// Same as [`std::collections::HashSet::reserve`]; records the table's new size.
    ///
    /// # Panics
    /// If the new capacity overflows `isize::MAX` bytes.
    #[inline]
    #[track_caller]
    pub fn reserve(&mut self, additional: usize) {
        self.map.reserve(additional);
    }

    /// Same as [`std::collections::HashSet::try_reserve`]; records the table's new size.
    ///
    /// # Errors
    /// If the capacity overflows or the allocator fails; the set is as it was.
    #[track_caller]
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        self.map.try_reserve(additional)
    }

    /// Same as [`std::collections::HashSet::shrink_to_fit`]; records the table's new size.
    #[track_caller]
    pub fn shrink_to_fit(&mut self) {
        self.map.shrink_to_fit();
    }

    /// Same as [`std::collections::HashSet::shrink_to`]; records the table's new size.
    #[track_caller]
    pub fn shrink_to(&mut self, min_capacity: usize) {
        self.map.shrink_to(min_capacity);
    }

    /// Same as [`std::collections::HashSet::contains`]; records nothing.
    #[inline]
    pub fn contains<Q>(&self, value: &Q) -> bool
    where
        L: Lookup<T, Q>,
        Q: Hash + ?Sized,
    {
        self.map.contains_key(value)
    }

    /// Same as [`std::collections::HashSet::get`]; records nothing.
    #[inline]
    pub fn get<Q>(&self, value: &Q) -> Option<&T>
    where
        L: Lookup<T, Q>,
        Q: Hash + ?Sized,
    {
        self.map.get_key_value(value).map(|(element, ())| element)
    }

    /// What happened to an element lately, as [`HashMap::history`](crate::HashMap::history); records nothing.
    ///
    /// O(operations kept).
    pub fn history<Q>(&self, value: &Q) -> History
    where
        L: Lookup<T, Q>,
        Q: Hash + ?Sized,
    {
        self.map.history(value)
    }

    /// Same as [`std::collections::HashSet::insert`]; counts one insertion if the value was not there, else nothing.
    // Always, like a map's: a call more would cost as much as the record does.
    #[inline(always)]
    #[track_caller]
    pub fn insert(&mut self, value: T) -> bool {
        self.map.insert_new(value, ())
    }

    /// Same as [`std::collections::HashSet::replace`]; counts one insertion, or one replacement: the old value leaves for
    /// [`Replaced`](crate::RemovalCause::Replaced).
    #[inline]
    #[track_caller]
    pub fn replace(&mut self, value: T) -> Option<T> {
        self.map.replace_key(value, ())
    }

    /// The steps of the life of `value` in this set until now; `None` if it is not there, or unless in strict mode.
    #[must_use]
    pub fn lifecycle<Q>(&self, value: &Q) -> Option<Lifecycle>
    where
        L: Lookup<T, Q>,
        Q: Hash + ?Sized,
    {
        self.map.lifecycle(value)
    }
}
