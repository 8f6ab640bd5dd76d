//! The set that threads share: dashmap's `DashSet`, over a [`HashMap`] of its elements to `()`.
//!
//! The map locks and keeps the record; its hooks see the element alone. An element that is there already is no insertion.

mod iter;
mod traits;

use std::{
    borrow::Borrow,
    fmt,
    hash::{BuildHasher, Hash, RandomState},
    ops::Deref,
};

pub use iter::{SetIntoIter, SetIter};

use super::{HashMap, Ref};
use crate::{Keeper, StatefulKeeper, Unguarded, Untracked, Vetoed};

/// A hash set that threads share without a lock around it, every mutation recorded for the place it stands in.
///
/// Method for method dashmap's `DashSet` (6), and beyond it batches that are one step; everything said of the [map](HashMap)
/// holds. `K` says which place the set is for; `#[tracked]` fills it in.
///
/// # Examples
/// ```
/// let online: mapkeeper::sync::HashSet<&str> = mapkeeper::sync::HashSet::new();
/// assert!(online.insert("ada") && !online.insert("ada"));
/// assert_eq!(online.insert_many(["ada", "bob"]), 1);
/// assert_eq!(online.remove_many(["ada", "eve"]), ["ada"]);
/// assert_eq!(online.len(), 1);
/// ```
pub struct HashSet<T, S = RandomState, K: Keeper<T, ()> = Untracked> {
    map: HashMap<T, (), S, K>,
}

impl<T, K: Keeper<T, ()>> HashSet<T, RandomState, K> {
    /// An empty set. It allocates its shards, and no table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty set with room for so many elements.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self::with_capacity_and_hasher(capacity, RandomState::default())
    }
}

impl<T, S: Clone, K: Keeper<T, ()>> HashSet<T, S, K> {
    /// An empty set with this hasher; each shard has a clone of it, which must hash alike.
    pub fn with_hasher(hasher: S) -> Self {
        Self::with_capacity_and_hasher(0, hasher)
    }

    /// An empty set with this hasher and room for so many elements.
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Self {
            map: HashMap::with_capacity_and_hasher(capacity, hasher),
        }
    }
}

impl<T: Eq + Hash, S: BuildHasher, K: Keeper<T, ()>> HashSet<T, S, K> {
    /// The hash of `item`, cut to a `usize`, as this set hashes elements.
    pub fn hash_usize<Q: Hash>(&self, item: &Q) -> usize {
        self.map.hash_usize(item)
    }

    /// Inserts `element`, and says whether it was not there; else nothing is done.
    #[inline]
    #[track_caller]
    pub fn insert(&self, element: T) -> bool {
        self.map.insert_new(element, ())
    }

    /// Inserts all `elements` in one step; says how many are new. As [`HashMap::insert_many`].
    #[track_caller]
    pub fn insert_many<I: IntoIterator<Item = T>>(&self, elements: I) -> usize {
        self.map.insert_all(with_nothing(elements), false)
    }

