//! Round trips: what grows on every one of them fails, what only warms up or keeps the latest does not.

use mapkeeper::testing::{self, RoundTrips};
use mapkeeper_tests::panics::caught;

use crate::{KNOWN, Shop, rows};

#[test]
fn a_site_that_grows_on_every_trip_fails_at_the_callers_line() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    let mut trip = 0;
    let called = line!() + 2;
    let panic = caught(|| {
        testing::round_trips(5, || {
            trip += 1;
            shop.carts.insert(trip, 0);
            shop.orders.insert(trip, None);
            shop.orders.remove(&trip);
        });
    })
    .unwrap_err();
    assert_eq!((panic.file.as_str(), panic.line), (file!(), called));
    for part in [
        "5 entries left by 5 round trips".to_owned(),
        "Shop.carts".to_owned(),
        format!("{}:{}:", file!(), called + 2),
        format!("{}:{called}:", file!()),
    ] {
        assert!(panic.message.contains(&part), "{}", panic.message);
    }
    assert!(!panic.message.contains("Shop.orders"), "{}", panic.message);
    assert_eq!(trip, 5);
}

#[test]
#[should_panic(expected = "round trips")]
fn growth_panics() {
    let mut shop = Shop::default();
    let mut n = 0;
    if !KNOWN {
        panic!("no round trips in this mode");
    }
    testing::round_trips(2, || {
        n += 1;
        shop.carts.insert(n, n);
    });
}

#[test]
fn warm_up_passes_and_so_does_a_cache_of_the_latest_trip() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    let mut trip = 0;
    testing::round_trips(4, || {
        trip += 1;
        if trip == 1 {
            shop.orders.extend((0..100).map(|n| (n, None)));
        }
        // The latest entry stays, the one before goes.
        shop.carts.retain(|key, _| *key + 1 == trip);
        shop.carts.insert(trip, 0);
        shop.carts.remove(&(trip - 1));
        // A key that is there already: the first trip's entry with another value.
        shop.orders.insert(1_000, Some(trip));
    });
    assert_eq!((shop.carts.len(), shop.orders.len()), (1, 101));
}

#[test]
fn every_trip_must_leave_entries_of_the_same_line() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    let mut trip = 0;
    let leaks = RoundTrips::new(6)
        .check(|| {
            trip += 1;
            if trip % 2 == 0 {
                shop.carts.insert(trip, 0);
            } else {
                shop.carts.insert(trip, 1);
            }
            shop.orders.insert(trip, None);
            shop.orders.insert(100 + trip, None);
        })
        .unwrap_err();
    let line = line!() - 4;
    assert_eq!(
        rows(&leaks, file!()),
        [("Shop.orders", line, 6), ("Shop.orders", line + 1, 6)]
    );
}

#[test]
fn entries_that_a_later_trip_removes_do_not_count() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    let mut trip = 0;
    testing::round_trips(3, || {
        trip += 1;
        shop.carts.insert(trip, 0);
        if trip == 3 {
            shop.carts.remove(&1); // the first trip left nothing after all
        }
    });
}

#[test]
fn allow_lists_silence_a_site_or_a_line() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    let mut trip = 0;
    let mut grow = || {
        trip += 1;
        shop.carts.insert(trip, 0);
    };
    let leaks = RoundTrips::new(2).check(&mut grow).unwrap_err();
    RoundTrips::new(2).allow_site("Shop.carts").run(&mut grow);
    RoundTrips::new(2)
        .allow(&leaks.leftovers()[0].fingerprint)
        .run(&mut grow);
    RoundTrips::new(2)
        .allow_site("Shop.orders")
        .check(&mut grow)
        .unwrap_err();
}

#[test]
fn scopes_inside_of_trips_and_trips_inside_of_scopes() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    let mut trip = 0;
    let scope = testing::scope("around");
    let leaks = RoundTrips::new(3)
        .check(|| {
            trip += 1;
            let inner = testing::scope("inner").allow_site("Shop.carts");
            shop.carts.insert(trip, 0);
            inner.check().unwrap();
        })
        .unwrap_err();
    assert_eq!(leaks.leftovers()[0].entries, 3);
    shop.carts.remove(&1);
    assert_eq!(scope.check().unwrap_err().leftovers()[0].entries, 2);
}

#[test]
fn a_scenario_that_panics_ends_its_scope() {
    if !KNOWN {
        return;
    }
    let mut shop = Shop::default();
    let panic = caught(|| {
        testing::round_trips(3, || {
            shop.carts.insert(1, 1);
            panic!("the scenario's own");
        });
    });
    assert_eq!(panic.unwrap_err().message, "the scenario's own");
    let scope = testing::scope("after");
    shop.carts.clear();
    shop.orders.insert(1, None);
    assert_eq!(scope.check().unwrap_err().leftovers().len(), 1);
}

#[test]
fn one_trip_is_too_few() {
    for n in [0, 1] {
        let panic = caught(|| testing::round_trips(n, || ())).unwrap_err();
        assert!(
            panic.message.contains("make at least 2"),
            "{}",
            panic.message
        );
        assert_eq!(panic.file, file!());
    }
}
