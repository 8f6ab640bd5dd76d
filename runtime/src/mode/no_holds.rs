//! The twin of strict's holds where guards are not known: nothing is noted, and who asks for a shard just waits.

use std::time::Duration;

use crate::sync::Ask;

/// Maps are not told apart.
#[derive(Clone, Copy)]
pub(crate) struct MapId;

const _: () = assert!(size_of::<MapId>() == 0);

impl MapId {
    #[inline(always)]
    pub(crate) fn next() -> Self {
        Self
    }
}

/// What is known of one guard for as long as it lives.
pub(crate) struct Hold;

const _: () = assert!(size_of::<Hold>() == 0);

impl Hold {
    #[inline(always)]
    pub(crate) fn of(_: Ask) -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn downgraded(self) -> Self {
        self
    }
}

/// As the live one's: what a program may do with a guard is the same in every mode.
impl Drop for Hold {
    #[inline(always)]
    fn drop(&mut self) {}
}

/// For as long as a hook runs.
pub(crate) struct InHook;

const _: () = assert!(size_of::<InHook>() == 0);

/// As the live one's.
impl Drop for InHook {
    #[inline(always)]
    fn drop(&mut self) {}
}

/// A hook that calls back may wait for itself.
#[inline(always)]
pub(crate) fn in_hook(_: Option<&'static crate::Site>) -> InHook {
    InHook
}

/// Whoever would wait for itself waits for ever.
#[inline(always)]
pub(crate) fn about_to_wait(ask: Ask) {
    let _ = (ask.shard, ask.map, ask.writes);
}

/// No hold is timed.
pub(crate) fn set_long_hold(_: Duration) {}
