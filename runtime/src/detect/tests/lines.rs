//! Detectors that judge lines: entries that stay though their like go, and lines whose entries all stay.

use super::story::{
    Entry, HOUR, LINE, MINUTE, OTHER_LINE, SECOND, entry, found, now, one, silent, told,
};
use crate::{
    SiteReport,
    detect::{random::Random, suspects},
};

/// One entry a second for so long; `stays` says whether nobody removes it, the others live about ten seconds.
fn requests(life: u64, stays: impl Fn(u64) -> bool) -> Vec<Entry> {
    let mut random = Random::seeded(71);
    (0..life / SECOND)
        .map(|i| {
            let born = i * SECOND;
            let left = born + random.exponential(10.0 * SECOND as f64) as u64;
            entry(born, (left <= life && !stays(i)).then_some(left))
        })
        .collect()
}

#[test]
fn entries_that_nobody_removes_are_told_with_their_share() {
    let suspect = one(&told(&requests(8 * HOUR, |i| i % 50 == 0), 8 * HOUR));
    assert_eq!(suspect.kind, "never_removed");
    assert_eq!(suspect.call_site.as_deref(), Some(LINE));
    assert!((suspect.share - 0.02).abs() < 0.002, "{}", suspect.share);
    let interval = suspect.figures["share_low"]..=suspect.figures["share_high"];
    assert!(interval.contains(&0.02), "{interval:?}");
    assert!(
        (560..=576).contains(&suspect.entries),
        "{}",
        suspect.entries
    );
    // One in fifty seconds is 72 an hour.
    let per_hour = suspect.entries_per_hour;
    assert!((65.0..=79.0).contains(&per_hour), "{per_hour}");
    assert!(suspect.confidence > 0.9);
}

/// Logins at a provider: seven in ten come back within half a minute, the others are forgotten after a while, or never.
#[test]
fn what_waits_for_a_timeout_is_no_leak_before_it_ran_out() {
    let mut random = Random::seeded(73);
    let logins: Vec<(u64, Option<u64>)> = (0..6 * HOUR / SECOND)
        .map(|i| {
            let takes = random.exponential(8.0 * SECOND as f64) as u64;
            let born = i * SECOND;
            (born, (random.share() < 0.7).then_some(born + takes))
        })
        .collect();
    let after = |life: u64, timeout: Option<u64>| {
        let entries: Vec<Entry> = logins
            .iter()
            .map(|(born, left)| {
                let ends = left.or_else(|| timeout.map(|timeout| born + timeout));
                entry(*born, ends.filter(|ends| *ends <= life))
            })
            .collect();
        told(&entries, life)
    };
    for minutes in (1..=360).step_by(9) {
        silent(&after(minutes * MINUTE, Some(10 * MINUTE)));
        silent(&after(minutes * MINUTE, Some(4 * HOUR)));
    }
    assert_eq!(one(&after(5 * HOUR, None)).kind, "never_removed");
}

#[test]
fn what_was_declared_to_stay_is_given_that_time_and_no_more() {
    let age = |site: &mut SiteReport, hours: f64| site.max_age_seconds = Some(hours * 3_600.0);
    let mut site = told(&requests(8 * HOUR, |i| i % 50 == 0), 8 * HOUR);
    age(&mut site, 8.0);
    silent(&site);
    let mut site = told(&requests(HOUR, |i| i % 50 == 0), HOUR);
    silent(&site);
    age(&mut site, 0.25);
    assert_eq!(one(&site).kind, "never_removed");
    // A window of a day has nothing to forget before.
    let mut site = told(&kept(20 * HOUR, 5_000, |part| part), 20 * HOUR);
    assert_eq!(one(&site).kind, "only_grows");
    age(&mut site, 24.0);
    silent(&site);
}

#[test]
fn in_a_short_life_many_that_stay_are_told_early() {
    let life = 5 * MINUTE;
    let often = |n: u64| {
        let entries: Vec<Entry> = (0..n * life / SECOND)
            .map(|i| {
                let born = i * SECOND / n;
                entry(
                    born,
                    (i % 10 > 0)
                        .then_some(born + 20)
                        .filter(|left| *left <= life),
                )
            })
            .collect();
        [told(&entries, life)]
    };
    let suspects_of = |sites: &[_], short| suspects(sites, now(sites, short), &mut |_| false);
    let suspects = suspects_of(&often(600), true);
    assert_eq!(suspects.len(), 1, "{suspects:#?}");
    assert_eq!(
        (suspects[0].kind, suspects[0].confidence),
        ("never_removed", 0.6)
    );
    assert!(suspects_of(&often(600), false).is_empty());
    assert!(suspects_of(&often(100), true).is_empty());
}