    /// Whether `element` is there.
    #[inline]
    #[track_caller]
    pub fn contains<Q>(&self, element: &Q) -> bool
    where
        T: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.map.contains_key(element)
    }

    /// A reference to the element that equals `element`; its shard is locked while that lives, others may read it.
    #[inline]
    #[track_caller]
    pub fn get<Q>(&self, element: &Q) -> Option<SetRef<'_, T>>
    where
        T: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.map.get(element).map(SetRef)
    }

    /// Removes `element` and hands it over; as [`HashMap::remove`].
    #[inline]
    #[track_caller]
    pub fn remove<Q>(&self, element: &Q) -> Option<T>
    where
        T: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        K: Unguarded,
    {
        self.map.remove(element).map(|(element, ())| element)
    }

    /// Removes `element` if `f` says so; as [`HashMap::remove_if`].
    #[inline]
    #[track_caller]
    pub fn remove_if<Q>(&self, element: &Q, f: impl FnOnce(&T) -> bool) -> Option<T>
    where
        T: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        K: Unguarded,
    {
        let removed = self.map.remove_if(element, |element, ()| f(element));
        removed.map(|(element, ())| element)
    }

    /// Removes `element` if the guard lets it go; as [`HashMap::try_remove`].
    ///
    /// # Errors
    /// [`Vetoed`] with the guard's reason; the element stays.
    #[inline]
    #[track_caller]
    pub fn try_remove<Q>(&self, element: &Q) -> Result<Option<T>, Vetoed>
    where
        T: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let removed = self.map.try_remove(element)?;
        Ok(removed.map(|(element, ())| element))
    }

    /// Removes all `elements` in one step and hands over those that were there; as [`HashMap::remove_many`].
    #[track_caller]
    pub fn remove_many<'q, Q, I>(&self, elements: I) -> Vec<T>
    where
        T: Borrow<Q>,
        Q: Hash + Eq + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
        K: Unguarded,
    {
        let removed = self.map.remove_many(elements).into_iter();
        removed.map(|(element, ())| element).collect()
    }

    /// Puts `elements` in the place of all that are there, in one step: others leave for
    /// [`Cleared`](crate::RemovalCause::Cleared), what is there and stays is left alone. As [`HashMap::replace_all`].
    #[track_caller]
    pub fn replace_all<I: IntoIterator<Item = T>>(&self, elements: I)
    where
        K: Unguarded,
    {
        self.map.change_to(with_nothing(elements), false);
    }

    /// Gives back what room is not needed, shard by shard.
    #[track_caller]
    pub fn shrink_to_fit(&self) {
        self.map.shrink_to_fit();
    }
}

fn with_nothing<T>(elements: impl IntoIterator<Item = T>) -> impl Iterator<Item = (T, ())> {
    elements.into_iter().map(|element| (element, ()))
}

impl<T, S, K: Keeper<T, ()>> HashSet<T, S, K> {
    /// How many elements there are at one moment. O(shards).
    #[track_caller]
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there are no elements at one moment. O(shards).
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// How many elements it can hold without growing. O(shards).
    #[track_caller]
    pub fn capacity(&self) -> usize {
        self.map.capacity()
    }

    /// The hasher.
    #[inline]
    pub fn hasher(&self) -> &S {
        self.map.hasher()
    }

    /// Every element, in no particular order; no lock is held between two of them. As [`HashMap::iter`].
    #[inline]
    pub fn iter(&self) -> SetIter<'_, T, S, K> {
        SetIter::new(&self.map)
    }

    /// Keeps what `f` says, shard by shard; as [`HashMap::retain`].
    #[track_caller]
    pub fn retain(&self, mut f: impl FnMut(&T) -> bool)
    where
        K: Unguarded,
    {
        self.map.retain(|element, ()| f(element));
    }

    /// Keeps what `f` says, and what the guard does not let go; as [`HashMap::try_retain`].
    #[track_caller]
    pub fn try_retain(&self, mut f: impl FnMut(&T) -> bool) -> usize {
        self.map.try_retain(|element, ()| f(element))
    }

    /// Removes all elements in one step; as [`HashMap::clear`].
    #[track_caller]
    pub fn clear(&self)
    where
        K: Unguarded,
    {
        self.map.clear();
    }

    /// A copy of all elements as they are at one moment; as [`HashMap::snapshot`].
    #[track_caller]
    pub fn snapshot(&self) -> std::collections::HashSet<T, S>
    where
        T: Clone + Eq + Hash,
        S: BuildHasher + Clone,
    {
        let elements = self.map.snapshot();
        let hasher = elements.hasher().clone();
        let mut copy = std::collections::HashSet::with_capacity_and_hasher(elements.len(), hasher);
        copy.extend(elements.into_keys());
        copy
    }

    /// Shows the hooks of each shard to `look` (`hooks = Type`); as [`HashMap::each_hooks`].
    #[track_caller]
    pub fn each_hooks(&self, look: impl FnMut(&mut K::Hooks))
    where
        K: StatefulKeeper,
    {
        self.map.each_hooks(look);
    }
}

/// A reference to an element; others may read its shard meanwhile, nobody can write to it.
pub struct SetRef<'a, T>(Ref<'a, T, ()>);

impl<T> SetRef<'_, T> {
    /// The element.
    #[inline]
    pub fn key(&self) -> &T {
        self.0.key()
    }
}

impl<T> Deref for SetRef<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.key()
    }
}

impl<T: fmt::Debug> fmt::Debug for SetRef<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key().fmt(f)
    }
}
