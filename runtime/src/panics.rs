//! Panics of user code that must not stop a bulk operation half-way.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    thread,
};

/// Runs user code step by step; the first panic is kept for the end.
#[derive(Default)]
pub(crate) struct Panics(Option<Box<dyn Any + Send>>);

impl Panics {
    /// Runs one step; a panic does not get out.
    #[inline]
    pub(crate) fn run(&mut self, step: impl FnOnce()) {
        // The step only touches state that is whole between any two of its lines: the map is repaired before hooks run.
        if let Err(panic) = catch_unwind(AssertUnwindSafe(step)) {
            self.0.get_or_insert(panic);
        }
    }

    /// Runs a step for each item; one that panics does not keep the others from their turn.
    #[cfg(feature = "sync")]
    #[inline(always)]
    pub(crate) fn run_each<I>(
        &mut self,
        items: impl IntoIterator<Item = I>,
        mut step: impl FnMut(I),
    ) {
        let mut items = items.into_iter();
        let mut is_done = false;
        while !is_done {
            self.run(|| {
                // Not `for_each`, which is a call for each.
                for item in items.by_ref() {
                    step(item);
                }
                is_done = true;
            });
        }
    }

    /// Whether a step panicked.
    pub(crate) fn any(&self) -> bool {
        self.0.is_some()
    }

    /// Lets the first panic go on, unless another one is unwinding already: then it becomes an event.
    #[inline]
    pub(crate) fn resume(self, site: Option<&'static crate::Site>) {
        if let Some(panic) = self.0 {
            resume_first(panic, site);
        }
    }
}

#[cold]
fn resume_first(panic: Box<dyn Any + Send>, site: Option<&'static crate::Site>) {
    if thread::panicking() {
        let message = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a panic without a message".to_owned());
        let site = site.map_or("an untracked map", |site| site.name());
        tracing::error!(
            target: "mapkeeper::hook",
            site,
            "a removal hook of {site} panicked during an unwind: {message}"
        );
    } else {
        resume_unwind(panic);
    }
}
