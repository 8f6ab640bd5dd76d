//! What reports know of maps that come, change and go meanwhile: nothing is counted twice, and in the end nothing is lost.

use std::sync::Arc;

use shuttle::thread;

use super::{
    explore::{holds, is_found_out},
    maps::{A, B, Mixed, both, three},
};
use crate::{MODE, Mode, RemovalCause, Site, SiteReport, sync::HashMap};

/// Its shards are instances, as large maps are.
#[crate::tracked]
type Shared = HashMap<u64, u64, Mixed>;

/// Small ones count with their site in observe.
#[crate::tracked]
type Small = crate::HashMap<u64, u64, Mixed>;

#[crate::tracked(max_len = 2)]
type Short = HashMap<u64, u64, Mixed>;

#[crate::tracked]
type Handles = HashMap<u64, Arc<u64>, Mixed>;

fn shared() -> Shared {
    HashMap::with_hasher_and_shard_amount(Mixed, 2)
}

/// In both shards.
fn fill(map: &Shared) {
    map.insert(A[0], 0);
    map.insert(B[0], 0);
}

/// What is known of the maps of this name now.
fn known(name: &str) -> SiteReport {
    let report = crate::report();
    report.site(name).cloned().unwrap()
}

fn site(name: &str) -> &'static Site {
    crate::sites().find(|site| site.name() == name).unwrap()
}

#[track_caller]
fn all_is_over(name: &str, maps: u64, inserts: u64, left: u64) {
    let site = known(name);
    assert_eq!(
        (site.instances, site.instances_total, site.len),
        (0, maps, 0),
        "live maps, all maps, entries"
    );
    assert_eq!((site.capacity, site.table_bytes), (0, 0));
    assert_eq!(site.inserts, inserts, "inserts");
    assert_eq!(site.leftovers, left, "left over");
    assert_eq!(site.removed.entries(), inserts, "exits");
    assert_eq!(site.samples_dropped, 0, "samples dropped");
}

#[test]
fn a_map_that_goes_is_counted_once() {
    holds(|| {
        let map = shared();
        fill(&map);
        let going = thread::spawn(move || drop(map));
        let seen = known("Shared");
        assert_eq!(seen.inserts, 2);
        assert!(seen.len <= 2 && seen.leftovers <= 2, "{seen:?}");
        going.join().unwrap();
        all_is_over("Shared", 1, 2, 2);
    });
}

/// Its totals are added to the site's before it leaves the list.
#[test]
fn mutant_a_map_that_goes_in_two_steps() {
    is_found_out("counted twice", || {
        let map = shared();
        map.insert(A[0], 0);
        let going = thread::spawn(move || {
            let state = site("Shared").record.state();
            let gone = state.live().iter().next().cloned().unwrap();
            for counters in gone.all_counters() {
                state.folded.fold(counters);
            }
            state.live().leave(0);
            // It would go once more.
            std::mem::forget(map);
        });
        let inserts = known("Shared").inserts;
        assert!(inserts <= 1, "counted twice");
        going.join().unwrap();
    });
}

#[test]
fn a_map_that_comes_is_one_map() {
    holds(|| {
        let map = Arc::new(shared());
        let ((), seen) = both(&map, fill, |_| known("Shared"));
        assert!(seen.inserts <= 2 && seen.len <= 2, "{seen:?}");
        assert!(seen.largest.len() <= 1, "{:?}", seen.largest);
        let now = known("Shared");
        assert_eq!((now.inserts, now.len, now.instances), (2, 2, 1));
        assert_eq!(now.largest[0].len, 2);
        drop(map);
        all_is_over("Shared", 1, 2, 2);
    });
}

#[test]
fn maps_of_several_threads_add_up() {
    holds(|| {
        let map = Arc::new(shared());
        three(
            &map,
            |map| {
                map.insert_many([(A[0], 0), (B[0], 0)]);
                map.remove(&A[0]);
            },
            |map| {
                map.insert(A[1], 0);
                map.clear();
            },
            |_| {
                let other = shared();
                fill(&other);
                other.remove(&B[0]);
            },
        );
        let seen = known("Shared");
        assert_eq!(seen.len, map.len() as u64);
        let left = seen.len + 1;
        drop(map);
        all_is_over("Shared", 2, 5, left);
    });
}

