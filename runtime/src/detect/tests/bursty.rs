//! Maps that swing: quiet whatever their bursts, and found when a leak is on top of the same bursts.

use super::story::{HOUR, MINUTE, SECOND, entry, found, nothing, told, with_history};
use crate::{
    Point, RemovalCause, SiteReport,
    detect::{random::Random, trend},
};

/// Between 0 and 1: calm most of the time, high in bursts of different heights and lengths.
fn bursts(seed: u64, calm: f64) -> Vec<f64> {
    let mut random = Random::seeded(seed);
    let mut height = 0.0;
    (0..=64)
        .map(|_| {
            if random.share() < 0.6 {
                height = if random.share() < calm {
                    0.0
                } else {
                    random.share()
                };
            }
            height
        })
        .collect()
}

fn place(part: f64) -> usize {
    (part * 64.0).round() as usize
}

#[track_caller]
fn kinds(sites: &[SiteReport]) -> Vec<&'static str> {
    let suspects = found(sites);
    for suspect in &suspects {
        let figures = suspect.figures.values().chain([&suspect.share]);
        assert!(
            figures.into_iter().all(|figure| figure.is_finite()),
            "{suspect:#?}"
        );
    }
    suspects
        .iter()
        .flat_map(|suspect| suspect.kinds())
        .collect()
}

/// `of(seed, leak)` is a site that swings, with so much of a leak on top.
#[track_caller]
fn swings_quietly_and_leaks_aloud(kind: &str, of: impl Fn(u64, f64) -> Vec<SiteReport>) {
    for seed in 0..60 {
        let healthy = kinds(&of(seed, 0.0));
        assert!(!healthy.contains(&kind), "seed {seed}: {healthy:?}");
        let leaks = kinds(&of(seed, 1.0));
        assert!(leaks.contains(&kind), "seed {seed}: {leaks:?}");
    }
}

#[test]
fn a_follower_with_many_entries_in_bursts() {
    swings_quietly_and_leaks_aloud("drift", |seed, leak| {
        let bursts = bursts(seed, 0.5);
        let each = |part: f64| 2.0 + 6.0 * bursts[place(part)] + 30.0 * leak * part;
        let site = |name: &str, len: &dyn Fn(f64) -> f64| {
            let mut site = told(&[entry(0, Some(SECOND))], 24 * HOUR);
            site.site = name.to_owned();
            site.len = len(1.0) as u64;
            site.inserts = 1_000_000;
            with_history(site, |part, point| {
                point.len = len(part) as u64;
                point.inserts = (1_000_000.0 * part) as u64 + point.len;
            })
        };
        let orders = site("Orders.open", &|_| 1_000.0);
        let mut lines = site("Orders.lines", &|part| 1_000.0 * each(part));
        lines.follows = Some("Orders.open".to_owned());
        vec![orders, lines]
    });
}

#[test]
fn residue_that_is_swept_when_it_gets_much() {
    swings_quietly_and_leaks_aloud("residue", |seed, leak| {
        // Most of a small map is vacant even after a sweep.
        let mut random = Random::seeded(seed);
        let mut vacant = 400.0;
        let residue: Vec<f64> = (0..=64)
            .map(|i| {
                vacant *= 1.0 + 0.4 * random.share();
                if vacant > 1_200.0 || i == 20 || i == 40 || i == 60 {
                    vacant = 400.0 + 100.0 * random.share();
                }
                vacant + 8_000.0 * leak * f64::from(i) / 64.0
            })
            .collect();
        let mut site = told(&[entry(0, Some(SECOND))], 24 * HOUR);
        site.residue = residue[64] as u64;
        site.len = site.residue + 300;
        vec![with_history(site, |part, point| {
            point.residue = residue[place(part)] as u64;
            point.len = point.residue + 300;
        })]
    });
}

