//! The instrumented ordered set: std's `BTreeSet`, method for method, over a [`BTreeMap`] of its elements to `()`.
//!
//! The map keeps the record, as for [`HashSet`](crate::HashSet). A look at two sets at once walks over both of them in
//! order; it does not ask who keeps them.

mod iter;
mod operations;
mod remove;

use std::{
    borrow::Borrow,
    cmp::Ordering,
    hash::{Hash, Hasher},
    ops::RangeBounds,
};

pub use iter::{ExtractIf, IntoIter, Iter, Range};
pub use operations::{Difference, Intersection, Operand, SymmetricDifference, Union};

use crate::{
    BTreeMap, History, Keeper, Lifecycle, MapType, StatefulKeeper, Untracked,
    relation::HoldsMap,
    sets::{same_elements, set_traits},
};

/// An ordered set whose every mutation is recorded for the place it stands in.
///
/// Same as [`std::collections::BTreeSet`] in every stable method and trait, and beyond it
/// [`try_remove`](Self::try_remove), [`try_take`](Self::try_take), [`try_retain`](Self::try_retain) and
/// [`remove_many`](Self::remove_many). `K` says which place; `#[tracked]` fills it in, and [`Untracked`] is a plain set.
///
/// Everything said of [`BTreeMap`] holds: auto traits, variance, drop check, panics in strict mode.
///
/// # Examples
/// ```
/// let mut due: mapkeeper::BTreeSet<u64> = [30, 10].into();
/// assert!(!due.insert(10), "it is there, so nothing is counted");
/// assert_eq!(due.pop_first(), Some(10));
/// ```
pub struct BTreeSet<T, K: Keeper<T, ()> = Untracked> {
    map: BTreeMap<T, (), K>,
}

same_elements!([T: Ord, K: Keeper<T, ()>] BTreeSet<T, K>, Self);
set_traits! {
    BTreeSet<T, K>, Iter;
    any: [T, K: Keeper<T, ()>];
    clone: [T: Clone, K: Keeper<T, ()>];
    find: [T: Ord, K: Keeper<T, ()>];
    collect: [T: Ord, K: Keeper<T, ()>];
}

impl<T, K: Keeper<T, ()>> BTreeSet<T, K> {
    /// Same as [`std::collections::BTreeSet::new`]; allocates and registers nothing, `const` in every mode.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            map: BTreeMap::new(),
        }
    }

    /// Same as [`std::collections::BTreeSet::len`]; records nothing.
    #[inline]
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Same as [`std::collections::BTreeSet::is_empty`]; records nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Same as [`std::collections::BTreeSet::iter`]; records nothing.
    #[inline]
    pub fn iter(&self) -> Iter<'_, T> {
        Iter {
            inner: self.map.keys(),
        }
    }

    /// Same as [`std::collections::BTreeSet::range`]; records nothing.
    ///
    /// # Panics
    /// If the range starts after its end, or if both are the same and excluded.
    #[inline]
    pub fn range<Q, R>(&self, range: R) -> Range<'_, T>
    where
        Q: Ord + ?Sized,
        T: Borrow<Q> + Ord,
        R: RangeBounds<Q>,
    {
        Range {
            inner: self.map.range(range),
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

impl<T: Ord, K: Keeper<T, ()>> BTreeSet<T, K> {
    /// Same as [`std::collections::BTreeSet::contains`]; records nothing.
    #[inline]
    pub fn contains<Q>(&self, value: &Q) -> bool
    where
        T: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.map.contains_key(value)
    }

    /// Same as [`std::collections::BTreeSet::get`]; records nothing.
    #[inline]
    pub fn get<Q>(&self, value: &Q) -> Option<&T>
    where
        T: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.map.get_key_value(value).map(|(element, ())| element)
    }

    /// What happened to an element lately, as [`HashMap::history`](crate::HashMap::history); records nothing.
    ///
    /// As of a [`BTreeMap`](crate::BTreeMap::history).
    ///
    /// O(operations kept).
    pub fn history(&self, value: &T) -> History {
        self.map.history(value)
    }

    /// Same as [`std::collections::BTreeSet::first`]; records nothing.
    #[inline]
    pub fn first(&self) -> Option<&T> {
        self.map.first_key_value().map(|(element, ())| element)
    }

    /// Same as [`std::collections::BTreeSet::last`]; records nothing.
    #[inline]
    pub fn last(&self) -> Option<&T> {
        self.map.last_key_value().map(|(element, ())| element)
    }

    /// Same as [`std::collections::BTreeSet::insert`]; counts one insertion if the value was not there, else nothing.
    #[inline]
    #[track_caller]
    pub fn insert(&mut self, value: T) -> bool {
        self.map.insert_new(value, ())
    }

    /// Same as [`std::collections::BTreeSet::replace`]; counts one insertion, or one replacement: the old value leaves for
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
        T: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.map.lifecycle(value)
    }
}

impl<T, K: Keeper<T, ()>> Default for BTreeSet<T, K> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Ord, K: Keeper<T, ()>> PartialOrd for BTreeSet<T, K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord, K: Keeper<T, ()>> Ord for BTreeSet<T, K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other)
    }
}

impl<T: Hash, K: Keeper<T, ()>> Hash for BTreeSet<T, K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.map.hash(state);
    }
}

impl<T: Ord, K: Keeper<T, ()>, const N: usize> From<[T; N]> for BTreeSet<T, K> {
    #[track_caller]
    fn from(array: [T; N]) -> Self {
        let mut set = Self::new();
        set.extend(array);
        set
    }
}

/// Each element is an insertion.
impl<T: Ord, K: Keeper<T, ()>> From<std::collections::BTreeSet<T>> for BTreeSet<T, K> {
    #[track_caller]
    fn from(set: std::collections::BTreeSet<T>) -> Self {
        let mut tracked = Self::new();
        tracked.extend(set);
        tracked
    }
}

/// Every element leaves for [`Taken`](crate::RemovalCause::Taken).
impl<T: Ord, K: Keeper<T, ()>> From<BTreeSet<T, K>> for std::collections::BTreeSet<T> {
    #[track_caller]
    fn from(set: BTreeSet<T, K>) -> Self {
        set.into_iter().collect()
    }
}

impl<T> MapType for std::collections::BTreeSet<T> {
    type Key = T;
    type Value = ();
    type Signature = crate::signature::OfElements;
    type With<K: Keeper<T, ()>> = BTreeSet<T, K>;
}

impl<T, U: Keeper<T, ()>> MapType for BTreeSet<T, U> {
    type Key = T;
    type Value = ();
    type Signature = crate::signature::OfElements;
    type With<K: Keeper<T, ()>> = BTreeSet<T, K>;
}

/// `subset_of` and `follows` look at the elements as keys.
impl<T, K: Keeper<T, ()>> HoldsMap for BTreeSet<T, K> {
    type Map = BTreeMap<T, (), K>;

    fn look(&self, look: &mut dyn FnMut(&Self::Map)) -> bool {
        look(&self.map);
        true
    }
}
