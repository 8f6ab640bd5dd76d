//! Strict: a value that is emptied through a `&mut` is found at the next operation, or when the map goes, and the
//! message names the line that took the `&mut`.

use std::collections::HashMap;

use mapkeeper::{MODE, Mode, hash_map::Entry};
use mapkeeper_tests::{
    panics::caught,
    sites::{if_recorded, site},
};

use crate::panics_in_strict;

type Map = HashMap<u8, Option<u8>>;

/// For each way to a `&mut`: a site of its own, the value emptied by it, then another operation.
macro_rules! emptied_by {
    ($($name:ident $site:ident: |$map:ident| $empty:expr;)+) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map(residue = deny)]
            map: Map,
        }

        #[test]
        fn $name() {
            let mut s = $site::default();
            s.map.extend((0..20).map(|n| (n, Some(n))));
            let $map = &mut s.map;
            $empty;
            let name = concat!(stringify!($site), ".map");
            // Both lines are that of the macro's invocation.
            let outcome = (line!(), caught(|| drop(s.map.insert(99, Some(1)))));
            panics_in_strict(file!(), &outcome, &[name, "was made vacant at", "residue = deny"]);
            if let Err(panic) = outcome.1 {
                let blamed = blamed_line(&panic.message);
                assert!(EMPTYING.contains(&blamed), "{}", panic.message);
                assert_eq!(site(name).residue, 1);
                assert_eq!(site(name).breaches, 1);
            }
            assert_eq!(caught(|| drop(s.map.insert(98, Some(1)))), Ok(()), "a breach is raised once");
            s.map.values_mut().for_each(|value| *value = Some(1));
            assert!(s.map.remove(&200).is_none());
            if MODE == Mode::Strict {
                assert_eq!(site(name).residue, 0, "what is filled again is no residue");
            }
        }
    )+};
}

/// The line in `… was made vacant at path:line:column, but …`.
fn blamed_line(message: &str) -> u32 {
    let place = message
        .split(" at ")
        .nth(1)
        .unwrap()
        .split(',')
        .next()
        .unwrap();
    assert!(place.starts_with(file!()), "{place}");
    place.rsplit(':').nth(1).unwrap().parse().unwrap()
}

const FIRST: u32 = line!();
emptied_by! {
    get_mut GetMut: |map| *map.get_mut(&3).unwrap() = None;
    get_disjoint_mut GetDisjoint: |map| *map.get_disjoint_mut([&3, &4])[0].take().unwrap() = None;
    values_mut ValuesMut: |map| *map.values_mut().next().unwrap() = None;
    iter_mut IterMut: |map| *map.iter_mut().next().unwrap().1 = None;
    into_iter_of_a_mut IntoIterMut: |map| *map.into_iter().next().unwrap().1 = None;
    and_modify AndModify: |map| drop(map.entry(3).and_modify(|value| *value = None));
    or_insert OrInsert: |map| *map.entry(3).or_insert(Some(1)) = None;
    or_insert_of_a_new_key OrInsertNew: |map| *map.entry(77).or_insert(Some(1)) = None;
    or_insert_with_key OrInsertWithKey: |map| *map.entry(78).or_insert_with_key(|key| Some(*key)) = None;
    occupied_get_mut OccupiedGetMut: |map| if let Entry::Occupied(mut e) = map.entry(3) { *e.get_mut() = None };
    occupied_into_mut OccupiedIntoMut: |map| if let Entry::Occupied(e) = map.entry(3) { *e.into_mut() = None };
    vacant_insert VacantInsert: |map| if let Entry::Vacant(e) = map.entry(79) { *e.insert(Some(1)) = None };
    insert_entry InsertEntry: |map| *map.entry(80).insert_entry(Some(1)).get_mut() = None;
    try_insert TryInsert: |map| *map.try_insert(81, Some(1)).unwrap() = None;
    retain LoanRetain: |map| map.retain(|key, value| { if *key == 3 { *value = None } true });
    try_retain LoanTryRetain: |map| drop(map.try_retain(|key, value| { if *key == 3 { *value = None } true }));
    extract_if ExtractIf: |map| map.extract_if(|key, value| { if *key == 3 { *value = None } false }).for_each(drop);
    forgotten_iter_mut Forgotten: |map| { let mut iter = map.iter_mut(); *iter.next().unwrap().1 = None; std::mem::forget(iter) };
}
const EMPTYING: std::ops::Range<u32> = FIRST..line!();

