//! What the hooks and guards that a user names are called with: a key and its value, or of a set the element alone.
//!
//! The field's type decides ([`MapType::Signature`]); a function of another signature is a type mismatch at its path.

use crate::{ElementHook, MapType, RemovalCause, RemovalHook};

/// The signatures of a map's functions, and how an entry is handed to them.
pub trait Signature<K, V> {
    /// That of `on_remove = path`.
    type OnRemove;
    /// That of `guard = path`, whose reason may borrow from the entry.
    type Guard<'k, 'v, E>
    where
        K: 'k,
        V: 'v;

    /// Calls the hook.
    fn on_remove(hook: Self::OnRemove, key: &K, value: &V, cause: RemovalCause);

    /// Calls the guard.
    ///
    /// # Errors
    /// The guard's own.
    fn guard<'k, 'v, E>(guard: Self::Guard<'k, 'v, E>, key: &'k K, value: &'v V) -> Result<(), E>;
}

/// Hooks with state, as a map with the signatures `S` calls them: [`RemovalHook`]s or [`ElementHook`]s.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no removal hook for this map",
    label = "does not implement `RemovalHook<{K}, {V}>` (of a set: `ElementHook<{K}>`)",
    note = "write `impl mapkeeper::RemovalHook<{K}, {V}> for {Self}` (of a set: `impl mapkeeper::ElementHook<{K}> for {Self}`), or \
            use `on_remove = path` for a hook without state"
)]
pub trait StatefulHook<S, K, V> {
    /// Calls them.
    fn call(&mut self, key: &K, value: &V, cause: RemovalCause);
}

/// Of a map: `fn(&K, &V, RemovalCause)`, `fn(&K, &V) -> Result<(), E>`, [`RemovalHook`].
#[derive(Debug)]
pub enum OfEntries {}

/// Of a set: `fn(&T, RemovalCause)`, `fn(&T) -> Result<(), E>`, [`ElementHook`].
#[derive(Debug)]
pub enum OfElements {}

impl<K, V> Signature<K, V> for OfEntries {
    type OnRemove = fn(&K, &V, RemovalCause);
    type Guard<'k, 'v, E>
        = fn(&'k K, &'v V) -> Result<(), E>
    where
        K: 'k,
        V: 'v;

    #[inline(always)]
    fn on_remove(hook: Self::OnRemove, key: &K, value: &V, cause: RemovalCause) {
        hook(key, value, cause);
    }

    #[inline(always)]
    fn guard<'k, 'v, E>(guard: Self::Guard<'k, 'v, E>, key: &'k K, value: &'v V) -> Result<(), E> {
        guard(key, value)
    }
}

impl<H: RemovalHook<K, V>, K, V> StatefulHook<OfEntries, K, V> for H {
    #[inline(always)]
    fn call(&mut self, key: &K, value: &V, cause: RemovalCause) {
        self.on_remove(key, value, cause);
    }
}

impl<T> Signature<T, ()> for OfElements {
    type OnRemove = fn(&T, RemovalCause);
    type Guard<'k, 'v, E>
        = fn(&'k T) -> Result<(), E>
    where
        T: 'k;

    #[inline(always)]
    fn on_remove(hook: Self::OnRemove, element: &T, (): &(), cause: RemovalCause) {
        hook(element, cause);
    }

    #[inline(always)]
    fn guard<'k, 'v, E>(
        guard: Self::Guard<'k, 'v, E>,
        element: &'k T,
        (): &'v (),
    ) -> Result<(), E> {
        guard(element)
    }
}

impl<H: ElementHook<T>, T> StatefulHook<OfElements, T, ()> for H {
    #[inline(always)]
    fn call(&mut self, element: &T, (): &(), cause: RemovalCause) {
        self.on_remove(element, cause);
    }
}

/// The signature of a field's functions.
///
/// Not public API: named by generated code.
#[doc(hidden)]
pub type SignatureOf<F> = <F as MapType>::Signature;

/// What `on_remove` is for a field.
///
/// Not public API: named by generated code.
#[doc(hidden)]
pub type OnRemove<F> =
    <SignatureOf<F> as Signature<<F as MapType>::Key, <F as MapType>::Value>>::OnRemove;

/// What `guard` is for a field.
///
/// Not public API: named by generated code.
#[doc(hidden)]
pub type Guard<'k, 'v, F, E> =
    <SignatureOf<F> as Signature<<F as MapType>::Key, <F as MapType>::Value>>::Guard<'k, 'v, E>;

/// What `residue = path` is for values of type `V`.
///
/// Not public API: named by generated code.
#[doc(hidden)]
pub type IsVacant<V> = fn(&V) -> bool;
