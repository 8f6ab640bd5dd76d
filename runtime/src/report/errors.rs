//! How far estimates may be from what they estimate.

use serde::{Deserialize, Serialize};

/// The standard errors of a line's estimates, in entries: two in three estimates are no farther from the truth, nineteen
/// in twenty no farther than twice that.
///
/// That of X entries, estimated from one in w, is √(X (w − 1)) (Horvitz and Thompson, A Generalization of Sampling Without
/// Replacement from a Finite Universe, JASA 47, 1952; each entry is taken with the probability 1/w, and X/w of them
/// were). Where the total N over all lines is counted exactly and only its division among the lines is estimated, it is
/// √(X (1 − X/N) (w − 1)) (a ratio estimator: Cochran, Sampling Techniques, 3rd ed., 1977, chapter 6): 0 for a line that
/// is alone. It holds for entries with keys of their own; insertions of one key again and again are taken together, or
/// not at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StandardErrors {
    /// Of [`births`](crate::CallSiteReport::births).
    pub births: f64,
    /// Of [`returned`](crate::CallSiteReport::returned).
    pub returned: f64,
    /// Of [`live`](crate::CallSiteReport::live).
    pub live: f64,
    /// Of [`residue`](crate::CallSiteReport::residue).
    pub residue: f64,
    /// Of [`emptied`](crate::CallSiteReport::emptied).
    pub emptied: f64,
    /// Of [`leftovers`](crate::CallSiteReport::leftovers).
    pub leftovers: f64,
}

/// As [`StandardErrors`] says; `total` is what the estimate is a part of, if that is counted.
pub(crate) fn standard_error(estimate: u64, total: Option<u64>, one_in: u64) -> f64 {
    let rest = total.map_or(1.0, |total| {
        (1.0 - estimate as f64 / total.max(1) as f64).max(0.0)
    });
    (estimate as f64 * rest * one_in.saturating_sub(1) as f64).sqrt()
}

#[cfg(all(test, not(mapkeeper_models)))]
mod tests;
