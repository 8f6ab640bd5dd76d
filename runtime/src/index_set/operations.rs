//! Two sets together: `difference`, `union` and the like, as methods, iterators and operators, in the order of the left set and
//! then of the right one. None is recorded but the insertions into the set that an operator makes.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
    iter::{Chain, FusedIterator},
    ops::{BitAnd, BitOr, BitXor, Sub},
};

use ::indexmap::{map, set};

use super::IndexSet;
use crate::{
    Keeper,
    sets::{Either, chained, filtered, set_operation},
    store::Keyless,
};

/// A set that another one can be compared with: mapkeeper's, whoever keeps it, or indexmap's.
///
/// Implemented for these only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an ordered hash set of `{T}`",
    label = "not an `IndexSet` (mapkeeper's or indexmap's) of the same elements"
)]
pub trait Operand<T> {
    /// Its hasher.
    type Hasher: BuildHasher;

    /// Not public API.
    #[doc(hidden)]
    fn view(&self) -> View<'_, T, Self::Hasher>;
}

impl<T, S: BuildHasher, K: Keeper<T, ()>> Operand<T> for IndexSet<T, S, K> {
    type Hasher = S;

    #[inline]
    fn view(&self) -> View<'_, T, S> {
        View(Kind::Kept(self.map.plain()))
    }
}

impl<T, S: BuildHasher> Operand<T> for ::indexmap::IndexSet<T, S> {
    type Hasher = S;

    #[inline]
    fn view(&self) -> View<'_, T, S> {
        View(Kind::Plain(self))
    }
}

/// A set, looked at.
pub struct View<'a, T, S>(Kind<'a, T, S>);

enum Kind<'a, T, S> {
    Kept(&'a ::indexmap::IndexMap<T, Keyless<()>, S>),
    Plain(&'a ::indexmap::IndexSet<T, S>),
}

impl<T, S> Clone for View<'_, T, S> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, S> Copy for View<'_, T, S> {}

impl<T, S> Clone for Kind<'_, T, S> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, S> Copy for Kind<'_, T, S> {}

type Elements<'a, T> = Either<map::Keys<'a, T, Keyless<()>>, set::Iter<'a, T>>;

impl<'a, T, S> View<'a, T, S> {
    #[inline]
    fn len(self) -> usize {
        match self.0 {
            Kind::Kept(set) => set.len(),
            Kind::Plain(set) => set.len(),
        }
    }

    #[inline]
    fn iter(self) -> Elements<'a, T> {
        match self.0 {
            Kind::Kept(set) => Either::Kept(set.keys()),
            Kind::Plain(set) => Either::Plain(set.iter()),
        }
    }

    #[inline]
    fn contains(self, element: &T) -> bool
    where
        T: Eq + Hash,
        S: BuildHasher,
    {
        match self.0 {
            Kind::Kept(set) => set.contains_key(element),
            Kind::Plain(set) => set.contains(element),
        }
    }

    #[inline]
    fn without<S2>(self, other: View<'a, T, S2>) -> Difference<'a, T, S2> {
        Difference {
            iter: self.iter(),
            other,
        }
    }
}

/// Same as [`indexmap::set::Difference`].
#[must_use = "this returns the difference as an iterator, without modifying either input set"]
pub struct Difference<'a, T, S> {
    iter: Elements<'a, T>,
    other: View<'a, T, S>,
}

/// Same as [`indexmap::set::Intersection`].
#[must_use = "this returns the intersection as an iterator, without modifying either input set"]
pub struct Intersection<'a, T, S> {
    iter: Elements<'a, T>,
    other: View<'a, T, S>,
}

/// Same as [`indexmap::set::SymmetricDifference`].
#[must_use = "this returns the difference as an iterator, without modifying either input set"]
pub struct SymmetricDifference<'a, T, S1, S2> {
    iter: Chain<Difference<'a, T, S2>, Difference<'a, T, S1>>,
}

/// Same as [`indexmap::set::Union`].
#[must_use = "this returns the union as an iterator, without modifying either input set"]
pub struct Union<'a, T, S> {
    iter: Chain<Elements<'a, T>, Difference<'a, T, S>>,
}

set_operation!(Difference, other);
set_operation!(Intersection, other);
set_operation!(SymmetricDifference[S1, S2]);
set_operation!(Union);
filtered!(Difference, false);
filtered!(Intersection, true);
chained!(SymmetricDifference[S1, S2]);
chained!(Union);

