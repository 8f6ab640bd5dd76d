mod plateaus;

use super::*;
use crate::detect::random::Random;

const EMPTY: LifeTable = LifeTable {
    left: [0.0; BUCKETS],
    live: [0.0; BUCKETS],
};

/// One entry: how long it was watched, and whether it left then.
type Life = (u64, bool);

/// Each time in a bucket of its own; who was censored then in the bucket after it, so that nobody is counted half. The
/// grouped estimate is the ungrouped one.
fn ungrouped(lives: &[Life]) -> LifeTable {
    let mut times: Vec<u64> = lives.iter().map(|life| life.0).collect();
    times.sort_unstable();
    times.dedup();
    let mut table = EMPTY;
    for (time, left) in lives {
        let bucket = 2 * times.binary_search(time).unwrap();
        if *left {
            table.left[bucket] += 1.0;
        } else {
            table.live[bucket + 1] += 1.0;
        }
    }
    table
}

#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} is not {expected} within {tolerance}"
    );
}

/// Weeks in remission of the 21 children who were given 6-mercaptopurine; not those with a relapse were lost from sight
/// then. Freireich and others, Blood 21 (1963).
const REMISSIONS: [Life; 21] = [
    (6, true),
    (6, true),
    (6, true),
    (6, false),
    (7, true),
    (9, false),
    (10, true),
    (10, false),
    (11, false),
    (13, true),
    (16, true),
    (17, false),
    (19, false),
    (20, false),
    (22, true),
    (23, true),
    (25, false),
    (32, false),
    (32, false),
    (34, false),
    (35, false),
];

#[test]
fn survival_of_freireichs_patients_is_as_published() {
    // Klein and Moeschberger, Survival Analysis, 2003, table 4.1: estimate and standard error after each relapse.
    for (week, estimate, error) in [
        (6, 0.857, 0.0764),
        (7, 0.807, 0.0869),
        (10, 0.753, 0.0963),
        (13, 0.690, 0.1068),
        (16, 0.627, 0.1141),
        (22, 0.538, 0.1282),
        (23, 0.448, 0.1346),
    ] {
        // Had the study ended after that week, that were the end of the curve.
        let until = REMISSIONS.map(|(time, left)| (time.min(week + 1), left && time <= week));
        let share = ungrouped(&until).plateau_share().unwrap();
        near(share.estimate, estimate, 0.0005);
        // The interval is symmetric on the scale log(−log S), where the error is that of S over |S log S|.
        let double_log = |s: f64| (-s.ln()).ln();
        let half = (double_log(share.low) - double_log(share.high)) / 2.0;
        near(
            double_log(share.low) - half,
            double_log(share.estimate),
            1e-9,
        );
        let scale = share.estimate * -share.estimate.ln();
        near(half / 1.959_964 * scale, error, 0.00006);
    }
}

#[test]
fn the_interval_of_freireichs_patients_is_that_of_the_double_logarithm() {
    // The seven relapses, each with those at risk: variance of log S by hand, term by term.
    let at_risk = [
        (3.0, 21.0),
        (1.0, 17.0),
        (1.0, 15.0),
        (1.0, 12.0),
        (1.0, 11.0),
        (1.0, 7.0),
        (1.0, 6.0),
    ];
    let variance: f64 = at_risk
        .map(|(d, n): (f64, f64)| d / (n * (n - d)))
        .iter()
        .sum();
    let survival: f64 = at_risk
        .map(|(d, n): (f64, f64)| 1.0 - d / n)
        .iter()
        .product();
    let middle = (-survival.ln()).ln();
    let half = 1.959_964 * variance.sqrt() / -survival.ln();
    let share = ungrouped(&REMISSIONS).plateau_share().unwrap();
    near(share.estimate, survival, 1e-12);
    near(share.low, (-(middle + half).exp()).exp(), 1e-9);
    near(share.high, (-(middle - half).exp()).exp(), 1e-9);
    near(share.low, 0.188, 0.0005);
    near(share.high, 0.680, 0.0005);
}

