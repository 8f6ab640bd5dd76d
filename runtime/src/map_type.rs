//! Which types are maps, alone or wrapped: the type system finds the map, the macro never looks.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
    sync::{Arc, LazyLock, Mutex, OnceLock, RwLock},
};

use crate::Keeper;

/// A map type, or something around one; knows its instrumented counterpart.
///
/// Implemented for std's and mapkeeper's `HashMap` and `HashSet` (a map of its elements to `()`), hashbrown's with the feature
/// `hashbrown`, and for `Arc`, `Rc`, `Box`, `Option`, `Mutex`, `RwLock`, `RefCell`,
/// `OnceLock`, `OnceCell` and `LazyLock` around them, in any depth.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a map that mapkeeper can track",
    label = "not a map mapkeeper knows",
    note = "`#[map]` goes on `HashMap` and `HashSet` (std's or mapkeeper's), alone or inside `Arc`, `Rc`, `Box`, `Option`, `Mutex`, \
            `RwLock`, `RefCell`, `OnceLock`, `OnceCell` or `LazyLock`; remove `#[map]` from other fields"
)]
pub trait MapType {
    /// The map's key type.
    type Key;
    /// The map's value type.
    type Value;
    /// The same type around a map that `T` keeps.
    type With<T: Keeper<Self::Key, Self::Value>>;
}

impl<K, V, S> MapType for std::collections::HashMap<K, V, S> {
    type Key = K;
    type Value = V;
    type With<T: Keeper<K, V>> = crate::HashMap<K, V, S, T>;
}

impl<K, V, S, U: Keeper<K, V>> MapType for crate::HashMap<K, V, S, U> {
    type Key = K;
    type Value = V;
    type With<T: Keeper<K, V>> = crate::HashMap<K, V, S, T>;
}

impl<T, S> MapType for std::collections::HashSet<T, S> {
    type Key = T;
    type Value = ();
    type With<K: Keeper<T, ()>> = crate::HashSet<T, S, K>;
}

impl<T, S, U: Keeper<T, ()>> MapType for crate::HashSet<T, S, U> {
    type Key = T;
    type Value = ();
    type With<K: Keeper<T, ()>> = crate::HashSet<T, S, K>;
}

/// hashbrown's maps, with its global allocator, become mapkeeper's with the same hasher.
#[cfg(feature = "hashbrown")]
impl<K, V, S> MapType for hashbrown::HashMap<K, V, S> {
    type Key = K;
    type Value = V;
    type With<T: Keeper<K, V>> = crate::HashMap<K, V, S, T>;
}

#[cfg(feature = "hashbrown")]
impl<T, S> MapType for hashbrown::HashSet<T, S> {
    type Key = T;
    type Value = ();
    type With<K: Keeper<T, ()>> = crate::HashSet<T, S, K>;
}

macro_rules! passes_through {
    ($($wrapper:ident),+ $(,)?) => {$(
        impl<M: MapType> MapType for $wrapper<M> {
            type Key = M::Key;
            type Value = M::Value;
            type With<T: Keeper<M::Key, M::Value>> = $wrapper<M::With<T>>;
        }
    )+};
}

passes_through!(
    Arc, Rc, Box, Option, Mutex, RwLock, RefCell, OnceLock, OnceCell, LazyLock
);

/// A field's type with its map kept by `T`.
///
/// Not public API: named by generated code.
#[doc(hidden)]
pub type Tracked<F, T> = <F as MapType>::With<T>;

/// The key type of a field's map.
///
/// Not public API: named by generated code.
#[doc(hidden)]
pub type Key<F> = <F as MapType>::Key;

/// The value type of a field's map.
///
/// Not public API: named by generated code.
#[doc(hidden)]
pub type Value<F> = <F as MapType>::Value;
