//! Plateaus, in tables of simulated lives: none where everything is removed in the end, however late; found where some
//! entries never are.

use super::{EMPTY, LifeTable, Patience, near};
use crate::{
    detect::{random::Random, stays::HARDLY_ANY},
    lifecycle::ages::bucket_of,
};

const SECOND: f64 = 1_000.0;
const HOUR: f64 = 3_600.0 * SECOND;

/// Of those who do not wait for hours.
pub(super) const QUICK: Patience = Patience {
    ms: 4 * 3_600_000,
    times: Some(32),
};
/// Of those who do.
const LONG: Patience = Patience {
    times: None,
    ..QUICK
};

/// The lives of entries that came evenly over `span` ms, as they look at its end.
fn observed(
    random: &mut Random,
    entries: usize,
    span: f64,
    lifetime: &mut dyn FnMut(&mut Random) -> f64,
) -> LifeTable {
    let mut table = EMPTY;
    for _ in 0..entries {
        let age = random.share() * span;
        let lifetime = lifetime(random);
        if lifetime <= age {
            table.left[bucket_of(lifetime as u64)] += 1.0;
        } else {
            table.live[bucket_of(age as u64)] += 1.0;
        }
    }
    table
}

/// How many of 300 tables have a plateau, for entries whose lives all end.
fn false_alarms(seed: u64, lifetime: fn(&mut Random) -> f64) -> usize {
    let mut random = Random::seeded(seed);
    let mut alarms = 0;
    for table in 0..300 {
        let span = [60.0 * SECOND, 600.0 * SECOND, HOUR, 6.0 * HOUR, 48.0 * HOUR][table % 5];
        let entries = [300, 3_000][table % 2];
        let lives = observed(&mut random, entries, span, &mut |random| lifetime(random));
        alarms += usize::from(lives.plateau(HARDLY_ANY, QUICK).is_some());
    }
    alarms
}

#[test]
fn lifetimes_that_follow_a_power_law_have_no_plateau() {
    for (seed, lifetime) in [
        (
            21,
            (|random| random.pareto(SECOND, 0.5)) as fn(&mut Random) -> f64,
        ),
        (22, |random| random.pareto(SECOND, 0.75)),
        (23, |random| random.pareto(SECOND, 1.0)),
        (24, |random| random.pareto(SECOND, 1.5)),
        (25, |random| random.pareto(SECOND, 2.0)),
    ] {
        assert_eq!(false_alarms(seed, lifetime), 0, "seed {seed}");
    }
}

#[test]
fn log_normal_lifetimes_have_no_plateau() {
    for (seed, lifetime) in [
        (
            31,
            (|random| random.log_normal(SECOND, 1.0)) as fn(&mut Random) -> f64,
        ),
        (32, |random| random.log_normal(SECOND, 2.0)),
        (33, |random| random.log_normal(60.0 * SECOND, 2.0)),
    ] {
        assert_eq!(false_alarms(seed, lifetime), 0, "seed {seed}");
    }
}

#[test]
fn lifetimes_with_a_time_to_live_have_no_plateau() {
    for (seed, lifetime) in [
        (34, (|_| 30.0 * SECOND) as fn(&mut Random) -> f64),
        (35, |random| 30.0 * SECOND + random.share() * 10.0 * SECOND),
    ] {
        assert_eq!(false_alarms(seed, lifetime), 0, "seed {seed}");
    }
}

#[test]
fn the_gap_before_a_sweep_is_no_plateau() {
    // All but a few are done at once; the rest is left to a sweep half an hour later. Seen for long enough to know.
    let mut random = Random::seeded(37);
    for table in 0..300 {
        let rest = [0.01, 0.03, 0.05, 0.08][table % 4];
        let span = [3.0 * HOUR, 12.0 * HOUR, 48.0 * HOUR][table % 3];
        let lives = observed(&mut random, 20_000, span, &mut |random| {
            if random.share() < rest {
                1_800.0 * SECOND + random.share() * 60.0 * SECOND
            } else {
                random.exponential(SECOND)
            }
        });
        let plateau = lives.plateau(HARDLY_ANY, QUICK);
        assert!(plateau.is_none(), "{rest} after {span} ms: {plateau:?}");
    }
}

