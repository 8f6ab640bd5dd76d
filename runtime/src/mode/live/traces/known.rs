//! The span that is active on a thread, in 25 bytes.

use std::panic::catch_unwind;

use ::opentelemetry::{Context, trace::TraceContextExt};

use crate::threads::thread_local;

/// What the span that was active when an entry came is known by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct TraceContext {
    trace: [u8; 16],
    span: [u8; 8],
    flags: u8,
}

/// A thread that may still ask for its context. It ends before that does: what a thread has is dropped in the opposite order.
struct Here;

impl Drop for Here {
    fn drop(&mut self) {}
}

thread_local! {
    static HERE: Option<Here> = catch_unwind(|| Context::map_current(|_| ())).ok().map(|()| Here);
}

/// Asks what is active here; nothing is while the thread ends.
#[inline(always)]
fn ask<R>(f: impl FnOnce(&Context) -> R) -> Option<R> {
    HERE.try_with(Option::is_some)
        .is_ok_and(|is_here| is_here)
        .then(|| Context::map_current(f))
}

impl TraceContext {
    pub(crate) const NONE: Self = Self {
        trace: [0; 16],
        span: [0; 8],
        flags: 0,
    };

    /// That of the span which is active on this thread. Mostly none is.
    #[inline(always)]
    pub(crate) fn current() -> Self {
        if ask(Context::has_active_span).unwrap_or(false) {
            Self::of_active()
        } else {
            Self::NONE
        }
    }

    #[cold]
    #[inline(never)]
    fn of_active() -> Self {
        let of = |context: &Context| {
            let span = context.span();
            let span = span.span_context();
            span.is_valid().then(|| Self {
                trace: span.trace_id().to_bytes(),
                span: span.span_id().to_bytes(),
                flags: span.trace_flags().to_u8(),
            })
        };
        ask(of).flatten().unwrap_or(Self::NONE)
    }

    #[inline(always)]
    pub(crate) fn is_known(self) -> bool {
        self.span != Self::NONE.span
    }

    /// Whether the trace is recorded by who began it (the flag of W3C's Trace Context).
    pub(crate) fn is_sampled(self) -> bool {
        self.flags & 1 == 1
    }

    /// The ids of the trace and the span, in hexadecimal digits.
    pub(crate) fn ids(self) -> Option<(String, String)> {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.is_known().then(|| (hex(&self.trace), hex(&self.span)))
    }
}
