//! Weak handles of values, whatever their type.

use std::{rc::Rc, sync::Arc};

use crate::mode::Handle;

/// A weak handle keeps the value's allocation (not the value): larger values are not watched.
const MAX_PINNED: usize = 16 * 1024;

/// A weak handle of a value that leaves its map: what a [`Keeper`](crate::Keeper)'s
/// [`watcher`](crate::Keeper::watcher) makes.
///
/// It counts owners. It does not keep the value alive, nor can it reach it; it keeps the value's allocation until it is
/// given up, so values over 16 KiB have none. While it is held, `get_mut` of the last `Arc` or `Rc` fails, and `make_mut`
/// moves the value.
///
/// # Examples
/// ```
/// use std::sync::Arc;
///
/// assert!(mapkeeper::WeakValue::of_arc(&Arc::new(7)).is_some());
/// assert!(mapkeeper::WeakValue::of_arc(&Arc::new([0_u8; 20_000])).is_none());
/// ```
#[derive(Debug)]
pub struct WeakValue(pub(crate) Handle);

impl WeakValue {
    /// Of an `Arc`'s value, unless that is too large.
    #[must_use]
    pub fn of_arc<T: ?Sized + Send + Sync + 'static>(value: &Arc<T>) -> Option<Self> {
        (size_of_val::<T>(value) <= MAX_PINNED).then(|| Self(Handle::shared(value)))
    }

    /// Of an `Rc`'s value, unless that is too large. Only the thread that made it ever looks at it.
    #[must_use]
    pub fn of_rc<T: ?Sized + 'static>(value: &Rc<T>) -> Option<Self> {
        (size_of_val::<T>(value) <= MAX_PINNED).then(|| Self(Handle::local(value)))
    }
}
