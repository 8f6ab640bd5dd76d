//! A set that is tracked: what counts as an insertion, hooks and guards of elements, and the report that names the line.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    sync::{Arc, RwLock},
};

use mapkeeper::{Clause, MODE, Mode, RemovalCause, TrackedMaps};
use mapkeeper_tests::sites::{ENFORCE, exits, if_recorded, site};
use rustc_hash::FxHashSet;

thread_local! {
    static TOLD: RefCell<Vec<(u64, RemovalCause)>> = const { RefCell::new(Vec::new()) };
}

fn tell(element: &u64, cause: RemovalCause) {
    TOLD.with_borrow_mut(|told| told.push((*element, cause)));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Known {
    #[map(on_remove = tell)]
    open: HashSet<u64>,
}

#[test]
fn an_element_that_is_there_is_not_inserted_again() {
    TOLD.take();
    let mut s = Known::default();
    assert!(s.open.insert(7));
    assert!(!s.open.insert(7));
    s.open.extend([7, 8]);
    let row = site("Known.open");
    assert_eq!(
        (row.inserts, row.replaces, row.len),
        (if_recorded(2), 0, if_recorded(2))
    );
    assert_eq!(s.open.replace(7), Some(7));
    assert!(!s.open.remove(&9));
    let row = site("Known.open");
    assert_eq!(
        (row.inserts, row.replaces),
        (if_recorded(2), if_recorded(1))
    );
    assert_eq!((row.misses, row.residue), (if_recorded(1), 0));
    assert_eq!(TOLD.take(), [(7, RemovalCause::Replaced)]);
    drop(s);
    let mut told = TOLD.take();
    told.sort_unstable();
    assert_eq!(
        told,
        [(7, RemovalCause::MapDropped), (8, RemovalCause::MapDropped)]
    );
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Subscriptions {
    #[map]
    seen: Arc<RwLock<FxHashSet<u64>>>,
}

/// Half of what one line inserts is never removed: strict knows each entry, observe samples 1 in 256 of them.
#[test]
fn the_report_names_the_line_that_inserted_elements() {
    let s = Subscriptions::default();
    let line = line!() + 2;
    for id in 0..20_000 {
        s.seen.write().unwrap().insert(id);
    }
    s.seen.write().unwrap().retain(|id| id % 2 == 0);
    let row = site("Subscriptions.seen");
    assert_eq!(row.len, if_recorded(10_000));
    if MODE != Mode::Off {
        assert_eq!(
            exits("Subscriptions.seen"),
            [(RemovalCause::Filtered, 10_000)]
        );
        let place = format!("{}:{line}:", file!());
        let at = &row.call_sites[0].call_site;
        assert!(at.starts_with(&place), "{at} is not {place}");
        let text = mapkeeper::report().to_string();
        assert!(text.contains(&format!("sets.rs:{line}:")), "{text}");
    }
}

fn only_even(element: &u64) -> Result<(), String> {
    if element.is_multiple_of(2) {
        Ok(())
    } else {
        Err(format!("{element} is odd"))
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Guarded {
    #[map(guard = only_even)]
    open: HashSet<u64>,
}

#[test]
fn a_guard_keeps_elements() {
    let mut s = Guarded::default();
    s.open.extend([1, 2, 3, 4]);
    assert_eq!(s.open.try_remove(&2), Ok(true));
    assert_eq!(s.open.try_remove(&2), Ok(false));
    if ENFORCE {
        assert_eq!(s.open.try_remove(&1).unwrap_err().reason(), "1 is odd");
        assert_eq!(s.open.try_take(&3).unwrap_err().site(), "Guarded.open");
        assert_eq!(s.open.try_retain(|_| false), 2);
        assert!(s.open.contains(&1) && s.open.contains(&3));
    } else {
        assert_eq!(s.open.try_take(&1), Ok(Some(1)));
        assert_eq!(s.open.try_retain(|_| false), 0);
        assert!(s.open.is_empty());
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Related {
    #[map]
    by_id: HashMap<u64, String>,
    #[map(subset_of = by_id, show_keys)]
    urgent: HashSet<u64>,
    #[map(follows = urgent)]
    twin: Option<FxHashSet<u64>>,
}

#[test]
fn a_set_is_compared_with_a_map_element_by_element() {
    let mut s = Related::default();
    s.by_id.insert(7, "tea".to_owned());
    s.urgent.extend([7, 8]);
    s.twin = Some([7].into_iter().collect());
    let found = s.check_maps();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].clause, found[0].entries), (Clause::SubsetOf, 1));
    assert_eq!(found[0].sample_keys, ["8"]);
    s.urgent.clear();
    let found = s.check_maps();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].clause, Clause::Follows);
    assert_eq!(s.reset_maps().entries(), 2);
    s.assert_maps();
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Keeps {
    #[map(residue = deny)]
    by_user: HashMap<u64, mapkeeper::HashSet<u64>>,
    #[map]
    a: HashSet<u64>,
    #[map]
    b: HashSet<u64>,
}

#[test]
fn fields_with_keepers_of_their_own_are_compared_with_each_other_and_with_std() {
    let mut s = Keeps::default();
    s.a.extend([1, 2, 3]);
    s.b.extend([3, 4]);
    let plain: HashSet<u64> = [1, 9].into();
    assert_eq!(s.a.intersection(&s.b).collect::<Vec<_>>(), [&3]);
    assert_eq!(s.a.union(&plain).count(), 4);
    assert!(
        !s.a.is_disjoint(&plain) && s.a.is_superset(&[1, 2].into_iter().collect::<HashSet<_>>())
    );
    s.a = &s.a - &s.b;
    assert_eq!(HashSet::from(std::mem::take(&mut s.a)), [1, 2].into());
}

#[test]
fn a_set_that_is_empty_is_residue_as_a_value() {
    let mut s = Keeps::default();
    s.by_user.insert(7, [1].into());
    assert!(s.check_maps().is_empty());
    let row = site("Keeps.by_user");
    assert_eq!((row.len, row.residue), (if_recorded(1), 0));
    s.by_user.values_mut().for_each(|set| {
        set.remove(&1);
    });
    assert_eq!(mapkeeper_tests::sites::figures(&s)[0].residue, 1);
    std::mem::forget(s); // strict would say so by a panic
}
