//! Nobody keeps track of traces.

/// Never known, and no byte of a sample.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct TraceContext;

impl TraceContext {
    pub(crate) const NONE: Self = Self;

    #[inline(always)]
    pub(crate) fn current() -> Self {
        Self::NONE
    }

    #[inline(always)]
    pub(crate) fn is_known(self) -> bool {
        false
    }

    pub(crate) fn is_sampled(self) -> bool {
        false
    }

    pub(crate) fn ids(self) -> Option<(String, String)> {
        None
    }
}

const _: () = assert!(size_of::<TraceContext>() == 0);
