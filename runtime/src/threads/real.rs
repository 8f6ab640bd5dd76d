//! What programs run on.

#![allow(
    unused_imports,
    unused_macros,
    dead_code,
    reason = "which of it is used is up to the mode"
)]

#[cfg(feature = "sync")]
pub(crate) use ::parking_lot;
/// A value that is made once in a process, without a lock: of those that race, one is kept.
pub(crate) use once_cell::race::OnceBox as OncePerProcess;
pub(crate) use std::{
    sync::{LazyLock, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, TryLockError, atomic},
    thread, thread_local,
    time::Instant,
};

/// A bound on what is kept at a time; models, which have to reach it, have a lower one.
pub(crate) const fn bound(number: usize, _in_models: usize) -> usize {
    number
}

/// Statics, as they are written.
macro_rules! statics {
    ($($item:item)*) => { $($item)* };
}
pub(crate) use statics;
