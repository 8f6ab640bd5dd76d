//! What removals explain of a length, against what is there, counted entry by entry; and what they do not.

use super::story::{
    Entry, HOUR, LINE, OTHER_LINE, SECOND, entry, found, line, nothing, now, one, silent, told,
};
use crate::{
    SiteReport,
    detect::{
        Case,
        excess::{Explained, oldest},
        random::Random,
    },
};

/// Entries that come by this many to the second at each part of a day, and live so many milliseconds, or for ever.
fn comes(
    seed: u64,
    life: u64,
    per_second: impl Fn(f64) -> f64,
    mut lives: impl FnMut(&mut Random, u64) -> Option<f64>,
) -> Vec<Entry> {
    let mut random = Random::seeded(seed);
    let mut entries = Vec::new();
    let mut at = 0.0;
    loop {
        let day = at / (24 * HOUR) as f64;
        at += random.exponential(SECOND as f64 / per_second(day).max(1e-3));
        if at >= life as f64 {
            return entries;
        }
        let born = at as u64;
        let left = lives(&mut random, born).map(|lived| born + lived as u64);
        entries.push(entry(born, left.filter(|left| *left <= life)));
    }
}

/// What observe tells of these: exact numbers, and the lives of one in 256.
fn sampled(entries: &[Entry], life: u64) -> SiteReport {
    const ONE_IN: u64 = 256;
    let mut site = told(entries, life);
    let some: Vec<Entry> = entries.iter().copied().step_by(ONE_IN as usize).collect();
    site.call_sites = told(&some, life).call_sites;
    for line in &mut site.call_sites {
        line.one_in = ONE_IN;
        line.births *= ONE_IN;
        line.live *= ONE_IN;
        line.lifetimes = line.lifetimes.scaled(ONE_IN as f64);
        line.ages = line.ages.scaled(ONE_IN as f64);
        line.generations
            .iter_mut()
            .for_each(|entries| *entries *= ONE_IN);
    }
    site.one_in = ONE_IN;
    site
}

fn daily(day: f64) -> f64 {
    2.0 + 1.5 * (std::f64::consts::TAU * day).sin()
}

const DAY: u64 = 24 * HOUR;

#[test]
fn of_what_is_removed_as_many_are_expected_as_are_there() {
    for (seed, median, sigma) in [(1, 20.0, 0.8), (2, 600.0, 1.0), (3, 3_000.0, 0.5)] {
        let entries = comes(seed, DAY, daily, |random, _| {
            Some(random.log_normal(median * SECOND as f64, sigma))
        });
        let site = sampled(&entries, DAY);
        let sites = [site];
        let case = Case {
            site: &sites[0],
            sites: &sites,
            now: now(&sites, false),
        };
        let explained = Explained::of_all(&case).expect("enough are known");
        for part in 1..=12 {
            let at = DAY * part / 12;
            let there = entries
                .iter()
                .filter(|entry| entry.born <= at && entry.left.is_none_or(|left| left > at))
                .count() as f64;
            let (expected, error) = explained.at(&case, sites[0].since_ms + at);
            assert!(
                (there - expected).abs() < 4.0 * error,
                "median {median} s, at {part}/12: {there} are there, {expected} ± {error} expected"
            );
            assert!(error < 0.2 * expected + 10.0, "{expected} ± {error}");
        }
    }
}

#[test]
fn what_stays_is_told_where_samples_are_too_few() {
    // Six in a thousand, beside some 160 that come and go: four samples in a day.
    let night_to_night = |day| daily(day - 0.25);
    let entries = comes(7, DAY, night_to_night, |random, _| {
        (random.share() > 0.006).then(|| random.log_normal(60.0 * SECOND as f64, 0.8))
    });
    let site = sampled(&entries, DAY);
    let truth = entries
        .iter()
        .filter(|entry| entry.left.is_none() && entry.born < DAY - HOUR);
    let truth = truth.count() as f64;
    let suspect = one(&site);
    assert_eq!(suspect.kind, "excess");
    assert_eq!(suspect.call_site.as_deref(), Some(LINE));
    let off = (suspect.entries as f64 - truth).abs();
    assert!(
        off < 5.0 * suspect.figures["excess_error"],
        "{truth}: {suspect:#?}"
    );
    assert!((suspect.share - 0.006).abs() < 0.002, "{}", suspect.share);
    assert!(
        suspect.sentence.contains("more than there would be"),
        "{}",
        suspect.sentence
    );
    let with = |change: fn(&mut SiteReport)| {
        let mut site = site.clone();
        change(&mut site);
        site
    };
    silent(&with(|site| site.growth_allowed = true));
    silent(&with(|site| site.max_len = Some(10_000)));
    silent(&with(|site| site.max_age_seconds = Some(90_000.0)));
    silent(&with(|site| site.since_ms += 13 * HOUR));
}

