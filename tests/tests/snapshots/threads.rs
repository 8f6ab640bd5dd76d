//! Snapshots of maps that other threads own.

use std::{
    collections::HashMap,
    sync::{
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc,
    },
    thread,
};

use mapkeeper::{MODE, Mode, Snapshot};
use mapkeeper_tests::hashers::Constant;

use crate::{alone, fits};

#[mapkeeper::tracked]
#[derive(Default)]
struct Owned {
    #[map]
    map: HashMap<u32, u32, Constant>,
    #[map]
    busy: HashMap<u32, u32>,
}

#[test]
fn a_map_of_another_thread_is_cut_where_the_snapshot_was_taken() {
    let _clock = alone();
    let (tell, told) = mpsc::channel::<Vec<u32>>();
    let (done, seen) = mpsc::channel::<()>();
    let owner = thread::spawn(move || {
        let mut s = Owned::default();
        s.map.reserve(64);
        for keys in told {
            for key in keys {
                s.map.insert(key, key);
            }
            s.map.remove(&1);
            done.send(()).unwrap();
        }
    });
    let mut taken = Vec::new();
    for keys in [vec![0, 1], vec![2, 3, 4], vec![5], vec![6, 7]] {
        tell.send(keys).unwrap();
        seen.recv().unwrap();
        taken.push(Snapshot::now());
    }
    let survivors = Snapshot::survivors(&taken[0], &taken[2], &taken[3]).unwrap();
    if MODE != Mode::Off {
        assert_eq!((survivors.born, survivors.alive), (4, 4));
    }
    drop(tell);
    owner.join().unwrap();
}

#[test]
fn snapshots_of_a_map_that_is_being_written_stay_sane() {
    let _clock = alone();
    let stop = AtomicBool::new(false);
    thread::scope(|threads| {
        threads.spawn(|| {
            let mut s = Owned::default();
            let mut key = 0_u32;
            while !stop.load(SeqCst) {
                s.busy.insert(key, key);
                s.busy.remove(&key.wrapping_sub(1_000));
                key = key.wrapping_add(1);
            }
        });
        let mut taken = Vec::new();
        for _ in 0..60 {
            taken.push(Snapshot::now());
            thread::yield_now();
        }
        stop.store(true, SeqCst);
        for three in taken.windows(3) {
            let survivors = Snapshot::survivors(&three[0], &three[1], &three[2]).unwrap();
            fits(&survivors.to_string());
            let most = three[2].site("Owned.busy").unwrap().peak.max(1);
            for site in survivors.sites.iter().filter(|site| !site.estimated) {
                assert!(site.alive <= most, "{} of {most}", site.alive);
            }
            fits(&three[2].diff(&three[0]).unwrap().to_string());
        }
    });
}
