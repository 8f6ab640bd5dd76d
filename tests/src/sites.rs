//! The figures of one site.

use mapkeeper::{MODE, MapFigures, Mode, RemovalCause, SiteReport, TrackedMaps};

/// The report's row for `name`, which must exist exactly once in this test program.
///
/// # Panics
/// If there is no such site, or more than one.
#[must_use]
pub fn site(name: &str) -> SiteReport {
    let report = mapkeeper::report();
    let mut rows = report.sites.iter().filter(|row| row.site == name);
    let row = rows
        .next()
        .unwrap_or_else(|| panic!("no site is named {name}"));
    assert!(rows.next().is_none(), "two sites are named {name}");
    row.clone()
}

/// Whether counts are kept at all.
#[must_use]
pub fn records() -> bool {
    MODE != Mode::Off
}

/// `n` where counts are kept, else 0.
#[must_use]
pub fn if_recorded(n: u64) -> u64 {
    if records() { n } else { 0 }
}

/// The exits of one site by cause, those that happened.
#[must_use]
pub fn exits(name: &str) -> Vec<(RemovalCause, u64)> {
    let row = site(name);
    RemovalCause::ALL
        .iter()
        .map(|cause| (*cause, row.removed.get(*cause)))
        .filter(|(_, n)| *n > 0)
        .collect()
}

/// The figures of all maps of `value`, in the order they are visited.
#[must_use]
pub fn figures(value: &impl TrackedMaps) -> Vec<MapFigures> {
    let mut all = Vec::new();
    value.visit_maps(&mut |map| all.push(*map));
    all
}

/// Whether guards are compiled in. The features of this crate are those of mapkeeper.
pub const ENFORCE: bool = cfg!(feature = "enforce");
/// Whether removals are events.
pub const AUDIT: bool = cfg!(feature = "audit");
/// Whether the spans of insertions are noted.
pub const SPANS: bool = cfg!(feature = "spans");
/// Whether the traces of insertions are remembered.
pub const TRACES: bool = cfg!(feature = "opentelemetry");
/// Whether backtraces of insertions are taken.
pub const BACKTRACES: bool = cfg!(feature = "backtrace");