#[test]
fn the_line_is_the_one_whose_entries_got_old() {
    let mut entries = comes(
        11,
        DAY,
        |_| 3.0,
        |random, _| Some(random.exponential(5_000.0)),
    );
    let stays = comes(12, DAY, |_| 0.02, |_, _| None);
    entries.extend(stays.into_iter().map(|entry| Entry {
        line: OTHER_LINE,
        ..entry
    }));
    let suspects = found(&[sampled(&entries, DAY)]);
    assert_eq!(suspects[0].call_site.as_deref(), Some(OTHER_LINE));
    assert!(suspects[0].kinds().contains(&"excess"), "{suspects:#?}");
}

#[test]
fn what_comes_and_goes_is_explained_whatever_its_tail() {
    let minute = 60.0 * SECOND as f64;
    type Lives = fn(&mut Random, f64) -> f64;
    let healthy: [(&str, Lives); 6] = [
        ("a day and more", |random, minute| {
            random.exponential(1_800.0 * minute)
        }),
        ("log-normal", |random, minute| {
            random.log_normal(10.0 * minute, 1.5)
        }),
        ("Pareto", |random, minute| random.pareto(0.5 * minute, 0.5)),
        ("minutes or hours", |random, minute| {
            let mean = if random.share() < 0.1 { 180.0 } else { 2.0 };
            random.exponential(mean * minute)
        }),
        ("a sweep each hour", |random, minute| {
            60.0 * minute * random.share()
        }),
        ("hours", |random, minute| random.exponential(300.0 * minute)),
    ];
    for (name, lives) in healthy {
        for seed in 20..24 {
            for life in [13 * HOUR, 17 * HOUR, DAY] {
                let entries = comes(seed, life, daily, |random, _| Some(lives(random, minute)));
                let suspects = found(&[sampled(&entries, life)]);
                let excess = suspects
                    .iter()
                    .any(|suspect| suspect.kinds().contains(&"excess"));
                assert!(!excess, "{name}, seed {seed}, {life}: {suspects:#?}");
            }
        }
    }
}

/// New ones get rarer, as of names that come by at random.
#[test]
fn a_map_that_fills_up_beside_what_comes_and_goes_is_none() {
    let mut entries = comes(
        31,
        DAY,
        |_| 2.0,
        |random, _| Some(random.exponential(8_000.0)),
    );
    let names = comes(32, DAY, |day| 0.4 * (-4.0 * day).exp(), |_, _| None);
    entries.extend(names.into_iter().map(|entry| Entry {
        line: OTHER_LINE,
        ..entry
    }));
    silent(&sampled(&entries, DAY));
}

#[test]
fn a_site_without_a_life_has_none() {
    silent(&nothing());
}

#[test]
fn half_a_day_is_waited_for() {
    let kinds = |life| {
        let entries = comes(41, life, daily, |random, _| {
            (random.share() > 0.05).then(|| random.log_normal(60.0 * SECOND as f64, 0.8))
        });
        let suspects = found(&[sampled(&entries, life)]);
        suspects
            .iter()
            .flat_map(|suspect| suspect.kinds())
            .collect::<Vec<_>>()
    };
    assert!(!kinds(11 * HOUR).contains(&"excess"));
    assert!(kinds(13 * HOUR).contains(&"excess"));
}

#[test]
fn where_the_old_are_removed_nothing_is_left_behind() {
    let of = |removed| {
        let mut line = line(LINE);
        line.ages.add(5 * HOUR, 10);
        line.lifetimes.add(SECOND, 1_000);
        line.lifetimes.add(5 * HOUR, removed);
        [line]
    };
    assert!(oldest(of(3).iter(), 4 * HOUR).is_some());
    assert!(oldest(of(10).iter(), 4 * HOUR).is_none());
    assert!(oldest(of(0).iter(), 6 * HOUR).is_none(), "none got so old");
}
