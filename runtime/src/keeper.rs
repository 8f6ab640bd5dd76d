//! What a map asks of the place it stands in: its site, hooks, guard and probes.
//!
//! `#[tracked]` writes one zero-sized [`Keeper`] per annotated field; everything in it is static, so a map that
//! declares no hook pays for none. This module cannot see a map and keeps no record.

use crate::{Contract, Site, TrackedMaps, WeakValue};

/// Why an entry left its map.
///
/// | method | cause |
/// |---|---|
/// | `remove`, `remove_entry`, `remove_many`, `try_remove*`, `OccupiedEntry::remove*`, a set's `take`, `^=` | `Removed` |
/// | `insert`, `extend`, `insert_entry`, `OccupiedEntry::insert` over an existing key, a set's `replace` | `Replaced` |
/// | `clear`, `reset_maps`, `clone_from` | `Cleared` |
/// | `drain` | `Drained` |
/// | `retain`, `try_retain`, `extract_if`, a set's `&=`, `-=` | `Filtered` |
/// | `into_iter`, `into_keys`, `into_values`, conversion into std's map | `Taken` |
/// | the map is dropped, overwritten by assignment or unwound over | `MapDropped` |
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RemovalCause {
    /// The program asked for this key to go.
    Removed,
    /// Another value took the key.
    Replaced,
    /// The whole map was cleared.
    Cleared,
    /// The whole map was drained.
    Drained,
    /// A predicate turned the entry out.
    Filtered,
    /// The map was consumed and its entries handed over.
    Taken,
    /// The map itself went.
    MapDropped,
}

impl RemovalCause {
    /// Every cause, in the order of their declaration.
    pub const ALL: [Self; 7] = [
        Self::Removed,
        Self::Replaced,
        Self::Cleared,
        Self::Drained,
        Self::Filtered,
        Self::Taken,
        Self::MapDropped,
    ];

    /// The cause as reports and events spell it: `removed`, `replaced`, …
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Replaced => "replaced",
            Self::Cleared => "cleared",
            Self::Drained => "drained",
            Self::Filtered => "filtered",
            Self::Taken => "taken",
            Self::MapDropped => "map_dropped",
        }
    }
}

impl std::fmt::Display for RemovalCause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The static description of one map: what `#[tracked]` implements for each annotated field.
///
/// Written by hand only by those who cannot use the macro. A method left out means "this map does not do that".
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe a map of `{K}` to `{V}`",
    note = "a `Keeper` is written by `#[mapkeeper::tracked]` for each `#[map]` field; a plain map uses `mapkeeper::Untracked`"
)]
pub trait Keeper<K, V>: Sized {
    /// The keeper of a map that has just been made.
    const NEW: Self;
    /// Whether the map's entries are recorded.
    const TRACKED: bool = false;
    /// Whether [`on_remove`](Self::on_remove) does anything.
    const HOOKED: bool = false;
    /// Whether [`guard`](Self::guard) does anything.
    const GUARDED: bool = false;
    /// Whether its values are tracked maps that belong to it (`deep`).
    const DEEP: bool = false;
    /// Whether a value that leaves is watched even if the map was its only owner (`watch`). While it is, `Arc::get_mut`
    /// fails on it. In strict all are.
    const WATCHES_ALL: bool = false;
    /// Whether the map is a shard of one map, which counts them as one.
    ///
    /// Not public API.
    #[doc(hidden)]
    const IS_SHARD: bool = false;
    /// What the programmer declared about the map.
    const CONTRACT: Contract = Contract::NONE;

