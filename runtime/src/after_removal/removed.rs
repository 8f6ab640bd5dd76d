//! A value on its way out, whose end is reported.

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use crate::{Lifecycle, mode::RemovalRecord};

/// A value that left its map by [`remove_tracked`](crate::HashMap::remove_tracked): its drop says how long it lived on.
///
/// It owns the value and borrows nothing. While it lives, the value counts as watched for its map's site, and as retained
/// once it is older than [`retained_after`](crate::retained_after). In off mode it is the value and nothing else.
///
/// An `Arc` or `Rc` is watched itself, not the guard: it counts until its last owner is gone.
///
/// # Examples
/// ```
/// let mut jobs: mapkeeper::HashMap<u32, String> = mapkeeper::HashMap::new();
/// jobs.insert(7, "print".to_owned());
///
/// let job = jobs.remove_tracked(&7).unwrap();
/// assert_eq!(job.len(), 5);
/// assert_eq!(job.to_string(), "print");
/// drop(job); // reported: dropped so long after it was removed
/// ```
#[must_use = "what is not kept is dropped, and reported as dropped, now"]
pub struct Removed<V> {
    // In this order: the value goes first, so that its end is what the record sees.
    value: V,
    record: RemovalRecord,
}

impl<V> Removed<V> {
    pub(crate) fn new(value: V, record: RemovalRecord) -> Self {
        Self { value, record }
    }

    /// Hands the value over. From now on nobody watches it (an `Arc` or `Rc`: goes on being watched), and it counts as
    /// handed over, not as dropped.
    pub fn into_inner(self) -> V {
        let Self { value, record } = self;
        record.handed_over();
        value
    }

    /// The steps of the entry's life until now; `None` unless in strict mode.
    #[must_use]
    pub fn lifecycle(&self) -> Option<&Lifecycle> {
        self.record.lifecycle()
    }
}

impl<V> Deref for Removed<V> {
    type Target = V;

    #[inline]
    fn deref(&self) -> &V {
        &self.value
    }
}

impl<V> DerefMut for Removed<V> {
    #[inline]
    fn deref_mut(&mut self) -> &mut V {
        &mut self.value
    }
}

impl<V: fmt::Debug> fmt::Debug for Removed<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<V: fmt::Display> fmt::Display for Removed<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
