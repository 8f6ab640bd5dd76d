//! What every kind of set is made of: trait bodies, as macros over the map that a set wraps.
//!
//! A set is a map of its elements to `()`. The kinds write their inherent methods by hand; these are written once.
//! Nothing here knows a table or keeps a record.

/// The iterator traits of a set's iterator over `inner`, an iterator of the map: each item is what `$pick` makes of the
/// map's.
macro_rules! over_entries {
    ([$($params:tt)*] $ty:ty, $item:ty, $pick:expr) => {
        impl<$($params)*> Iterator for $ty {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                self.inner.next().map($pick)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.inner.size_hint()
            }

            #[inline]
            fn count(self) -> usize {
                self.inner.count()
            }

            #[inline]
            fn fold<B, F: FnMut(B, $item) -> B>(self, init: B, f: F) -> B {
                self.inner.map($pick).fold(init, f)
            }
        }

        impl<$($params)*> ExactSizeIterator for $ty {
            #[inline]
            fn len(&self) -> usize {
                self.inner.len()
            }
        }

        impl<$($params)*> std::iter::FusedIterator for $ty {}
    };
}

/// An iterator of `inner` that is made by `Default`, too.
macro_rules! empty_by_default {
    ([$($params:tt)*] $ty:ty) => {
        impl<$($params)*> Default for $ty {
            #[inline]
            fn default() -> Self {
                Self { inner: Default::default() }
            }
        }
    };
}

/// A set operation's iterator over `iter`, whose other parts are `Copy`: std's traits but `Iterator` itself. In brackets, the
/// hashers' parameters.
macro_rules! set_operation {
    ($name:ident $(, $copied:ident)*) => {
        $crate::sets::set_operation!($name[S] $(, $copied)*);
    };
    ($name:ident[$($hasher:ident),+] $(, $copied:ident)*) => {
        impl<T, $($hasher),+> Clone for $name<'_, T, $($hasher),+> {
            #[inline]
            fn clone(&self) -> Self {
                Self { iter: self.iter.clone() $(, $copied: self.$copied)* }
            }
        }

        impl<T: Eq + Hash, $($hasher: BuildHasher),+> FusedIterator for $name<'_, T, $($hasher),+> {}

        impl<T: fmt::Debug + Eq + Hash, $($hasher: BuildHasher),+> fmt::Debug for $name<'_, T, $($hasher),+> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.clone()).finish()
            }
        }
    };
}

/// Elements of `iter` that are in `other`, or those that are not.
macro_rules! filtered {
    ($name:ident, $is_in:literal) => {
        impl<'a, T: Eq + Hash, S: BuildHasher> Iterator for $name<'a, T, S> {
            type Item = &'a T;

            #[inline]
            fn next(&mut self) -> Option<&'a T> {
                let other = self.other;
                self.iter.find(|element| other.contains(element) == $is_in)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                (0, self.iter.size_hint().1)
            }

            #[inline]
            fn fold<B, F: FnMut(B, &'a T) -> B>(self, init: B, f: F) -> B {
                let other = self.other;
                self.iter
                    .filter(|element| other.contains(element) == $is_in)
                    .fold(init, f)
            }
        }
    };
}

/// A set operation that is `iter`, one after the other.
macro_rules! chained {
    ($name:ident) => {
        $crate::sets::chained!($name[S]);
    };
    ($name:ident[$($hasher:ident),+]) => {
        impl<'a, T: Eq + Hash, $($hasher: BuildHasher),+> Iterator for $name<'a, T, $($hasher),+> {
            type Item = &'a T;

            #[inline]
            fn next(&mut self) -> Option<&'a T> {
                self.iter.next()
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.iter.size_hint()
            }

            #[inline]
            fn fold<B, F: FnMut(B, &'a T) -> B>(self, init: B, f: F) -> B {
                self.iter.fold(init, f)
            }
        }
    };
}

/// Sets are equal that have the same elements.
macro_rules! same_elements {
    ([$($params:tt)*] $set:ty, $other:ty) => {
        impl<$($params)*> PartialEq<$other> for $set {
            fn eq(&self, other: &$other) -> bool {
                self.len() == other.len() && self.iter().all(|element| other.contains(element))
            }
        }
    };
}

