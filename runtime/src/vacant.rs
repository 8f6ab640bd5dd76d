//! Values that are there in name only.

use std::{
    cell::{Cell, OnceCell},
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
    rc::Rc,
    sync::{Arc, OnceLock, Weak},
};

use crate::Keeper;

/// A value that can be vacant: `None`, empty, or a handle whose other side is gone.
///
/// Implement it for a struct around such a handle, so that its entries are known to be dead when the handle is.
///
/// An entry whose value is vacant is *residue*: the key stays and every scan walks over it. Reading never blocks: a
/// value behind a lock that is held counts as not vacant.
pub trait Vacant {
    /// Whether nothing of use is left.
    fn is_vacant(&self) -> bool;

    /// Whether it is a handle, vacant when its other side is gone, rather than something that was emptied.
    fn is_handle() -> bool
    where
        Self: Sized,
    {
        false
    }
}

/// Only `None`: what stands inside a `Some` is not looked into.
impl<T> Vacant for Option<T> {
    #[inline]
    fn is_vacant(&self) -> bool {
        self.is_none()
    }
}

macro_rules! vacant_when_empty {
    ($([$($generics:tt)*] $ty:ty),+ $(,)?) => {$(
        impl<$($generics)*> Vacant for $ty {
            #[inline]
            fn is_vacant(&self) -> bool {
                self.is_empty()
            }
        }
    )+};
}

vacant_when_empty! {
    [] String,
    [] str,
    [] std::ffi::OsString,
    [T] [T],
    [T] Vec<T>,
    [T] VecDeque<T>,
    [T] LinkedList<T>,
    [T] BinaryHeap<T>,
    [T] BTreeSet<T>,
    [K, V] BTreeMap<K, V>,
    [T, S] HashSet<T, S>,
    [K, V, S] HashMap<K, V, S>,
    [K, V, S, T: Keeper<K, V>, L] crate::HashMap<K, V, S, T, L>,
    [K, V, T: Keeper<K, V>] crate::BTreeMap<K, V, T>,
    [T, K: Keeper<T, ()>] crate::BTreeSet<T, K>,
    [T, S, K: Keeper<T, ()>, L] crate::HashSet<T, S, K, L>,
}

#[cfg(feature = "hashbrown")]
vacant_when_empty! {
    [K, V, S] hashbrown::HashMap<K, V, S>,
    [T, S] hashbrown::HashSet<T, S>,
}

#[cfg(feature = "indexmap")]
vacant_when_empty! {
    [K, V, S] indexmap::IndexMap<K, V, S>,
    [T, S] indexmap::IndexSet<T, S>,
    [K, V, S, T: Keeper<K, V>] crate::IndexMap<K, V, S, T>,
    [T, S, K: Keeper<T, ()>] crate::IndexSet<T, S, K>,
}

#[cfg(feature = "slab")]
vacant_when_empty! {
    [T] slab::Slab<T>,
    [V, T: Keeper<usize, V>] crate::Slab<V, T>,
}

macro_rules! vacant_through {
    ($($ty:ident),+) => {$(
        impl<T: Vacant + ?Sized> Vacant for $ty<T> {
            #[inline]
            fn is_vacant(&self) -> bool {
                (**self).is_vacant()
            }
        }
    )+};
}

vacant_through!(Box, Arc, Rc);

impl<T: ?Sized> Vacant for Weak<T> {
    #[inline]
    fn is_vacant(&self) -> bool {
        self.strong_count() == 0
    }

    fn is_handle() -> bool {
        true
    }
}

impl<T: ?Sized> Vacant for std::rc::Weak<T> {
    #[inline]
    fn is_vacant(&self) -> bool {
        self.strong_count() == 0
    }

    fn is_handle() -> bool {
        true
    }
}

/// `read` returns the value behind a guard if it can have it without waiting.
macro_rules! vacant_unless_held {
    ($($lock:ty: |$this:ident| $read:expr);+ $(;)?) => {$(
        /// What is held counts as not vacant; a poisoned lock is read all the same.
        impl<T: $crate::Vacant + ?Sized> $crate::Vacant for $lock {
            fn is_vacant(&self) -> bool {
                let $this = self;
                $read.is_some_and(|value| value.is_vacant())
            }
        }
    )+};
}
pub(crate) use vacant_unless_held;

impl<T: Vacant + Copy> Vacant for Cell<T> {
    #[inline]
    fn is_vacant(&self) -> bool {
        self.get().is_vacant()
    }
}

impl<T: Vacant> Vacant for OnceCell<T> {
    fn is_vacant(&self) -> bool {
        self.get().is_some_and(Vacant::is_vacant)
    }
}

impl<T: Vacant> Vacant for OnceLock<T> {
    fn is_vacant(&self) -> bool {
        self.get().is_some_and(Vacant::is_vacant)
    }
}

/// A finished thread has nothing left to do but be joined.
impl<T> Vacant for std::thread::JoinHandle<T> {
    fn is_vacant(&self) -> bool {
        self.is_finished()
    }

    fn is_handle() -> bool {
        true
    }
}

#[cfg(feature = "tokio")]
mod tokio_handles {
    use super::Vacant;

    macro_rules! vacant_when_closed {
        ($($ty:ty),+ $(,)?) => {$(
            impl<T> Vacant for $ty {
                #[inline]
                fn is_vacant(&self) -> bool {
                    self.is_closed()
                }

                fn is_handle() -> bool {
                    true
                }
            }
        )+};
    }

    vacant_when_closed! {
        tokio::sync::oneshot::Sender<T>,
        tokio::sync::mpsc::Sender<T>,
        tokio::sync::mpsc::UnboundedSender<T>,
        tokio::sync::watch::Sender<T>,
    }

    impl<T> Vacant for tokio::sync::broadcast::Sender<T> {
        #[inline]
        fn is_vacant(&self) -> bool {
            self.receiver_count() == 0
        }

        fn is_handle() -> bool {
            true
        }
    }

    impl<T> Vacant for tokio::task::JoinHandle<T> {
        #[inline]
        fn is_vacant(&self) -> bool {
            self.is_finished()
        }

        fn is_handle() -> bool {
            true
        }
    }
}
