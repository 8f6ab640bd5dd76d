//! Which release of the program runs: what a graph of its maps is compared by before and after a deploy.

use crate::threads::{Mutex, PoisonError, statics};

statics! {
    static RELEASE: Mutex<Option<String>> = Mutex::new(None);
}

/// Says which release of the program runs, in all metrics of the process: `mapkeeper_release_info{release="…"}`.
///
/// Called again (a switch was turned while the program runs), the last name counts.
///
/// # Examples
/// ```
/// mapkeeper::prometheus::set_release(env!("CARGO_PKG_VERSION"));
/// ```
pub fn set_release(name: impl Into<String>) {
    *RELEASE.lock().unwrap_or_else(PoisonError::into_inner) = Some(name.into());
}

pub(super) fn release() -> Option<String> {
    RELEASE
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}
