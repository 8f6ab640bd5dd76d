//! Suspects as events, each told once while it stays.

use std::collections::BTreeSet;

use crate::{
    Report,
    threads::{Mutex, PoisonError, statics},
};

statics! {
    /// Fingerprints of suspects that were told and are still there.
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
}

impl Report {
    /// Makes a WARN event of `tracing` of each suspect that the last report which was told did not have, under the target
    /// `mapkeeper::suspect` ([fields](crate::events)); says how many.
    ///
    /// For a loop of the program's own, every minute or so. With the feature `opentelemetry`, what is
    /// installed there gets its records as well.
    ///
    /// # Examples
    /// ```
    /// mapkeeper::report().tell_suspects();
    /// ```
    pub fn tell_suspects(&self) -> usize {
        let news: Vec<_> = {
            let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
            let before = std::mem::take(&mut *told);
            let fingerprint = |suspect: &crate::Suspect| suspect.fingerprint.clone();
            told.extend(self.suspects.iter().map(fingerprint));
            let suspects = self.suspects.iter();
            suspects
                .filter(|suspect| !before.contains(&suspect.fingerprint))
                .collect()
        };
        for suspect in &news {
            let traces = self.traces(suspect);
            let trace = traces.first();
            tracing::warn!(
                target: "mapkeeper::suspect",
                site = suspect.site,
                module = suspect.module,
                kind = suspect.kind,
                fingerprint = suspect.fingerprint,
                call_site = suspect.call_site,
                emptied_at = suspect.emptied_at,
                entries = suspect.entries,
                share = suspect.share,
                entries_per_hour = suspect.entries_per_hour,
                bytes_per_hour = suspect.bytes_per_hour,
                confidence = suspect.confidence,
                advice = suspect.advice,
                trace_id = trace.map(|trace| trace.trace_id.as_str()),
                span_id = trace.map(|trace| trace.span_id.as_str()),
                "{}",
                suspect.sentence
            );
        }
        #[cfg(feature = "opentelemetry")]
        crate::opentelemetry::events::suspects(self);
        news.len()
    }
}
