//! What observe knows of its samples, and strict of all entries, line by line: read while they come, move and go.

use shuttle::thread;

use super::{
    explore::holds,
    maps::{Mixed, three},
};
use crate::{CallSiteReport, MODE, Mode, SiteReport, sync::HashMap};
use std::sync::Arc;

/// Every key of a model is sampled.
#[crate::tracked]
type Sampled = HashMap<u64, u64, Mixed>;

fn known() -> SiteReport {
    let report = crate::report();
    report.site("Sampled").cloned().unwrap()
}

fn empty() -> Sampled {
    HashMap::with_hasher_and_shard_amount(Mixed, 2)
}

/// All of them on one line.
fn insert(map: &Sampled, keys: std::ops::Range<u64>) {
    for key in keys {
        map.insert(key, 0);
    }
}

fn total(site: &SiteReport, figure: fn(&CallSiteReport) -> u64) -> u64 {
    site.call_sites.iter().map(figure).sum()
}

#[track_caller]
fn nothing_is_dropped(site: &SiteReport) {
    assert_eq!(site.samples_dropped, 0, "as if there were no room");
}

#[test]
fn a_report_sees_no_sample_lost_while_a_table_grows() {
    holds(|| {
        let map = Arc::new(empty());
        insert(&map, 0..3);
        let growing = {
            let map = Arc::clone(&map);
            thread::spawn(move || insert(&map, 3..8))
        };
        let seen = known();
        nothing_is_dropped(&seen);
        assert!(
            seen.len >= 3 && total(&seen, |line| line.live) >= 3,
            "{seen:?}"
        );
        growing.join().unwrap();
        let now = known();
        nothing_is_dropped(&now);
        assert_eq!(total(&now, |line| line.births), 8);
        assert_eq!(total(&now, |line| line.live), 8);
    });
}

#[test]
fn lines_add_up_over_threads() {
    holds(|| {
        let map = Arc::new(empty());
        three(
            &map,
            |map| insert(map, 0..3),
            |map| {
                insert(map, 10..12);
                map.remove(&10);
            },
            |_| nothing_is_dropped(&known()),
        );
        let now = known();
        nothing_is_dropped(&now);
        assert_eq!(total(&now, |line| line.births), 5);
        assert_eq!(total(&now, |line| line.live), 4);
        assert_eq!(total(&now, |line| line.exits.entries()), 1);
        drop(map);
        let then = known();
        assert_eq!(total(&then, |line| line.live), 0);
        assert_eq!(total(&then, |line| line.births), 5);
        assert_eq!(then.leftovers, 4);
    });
}

/// Of one of eight such keys a site keeps the sample for long, of the others until it halved once, twice or three times.
fn halved(n: u64) -> u64 {
    n | (n % 8) << 53
}

/// In models a site keeps eight samples.
#[test]
fn a_site_with_too_many_samples_keeps_half_of_them() {
    if MODE == Mode::Observe {
        holds(|| {
            let fill = |from: u64| {
                move || {
                    let map = empty();
                    for n in from..from + 8 {
                        map.insert(halved(n), 0);
                    }
                    map.remove(&halved(from + 1));
                    map
                }
            };
            let one = thread::spawn(fill(0));
            let other = thread::spawn(fill(8));
            let seen = known();
            assert!(seen.len <= 16, "{seen:?}");
            let maps = [one.join().unwrap(), other.join().unwrap()];
            // Who finds the list of maps held leaves it to whoever comes next.
            maps[0].insert(halved(1), 0);
            let now = known();
            assert!(now.one_in > 256, "it did not halve");
            assert_eq!((now.inserts, now.len), (17, 15));
            assert_eq!(total(&now, |line| line.live), 15);
            maps.iter().for_each(HashMap::clear);
            let then = known();
            assert_eq!((then.len, total(&then, |line| line.live)), (0, 0));
            drop(maps);
            // Room for all: what comes later is sampled again.
            let _map = fill(16)();
            let later = known();
            assert!(total(&later, |line| line.live) > 0, "{later:?}");
        });
    }
}