/// The product-limit estimate from single lives: a factor for each time, counted anew.
fn survival_of(lives: &[Life]) -> f64 {
    let mut survival = 1.0;
    for time in 0..=lives.iter().map(|life| life.0).max().unwrap() {
        let at_risk = lives.iter().filter(|life| life.0 >= time).count();
        let left = lives.iter().filter(|life| **life == (time, true)).count();
        if left > 0 {
            survival *= (at_risk - left) as f64 / at_risk as f64;
        }
    }
    survival
}

#[test]
fn survival_is_the_product_over_single_lives() {
    let mut random = Random::seeded(11);
    let mut compared = 0;
    for _ in 0..500 {
        let leaving = random.share();
        let n = 1 + random.below(200);
        let lives: Vec<Life> = (0..n)
            .map(|_| (random.below(38), random.share() < leaving))
            .collect();
        let exact = survival_of(&lives);
        match ungrouped(&lives).plateau_share() {
            Some(share) => {
                near(share.estimate, exact, 1e-9);
                assert!(share.low <= share.estimate && share.estimate <= share.high);
                assert!(share.low >= 0.0 && share.high <= 1.0);
                compared += 1;
            }
            None => assert!(exact == 0.0 || lives.iter().all(|life| !life.1)),
        }
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn without_censoring_survival_is_the_share_that_stays() {
    // Nobody leaves after the last event: Greenwood's variance is the binomial one, s (1 − s) / n.
    let mut table = EMPTY;
    table.left[10] = 60.0;
    table.left[20] = 20.0;
    table.live[40] = 20.0;
    let share = table.plateau_share().unwrap();
    near(share.estimate, 0.2, 1e-12);
    let half = 1.959_964 * (0.2_f64 * 0.8 / 100.0).sqrt() / (0.2 * -0.2_f64.ln());
    near(share.low, 0.2_f64.powf(half.exp()), 1e-9);
    near(share.high, 0.2_f64.powf((-half).exp()), 1e-9);
}

#[test]
fn those_censored_in_a_bucket_count_half() {
    // Cutler and Ederer: of 100, 10 left and 20 were lost from sight; q = 10 / (100 − 20/2).
    let mut table = EMPTY;
    table.left[5] = 10.0;
    table.live[5] = 20.0;
    table.live[6] = 70.0;
    near(
        table.plateau_share().unwrap().estimate,
        1.0 - 10.0 / 90.0,
        1e-12,
    );
}

#[test]
fn no_share_is_claimed_where_nothing_left_or_nothing_stayed() {
    let mut table = EMPTY;
    assert_eq!(table.plateau_share(), None);
    table.live[30] = 1e6;
    assert_eq!(table.plateau_share(), None);
    // The oldest of all left, alone in its bucket: the estimate is 0, however many are there. Nothing is certain of it.
    table.left[60] = 1.0;
    assert_eq!(table.plateau_share(), None);
}

#[test]
fn huge_and_uneven_tables_give_shares() {
    let mut random = Random::seeded(12);
    let sizes = [
        0.0,
        0.0,
        0.004,
        1.0,
        2.0,
        1e3,
        2.0_f64.powi(40),
        u64::MAX as f64,
    ];
    for _ in 0..5_000 {
        let mut table = EMPTY;
        for _ in 0..random.below(12) {
            table.left[random.below(BUCKETS as u64) as usize] = random.one_of(&sizes);
            table.live[random.below(BUCKETS as u64) as usize] = random.one_of(&sizes);
        }
        if let Some(share) = table.plateau_share() {
            for figure in [share.low, share.estimate, share.high] {
                assert!((0.0..=1.0).contains(&figure), "{share:?}");
            }
        }
        if let Some(plateau) = table.plateau(0.3, plateaus::QUICK) {
            assert!(plateau.hazard > 0.0 && plateau.hazard < 0.3, "{plateau:?}");
            assert!(plateau.survivors.is_finite() && plateau.left.is_finite());
        }
    }
}
