//! Guards of one entry: its shard is locked while they live.

use std::{
    fmt,
    marker::PhantomData,
    ops::{Deref, DerefMut},
};

use super::shard::Part;
use crate::{
    Keeper,
    hash_map::Slot,
    mode::{Caller, holds::Hold},
    threads::parking_lot::{
        MappedRwLockReadGuard, MappedRwLockWriteGuard, RwLockReadGuard, RwLockWriteGuard,
    },
};

/// A reference to an entry; others may read its shard meanwhile, nobody can write to it.
pub struct Ref<'a, K, V> {
    slot: MappedRwLockReadGuard<'a, Slot<K, V>>,
    hold: Hold,
}

/// A mutable reference to an entry; nobody else can read or write its shard meanwhile.
pub struct RefMut<'a, K, V> {
    slot: MappedRwLockWriteGuard<'a, Slot<K, V>>,
    hold: Hold,
}

/// What [`Ref::map`] makes: a reference to a part of a value.
///
/// It has no key: without unsafe code, a guard reaches one thing.
pub struct MappedRef<'a, K, V, T> {
    part: MappedRwLockReadGuard<'a, T>,
    hold: Hold,
    entry: PhantomData<fn() -> (K, V)>,
}

/// What [`RefMut::map`] makes: a mutable reference to a part of a value.
///
/// It has no key: without unsafe code, a guard reaches one thing.
pub struct MappedRefMut<'a, K, V, T> {
    part: MappedRwLockWriteGuard<'a, T>,
    hold: Hold,
    entry: PhantomData<fn() -> (K, V)>,
}

/// What an [`Iter`](super::Iter) hands out.
pub type RefMulti<'a, K, V> = Ref<'a, K, V>;

/// What an [`IterMut`](super::IterMut) hands out.
pub type RefMutMulti<'a, K, V> = RefMut<'a, K, V>;

/// What is known of a key without waiting for its shard.
#[derive(Debug)]
pub enum TryResult<R> {
    /// It is there.
    Present(R),
    /// It is not there.
    Absent,
    /// Somebody holds its shard.
    Locked,
}

impl<R> TryResult<R> {
    /// Whether it is there.
    #[inline]
    pub fn is_present(&self) -> bool {
        matches!(self, Self::Present(_))
    }

    /// Whether it is not there.
    #[inline]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether somebody holds its shard.
    #[inline]
    pub fn is_locked(&self) -> bool {
        matches!(self, Self::Locked)
    }

    /// The guard.
    ///
    /// # Panics
    /// If the key is not there, or its shard is held.
    #[inline]
    #[track_caller]
    pub fn unwrap(self) -> R {
        match self {
            Self::Present(guard) => guard,
            Self::Absent => panic!("called `unwrap` on `TryResult::Absent`: the key is not there"),
            Self::Locked => panic!("called `unwrap` on `TryResult::Locked`: its shard is held"),
        }
    }

    /// The guard, if there is one.
    #[inline]
    pub fn try_unwrap(self) -> Option<R> {
        match self {
            Self::Present(guard) => Some(guard),
            Self::Absent | Self::Locked => None,
        }
    }
}

/// A guard of the entry that is known to be in a place.
#[inline(always)]
pub(super) fn in_place<K, V, S, T: Keeper<K, V>>(
    map: RwLockReadGuard<'_, Part<K, V, S, T>>,
    bucket: usize,
) -> MappedRwLockReadGuard<'_, Slot<K, V>> {
    RwLockReadGuard::map(map, |map| match map.slot_in(bucket) {
        Some(slot) => slot,
        None => unreachable!("the place is taken, and nobody else can empty it"),
    })
}

/// A guard of the entry that is known to be in a place, its value lent to `at`.
#[inline(always)]
pub(super) fn in_place_mut<K, V, S, T: Keeper<K, V>>(
    map: RwLockWriteGuard<'_, Part<K, V, S, T>>,
    bucket: usize,
    at: Caller,
) -> MappedRwLockWriteGuard<'_, Slot<K, V>> {
    RwLockWriteGuard::map(map, |map| match map.lend_in(bucket, at) {
        Some(slot) => slot,
        None => unreachable!("the place is taken, and nobody else can empty it"),
    })
}

