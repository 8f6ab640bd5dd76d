//! Medians, and how far they may be trusted.

/// A median with the interval that holds the true one in 95 of 100 cases: order statistics, which assume no distribution (Conover,
/// Practical Nonparametric Statistics, 3.2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Median {
    pub(crate) of: f64,
    pub(crate) from: f64,
    pub(crate) to: f64,
}

impl Median {
    /// NaN of nothing.
    pub(crate) fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let n = figures.len();
        let at = |rank: f64| {
            let place = rank.clamp(0.0, n.saturating_sub(1) as f64) as usize;
            figures.get(place).copied().unwrap_or(f64::NAN)
        };
        let spread = 0.98 * (n as f64).sqrt();
        let upper = n / 2;
        let lower = n.saturating_sub(1) / 2;
        Self {
            of: (at(lower as f64) + at(upper as f64)) / 2.0,
            from: at((n as f64 / 2.0 - spread).floor()),
            to: at((n as f64 / 2.0 + spread).ceil()),
        }
    }

    /// As a change: `-0.3 % [-0.9, +0.2]`.
    pub(crate) fn as_change(self) -> String {
        let percent = |share: f64| 100.0 * (share - 1.0);
        format!(
            "{:+.2} % [{:+.2}, {:+.2}]",
            percent(self.of),
            percent(self.from),
            percent(self.to)
        )
    }
}

/// What the figures rise by from one to the next: the median of the slopes between all pairs (Theil and Sen).
pub(crate) fn slope(figures: &[f64]) -> f64 {
    let pairs = figures.iter().enumerate().flat_map(|(i, a)| {
        let later = figures.iter().enumerate().skip(i + 1);
        later.map(move |(j, b)| (b - a) / (j - i) as f64)
    });
    Median::of(pairs).of
}
