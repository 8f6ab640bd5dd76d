//! Growth that may fail, with std's error.

use std::{
    collections::TryReserveError,
    hash::{BuildHasher, Hash},
};

use super::{HashMap, grow::make_room, rehash};
use crate::{Keeper, mode::Footprint};

impl<K: Eq + Hash, V, S: BuildHasher, T: Keeper<K, V>, L> HashMap<K, V, S, T, L> {
    /// Same as [`std::collections::HashMap::try_reserve`]; records the table's new size.
    ///
    /// # Errors
    /// If the capacity overflows or the allocator fails; the map is as it was.
    #[track_caller]
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        if additional <= self.table.capacity() - self.table.len() {
            return Ok(());
        }
        self.log.recorder.settle::<K, V, T>(&mut self.table);
        let before = Footprint::of(&self.table);
        let hasher = rehash(&self.hash_builder);
        make_room(&mut self.table, additional, &hasher).map_err(|error| as_std(&error))?;
        self.log
            .recorder
            .resized::<K, V, T>(&self.table, before, Some(&hasher), None);
        Ok(())
    }
}

/// std's error has no public constructor: ask a `Vec` for what fails for the same reason.
fn as_std(error: &hashbrown::TryReserveError) -> TryReserveError {
    let bytes = match error {
        hashbrown::TryReserveError::CapacityOverflow => usize::MAX,
        // As many bytes as may be asked for: no allocator has them.
        hashbrown::TryReserveError::AllocError { .. } => isize::MAX as usize,
    };
    match Vec::<u8>::new().try_reserve_exact(bytes) {
        Err(error) => error,
        Ok(()) => unreachable!("nobody has {bytes} bytes of memory"),
    }
}
