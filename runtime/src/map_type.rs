//! Which types are maps, alone or wrapped: the type system finds the map, the macro never looks.

use crate::{
    Keeper, Untracked,
    signature::{OfElements, OfEntries, Signature},
};

/// A map type, or something around one; knows its instrumented counterpart.
///
/// Implemented for std's and mapkeeper's `HashMap`, `BTreeMap`, `HashSet` and `BTreeSet` (maps of their elements to `()`), hashbrown's
/// map and set with the feature `hashbrown`, indexmap's with `indexmap`, `slab::Slab` with the feature `slab`, the maps of
/// `mapkeeper::sync` with `sync`, dashmap's (which become those) with `dashmap`, and in any depth for what may be around them:
///
/// | around a map | feature |
/// |---|---|
/// | `Arc`, `Rc`, `Box`, `Option`, `Mutex`, `RwLock`, `RefCell`, `OnceLock`, `OnceCell`, `LazyLock`, `LazyCell` | |
/// | several maps of one site: `Vec<_>`, `[_; N]`, `Box<[_]>`, `Arc<[_]>`, `Rc<[_]>` | |
/// | `parking_lot::{Mutex, RwLock}` | `parking_lot` |
/// | `tokio::sync::{Mutex, RwLock, OnceCell}` | `tokio` |
/// | `once_cell::{sync, unsync}::{OnceCell, Lazy}` | `once_cell` |
/// | `arc_swap::{ArcSwap, ArcSwapOption}` | `arc-swap` |
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a map that mapkeeper can track",
    label = "not a map mapkeeper knows",
    note = "maps are `HashMap`, `BTreeMap`, `HashSet` and `BTreeSet` (std's or mapkeeper's), alone or inside `Arc`, `Rc`, `Box`, \
            `Option`, `Vec`, arrays, std's locks and cells; leave mapkeeper's attribute off everything else",
    note = "the maps of `hashbrown`, `indexmap`, `slab` and `dashmap`, and the locks and cells of `parking_lot`, `tokio`, `once_cell` and \
            `arc-swap` need mapkeeper's feature of their crate's name: `mapkeeper = {{ version = \"0.1\", features = [\"hashbrown\"] }}`"
)]
pub trait MapType {
    /// The map's key type.
    type Key;
    /// The map's value type.
    type Value;
    /// What its hooks and guards are called with: [`OfEntries`] of a map, [`OfElements`] of a set.
    type Signature: Signature<Self::Key, Self::Value>;
    /// The same type around a map that `T` keeps.
    type With<T: Keeper<Self::Key, Self::Value>>;
}

/// A map, or something around one, that could have maps as its values: what `#[map(deep)]` asks for.
#[diagnostic::on_unimplemented(
    message = "`deep` cannot look into `{Self}`",
    label = "not a map of maps",
    note = "`deep` tracks the inner maps of a `HashMap<K, HashMap<…>>` and the like; leave it out for a map of other values"
)]
pub trait MapOfMaps: MapType {
    /// The same type with values of type `V`.
    type WithValue<V>: MapType;
}

impl<K, V, S> MapType for std::collections::HashMap<K, V, S> {
    type Key = K;
    type Value = V;
    type Signature = OfEntries;
    type With<T: Keeper<K, V>> = crate::HashMap<K, V, S, T>;
}

impl<K, V, S, U: Keeper<K, V>, L> MapType for crate::HashMap<K, V, S, U, L> {
    type Key = K;
    type Value = V;
    type Signature = OfEntries;
    type With<T: Keeper<K, V>> = crate::HashMap<K, V, S, T, L>;
}

impl<K, V, S> MapOfMaps for std::collections::HashMap<K, V, S> {
    type WithValue<W> = std::collections::HashMap<K, W, S>;
}

impl<K, V, S, U: Keeper<K, V>, L> MapOfMaps for crate::HashMap<K, V, S, U, L> {
    // Its keeper is of these values; the one to come is of the others.
    type WithValue<W> = crate::HashMap<K, W, S, Untracked, L>;
}

impl<T, S> MapType for std::collections::HashSet<T, S> {
    type Key = T;
    type Value = ();
    type Signature = OfElements;
    type With<K: Keeper<T, ()>> = crate::HashSet<T, S, K>;
}

impl<T, S, U: Keeper<T, ()>, L> MapType for crate::HashSet<T, S, U, L> {
    type Key = T;
    type Value = ();
    type Signature = OfElements;
    type With<K: Keeper<T, ()>> = crate::HashSet<T, S, K, L>;
}

/// hashbrown's maps, with its global allocator, become mapkeeper's with the same hasher and hashbrown's rule for lookups.
#[cfg(feature = "hashbrown")]
impl<K, V, S> MapType for hashbrown::HashMap<K, V, S> {
    type Key = K;
    type Value = V;
    type Signature = OfEntries;
    type With<T: Keeper<K, V>> = crate::HashMap<K, V, S, T, crate::hash_map::ByEquivalent>;
}

#[cfg(feature = "hashbrown")]
impl<T, S> MapType for hashbrown::HashSet<T, S> {
    type Key = T;
    type Value = ();
    type Signature = OfElements;
    type With<K: Keeper<T, ()>> = crate::HashSet<T, S, K, crate::hash_map::ByEquivalent>;
}

#[cfg(feature = "hashbrown")]
impl<K, V, S> MapOfMaps for hashbrown::HashMap<K, V, S> {
    type WithValue<W> = hashbrown::HashMap<K, W, S>;
}

macro_rules! passes_through {
    ($($($wrapper:ident)::+),+ $(,)?) => {$(
        impl<M: $crate::MapType> $crate::MapType for $($wrapper)::+<M> {
            type Key = M::Key;
            type Value = M::Value;
            type Signature = M::Signature;
            type With<T: $crate::Keeper<M::Key, M::Value>> = $($wrapper)::+<M::With<T>>;
        }

        impl<M: $crate::MapOfMaps> $crate::MapOfMaps for $($wrapper)::+<M> {
            type WithValue<V> = $($wrapper)::+<M::WithValue<V>>;
        }
    )+};
}
pub(crate) use passes_through;

/// A field's type with its map kept by `T`.
///
/// Not public API: named by generated code.
#[doc(hidden)]
pub type Tracked<F, T> = <F as MapType>::With<T>;

/// A field's type with other values in its map.
///
/// Not public API: named by generated code.
#[doc(hidden)]
pub type WithValue<F, V> = <F as MapOfMaps>::WithValue<V>;

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
