//! Figures that many threads make while others read them.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use mapkeeper::{MODE, Mode, RemovalCause};
use mapkeeper_tests::sites::{if_recorded, records, site};

macro_rules! sites {
    ($($site:ident),+ $(,)?) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map]
            map: HashMap<u64, Option<u64>>,
        }
    )+};
}

sites!(Busy, Moved, Shared, Tiny);

#[test]
fn reports_taken_while_maps_are_written_are_sane_and_the_sums_are_exact_at_the_end() {
    const WRITERS: u64 = 4;
    const ROUNDS: u64 = 60;
    const ENTRIES: u64 = 500;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut inserted = 0;
                    while !done.load(Ordering::Relaxed) {
                        let row = site("Busy.map");
                        assert!(row.inserts >= inserted, "a total went back");
                        inserted = row.inserts;
                        assert!(row.len <= WRITERS * (2 * ENTRIES + 8), "{row:?}");
                        assert!(row.instances <= WRITERS * 3, "{row:?}");
                        assert!(!mapkeeper::report().to_json().is_empty());
                    }
                })
            })
            .collect();
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                scope.spawn(|| {
                    for round in 0..ROUNDS {
                        let mut s = Busy::default();
                        let mut tiny = Busy::default();
                        for key in 0..ENTRIES {
                            s.map.insert(key, Some(round));
                        }
                        tiny.map.extend([(1, None), (2, Some(1))]);
                        s.map.retain(|key, _| key % 2 == 0);
                        s.map.remove(&0);
                        s.map.remove(&1);
                        drop(s.map.clone());
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        for reader in readers {
            reader.join().unwrap();
        }
    });
    let row = site("Busy.map");
    let rounds = WRITERS * ROUNDS;
    let left = ENTRIES / 2 - 1;
    assert_eq!(row.inserts, if_recorded(rounds * (ENTRIES + 2 + left)));
    assert_eq!(
        row.removed.get(RemovalCause::Filtered),
        if_recorded(rounds * ENTRIES / 2)
    );
    assert_eq!(row.removed.get(RemovalCause::Removed), if_recorded(rounds));
    assert_eq!(row.misses, if_recorded(rounds));
    assert_eq!(
        row.removed.get(RemovalCause::MapDropped),
        if_recorded(rounds * (left * 2 + 2))
    );
    assert_eq!(
        (
            row.len,
            row.instances,
            row.capacity,
            row.table_bytes,
            row.residue
        ),
        (0, 0, 0, 0, 0)
    );
    assert_eq!(row.instances_total, if_recorded(rounds * 3));
    if records() {
        assert_eq!(row.peak, ENTRIES);
    }
}

#[test]
fn a_map_that_moves_between_threads_keeps_its_account() {
    let mut s = Moved::default();
    s.map.insert(0, None);
    for n in 1..200 {
        s = thread::spawn(move || {
            s.map.insert(n, None);
            s
        })
        .join()
        .unwrap();
    }
    let row = site("Moved.map");
    assert_eq!(
        (row.len, row.inserts, row.residue),
        (if_recorded(200), if_recorded(200), if_recorded(200))
    );
    thread::spawn(move || drop(s)).join().unwrap();
    let row = site("Moved.map");
    assert_eq!((row.len, row.residue, row.instances), (0, 0, 0));
}

#[test]
fn a_shared_map_counts_exactly() {
    static SHARED: std::sync::LazyLock<Mutex<Shared>> = std::sync::LazyLock::new(Mutex::default);
    thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                for n in 0..2_000 {
                    SHARED
                        .lock()
                        .unwrap()
                        .map
                        .insert(thread * 10_000 + n, Some(n));
                }
            });
        }
    });
    let row = site("Shared.map");
    assert_eq!(
        (row.len, row.inserts, row.instances),
        (if_recorded(8_000), if_recorded(8_000), if_recorded(1))
    );
}

/// Strict gives every map an account of its own, so it is asked for fewer.
#[test]
fn a_million_tiny_maps_are_counted_exactly() {
    let maps: u64 = if MODE == Mode::Strict {
        20_000
    } else {
        1_000_000
    };
    let threads = 4;
    let alive: Vec<Vec<Tiny>> = thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut alive = Vec::new();
                    for n in 0..maps / threads {
                        let mut s = Tiny::default();
                        s.map.insert(n, if n % 4 == 0 { None } else { Some(n) });
                        if n % 100 == 0 {
                            alive.push(s);
                        }
                    }
                    alive
                })
            })
            .collect();
        handles
            .into_iter()
            .map(|handle| handle.join().unwrap())
            .collect()
    });
    let kept = maps / 100;
    assert_eq!(
        alive.iter().map(|maps| maps.len() as u64).sum::<u64>(),
        kept
    );
    let row = site("Tiny.map");
    assert_eq!(
        (row.inserts, row.len),
        (if_recorded(maps), if_recorded(kept))
    );
    assert_eq!(
        (row.instances, row.instances_total),
        (if_recorded(kept), if_recorded(maps))
    );
    assert_eq!(
        row.removed.get(RemovalCause::MapDropped),
        if_recorded(maps - kept)
    );
    assert_eq!(
        row.residue,
        if_recorded(kept),
        "every hundredth is a fourth too"
    );
    drop(alive);
    let row = site("Tiny.map");
    assert_eq!(
        (row.len, row.instances, row.residue, row.capacity),
        (0, 0, 0, 0)
    );
}
