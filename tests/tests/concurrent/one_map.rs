//! A map of shards is one instance, whoever writes to it: its counts are exact, its samples are found again, and it is light.

use std::thread;

use dashmap::DashMap;
use mapkeeper::{MODE, Mode, RemovalCause, sync::HashMap};
use mapkeeper_tests::sites::{BACKTRACES, if_recorded, records, site};

#[mapkeeper::tracked]
#[derive(Default)]
struct Queue {
    #[map]
    jobs: HashMap<u64, Option<u64>>,
}

/// More threads than have counts of their own.
const THREADS: u64 = 20;
const EACH: u64 = 500;

#[test]
fn what_one_thread_inserts_and_another_removes_is_counted_once() {
    let s = Queue::default();
    let on_all = |work: &(dyn Fn(u64) + Sync)| {
        thread::scope(|threads| {
            (0..THREADS).for_each(|thread| {
                threads.spawn(move || (0..EACH).for_each(|n| work(thread * EACH + n)));
            });
        });
    };
    on_all(&|n| _ = s.jobs.insert(n, Some(n)));
    let full = site("Queue.jobs");
    assert_eq!(full.len, if_recorded(THREADS * EACH));
    // Each thread takes what its neighbour brought.
    on_all(&|n| {
        let n = (n + EACH) % (THREADS * EACH);
        match n % 4 {
            0 => _ = s.jobs.remove(&n),
            1 => _ = s.jobs.insert(n, None),
            2 => _ = s.jobs.remove(&(n + THREADS * EACH)),
            _ => {}
        }
    });
    let quarter = if_recorded(THREADS * EACH / 4);
    let row = site("Queue.jobs");
    assert_eq!((row.len, row.instances), (3 * quarter, if_recorded(1)));
    assert_eq!(row.removed.get(RemovalCause::Removed), quarter);
    assert_eq!((row.replaces, row.misses), (quarter, quarter));
    assert_eq!(row.residue, quarter);
    if records() {
        assert_eq!(row.largest.len(), 1);
        let largest = &row.largest[0];
        assert_eq!((largest.len, largest.residue), (row.len, row.residue));
        let live: u64 = row.call_sites.iter().map(|line| line.live).sum();
        assert_eq!(live, row.len, "of each line, what its samples stand for");
    }
    s.jobs.clear();
    let row = site("Queue.jobs");
    assert_eq!((row.len, row.residue), (0, 0));
    assert_eq!(row.removed.get(RemovalCause::Cleared), 3 * quarter);
    drop(s);
    let row = site("Queue.jobs");
    assert_eq!((row.instances, row.capacity, row.table_bytes), (0, 0, 0));
    if MODE != Mode::Strict {
        // There, each shard's peak is known by itself once it is gone.
        assert_eq!(row.peak, full.len);
    }
}

/// A few entries for each shard, of which one leaves: shards that nothing left count, too. Each map is larger than the one
/// before it, for a site keeps the largest peak.
#[test]
fn the_peak_is_that_of_all_shards_however_entries_came() {
    #[mapkeeper::tracked]
    type Peaked = HashMap<u64, u64>;
    type Fill = fn(&mut Peaked, Box<dyn Iterator<Item = (u64, u64)>>);
    let ways: [(&str, Fill); 6] = [
        ("insert", |map, pairs| {
            pairs.for_each(|(n, m)| _ = map.insert(n, m));
        }),
        ("entry", |map, pairs| {
            pairs.for_each(|(n, m)| _ = map.entry(n).or_insert(m));
        }),
        ("insert_many", |map, pairs| _ = map.insert_many(pairs)),
        ("extend", |map, pairs| map.extend(pairs)),
        ("collect", |map, pairs| *map = pairs.collect()),
        ("replace_all", |map, pairs| map.replace_all(pairs)),
    ];
    for (number, (way, fill)) in ways.into_iter().enumerate() {
        let len = 100 + 10 * number as u64;
        let mut map = Peaked::new();
        fill(&mut map, Box::new((0..len).map(|n| (n, n))));
        assert_eq!(map.len() as u64, len);
        map.remove(&7);
        if MODE == Mode::Strict {
            // There, each shard's peak is known by itself once it is gone.
            continue;
        }
        assert_eq!(site("Peaked").peak, if_recorded(len), "{way}");
    }
}

