//! Standard errors against how far estimates of simulated samples lie apart.

use super::standard_error;
use crate::detect::random::Random;

/// Takes each of `entries` with the probability 1/`one_in`.
fn taken(random: &mut Random, entries: u64, one_in: u64) -> u64 {
    (0..entries).filter(|_| random.below(one_in) == 0).count() as u64
}

/// The standard deviation of estimates from 2,000 samples, and the mean of their standard errors.
fn deviation_and_error(mut once: impl FnMut(&mut Random) -> (u64, f64), truth: u64) -> (f64, f64) {
    const TIMES: u64 = 2_000;
    let mut random = Random::seeded(truth);
    let (mut squares, mut errors) = (0.0, 0.0);
    for _ in 0..TIMES {
        let (estimate, error) = once(&mut random);
        squares += (estimate as f64 - truth as f64).powi(2);
        errors += error;
    }
    ((squares / TIMES as f64).sqrt(), errors / TIMES as f64)
}

#[track_caller]
fn agree((deviation, error): (f64, f64)) {
    let ratio = error / deviation;
    assert!((0.9..1.1).contains(&ratio), "{error} for {deviation}");
}

#[test]
fn a_count_alone_is_as_far_off_as_its_error_says() {
    for (entries, one_in) in [(2_000, 16), (20_000, 256), (500, 2)] {
        agree(deviation_and_error(
            |random| {
                let estimate = taken(random, entries, one_in) * one_in;
                (estimate, standard_error(estimate, None, one_in))
            },
            entries,
        ));
    }
}

#[test]
fn a_part_of_a_known_total_is_as_far_off_as_its_error_says() {
    for (mine, others, one_in) in [
        (1_000, 19_000, 64),
        (10_000, 10_000, 256),
        (19_000, 1_000, 64),
    ] {
        let total = mine + others;
        agree(deviation_and_error(
            |random| {
                let (mine, others) = (taken(random, mine, one_in), taken(random, others, one_in));
                let share = mine as f64 / (mine + others).max(1) as f64;
                let estimate = (share * total as f64).round() as u64;
                (estimate, standard_error(estimate, Some(total), one_in))
            },
            mine,
        ));
    }
}

#[test]
fn what_is_counted_has_no_error_and_odd_figures_no_odd_one() {
    assert_eq!(standard_error(700, None, 1), 0.0);
    assert_eq!(standard_error(700, Some(700), 256), 0.0);
    for estimate in [0, 1, u64::MAX] {
        for total in [None, Some(0), Some(1), Some(u64::MAX)] {
            for one_in in [0, 1, 256, u64::MAX] {
                let error = standard_error(estimate, total, one_in);
                assert!(error.is_finite() && error >= 0.0, "{error}");
            }
        }
    }
}
