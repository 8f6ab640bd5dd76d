//! Observe's estimates: what one entry in 256 says about all of them, for several hashers and key patterns.
//!
//! The truth is known here, so every estimate can be held against it: within five standard deviations of a binomial
//! sample, which a right sampler misses once in two million tries. In strict the figures must be the truth itself.

#![allow(missing_docs)]

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash},
};

use mapkeeper::{HashMap as Tracked, Keeper, MODE, Mode, Unguarded};
use mapkeeper_tests::sites::site;
use rustc_hash::FxBuildHasher;

const ENTRIES: u64 = 200_000;

/// Births and live entries of the line that inserted, or of all lines together.
fn estimate(name: &str, line: Option<u32>) -> (u64, u64) {
    let row = site(name);
    let place = line.map(|line| format!("{}:{line}:", file!()));
    let lines = row.call_sites.iter().filter(|row| {
        place
            .as_ref()
            .is_none_or(|at| row.call_site.starts_with(at))
    });
    lines.fold((0, 0), |(births, live), line| {
        (births + line.births, live + line.live)
    })
}

#[track_caller]
fn close(estimate: u64, truth: u64, what: &str) {
    match MODE {
        Mode::Off => assert_eq!(estimate, 0, "{what}"),
        Mode::Strict => assert_eq!(estimate, truth, "{what}"),
        Mode::Observe => {
            let one_in = mapkeeper::report().sampled_one_in as f64;
            // A count of n entries, each sampled with probability p and weighted 1/p.
            let deviation = (truth as f64 * (one_in - 1.0)).sqrt();
            let error = (estimate as f64 - truth as f64).abs();
            assert!(
                error <= 5.0 * deviation,
                "{what}: {estimate} for {truth}, ± {deviation:.0}"
            );
        }
    }
}

/// Fills one map from two lines, then thins each line's entries out by other means, comparing at every step: what is
/// known of a line cannot be had from the map's exact length.
fn check<K, S, T>(name: &str, key: impl Fn(u64) -> K, mut map: Tracked<K, u64, S, T>)
where
    K: Hash + Eq + Clone,
    S: BuildHasher + Clone + Default,
    T: Keeper<K, u64> + Unguarded,
{
    for n in (0..ENTRIES).step_by(2) {
        map.insert(key(n), n);
        map.insert(key(n + 1), n + 1);
    }
    let (even, odd) = (Some(line!() - 3), Some(line!() - 2));
    let live = |line| estimate(name, line).1;
    for line in [even, odd] {
        close(estimate(name, line).0, ENTRIES / 2, "births");
        close(live(line), ENTRIES / 2, "live");
    }

    for n in (0..ENTRIES / 2).step_by(2) {
        map.remove(&key(n));
    }
    close(live(even), ENTRIES / 4, "even after removals");
    close(live(odd), ENTRIES / 2, "odd after removals");
    close(estimate(name, even).0, ENTRIES / 2, "births after removals");

    map.retain(|_, n| *n % 2 == 0 || *n % 8 == 1);
    close(live(even), ENTRIES / 4, "even after retain");
    close(live(odd), ENTRIES / 8, "odd after retain");

    let taken = map.extract_if(|_, n| *n % 2 == 0 && *n % 10 != 0).count() as u64;
    close(live(even), ENTRIES / 4 - taken, "even after extract_if");
    close(live(odd), ENTRIES / 8, "odd after extract_if");
    let taken = map.extract_if(|_, n| *n % 2 == 1).take(15_000).count() as u64;
    close(
        live(odd),
        ENTRIES / 8 - taken,
        "odd after a part of extract_if",
    );

    // Entries are found again in their new places: none of a line is left when all of it was removed.
    map.shrink_to_fit();
    map.remove_many(
        &(0..ENTRIES)
            .filter(|n| n % 4 == 1)
            .map(&key)
            .collect::<Vec<_>>(),
    );
    assert_eq!(live(odd), 0, "odd after shrinking and removal");
    map.reserve(500_000);
    let left = map.len() as u64;
    close(live(even), left, "even after growing");

    let copy = map.clone();
    let cloned = Some(line!() - 1);
    close(live(cloned), left, "live with a clone");
    let mut other: Tracked<K, u64, S, T> = Tracked::default();
    other.insert(key(0), 0);
    other.clone_from(&copy);
    drop(copy);
    assert_eq!(live(cloned), 0, "the clone went");
    close(
        live(None),
        left * 2,
        "live with a copy into a map that was there",
    );
    map.remove_many(&(0..ENTRIES).map(&key).collect::<Vec<_>>());
    assert_eq!(live(even), 0, "even after growing and removal");
    other.remove_many(&(0..ENTRIES).map(&key).collect::<Vec<_>>());
    assert_eq!(live(None), 0, "the copy's entries are found too");
    drop(other);

    map.extend((0..10_000).map(|n| (key(n), n)));
    let mut drain = map.drain();
    assert!(drain.next().is_some());
    drop(drain);
    assert_eq!(live(None), 0, "an empty map has no live entries");
    map.extend((0..10_000).map(|n| (key(n), n)));
    map.clear();
    assert_eq!(live(None), 0, "an empty map has no live entries");
    drop(map);
    let row = site(name);
    assert_eq!(row.len, 0);
    // A map that is asked for a report by another test cannot give samples up just then, and drops one it has no room for. A
    // rehash that did not find its samples again would lose hundreds.
    assert!(row.samples_dropped < 20, "{}", row.samples_dropped);
}

