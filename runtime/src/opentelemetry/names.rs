//! OpenTelemetry's words for what families, their figures and their labels are.
//!
//! Names and units follow the [general guidelines](https://opentelemetry.io/docs/specs/semconv/general/metrics/): units in
//! the notation of UCUM and never in a name, `{…}` around what is counted; places in the source have the names of the
//! [code attributes](https://opentelemetry.io/docs/specs/semconv/registry/attributes/code/).

use ::opentelemetry::KeyValue;

use crate::families::{Description, Kind, OTHER, Unit};

pub(super) const SITE: &str = "mapkeeper.site";
pub(super) const MODULE: &str = "mapkeeper.module";
pub(super) const KIND: &str = "mapkeeper.suspect.kind";
pub(super) const FINGERPRINT: &str = "mapkeeper.suspect.fingerprint";
/// The age that the entries of a bucket have at most.
pub(super) const UP_TO: &str = "mapkeeper.up_to";

/// What an instrument is called.
pub(super) fn instrument(what: &Description) -> String {
    match what.name {
        "mapkeeper_lifetime" => "mapkeeper.lifetimes".to_owned(),
        "mapkeeper_seconds_to_limit" => "mapkeeper.time_to_limit".to_owned(),
        "mapkeeper_longest_hold_seconds" => "mapkeeper.longest_hold".to_owned(),
        "mapkeeper_suspect_entries_per_hour" => "mapkeeper.suspect_growth".to_owned(),
        name => name.replacen('_', ".", 1),
    }
}

/// The unit of what an instrument says.
pub(super) fn unit(what: &Description) -> &'static str {
    match what.unit {
        // The API has no histogram that is asked: the entries of each bucket are counted.
        _ if what.kind == Kind::Histogram => "{entry}",
        Unit::Entries => "{entry}",
        Unit::EntriesPerHour => "{entry}/h",
        Unit::Maps => "{map}",
        Unit::Values => "{value}",
        Unit::Removals => "{removal}",
        Unit::Breaches => "{breach}",
        Unit::Waits => "{wait}",
        Unit::Samples => "{sample}",
        Unit::One => "1",
        Unit::Bytes => "By",
        Unit::Seconds => "s",
    }
}

/// What a label is as attributes: one, or those of a place in the source.
pub(super) fn attributes(label: &'static str, value: &str) -> Vec<KeyValue> {
    let key = match label {
        "call_site" => return place(value),
        "older_than" => {
            let seconds: i64 = value.parse().unwrap_or_default();
            return vec![KeyValue::new("mapkeeper.older_than", seconds)];
        }
        "module" => MODULE,
        "site" => SITE,
        "cause" => "mapkeeper.cause",
        "kind" => KIND,
        "fingerprint" => FINGERPRINT,
        "version" => "mapkeeper.version",
        "mode" => "mapkeeper.mode",
        "release" => "service.version",
        other => other,
    };
    vec![KeyValue::new(key, value.to_owned())]
}

/// The attributes of `path/file.rs:line:column`; those that are no place have the path alone.
pub(super) fn place(call_site: &str) -> Vec<KeyValue> {
    let mut parts = call_site.rsplitn(3, ':');
    let numbers = [parts.next(), parts.next()].map(|number| number?.parse::<i64>().ok());
    match (numbers, parts.next()) {
        ([Some(column), Some(line)], Some(path)) if call_site != OTHER => vec![
            KeyValue::new("code.file.path", path.to_owned()),
            KeyValue::new("code.line.number", line),
            KeyValue::new("code.column.number", column),
        ],
        _ => vec![KeyValue::new("code.file.path", call_site.to_owned())],
    }
}
