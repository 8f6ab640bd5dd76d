//! Which traces insertions were part of, if the program keeps track of those with OpenTelemetry: a few of the entries that
//! are still there, as examples.
//!
//! Asked only where an entry is looked at anyway: a sample in observe, any in strict while a span is active. Without the
//! feature a [`TraceContext`] is a zero-sized twin that is never known.

#[cfg(feature = "opentelemetry")]
mod known;
#[cfg(not(feature = "opentelemetry"))]
mod unknown;

#[cfg(feature = "opentelemetry")]
pub(crate) use known::TraceContext;
#[cfg(not(feature = "opentelemetry"))]
pub(crate) use unknown::TraceContext;

use crate::report::InsertionTrace;

/// Examples told of a line: so many of vacant entries, and of others.
const TOLD: usize = 4;

/// An entry that is still there.
#[derive(Clone, Copy)]
pub(crate) struct Example {
    pub(crate) trace: TraceContext,
    pub(crate) born_ms: u64,
    pub(crate) vacant: bool,
}

impl Example {
    /// Those of traces that somebody records come first, then the oldest.
    fn rank(&self) -> (bool, u64) {
        (!self.trace.is_sampled(), self.born_ms)
    }

    pub(crate) fn told(self, now_ms: u64) -> Option<InsertionTrace> {
        let (trace_id, span_id) = self.trace.ids()?;
        Some(InsertionTrace {
            trace_id,
            span_id,
            sampled: self.trace.is_sampled(),
            vacant: self.vacant,
            age_seconds: now_ms.saturating_sub(self.born_ms) as f64 / 1000.0,
        })
    }
}

/// The examples of one line.
#[derive(Clone, Default)]
pub(crate) struct Examples(Vec<Example>);

impl Examples {
    pub(crate) fn add(&mut self, example: Example) {
        if !example.trace.is_known() {
            return;
        }
        self.0.push(example);
        let alike = self.0.iter().filter(|known| known.vacant == example.vacant);
        if alike.count() > TOLD {
            let alike = self.0.iter().enumerate();
            let last = alike
                .filter(|(_, known)| known.vacant == example.vacant)
                .max_by_key(|(_, known)| known.rank());
            if let Some((place, _)) = last {
                self.0.swap_remove(place);
            }
        }
    }

    pub(crate) fn add_all(&mut self, others: &Self) {
        others.0.iter().for_each(|example| self.add(*example));
    }

    /// In the order in which they are worth a look.
    pub(crate) fn told(&self, now_ms: u64) -> Vec<InsertionTrace> {
        let mut examples = self.0.clone();
        examples.sort_by_key(Example::rank);
        let told = examples.into_iter();
        told.filter_map(|example| example.told(now_ms)).collect()
    }
}