macro_rules! sampled {
    ($($test:ident $site:ident: $key:ty, $hasher:ty, $make:expr;)+) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map]
            map: HashMap<$key, u64, $hasher>,
        }

        #[test]
        fn $test() {
            check(concat!(stringify!($site), ".map"), $make, $site::default().map);
        }
    )+};
}

sampled! {
    siphash_with_sequential_keys SipSequential: u64, std::hash::RandomState, |n| n;
    fxhash_with_sequential_keys FxSequential: u64, FxBuildHasher, |n| n;
    fxhash_with_keys_in_steps FxSteps: u64, FxBuildHasher, |n| n * 4096;
    fxhash_with_the_bits_of_floats FxFloats: u64, FxBuildHasher, |n| (n as f64).to_bits();
    fxhash_with_texts FxTexts: String, FxBuildHasher, |n| format!("session-{n}");
    fxhash_with_pairs FxPairs: (u32, u32), FxBuildHasher, |n| ((n % 100) as u32, (n / 100) as u32);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct TwoLines {
    #[map]
    map: HashMap<u64, u64>,
}

#[test]
fn lines_share_the_live_entries_as_they_share_the_truth() {
    let mut s = TwoLines::default();
    for n in 0..ENTRIES {
        s.map.insert(n, n);
        s.map.entry(n + ENTRIES).or_insert(n);
    }
    let (first, second) = (line!() - 3, line!() - 2);
    for n in 0..ENTRIES {
        s.map.remove(&n);
    }
    close(
        estimate("TwoLines.map", Some(first)).0,
        ENTRIES,
        "births of the first line",
    );
    assert_eq!(
        estimate("TwoLines.map", Some(first)).1,
        0,
        "all entries of the first line left"
    );
    close(
        estimate("TwoLines.map", Some(second)).1,
        ENTRIES,
        "live entries of the second line",
    );
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Leaked {
    #[map]
    map: HashMap<u64, u64>,
}

#[test]
fn samples_that_an_iterator_left_behind_are_found_out() {
    let mut s = Leaked::default();
    s.map.extend((0..ENTRIES).map(|n| (n, n)));
    let first = line!() - 1;
    s.map.extend((ENTRIES..ENTRIES * 2).map(|n| (n, n)));
    let second = line!() - 1;
    let mut iter = s.map.extract_if(|_, n| *n < ENTRIES);
    let taken = iter.by_ref().take(ENTRIES as usize / 2).count() as u64;
    std::mem::forget(iter);
    s.map.retain(|_, _| true);
    close(
        estimate("Leaked.map", Some(first)).1,
        ENTRIES - taken,
        "live of the first line",
    );
    close(
        estimate("Leaked.map", Some(second)).1,
        ENTRIES,
        "live of the second line",
    );
}
