//! What every kind of map is made of: trait bodies and methods, as macros over the methods that a kind writes by hand.
//!
//! Nothing here knows a table or keeps a record.

/// What can be done with an entry whether or not its key is there, and `Debug`. `$of` is the path of the original's
/// `Entry`, for the documentation; `$bounds` what the kind asks of its keys.
macro_rules! entry {
    ($of:literal, [$($bound:tt)*]) => {
        impl<'a, K: $($bound)*, V, T: Keeper<K, V>> Entry<'a, K, V, T> {
            #[doc = concat!("Same as [`", $of, "::or_insert`]; counts one insertion if the key was not there.")]
            #[inline]
            #[track_caller]
            pub fn or_insert(self, default: V) -> &'a mut V {
                match self {
                    Entry::Occupied(entry) => entry.into_mut(),
                    Entry::Vacant(entry) => entry.insert(default),
                }
            }

            #[doc = concat!("Same as [`", $of, "::or_insert_with`]; counts one insertion if the key was not there.")]
            #[inline]
            #[track_caller]
            pub fn or_insert_with<F: FnOnce() -> V>(self, default: F) -> &'a mut V {
                match self {
                    Entry::Occupied(entry) => entry.into_mut(),
                    Entry::Vacant(entry) => entry.insert(default()),
                }
            }

            #[doc = concat!("Same as [`", $of, "::or_insert_with_key`]; counts one insertion if the key was not there.")]
            #[inline]
            #[track_caller]
            pub fn or_insert_with_key<F: FnOnce(&K) -> V>(self, default: F) -> &'a mut V {
                match self {
                    Entry::Occupied(entry) => entry.into_mut(),
                    Entry::Vacant(entry) => {
                        let value = default(entry.key());
                        entry.insert(value)
                    }
                }
            }

            #[doc = concat!("Same as [`", $of, "::or_default`]; counts one insertion if the key was not there.")]
            #[inline]
            #[track_caller]
            pub fn or_default(self) -> &'a mut V
            where
                V: Default,
            {
                match self {
                    Entry::Occupied(entry) => entry.into_mut(),
                    Entry::Vacant(entry) => entry.insert(V::default()),
                }
            }

            #[doc = concat!("Same as [`", $of, "::key`]; records nothing.")]
            #[inline]
            pub fn key(&self) -> &K {
                match self {
                    Entry::Occupied(entry) => entry.key(),
                    Entry::Vacant(entry) => entry.key(),
                }
            }

            #[doc = concat!("Same as [`", $of, "::and_modify`]; strict looks at the value again later.")]
            #[inline]
            #[track_caller]
            pub fn and_modify<F: FnOnce(&mut V)>(mut self, f: F) -> Self {
                if let Entry::Occupied(entry) = &mut self {
                    f(entry.get_mut());
                }
                self
            }

            #[doc = concat!("Same as [`", $of, "::insert_entry`]; counts one insertion or one replacement.")]
            #[inline]
            #[track_caller]
            pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, T> {
                match self {
                    Entry::Occupied(mut entry) => {
                        entry.insert(value);
                        entry
                    }
                    Entry::Vacant(entry) => entry.insert_entry(value),
                }
            }
        }

        impl<K: fmt::Debug + $($bound)*, V: fmt::Debug, T: Keeper<K, V>> fmt::Debug for Entry<'_, K, V, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    Entry::Vacant(entry) => f.debug_tuple("Entry").field(entry).finish(),
                    Entry::Occupied(entry) => f.debug_tuple("Entry").field(entry).finish(),
                }
            }
        }
    };
}

/// `Extend` and `FromIterator`: each entry is inserted. `find` and `collect` are the parameters with the bounds that the kind
/// asks for to find a key, and to be made of entries.
macro_rules! made_of_entries {
    ($map:ty; find: [$($find:tt)*]; collect: [$($collect:tt)*];) => {
        impl<$($find)*> Extend<(K, V)> for $map {
            #[track_caller]
            fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, iter: I) {
                let iter = iter.into_iter();
                self.reserve_for(iter.size_hint().0);
                for (key, value) in iter {
                    self.insert(key, value);
                }
            }
        }

        impl<'a, $($find)*> Extend<(&'a K, &'a V)> for $map
        where
            K: Copy,
            V: Copy,
        {
            #[track_caller]
            fn extend<I: IntoIterator<Item = (&'a K, &'a V)>>(&mut self, iter: I) {
                self.extend(iter.into_iter().map(|(key, value)| (*key, *value)));
            }
        }

        impl<$($collect)*> FromIterator<(K, V)> for $map {
            #[track_caller]
            fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> Self {
                let mut map = Self::default();
                map.extend(iter);
                map
            }
        }
    };
}

/// The wire format of std's maps: a map of keys to values. What is read in is inserted, entry by entry.
macro_rules! wire_format {
    ($map:ty; any: [$($any:tt)*]; collect: [$($collect:tt)*];) => {
        impl<$($any)*> serde::Serialize for $map
        where
            K: serde::Serialize,
            V: serde::Serialize,
        {
            fn serialize<Z: serde::Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
                serializer.collect_map(self)
            }
        }

        impl<'de, $($collect)*> serde::Deserialize<'de> for $map
        where
            K: serde::Deserialize<'de>,
            V: serde::Deserialize<'de>,
        {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map($crate::maps::Entries::<Self>(std::marker::PhantomData))
            }
        }

        impl<'de, $($collect)*> serde::de::Visitor<'de> for $crate::maps::Entries<$map>
        where
            K: serde::Deserialize<'de>,
            V: serde::Deserialize<'de>,
        {
            type Value = $map;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut access: A) -> Result<$map, A::Error> {
                let mut map = <$map>::default();
                map.reserve_for($crate::maps::room_for::<(K, V)>(access.size_hint()));
                while let Some((key, value)) = access.next_entry()? {
                    map.insert(key, value);
                }
                Ok(map)
            }
        }
    };
}

pub(crate) use {entry, made_of_entries, wire_format};

/// Reads entries into a map.
pub(crate) struct Entries<M>(pub(crate) std::marker::PhantomData<fn() -> M>);

/// For how many entries room is made on the sender's word: a mebibyte of them at most.
pub(crate) fn room_for<E>(hint: Option<usize>) -> usize {
    const BYTES: usize = 1 << 20;
    let most = BYTES / size_of::<E>().max(1);
    hint.unwrap_or(0).min(most)
}
