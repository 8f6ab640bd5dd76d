//! What is recorded of an ordered hash map, and what it costs nothing to have.

use std::sync::Arc;

use indexmap::IndexMap;
use mapkeeper::{MODE, Mode, RemovalCause, TrackedMaps};
use mapkeeper_tests::{
    panics::caught,
    sites::{figures, records, site},
};

#[mapkeeper::tracked]
#[derive(Default)]
struct Large {
    #[map]
    map: IndexMap<u32, u32>,
}

#[test]
fn the_line_that_inserts_is_named_and_room_that_is_not_used() {
    let mut s = Large::default();
    for n in 0..100_000 {
        s.map.insert(n, n);
    }
    let line = line!() - 2;
    for n in 0..90_000 {
        s.map.swap_remove(&n);
    }
    if !records() {
        return;
    }
    let row = site("Large.map");
    assert_eq!((row.len, row.inserts, row.instances), (10_000, 100_000, 1));
    assert!(row.capacity >= 100_000, "{row:?}");
    assert!(row.table_bytes >= 100_000 * 24, "{}", row.table_bytes);
    let known = row
        .call_sites
        .iter()
        .find(|known| {
            let at = format!("indexes/behaviour.rs:{line}:15");
            known.call_site.ends_with(&at)
        })
        .unwrap_or_else(|| panic!("{:?}", row.call_sites));
    let about = |known: u64, truth: u64| known.abs_diff(truth) <= truth / 4;
    assert!(about(known.births, 100_000), "{}", known.births);
    assert!(about(known.exits.get(RemovalCause::Removed), 90_000));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Churn {
    #[map]
    map: IndexMap<u32, u32>,
}

#[test]
fn the_room_recorded_does_not_drift_as_entries_come_and_go() {
    let mut s = Churn::default();
    for n in 0..50_000_u32 {
        s.map.insert(n.wrapping_mul(0x9e37_79b9), n);
        if n >= 850 {
            s.map
                .swap_remove(&(n - 850).wrapping_mul(0x9e37_79b9))
                .unwrap();
        }
    }
    if records() {
        let row = site("Churn.map");
        assert_eq!((row.len, row.instances), (850, 1));
        assert!((850..=4_000).contains(&row.capacity), "{}", row.capacity);
        drop(s);
        assert_eq!(site("Churn.map").capacity, 0);
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Renamed {
    #[map]
    map: IndexMap<u32, u32>,
}

#[test]
fn an_entry_whose_key_changes_is_not_counted_for_ever() {
    const STAY: u32 = 20_000;
    let mut s = Renamed::default();
    for n in 0..STAY {
        s.map.insert(n, n);
    }
    let line = line!() - 2;
    let last = s.map.len();
    for n in STAY..5 * STAY {
        s.map.insert(n, n);
        let other = n + 10 * STAY;
        if n % 2 == 0 {
            s.map.replace_index(last, other).unwrap();
        } else if let mapkeeper::index_map::Entry::Vacant(entry) = s.map.entry(other) {
            entry.replace_index(last);
        }
        assert_eq!(s.map.pop(), Some((other, n)));
    }
    if records() {
        let row = site("Renamed.map");
        let stay = format!("behaviour.rs:{line}:15");
        let known = row.call_sites.iter();
        let (stay, gone): (Vec<_>, Vec<_>) = known.partition(|at| at.call_site.ends_with(&stay));
        assert!(stay[0].live > u64::from(STAY) * 9 / 10, "{}", stay[0].live);
        assert!(gone.iter().all(|at| at.live < u64::from(STAY) / 10));
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Emptied {
    #[map(residue = deny)]
    jobs: IndexMap<u32, Option<u32>>,
}

#[test]
fn an_emptied_value_is_found_at_the_next_operation_however_it_was_reached() {
    let ways: [fn(&mut Emptied); 7] = [
        |s| *s.jobs.get_mut(&1).unwrap() = None,
        |s| s.jobs[0] = None,
        |s| s.jobs[&1] = None,
        |s| *s.jobs.last_mut().unwrap().1 = None,
        |s| s.jobs.values_mut().for_each(|v| *v = None),
        |s| *s.jobs.get_index_entry(0).unwrap().into_mut() = None,
        |s| *s.jobs.entry(2).or_insert(Some(1)) = None,
    ];
    for empty in ways {
        let mut s = Emptied::default();
        s.jobs.insert(1, Some(1));
        empty(&mut s);
        let next = caught(|| s.jobs.reverse());
        assert_eq!(s.check_maps().len(), 1);
        assert_eq!(next.is_err(), MODE == Mode::Strict);
        if let Err(caught) = next {
            assert!(
                caught.message.contains("Emptied.jobs") && caught.message.contains("behaviour.rs:"),
                "{}",
                caught.message
            );
        }
        let len = s.jobs.len();
        assert_eq!(s.reset_maps().entries(), len);
        assert_eq!((s.jobs.len(), s.jobs.capacity()), (0, 0));
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Related {
    #[map]
    by_id: IndexMap<u32, Arc<str>>,
    #[map(subset_of = by_id, max_len = 2, show_keys)]
    recent: IndexMap<u32, u8>,
}

#[test]
fn contracts_hold_as_for_a_hash_map() {
    let mut s = Related::default();
    for n in 0..3 {
        s.by_id.insert(n, "job".into());
    }
    s.recent.insert(1, 1);
    s.recent.insert(2, 2);
    assert!(s.check_maps().is_empty());
    let third = caught(|| s.recent.insert(7, 7));
    assert_eq!(third.is_err(), MODE == Mode::Strict);
    let breaches = s.check_maps();
    assert_eq!(breaches.len(), 2, "{breaches:?}");
    assert_eq!(figures(&s)[0].len, 3);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Guarded {
    #[map(guard = is_done)]
    jobs: IndexMap<u32, bool>,
}

fn is_done(_: &u32, done: &bool) -> Result<(), String> {
    done.then_some(()).ok_or_else(|| "not done".to_owned())
}

#[test]
fn a_guard_is_asked_where_the_feature_is_on() {
    let asks = cfg!(feature = "enforce");
    let mut s = Guarded::default();
    s.jobs
        .extend([(1, false), (2, true), (3, false), (4, true)]);
    assert_eq!(s.jobs.shift_remove_if_allowed(&1).is_err(), asks);
    assert_eq!(s.jobs.swap_remove_if_allowed(&2), Ok(Some(true)));
    let entry = s.jobs.get_index_entry(s.jobs.get_index_of(&3).unwrap());
    assert_eq!(entry.unwrap().shift_remove_if_allowed().is_err(), asks);
    assert_eq!(s.jobs.try_retain(|_, _| false), if asks { 2 } else { 0 });
    assert_eq!(s.jobs.len(), if asks { 2 } else { 0 });
}

#[test]
fn a_life_is_told_in_strict() {
    let mut s = Related::default();
    s.recent.insert(1, 1);
    assert_eq!(s.recent.lifecycle(&1).is_some(), MODE == Mode::Strict);
    assert!(s.recent.lifecycle(&2).is_none());
}

#[test]
fn the_wire_format_is_the_crates_and_maps_convert() {
    let plain: IndexMap<String, u32> = [("b".to_owned(), 2), ("a".to_owned(), 1)].into();
    let ours = mapkeeper::IndexMap::<String, u32>::from(plain.clone());
    let text = serde_json::to_string(&plain).unwrap();
    assert_eq!(serde_json::to_string(&ours).unwrap(), text);
    let read: mapkeeper::IndexMap<String, u32> = serde_json::from_str(&text).unwrap();
    assert_eq!(read, ours);
    assert_eq!(ours["a"], 1);
    assert!(read.into_values().eq([2, 1]));
    assert!(ours.clone().into_keys().eq(["b", "a"]));
    assert_eq!(
        format!("{:?}", ours.clone().into_iter()),
        r#"[("b", 2), ("a", 1)]"#
    );
    assert_eq!(IndexMap::from(ours), plain);
    if MODE == Mode::Off {
        assert_eq!(
            size_of::<mapkeeper::IndexMap<u8, u8>>(),
            size_of::<IndexMap<u8, u8>>()
        );
    }
}

#[test]
fn what_is_out_of_bounds_panics_as_the_crate_does() {
    let plain: IndexMap<u8, u8> = (0..3).map(|n| (n, n)).collect();
    let ours: mapkeeper::IndexMap<u8, u8> = plain.clone().into();
    macro_rules! same {
        ($($map:ident => $e:expr;)+) => {$(
            let mut ours = ours.clone();
            let mut plain = plain.clone();
            let $map = &mut ours;
            let one = caught(|| _ = $e).unwrap_err().message;
            let $map = &mut plain;
            assert_eq!(one, caught(|| _ = $e).unwrap_err().message);
            assert_eq!((ours.len(), plain.len()), (3, 3));
        )+};
    }
    same! {
        map => map[7];
        map => map[&7_u8];
        map => map.drain(2..7);
        map => map.drain(5..);
        map => map.drain((std::ops::Bound::Included(2), std::ops::Bound::Excluded(1)));
        map => map.splice(..=3, [(1, 1)]);
        map => map.extract_if(4.., |_, _| true);
        map => map.split_off(4);
        map => map.insert_before(9, 9, 9);
        map => map.shift_insert(9, 9, 9);
        map => map.shift_insert(3, 1, 9);
        map => map.replace_index(9, 9);
        map => map.move_index(0, 3);
        map => map.swap_indices(3, 0);
        map => map.get_disjoint_mut([&1, &1]);
    }
}
