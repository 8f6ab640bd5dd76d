//! A snapshot as a page in one file, which asks nothing of anybody.

use serde::Serialize;

use super::{ICON, Row, SCRIPTS, STYLE, Summary, page, row::SuspectCounts};
use crate::{Report, SiteReport, Snapshot, Suspect};

/// What `source.js` reads.
#[derive(Serialize)]
struct Data<'r> {
    number: u32,
    taken_at_ms: u64,
    summary: Summary,
    suspects: &'r [Suspect],
    /// In the order of `sites`.
    rows: Vec<Row<'r>>,
    sites: &'r [SiteReport],
}

/// The scripts and the style that are written into the file, and nothing from anywhere else.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
     img-src data:; base-uri 'none'; form-action 'none'";

pub(crate) fn of_snapshot(snapshot: &Snapshot) -> String {
    let report = Report::of_snapshot(snapshot);
    let suspects = SuspectCounts::of(&report);
    let rows = report.sites.iter();
    let data = Data {
        number: snapshot.number,
        taken_at_ms: snapshot.taken_at_ms,
        summary: Summary::of(&report, &snapshot.process),
        suspects: &report.suspects,
        rows: rows.map(|site| Row::of(site, suspects.get(site))).collect(),
        sites: &report.sites,
    };
    // Only integers, finite floats and strings: nothing JSON cannot hold.
    let json = serde_json::to_string(&data).unwrap_or_default();
    let head = format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <link rel=\"icon\" href=\"data:image/svg+xml,{}\">\n<style>\n{STYLE}</style>",
        percent_encoded(ICON.trim())
    );
    let mut scripts = format!(
        "<script type=\"application/json\" id=\"snapshot\">{}</script>",
        without_tags(&json)
    );
    for (_, text) in SCRIPTS {
        scripts.push_str(&format!("\n<script>\n{text}</script>"));
    }
    page(&head, &scripts)
}

/// The same JSON without a character that HTML knows: they stand in strings only, where they can be said otherwise. So no
/// `</script>` and no `<!--` can end or change the element it stands in.
fn without_tags(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            // Line ends to a script, if a browser takes it for one.
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            c => text.push(c),
        }
    }
    text
}

/// As a part of an address.
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