/// Empties a value and says at which line.
fn empty<T: mapkeeper::Keeper<u8, Option<u8>>>(
    map: &mut mapkeeper::HashMap<u8, Option<u8>, std::hash::RandomState, T>,
) -> u32 {
    *map.get_mut(&3).unwrap() = None;
    line!() - 1
}

/// Each next operation finds what `get_mut` emptied.
macro_rules! found_by {
    ($($name:ident $site:ident: |$map:ident| $next:expr;)+) => {$(
        #[mapkeeper::tracked]
        #[derive(Default)]
        struct $site {
            #[map(residue = deny)]
            map: Map,
        }

        #[test]
        fn $name() {
            let mut s = $site::default();
            s.map.extend((0..20).map(|n| (n, Some(n))));
            let taken = empty(&mut s.map);
            let $map = &mut s.map;
            let outcome = caught(|| drop($next));
            if MODE == Mode::Strict {
                let panic = outcome.unwrap_err();
                assert_eq!(blamed_line(&panic.message), taken, "{}", panic.message);
                assert_eq!(panic.file, file!(), "the caller's line is blamed, not mapkeeper's");
                assert!(NEXT.contains(&panic.line), "{panic:?}");
                assert_eq!(s.map.len(), 20, "the operation was not done");
                let name = concat!(stringify!($site), ".map");
                assert_eq!(site(name).residue, if_recorded(1));
            } else {
                assert_eq!(outcome, Ok(()));
            }
            s.map.clear();
        }
    )+};
}

const NEXT_FIRST: u32 = line!();
found_by! {
    the_next_get_mut NextGetMut: |map| map.get_mut(&4).is_some();
    the_next_insert NextInsert: |map| map.insert(3, Some(1));
    the_next_remove NextRemove: |map| map.remove(&4);
    the_next_remove_of_that_key NextRemoveSame: |map| map.remove(&3);
    the_next_remove_many NextRemoveMany: |map| map.remove_many(&[3, 4]);
    the_next_try_remove NextTryRemove: |map| map.try_remove(&4);
    the_next_entry NextEntry: |map| map.entry(4).key() == &4;
    the_next_clear NextClear: |map| map.clear();
    the_next_drain NextDrain: |map| map.drain().count();
    the_next_retain NextRetain: |map| map.retain(|_, _| false);
    the_next_extract_if NextExtract: |map| map.extract_if(|_, _| true).count();
    the_next_values_mut NextValuesMut: |map| map.values_mut().count();
    the_next_reserve NextReserve: |map| map.reserve(1000);
    the_next_try_reserve NextTryReserve: |map| map.try_reserve(1000);
    the_next_shrink NextShrink: |map| map.shrink_to_fit();
    the_next_extend NextExtend: |map| map.extend((100..200).map(|n| (n, Some(n))));
    the_next_clone_from NextCloneFrom: |map| map.clone_from(&mapkeeper::HashMap::default());
}
const NEXT: std::ops::Range<u32> = NEXT_FIRST..line!();

#[mapkeeper::tracked]
#[derive(Default)]
struct FoundAtTheEnd {
    #[map(residue = deny)]
    map: Map,
}

#[test]
fn what_was_emptied_last_is_found_when_the_map_goes() {
    let mut s = FoundAtTheEnd::default();
    s.map.insert(1, Some(1));
    let taken = line!() + 1;
    *s.map.get_mut(&1).unwrap() = None;
    let outcome = caught(|| drop(s));
    if MODE == Mode::Strict {
        assert_eq!(blamed_line(&outcome.unwrap_err().message), taken);
    } else {
        assert_eq!(outcome, Ok(()));
    }
    assert_eq!(site("FoundAtTheEnd.map").len, 0);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct TakenApart {
    #[map(residue = deny)]
    map: Map,
}

#[test]
fn what_was_emptied_last_is_found_when_the_map_is_consumed() {
    let mut s = TakenApart::default();
    s.map.insert(1, Some(1));
    *s.map.get_mut(&1).unwrap() = None;
    let (line, outcome) = crate::at_line!(s.map.into_iter());
    panics_in_strict(
        file!(),
        &(line, outcome),
        &["TakenApart.map", "was made vacant at"],
    );
    assert_eq!(site("TakenApart.map").len, 0);
}
