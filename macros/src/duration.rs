//! Durations as people write them: `15m`, `1h30m`, `250ms`.
//!
//! It parses text and knows nothing about spans; the caller says where the text stood.

use std::time::Duration;

/// The units from long to short, each with its milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

const EXAMPLES: &str = r#"write it like "15m", "1h30m" or "250ms""#;

/// Reads whole numbers with the units `d h m s ms`, longest unit first and each at most once.
///
/// # Errors
/// A sentence that says what is wrong with `text` and what to write.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    if text.trim().is_empty() {
        return Err(format!("a duration is missing: {EXAMPLES}"));
    }
    let mut rest = text;
    let mut total: u64 = 0;
    let mut allowed = &UNITS[..];
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit());
        let (unit, after) = split(after, |c| !c.is_ascii_digit());
        if number.is_empty() || unit.starts_with(['.', ',']) {
            return Err(format!("{text:?} is not a duration: {EXAMPLES}"));
        }
        if unit.is_empty() {
            return Err(format!(
                "{text:?} has no unit after {number}: {EXAMPLES}, with the units d, h, m, s and ms"
            ));
        }
        let Some(position) = allowed.iter().position(|(name, _)| *name == unit) else {
            return Err(unknown_unit(text, unit));
        };
        total = number
            .parse()
            .ok()
            .and_then(|number: u64| number.checked_mul(allowed[position].1))
            .and_then(|part| total.checked_add(part))
            .ok_or_else(|| {
                format!("{text:?} is longer than can be counted in milliseconds: {EXAMPLES}")
            })?;
        allowed = &allowed[position + 1..];
        rest = after;
    }
    if total == 0 {
        return Err(format!(
            "{text:?} leaves no time at all: a duration is longer than zero, {EXAMPLES}"
        ));
    }
    Ok(Duration::from_millis(total))
}

fn unknown_unit(text: &str, unit: &str) -> String {
    let known = UNITS.iter().any(|(name, _)| *name == unit);
    if known {
        return format!(
            "{text:?} is out of order: the longest unit comes first and each at most once, as in \"1h30m\""
        );
    }
    let meant = match unit.trim().to_lowercase().as_str() {
        "min" | "mins" | "minute" | "minutes" => Some("m"),
        "sec" | "secs" | "second" | "seconds" => Some("s"),
        "hr" | "hrs" | "hour" | "hours" => Some("h"),
        "day" | "days" => Some("d"),
        "milli" | "millis" | "millisecond" | "milliseconds" => Some("ms"),
        trimmed => UNITS
            .iter()
            .map(|(name, _)| *name)
            .find(|name| *name == trimmed),
    };
    match meant {
        Some(meant) => format!("unknown unit {unit:?} in {text:?}, did you mean {meant:?}?"),
        None => format!("unknown unit {unit:?} in {text:?}: the units are d, h, m, s and ms"),
    }
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests;
