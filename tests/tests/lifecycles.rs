//! Lives as they are written down, against a model that remembers every one of them: births, exits by cause, lifetimes,
//! ages and generations of what is still there, over driven time.
//!
//! In observe only sampled entries are known; a hasher that gives every key the hash 0 makes all of them sampled, until
//! the site has more than it keeps.

#![allow(missing_docs)]

use std::{collections::HashMap, time::Duration};

use mapkeeper::{AgeHistogram, CallSiteReport, MODE, Mode, RemovalCause, testing::Clock};
use mapkeeper_tests::{hashers::Constant, sites::site};
use proptest::prelude::*;

#[mapkeeper::tracked]
#[derive(Default)]
struct Lived {
    #[map]
    map: HashMap<u32, u32, Constant>,
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u32),
    Remove(u32),
    Retain(u32),
    Clear,
    Drain,
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        30 => (0..200_u32).prop_map(Step::Insert),
        15 => (0..200_u32).prop_map(Step::Remove),
        1 => (2..6_u32).prop_map(Step::Retain),
        1 => Just(Step::Clear),
        1 => Just(Step::Drain),
        // Times that no resolution of the clock rounds.
        10 => (0..30_u32).prop_map(|doubling| Step::Wait((10 << doubling) / 100 * 10)),
    ];
    prop::collection::vec(step, 1..300)
}

/// What really happened at the one line that inserts.
#[derive(Default)]
struct Model {
    born_ms: HashMap<u32, u64>,
    births: u64,
    exits: HashMap<RemovalCause, u64>,
    lifetimes: Vec<u64>,
}

impl Model {
    fn leave(&mut self, now: u64, cause: RemovalCause, goes: impl Fn(u32) -> bool) {
        let (exits, lifetimes) = (&mut self.exits, &mut self.lifetimes);
        self.born_ms.retain(|key, born| {
            if goes(*key) {
                *exits.entry(cause).or_default() += 1;
                lifetimes.push(now - *born);
            }
            !goes(*key)
        });
    }
}

/// Runs the same steps on a map and on the model; the clock starts at a multiple of ten milliseconds.
fn live(clock: &Clock, steps: &[Step]) -> (Lived, Model, u64) {
    let ms = |clock: &Clock| clock.now().as_millis() as u64;
    clock.set(Duration::from_millis(ms(clock) / 10 * 10 + 10));
    let (mut s, mut model) = (Lived::default(), Model::default());
    for step in steps {
        let now = ms(clock);
        match *step {
            Step::Insert(key) => {
                s.map.insert(key, key);
                model.born_ms.entry(key).or_insert_with(|| {
                    model.births += 1;
                    now
                });
            }
            Step::Remove(key) => {
                s.map.remove(&key);
                model.leave(now, RemovalCause::Removed, |known| known == key);
            }
            Step::Retain(n) => {
                s.map.retain(|key, _| key % n == 0);
                model.leave(now, RemovalCause::Filtered, |key| key % n != 0);
            }
            Step::Clear => {
                s.map.clear();
                model.leave(now, RemovalCause::Cleared, |_| true);
            }
            Step::Drain => {
                s.map.drain();
                model.leave(now, RemovalCause::Drained, |_| true);
            }
            Step::Wait(by) => clock.advance(Duration::from_millis(by)),
        }
    }
    (s, model, ms(clock))
}

/// The report's lines of the site, added up: what happened before in this process, or since.
fn total(lines: &[CallSiteReport], figure: impl Fn(&CallSiteReport) -> u64) -> u64 {
    lines.iter().map(figure).sum()
}

