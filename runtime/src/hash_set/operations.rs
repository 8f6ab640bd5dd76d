//! Two sets together: `difference`, `union` and the like, as methods, iterators and operators. None is recorded but the
//! insertions into the set that an operator makes.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
    iter::{Chain, FusedIterator},
    ops::{BitAnd, BitOr, BitXor, Sub},
};

use super::{
    HashSet,
    operands::{Elements, Operand, View},
};
use crate::{
    Keeper,
    sets::{chained, filtered, set_operation},
};

/// Same as [`std::collections::hash_set::Difference`].
#[must_use = "this returns the difference as an iterator, without modifying either input set"]
pub struct Difference<'a, T, S> {
    iter: Elements<'a, T>,
    other: View<'a, T, S>,
}

/// Same as [`std::collections::hash_set::Intersection`].
#[must_use = "this returns the intersection as an iterator, without modifying either input set"]
pub struct Intersection<'a, T, S> {
    iter: Elements<'a, T>,
    other: View<'a, T, S>,
}

/// Same as [`std::collections::hash_set::SymmetricDifference`].
#[must_use = "this returns the difference as an iterator, without modifying either input set"]
pub struct SymmetricDifference<'a, T, S> {
    iter: Chain<Difference<'a, T, S>, Difference<'a, T, S>>,
}

/// Same as [`std::collections::hash_set::Union`].
#[must_use = "this returns the union as an iterator, without modifying either input set"]
pub struct Union<'a, T, S> {
    iter: Chain<Elements<'a, T>, Difference<'a, T, S>>,
}

set_operation!(Difference, other);
set_operation!(Intersection, other);
set_operation!(SymmetricDifference);
set_operation!(Union);

filtered!(Difference, false);
filtered!(Intersection, true);

chained!(SymmetricDifference);
chained!(Union);

impl<'a, T, S> View<'a, T, S> {
    #[inline]
    fn without(self, other: Self) -> Difference<'a, T, S> {
        Difference {
            iter: self.iter(),
            other,
        }
    }

    /// The one with fewer elements first.
    #[inline]
    fn by_len(self, other: Self) -> [Self; 2] {
        if self.len() <= other.len() {
            [self, other]
        } else {
            [other, self]
        }
    }
}

impl<T: Eq + Hash, S: BuildHasher, K: Keeper<T, ()>, L> HashSet<T, S, K, L> {
    /// Same as [`std::collections::HashSet::difference`]; records nothing.
    #[inline]
    pub fn difference<'a>(&'a self, other: &'a impl Operand<T, S>) -> Difference<'a, T, S> {
        self.view().without(other.view())
    }

    /// Same as [`std::collections::HashSet::symmetric_difference`]; records nothing.
    #[inline]
    pub fn symmetric_difference<'a>(
        &'a self,
        other: &'a impl Operand<T, S>,
    ) -> SymmetricDifference<'a, T, S> {
        let (this, other) = (self.view(), other.view());
        SymmetricDifference {
            iter: this.without(other).chain(other.without(this)),
        }
    }

    /// Same as [`std::collections::HashSet::intersection`]; records nothing.
    #[inline]
    pub fn intersection<'a>(&'a self, other: &'a impl Operand<T, S>) -> Intersection<'a, T, S> {
        let [small, large] = self.view().by_len(other.view());
        Intersection {
            iter: small.iter(),
            other: large,
        }
    }

    /// Same as [`std::collections::HashSet::union`]; records nothing.
    #[inline]
    pub fn union<'a>(&'a self, other: &'a impl Operand<T, S>) -> Union<'a, T, S> {
        let [small, large] = other.view().by_len(self.view());
        Union {
            iter: large.iter().chain(small.without(large)),
        }
    }

    /// Same as [`std::collections::HashSet::is_disjoint`]; records nothing.
    pub fn is_disjoint(&self, other: &impl Operand<T, S>) -> bool {
        self.intersection(other).next().is_none()
    }

    /// Same as [`std::collections::HashSet::is_subset`]; records nothing.
    pub fn is_subset(&self, other: &impl Operand<T, S>) -> bool {
        is_subset(self.view(), other.view())
    }

    /// Same as [`std::collections::HashSet::is_superset`]; records nothing.
    #[inline]
    pub fn is_superset(&self, other: &impl Operand<T, S>) -> bool {
        is_subset(other.view(), self.view())
    }
}

fn is_subset<T: Eq + Hash, S: BuildHasher>(this: View<'_, T, S>, other: View<'_, T, S>) -> bool {
    this.len() <= other.len() && this.iter().all(|element| other.contains(element))
}

macro_rules! operators {
    ($($operator:ident, $method:ident, $operation:ident;)+) => {$(
        /// Clones the elements into a new set, kept where the left one is; each is an insertion.
        impl<T, S, K, L, O> $operator<&O> for &HashSet<T, S, K, L>
        where
            T: Eq + Hash + Clone,
            S: BuildHasher + Default,
            K: Keeper<T, ()>,
            O: Operand<T, S>,
        {
            type Output = HashSet<T, S, K, L>;

            #[track_caller]
            fn $method(self, other: &O) -> HashSet<T, S, K, L> {
                HashSet::from_iter(self.$operation(other).cloned())
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
