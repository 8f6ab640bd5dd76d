//! What happened to a key lately.

use std::hash::{BuildHasher, Hash};

use super::{HashMap, Lookup, hash_of};
use crate::{History, Keeper};

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    /// What happened to a key lately: its last operations with thread, line and time, the oldest first. Records nothing itself.
    ///
    /// In strict, from the map's last 1,023 operations (see [`FlightRecorder`](crate::FlightRecorder)); the key need not be
    /// there. Off and observe record none: the answer is empty, and its text says which mode has it.
    ///
    /// O(operations kept).
    pub fn history<Q>(&self, key: &Q) -> History
    where
        L: Lookup<K, Q>,
        Q: Hash + ?Sized,
    {
        let hash = || Some(hash_of(&self.hash_builder, key));
        self.log.recorder.history::<K, V, T>(hash)
    }
}