#[test]
fn what_one_sample_stands_for_counts() {
    let mut site = told(&requests(8 * HOUR, |i| i % 50 == 0), 8 * HOUR);
    let exact = one(&site);
    // The same samples, but each of them one of four entries.
    let line = &mut site.call_sites[0];
    line.one_in = 4;
    line.births *= 4;
    line.live *= 4;
    line.lifetimes = line.lifetimes.scaled(4.0);
    line.ages = line.ages.scaled(4.0);
    line.generations
        .iter_mut()
        .for_each(|entries| *entries *= 4);
    site.inserts *= 4;
    site.len *= 4;
    site.table_bytes *= 4;
    for point in &mut site.history {
        point.len *= 4;
        point.inserts *= 4;
    }
    let estimate = one(&site);
    assert_eq!(estimate.entries, 4 * exact.entries);
    assert!((estimate.entries_per_hour - 4.0 * exact.entries_per_hour).abs() < 0.5);
    assert_eq!(estimate.share, exact.share);
    assert_eq!(estimate.confidence, exact.confidence);
}

#[test]
fn requests_that_are_all_answered_are_no_leak() {
    silent(&told(&requests(2 * HOUR, |_| false), 2 * HOUR));
}

#[test]
fn a_burst_that_is_over_is_no_leak_that_goes_on() {
    let life = 8 * HOUR;
    silent(&told(&requests(life, |i| i < 600 && i % 5 == 0), life));
    // Nor are the first entries of all, which stay as long as the program: a registry filled at the start.
    silent(&told(&requests(life, |i| i < 100), life));
}

#[test]
fn growth_that_is_allowed_is_no_leak() {
    let mut site = told(&requests(8 * HOUR, |i| i % 50 == 0), 8 * HOUR);
    site.growth_allowed = true;
    silent(&site);
}

/// One entry a second. One in a hundred is read for ever, the others are evicted: from a cache of a thousand when
/// another comes and it is full, or else after a thousand seconds.
fn cache(life: u64, bounded: bool) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut cold = std::collections::VecDeque::new();
    for i in 0..life / SECOND {
        let born = i * SECOND;
        let hot = i as usize / 100;
        let room = if bounded { 1_000 - hot } else { 1_000 };
        while cold.len() >= room {
            let evicted: usize = cold.pop_front().unwrap();
            entries[evicted].left = Some(born);
        }
        if i % 100 != 0 {
            cold.push_back(entries.len());
        }
        entries.push(entry(born, None));
    }
    entries
}

#[test]
fn a_cache_at_its_bound_is_no_leak() {
    let life = 12 * HOUR;
    let unbounded = one(&told(&cache(life, false), life));
    assert_eq!(unbounded.kind, "never_removed");
    silent(&told(&cache(life, true), life));
}

/// A consumer takes two seconds for each entry, one a second, and stops after three hours.
fn consumed(life: u64, still: impl Fn(u64) -> bool) -> Vec<Entry> {
    (0..life / SECOND)
        .map(|i| {
            let (born, left) = (i * SECOND, (i + 2) * SECOND);
            let waits = born >= 3 * HOUR && still(i);
            entry(born, (left <= life && !waits).then_some(left))
        })
        .collect()
}

#[test]
fn a_consumer_that_stands_still_is_no_leak() {
    let life = 3 * HOUR + 24 * MINUTE;
    silent(&told(&consumed(life, |_| true), life));
    // It goes on, and forgets every second entry.
    let life = 9 * HOUR;
    let suspect = one(&told(&consumed(life, |i| i % 2 == 0), life));
    assert_eq!(suspect.kind, "never_removed");
}

#[test]
fn entries_that_most_leave_at_once_and_the_rest_at_a_sweep_are_no_leak() {
    let mut random = Random::seeded(72);
    let life = 12 * HOUR;
    let entries: Vec<Entry> = (0..life / SECOND)
        .map(|i| {
            let lives = if i % 50 == 0 {
                30 * MINUTE + random.below(MINUTE)
            } else {
                random.below(4 * SECOND)
            };
            let left = i * SECOND + lives;
            entry(i * SECOND, (left <= life).then_some(left))
        })
        .collect();
    silent(&told(&entries, life));
}

/// One entry a second that lives up to ten seconds, but for a few.
fn few_stay(life: u64, few: &[u64]) -> Vec<Entry> {
    let mut random = Random::seeded(73);
    (0..life / SECOND)
        .map(|i| {
            let left = i * SECOND + random.below(10 * SECOND);
            entry(
                i * SECOND,
                (left <= life && !few.contains(&i)).then_some(left),
            )
        })
        .collect()
}

