//! Figures as people read them.

/// `1,234,567`.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Exact up to six digits, then `1.23M`, `4.56G`, …
pub(crate) fn short(n: u64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (1_000_000_000_000_000, "P"),
        (1_000_000_000_000, "T"),
        (1_000_000_000, "G"),
        (1_000_000, "M"),
    ];
    let unit = UNITS.iter().find(|(unit, _)| n >= *unit);
    unit.map_or_else(
        || count(n),
        |(unit, name)| format!("{:.2}{name}", n as f64 / *unit as f64),
    )
}

/// A figure by the hour: `+1,234`, `−56`; nothing if there is none.
pub(crate) fn each_hour(figure: Option<f64>) -> String {
    match figure {
        Some(figure) if figure.round() > 0.0 => format!("+{}", short(figure.round() as u64)),
        Some(figure) if figure.round() < 0.0 => format!("−{}", short(-figure.round() as u64)),
        _ => String::new(),
    }
}

/// `640 B`, `12.0 KiB`, `3.4 MiB`, …
pub(crate) fn bytes(n: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if n < 1024 {
        return format!("{n} B");
    }
    let mut scaled = n as f64 / 1024.0;
    let mut unit = 0;
    while scaled >= 1024.0 && unit + 1 < UNITS.len() {
        scaled /= 1024.0;
        unit += 1;
    }
    format!("{scaled:.1} {}", UNITS[unit])
}

/// `94 %`, `0.5 %`; nothing of nothing.
pub(crate) fn percent(share: f64) -> String {
    match share * 100.0 {
        percent if percent <= 0.0 || !percent.is_finite() => String::new(),
        percent if percent < 10.0 => format!("{percent:.1} %"),
        percent => format!("{percent:.0} %"),
    }
}

/// `850 ms`, `4.2 s`, `15.0 min`, `3.1 h`, `2.0 d`.
pub(crate) fn span(ms: u64) -> String {
    let s = ms as f64 / 1000.0;
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..120_000 => format!("{s:.1} s"),
        120_000..7_200_000 => format!("{:.1} min", s / 60.0),
        7_200_000..172_800_000 => format!("{:.1} h", s / 3600.0),
        _ => format!("{:.1} d", s / 86_400.0),
    }
}

/// Seconds as a [`span`]; whatever cannot be one is none.
pub(crate) fn seconds(seconds: f64) -> String {
    span((seconds * 1000.0).max(0.0) as u64)
}

#[cfg(test)]
mod tests;