/// The traits of a whole set that follow from its methods and from those of its `map`.
///
/// `clone`, `find` and `collect` are the parameters with the bounds that the kind asks for to be cloned, to find an
/// element, and to be made of elements.
macro_rules! set_traits {
    (
        $set:ty, $iter:ident;
        any: [$($any:tt)*]; clone: [$($clone:tt)*]; find: [$($find:tt)*]; collect: [$($collect:tt)*];
    ) => {
        /// A copy: its elements are insertions of the line that cloned, its keeper is new.
        impl<$($clone)*> Clone for $set {
            #[track_caller]
            fn clone(&self) -> Self {
                Self { map: self.map.clone() }
            }

            /// Reuses the table; the elements that were there leave as [`Cleared`](crate::RemovalCause::Cleared).
            #[track_caller]
            fn clone_from(&mut self, source: &Self) {
                self.map.clone_from(&source.map);
            }
        }

        impl<$($find)*> Eq for $set {}

        impl<$($any)*> std::fmt::Debug for $set
        where
            T: std::fmt::Debug,
        {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_set().entries(self.iter()).finish()
            }
        }

        impl<$($find)*> Extend<T> for $set {
            #[track_caller]
            fn extend<I: IntoIterator<Item = T>>(&mut self, iter: I) {
                let iter = iter.into_iter();
                self.map.reserve_for(iter.size_hint().0);
                for element in iter {
                    self.insert(element);
                }
            }
        }

        impl<'a, $($find)*> Extend<&'a T> for $set
        where
            T: Copy + 'a,
        {
            #[track_caller]
            fn extend<I: IntoIterator<Item = &'a T>>(&mut self, iter: I) {
                self.extend(iter.into_iter().copied());
            }
        }

        impl<$($collect)*> FromIterator<T> for $set {
            #[track_caller]
            fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> Self {
                let mut set = Self::default();
                set.extend(iter);
                set
            }
        }

        impl<'a, $($any)*> IntoIterator for &'a $set {
            type Item = &'a T;
            type IntoIter = $iter<'a, T>;

            #[inline]
            fn into_iter(self) -> $iter<'a, T> {
                self.iter()
            }
        }

        /// The wire format of std's set: a sequence.
        impl<$($any)*> serde::Serialize for $set
        where
            T: serde::Serialize,
        {
            fn serialize<Z: serde::Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
                serializer.collect_seq(self)
            }
        }

        /// What is read in is inserted, element by element.
        impl<'de, $($collect)*> serde::Deserialize<'de> for $set
        where
            T: serde::Deserialize<'de>,
        {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_seq(crate::sets::Elements::<Self>(std::marker::PhantomData))
            }
        }

        impl<'de, $($collect)*> serde::de::Visitor<'de> for crate::sets::Elements<$set>
        where
            T: serde::Deserialize<'de>,
        {
            type Value = $set;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut access: A) -> Result<$set, A::Error> {
                let mut set = <$set>::default();
                set.map.reserve_for(crate::maps::room_for::<T>(access.size_hint()));
                while let Some(element) = access.next_element()? {
                    set.insert(element);
                }
                Ok(set)
            }
        }

        /// A set is its own only map.
        impl<$($any)*> crate::TrackedMaps for $set {
            fn visit_maps(&self, visit: &mut dyn FnMut(&crate::MapFigures)) {
                self.map.visit_maps(visit);
            }

            fn check_maps_into(&self, found: &mut Vec<crate::Breach>) {
                self.map.check_maps_into(found);
            }

            #[track_caller]
            fn reset_maps_into(&mut self, reset: &mut crate::Reset) {
                self.map.reset_maps_into(reset);
            }
        }

        impl<$($any)*> crate::HasSites for $set {
            fn each_site(look: &mut dyn FnMut(&'static crate::Site)) {
                K::site().into_iter().for_each(look);
            }
        }
    };
}

pub(crate) use {
    chained, empty_by_default, filtered, over_entries, same_elements, set_operation, set_traits,
};

/// The elements of a set that mapkeeper keeps, or of a plain one.
pub(crate) enum Either<A, B> {
    Kept(A),
    Plain(B),
}

impl<A: Clone, B: Clone> Clone for Either<A, B> {
    #[inline]
    fn clone(&self) -> Self {
        match self {
            Self::Kept(iter) => Self::Kept(iter.clone()),
            Self::Plain(iter) => Self::Plain(iter.clone()),
        }
    }
}

impl<A: Iterator, B: Iterator<Item = A::Item>> Iterator for Either<A, B> {
    type Item = A::Item;

    #[inline]
    fn next(&mut self) -> Option<A::Item> {
        match self {
            Self::Kept(iter) => iter.next(),
            Self::Plain(iter) => iter.next(),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Kept(iter) => iter.size_hint(),
            Self::Plain(iter) => iter.size_hint(),
        }
    }

    #[inline]
    fn fold<R, F: FnMut(R, A::Item) -> R>(self, init: R, f: F) -> R {
        match self {
            Self::Kept(iter) => iter.fold(init, f),
            Self::Plain(iter) => iter.fold(init, f),
        }
    }
}

impl<A, B> DoubleEndedIterator for Either<A, B>
where
    A: DoubleEndedIterator,
    B: DoubleEndedIterator<Item = A::Item>,
{
    #[inline]
    fn next_back(&mut self) -> Option<A::Item> {
        match self {
            Self::Kept(iter) => iter.next_back(),
            Self::Plain(iter) => iter.next_back(),
        }
    }
}

/// Reads a sequence into a set.
pub(crate) struct Elements<M>(pub(crate) std::marker::PhantomData<fn() -> M>);