    /// The place in the source this map belongs to.
    #[inline]
    fn site() -> Option<&'static Site> {
        None
    }

    /// Called once for each entry that leaves, before its value is handed over or dropped.
    #[inline]
    fn on_remove(&mut self, key: &K, value: &V, cause: RemovalCause) {
        let _ = (key, value, cause);
    }

    /// Whether the entry may be removed; `Err` carries the reason it may not.
    ///
    /// # Errors
    /// The guard's own reason.
    #[inline]
    fn guard(key: &K, value: &V) -> Result<(), String> {
        let _ = (key, value);
        Ok(())
    }

    /// Whether [`is_vacant`](Self::is_vacant) can ever be true for this type.
    #[inline]
    fn knows_vacancy() -> bool {
        false
    }

    /// Whether a vacant value is a handle whose other side is gone, rather than one that was emptied.
    #[inline]
    fn holds_handles() -> bool {
        false
    }

    /// Whether the value is there in name only (`None`, empty, a dead handle).
    #[inline]
    fn is_vacant(value: &V) -> bool {
        let _ = value;
        false
    }

    /// How many owners the value has, if it is an `Arc` or `Rc`.
    #[inline]
    fn strong_count(value: &V) -> Option<usize> {
        let _ = value;
        None
    }

    /// How a value that leaves can be watched; `None` if values of this type cannot be.
    ///
    /// Values are asked while they are still owned, and not more often than there is room for; it must not panic. The
    /// keeper of `Arc`s or `Rc`s answers `Some(WeakValue::of_arc)` or `Some(WeakValue::of_rc)`.
    #[inline]
    fn watcher() -> Option<fn(&V) -> Option<WeakValue>> {
        None
    }

    /// The maps in a value, where they belong to this one (`deep`).
    #[inline]
    fn maps_in(value: &V) -> Option<&dyn TrackedMaps> {
        let _ = value;
        None
    }

    /// A hash of the key, if its type has one: observe samples the entries of maps without hashes of their own by it, and
    /// strict's [flight recorder](crate::flight_recorder) tells their keys apart. It may be any that spreads keys, but has to
    /// stay what it is while an entry lives.
    #[inline]
    fn key_hash(key: &K) -> Option<u64> {
        let _ = key;
        None
    }

    /// The key as text, only where `show_keys` was asked for (of the [`CONTRACT`](Self::CONTRACT), too, for strict's flight
    /// recorder to ask).
    #[inline]
    fn show_key(key: &K) -> Option<String> {
        let _ = key;
        None
    }
}

/// The keeper of a map nobody annotated: it records nothing and runs nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Untracked;

impl<K, V> Keeper<K, V> for Untracked {
    const NEW: Self = Self;
}

impl Unguarded for Untracked {}

/// A keeper whose hooks have state of their own (`hooks = Type`).
pub trait StatefulKeeper {
    /// The type named in `hooks = Type`.
    type Hooks;
    /// The hooks of this map, made by `Default` at first use.
    fn hooks_mut(&mut self) -> &mut Self::Hooks;
}

/// Maps without a guard: the only ones whose entries can leave unasked.
#[diagnostic::on_unimplemented(
    message = "this map is guarded: its entries cannot leave without asking",
    label = "a guarded map has no unchecked removal",
    note = "use `try_remove`, `try_remove_entry` or `try_retain` (of a slab or an index map, what ends in `_if_allowed`), which ask \
            the guard and return its veto"
)]
pub trait Unguarded {}

/// A removal hook with state, kept in the map (`#[map(hooks = Type)]`).
pub trait RemovalHook<K, V> {
    /// Called once for each entry that leaves, before its value is handed over or dropped.
    fn on_remove(&mut self, key: &K, value: &V, cause: RemovalCause);
}

/// A removal hook with state, kept in the set (`#[map(hooks = Type)]`).
pub trait ElementHook<T> {
    /// Called once for each element that leaves, before it is handed over or dropped.
    fn on_remove(&mut self, element: &T, cause: RemovalCause);
}

/// A guard's refusal to let an entry go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vetoed {
    pub(crate) site: &'static str,
    pub(crate) reason: String,
}

impl Vetoed {
    /// The map's name.
    pub fn site(&self) -> &'static str {
        self.site
    }

    /// What the guard said.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl std::fmt::Display for Vetoed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the guard of {} kept the entry: {}",
            self.site, self.reason
        )
    }
}

impl std::error::Error for Vetoed {}

/// Hooks that come to life at their first use, so that an empty map costs nothing and stays `const`.
///
/// Not public API: named by generated code.
#[doc(hidden)]
#[derive(Debug)]
pub struct Lazy<H>(Option<H>);

impl<H> Lazy<H> {
    /// Not yet made.
    pub const NEW: Self = Self(None);

    /// The hooks, made now if they were not yet.
    pub fn get(&mut self) -> &mut H
    where
        H: Default,
    {
        self.0.get_or_insert_with(H::default)
    }
}
