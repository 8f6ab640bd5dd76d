//! Medians and changes, and how far they may be trusted.

use std::fmt;

/// NaN of nothing.
pub(crate) fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    let Some(last) = figures.len().checked_sub(1) else {
        return f64::NAN;
    };
    f64::midpoint(figures[last / 2], figures[figures.len() / 2])
}

/// By how much a figure changes, and the interval that holds the true change in 95 of 100 cases: what Hodges and Lehmann make of
/// differences, the median of the means of any two, with the interval of Wilcoxon's signed ranks (Hollander, Wolfe and Chicken,
/// Nonparametric Statistical Methods, 3.2 and 3.3). It assumes that a difference lies as often above the true one as below, and as
/// far; what a machine's other tenants do to some of them (up to 29 of 100) moves it no farther than the others reach.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    of: f64,
    /// None of so few differences that there is none.
    interval: Option<(f64, f64)>,
}

impl Change {
    /// Of differences of logarithms.
    pub(crate) fn of(differences: impl IntoIterator<Item = f64>) -> Self {
        let differences: Vec<f64> = differences.into_iter().collect();
        let means = differences.iter().enumerate().flat_map(|(i, a)| {
            let with = differences.iter().skip(i);
            with.map(move |b| f64::midpoint(*a, *b))
        });
        let mut means: Vec<f64> = means.collect();
        means.sort_by(f64::total_cmp);
        let n = differences.len() as f64;
        // Of so many of the means, counted from either end, the sum of ranks is that small in 2.5 of 100 cases.
        let spread = (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt();
        let beyond = (n * (n + 1.0) / 4.0 - 1.96 * spread).round();
        let interval = (beyond >= 1.0).then(|| {
            let place = beyond as usize;
            (means[place - 1], means[means.len() - place])
        });
        Self {
            of: median(means),
            interval,
        }
    }

    /// Whether this may be the true one, of what is known.
    pub(crate) fn holds(&self, change: f64) -> bool {
        let inside = |(from, to)| (from..=to).contains(&change);
        self.interval.is_none_or(inside)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |logarithm: f64| 100.0 * logarithm.exp_m1();
        let of = percent(self.of);
        let text = match self.interval {
            Some((from, to)) => format!("{of:+.2} % [{:+.2}, {:+.2}]", percent(from), percent(to)),
            None => format!("{of:+.2} % [too few]"),
        };
        f.pad(&text)
    }
}

/// What the figures rise by from one to the next: the median of the slopes between all pairs (Theil and Sen).
pub(crate) fn slope(figures: &[f64]) -> f64 {
    let pairs = figures.iter().enumerate().flat_map(|(i, a)| {
        let later = figures.iter().enumerate().skip(i + 1);
        later.map(move |(j, b)| (b - a) / (j - i) as f64)
    });
    median(pairs)
}
