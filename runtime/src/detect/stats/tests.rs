mod events;
mod rising;

use super::*;
use crate::detect::random::Random;

#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} is not {expected} within {tolerance}"
    );
}

/// The figure that `rank` others are below or equal to, found without sorting.
fn of_rank(figures: &[f64], rank: usize) -> f64 {
    let below = |x: f64| figures.iter().filter(|y| **y < x).count();
    let up_to = |x: f64| figures.iter().filter(|y| **y <= x).count();
    *figures
        .iter()
        .find(|x| below(**x) <= rank && rank < up_to(**x))
        .unwrap()
}

fn median_by_counting(figures: &[f64]) -> f64 {
    let n = figures.len();
    (of_rank(figures, (n - 1) / 2) + of_rank(figures, n / 2)) / 2.0
}

/// Small whole numbers, so that many are equal.
fn some_figures(random: &mut Random, n: usize) -> Vec<f64> {
    (0..n).map(|_| random.below(20) as f64 - 10.0).collect()
}

#[test]
fn the_median_has_as_many_figures_below_as_above() {
    let mut random = Random::seeded(1);
    for n in 1..80 {
        let figures = some_figures(&mut random, n);
        let found = median(&mut figures.clone()).unwrap();
        near(found, median_by_counting(&figures), 0.0);
    }
    assert_eq!(median(&mut []), None);
    assert_eq!(median(&mut [7.5]), Some(7.5));
}

#[test]
fn the_median_of_the_largest_figures_does_not_overflow() {
    assert_eq!(median(&mut [f64::MAX, f64::MAX]), Some(f64::MAX));
    assert_eq!(median(&mut [f64::MIN, f64::MAX]), Some(0.0));
}

#[test]
fn the_spread_is_the_median_absolute_deviation_as_a_standard_deviation() {
    // 1 1 2 2 4 6 9 lie 1 1 0 0 2 4 7 from their median 2: half of them no further than 1.
    let (middle, spread) = median_and_spread(&[9.0, 1.0, 2.0, 6.0, 2.0, 1.0, 4.0]).unwrap();
    near(middle, 2.0, 0.0);
    near(spread, 1.4826, 1e-12);
    // Half of all normal figures lie within one median deviation: a quarter above.
    near(normal_above(1.0 / 1.4826), 0.25, 1e-5);
    assert_eq!(median_and_spread(&[]), None);
    assert_eq!(median_and_spread(&[3.0; 9]), Some((3.0, 0.0)));
}

#[test]
fn the_spread_of_normal_figures_is_their_standard_deviation() {
    let mut random = Random::seeded(2);
    let figures: Vec<f64> = (0..20_000).map(|_| 50.0 + 4.0 * random.normal()).collect();
    let (middle, spread) = median_and_spread(&figures).unwrap();
    near(middle, 50.0, 0.15);
    near(spread, 4.0, 0.15);
}

#[test]
fn the_slope_of_sens_example_is_his() {
    // Sen, JASA 63 (1968), his numeric example: the estimate is 4.
    let times = [1.0, 2.0, 3.0, 4.0, 10.0, 12.0, 18.0];
    let figures = [9.0, 15.0, 19.0, 20.0, 45.0, 55.0, 78.0];
    let points: Vec<(f64, f64)> = times.into_iter().zip(figures).collect();
    assert_eq!(theil_sen(&points), Some(4.0));
}

#[test]
fn the_slope_is_the_median_over_all_pairs() {
    let mut random = Random::seeded(3);
    for n in 2..40 {
        let mut points: Vec<(f64, f64)> = (0..n)
            .map(|_| (random.below(30) as f64, random.normal() * 100.0))
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut slopes = Vec::new();
        for a in &points {
            for b in &points {
                if a.0 < b.0 {
                    slopes.push((b.1 - a.1) / (b.0 - a.0));
                }
            }
        }
        match theil_sen(&points) {
            Some(slope) => near(slope, median_by_counting(&slopes), 1e-12),
            None => assert!(slopes.is_empty()),
        }
    }
}

#[test]
fn a_quarter_of_odd_points_does_not_move_the_slope() {
    let mut random = Random::seeded(4);
    for _ in 0..100 {
        let mut points: Vec<(f64, f64)> = (0..40)
            .map(|i| (f64::from(i), 3.0 * f64::from(i) + 1.0))
            .collect();
        for _ in 0..10 {
            points[random.below(40) as usize].1 = random.normal() * 1e9;
        }
        near(theil_sen(&points).unwrap(), 3.0, 1e-9);
    }
}

