//! The statistics that detectors share. Every formula has its source beside it; none takes what it cannot judge: too few
//! figures give `None`, and no result is a NaN.

/// What a standard normal variable exceeds with a probability of 1e-4.
const Z: f64 = 3.719_016;

/// The middle of some figures; `None` for none. Sorts them.
pub(crate) fn median(figures: &mut [f64]) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.len() {
        0 => None,
        n if n % 2 == 1 => Some(figures[middle]),
        _ => Some(f64::midpoint(figures[middle - 1], figures[middle])),
    }
}

/// The median and the spread around it: the median absolute deviation, scaled to be the standard deviation of normal
/// figures (Hampel, The Influence Curve and Its Role in Robust Estimation, JASA 69, 1974).
pub(crate) fn median_and_spread(figures: &[f64]) -> Option<(f64, f64)> {
    const NORMAL: f64 = 1.4826;
    let mut sorted = figures.to_vec();
    let middle = median(&mut sorted)?;
    let mut deviations: Vec<f64> = figures.iter().map(|x| (x - middle).abs()).collect();
    Some((middle, median(&mut deviations)? * NORMAL))
}

/// The slope of a line through some points that up to a quarter of odd points do not move: the median of the slopes
/// between all pairs (Theil 1950; Sen, Estimates of the Regression Coefficient Based on Kendall's Tau, JASA 63, 1968).
/// O(n²).
pub(crate) fn theil_sen(points: &[(f64, f64)]) -> Option<f64> {
    let mut slopes = Vec::new();
    for (i, (x, y)) in points.iter().enumerate() {
        for (later, higher) in &points[i + 1..] {
            if later > x {
                slopes.push((higher - y) / (later - x));
            }
        }
    }
    median(&mut slopes)
}

/// How far figures rise along their line, and how far they usually lie from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rise {
    /// The slope of [`theil_sen`].
    pub(crate) slope: f64,
    /// From the first point to the last, on that line.
    pub(crate) by: f64,
    /// The spread of the points around that line, as in [`median_and_spread`]: what is left when the rise is taken out, so
    /// that a leak does not count as its own noise.
    pub(crate) spread: f64,
}

/// A figure that lies farther from the median than so many spreads is an outlier (Iglewicz and Hoaglin, How to Detect and
/// Handle Outliers, 1993: a modified z-score, 0.6745 (x − median) / MAD, above 3.5).
pub(crate) const UNUSUAL: f64 = 3.5;

impl Rise {
    /// `None` for points that have no line or no finite one.
    pub(crate) fn of(points: &[(f64, f64)]) -> Option<Self> {
        let slope = theil_sen(points)?;
        let (first, last) = (points.first()?.0, points.last()?.0);
        let off: Vec<f64> = points
            .iter()
            .map(|(x, y)| y - slope * (x - first))
            .collect();
        let (_, spread) = median_and_spread(&off)?;
        let by = slope * (last - first);
        (by.is_finite() && spread.is_finite()).then_some(Self { slope, by, spread })
    }

    /// Whether it is more than what comes and goes. Where nothing ever did, any rise is.
    pub(crate) fn is_unusual(self) -> bool {
        self.by > UNUSUAL * self.spread
    }
}

/// How sure it is that some figures rise: the one-sided p-value of the Mann–Kendall test, ties corrected (Mann,
/// Nonparametric Tests Against Trend, Econometrica 13, 1945; Kendall, Rank Correlation Methods, 1975). `None` for fewer
/// than eight figures, where the normal approximation is poor. O(n²).
pub(crate) fn rises(figures: &[f64]) -> Option<f64> {
    let n = figures.len();
    if n < 8 {
        return None;
    }
    let mut score = 0.0;
    for (i, earlier) in figures.iter().enumerate() {
        for later in &figures[i + 1..] {
            score += match later.total_cmp(earlier) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Less => -1.0,
                std::cmp::Ordering::Equal => 0.0,
            };
        }
    }
    let part = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let ties: f64 = sorted
        .chunk_by(|a, b| a.total_cmp(b).is_eq())
        .map(|tie| part(tie.len() as f64))
        .sum();
    let variance = (part(n as f64) - ties) / 18.0;
    if variance <= 0.0 {
        // All figures are the same.
        return Some(0.5);
    }
    // One less: the score moves in steps of two, and this one counts as risen so far.
    let z = (score - 1.0) / variance.sqrt();
    Some(normal_above(z))
}

/// The probability that a standard normal variable exceeds `z`, to 7 digits (Abramowitz and Stegun, Handbook of
/// Mathematical Functions, 26.2.17).
pub(crate) fn normal_above(z: f64) -> f64 {
    const B: [f64; 5] = [
        0.319_381_530,
        -0.356_563_782,
        1.781_477_937,
        -1.821_255_978,
        1.330_274_429,
    ];
    if z < 0.0 {
        return 1.0 - normal_above(-z);
    }
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let polynomial = B.iter().rev().fold(0.0, |sum, b| (sum + b) * t);
    (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt() * polynomial
}

/// The highest rate that `events` events leave possible, at a confidence of 99.99 %: half the quantile of a χ²
/// distribution with 2 (events + 1) degrees of freedom (Garwood, Fiducial Limits for the Poisson Distribution,
/// Biometrika 28, 1936), by the cube-root approximation (Wilson and Hilferty, The Distribution of Chi-Square, PNAS 17,
/// 1931), which is 5 % too high for no event and better for more.
pub(crate) fn most_events(events: f64) -> f64 {
    let freedom = 2.0 * (events.max(0.0) + 1.0);
    let part = 2.0 / (9.0 * freedom);
    freedom * (1.0 - part + Z * part.sqrt()).powi(3) / 2.0
}

/// The lowest rate that `events` events leave possible, at a confidence of 99.99 %: half the quantile of a χ²
/// distribution with 2 events degrees of freedom, as in [`most_events`]; 0 for fewer than two, where the approximation
/// is of no use.
pub(crate) fn least_events(events: f64) -> f64 {
    if events < 2.0 || !events.is_finite() {
        return 0.0;
    }
    let part = 1.0 / (9.0 * events);
    events * (1.0 - part - Z * part.sqrt()).max(0.0).powi(3)
}

/// The probability of `at_least` events or more where `expected` are expected (Poisson). Where more than 700 are
/// expected, 1: e^−700 is about the least there is, and nothing that is expected that often is a surprise.
pub(crate) fn poisson_at_least(at_least: u64, expected: f64) -> f64 {
    if expected.is_nan() || expected > 700.0 {
        return 1.0;
    }
    let mut term = (-expected).exp();
    let mut below = 0.0;
    for n in 0..at_least {
        below += term;
        term *= expected / (n + 1) as f64;
        // Terms rise up to the expected number, and fall from there on.
        if term < 1e-300 && n as f64 > expected {
            break;
        }
    }
    (1.0 - below).clamp(0.0, 1.0)
}

#[cfg(all(test, not(mapkeeper_models)))]
mod tests;
