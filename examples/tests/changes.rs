//! The estimates of the bench `watched`, compared with a published example and with what is drawn.

#![allow(missing_docs)]
#![forbid(unsafe_code)]

#[path = "../benches/watched/stats.rs"]
mod stats;

use rand::{RngExt, SeedableRng, rngs::SmallRng};
use stats::{Change, median, slope};

/// Hollander, Wolfe and Chicken, table 3.1: nine patients on a depression scale, before and after tranquillisers; examples 3.3
/// and 3.4 make −0.46 of their differences, and (−0.786, −0.010) with 96.1 %.
#[test]
fn the_change_of_a_textbook_s_patients_is_as_printed_there() {
    // In thousandths.
    let before = [1830, 500, 1620, 2480, 1680, 1880, 1550, 3060, 1300];
    let after = [878, 647, 598, 2050, 1060, 1290, 1060, 3140, 1290];
    let pairs = before.into_iter().zip(after);
    let change = Change::of(pairs.map(|(before, after)| f64::from(after - before) / 1000.0));
    let percent = |logarithm: f64| 100.0 * logarithm.exp_m1();
    let printed = format!(
        "{:+.2} % [{:+.2}, {:+.2}]",
        percent(-0.46),
        percent(-0.786),
        percent(-0.010)
    );
    assert_eq!(change.to_string(), printed);
}

/// 300 experiments of 100 differences each, a fifth of which some other tenant of the machine spoils.
#[test]
fn an_interval_holds_the_true_change_nineteen_times_of_twenty() {
    const TRUE: f64 = 0.01;
    let random = &mut SmallRng::seed_from_u64(1);
    let mut noise = || {
        let spread = if random.random_range(0..5) == 0 {
            0.5
        } else {
            0.05
        };
        (0..12)
            .map(|_| random.random_range(-spread..spread))
            .sum::<f64>()
    };
    let holds = (0..300).filter(|_| {
        let change = Change::of((0..100).map(|_| TRUE + noise()));
        change.holds(TRUE)
    });
    let held = holds.count();
    // 95 % of 300 are 285; three standard deviations are 11.
    assert!((274..=296).contains(&held), "{held} of 300");
}

#[test]
fn few_differences_have_no_interval() {
    assert_eq!(Change::of([0.0, 0.1]).to_string(), "+5.13 % [too few]");
}

#[test]
fn a_slope_is_not_moved_by_one_figure_of_ten() {
    let mut figures: Vec<f64> = (0..10).map(|n| 3.0 + 0.5 * f64::from(n)).collect();
    figures[4] = 1e6;
    assert!((slope(&figures) - 0.5).abs() < 1e-9);
    assert!(slope(&[1.0]).is_nan());
    assert!((median([3.0, 1.0, 2.0, 10.0]) - 2.5).abs() < 1e-9);
}
