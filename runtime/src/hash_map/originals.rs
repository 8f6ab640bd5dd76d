//! Maps and sets of hashes made of their originals, std's and hashbrown's, and turned back into them.

use std::hash::{BuildHasher, Hash};

use super::HashMap;
use crate::{HashSet, Keeper};

macro_rules! of_maps {
    ($($original:ty),+) => {$(
        /// The hasher and the entries move over; each is an insertion. Allocates nothing for an empty map.
        impl<K: Eq + Hash, V, S: BuildHasher + Clone, T: Keeper<K, V>, L> From<$original> for HashMap<K, V, S, T, L> {
            #[track_caller]
            fn from(map: $original) -> Self {
                let mut tracked = Self::with_hasher(map.hasher().clone());
                tracked.extend(map);
                tracked
            }
        }

        /// Every entry leaves for [`Taken`](crate::RemovalCause::Taken).
        impl<K: Eq + Hash, V, S: BuildHasher + Clone, T: Keeper<K, V>, L> From<HashMap<K, V, S, T, L>> for $original {
            #[track_caller]
            fn from(map: HashMap<K, V, S, T, L>) -> Self {
                let mut plain = Self::with_capacity_and_hasher(map.len(), map.hasher().clone());
                plain.extend(map);
                plain
            }
        }
    )+};
}

of_maps!(std::collections::HashMap<K, V, S>, hashbrown::HashMap<K, V, S>);

macro_rules! of_sets {
    ($($original:ty),+) => {$(
        /// The hasher and the elements move over; each is an insertion. Allocates nothing for an empty set.
        impl<T: Eq + Hash, S: BuildHasher + Clone, K: Keeper<T, ()>, L> From<$original> for HashSet<T, S, K, L> {
            #[track_caller]
            fn from(set: $original) -> Self {
                let mut tracked = Self::with_hasher(set.hasher().clone());
                tracked.extend(set);
                tracked
            }
        }

        /// Every element leaves for [`Taken`](crate::RemovalCause::Taken).
        impl<T: Eq + Hash, S: BuildHasher + Clone, K: Keeper<T, ()>, L> From<HashSet<T, S, K, L>> for $original {
            #[track_caller]
            fn from(set: HashSet<T, S, K, L>) -> Self {
                let mut plain = Self::with_capacity_and_hasher(set.len(), set.hasher().clone());
                plain.extend(set);
                plain
            }
        }
    )+};
}

of_sets!(std::collections::HashSet<T, S>, hashbrown::HashSet<T, S>);
