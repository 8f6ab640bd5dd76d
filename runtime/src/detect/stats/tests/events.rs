//! What a number of events says of their rate, against sums over the Poisson distribution.

use super::*;

/// The probabilities of 0, 1, … events, each from its logarithm, so that none is lost.
fn poisson(expected: f64) -> impl Iterator<Item = f64> {
    let mut log_factorial = 0.0;
    (0_u32..).map(move |n| {
        let n = f64::from(n);
        log_factorial += n.max(1.0).ln();
        (n * expected.ln() - expected - log_factorial).exp()
    })
}

/// The rate at which so few events have a probability of 1e-4.
fn highest_rate(events: usize) -> f64 {
    let (mut low, mut high) = (0.0, 10.0 * events as f64 + 50.0);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        let up_to: f64 = poisson(middle).take(events + 1).sum();
        if up_to > 1e-4 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[test]
fn the_highest_rate_is_the_exact_one_within_five_percent() {
    near(highest_rate(0), -(1e-4_f64.ln()), 1e-9);
    for events in (0..=30).chain([50, 100, 300, 1_000]) {
        let (found, exact) = (most_events(events as f64), highest_rate(events));
        let tolerance = if events == 0 { 0.05 } else { 0.03 };
        assert!(
            (0.999..1.0 + tolerance).contains(&(found / exact)),
            "{events}: {found}, exactly {exact}"
        );
    }
}

#[test]
fn the_lowest_rate_is_never_above_the_exact_one() {
    for events in [0, 1, 2, 3, 5, 10, 30, 100, 500] {
        let found = least_events(events as f64);
        assert!((0.0..=events as f64).contains(&found));
        // At the exact lowest rate so many events or more have a probability of 1e-4: at a lower one it is less.
        let chance = poisson_at_least(events, found);
        assert!(events < 2 || chance < 1.2e-4, "{events}: {found}, {chance}");
        assert!(
            events < 30 || chance > 0.8e-4,
            "{events}: {found}, {chance}"
        );
    }
}

#[test]
fn more_events_leave_a_higher_rate_possible() {
    let mut before = most_events(-1.0);
    assert_eq!(before, most_events(0.0));
    for tenth in 1..1_000 {
        let rate = most_events(f64::from(tenth) / 10.0);
        assert!(rate > before);
        before = rate;
    }
    for huge in [1e12, 2.0_f64.powi(40), u64::MAX as f64] {
        assert!((1.0..1.01).contains(&(most_events(huge) / huge)));
    }
}

#[test]
fn the_probability_of_so_many_events_is_the_sum_over_them() {
    for expected in [0.001, 0.02, 0.1, 0.35, 1.0, 4.0, 20.0, 100.0] {
        for at_least in (0..=12).chain([20, 50, 100, 150, 300]) {
            let exact: f64 = poisson(expected)
                .enumerate()
                .skip(at_least)
                .take(400)
                .map(|(_, probability)| probability)
                .sum();
            near(poisson_at_least(at_least as u64, expected), exact, 1e-12);
        }
    }
}

#[test]
fn so_many_events_have_a_probability_whatever_is_expected() {
    for expected in [0.0, 1e-300, 700.0, 1e6, u64::MAX as f64, f64::INFINITY] {
        for at_least in [0, 1, 3, 1 << 20, u64::MAX] {
            let probability = poisson_at_least(at_least, expected);
            assert!(
                (0.0..=1.0).contains(&probability),
                "{at_least} of {expected}: {probability}"
            );
        }
        assert_eq!(poisson_at_least(0, expected), 1.0);
    }
    // Rather too likely than too sure.
    assert!(poisson_at_least(3, f64::INFINITY) > 0.999);
    assert_eq!(poisson_at_least(3, 0.0), 0.0);
}
