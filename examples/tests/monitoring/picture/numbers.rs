//! Numbers as Grafana writes them.

pub(super) fn with_unit(value: f64, unit: &str) -> String {
    match unit {
        _ if !value.is_finite() => "-".to_owned(),
        "percentunit" => format!("{} %", digits(value * 100.0)),
        "bytes" => scaled(value, 1024.0, &[" B", " KiB", " MiB", " GiB"]),
        "ops" => format!("{}/s", scaled(value, 1000.0, &["", " K", " Mil"])),
        "s" => seconds(value),
        _ => scaled(value, 1000.0, &["", " K", " Mil", " Bil"]),
    }
}

fn scaled(mut value: f64, step: f64, units: &[&str]) -> String {
    let mut units = units.iter();
    let mut unit = units.next().copied().unwrap_or("");
    while value.abs() >= step {
        let Some(next) = units.next() else { break };
        unit = next;
        value /= step;
    }
    format!("{}{unit}", digits(value))
}

fn seconds(value: f64) -> String {
    let units = [
        (86_400.0, "day"),
        (3_600.0, "hour"),
        (60.0, "min"),
        (1.0, "s"),
    ];
    let fits = units.iter().find(|(length, _)| value >= *length);
    match fits {
        Some((length, unit)) => format!("{} {unit}", digits(value / length)),
        None => format!("{} ms", digits(value * 1000.0)),
    }
}

/// Three digits at least, no zeros at the end.
fn digits(value: f64) -> String {
    let places = match value.abs() {
        small if small < 10.0 => 2,
        small if small < 100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.places$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A round number that is not less: 1, 2 or 5 times a power of ten.
pub(super) fn round_up(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let rounds = [1.0, 2.0, 5.0, 10.0].map(|times| times * power);
    rounds
        .into_iter()
        .find(|round| *round >= value)
        .unwrap_or(value)
}
