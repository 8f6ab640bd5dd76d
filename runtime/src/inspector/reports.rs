//! The report that requests share: however many ask, it is made twice a second at most.

use std::{sync::Arc, time::Duration};

use crate::{
    Report, report,
    threads::{Instant, Mutex, PoisonError},
};

/// How old the report may be that is shown.
const FRESH: Duration = Duration::from_millis(500);

/// The last report, and when it was made.
#[derive(Debug, Default)]
pub(super) struct Reports(Mutex<Option<(Instant, Arc<Report>)>>);

impl Reports {
    /// The last report, or a new one. Takes as long as a report does: not on a thread that serves requests.
    pub(super) fn latest(&self) -> Arc<Report> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((made, report)) = &*last
            && made.elapsed() < FRESH
        {
            return Arc::clone(report);
        }
        let new = Arc::new(report());
        *last = Some((Instant::now(), Arc::clone(&new)));
        new
    }
}
