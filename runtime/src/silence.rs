//! Suspects that are known and not to be told again.

use std::collections::BTreeMap;

use crate::threads::{Mutex, MutexGuard, PoisonError, statics};
use serde::Serialize;

statics! {
    static KNOWN: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
}

/// A suspect that was silenced and is still there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Silenced {
    /// As [`Suspect::fingerprint`](crate::Suspect::fingerprint).
    pub fingerprint: String,
    /// Why.
    pub reason: String,
}

/// Leaves the suspect with this fingerprint out of all later reports, for a reason that they give instead.
///
/// A fingerprint stays the same in every run of the same source; that of a line's entries changes with its place. One
/// that is silenced twice keeps the last reason.
///
/// # Examples
/// ```
/// mapkeeper::silence("bfd9bce9fe4b1985", "audit log, emptied by the nightly job");
/// ```
pub fn silence(fingerprint: &str, reason: &str) {
    known().insert(fingerprint.to_owned(), reason.to_owned());
}

pub(crate) fn asked_for() -> BTreeMap<String, String> {
    known().clone()
}

fn known() -> MutexGuard<'static, BTreeMap<String, String>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}
