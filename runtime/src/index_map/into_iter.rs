//! The entries of a map that was consumed.

use std::{fmt, hash::Hash, marker::PhantomData, vec};

use rustc_hash::FxBuildHasher;

use super::{IndexMap, base};
use crate::{
    Keeper,
    mode::Caller,
    ordered::{ordered, sized},
};

/// Same as [`indexmap::map::IntoIter`]; the entries left the map when it was made.
pub struct IntoIter<K, V> {
    pub(super) inner: vec::IntoIter<(K, V)>,
}

/// Same as [`indexmap::map::IntoKeys`]; the entries left the map when it was made.
pub struct IntoKeys<K, V> {
    inner: vec::IntoIter<(K, PhantomData<V>)>,
}

/// Same as [`indexmap::map::IntoValues`]; the entries left the map when it was made.
pub struct IntoValues<K, V> {
    inner: vec::IntoIter<(PhantomData<K>, V)>,
}

impl<K, V, S, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Same as [`indexmap::IndexMap::into_keys`]; every entry leaves for [`Taken`](crate::RemovalCause::Taken) now.
    #[inline]
    #[track_caller]
    pub fn into_keys(self) -> IntoKeys<K, V> {
        let entries = self.take_entries(Caller::here());
        let keys = entries.into_iter().map(|(key, _)| (key, PhantomData));
        IntoKeys {
            inner: keys.collect::<Vec<_>>().into_iter(),
        }
    }

    /// Same as [`indexmap::IndexMap::into_values`]; every entry leaves for [`Taken`](crate::RemovalCause::Taken) now.
    #[inline]
    #[track_caller]
    pub fn into_values(self) -> IntoValues<K, V> {
        let entries = self.take_entries(Caller::here());
        let values = entries.into_iter().map(|(_, value)| (PhantomData, value));
        IntoValues {
            inner: values.collect::<Vec<_>>().into_iter(),
        }
    }
}

impl<K: Hash + Eq, V, S, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Same as [`indexmap::IndexMap::into_boxed_slice`], whose slice it is; every entry leaves for
    /// [`Taken`](crate::RemovalCause::Taken), and its key is hashed once more.
    ///
    /// # Panics
    /// With the first panic of a hook, once all of them ran; with a panic of `Hash` or `Eq`.
    #[track_caller]
    pub fn into_boxed_slice(self) -> Box<base::Slice<K, V>> {
        let entries = self.take_entries(Caller::here()).into_iter();
        let map: ::indexmap::IndexMap<K, V, FxBuildHasher> = entries.collect();
        map.into_boxed_slice()
    }
}

/// Every entry leaves for [`Taken`](crate::RemovalCause::Taken) now, whether or not the iterator is used up.
///
/// A guarded map can be consumed too: who owns the map owns its entries.
impl<K, V, S, T: Keeper<K, V>> IntoIterator for IndexMap<K, V, S, T> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    #[inline]
    #[track_caller]
    fn into_iter(self) -> IntoIter<K, V> {
        IntoIter {
            inner: self.take_entries(Caller::here()).into_iter(),
        }
    }
}

impl<K, V> IntoIter<K, V> {
    /// Same as [`indexmap::map::IntoIter::as_slice`], but a slice of pairs; records nothing.
    pub fn as_slice(&self) -> &[(K, V)] {
        self.inner.as_slice()
    }

    /// Same as [`indexmap::map::IntoIter::as_mut_slice`], but a slice of pairs; records nothing.
    pub fn as_mut_slice(&mut self) -> &mut [(K, V)] {
        self.inner.as_mut_slice()
    }
}

/// The traits of an iterator: `$pick` says what it hands over, `$show` what it shows.
macro_rules! consumed {
    ($name:ident, $item:ty, $pick:expr, $show:expr, [$($left:ident),+]) => {
        ordered!([K, V] $name<K, V>, $item, $pick);
        sized!([K, V] $name<K, V>);

        impl<K, V> Clone for $name<K, V>
        where
            $($left: Clone),+
        {
            fn clone(&self) -> Self {
                Self { inner: self.inner.clone() }
            }
        }

        impl<K, V> fmt::Debug for $name<K, V>
        where
            $($left: fmt::Debug),+
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.inner.as_slice().iter().map($show)).finish()
            }
        }
    };
}

consumed!(IntoIter, (K, V), |entry| entry, |entry| entry, [K, V]);
consumed!(IntoKeys, K, |(key, _)| key, |(key, _)| key, [K]);
consumed!(IntoValues, V, |(_, value)| value, |(_, value)| value, [V]);
