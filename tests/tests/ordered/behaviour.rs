//! What is recorded of an ordered map, and what it costs nothing to have.

use std::{
    collections::{BTreeMap, HashMap},
    panic::{RefUnwindSafe, UnwindSafe},
    sync::Arc,
    time::Duration,
};

use mapkeeper::{MODE, Mode, RemovalCause, TrackedMaps, testing::Clock};
use mapkeeper_tests::{
    panics::caught,
    sites::{figures, records, site},
};

#[mapkeeper::tracked]
#[derive(Default)]
struct Timers {
    #[map]
    due: BTreeMap<u64, Option<u32>>,
}

#[test]
fn the_line_that_inserts_is_named_in_a_large_map() {
    let mut s = Timers::default();
    for n in 0..200_000 {
        s.due.insert(n, Some(1));
    }
    let line = line!() - 2;
    for n in 0..150_000 {
        s.due.remove(&n);
    }
    let row = site("Timers.due");
    if !records() {
        assert_eq!((row.len, row.instances), (0, 0));
        return;
    }
    assert_eq!((row.len, row.inserts, row.instances), (50_000, 200_000, 1));
    assert_eq!(row.capacity, 50_000);
    assert!(row.table_bytes >= 50_000 * 24, "{}", row.table_bytes);
    let known = row
        .call_sites
        .iter()
        .find(|known| {
            known
                .call_site
                .ends_with(&format!("ordered/behaviour.rs:{line}:15"))
        })
        .unwrap_or_else(|| panic!("{:?}", row.call_sites));
    let about = |known: u64, truth: u64| known.abs_diff(truth) <= truth / 4;
    assert!(about(known.births, 200_000), "{}", known.births);
    assert!(about(known.live, 50_000), "{}", known.live);
    assert!(about(known.exits.get(RemovalCause::Removed), 150_000));
    if MODE == Mode::Strict {
        assert_eq!((known.births, known.live), (200_000, 50_000));
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Emptied {
    #[map]
    jobs: BTreeMap<u32, Option<u32>>,
}

#[test]
fn values_that_are_emptied_are_residue_however_it_was_done() {
    let mut s = Emptied::default();
    for n in 0..1_000 {
        s.jobs.insert(n, Some(n));
    }
    for n in 0..100 {
        s.jobs.insert(n, None);
    }
    if records() {
        assert_eq!(site("Emptied.jobs").residue, 100);
    }
    for n in 100..300 {
        *s.jobs.get_mut(&n).unwrap() = None;
    }
    let line = line!() - 2;
    // Strict looks once for each 64th part that was handed out, observe after as many writes as there are entries.
    for n in 0..200_000 {
        s.jobs.insert(n % 50, None);
        if n % 2 == 0 && n >= 1_000 {
            s.jobs.insert(n, Some(n));
            s.jobs.remove(&n);
        }
    }
    if !records() {
        return;
    }
    let row = site("Emptied.jobs");
    assert_eq!(row.residue, 300);
    if MODE == Mode::Strict {
        let emptied: u64 = row
            .call_sites
            .iter()
            .filter(|known| known.call_site.contains(&format!("behaviour.rs:{line}:")))
            .map(|known| known.emptied)
            .sum();
        assert_eq!(emptied, 200);
    }
    for n in 0..300 {
        assert_eq!(s.jobs.remove(&n), Some(None));
    }
    assert_eq!(site("Emptied.jobs").residue, 0);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Grows {
    #[map]
    jobs: BTreeMap<u32, Option<u32>>,
}

#[test]
fn residue_is_found_in_a_map_that_only_grows() {
    let mut s = Grows::default();
    for n in 0..1_000 {
        s.jobs.insert(n, Some(n));
        if n % 2 == 0 {
            *s.jobs.get_mut(&n).unwrap() = None;
        }
    }
    for n in 1_000..4_200 {
        s.jobs.insert(n, Some(n));
    }
    if records() {
        assert_eq!(site("Grows.jobs").residue, 500);
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Bounded {
    #[map(max_len = 2, max_age = "1s", residue = deny)]
    queue: BTreeMap<u32, Option<u32>>,
}

#[test]
fn contracts_hold_as_for_a_hash_map() {
    let clock = Clock::drive();
    let mut s = Bounded::default();
    s.queue.insert(1, Some(1));
    s.queue.insert(2, Some(2));
    let third = caught(|| s.queue.insert(3, Some(3)));
    assert_eq!(s.queue.len(), 3);
    assert_eq!(s.check_maps().len(), 1);
    s.queue.pop_last();
    let emptied = caught(|| s.queue.insert(1, None));
    let by_loan = caught(|| {
        *s.queue.get_mut(&2).unwrap() = None;
        s.queue.contains_key(&1);
        s.queue.remove(&7);
    });
    s.queue.clear();
    s.queue.insert(1, Some(1));
    clock.advance(Duration::from_secs(5));
    let old = caught(|| s.queue.remove(&1));
    if MODE == Mode::Strict {
        for (broken, what) in [
            (third.map(|_| ()), "max_len"),
            (emptied.map(|_| ()), "residue"),
            (by_loan, "residue"),
            (old.map(|_| ()), "max_age"),
        ] {
            let message = broken.expect_err(what).message;
            assert!(message.contains("Bounded.queue"), "{message}");
        }
    } else {
        assert!(third.is_ok() && emptied.is_ok() && by_loan.is_ok() && old.is_ok());
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Index {
    #[map]
    by_id: HashMap<u32, String>,
    #[map(subset_of = by_id, show_keys)]
    by_time: BTreeMap<u32, u8>,
}

#[test]
fn an_ordered_index_is_checked_against_its_hash_map() {
    let mut s = Index::default();
    s.by_id.insert(1, "one".to_owned());
    s.by_time.insert(1, 1);
    assert!(s.check_maps().is_empty());
    s.by_time.insert(2, 2);
    let breaches = s.check_maps();
    assert_eq!(breaches.len(), 1);
    assert_eq!(breaches[0].sample_keys, ["2"]);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Reset {
    #[map]
    values: BTreeMap<u32, Arc<u8>>,
}

#[test]
fn a_reset_says_what_lives_on() {
    let mut s = Reset::default();
    let kept = Arc::new(1);
    s.values.insert(1, Arc::clone(&kept));
    s.values.insert(2, Arc::new(2));
    assert_eq!(figures(&s)[0].len, 2);
    let reset = s.reset_maps();
    assert_eq!((reset.entries(), reset.retained()), (2, 1));
    assert!(s.values.is_empty());
    s.values.insert(3, kept);
    if records() {
        let row = site("Reset.values");
        assert_eq!((row.len, row.inserts), (1, 3));
        drop(s);
        let row = site("Reset.values");
        assert_eq!((row.len, row.instances), (0, 0));
        assert_eq!(row.removed.get(RemovalCause::Cleared), 2);
        assert_eq!(row.removed.get(RemovalCause::MapDropped), 1);
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Small {
    #[map]
    map: BTreeMap<u8, u8>,
}

#[test]
fn an_empty_map_allocates_nothing_and_many_small_ones_are_counted() {
    let made = allocation_counter::measure(|| {
        let s = Small::default();
        drop(s);
    });
    assert_eq!(made.count_total, 0);
    let mut all: Vec<Small> = Vec::new();
    for n in 0..100 {
        let mut s = Small::default();
        s.map.insert(1, n);
        s.map.insert(2, n);
        s.map.remove(&1);
        all.push(s);
    }
    if records() {
        let row = site("Small.map");
        assert_eq!((row.len, row.instances, row.inserts), (100, 100, 200));
        drop(all);
        let row = site("Small.map");
        assert_eq!((row.len, row.instances, row.instances_total), (0, 0, 100));
    }
}

const CONST: mapkeeper::BTreeMap<u8, u8> = mapkeeper::BTreeMap::new();

#[test]
fn it_is_what_std_s_is() {
    fn same_traits<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + Clone + Ord + Default>() {}
    same_traits::<mapkeeper::BTreeMap<u8, u8>>();
    assert!(CONST.is_empty());
    if MODE == Mode::Off {
        assert_eq!(
            size_of::<mapkeeper::BTreeMap<u64, u64>>(),
            size_of::<BTreeMap<u64, u64>>()
        );
    }
    let plain: BTreeMap<u8, u8> = [(2, 2), (1, 1)].into();
    let ours = mapkeeper::BTreeMap::<u8, u8>::from(plain.clone());
    assert_eq!(
        serde_json::to_string(&ours).unwrap(),
        serde_json::to_string(&plain).unwrap()
    );
    let read: mapkeeper::BTreeMap<u8, u8> =
        serde_json::from_str(&serde_json::to_string(&plain).unwrap()).unwrap();
    assert_eq!(read, ours);
    assert_eq!(BTreeMap::from(read), plain);
    assert_eq!(ours[&1], 1);
    assert_eq!(
        caught(|| ours[&9]).unwrap_err().message,
        "no entry found for key"
    );
    let hash = |value: &dyn Fn(&mut std::hash::DefaultHasher)| {
        let mut hasher = std::hash::DefaultHasher::new();
        value(&mut hasher);
        std::hash::Hasher::finish(&hasher)
    };
    use std::hash::Hash;
    assert_eq!(hash(&|h| ours.hash(h)), hash(&|h| plain.hash(h)));
    assert_eq!(ours.iter().len(), 2);
    assert!(
        mapkeeper::btree_map::Iter::<u8, u8>::default()
            .next()
            .is_none()
    );
    assert!(
        mapkeeper::btree_map::IntoIter::<u8, u8>::default()
            .next()
            .is_none()
    );
}
