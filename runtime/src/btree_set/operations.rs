//! Two sets together, in order: `difference`, `union` and the like, as methods, iterators and operators. None is recorded
//! but the insertions into the set that an operator makes. O(elements of both): both are walked over side by side.

use std::{
    cmp::Ordering::{self, Equal, Greater, Less},
    collections::btree_set,
    fmt,
    iter::{FusedIterator, Peekable},
    ops::{BitAnd, BitOr, BitXor, Sub},
};

use super::{BTreeSet, Iter};
use crate::{Keeper, sets::Either};

/// A set that another one can be compared with: mapkeeper's, whoever keeps it, or std's.
///
/// Implemented for these only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an ordered set of `{T}`",
    label = "not a `BTreeSet` (mapkeeper's or std's) of the same elements"
)]
pub trait Operand<T> {
    /// Not public API.
    #[doc(hidden)]
    fn elements(&self) -> Elements<'_, T>;
    /// Not public API.
    #[doc(hidden)]
    fn count(&self) -> usize;
}

impl<T, K: Keeper<T, ()>> Operand<T> for BTreeSet<T, K> {
    fn elements(&self) -> Elements<'_, T> {
        Elements(Either::Kept(self.iter()))
    }

    fn count(&self) -> usize {
        self.len()
    }
}

impl<T> Operand<T> for std::collections::BTreeSet<T> {
    fn elements(&self) -> Elements<'_, T> {
        Elements(Either::Plain(self.iter()))
    }

    fn count(&self) -> usize {
        self.len()
    }
}

/// The elements of a set, whoever keeps it.
pub struct Elements<'a, T>(Either<Iter<'a, T>, btree_set::Iter<'a, T>>);

impl<T> Clone for Elements<'_, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<'a, T> Iterator for Elements<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        self.0.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

/// Two sets side by side.
struct Both<'a, T> {
    this: Peekable<Elements<'a, T>>,
    other: Peekable<Elements<'a, T>>,
}

impl<T> Clone for Both<'_, T> {
    fn clone(&self) -> Self {
        Self {
            this: self.this.clone(),
            other: self.other.clone(),
        }
    }
}

impl<'a, T: Ord> Both<'a, T> {
    /// The next element of either, and where it is: `Less` in this one only, `Greater` in the other one only.
    fn next(&mut self) -> Option<(Ordering, &'a T)> {
        let order = match (self.this.peek(), self.other.peek()) {
            (None, None) => return None,
            (Some(_), None) => Less,
            (None, Some(_)) => Greater,
            (Some(this), Some(other)) => this.cmp(other),
        };
        let element = match order {
            Less => self.this.next(),
            Greater => self.other.next(),
            Equal => {
                self.other.next();
                self.this.next()
            }
        };
        element.map(|element| (order, element))
    }
}

macro_rules! operation {
    ($name:ident, $must_use:literal, $wanted:pat, |$this:ident, $other:ident| $hint:expr) => {
        #[doc = concat!("Same as [`std::collections::btree_set::", stringify!($name), "`].")]
        #[must_use = $must_use]
        pub struct $name<'a, T>(Both<'a, T>);

        impl<T> Clone for $name<'_, T> {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }

        impl<'a, T: Ord> Iterator for $name<'a, T> {
            type Item = &'a T;

            fn next(&mut self) -> Option<&'a T> {
                loop {
                    let (order, element) = self.0.next()?;
                    if matches!(order, $wanted) {
                        return Some(element);
                    }
                }
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                let ($this, $other) = (self.0.this.size_hint().0, self.0.other.size_hint().0);
                $hint
            }
        }

        impl<T: Ord> FusedIterator for $name<'_, T> {}

        impl<T: fmt::Debug + Ord> fmt::Debug for $name<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.clone()).finish()
            }
        }
    };
}

operation!(
    Difference,
    "this returns the difference as an iterator, without modifying either input set",
    Less,
    |this, other| (this.saturating_sub(other), Some(this))
);
operation!(
    SymmetricDifference,
    "this returns the difference as an iterator, without modifying either input set",
    Less | Greater,
    |this, other| (0, Some(this.saturating_add(other)))
);
operation!(
    Intersection,
    "this returns the intersection as an iterator, without modifying either input set",
    Equal,
    |this, other| (0, Some(this.min(other)))
);
operation!(
    Union,
    "this returns the union as an iterator, without modifying either input set",
    Less | Equal | Greater,
    |this, other| (this.max(other), Some(this.saturating_add(other)))
);

impl<T: Ord, K: Keeper<T, ()>> BTreeSet<T, K> {
    fn beside<'a>(&'a self, other: &'a impl Operand<T>) -> Both<'a, T> {
        Both {
            this: self.elements().peekable(),
            other: other.elements().peekable(),
        }
    }

    /// Same as [`std::collections::BTreeSet::difference`]; records nothing.
    pub fn difference<'a>(&'a self, other: &'a impl Operand<T>) -> Difference<'a, T> {
        Difference(self.beside(other))
    }

    /// Same as [`std::collections::BTreeSet::symmetric_difference`]; records nothing.
    pub fn symmetric_difference<'a>(
        &'a self,
        other: &'a impl Operand<T>,
    ) -> SymmetricDifference<'a, T> {
        SymmetricDifference(self.beside(other))
    }

    /// Same as [`std::collections::BTreeSet::intersection`]; records nothing.
    pub fn intersection<'a>(&'a self, other: &'a impl Operand<T>) -> Intersection<'a, T> {
        Intersection(self.beside(other))
    }

    /// Same as [`std::collections::BTreeSet::union`]; records nothing.
    pub fn union<'a>(&'a self, other: &'a impl Operand<T>) -> Union<'a, T> {
        Union(self.beside(other))
    }

    /// Same as [`std::collections::BTreeSet::is_disjoint`]; records nothing.
    #[must_use]
    pub fn is_disjoint(&self, other: &impl Operand<T>) -> bool {
        self.intersection(other).next().is_none()
    }

    /// Same as [`std::collections::BTreeSet::is_subset`]; records nothing.
    #[must_use]
    pub fn is_subset(&self, other: &impl Operand<T>) -> bool {
        self.len() <= other.count() && self.difference(other).next().is_none()
    }

    /// Same as [`std::collections::BTreeSet::is_superset`]; records nothing.
    #[must_use]
    pub fn is_superset(&self, other: &impl Operand<T>) -> bool {
        self.len() >= other.count() && self.intersection(other).count() == other.count()
    }
}

macro_rules! operators {
    ($($operator:ident, $method:ident, $operation:ident;)+) => {$(
        /// Clones the elements into a new set, kept where the left one is; each is an insertion.
        impl<T: Ord + Clone, K: Keeper<T, ()>, O: Operand<T>> $operator<&O> for &BTreeSet<T, K> {
            type Output = BTreeSet<T, K>;

            #[track_caller]
            fn $method(self, other: &O) -> BTreeSet<T, K> {
                BTreeSet::from_iter(self.$operation(other).cloned())
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
