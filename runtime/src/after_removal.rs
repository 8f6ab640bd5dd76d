//! What a program asks and says about values that left their map: how long one may live on before it counts as
//! retained, weak handles, and guards. What is watched, the recorder knows.

mod removed;
mod weak;

use crate::threads::{
    atomic::{AtomicU64, Ordering::Relaxed},
    statics,
};
use std::time::Duration;

pub use removed::Removed;
pub use weak::WeakValue;

statics! {
    static RETAINED_AFTER_MS: AtomicU64 = AtomicU64::new(5_000);
}
const NEVER: u64 = u64::MAX;

/// From now on, a value that is alive so long after it left its map counts as retained; 5 s unless said otherwise.
///
/// For the whole process, and for values that left before too. [`Duration::MAX`] stops the watch: no further value is
/// watched, and none counts as retained.
///
/// What is watched has a weak handle. To a program this shows in one way: until the value is found dead or for as long as
/// it is watched, `Arc::get_mut` of its last owner fails (`try_unwrap` does not). Observe therefore leaves values alone
/// that have one owner when they leave; strict does not.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// mapkeeper::set_retained_after(Duration::from_secs(60));
/// assert_eq!(mapkeeper::retained_after(), Duration::from_secs(60));
/// ```
pub fn set_retained_after(age: Duration) {
    RETAINED_AFTER_MS.store(u64::try_from(age.as_millis()).unwrap_or(NEVER), Relaxed);
}

/// How long after it left its map a value may live before it counts as retained.
#[must_use]
pub fn retained_after() -> Duration {
    match RETAINED_AFTER_MS.load(Relaxed) {
        NEVER => Duration::MAX,
        ms => Duration::from_millis(ms),
    }
}
