//! The set that threads share: dashmap's answers, hooks of elements, and batches.

use std::{cell::RefCell, collections::HashSet as Plain, thread};

use dashmap::DashSet;
use mapkeeper::{
    RemovalCause,
    RemovalCause::{Cleared, Filtered, MapDropped, Removed},
    sync::HashSet,
};
use mapkeeper_tests::sites::{ENFORCE, figures, if_recorded, site};
use proptest::{collection::vec, prelude::*};

type Exit = (u8, RemovalCause);

thread_local! {
    static EXITS: RefCell<Vec<Exit>> = const { RefCell::new(Vec::new()) };
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "a hook is shown what the set holds"
)]
fn tell(element: &u8, cause: RemovalCause) {
    EXITS.with_borrow_mut(|exits| exits.push((*element, cause)));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Ours {
    #[map(on_remove = tell)]
    set: DashSet<u8>,
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort();
    items
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u8),
    Remove(u8),
    RemoveIf(u8, bool),
    Get(u8),
    Retain(u8),
    Clear,
    InsertMany(Vec<u8>),
    RemoveMany(Vec<u8>),
    ReplaceAll(Vec<u8>),
    Serde,
}

fn steps() -> impl Strategy<Value = Step> {
    let element = 0_u8..40;
    let many = vec(element.clone(), 0..30);
    prop_oneof![
        6 => element.clone().prop_map(Step::Insert),
        3 => element.clone().prop_map(Step::Remove),
        2 => (element.clone(), any::<bool>()).prop_map(|(element, leaves)| Step::RemoveIf(element, leaves)),
        2 => element.clone().prop_map(Step::Get),
        1 => element.prop_map(Step::Retain),
        1 => Just(Step::Clear),
        2 => many.clone().prop_map(Step::InsertMany),
        2 => many.clone().prop_map(Step::RemoveMany),
        1 => many.prop_map(Step::ReplaceAll),
        1 => Just(Step::Serde),
    ]
}

proptest! {
    #[test]
    fn answers_contents_hooks_and_counts_are_dashsets(steps in vec(steps(), 1..60)) {
        EXITS.take();
        let before = site("Ours.set");
        let (ours, theirs) = (Ours::default(), DashSet::<u8>::new());
        let (mut came, mut exits) = (0, Vec::new());
        for step in &steps {
            let old: Plain<u8> = theirs.iter().map(|element| *element).collect();
            let mut why = Removed;
            match step {
                Step::Insert(element) => prop_assert_eq!(ours.set.insert(*element), theirs.insert(*element)),
                Step::Remove(element) => prop_assert_eq!(ours.set.remove(element), theirs.remove(element)),
                Step::RemoveIf(element, leaves) => prop_assert_eq!(
                    ours.set.remove_if(element, |_| *leaves),
                    theirs.remove_if(element, |_| *leaves)
                ),
                Step::Get(element) => {
                    let ours_has = ours.set.get(element).map(|found| *found);
                    prop_assert_eq!(ours_has, theirs.get(element).map(|found| *found));
                    prop_assert_eq!(ours.set.contains(element), theirs.contains(element));
                }
                Step::Retain(least) => {
                    why = Filtered;
                    ours.set.retain(|element| element >= least);
                    theirs.retain(|element| element >= least);
                }
                Step::Clear => {
                    why = Cleared;
                    ours.set.clear();
                    theirs.clear();
                }
                Step::InsertMany(many) => {
                    let new = many.iter().filter(|element| theirs.insert(**element)).count();
                    prop_assert_eq!(ours.set.insert_many(many.iter().copied()), new);
                }
                Step::RemoveMany(many) => {
                    let out: Vec<u8> = many.iter().filter_map(|element| theirs.remove(element)).collect();
                    prop_assert_eq!(ours.set.remove_many(many), out);
                }
                Step::ReplaceAll(many) => {
                    why = Cleared;
                    theirs.retain(|element| many.contains(element));
                    many.iter().for_each(|element| _ = theirs.insert(*element));
                    ours.set.replace_all(many.iter().copied());
                }
                Step::Serde => {
                    let wire = serde_json::to_value(&ours.set).unwrap();
                    let back: HashSet<u8> = serde_json::from_value(wire).unwrap();
                    prop_assert_eq!(sorted(back), sorted(theirs.clone()));
                }
            }
            let now: Plain<u8> = theirs.iter().map(|element| *element).collect();
            prop_assert_eq!(&ours.set.snapshot(), &now, "{:?}", step);
            prop_assert_eq!(sorted(ours.set.iter().map(|element| *element)), sorted(now.iter().copied()));
            came += now.difference(&old).count() as u64;
            exits.extend(old.difference(&now).map(|element| (*element, why)));
            prop_assert_eq!(sorted(EXITS.with_borrow(Vec::clone)), sorted(exits.clone()), "{:?}", step);
        }
        let row = site("Ours.set");
        prop_assert_eq!(row.len, if_recorded(theirs.len() as u64));
        prop_assert_eq!(row.inserts - before.inserts, if_recorded(came));
        prop_assert_eq!((row.replaces, row.residue), (0, 0));
        exits.extend(theirs.iter().map(|element| (*element, MapDropped)));
        drop(ours);
        prop_assert_eq!(sorted(EXITS.take()), sorted(exits));
        prop_assert_eq!(site("Ours.set").instances, 0);
    }
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "a guard is shown what the set holds"
)]
fn is_even(element: &u32) -> Result<(), &'static str> {
    if element.is_multiple_of(2) {
        Ok(())
    } else {
        Err("odd ones stay")
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Guarded {
    #[map(guard = is_even, max_len = 50)]
    set: HashSet<u32>,
}

#[test]
fn a_guard_gets_the_element_alone() {
    let s = Guarded {
        set: DashSet::<u32>::from_iter([1, 2, 3]).into(),
    };
    assert_eq!(s.set.try_remove(&2).unwrap(), Some(2));
    assert_eq!(s.set.try_remove(&3).is_err(), ENFORCE);
    s.set.insert(3);
    assert_eq!(s.set.try_retain(|_| false), if ENFORCE { 2 } else { 0 });
    assert_eq!(figures(&s)[0].len, if ENFORCE { 2 } else { 0 });
}

#[test]
fn threads_that_insert_the_same_elements_win_once_each() {
    let set: HashSet<u64> = HashSet::new();
    let wins: usize = thread::scope(|threads| {
        let insert = || (0..5_000).filter(|element| set.insert(*element)).count();
        let threads = [(); 4].map(|()| threads.spawn(insert));
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!((wins, set.len()), (5_000, 5_000));
}

#[test]
fn debug_of_a_set_waits_for_nobody() {
    let set: HashSet<u8> = [7].into();
    let held = set.get(&7);
    assert_eq!(format!("{set:?} {held:?}"), "{7} Some(7)");
}
