//! Observe's own account: exact counts, and residue that writes count and sweeps find.

use std::collections::HashMap;

use mapkeeper::{MODE, Mode};
use mapkeeper_tests::sites::site;

macro_rules! sites {
    ($($site:ident: $value:ty),+ $(,)?) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map]
            map: HashMap<u32, $value>,
        }
    )+};
}

sites! {
    Written: Option<u32>,
    Small: Option<u32>,
    Refilled: Vec<u32>,
    Swept: Option<u32>,
    Grown: Option<u32>,
    Cloned: Option<u32>,
    Largest: Option<u32>,
    Instances: Option<u32>,
    Peak: Option<u32>,
}

#[test]
fn residue_is_counted_when_it_is_written() {
    if MODE == Mode::Off {
        return;
    }
    let mut s = Written::default();
    for key in 0..1000 {
        s.map.insert(key, Some(key));
    }
    for key in 0..300 {
        s.map.insert(key, None);
        let row = site("Written.map");
        assert_eq!(row.residue, u64::from(key) + 1);
    }
    for key in 0..100 {
        s.map.remove(&key);
    }
    for key in 100..150 {
        s.map.insert(key, Some(1));
    }
    assert_eq!(site("Written.map").residue, 150);
    s.map.clear();
    assert_eq!(site("Written.map").residue, 0);
}

#[test]
fn what_small_maps_empty_through_a_mut_never_hides_the_residue_of_others() {
    if MODE == Mode::Off {
        return;
    }
    for _ in 0..20 {
        let mut s = Small::default();
        s.map.extend((0..5).map(|n| (n, Some(n))));
        s.map.values_mut().for_each(|value| *value = None);
        s.map.remove(&1);
        let copy = s.map.clone();
        drop((s, copy));
    }
    assert_eq!(site("Small.map").residue, 0);
    let mut s = Small::default();
    s.map.extend((0..5).map(|n| (n, None)));
    assert_eq!(site("Small.map").residue, 5);
}

#[test]
fn small_maps_that_fill_what_they_inserted_empty_leave_no_residue_behind() {
    if MODE == Mode::Off {
        return;
    }
    for _ in 0..20 {
        let mut s = Refilled::default();
        for key in 0..5 {
            s.map.entry(key).or_default().push(key);
        }
        for key in 0..5 {
            s.map.remove(&key);
        }
        drop(s);
    }
    assert_eq!(site("Refilled.map").residue, 0);
    let mut s = Refilled::default();
    s.map.insert(1, vec![1]);
    assert_eq!(site("Refilled.map").residue, 0);
}

#[test]
fn sweeps_find_what_a_mut_emptied() {
    if MODE == Mode::Off {
        return;
    }
    let mut s = Swept::default();
    s.map.extend((0..2_000).map(|n| (n, Some(n))));
    s.map
        .iter_mut()
        .filter(|(key, _)| **key < 500)
        .for_each(|(_, value)| *value = None);
    // Traffic drives the sweeps: one slice for each of the few operations that meet a sampled entry.
    for key in 10_000..60_000 {
        s.map.insert(key, Some(key));
        s.map.remove(&key);
    }
    assert_eq!(site("Swept.map").residue, 500);
}

#[test]
fn growth_counts_the_residue_anew() {
    if MODE == Mode::Off {
        return;
    }
    let mut s = Grown::default();
    s.map.extend((0..1_000).map(|n| (n, Some(n))));
    s.map.values_mut().for_each(|value| *value = None);
    s.map.reserve(100_000);
    assert_eq!(site("Grown.map").residue, 1_000);
    s.map.values_mut().for_each(|value| *value = Some(1));
    s.map.shrink_to_fit();
    assert_eq!(s.map.get_mut(&u32::MAX), None);
    assert_eq!(site("Grown.map").residue, 0);
}

#[test]
fn a_clones_residue_is_counted_too() {
    if MODE == Mode::Off {
        return;
    }
    for entries in [6_u32, 600] {
        let mut s = Cloned::default();
        s.map.extend((0..entries).map(|n| (n, None)));
        let copy = s.map.clone();
        assert_eq!(site("Cloned.map").residue, u64::from(entries) * 2);
        drop(copy);
        assert_eq!(site("Cloned.map").residue, u64::from(entries));
        drop(s);
        assert_eq!(site("Cloned.map").residue, 0);
    }
}

