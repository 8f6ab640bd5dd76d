//! What is left in a map when it goes, told in one event: by line, oldest first.

use super::{
    super::live::{Instance, LINES},
    ticks::Tick,
};
use crate::{Site, clock::now_ms, report::seconds, store::Store};

/// Tells of the entries of `store`, a map that goes.
pub(crate) fn leftovers<V>(instance: &Instance, site: &'static Site, store: &impl Store<V>) {
    let is_heard = tracing::enabled!(target: "mapkeeper::drop", tracing::Level::WARN);
    #[cfg(feature = "opentelemetry")]
    let is_heard = is_heard || crate::opentelemetry::events::installed().is_some();
    if !is_heard {
        return;
    }
    let mut by_line = [(0_u64, Tick::LATEST); LINES];
    for slot in store.slots() {
        let (count, oldest) = &mut by_line[usize::from(slot.stamp.line()) % LINES];
        *count += 1;
        *oldest = slot.stamp.born().min(*oldest);
    }
    let state = site.record.state();
    let mut left: Vec<(usize, u64, Tick)> = by_line
        .iter()
        .enumerate()
        .filter(|(_, (count, _))| *count > 0)
        .map(|(id, (count, oldest))| (id, *count, *oldest))
        .collect();
    left.sort_by_key(|(_, _, oldest)| *oldest);
    let now = Tick::now();
    let lines: Vec<String> = left
        .iter()
        .map(|(id, count, oldest)| {
            let place = state
                .call_sites
                .location(*id)
                .map_or_else(|| "an unknown line".to_owned(), ToString::to_string);
            let age = seconds(now.since_ms(*oldest));
            format!("{count} inserted at {place} (oldest {age})")
        })
        .collect();
    let name = site.name();
    let left = store.entries() as u64;
    let sentence = format!(
        "{name} went with {left} entries in it: {}",
        lines.join("; ")
    );
    let traces = state
        .detail
        .traced
        .of_map(instance.detail.id)
        .told(now_ms());
    let trace = traces.first();
    tracing::warn!(
        target: "mapkeeper::drop",
        site = name,
        left,
        trace_id = trace.map(|trace| trace.trace_id.as_str()),
        span_id = trace.map(|trace| trace.span_id.as_str()),
        "{sentence}"
    );
    #[cfg(feature = "opentelemetry")]
    crate::opentelemetry::events::Event::new(
        ["mapkeeper.drop", "mapkeeper::drop"],
        [site.module_path(), name],
        &sentence,
    )
    .counting("mapkeeper.left", left)
    .about(traces)
    .tell();
}