impl<'a, K, V> Ref<'a, K, V> {
    #[inline(always)]
    pub(super) fn new(slot: MappedRwLockReadGuard<'a, Slot<K, V>>, hold: Hold) -> Self {
        Self { slot, hold }
    }

    /// The key.
    #[inline]
    pub fn key(&self) -> &K {
        self.slot.key()
    }

    /// The value.
    #[inline]
    pub fn value(&self) -> &V {
        self.slot.value()
    }

    /// Both.
    #[inline]
    pub fn pair(&self) -> (&K, &V) {
        (self.key(), self.value())
    }

    /// A guard of a part of the value.
    #[inline]
    pub fn map<F, T>(self, f: F) -> MappedRef<'a, K, V, T>
    where
        F: FnOnce(&V) -> &T,
    {
        MappedRef {
            part: MappedRwLockReadGuard::map(self.slot, |slot| f(slot.value())),
            hold: self.hold,
            entry: PhantomData,
        }
    }

    /// A guard of a part of the value, if it has that part.
    ///
    /// # Errors
    /// This guard, if it has not.
    #[inline]
    pub fn try_map<F, T>(self, f: F) -> Result<MappedRef<'a, K, V, T>, Self>
    where
        F: FnOnce(&V) -> Option<&T>,
    {
        let Self { slot, hold } = self;
        match MappedRwLockReadGuard::try_map(slot, |slot| f(slot.value())) {
            Ok(part) => Ok(MappedRef {
                part,
                hold,
                entry: PhantomData,
            }),
            Err(slot) => Err(Self { slot, hold }),
        }
    }
}

impl<'a, K, V> RefMut<'a, K, V> {
    #[inline(always)]
    pub(super) fn new(slot: MappedRwLockWriteGuard<'a, Slot<K, V>>, hold: Hold) -> Self {
        Self { slot, hold }
    }

    /// The key.
    #[inline]
    pub fn key(&self) -> &K {
        self.slot.key()
    }

    /// The value.
    #[inline]
    pub fn value(&self) -> &V {
        self.slot.value()
    }

    /// The value.
    #[inline]
    pub fn value_mut(&mut self) -> &mut V {
        self.slot.value_mut()
    }

    /// Both.
    #[inline]
    pub fn pair(&self) -> (&K, &V) {
        (self.key(), self.value())
    }

    /// Both, the value to be changed.
    #[inline]
    pub fn pair_mut(&mut self) -> (&K, &mut V) {
        let (key, value) = &mut self.slot.entry;
        (key, value)
    }

    /// A guard of a part of the value.
    #[inline]
    pub fn map<F, T>(self, f: F) -> MappedRefMut<'a, K, V, T>
    where
        F: FnOnce(&mut V) -> &mut T,
    {
        MappedRefMut {
            part: MappedRwLockWriteGuard::map(self.slot, |slot| f(slot.value_mut())),
            hold: self.hold,
            entry: PhantomData,
        }
    }

    /// A guard of a part of the value, if it has that part.
    ///
    /// # Errors
    /// This guard, if it has not.
    #[inline]
    pub fn try_map<F, T>(self, f: F) -> Result<MappedRefMut<'a, K, V, T>, Self>
    where
        F: FnOnce(&mut V) -> Option<&mut T>,
    {
        let Self { slot, hold } = self;
        match MappedRwLockWriteGuard::try_map(slot, |slot| f(slot.value_mut())) {
            Ok(part) => Ok(MappedRefMut {
                part,
                hold,
                entry: PhantomData,
            }),
            Err(slot) => Err(Self { slot, hold }),
        }
    }
}

impl<'a, K, V, T> MappedRef<'a, K, V, T> {
    /// The part of the value.
    #[inline]
    pub fn value(&self) -> &T {
        &self.part
    }