fn small(entries: u64) -> Small {
    let mut map = Small::with_hasher(Mixed);
    for key in 0..entries {
        map.insert(key, key);
    }
    map
}

#[test]
fn small_maps_of_several_threads_add_up() {
    holds(|| {
        let ((), mut other, seen) = three(
            &Arc::new(()),
            |()| {
                let mut map = small(3);
                map.remove(&1);
            },
            |()| small(2),
            |()| known("Small"),
        );
        assert!(seen.inserts <= 5 && seen.instances_total <= 2, "{seen:?}");
        // It goes on another thread than it came on.
        other.clear();
        drop(other);
        all_is_over("Small", 2, 5, 2);
        assert_eq!(known("Small").removed.get(RemovalCause::Cleared), 2);
    });
}

/// In models there are two places that threads have to themselves; who comes later shares others, and who goes gives its place
/// back.
#[test]
fn more_threads_than_places_add_up() {
    holds(|| {
        let threads = (0..4).map(|_| thread::spawn(|| small(1)));
        let threads: Vec<_> = threads.collect();
        let maps: Vec<Small> = threads.into_iter().map(|t| t.join().unwrap()).collect();
        let later = thread::spawn(|| drop(small(1)));
        drop(maps);
        later.join().unwrap();
        all_is_over("Small", 5, 5, 5);
    });
}

#[test]
fn values_that_live_on_are_known_until_they_die() {
    holds(|| {
        let map: Handles = HashMap::with_hasher_and_shard_amount(Mixed, 2);
        let values = [Arc::new(1), Arc::new(2)];
        map.insert(A[0], Arc::clone(&values[0]));
        map.insert(A[1], Arc::clone(&values[1]));
        let map = Arc::new(map);
        let [one, other] = values;
        let (_, _, seen) = three(
            &map,
            |map| {
                map.remove(&A[0]);
                drop(one);
            },
            |map| {
                map.remove(&A[1]);
            },
            |_| known("Handles").after_removal,
        );
        assert!(seen.watched + seen.finalised <= 2 * 256, "{seen:?}");
        let now = known("Handles").after_removal;
        let weight = if MODE == Mode::Strict { 1 } else { 256 };
        // Who finds the list held leaves its value unwatched, and says so.
        assert_eq!(
            now.finalised + now.watched * weight + now.not_watched,
            2 * weight,
            "{now:?}"
        );
        assert!(now.finalised <= weight, "{now:?}");
        drop(other);
        assert_eq!(known("Handles").after_removal.watched, 0);
    });
}

#[test]
fn who_waited_for_a_shard_is_counted_once() {
    holds(|| {
        let map = Arc::new(shared());
        map.insert(A[0], 0);
        let hold = |map: &Shared| {
            let mut value = map.get_mut(&A[0]).unwrap();
            thread::yield_now();
            *value += 1;
        };
        three(&map, hold, hold, hold);
        assert_eq!(*map.get(&A[0]).unwrap(), 3);
        let waits = known("Shared").contention.map_or(0, |seen| seen.waits);
        assert!(waits <= 2, "the first one does not wait: {waits}");
    });
}

/// Whoever finds a shard held counts without it, and leaves the question to the next insertion.
#[test]
fn a_map_that_is_too_long_is_told_of_at_the_next_insertion() {
    // Strict panics.
    if MODE == Mode::Observe {
        holds(|| {
            let map: Arc<Short> = Arc::new(HashMap::with_hasher_and_shard_amount(Mixed, 2));
            both(&map, |map| map.insert(A[0], 0), |map| map.insert(B[0], 0));
            assert_eq!(known("Short").breaches, 0);
            map.insert(A[1], 0);
            assert_eq!(known("Short").breaches, 1);
        });
    }
}