/// The same from the other end.
macro_rules! from_the_end {
    ($name:ident[$($hasher:ident),+], |$this:ident| $next_back:expr) => {
        impl<T: Eq + Hash, $($hasher: BuildHasher),+> DoubleEndedIterator for $name<'_, T, $($hasher),+> {
            #[inline]
            fn next_back(&mut self) -> Option<Self::Item> {
                let $this = self;
                $next_back
            }
        }
    };
}

from_the_end!(Difference[S], |this| {
    let other = this.other;
    this.iter.rfind(|element| !other.contains(element))
});
from_the_end!(Intersection[S], |this| {
    let other = this.other;
    this.iter.rfind(|element| other.contains(element))
});
from_the_end!(SymmetricDifference[S1, S2], |this| this.iter.next_back());
from_the_end!(Union[S], |this| this.iter.next_back());

impl<T: Eq + Hash, S: BuildHasher, K: Keeper<T, ()>> IndexSet<T, S, K> {
    /// Same as [`indexmap::IndexSet::difference`]; records nothing.
    #[inline]
    pub fn difference<'a, O: Operand<T>>(&'a self, other: &'a O) -> Difference<'a, T, O::Hasher> {
        self.view().without(other.view())
    }

    /// Same as [`indexmap::IndexSet::symmetric_difference`]; records nothing.
    #[inline]
    pub fn symmetric_difference<'a, O: Operand<T>>(
        &'a self,
        other: &'a O,
    ) -> SymmetricDifference<'a, T, S, O::Hasher> {
        let (this, other) = (self.view(), other.view());
        SymmetricDifference {
            iter: this.without(other).chain(other.without(this)),
        }
    }

    /// Same as [`indexmap::IndexSet::intersection`]; records nothing.
    #[inline]
    pub fn intersection<'a, O: Operand<T>>(
        &'a self,
        other: &'a O,
    ) -> Intersection<'a, T, O::Hasher> {
        Intersection {
            iter: self.view().iter(),
            other: other.view(),
        }
    }

    /// Same as [`indexmap::IndexSet::union`]; records nothing.
    #[inline]
    pub fn union<'a>(&'a self, other: &'a impl Operand<T>) -> Union<'a, T, S> {
        let this = self.view();
        Union {
            iter: this.iter().chain(other.view().without(this)),
        }
    }

    /// Same as [`indexmap::IndexSet::is_disjoint`]; records nothing.
    pub fn is_disjoint(&self, other: &impl Operand<T>) -> bool {
        let (this, other) = (self.view(), other.view());
        if this.len() <= other.len() {
            this.iter().all(|element| !other.contains(element))
        } else {
            other.iter().all(|element| !this.contains(element))
        }
    }

    /// Same as [`indexmap::IndexSet::is_subset`]; records nothing.
    pub fn is_subset(&self, other: &impl Operand<T>) -> bool {
        is_subset(self.view(), other.view())
    }

    /// Same as [`indexmap::IndexSet::is_superset`]; records nothing.
    pub fn is_superset(&self, other: &impl Operand<T>) -> bool {
        is_subset(other.view(), self.view())
    }
}

fn is_subset<T: Eq + Hash, S1, S2: BuildHasher>(
    this: View<'_, T, S1>,
    other: View<'_, T, S2>,
) -> bool {
    this.len() <= other.len() && this.iter().all(|element| other.contains(element))
}

macro_rules! operators {
    ($($operator:ident, $method:ident, $operation:ident;)+) => {$(
        /// Clones the elements into a new set, kept where the left one is; each is an insertion.
        impl<T, S, K, O> $operator<&O> for &IndexSet<T, S, K>
        where
            T: Eq + Hash + Clone,
            S: BuildHasher + Default,
            K: Keeper<T, ()>,
            O: Operand<T>,
        {
            type Output = IndexSet<T, S, K>;

            #[track_caller]
            fn $method(self, other: &O) -> IndexSet<T, S, K> {
                IndexSet::from_iter(self.$operation(other).cloned())
            }
        }
    )+};
}

operators! {
    BitOr, bitor, union;
    BitAnd, bitand, intersection;
    BitXor, bitxor, symmetric_difference;
    Sub, sub, difference;
}