#[test]
fn the_share_that_is_never_removed_is_found_once_it_is_old() {
    let lifetimes: [fn(&mut Random) -> f64; 3] = [
        |random| random.exponential(SECOND),
        |random| random.log_normal(SECOND, 1.0),
        |_| 2.0 * SECOND,
    ];
    let mut random = Random::seeded(41);
    for share in [0.005, 0.01, 0.05, 0.1, 0.3] {
        for lifetime in lifetimes {
            let (mut covered, mut sum) = (0, 0.0);
            const TABLES: usize = 60;
            for _ in 0..TABLES {
                let table = observed(&mut random, 8_000, HOUR, &mut |random| {
                    if random.share() < share {
                        f64::INFINITY
                    } else {
                        lifetime(random)
                    }
                });
                let plateau = table.plateau(HARDLY_ANY, QUICK).expect("a plateau");
                assert!(plateau.hazard < HARDLY_ANY);
                let found = table.plateau_share().unwrap();
                sum += found.estimate;
                covered += usize::from((found.low..=found.high).contains(&share));
            }
            near(sum / TABLES as f64, share, 0.06 * share);
            // 95 % of 60 are 57; fewer than 50 have a probability of 0.02 %.
            assert!(
                covered >= 50,
                "{share}: the interval holds it {covered} times"
            );
        }
    }
}

/// Nine in ten take a second, the others wait, as they look after so many hours.
fn some_wait(seed: u64, hours: f64, mut waits: impl FnMut(&mut Random) -> f64) -> LifeTable {
    let mut random = Random::seeded(seed);
    observed(&mut random, 20_000, hours * HOUR, &mut |random| {
        if random.share() < 0.1 {
            waits(random)
        } else {
            random.exponential(SECOND)
        }
    })
}

#[test]
fn what_waits_for_hours_is_no_plateau_however_quick_the_others_are() {
    for seed in 0..40 {
        for hours in [0.2, 0.5, 1.0, 2.0, 4.0, 6.0, 12.0, 24.0] {
            let person = some_wait(seed, hours, |random| {
                random.log_normal(5_400.0 * SECOND, 0.7)
            });
            let timeout = some_wait(seed, hours, |_| 4.0 * HOUR);
            for table in [person, timeout] {
                let plateau = table.plateau(HARDLY_ANY, LONG);
                assert!(plateau.is_none(), "after {hours} h: {plateau:?}");
            }
        }
        let forgotten = some_wait(seed, 6.0, |_| f64::INFINITY);
        assert!(forgotten.plateau(HARDLY_ANY, LONG).is_some());
    }
}

#[test]
fn a_plateau_that_begins_to_fall_is_none() {
    // Of what waits for half a day or so, little has gone after six hours, but more of what is older.
    let mut flat = 0;
    for seed in 0..40 {
        let waits = some_wait(seed, 6.0, |random| random.log_normal(12.0 * HOUR, 0.5));
        let falls = waits.plateau(HARDLY_ANY, LONG);
        assert!(falls.is_none(), "seed {seed}: {falls:?}");
        // As many are removed, but at any age: the others never will be.
        let stays = some_wait(seed, 6.0, |random| {
            if random.share() < 0.05 {
                random.pareto(10.0 * SECOND, 1.0)
            } else {
                f64::INFINITY
            }
        });
        flat += usize::from(stays.plateau(HARDLY_ANY, LONG).is_some());
    }
    assert!(flat >= 38, "{flat}");
}

#[test]
fn no_plateau_is_seen_before_entries_are_old() {
    let mut random = Random::seeded(51);
    let table = observed(&mut random, 8_000, 4.0 * SECOND, &mut |random| {
        if random.share() < 0.05 {
            f64::INFINITY
        } else {
            random.exponential(SECOND)
        }
    });
    assert!(table.plateau(HARDLY_ANY, QUICK).is_none());
}

#[test]
fn a_few_entries_are_no_plateau() {
    let mut table = EMPTY;
    assert!(table.plateau(HARDLY_ANY, QUICK).is_none());
    table.live[70] = 1.0;
    assert!(
        table.plateau(HARDLY_ANY, QUICK).is_none(),
        "nothing ever left"
    );
    table.left[10] = 1_000.0;
    assert!(table.plateau(HARDLY_ANY, QUICK).is_none(), "one is there");
    table.live[70] = 5.0;
    assert!(table.plateau(HARDLY_ANY, QUICK).is_none(), "five are there");
    table.live[70] = 6.0;
    let plateau = table.plateau(HARDLY_ANY, QUICK).expect("six are there");
    assert_eq!((plateau.survivors, plateau.left), (6.0, 0.0));
    assert!((11..=66).contains(&plateau.from));
}

#[test]
fn most_have_to_leave_before_a_plateau() {
    let mut table = EMPTY;
    table.left[10] = 850.0;
    table.left[60] = 150.0;
    table.live[70] = 5_000.0;
    let plateau = table.plateau(HARDLY_ANY, QUICK);
    assert!(
        plateau.is_none_or(|plateau| plateau.from > 60),
        "{plateau:?}"
    );
}
