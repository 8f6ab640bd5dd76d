//! How slabs are made, and how they end.

use std::{fmt, marker::PhantomData, mem};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

use super::{Inner, Slab, entries};
use crate::{
    Keeper, RemovalCause,
    log::{Log, listens},
    mode::{Caller, Footprint, Recorder, Stamp},
    store::{Slot, Store},
};

impl<V, T: Keeper<usize, V>> Slab<V, T> {
    /// Same as [`slab::Slab::new`]; allocates and registers nothing, `const` in every mode.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            slab: Inner::new(),
            log: Log::new(T::NEW),
        }
    }

    /// Same as [`slab::Slab::with_capacity`]; records the slab's size.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let mut slab = Self::new();
        slab.reserve_exact(capacity);
        slab
    }

    /// The entries were put there by nobody that was seen.
    fn of(inner: Inner<V>, at: Caller) -> Self {
        let mut slab = Self::new();
        slab.slab = inner;
        slab.log
            .recorder
            .room_changed::<usize, V, T>(&slab.slab, Footprint::EMPTY);
        slab.log
            .adopt::<usize, V>(slab.slab.iter_mut(), |_, _| {}, at);
        slab
    }

    /// Takes the entries out, gone for [`Taken`](RemovalCause::Taken).
    #[track_caller]
    pub(super) fn take_slab(mut self, at: Caller) -> Inner<V> {
        self.log
            .recorder
            .settle_quietly::<usize, V, T>(&mut self.slab);
        let panics = self.note_all_left(RemovalCause::Taken, at);
        let before = self.slab.footprint();
        let slab = mem::take(&mut self.slab);
        self.log.recorder.moved_out::<usize, V, T>(before);
        panics.resume(T::site());
        self.log.recorder.raise::<usize, V, T>();
        slab
    }

    fn end(&mut self) {
        let (at, cause) = (Caller::here(), RemovalCause::MapDropped);
        let mut panics = self
            .log
            .tell_all::<usize, V>(&self.slab, entries(&self.slab), cause, at);
        if Recorder::watches_loans::<usize, V, T>() {
            // Asks user code whether values are vacant.
            let Self { log, slab } = self;
            panics.run(|| log.recorder.settle_quietly::<usize, V, T>(slab));
        }
        self.log.recorder.dropped::<usize, V, T>(&self.slab);
        panics.resume(T::site());
        self.log.recorder.finish::<usize, V, T>();
    }
}

/// What is left goes for [`MapDropped`](RemovalCause::MapDropped).
///
/// # Panics
/// As a [`HashMap`](crate::HashMap) that goes.
impl<V, T: Keeper<usize, V>> Drop for Slab<V, T> {
    #[inline]
    fn drop(&mut self) {
        if listens::<usize, V, T>() {
            self.end();
        }
    }
}

impl<V, T: Keeper<usize, V>> Default for Slab<V, T> {
    fn default() -> Self {
        Self::new()
    }
}

/// A copy: its entries are insertions of the line that cloned, its keeper is new.
impl<V: Clone, T: Keeper<usize, V>> Clone for Slab<V, T> {
    #[track_caller]
    fn clone(&self) -> Self {
        Self::of(self.slab.clone(), Caller::here())
    }
}

/// Each entry is an insertion; of those with the same key, the last one.
impl<V, T: Keeper<usize, V>> FromIterator<(usize, V)> for Slab<V, T> {
    #[track_caller]
    fn from_iter<I: IntoIterator<Item = (usize, V)>>(iterable: I) -> Self {
        let stamp = Stamp::NONE;
        let slots = iterable.into_iter().map(|(at, value)| {
            (
                at,
                Slot {
                    entry: ((), value),
                    stamp,
                },
            )
        });
        Self::of(slots.collect(), Caller::here())
    }
}

/// The entries move over with their keys; each is an insertion. Which vacant key is next is not kept.
impl<V, T: Keeper<usize, V>> From<::slab::Slab<V>> for Slab<V, T> {
    #[track_caller]
    fn from(slab: ::slab::Slab<V>) -> Self {
        Self::from_iter(slab)
    }
}

/// Every entry leaves for [`Taken`](RemovalCause::Taken), its key stays what it was. Which vacant key is next is not kept.
impl<V, T: Keeper<usize, V>> From<Slab<V, T>> for ::slab::Slab<V> {
    #[track_caller]
    fn from(slab: Slab<V, T>) -> Self {
        slab.into_iter().collect()
    }
}

/// The wire format of the crate's slab: a map of keys to values.
impl<V: Serialize, T: Keeper<usize, V>> Serialize for Slab<V, T> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, V: Deserialize<'de>, T: Keeper<usize, V>> Deserialize<'de> for Slab<V, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

struct Entries<M>(PhantomData<fn() -> M>);

impl<'de, V: Deserialize<'de>, T: Keeper<usize, V>> Visitor<'de> for Entries<Slab<V, T>> {
    type Value = Slab<V, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut read = Vec::new();
        while let Some(entry) = access.next_entry()? {
            read.push(entry);
        }
        Ok(read.into_iter().collect())
    }
}
