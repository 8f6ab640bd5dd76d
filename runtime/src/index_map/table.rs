//! Where the entries are, and how much room there was when that was last looked at.

use crate::{
    mode::Footprint,
    store::{Keyless, keyless_store},
};

pub(crate) type Inner<K, V, S> = ::indexmap::IndexMap<K, Keyless<V>, S>;

/// A map says that it has less room for each place of its index that was used once, so what is recorded of its size is what
/// was seen when it was given that room.
pub(super) struct Table<K, V, S> {
    pub(super) map: Inner<K, V, S>,
    room: Footprint,
}

keyless_store!([K, V, S] Table<K, V, S>, Some(|table| table.room));

/// What a map with room for so many takes up, about: its entries with their hashes, and an index that is at most seven eighths
/// full.
pub(super) const fn bytes<K, V>(capacity: usize) -> usize {
    let index = size_of::<usize>() * capacity * 8 / 7;
    capacity * size_of::<(usize, K, Keyless<V>)>() + index
}

impl<K, V, S> Table<K, V, S> {
    pub(super) const fn new(map: Inner<K, V, S>) -> Self {
        Self {
            map,
            room: Footprint::EMPTY,
        }
    }

    /// Looks how much room there is now; says how much there was, if that is another.
    #[inline]
    pub(super) fn look_at_room(&mut self) -> Option<Footprint> {
        let capacity = self.map.capacity();
        let now = Footprint::of_room((capacity, bytes::<K, V>(capacity)));
        let before = std::mem::replace(&mut self.room, now);
        (before != now).then_some(before)
    }

    /// Whether there was no more room than this when it was last looked at. (To ask the map takes longer than to look an entry
    /// up in a small one.)
    #[inline(always)]
    pub(super) fn is_full(&self) -> bool {
        self.map.len() >= self.room.entries()
    }

    /// There is no room any more, as far as anybody has to know.
    pub(super) fn forget_room(&mut self) -> Footprint {
        std::mem::replace(&mut self.room, Footprint::EMPTY)
    }

    fn len(&self) -> usize {
        self.map.len()
    }

    fn iter(&self) -> impl Iterator<Item = (&K, &Keyless<V>)> {
        self.map.iter()
    }

    fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut Keyless<V>)> {
        self.map.iter_mut()
    }
}
