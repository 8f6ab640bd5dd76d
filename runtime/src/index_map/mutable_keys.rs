//! Keys that can be changed in their places: the methods of indexmap's `MutableKeys` and `MutableEntryKey`, traits that it
//! seals, as methods of the types themselves.
//!
//! A key must stay equal to what it was, and its hash the same: else the map does not find it any more, and neither does the
//! record.

use std::{
    fmt,
    hash::{BuildHasher, Hash},
};

use ::indexmap::map::{MutableEntryKey, MutableKeys};

use super::{
    Entry, Equivalent, IndexMap, IndexedEntry, OccupiedEntry, Slice, SliceMut, VacantEntry, base,
};
use crate::{
    Keeper, RemovalCause, Unguarded,
    mode::Caller,
    ordered::{ordered, sized},
    store::Keyless,
};

/// Same as [`indexmap::map::IterMut2`].
pub struct IterMut2<'a, K, V> {
    inner: base::IterMut2<'a, K, Keyless<V>>,
}

ordered!(['a, K, V] IterMut2<'a, K, V>, (&'a mut K, &'a mut V), entry_muts);
sized!([K, V] IterMut2<'_, K, V>);

impl<'a, K, V> IterMut2<'a, K, V> {
    /// Same as [`indexmap::map::IterMut2::as_slice`]; records nothing.
    pub fn as_slice(&self) -> Slice<'_, K, V> {
        Slice(self.inner.as_slice())
    }

    /// Same as [`indexmap::map::IterMut2::into_slice`]; records nothing.
    pub fn into_slice(self) -> SliceMut<'a, K, V> {
        SliceMut(self.inner.into_slice())
    }
}

/// An entry to be written.
#[inline(always)]
fn entry_muts<'a, K, V>((key, slot): (&'a mut K, &'a mut Keyless<V>)) -> (&'a mut K, &'a mut V) {
    (key, slot.value_mut())
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for IterMut2<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<K, V, S: BuildHasher, T: Keeper<K, V>> IndexMap<K, V, S, T> {
    /// Same as `get_full_mut2` of [`indexmap::map::MutableKeys`]; strict looks at the value again later.
    #[track_caller]
    pub fn get_full_mut2<Q>(&mut self, key: &Q) -> Option<(usize, &mut K, &mut V)>
    where
        Q: ?Sized + Hash + Equivalent<K>,
    {
        self.settle();
        let (index, key, slot) = self.table.map.get_full_mut2(key)?;
        self.log.lend::<K, V>(Caller::here());
        Some((index, key, slot.value_mut()))
    }

    /// Same as `get_index_mut2` of [`indexmap::map::MutableKeys`]; strict looks at the value again later.
    #[track_caller]
    pub fn get_index_mut2(&mut self, index: usize) -> Option<(&mut K, &mut V)> {
        self.settle();
        let entry = self.table.map.get_index_mut2(index)?;
        self.log.lend::<K, V>(Caller::here());
        Some(entry_muts(entry))
    }

    /// Same as `iter_mut2` of [`indexmap::map::MutableKeys`]; strict looks at the values again at the next operation.
    #[track_caller]
    pub fn iter_mut2(&mut self) -> IterMut2<'_, K, V> {
        self.lend_all();
        IterMut2 {
            inner: self.table.map.iter_mut2(),
        }
    }

    /// Same as `retain2` of [`indexmap::map::MutableKeys`]; entries turned out leave for
    /// [`Filtered`](RemovalCause::Filtered) once all were looked at, for which it allocates a byte an entry.
    ///
    /// # Panics
    /// With a panic of the predicate, at once, and every entry stays; with the first panic of a hook, at the end.
    #[track_caller]
    pub fn retain2<F>(&mut self, mut keep: F)
    where
        F: FnMut(&mut K, &mut V) -> bool,
        T: Unguarded,
    {
        let kept: Vec<bool> = self
            .iter_mut2()
            .map(|(key, value)| keep(key, value))
            .collect();
        let mut kept = kept.into_iter();
        self.retain_at(
            |_, _| kept.next() != Some(false),
            RemovalCause::Filtered,
            Caller::here(),
        );
    }
}

macro_rules! key_mut {
    ($($entry:ident),+) => {$(
        impl<K, V, T: Keeper<K, V>> $entry<'_, K, V, T> {
            #[doc = concat!("Same as `key_mut` of [`indexmap::map::MutableEntryKey`] for its `", stringify!($entry), "`; records")]
            /// nothing.
            #[inline]
            pub fn key_mut(&mut self) -> &mut K {
                self.base.key_mut()
            }
        }
    )+};
}

key_mut!(OccupiedEntry, VacantEntry, IndexedEntry);

impl<K, V, T: Keeper<K, V>> Entry<'_, K, V, T> {
    /// Same as `key_mut` of [`indexmap::map::MutableEntryKey`] for its `Entry`; records nothing.
    #[inline]
    pub fn key_mut(&mut self) -> &mut K {
        match self {
            Entry::Occupied(entry) => entry.key_mut(),
            Entry::Vacant(entry) => entry.key_mut(),
        }
    }
}