#[test]
fn the_largest_live_maps_are_listed_with_their_own_figures() {
    if MODE == Mode::Off {
        return;
    }
    let mut maps: Vec<Largest> = (0..15).map(|_| Largest::default()).collect();
    for (n, s) in (1..).zip(&mut maps) {
        s.map
            .extend((0..n * 100).map(|key| (key, if key % 10 == 0 { None } else { Some(key) })));
    }
    // A copy into a map that has an account already.
    let source = maps[14].map.clone();
    maps[0].map.clone_from(&source);
    drop(source);
    let largest = site("Largest.map").largest;
    assert_eq!(largest.len(), 10);
    let lens: Vec<u64> = largest.iter().map(|map| map.len).collect();
    assert_eq!(
        lens,
        [1500, 1500, 1400, 1300, 1200, 1100, 1000, 900, 800, 700]
    );
    assert_eq!(largest[2].residue, 140);
    for map in &largest {
        assert!(
            map.capacity >= map.len && map.table_bytes > map.capacity * 8,
            "{map:?}"
        );
    }
    let ids: std::collections::HashSet<u64> = largest.iter().map(|map| map.id).collect();
    assert_eq!(ids.len(), 10);
}

#[test]
fn instances_are_the_live_maps_that_allocated() {
    if MODE == Mode::Off {
        return;
    }
    let empty: Vec<Instances> = (0..5).map(|_| Instances::default()).collect();
    let mut full: Vec<Instances> = (0..7).map(|_| Instances::default()).collect();
    for s in &mut full {
        s.map.insert(1, None);
    }
    let row = site("Instances.map");
    assert_eq!((row.instances, row.instances_total, row.len), (7, 7, 7));
    full[0].map = mapkeeper::HashMap::default();
    full[1].map.clear();
    full[2].map.clear();
    full[2].map.shrink_to_fit();
    let with_room: Instances = Instances {
        map: mapkeeper::HashMap::with_capacity(1000),
    };
    let row = site("Instances.map");
    assert_eq!((row.instances, row.instances_total, row.len), (6, 8, 4));
    assert_eq!(
        row.capacity,
        with_room.map.capacity() as u64 + full[1].map.capacity() as u64 * 5
    );
    drop((empty, full, with_room));
    let row = site("Instances.map");
    assert_eq!(
        (row.instances, row.instances_total, row.len, row.capacity),
        (0, 8, 0, 0)
    );
}

#[test]
fn the_peak_is_the_most_one_map_ever_held() {
    if MODE == Mode::Off {
        return;
    }
    let mut s = Peak::default();
    s.map.extend((0..800).map(|n| (n, None)));
    assert_eq!(site("Peak.map").peak, 800);
    s.map.retain(|key, _| *key < 10);
    let mut other = Peak::default();
    other.map.extend((0..300).map(|n| (n, None)));
    other.map.clear();
    assert_eq!(site("Peak.map").peak, 800);
    drop((s, other));
    assert_eq!(site("Peak.map").peak, 800);
    let mut s = Peak::default();
    for n in 0..900 {
        s.map.insert(n, None);
        if n % 2 == 0 {
            s.map.remove(&n);
        }
    }
    assert_eq!(site("Peak.map").peak, 800, "of other maps");
    s.map.extend((1000..1400).map(|n| (n, None)));
    for n in 1000..1350 {
        s.map.remove(&n);
    }
    assert_eq!(site("Peak.map").peak, 850);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct SweptAnew {
    /// Every entry is sampled, so every operation looks at a slice.
    #[map]
    map: HashMap<u32, Option<u32>, mapkeeper_tests::hashers::Constant>,
}

#[test]
fn a_sweep_in_progress_forgets_what_left_all_at_once() {
    if MODE == Mode::Off {
        return;
    }
    let mut s = SweptAnew::default();
    // More than 64 buckets are looked at in several slices: the pass is half done when the entries go.
    for vacant in 60..75 {
        s.map.extend((0..vacant).map(|n| (n, None)));
        s.map.clear();
        assert_eq!(site("SweptAnew.map").residue, 0);
        for key in 0..33 {
            let value = if key % 5 == 0 { None } else { Some(key) };
            s.map.insert(key, value);
            assert_eq!(site("SweptAnew.map").residue, u64::from(key / 5 + 1));
        }
        s.map.drain();
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Connection {
    #[map]
    streams: HashMap<u32, u32>,
}

#[test]
fn small_maps_that_pile_up_are_suspected_without_a_report_in_between() {
    if MODE == Mode::Off {
        return;
    }
    let clock = mapkeeper::testing::Clock::drive();
    let mut kept = Vec::new();
    for minute in 0..8 * 60_u32 {
        for n in 0..20 {
            let mut connection = Connection::default();
            connection.streams.extend((0..8).map(|key| (key, n)));
            if (minute + n) % 10 == 0 {
                kept.push(connection);
            }
        }
        clock.advance(std::time::Duration::from_secs(60));
    }
    let report = mapkeeper::report();
    let kinds: Vec<&str> = report
        .suspects
        .iter()
        .filter(|suspect| suspect.site == "Connection.streams")
        .flat_map(mapkeeper::Suspect::kinds)
        .collect();
    assert!(kinds.contains(&"instances"), "{kinds:?}");
    assert_eq!(
        kinds.contains(&"growth"),
        MODE == Mode::Observe,
        "{kinds:?}"
    );
}
