//! However many values leave and live on, what is known of them is bounded, and what is not known is counted.

use std::{collections::HashMap, rc::Rc, sync::Arc, thread};

use allocation_counter::measure;
use mapkeeper::{MODE, Mode, testing::Clock};

use crate::{ALL, after, if_all, seconds};

macro_rules! sites {
    ($($site:ident: $value:ty),+ $(,)?) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map]
            map: HashMap<u64, $value>,
        }
    )+};
}

sites!(Flood: Arc<u64>, FloodRc: Rc<u64>, Steady: Arc<u64>, Bulk: Arc<u64>, Busy: Arc<u64>, Pinned: Arc<[u8; 8192]>);

const MANY: u64 = 100_000;
const ROOM: u64 = 1_024;

/// Fills a map with many values, removes and keeps them all: what that allocated.
macro_rules! flood {
    ($site:ident, $new:path) => {{
        let mut s = $site::default();
        s.map.extend((0..MANY).map(|n| (n, $new(n))));
        let mut kept = Vec::with_capacity(2 * MANY as usize);
        // Another owner, so that observe watches them.
        kept.extend(s.map.values().cloned());
        let info = measure(|| {
            for n in 0..MANY {
                kept.extend(s.map.remove(&n));
            }
        });
        (kept, info.bytes_current)
    }};
}

#[test]
fn a_flood_of_values_that_live_on_takes_bounded_memory() {
    let clock = Clock::drive();
    let (arcs, bytes) = flood!(Flood, Arc::new);
    let (rcs, local_bytes) = flood!(FloodRc, Rc::new);
    clock.advance(seconds(6));
    for (name, bytes) in [("Flood.map", bytes), ("FloodRc.map", local_bytes)] {
        let after = after(name);
        let retained: u64 = after.retained.iter().map(|group| group.values).sum();
        match MODE {
            Mode::Off => assert_eq!((bytes, after.watched, after.not_watched), (0, 0, 0)),
            Mode::Strict => {
                assert!(bytes < 256 * 1024, "{bytes} bytes");
                assert_eq!((after.watched, retained), (ROOM, ROOM));
                assert_eq!(after.not_watched, MANY - ROOM);
            }
            Mode::Observe => {
                assert!(bytes < 16 * 1024, "{bytes} bytes");
                assert_eq!((after.watched, retained), (64, 64 * 256));
                // 1 in 256 of 100,000: 391 samples, give or take five standard deviations.
                let all = (retained + after.not_watched) as f64 / 256.0;
                assert!(
                    (all - 390.6).abs() < 5.0 * 390.6_f64.sqrt(),
                    "{all} samples"
                );
            }
        }
    }
    drop((arcs, rcs));
    for name in ["Flood.map", "FloodRc.map"] {
        let after = after(name);
        let watched = match MODE {
            Mode::Off => 0,
            Mode::Observe => 64 * 256,
            Mode::Strict => ROOM,
        };
        assert_eq!((after.watched, after.finalised), (0, watched));
        assert!(after.retained.is_empty());
    }
}

#[test]
fn room_is_found_again_once_values_died() {
    let clock = Clock::drive();
    let mut s = Steady::default();
    for round in 0..5 {
        for n in 0..2 * ROOM {
            s.map.insert(n, Arc::new(n));
            drop(s.map.remove(&n));
        }
        clock.advance(std::time::Duration::from_millis(10));
        let after = after("Steady.map");
        // Within one tick nobody looks twice.
        assert_eq!(after.finalised, if_all((round + 1) * ROOM));
        assert_eq!(after.not_watched, if_all((round + 1) * ROOM));
    }
}

#[test]
fn a_bulk_exit_counts_what_it_does_not_walk_over() {
    let clock = Clock::drive();
    let mut s = Bulk::default();
    for round in 1..4 {
        s.map.extend((0..5_000).map(|n| (n, Arc::new(n))));
        let kept: Vec<_> = s.map.drain().collect();
        let after = after("Bulk.map");
        assert_eq!(after.watched, if_all(ROOM));
        assert_eq!(after.not_watched, if_all(round * (5_000 - ROOM)));
        drop(kept);
        clock.advance(std::time::Duration::from_millis(10));
    }
    assert_eq!(after("Bulk.map").finalised, if_all(3 * ROOM));
}

#[test]
fn a_dead_value_is_given_back_when_it_is_seen() {
    let _clock = Clock::drive();
    let mut s = Pinned::default();
    s.map.extend((0..100).map(|n| (n, Arc::new([0; 8192]))));
    let values = measure(|| {
        for n in 0..100 {
            drop(s.map.remove(&n));
        }
        drop(mapkeeper::report());
    });
    assert!(
        values.bytes_current <= -100 * 8192 + 32 * 1024,
        "{values:?}"
    );
}

#[test]
fn values_that_leave_on_many_threads_are_all_accounted_for() {
    const THREADS: u64 = 4;
    const EACH: u64 = 5_000;
    let _clock = Clock::drive();
    let done = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                assert!(after("Busy.map").watched <= 2 * ROOM);
            }
        });
        let writers: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    let mut s = Busy::default();
                    for n in 0..EACH {
                        s.map.insert(n, Arc::new(n));
                        let kept = s.map.remove(&n);
                        if n % 3 == 0 {
                            std::mem::forget(kept);
                        }
                    }
                })
            })
            .collect();
        writers
            .into_iter()
            .for_each(|writer| writer.join().unwrap());
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        reader.join().unwrap();
    });
    let after = after("Busy.map");
    if ALL {
        assert_eq!(
            after.watched + after.finalised + after.not_watched,
            THREADS * EACH
        );
        assert!(after.watched <= ROOM);
    }
}
