//! More maps than the flight recorder has room for. A program of its own: other tests' maps would go without a record.

#![allow(missing_docs)]

use std::collections::HashMap;

use allocation_counter::measure;
use mapkeeper::{MODE, Mode, flight_recorder};

/// Whether operations are recorded.
const KNOWN: bool = matches!(MODE, Mode::Strict);

#[mapkeeper::tracked]
#[derive(Default)]
struct Many {
    #[map]
    map: HashMap<u32, u32>,
}

/// The most maps that are kept.
const MAPS: usize = 256;

#[test]
fn maps_beyond_the_bound_are_counted_and_work_all_the_same() {
    let before = flight_recorder();
    let many = |n| {
        (0..n)
            .map(|key| {
                let mut many = Many::default();
                many.map.insert(key, 1);
                many
            })
            .collect::<Vec<Many>>()
    };
    let mut alive = many(2 * MAPS as u32);
    let now = flight_recorder();
    assert!(now.maps.len() <= MAPS);
    if KNOWN {
        assert_eq!(now.maps.len(), MAPS);
        assert!(now.maps_dropped >= before.maps_dropped + MAPS as u64);
        let last = alive.last_mut().unwrap();
        let history = last.map.history(&(2 * MAPS as u32 - 1));
        assert!(history.is_empty(), "{history}");
        last.map.remove(&(2 * MAPS as u32 - 1));
        assert!(last.map.is_empty());
    }
    drop(alive);
    // Those that went make room.
    let newest = many(1);
    let kept = flight_recorder().maps;
    if KNOWN {
        assert!(kept.iter().any(|map| !map.gone), "the new map is kept");
        assert!(!newest[0].map.history(&0).is_empty());
        let now = flight_recorder();
        assert!(now.maps.len() <= MAPS && now.operations_dropped > 0);
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Bounded {
    #[map(show_keys)]
    map: HashMap<u64, u64>,
}

#[test]
fn operations_allocate_no_more_than_their_bound() {
    let mut bounded = Bounded::default();
    let churn = |bounded: &mut Bounded, keys: std::ops::Range<u64>| {
        for key in keys {
            bounded.map.insert(key, key);
            bounded.map.insert(key, key);
            bounded.map.remove(&key);
            bounded.map.remove(&key);
            bounded.map.insert(key, key);
            bounded.map.remove(&key);
        }
    };
    churn(&mut bounded, 0..5_000);
    drop(mapkeeper::report());
    let info = measure(|| churn(&mut bounded, 5_000..50_000));
    // Texts give way to texts of about the same size.
    assert!(info.bytes_current.abs() < 16 * 1024, "{info:?}");
    let info = measure(|| {
        let recorder = flight_recorder();
        drop((recorder.to_json(), recorder.to_chrome_trace()));
        drop(bounded.map.history(&7).to_string());
    });
    assert_eq!(info.bytes_current, 0, "{info:?}");
}
