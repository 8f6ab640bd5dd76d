//! Entries that stay because they were inserted again after their removal: a late update, a race between two tasks.
//!
//! Learnt: what is learnt about those that stay, by the lifetimes of their line.

use super::{Case, finding::Finding};
use crate::report::{CallSiteReport, about};

/// Entries of a line that stay (`stay` is what was found about that), where as many keys came back right after they had
/// been removed.
pub(super) fn detect(case: &Case<'_>, line: &CallSiteReport, stay: &[Finding]) -> Option<Finding> {
    /// Known returns.
    const ENOUGH: f64 = 3.0;
    /// As many returns as entries that stay, within this factor.
    const ABOUT: f64 = 2.0;
    let staying = stay.first()?;
    let returned = line.returned as f64;
    let known = returned / line.one_in.max(1) as f64;
    if known < ENOUGH || returned * ABOUT < staying.entries || returned > staying.entries * ABOUT {
        return None;
    }
    let field = case.field();
    let most = line.returns.first();
    let removed_at = most.map_or_else(String::new, |most| {
        format!(" (most at {})", most.removed_at)
    });
    Some(Finding {
        kind: "resurrection",
        call_site: staying.call_site.clone(),
        emptied_at: None,
        sentence: format!(
            "{} entries that {} inserted into {} had been removed less than 10 s before{}, and {} stay: an update comes \
             after the removal and brings the key back",
            about(returned, line.one_in),
            line.call_site,
            case.site.site,
            removed_at,
            about(staying.entries, line.one_in),
        ),
        advice: format!(
            "do not insert where the key may have been removed: update through `{field}.get_mut(&key)`, or hold the lock \
             over check and insertion"
        ),
        entries: staying.entries,
        share: staying.share,
        entries_per_hour: staying.entries_per_hour,
        bytes: staying.bytes,
        confidence: staying.confidence,
        figures: vec![("returned", returned)],
    })
}
