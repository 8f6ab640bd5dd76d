//! Simulated hours: what happens when, and the dice. The same seed is the same load.

use std::{collections::BTreeMap, time::Duration};

use rand::{RngExt, SeedableRng, rngs::SmallRng};
use rand_distr::{Distribution, Exp1, LogNormal};

/// What is going to happen to a service.
pub(crate) struct Hours<E> {
    now: Duration,
    /// By time; what was planned first happens first.
    agenda: BTreeMap<(Duration, u64), E>,
    planned: u64,
    rng: SmallRng,
}

impl<E> Hours<E> {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            now: Duration::ZERO,
            agenda: BTreeMap::new(),
            planned: 0,
            rng: SmallRng::seed_from_u64(seed),
        }
    }

    /// The time since they began.
    pub(crate) fn now(&self) -> Duration {
        self.now
    }

    pub(crate) fn after(&mut self, wait: Duration, event: E) {
        self.planned += 1;
        self.agenda.insert((self.now + wait, self.planned), event);
    }

    /// The next of so many that arrive per hour, independently of each other: more by day than by
    /// night.
    pub(crate) fn arrives(&mut self, per_hour: f64, event: E) {
        const SWING: f64 = 0.4;
        let of_the_day = self.now.as_secs_f64() / 86_400.0 * std::f64::consts::TAU;
        let per_second = per_hour / 3600.0 * (1.0 + SWING * of_the_day.sin());
        let gap: f64 = Exp1.sample(&mut self.rng);
        self.after(Duration::from_secs_f64(gap / per_second), event);
    }

    /// Goes on to the next event before `end`, or to `end` if there is none.
    pub(crate) fn next_before(&mut self, end: Duration) -> Option<E> {
        match self.agenda.first_entry() {
            Some(next) if next.key().0 < end => {
                self.now = next.key().0;
                Some(next.remove())
            }
            _ => {
                self.now = end;
                None
            }
        }
    }

    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.rng.random_bool(share)
    }

    pub(crate) fn below(&mut self, end: u32) -> u32 {
        self.rng.random_range(0..end)
    }

    /// How long something takes: half of them less than `median` seconds, with a long tail; `spread`
    /// 1 means that two thirds are within a factor of e of it.
    pub(crate) fn takes(&mut self, median: f64, spread: f64) -> Duration {
        let lasting = LogNormal::new(median.ln(), spread).expect("the spread is finite");
        Duration::from_secs_f64(lasting.sample(&mut self.rng))
    }
}
