//! Figures as people read them, those of reports as reports write them.

pub(crate) use mapkeeper::__private::written::{bytes, count, seconds as span, short};

/// A figure by the hour: `+1,234`, `−56`; nothing if there is none.
pub(crate) fn each_hour(figure: Option<f64>) -> String {
    match figure {
        Some(figure) if figure.round() > 0.0 => format!("+{}", short(figure.round() as u64)),
        Some(figure) if figure.round() < 0.0 => format!("−{}", short(-figure.round() as u64)),
        _ => String::new(),
    }
}

/// `94 %`, `0.5 %`; nothing of nothing.
pub(crate) fn percent(share: f64) -> String {
    match share * 100.0 {
        percent if percent <= 0.0 || !percent.is_finite() => String::new(),
        percent if percent < 10.0 => format!("{percent:.1} %"),
        percent => format!("{percent:.0} %"),
    }
}

/// Seconds as a [`span`]; whatever cannot be one is none.
pub(crate) fn seconds(seconds: f64) -> String {
    span((seconds * 1000.0).max(0.0) as u64)
}

#[cfg(test)]
mod tests;