#[test]
fn room_that_comes_to_use_again() {
    swings_quietly_and_leaks_aloud("capacity", |seed, leak| {
        // A burst in each day, the last one over for longer than a quarter of its life; or none since long ago.
        let mut random = Random::seeded(seed);
        let day = 18.0 - 12.0 * leak;
        let busy: Vec<usize> = (0..3)
            .map(|burst| (10.0 + day * (f64::from(burst) + 0.1 * random.share())) as usize)
            .collect();
        let len = |part: f64| {
            if busy.contains(&place(part)) {
                90_000
            } else {
                50
            }
        };
        let mut site = told(&[entry(0, Some(SECOND))], 48 * HOUR);
        site.len = len(1.0);
        site.capacity = 114_688;
        site.table_bytes = 131_072 * 48;
        let (capacity, table_bytes) = (site.capacity, site.table_bytes);
        vec![with_history(site, |part, point| {
            *point = Point {
                len: len(part),
                capacity,
                table_bytes,
                ..*point
            };
        })]
    });
}

#[test]
fn misses_of_a_map_that_is_long_in_bursts() {
    swings_quietly_and_leaks_aloud("remove_miss", |seed, leak| {
        let bursts = bursts(seed, 0.3);
        let len = |part: f64| 100.0 + 3_000.0 * bursts[place(part)] + 40_000.0 * leak * part;
        let life = 12 * HOUR;
        let mut site = told(&[entry(0, Some(SECOND))], life);
        site.len = len(1.0) as u64;
        // As many calls missed as entries are there now.
        site.misses = site.len.max(200);
        site.inserts = 8 * site.len.max(400);
        site.removed.0[RemovalCause::Filtered as usize] = site.inserts - site.len;
        let (inserts, misses) = (site.inserts as f64, site.misses as f64);
        vec![with_history(site, |part, point| {
            point.len = len(part) as u64;
            point.inserts = (inserts * part) as u64;
            point.misses = (misses * part) as u64;
        })]
    });
}

#[test]
fn small_maps_that_come_in_bursts() {
    swings_quietly_and_leaks_aloud("instances", |seed, leak| {
        // Each burst is a little higher than the last: a rise that the swing accounts for.
        let bursts = bursts(seed, 0.4);
        let alive = |part: f64| {
            100.0 + 3_000.0 * bursts[place(part)] * (0.7 + 0.3 * part) + 100_000.0 * leak * part
        };
        let mut site = told(&[entry(0, Some(SECOND))], 24 * HOUR);
        site.instances = alive(1.0) as u64;
        site.instances_total = 200_000;
        vec![with_history(site, |part, point| {
            point.instances = alive(part) as u64;
            point.instances_total = (200_000.0 * part) as u64;
        })]
    });
}

#[test]
fn a_length_that_swings_more_than_it_rises_is_no_trend() {
    let site = |swing: f64| {
        let site = told(&[entry(0, Some(SECOND))], 24 * HOUR);
        with_history(site, |part, point| {
            point.len = (5_000.0 + swing * (part * 150.0).sin() + 1_000.0 * part) as u64;
        })
    };
    let rises = |swing| trend(&site(swing), None).unwrap();
    assert!(rises(20.0).rises());
    assert!(!rises(400.0).rises(), "{:?}", rises(400.0));
    // No swing at all: nothing lies off the line, and any rise counts.
    let straight = told(&[entry(0, None)], 24 * HOUR);
    let straight = with_history(straight, |part, point| point.len = (64_000.0 * part) as u64);
    let trend = trend(&straight, None).unwrap();
    assert!(trend.rises(), "{trend:?}");
    assert!(trend.in_spreads.is_none_or(f64::is_finite));
}

#[test]
fn too_few_points_leave_the_constants_alone() {
    for points in 0..8 {
        let mut site = nothing();
        site.len = 200;
        site.inserts = 200;
        site.residue = 100;
        site.history = (0..points)
            .map(|i| Point {
                at_ms: site.since_ms + MINUTE * i,
                len: 200,
                residue: 100,
                ..Point::default()
            })
            .collect();
        assert_eq!(kinds(&[site]), ["residue"], "{points} points");
    }
}
