//! Entries whose values are made anew: `replace_entry_with` and `and_replace_entry_with`. What is handed over has left, and
//! what comes back is inserted.

use std::{cell::RefCell, hash::RandomState};

use mapkeeper::{MODE, Mode, RemovalCause, RemovalCause::*, hash_map::Entry};
use mapkeeper_tests::{
    panics::caught,
    sites::{exits, if_recorded, records, site},
};
use proptest::{collection::vec, prelude::*};

thread_local! {
    static TOLD: RefCell<Vec<(u16, u8, RemovalCause)>> = const { RefCell::new(Vec::new()) };
}

fn tell(key: &u16, value: &u8, cause: RemovalCause) {
    TOLD.with_borrow_mut(|told| told.push((*key, *value, cause)));
    assert_ne!(*value, 255, "this hook wants no 255");
}

#[mapkeeper::tracked(on_remove = tell)]
type Anew = hashbrown::HashMap<u16, u8, RandomState>;

/// What `f` makes of a value: something else, or nothing.
fn make(n: u8) -> impl FnOnce(&u16, u8) -> Option<u8> {
    move |key, value| {
        let told = TOLD.with_borrow(|told| told.last().copied());
        assert_eq!(told, Some((*key, value, Removed)), "it left before");
        (!n.is_multiple_of(3)).then_some(value.wrapping_add(n) % 250)
    }
}

/// One step; the same to hashbrown's own map, whose hook this function is. How many came is returned.
fn step(
    ours: &mut Anew,
    theirs: &mut hashbrown::HashMap<u16, u8, RandomState>,
    key: u16,
    n: u8,
) -> u64 {
    let known = theirs.get(&key).copied();
    let plain = |_: &u16, value: u8| (!n.is_multiple_of(3)).then_some(value.wrapping_add(n) % 250);
    let (mut came, mut due) = (0, Vec::new());
    if n % 16 < 6 {
        came += u64::from(ours.insert(key, n % 250).is_none());
        theirs.insert(key, n % 250);
        due.extend(known.map(|old| (key, old, Replaced)));
    } else {
        due.extend(known.map(|old| (key, old, Removed)));
        let entry = ours.entry(key).and_replace_entry_with(make(n));
        let expected = theirs.entry(key).and_replace_entry_with(plain);
        match (entry, expected) {
            (Entry::Occupied(mut entry), hashbrown::hash_map::Entry::Occupied(mut expected)) => {
                came += 1;
                assert_eq!((entry.key(), entry.get()), (expected.key(), expected.get()));
                *entry.get_mut() ^= 1;
                *expected.get_mut() ^= 1;
            }
            (Entry::Vacant(entry), hashbrown::hash_map::Entry::Vacant(expected)) => {
                assert_eq!(entry.key(), expected.key());
                if n % 4 < 2 {
                    came += 1;
                    assert_eq!(entry.insert(7), expected.insert(7));
                }
            }
            _ => panic!("one has an entry, the other has not"),
        }
    }
    assert_eq!(TOLD.take(), due);
    came
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 60, ..ProptestConfig::default() })]

    /// Keys come and go at all loads of the table, full of marks of those that went.
    #[test]
    fn entries(steps in vec((0..60_u16, any::<u8>()), 1..600)) {
        TOLD.take();
        let before = site("Anew");
        let (mut ours, mut theirs) = (Anew::default(), hashbrown::HashMap::default());
        let mut came = 0;
        for (key, n) in steps {
            came += step(&mut ours, &mut theirs, key, n);
            prop_assert_eq!(ours.len(), theirs.len());
        }
        prop_assert!(theirs.iter().all(|(key, value)| ours.get(key) == Some(value)));
        let row = site("Anew");
        prop_assert_eq!(row.inserts - before.inserts, if_recorded(came));
        let left = row.removed.entries() - before.removed.entries();
        prop_assert_eq!(left, if_recorded(came - theirs.len() as u64));
        ours.clear();
        TOLD.take();
    }
}

#[test]
fn what_makes_a_value_may_panic() {
    #[mapkeeper::tracked(on_remove = tell)]
    type Panicky = hashbrown::HashMap<u16, u8, RandomState>;

    TOLD.take();
    let mut map: Panicky = (0..10).map(|n| (n, 1)).collect();
    let panicked = caught(|| {
        map.entry(3)
            .and_replace_entry_with(|_, _| panic!("half-way"));
    });
    assert_eq!(panicked.unwrap_err().message, "half-way");
    assert_eq!(TOLD.take(), [(3, 1, Removed)]);
    assert!(map.len() == 9 && !map.contains_key(&3));
    map.insert(3, 255);

    // And so may the hook: then nothing is made.
    let panicked = caught(|| {
        let Entry::Occupied(entry) = map.entry(3) else {
            return;
        };
        entry.replace_entry_with(|_, _| unreachable!("the hook panicked"));
    });
    assert!(panicked.unwrap_err().message.contains("wants no 255"));
    assert_eq!(TOLD.take(), [(3, 255, Removed)]);
    assert!(map.len() == 9 && !map.contains_key(&3));
    assert_eq!(map.remove(&4), Some(1));
    assert_eq!(TOLD.take(), [(4, 1, Removed)], "the hook stays armed");
    let told = if records() {
        vec![(Removed, 3)]
    } else {
        vec![]
    };
    assert_eq!(exits("Panicky"), told);
}

#[test]
fn a_value_that_a_contract_forbids_is_found_at_once() {
    #[mapkeeper::tracked(residue = deny)]
    type NoResidue = hashbrown::HashMap<u16, Option<u8>, RandomState>;

    let mut map = NoResidue::default();
    map.insert(1, Some(1));
    let line = line!() + 2;
    let emptied = caught(|| {
        map.entry(1).and_replace_entry_with(|_, _| Some(None));
    });
    assert_eq!(map[&1], None);
    match emptied {
        Ok(()) => assert_ne!(MODE, Mode::Strict),
        Err(caught) => {
            assert_eq!(MODE, Mode::Strict);
            assert_eq!(caught.line, line, "{}", caught.message);
        }
    }
}