#[test]
fn points_of_one_moment_have_no_slope() {
    assert_eq!(theil_sen(&[]), None);
    assert_eq!(theil_sen(&[(1.0, 1.0)]), None);
    assert_eq!(theil_sen(&[(1.0, 1.0), (1.0, 9.0), (1.0, 5.0)]), None);
    // A clock that went back: that pair is left out, the others are not.
    assert_eq!(
        theil_sen(&[(5.0, 1.0), (2.0, 7.0), (6.0, 2.0)]),
        Some(-0.125)
    );
}

#[test]
fn the_normal_tail_is_that_of_the_tables() {
    // Abramowitz and Stegun, Handbook of Mathematical Functions, tables 26.1 and 26.2.
    for (z, above) in [
        (0.0, 0.5),
        (1.0, 0.158_655_254),
        (1.645, 0.049_984_905),
        (1.96, 0.024_997_895),
        (2.326, 0.010_009_275),
        (3.0, 0.001_349_898),
        (3.09, 0.001_000_782),
        (4.0, 0.000_031_671),
    ] {
        near(normal_above(z), above, 1e-7);
        near(normal_above(-z), 1.0 - above, 1e-7);
    }
    near(normal_above(3.719_016), 1e-4, 1e-7);
    assert_eq!(normal_above(f64::INFINITY), 0.0);
    assert_eq!(normal_above(f64::NEG_INFINITY), 1.0);
}

#[test]
fn the_normal_tail_is_the_integral_of_the_density() {
    const STEPS: i32 = 4_000;
    let density = |x: f64| (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt();
    for tenth in -50..=50 {
        let z = f64::from(tenth) / 10.0;
        // Simpson's rule from z to 12, beyond which there are 2e-33.
        let step = (12.0 - z) / f64::from(STEPS);
        let sum: f64 = (0..=STEPS)
            .map(|i| {
                let weight = match i {
                    0 | STEPS => 1.0,
                    i if i % 2 == 1 => 4.0,
                    _ => 2.0,
                };
                weight * density(z + step * f64::from(i))
            })
            .sum();
        near(normal_above(z), sum * step / 3.0, 1e-7);
    }
}

#[test]
fn a_rise_is_unusual_beyond_three_and_a_half_spreads() {
    let mut random = Random::seeded(9);
    for n in [3, 8, 33, 65] {
        let noise: Vec<f64> = (0..n).map(|_| random.normal()).collect();
        for slope in [0.0, 0.3, 2.0, 50.0] {
            let points: Vec<(f64, f64)> = noise
                .iter()
                .enumerate()
                .map(|(i, noise)| (1e9 + i as f64, 1e6 + slope * i as f64 + noise))
                .collect();
            let rise = Rise::of(&points).unwrap();
            let by_hand = theil_sen(&points).unwrap() * (n - 1) as f64;
            near(rise.by, by_hand, 1e-6 * by_hand.abs());
            // What lies off the line, by definition, with the median found by counting.
            let off: Vec<f64> = points
                .iter()
                .map(|(x, y)| y - rise.slope * (x - 1e9))
                .collect();
            let middle = median_by_counting(&off);
            let apart: Vec<f64> = off.iter().map(|off| (off - middle).abs()).collect();
            let spread = 1.4826 * median_by_counting(&apart);
            near(rise.spread, spread, 1e-6);
            assert_eq!(rise.is_unusual(), rise.by > 3.5 * spread);
        }
    }
}

#[test]
fn points_without_a_spread_or_a_line_make_no_odd_figure() {
    assert_eq!(Rise::of(&[]), None);
    assert_eq!(Rise::of(&[(1.0, 5.0)]), None);
    assert_eq!(Rise::of(&[(1.0, 5.0), (1.0, 9.0)]), None);
    assert_eq!(Rise::of(&[(0.0, f64::MAX), (1.0, f64::MIN)]), None);
    let flat: Vec<(f64, f64)> = (0..9).map(|i| (f64::from(i), 7.0)).collect();
    let rise = Rise::of(&flat).unwrap();
    assert_eq!((rise.by, rise.spread), (0.0, 0.0));
    assert!(!rise.is_unusual());
    let straight: Vec<(f64, f64)> = (0..9).map(|i| (f64::from(i), f64::from(i))).collect();
    assert!(Rise::of(&straight).unwrap().is_unusual());
}