    /// A guard of a part of that.
    #[inline]
    pub fn map<F, T2>(self, f: F) -> MappedRef<'a, K, V, T2>
    where
        F: FnOnce(&T) -> &T2,
    {
        MappedRef {
            part: MappedRwLockReadGuard::map(self.part, f),
            hold: self.hold,
            entry: PhantomData,
        }
    }

    /// A guard of a part of that, if it has that part.
    ///
    /// # Errors
    /// This guard, if it has not.
    #[inline]
    pub fn try_map<F, T2>(self, f: F) -> Result<MappedRef<'a, K, V, T2>, Self>
    where
        F: FnOnce(&T) -> Option<&T2>,
    {
        let Self { part, hold, entry } = self;
        match MappedRwLockReadGuard::try_map(part, f) {
            Ok(part) => Ok(MappedRef { part, hold, entry }),
            Err(part) => Err(Self { part, hold, entry }),
        }
    }
}

impl<'a, K, V, T> MappedRefMut<'a, K, V, T> {
    /// The part of the value.
    #[inline]
    pub fn value(&self) -> &T {
        &self.part
    }

    /// The part of the value.
    #[inline]
    pub fn value_mut(&mut self) -> &mut T {
        &mut self.part
    }

    /// A guard of a part of that.
    #[inline]
    pub fn map<F, T2>(self, f: F) -> MappedRefMut<'a, K, V, T2>
    where
        F: FnOnce(&mut T) -> &mut T2,
    {
        MappedRefMut {
            part: MappedRwLockWriteGuard::map(self.part, f),
            hold: self.hold,
            entry: PhantomData,
        }
    }

    /// A guard of a part of that, if it has that part.
    ///
    /// # Errors
    /// This guard, if it has not.
    #[inline]
    pub fn try_map<F, T2>(self, f: F) -> Result<MappedRefMut<'a, K, V, T2>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut T2>,
    {
        let Self { part, hold, entry } = self;
        match MappedRwLockWriteGuard::try_map(part, f) {
            Ok(part) => Ok(MappedRefMut { part, hold, entry }),
            Err(part) => Err(Self { part, hold, entry }),
        }
    }
}

macro_rules! entry_guard {
    ($guard:ident) => {
        impl<K, V> Deref for $guard<'_, K, V> {
            type Target = V;

            #[inline]
            fn deref(&self) -> &V {
                self.value()
            }
        }

        impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for $guard<'_, K, V> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($guard))
                    .field("k", self.key())
                    .field("v", self.value())
                    .finish()
            }
        }

        /// As the value.
        impl<K, V: serde::Serialize> serde::Serialize for $guard<'_, K, V> {
            fn serialize<Z: serde::Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
                self.value().serialize(serializer)
            }
        }
    };
}

entry_guard!(Ref);
entry_guard!(RefMut);

impl<K, V> DerefMut for RefMut<'_, K, V> {
    #[inline]
    fn deref_mut(&mut self) -> &mut V {
        self.value_mut()
    }
}

macro_rules! part_guard {
    ($guard:ident) => {
        impl<K, V, T> Deref for $guard<'_, K, V, T> {
            type Target = T;

            #[inline]
            fn deref(&self) -> &T {
                self.value()
            }
        }

        impl<K, V, T: fmt::Debug> fmt::Debug for $guard<'_, K, V, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($guard))
                    .field(self.value())
                    .finish()
            }
        }

        impl<K, V, T: fmt::Display> fmt::Display for $guard<'_, K, V, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.value().fmt(f)
            }
        }

        /// As the part of the value.
        impl<K, V, T: serde::Serialize> serde::Serialize for $guard<'_, K, V, T> {
            fn serialize<Z: serde::Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
                self.value().serialize(serializer)
            }
        }

        impl<K, V, T: AsRef<U>, U: ?Sized> AsRef<U> for $guard<'_, K, V, T> {
            fn as_ref(&self) -> &U {
                self.value().as_ref()
            }
        }
    };
}

part_guard!(MappedRef);
part_guard!(MappedRefMut);

impl<K, V, T> DerefMut for MappedRefMut<'_, K, V, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        self.value_mut()
    }
}
