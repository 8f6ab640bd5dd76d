//! What browsers get: the page, its style and its scripts, and what it shows as data; or all of it in one file.
//!
//! It serves nothing: who may ask for it, and where it stands, is the inspector's.

mod document;
mod row;
mod summary;

pub(crate) use document::of_snapshot;
pub use document::percent_encoded;
pub(crate) use row::Row;
#[cfg(feature = "inspector")]
pub(crate) use row::{SuspectCounts, growth, id_of, is_of};
pub(crate) use summary::Summary;

pub(crate) const STYLE: &str = include_str!("page/page.css");
pub(crate) const ICON: &str = include_str!("page/icon.svg");
/// The scripts by name, in the order in which they run.
pub(crate) const SCRIPTS: [(&str, &str); 3] = [
    ("source.js", include_str!("page/source.js")),
    ("charts.js", include_str!("page/charts.js")),
    ("page.js", include_str!("page/page.js")),
];

/// The page's own text, with what belongs into its head and the scripts at its end.
pub(crate) fn page(head: &str, scripts: &str) -> String {
    // The scripts last: what they say is not looked at again.
    include_str!("page/index.html")
        .replace("{head}", head)
        .replace("{scripts}", scripts)
}
