//! What mapkeeper allocates beyond the table that std's map has too: nothing for an empty map, in any mode; in observe
//! nothing for a map under 64 buckets; and little in all for many small maps.
//!
//! A site's first map makes the site's state, once per site and program: every test warms its site up first.

#![allow(missing_docs)]

use std::collections::HashMap;

use allocation_counter::{AllocationInfo, measure};
use mapkeeper::{MODE, Mode};

macro_rules! sites {
    ($($site:ident),+ $(,)?) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map]
            map: HashMap<u64, Option<u64>>,
        }

        impl $site {
            /// The first map of a site makes the site's state, and strict's first one its clock.
            fn warm() -> Self {
                let mut s = Self::default();
                for key in 0..200 {
                    s.map.insert(key, Some(key));
                }
                s.map.clear();
                Self::default()
            }
        }
    )+};
}

sites!(Empty, Small, ManySmall, Freed, Reported, Scraped);

/// std's map of entries as large as those of mapkeeper's, so that the tables can be compared byte for byte.
fn std_table(entries: u64) -> AllocationInfo {
    measure(|| {
        let mut map: HashMap<u64, Option<u64>> = HashMap::new();
        for key in 0..entries {
            map.insert(key, Some(key));
        }
    })
}

#[test]
fn an_empty_map_allocates_nothing_in_any_mode() {
    let mut s = Empty::warm();
    let info = measure(|| {
        let mut fresh = Empty::default();
        assert_eq!(fresh.map.remove(&1), None);
        assert_eq!(fresh.map.get(&1), None);
        assert!(fresh.map.get_mut(&1).is_none());
        assert_eq!(fresh.map.drain().count(), 0);
        fresh.map.clear();
        fresh.map.retain(|_, _| false);
        fresh.map.shrink_to_fit();
        fresh.map.reserve(0);
        fresh.map.extend(Vec::<(u64, Option<u64>)>::new());
        assert!(fresh.map.clone().is_empty());
        assert_eq!(std::mem::take(&mut s.map).into_iter().count(), 0);
        drop(fresh);
        drop(mapkeeper::HashMap::<u64, u64>::new());
        drop(mapkeeper::HashMap::<u64, u64>::with_capacity(0));
    });
    assert_eq!(info.count_total, 0, "{info:?}");
}

#[test]
fn an_observed_map_under_64_buckets_owns_nothing_but_its_table() {
    if MODE == Mode::Strict {
        return;
    }
    macro_rules! life_of {
        ($map:expr, $entries:expr) => {
            measure(|| {
                for key in 0..$entries {
                    $map.insert(key, Some(key));
                    $map.insert(key, None);
                    *$map.get_mut(&key).unwrap() = Some(1);
                }
                $map.remove(&0);
                $map.retain(|key, _| key % 2 == 0);
                drop(std::mem::take(&mut $map));
            })
        };
    }
    for entries in [1, 3, 7, 14, 27] {
        let mut s = Small::warm();
        let ours = life_of!(s.map, entries);
        let mut std: HashMap<u64, Option<u64>> = HashMap::new();
        let theirs = life_of!(std, entries);
        assert_eq!(
            (ours.count_total, ours.bytes_total),
            (theirs.count_total, theirs.bytes_total),
            "{entries} entries"
        );
        assert_eq!(ours.bytes_current, 0);
    }
}

#[test]
fn an_off_map_allocates_what_stds_does_at_any_size() {
    if MODE != Mode::Off {
        return;
    }
    let mut s = Small::default();
    let ours = measure(|| {
        for key in 0..5_000 {
            s.map.insert(key, Some(key));
        }
    });
    let theirs = std_table(5_000);
    assert_eq!(
        (ours.count_total, ours.bytes_total),
        (theirs.count_total, theirs.bytes_total)
    );
}

#[test]
fn ten_thousand_live_small_maps_cost_their_tables_and_nothing_else_in_observe() {
    drop(ManySmall::warm());
    let mut alive: Vec<ManySmall> = Vec::with_capacity(10_000);
    let info = measure(|| {
        for key in 0..10_000 {
            let mut s = ManySmall::default();
            s.map.insert(key, None);
            alive.push(s);
        }
    });
    let table = std_table(1).bytes_total;
    if MODE != Mode::Strict {
        assert_eq!(info.bytes_total, 10_000 * table);
    }
    assert!(info.bytes_current > 0);
}

#[test]
fn maps_that_went_leave_nothing_allocated_but_a_bounded_account() {
    drop(Freed::warm());
    let live_through = || {
        for _ in 0..50 {
            let mut s = Freed::default();
            for key in 0..2_000 {
                s.map.insert(key, Some(key));
            }
            s.map.retain(|key, _| key % 2 == 0);
            drop(s.map.clone());
        }
    };
    // The account may still grow a few times: where insertions come from is noted now and then.
    let left: Vec<i64> = (0..32)
        .map(|_| measure(live_through).bytes_current)
        .take_while(|left| *left != 0)
        .collect();
    assert!(left.len() < 32, "each round leaves something: {left:?}");
}

#[test]
fn a_report_gives_back_what_it_took() {
    let mut s = Reported::warm();
    s.map.extend((0..1_000).map(|n| (n, Some(n))));
    drop(mapkeeper::report().to_string());
    let info = measure(|| {
        let report = mapkeeper::report();
        drop((report.to_string(), report.to_json()));
    });
    assert_eq!(info.bytes_current, 0, "{info:?}");
}

/// Counters are remembered between scrapes, so that none falls: by their names, of which there are as many as sites.
#[test]
fn scrapes_leave_nothing_behind() {
    let mut s = Scraped::warm();
    for key in 0..20_000 {
        s.map.insert(key, Some(key));
    }
    let metrics = mapkeeper::prometheus::Metrics::new();
    let first = metrics.to_openmetrics();
    assert!(first.contains("Scraped.map"));
    let mut scrapes = |keys: std::ops::Range<u64>| -> i64 {
        let scrape = |key| {
            s.map.insert(key, None);
            s.map.remove(&(key + 10_000));
            measure(|| assert!(metrics.to_openmetrics().ends_with("# EOF\n"))).bytes_current
        };
        keys.map(scrape).sum()
    };
    // What strict keeps for good (threads' and maps' last operations) is there, then.
    let _ = scrapes(0..10);
    assert_eq!(scrapes(10..110), 0, "bytes after a hundred scrapes");
}
