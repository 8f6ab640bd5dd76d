//! The files under `examples/monitoring/`, and copies of them in which a day passes in a minute.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What a duration of the shipped files is in the copies; what is longer there is longer here.
const SHORTER: [(&str, &str); 10] = [
    ("15s", "500ms"),
    ("30s", "1s"),
    ("5m", "2s"),
    ("10m", "3s"),
    ("15m", "4s"),
    ("30m", "6s"),
    ("1h", "10s"),
    ("4h", "12s"),
    ("12h", "20s"),
    ("1d", "60s"),
];
/// How durations stand in rules and configurations; comments and texts for people have them in no such place.
const PLACES: [(&str, &str); 3] = [("[", "]"), ("offset ", ""), (": ", "\n")];

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("monitoring")
}

#[track_caller]
pub(crate) fn text(name: &str) -> String {
    let path = folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A shipped file with short durations, and other addresses in the place of its own.
#[track_caller]
pub(crate) fn in_a_hurry(name: &str, addresses: &[(&str, String)]) -> String {
    let shipped = text(name);
    let mut copy = shipped.clone();
    for (long, short) in SHORTER {
        for (before, after) in PLACES {
            copy = copy.replace(
                &format!("{before}{long}{after}"),
                &format!("{before}{short}{after}"),
            );
        }
    }
    for (ours, theirs) in addresses {
        assert_eq!(copy.matches(ours).count(), 1, "{ours} in {name}");
        copy = copy.replace(ours, theirs);
    }
    nothing_else_differs(name, &shipped, &copy);
    copy
}

/// By another way than the copy was made: line by line, all durations and ports left out.
#[track_caller]
fn nothing_else_differs(name: &str, shipped: &str, copy: &str) {
    assert_eq!(shipped.lines().count(), copy.lines().count(), "{name}");
    for (ours, theirs) in shipped.lines().zip(copy.lines()) {
        assert_eq!(without_numbers(ours), without_numbers(theirs), "{name}");
        let waits = ["for: ", "offset ", "_interval: ", "_wait: "];
        if !ours.trim_start().starts_with('#') && waits.iter().any(|wait| ours.contains(wait)) {
            assert_ne!(ours, theirs, "{name}: this is as long as it was");
        }
    }
}

/// The line without its durations and the ports of its addresses.
fn without_numbers(line: &str) -> String {
    let mut left = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        left.push_str(&rest[..at]);
        let number = &rest[at..];
        let end = number.find(|c: char| !c.is_ascii_digit());
        let (digits, after) = number.split_at(end.unwrap_or(number.len()));
        let units = ["ms", "s", "m", "h", "d"];
        let unit = units.iter().find_map(|unit| {
            let rest = after.strip_prefix(unit)?;
            (!rest.starts_with(|c: char| c.is_ascii_alphanumeric())).then_some(rest)
        });
        let is_port = left.ends_with("127.0.0.1:");
        if unit.is_none() && !is_port {
            left.push_str(digits);
        }
        rest = unit.unwrap_or(after);
    }
    left + rest
}
