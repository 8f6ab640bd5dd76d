//! The share of a line's entries that nobody will remove.
//!
//! An entry that left is an event at its lifetime; one that is still there is censored at its age. The survival curve
//! over both is flat at its end if the entries that got so old are not removed any more: that plateau is the share that
//! stays for ever (the cured fraction of Maller and Zhou, Survival Analysis with Long-Term Survivors, 1996, chapter 4).

use crate::lifecycle::ages::{BUCKETS, bucket_start};

/// How long a plateau is at least, in buckets: to four times the age it begins with.
const LONG: usize = 4;
/// A timeout lies beyond what it must not cut short, and well beyond: what waits for one looks like what waits for ever,
/// until it runs out. So an age says nothing before it is so many times what is usual, or so great in itself.
const BEYOND_TIMEOUTS: u64 = 32;
const PATIENCE_MS: u64 = super::grows::PATIENCE_MS;

/// Whether entries of this age would have run into a timeout, were there one for lives that are usually no longer than
/// `usual`.
pub(super) fn outlives_timeouts(age_ms: u64, usual_ms: u64) -> bool {
    age_ms >= usual_ms.saturating_mul(BEYOND_TIMEOUTS).min(PATIENCE_MS)
}
/// Known entries that have to be older than that.
const ENOUGH_SURVIVORS: f64 = 6.0;

/// Entries by bucket of age: those that left, and those that are still there. Half a doubling to a bucket.
pub(crate) struct LifeTable {
    pub(crate) left: [f64; BUCKETS],
    pub(crate) live: [f64; BUCKETS],
}

/// A share with its interval, 95 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Share {
    pub(crate) estimate: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Its standard error.
    pub(crate) error: f64,
}

/// The part of a curve where nothing is removed any more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plateau {
    /// The bucket it begins with.
    pub(crate) from: usize,
    /// Entries still there that are older.
    pub(crate) survivors: f64,
    /// Entries that left when they were older.
    pub(crate) left: f64,
    /// Removals per doubling of age and entry, at most (99.99 %).
    pub(crate) hazard: f64,
}

impl LifeTable {
    /// Entries that left.
    pub(crate) fn total_left(&self) -> f64 {
        self.left.iter().sum()
    }

    /// Entries that reached the beginning of each bucket.
    fn at_risk(&self) -> [f64; BUCKETS] {
        let mut at_risk = [0.0; BUCKETS];
        let mut sum = 0.0;
        for bucket in (0..BUCKETS).rev() {
            sum += self.left[bucket] + self.live[bucket];
            at_risk[bucket] = sum;
        }
        at_risk
    }

    /// The share of entries still there at the end of the curve: the product-limit estimate over grouped ages (Kaplan and
    /// Meier, Nonparametric Estimation from Incomplete Observations, JASA 53, 1958; those censored in a bucket count
    /// half: Cutler and Ederer, Maximum Utilization of the Life Table Method, J. Chronic Dis. 8, 1958), its variance by
    /// Greenwood (The Natural Duration of Cancer, 1926), its interval on the scale log(−log S) (Kalbfleisch and
    /// Prentice, The Statistical Analysis of Failure Time Data, 2002, section 1.4). `None` if nothing ever left,
    /// or the oldest of all did: the estimate is 0 then, without an interval.
    pub(crate) fn plateau_share(&self) -> Option<Share> {
        const Z: f64 = 1.959_964;
        let at_risk = self.at_risk();
        let (mut survival, mut greenwood) = (1.0, 0.0);
        let mut events = false;
        for ((left, live), at_risk) in self.left.iter().zip(&self.live).zip(at_risk) {
            let (left, risk) = (*left, at_risk - live / 2.0);
            if left <= 0.0 || risk <= 0.0 {
                continue;
            }
            events = true;
            survival *= (1.0 - left / risk).max(0.0);
            if risk > left {
                greenwood += left / (risk * (risk - left));
            }
        }
        if !events || survival <= 0.0 {
            return None;
        }
        if survival >= 1.0 {
            // So few left of so many that the share that did is lost in rounding.
            return Some(Share {
                estimate: 1.0,
                low: 1.0,
                high: 1.0,
                error: 0.0,
            });
        }
        let wide = (Z * greenwood.sqrt() / survival.ln()).exp();
        let bounds = [survival.powf(wide), survival.powf(1.0 / wide)];
        Some(Share {
            estimate: survival,
            low: bounds[0].min(bounds[1]),
            high: bounds[0].max(bounds[1]),
            error: survival * greenwood.sqrt(),
        })
    }

    /// Where the curve gets flat, if it does: from which age on so few of the entries that got so old were removed,
    /// though they went on getting older, that hardly any ever will be.
    ///
    /// Counted per doubling of age, because that is how removal thins out: if lifetimes follow a power law with exponent
    /// α (Pareto; the longest tails that healthy sessions have), α ln 2 of the entries leave within each doubling,
    /// however old they are. Below `most` removals per doubling at the confidence of [`most_events`], it is a plateau.
    /// Nine tenths of all removals have to come before it, and it has to be as long as [`LONG`] and
    /// [`outlives_timeouts`] say for [`ENOUGH_SURVIVORS`] entries: between two ages at which entries are removed (a sweep
    /// and the next, a short time to live and a long one) there are gaps.
    ///
    /// [`most_events`]: super::stats::most_events
    pub(crate) fn plateau(&self, most: f64) -> Option<Plateau> {
        const BEFORE: f64 = 0.9;
        let oldest: [f64; BUCKETS] = std::array::from_fn(|from| self.live[from..].iter().sum());
        let all_left = self.total_left();
        if all_left <= 0.0 {
            return None;
        }
        let at_risk = self.at_risk();
        let mut best: Option<Plateau> = None;
        let (mut exposure, mut left, mut survivors) = (0.0, 0.0, 0.0);
        for from in (1..BUCKETS).rev() {
            // Who ended in a bucket, in either way, went through half of it.
            let ended = self.left[from] + self.live[from];
            exposure += (at_risk[from] - ended / 2.0) / 2.0;
            left += self.left[from];
            survivors += self.live[from];
            if all_left - left < BEFORE * all_left {
                break;
            }
            // A gap, not a plateau: at its end there is a sweep that nothing survives.
            if exposure > 0.0 && super::stats::least_events(left) / exposure > most {
                break;
            }
            let begins = bucket_start(from);
            let end = (from + LONG..BUCKETS - 1)
                .find(|end| outlives_timeouts(bucket_start(*end), begins))
                .unwrap_or(BUCKETS - 1);
            if exposure <= 0.0 || oldest[end] < ENOUGH_SURVIVORS {
                continue;
            }
            let hazard = super::stats::most_events(left) / exposure;
            if hazard < most && best.is_none_or(|best| hazard < best.hazard) {
                best = Some(Plateau {
                    from,
                    survivors,
                    left,
                    hazard,
                });
            }
        }
        best
    }
}

#[cfg(test)]
mod tests;