fn lifetimes(lines: &[CallSiteReport]) -> AgeHistogram {
    let mut all = AgeHistogram::default();
    lines.iter().for_each(|line| all.merge(&line.lifetimes));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn lives_are_written_down_as_they_were(steps in steps()) {
        let clock = Clock::drive();
        let before = site("Lived.map").call_sites;
        let (s, model, now) = live(&clock, &steps);
        let row = site("Lived.map");
        let lines = &row.call_sites;
        if MODE == Mode::Strict {
            let gained = |figure: fn(&CallSiteReport) -> u64| {
                total(lines, figure) - total(&before, figure)
            };
            prop_assert_eq!(gained(|line| line.births), model.births);
            prop_assert_eq!(total(lines, |line| line.live), model.born_ms.len() as u64);
            for cause in RemovalCause::ALL {
                let exits = |lines: &[CallSiteReport]| total(lines, |line| line.exits.get(cause));
                let truth = model.exits.get(&cause).copied().unwrap_or(0);
                prop_assert_eq!(exits(lines) - exits(&before), truth, "{}", cause);
            }
            // Entries that leave one by one are known to the tick; those that leave together, to an eighth.
            let known = lifetimes(lines).total() - lifetimes(&before).total();
            prop_assert_eq!(known, model.lifetimes.len() as u64);
        }
        if MODE != Mode::Off {
            let mut ages = AgeHistogram::default();
            lines.iter().for_each(|line| ages.merge(&line.ages));
            let mut truth: Vec<u64> = model.born_ms.values().map(|born| now - born).collect();
            truth.sort_unstable();
            // Small maps are not sampled, and what they hold when they grow is as old as that.
            if MODE == Mode::Strict {
                prop_assert_eq!(ages.total(), truth.len() as u64);
                for share in [0.01, 0.25, 0.5, 0.75, 1.0] {
                    let Some(ours) = ages.quantile(share) else { continue };
                    let rank = (share * truth.len() as f64).ceil().max(1.0) as usize;
                    let theirs = truth[rank - 1];
                    // An eighth for the span, a third for the bucket it falls into; ticks and buckets of 8 ms below.
                    let most = theirs as f64 * 1.13 * 1.5 + 30.0;
                    let least = theirs as f64 / 1.13 - 30.0;
                    prop_assert!(
                        (ours as f64) <= most && ours as f64 >= least,
                        "quantile {} is {} ms, really {} ms", share, ours, theirs
                    );
                }
            }
            for line in lines {
                prop_assert_eq!(line.generations.len(), 32);
                prop_assert_eq!(line.generations.iter().sum::<u64>(), line.live);
            }
        }
        drop(s);
        let after = site("Lived.map");
        prop_assert_eq!(total(&after.call_sites, |line| line.live), 0);
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Lines {
    #[map]
    map: HashMap<u32, u32>,
}

/// A line that inserts, with its number in the source.
type Insert = (u32, fn(&mut Lines, u32));

/// More lines than are counted side by side.
const INSERTS: [Insert; 6] = [
    (line!(), |s, key| _ = s.map.insert(key, 0)),
    (line!(), |s, key| _ = s.map.insert(key, 1)),
    (line!(), |s, key| _ = s.map.insert(key, 2)),
    (line!(), |s, key| _ = s.map.entry(key).or_insert(3)),
    (line!(), |s, key| _ = s.map.insert(key, 4)),
    (line!(), |s, key| s.map.extend([(key, 5)])),
];

/// What is known of one line: births, exits by cause, and how old those got that left.
#[derive(Debug, Default, PartialEq)]
struct Life {
    births: u64,
    live: u64,
    removed: u64,
    filtered: u64,
    lifetimes: AgeHistogram,
}

/// As the report has it.
fn known_of(line: u32) -> Life {
    let rows = site("Lines.map").call_sites;
    let mut life = Life::default();
    for row in rows {
        if row.call_site.split(':').rev().nth(1) == Some(line.to_string().as_str()) {
            life.births += row.births;
            life.live += row.live;
            life.removed += row.exits.get(RemovalCause::Removed);
            life.filtered += row.exits.get(RemovalCause::Filtered);
            life.lifetimes.merge(&row.lifetimes);
        }
    }
    life
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Strict counts what is alike in batches; whoever reads must not see where one ends.
    #[test]
    fn every_line_is_known_at_any_moment(
        steps in prop::collection::vec((0..40_u32, 0..INSERTS.len(), 0..100_u32), 1..200),
    ) {
        if MODE != Mode::Strict {
            return Ok(());
        }
        let clock = Clock::drive();
        let ms = |clock: &Clock| clock.now().as_millis() as u64;
        clock.set(Duration::from_millis(ms(&clock) / 10 * 10 + 10));
        let before = INSERTS.map(|(line, _)| known_of(line));
        let mut truth: [Life; INSERTS.len()] = Default::default();
        let mut born: HashMap<u32, (usize, u64)> = HashMap::new();
        let mut s = Lines::default();
        for (key, by, what) in steps {
            let now = ms(&clock);
            match what {
                0..50 => {
                    INSERTS[by].1(&mut s, key);
                    born.entry(key).or_insert_with(|| {
                        truth[by].births += 1;
                        (by, now)
                    });
                }
                50..80 => {
                    s.map.remove(&key);
                    if let Some((by, then)) = born.remove(&key) {
                        truth[by].removed += 1;
                        truth[by].lifetimes.add(now - then, 1);
                    }
                }
                80..83 => {
                    s.map.retain(|known, _| known % 3 != key % 3);
                    born.retain(|known, (by, then)| {
                        let stays = known % 3 != key % 3;
                        if !stays {
                            truth[*by].filtered += 1;
                            truth[*by].lifetimes.add(now - *then, 1);
                        }
                        stays
                    });
                }
                83..87 => clock.advance(Duration::from_millis(10 << (key % 24))),
                87..91 => clock.advance(Duration::from_millis(10)),
                _ => {
                    for (by, (line, _)) in INSERTS.iter().enumerate() {
                        truth[by].live = born.values().filter(|(line, _)| *line == by).count() as u64;
                        let mut known = known_of(*line);
                        let had = &before[by];
                        known.births -= had.births;
                        known.removed -= had.removed;
                        known.filtered -= had.filtered;
                        let mut lifetimes = had.lifetimes.clone();
                        lifetimes.merge(&truth[by].lifetimes);
                        prop_assert_eq!(&known.lifetimes, &lifetimes);
                        known.lifetimes = truth[by].lifetimes.clone();
                        prop_assert_eq!(&known, &truth[by]);
                    }
                }
            }
        }
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Exact {
    #[map]
    map: HashMap<u32, u32, Constant>,
}

#[test]
fn a_lifetime_is_the_time_between_the_two_calls() {
    if MODE == Mode::Off {
        return;
    }
    let clock = Clock::drive();
    clock.set(Duration::from_secs(1000));
    let mut s = Exact::default();
    // In observe, a map is sampled from 64 buckets on.
    s.map.reserve(64);
    let mut truth = AgeHistogram::default();
    for key in 0..25 {
        s.map.insert(key, key);
        clock.advance(Duration::from_millis(10 << key));
        assert_eq!(s.map.remove(&key), Some(key));
        truth.add(10 << key, 1);
    }
    let row = site("Exact.map");
    let lived = lifetimes(&row.call_sites);
    if MODE == Mode::Strict {
        assert_eq!(lived, truth);
    } else {
        assert_eq!(
            lived,
            truth.scaled(lived.total() as f64 / truth.total() as f64)
        );
    }
    assert_eq!(lived.quantile(1.0), Some(3 << 26));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Jumping {
    #[map]
    map: HashMap<u32, u32, Constant>,
}

#[test]
fn a_clock_that_jumps_back_loses_no_entry_and_makes_none_older() {
    if MODE == Mode::Off {
        return;
    }
    let clock = Clock::drive();
    let mut s = Jumping::default();
    s.map.reserve(64);
    let times = [50_000, 80_000, 1_000, 90_000, 10, 70_000, 3_000_000, 5];
    for (key, at) in (0..).zip(times) {
        clock.set(Duration::from_millis(at));
        s.map.insert(key, key);
        s.map.remove(&(key / 2 * 2));
        let row = site("Jumping.map");
        let live = total(&row.call_sites, |line| line.live);
        if MODE == Mode::Strict {
            assert_eq!(live, s.map.len() as u64);
            assert_eq!(total(&row.call_sites, |line| line.ages.total()), live);
        }
        let oldest = row.call_sites.iter().filter_map(|line| line.oldest_seconds);
        for age in oldest {
            assert!(age <= 3_000.0, "{age} s at {at} ms");
        }
        for point in row.history.windows(2) {
            assert!(point[0].at_ms < point[1].at_ms);
        }
    }
    s.map.clear();
    assert_eq!(total(&site("Jumping.map").call_sites, |line| line.live), 0);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Budget {
    #[map]
    map: HashMap<u64, u64, Constant>,
    #[map]
    spread: HashMap<u64, u64>,
}

#[test]
fn a_site_keeps_fewer_of_many_and_says_what_each_stands_for() {
    if MODE == Mode::Off {
        return;
    }
    let mut s = Budget::default();
    for key in 0..1_500_000 {
        s.spread.insert(key, key);
    }
    let line = format!("{}:{}:", file!(), line!() - 2);
    let row = site("Budget.spread");
    let known = row
        .call_sites
        .iter()
        .find(|known| known.call_site.starts_with(&line))
        .unwrap();
    if MODE == Mode::Strict {
        assert_eq!((row.one_in, known.live), (1, 1_500_000));
        return;
    }
    // 1.5 million at one in 256 are 5,859 samples; 896 are kept.
    assert!((2048..=4096).contains(&row.one_in), "{}", row.one_in);
    assert!(
        known.ages.total().abs_diff(known.live) < 40,
        "rounded by bucket"
    );
    // Five standard deviations of a sample of 366 or more.
    let off = (known.births as f64 - 1_500_000.0).abs() / 1_500_000.0;
    assert!(off < 5.0 / 366.0_f64.sqrt(), "{} births", known.births);
    for key in 0..1_400_000 {
        s.spread.remove(&key);
    }
    let row = site("Budget.spread");
    let left = total(&row.call_sites, |line| {
        line.exits.get(RemovalCause::Removed)
    });
    let off = (left as f64 - 1_400_000.0).abs() / 1_400_000.0;
    assert!(off < 5.0 / 340.0_f64.sqrt(), "{left} left");
    assert_eq!(row.samples_dropped, 0);
    // Every key has the same hash, so halving does not help: what finds no room is lost, and said to be.
    for key in 0..3_000 {
        s.map.insert(key, key);
    }
    let row = site("Budget.map");
    assert!(row.samples_dropped > 0);
    assert_eq!(row.len, 3_000);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Watched {
    #[map]
    map: HashMap<u32, u32>,
}

#[test]
fn the_history_covers_a_whole_life_in_64_points() {
    if MODE == Mode::Off {
        return;
    }
    let clock = Clock::drive();
    let mut s = Watched::default();
    for day in 0..30 {
        for n in 0..1_000 {
            s.map.insert(day * 1_000 + n, n);
            clock.advance(Duration::from_secs(86));
        }
    }
    let row = site("Watched.map");
    let history = &row.history;
    assert!((32..=65).contains(&history.len()), "{}", history.len());
    let span = history[history.len() - 1].at_ms - history[0].at_ms;
    // In observe, a sampled entry makes the first point: one in 256 of a thousand a day.
    assert!(span > 26 * 86_400_000, "{span}");
    for point in history {
        assert_eq!(point.len, point.inserts, "nothing was removed");
    }
    let gaps: Vec<u64> = history
        .windows(2)
        .map(|two| two[1].at_ms - two[0].at_ms)
        .collect();
    let widest = gaps.iter().max().unwrap();
    assert!(widest * 8 < span, "{gaps:?}");
    if MODE == Mode::Strict {
        // Every insertion comes by, so points are as far apart as they should be.
        let even = &gaps[1..gaps.len() - 1];
        assert!(widest < &(even.iter().min().unwrap() * 3), "{gaps:?}");
    }
    assert_eq!(history[history.len() - 1].len, 30_000);
}
