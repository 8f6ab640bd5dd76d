//! dashmap's operators: short for methods of the map.

use std::{
    borrow::Borrow,
    hash::{BuildHasher, Hash},
    ops::{BitAnd, BitOr, Shl, Shr, Sub},
};

use super::{HashMap, Ref, RefMut};
use crate::{Keeper, Unguarded};

/// [`HashMap::insert`].
impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>> Shl<(K, V)> for &HashMap<K, V, S, T> {
    type Output = Option<V>;

    #[track_caller]
    fn shl(self, (key, value): (K, V)) -> Option<V> {
        self.insert(key, value)
    }
}

/// [`HashMap::get`]; panics if the key is not there.
impl<'a, K, V, S, T, Q> Shr<&Q> for &'a HashMap<K, V, S, T>
where
    K: Eq + Hash + Borrow<Q>,
    S: BuildHasher,
    T: Keeper<K, V>,
    Q: Hash + Eq + ?Sized,
{
    type Output = Ref<'a, K, V>;

    #[track_caller]
    fn shr(self, key: &Q) -> Ref<'a, K, V> {
        match self.get(key) {
            Some(value) => value,
            None => panic!("`map >> &key`: the key is not there; `get` says so without a panic"),
        }
    }
}

/// [`HashMap::get_mut`]; panics if the key is not there.
impl<'a, K, V, S, T, Q> BitOr<&Q> for &'a HashMap<K, V, S, T>
where
    K: Eq + Hash + Borrow<Q>,
    S: BuildHasher,
    T: Keeper<K, V>,
    Q: Hash + Eq + ?Sized,
{
    type Output = RefMut<'a, K, V>;

    #[track_caller]
    fn bitor(self, key: &Q) -> RefMut<'a, K, V> {
        match self.get_mut(key) {
            Some(value) => value,
            None => panic!("`map | &key`: the key is not there; `get_mut` says so without a panic"),
        }
    }
}

/// [`HashMap::remove`].
impl<K, V, S, T, Q> Sub<&Q> for &HashMap<K, V, S, T>
where
    K: Eq + Hash + Borrow<Q>,
    S: BuildHasher,
    T: Keeper<K, V> + Unguarded,
    Q: Hash + Eq + ?Sized,
{
    type Output = Option<(K, V)>;

    #[track_caller]
    fn sub(self, key: &Q) -> Option<(K, V)> {
        self.remove(key)
    }
}

/// [`HashMap::contains_key`].
impl<K, V, S, T, Q> BitAnd<&Q> for &HashMap<K, V, S, T>
where
    K: Eq + Hash + Borrow<Q>,
    S: BuildHasher,
    T: Keeper<K, V>,
    Q: Hash + Eq + ?Sized,
{
    type Output = bool;

    #[track_caller]
    fn bitand(self, key: &Q) -> bool {
        self.contains_key(key)
    }
}
