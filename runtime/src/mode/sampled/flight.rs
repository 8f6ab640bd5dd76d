//! The flight recorder is strict's: no operation is recorded.

use super::{
    super::live::{Instance, Recorder},
    Caller, Stamp,
};
use crate::{History, Keeper, RemovalCause};

#[inline(always)]
pub(crate) fn key_died(_: &Instance, _: Stamp, _: u64, _: Caller) {}

#[inline(always)]
pub(crate) fn leaves(_: &Instance, _: u64, _: Caller) {}

#[inline(always)]
pub(crate) fn left_together(_: &Instance, _: RemovalCause, _: u64, _: Caller) {}

#[inline(always)]
pub(crate) fn replaced(_: &Instance, _: u64, _: Caller) {}

#[inline(always)]
pub(crate) fn missed(_: &Instance, _: u64, _: Caller) {}

impl Recorder {
    /// No operation is recorded.
    pub(crate) fn history<K, V, T: Keeper<K, V>>(
        &self,
        _: impl FnOnce() -> Option<u64>,
    ) -> History {
        History::unknown()
    }

    /// No operation is recorded, so no key is shown with one.
    #[inline(always)]
    pub(crate) fn name_key<K, V, T: Keeper<K, V>>(&self, _: &K, _: u64) {}
}
