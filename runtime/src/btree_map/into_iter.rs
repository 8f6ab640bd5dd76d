//! The entries of a map that was consumed.

use std::{collections::btree_map as std_map, fmt};

use super::BTreeMap;
use crate::{
    Keeper,
    mode::Caller,
    ordered::{ordered, sized},
    store::Keyless,
};

/// Same as [`std::collections::btree_map::IntoIter`]; the entries left the map when it was made.
pub struct IntoIter<K, V> {
    inner: std_map::IntoIter<K, Keyless<V>>,
}

/// Same as [`std::collections::btree_map::IntoKeys`]; the entries left the map when it was made.
pub struct IntoKeys<K, V> {
    inner: std_map::IntoKeys<K, Keyless<V>>,
}

/// Same as [`std::collections::btree_map::IntoValues`]; the entries left the map when it was made.
pub struct IntoValues<K, V> {
    inner: std_map::IntoValues<K, Keyless<V>>,
}

impl<K, V, T: Keeper<K, V>> BTreeMap<K, V, T> {
    /// Same as [`std::collections::BTreeMap::into_keys`]; every entry leaves for
    /// [`Taken`](crate::RemovalCause::Taken) now.
    #[inline]
    #[track_caller]
    pub fn into_keys(self) -> IntoKeys<K, V> {
        IntoKeys {
            inner: self.take_map(Caller::here()).into_keys(),
        }
    }

    /// Same as [`std::collections::BTreeMap::into_values`]; every entry leaves for
    /// [`Taken`](crate::RemovalCause::Taken) now.
    #[inline]
    #[track_caller]
    pub fn into_values(self) -> IntoValues<K, V> {
        IntoValues {
            inner: self.take_map(Caller::here()).into_values(),
        }
    }
}

/// Every entry leaves for [`Taken`](crate::RemovalCause::Taken) now, whether or not the iterator is used up.
///
/// A guarded map can be consumed too: who owns the map owns its entries.
impl<K, V, T: Keeper<K, V>> IntoIterator for BTreeMap<K, V, T> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    #[inline]
    #[track_caller]
    fn into_iter(self) -> IntoIter<K, V> {
        IntoIter {
            inner: self.take_map(Caller::here()).into_iter(),
        }
    }
}

ordered!([K, V] IntoIter<K, V>, (K, V), |(key, slot)| (key, slot.entry.1));
ordered!([K, V] IntoKeys<K, V>, K, |key| key);
ordered!([K, V] IntoValues<K, V>, V, |slot| slot.entry.1);
sized!([K, V] IntoIter<K, V>);
sized!([K, V] IntoKeys<K, V>);
sized!([K, V] IntoValues<K, V>);

macro_rules! shown {
    ($($name:ident: $($shown:ident),+);+) => {$(
        impl<K, V> fmt::Debug for $name<K, V>
        where
            $($shown: fmt::Debug),+
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.inner.fmt(f)
            }
        }
    )+};
}

shown!(IntoIter: K, V; IntoKeys: K; IntoValues: V);