#[test]
fn a_few_entries_that_are_far_too_old_are_overdue() {
    // Too few for a plateau.
    let suspect = one(&told(
        &few_stay(16 * HOUR, &[3_600, 16_000, 28_000, 36_000]),
        16 * HOUR,
    ));
    assert_eq!(suspect.kind, "overdue");
    assert_eq!(suspect.call_site.as_deref(), Some(LINE));
    assert_eq!(suspect.entries, 4);
    assert!(suspect.figures["by_chance"] < 1e-4);
    assert!(suspect.confidence <= 0.99);
}

#[test]
fn fewer_or_younger_or_past_survivors_are_not_overdue() {
    let life = 16 * HOUR;
    silent(&told(&few_stay(life, &[3_600, 28_000]), life));
    // Lifetimes of up to ten seconds say nothing of an hour.
    let young = life / SECOND - 3_600;
    silent(&told(&few_stay(life, &[young, young + 2, young + 4]), life));
    // Of one moment each, or long ago.
    silent(&told(&few_stay(life, &[3_600, 3_601, 3_602, 3_603]), life));
    silent(&told(&few_stay(life, &[400, 2_400, 4_400, 6_400]), life));
}

#[test]
fn one_late_removal_makes_late_entries_likely() {
    let life = 16 * HOUR;
    let mut entries = few_stay(life, &[3_600, 16_000, 28_000, 36_000]);
    entries[3_600].left = Some(13 * HOUR);
    silent(&told(&entries, life));
}

/// Entries of which none ever leaves, at a pace that changes with the part of `life` that has passed.
fn kept(life: u64, n: u64, when: impl Fn(f64) -> f64) -> Vec<Entry> {
    (0..n)
        .map(|i| entry((when(i as f64 / n as f64) * life as f64) as u64, None))
        .collect()
}

#[test]
fn a_line_that_only_inserts_is_told_after_hours() {
    let suspect = one(&told(&kept(5 * HOUR, 5_000, |part| part), 5 * HOUR));
    assert_eq!(suspect.kind, "only_grows");
    assert_eq!(suspect.call_site.as_deref(), Some(LINE));
    assert_eq!(suspect.entries, 5_000);
    assert!((suspect.entries_per_hour - 1_000.0).abs() < 40.0);
    silent(&told(&kept(3 * HOUR, 5_000, |part| part), 3 * HOUR));
}

#[test]
fn growth_that_slows_down_is_a_warm_up() {
    // Of N keys that come by at random new ones get rarer as exp(−t/τ), here with τ = an hour and a half.
    let warm_up = |part: f64| -0.3 * (1.0 - part * (1.0 - (-1.0 / 0.3_f64).exp())).ln();
    silent(&told(&kept(5 * HOUR, 5_000, warm_up), 5 * HOUR));
    // All of it at the start.
    silent(&told(&kept(5 * HOUR, 5_000, |part| part / 100.0), 5 * HOUR));
}

#[test]
fn a_map_with_a_bound_or_few_entries_may_fill_up() {
    let site = told(&kept(5 * HOUR, 5_000, |part| part), 5 * HOUR);
    let mut bounded = site.clone();
    bounded.max_len = Some(10_000);
    silent(&bounded);
    let mut allowed = site;
    allowed.growth_allowed = true;
    silent(&allowed);
    silent(&told(&kept(5 * HOUR, 400, |part| part), 5 * HOUR));
}

#[test]
fn in_a_short_life_only_fast_growth_is_told() {
    let sites = [told(&kept(6 * SECOND, 6_000, |part| part), 6 * SECOND)];
    silent(&sites[0]);
    let suspects_of = |sites: &[_]| suspects(sites, now(sites, true), &mut |_| false);
    let suspects = suspects_of(&sites);
    assert_eq!(suspects.len(), 1);
    assert_eq!(
        (suspects[0].kind, suspects[0].confidence),
        ("only_grows", 0.6)
    );
    let slow = [told(&kept(6 * SECOND, 2_000, |part| part), 6 * SECOND)];
    assert!(suspects_of(&slow).is_empty());
    let brief = [told(&kept(2 * SECOND, 6_000, |part| part), 2 * SECOND)];
    assert!(suspects_of(&brief).is_empty());
}

#[test]
fn a_line_is_judged_by_its_own_entries() {
    let life = 8 * HOUR;
    let mut entries = requests(life, |i| i % 50 == 0);
    // As many of another line, all removed after a minute.
    entries.extend(requests(life, |_| false).iter().map(|entry| Entry {
        line: OTHER_LINE,
        ..*entry
    }));
    let suspects = found(&[told(&entries, life)]);
    assert_eq!(suspects.len(), 1);
    assert_eq!(suspects[0].call_site.as_deref(), Some(LINE));
    assert!((suspects[0].share - 0.02).abs() < 0.002);
}