#[test]
fn the_peak_outlives_the_tables_it_was_in() {
    #[mapkeeper::tracked]
    type Emptied = HashMap<u64, u64>;
    let map = Emptied::new();
    map.insert_many((0..100).map(|n| (n, n)));
    map.clear();
    map.shrink_to_fit();
    map.insert_many((0..10).map(|n| (n, n)));
    if MODE != Mode::Strict {
        assert_eq!(site("Emptied").peak, if_recorded(100));
    }
}

#[test]
fn samples_are_of_their_shard_alone() {
    #[mapkeeper::tracked]
    #[derive(Default)]
    struct Sampled {
        #[map]
        map: HashMap<u64, u64>,
    }
    let s = Sampled::default();
    let live = || -> u64 {
        let row = site("Sampled.map");
        assert_eq!(row.samples_dropped, 0);
        row.call_sites.iter().map(|line| line.live).sum()
    };
    for n in 0..50_000 {
        s.map.insert(n, n);
    }
    assert_eq!(live(), if_recorded(50_000));
    // One shard after the other turns half of its entries out, and moves the rest.
    s.map.retain(|n, _| n % 2 == 0);
    s.map.shrink_to_fit();
    for n in 0..25_000 {
        s.map.remove(&(2 * n));
    }
    assert_eq!((s.map.len(), live()), (0, 0));
    let row = site("Sampled.map");
    let exits = row
        .call_sites
        .first()
        .map_or(0, |line| line.exits.entries());
    assert_eq!(exits, if_recorded(50_000), "all that came left");
}

#[test]
fn a_copy_has_samples_of_its_own() {
    #[mapkeeper::tracked]
    #[derive(Default, Clone)]
    struct Copied {
        #[map]
        map: HashMap<u64, u64>,
    }
    let s = Copied::default();
    for n in 0..20_000 {
        s.map.insert(n, n);
    }
    let copy = s.clone();
    drop(s);
    let row = site("Copied.map");
    assert_eq!(
        (row.len, row.instances),
        (if_recorded(20_000), if_recorded(1))
    );
    let live =
        |row: &mapkeeper::SiteReport| -> u64 { row.call_sites.iter().map(|line| line.live).sum() };
    assert_eq!(live(&row), row.len);
    (0..20_000).for_each(|n| _ = copy.map.remove(&n));
    assert_eq!(live(&site("Copied.map")), 0);
}

#[test]
fn many_small_maps_are_light() {
    #[mapkeeper::tracked]
    type Small = HashMap<u64, u64>;
    const MAPS: usize = 200;
    // Reading the program's symbols, for a backtrace, takes megabytes for a moment.
    if MODE == Mode::Strict || BACKTRACES {
        return;
    }
    // The site's own state is not counted.
    Small::new().insert(1, 1);
    let theirs = allocation_counter::measure(|| {
        let maps: Vec<_> = (0..MAPS)
            .map(|_| {
                let map = DashMap::with_shard_amount(16);
                (0..16).for_each(|n| _ = map.insert(n, n));
                map
            })
            .collect();
        drop(maps);
    });
    let ours = allocation_counter::measure(|| {
        let maps: Vec<_> = (0..MAPS)
            .map(|_| {
                let map = Small::with_shard_amount(16);
                (0..16).for_each(|n| _ = map.insert(n, n));
                map
            })
            .collect();
        drop(maps);
    });
    let (ours, theirs) = (ours.bytes_max / MAPS as u64, theirs.bytes_max / MAPS as u64);
    assert!(ours <= 2 * theirs, "{ours} bytes a map, dashmap {theirs}");
}
