//! The share of a line's entries that nobody will remove.
//!
//! An entry that left is an event at its lifetime; one that is still there is censored at its age. The survival curve
//! over both is flat at its end if the entries that got so old are not removed any more: that plateau is the share that
//! stays for ever (the cured fraction of Maller and Zhou, Survival Analysis with Long-Term Survivors, 1996, chapter 4).

use crate::lifecycle::ages::{BUCKETS, bucket_start};

/// How long a plateau is at least, in buckets: to four times the age it begins with.
const LONG: usize = 4;
/// Known entries that have to be older than its end.
const ENOUGH_SURVIVORS: f64 = 6.0;

/// How old entries have to get before they are taken for forgotten ones.
///
/// What waits looks like what is forgotten until what it waits for has come: a timeout, a person, the other side of a
/// connection. That no removal was seen among n entries up to some age bounds the share of those that are removed by then
/// to 3/n (Hanley and Lippman-Hand, If Nothing Goes Wrong, Is Everything All Right?, JAMA 249, 1983), and says nothing of
/// later ones. Nor does it help to know how soon the others left: a person takes as long to approve of what was computed
/// in a millisecond as of what took a minute. So this is a time, and no multiple of what is usual.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub(crate) ms: u64,
    /// So many times what is usual is enough, if that is less.
    pub(crate) times: Option<u64>,
}

impl Patience {
    /// Whether nothing would let an entry get so old whose like live no longer than `usual_ms`.
    pub(crate) fn ends_before(self, age_ms: u64, usual_ms: u64) -> bool {
        let times = self.times.map(|times| usual_ms.saturating_mul(times));
        age_ms >= times.map_or(self.ms, |enough| enough.min(self.ms))
    }
}

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
    /// Nine tenths of all removals have to come before it, and it has to be as long as [`LONG`] and `patience` say for
    /// [`ENOUGH_SURVIVORS`] entries: between two ages at which entries are removed (a sweep and the next, a short time to
    /// live and a long one) there are gaps. Nor may it have begun to [fall](Self::falls) at its end.
    ///
    /// [`most_events`]: super::stats::most_events
    pub(crate) fn plateau(&self, most: f64, patience: Patience) -> Option<Plateau> {
        const BEFORE: f64 = 0.9;
        let oldest: [f64; BUCKETS] = std::array::from_fn(|from| self.live[from..].iter().sum());
        let all_left = self.total_left();
        if all_left <= 0.0 {
            return None;
        }
        let exposures = self.exposures();
        let mut best: Option<Plateau> = None;
        let (mut exposure, mut left, mut survivors) = (0.0, 0.0, 0.0);
        for from in (1..BUCKETS).rev() {
            exposure += exposures[from];
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
                .find(|end| patience.ends_before(bucket_start(*end), begins))
                .unwrap_or(BUCKETS - 1);
            if exposure <= 0.0 || oldest[end] < ENOUGH_SURVIVORS {
                continue;
            }
            let hazard = super::stats::most_events(left) / exposure;
            if hazard < most
                && best.is_none_or(|best| hazard < best.hazard)
                && !self.falls(from, &exposures)
            {
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

    /// Doublings of age that entries went through in each bucket, all together. Who ended in it, in either way, went
    /// through half of it.
    fn exposures(&self) -> [f64; BUCKETS] {
        let at_risk = self.at_risk();
        std::array::from_fn(|bucket| {
            let ended = self.left[bucket] + self.live[bucket];
            (at_risk[bucket] - ended / 2.0) / 2.0
        })
    }

    /// Whether entries from a bucket on are removed more often the older they get, up to the oldest.
    ///
    /// Where some are never removed and others are, removals get rarer with age, as those that are go: the hazard of a
    /// mixture with a cured fraction falls to nothing (Maller and Zhou, chapter 4). If it rises again, and not to fall, the
    /// time of some has come, and that of the others may yet come.
    fn falls(&self, from: usize, exposures: &[f64; BUCKETS]) -> bool {
        let sums = |of: &[f64; BUCKETS]| {
            let mut sums = [0.0; BUCKETS + 1];
            for bucket in (0..BUCKETS).rev() {
                sums[bucket] = sums[bucket + 1] + of[bucket];
            }
            sums
        };
        let (left, exposure) = (sums(&self.left), sums(exposures));
        let between =
            |start: usize, end: usize| (left[start] - left[end], exposure[start] - exposure[end]);
        (from + 1..BUCKETS).any(|bucket| {
            self.left[bucket] > 0.0
                && (from..bucket)
                    .any(|start| more_often(between(bucket, BUCKETS), between(start, bucket)))
                && !(bucket + 1..BUCKETS)
                    .any(|end| more_often(between(bucket, end), between(end, BUCKETS)))
        })
    }
}

/// Whether removals were more frequent in one exposure than in another, and that by no chance: given how many there were in
/// both, those in one are binomial, here by its Poisson bound.
fn more_often((left, exposure): (f64, f64), (other_left, other_exposure): (f64, f64)) -> bool {
    use super::stats::{least_events, most_events, poisson_at_least};
    /// Many pairs of ages are compared.
    const BY_CHANCE: f64 = 1e-4;
    if left <= 0.0 || exposure <= 0.0 || other_exposure <= 0.0 {
        return false;
    }
    let expected = (left + other_left) * exposure / (exposure + other_exposure);
    // Of more than a few hundred, no probability is told.
    poisson_at_least(left.round() as u64, expected) < BY_CHANCE
        || least_events(left) / exposure > most_events(other_left) / other_exposure
}

#[cfg(all(test, not(mapkeeper_models)))]
mod tests;
