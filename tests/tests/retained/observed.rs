//! Observe watches a sample of the values that somebody else owns too, and leaves sole owners alone.

use std::{collections::HashMap, sync::Arc, time::Duration};

use mapkeeper::{MODE, Mode, RemovalCause, testing::Clock};

use crate::{after, seconds};

macro_rules! sites {
    ($($site:ident),+) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map]
            map: HashMap<u64, Arc<u64>>,
        }
    )+};
}

sites!(Sampled, Replacing, Filtering, Sole);

#[mapkeeper::tracked]
#[derive(Default)]
struct Taken {
    #[map(watch)]
    map: HashMap<u64, Arc<u64>>,
}

const ENTRIES: u64 = 10_000;

/// Of 10,000 values that left and live on, how many the report knows of; 1 in 256 is sampled, each weighs 256.
#[track_caller]
fn close(name: &str, cause: RemovalCause, owners: u64) {
    let after = after(name);
    let retained: u64 = after.retained.iter().map(|group| group.values).sum();
    let all = (retained + after.not_watched) as f64;
    match MODE {
        Mode::Off => assert_eq!(all, 0.0),
        Mode::Strict => assert_eq!(all, ENTRIES as f64),
        Mode::Observe => {
            let deviation = (ENTRIES as f64 * 255.0).sqrt();
            assert!((all - ENTRIES as f64).abs() < 5.0 * deviation, "{after:?}");
        }
    }
    assert!(
        after
            .retained
            .iter()
            .all(|group| group.cause == cause && group.strong_count_max >= owners)
    );
}

#[test]
fn of_values_that_live_on_the_sampled_stand_for_all() {
    let clock = Clock::drive();
    let values: Vec<Arc<u64>> = (0..ENTRIES).map(Arc::new).collect();
    let second: Vec<Arc<u64>> = values.clone();
    let fill = || (0..).zip(values.iter().cloned());

    let mut sampled = Sampled::default();
    sampled.map.extend(fill());
    for n in 0..ENTRIES {
        sampled.map.remove(&n);
    }
    let mut replacing = Replacing::default();
    replacing.map.extend(fill());
    for n in 0..ENTRIES {
        replacing.map.insert(n, Arc::new(n));
    }
    let mut filtering = Filtering::default();
    filtering.map.extend(fill());
    filtering.map.retain(|_, _| false);
    clock.advance(seconds(5));
    close("Sampled.map", RemovalCause::Removed, 2);
    close("Replacing.map", RemovalCause::Replaced, 2);
    close("Filtering.map", RemovalCause::Filtered, 2);
    let text = mapkeeper::report().to_string();
    assert_eq!(
        text.contains(" values removed at "),
        MODE != Mode::Off,
        "{text}"
    );
    drop(second);
}

#[test]
fn a_sole_owner_can_get_mut_where_it_could_without_us() {
    let clock = Clock::drive();
    let mut s = Sole::default();
    s.map.extend((0..ENTRIES).map(|n| (n, Arc::new(n))));
    let mut refused = 0;
    for n in 0..ENTRIES {
        let mut value = s.map.remove(&n).unwrap();
        refused += u64::from(Arc::get_mut(&mut value).is_none());
        clock.advance(Duration::from_millis(1));
    }
    // Strict holds weak handles of all, and says so.
    assert_eq!(refused > 0, MODE == Mode::Strict);
    assert_eq!(after("Sole.map").watched, 0);
}

#[test]
fn a_map_that_says_so_has_its_sole_owners_watched() {
    let clock = Clock::drive();
    let mut s = Taken::default();
    s.map.extend((0..ENTRIES).map(|n| (n, Arc::new(n))));
    let log: Vec<Arc<u64>> = (0..ENTRIES).filter_map(|n| s.map.remove(&n)).collect();
    assert_eq!(log.len() as u64, ENTRIES);
    clock.advance(seconds(5));
    close("Taken.map", RemovalCause::Removed, 1);
    drop(log);
    assert_eq!(after("Taken.map").watched, 0);
}
