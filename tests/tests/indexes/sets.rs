//! The same operations on both sets, at random, with shrinking: the same answers, the same order, one hook for each exit, and
//! the report counts.

use std::{
    cell::RefCell,
    hash::{BuildHasherDefault, DefaultHasher},
};

use indexmap::IndexSet;
use mapkeeper::{MODE, Mode, RemovalCause, RemovalCause::*, TrackedMaps};
use mapkeeper_tests::{
    panics::caught,
    sites::{records, site},
};
use proptest::prelude::*;

#[mapkeeper::tracked]
#[derive(Default)]
struct Queue {
    #[map(on_remove = note)]
    set: IndexSet<u8>,
}

type Exit = (u8, RemovalCause);

thread_local! {
    static EXITS: RefCell<Vec<Exit>> = const { RefCell::new(Vec::new()) };
}

fn note(element: &u8, cause: RemovalCause) {
    EXITS.with_borrow_mut(|exits| exits.push((*element, cause)));
}

/// What happened to the model, beside what it holds.
#[derive(Default)]
struct Model {
    set: IndexSet<u8>,
    births: u64,
    exits: Vec<Exit>,
}

impl Model {
    /// Elements that are gone after the step left for `cause`, those that came were born.
    fn step<R>(&mut self, cause: RemovalCause, step: impl FnOnce(&mut IndexSet<u8>) -> R) -> R {
        let before = self.set.clone();
        let out = step(&mut self.set);
        self.births += self.set.difference(&before).count() as u64;
        let gone = before
            .difference(&self.set)
            .map(|element| (*element, cause));
        self.exits.extend(gone);
        out
    }

    fn all_leave(&mut self, cause: RemovalCause) {
        let all = self.set.iter().map(|element| (*element, cause));
        self.exits.extend(all);
    }
}

/// The same on ours and on the model, which is told for what cause elements leave that do.
macro_rules! same {
    ($s:ident, $model:ident, $cause:expr, $set:ident => $e:expr) => {{
        let theirs = $model.step($cause, |$set| $e);
        let $set = &mut $s.set;
        prop_assert_eq!($e, theirs);
    }};
}

#[allow(clippy::too_many_lines, reason = "one arm for each kind of operation")]
fn run(
    (how, x, n, more): (u8, u8, usize, Vec<u8>),
    s: &mut Queue,
    model: &mut Model,
) -> Result<(), TestCaseError> {
    let len = model.set.len();
    let (at, until) = (n % (len + 1), (n / 3) % (len + 1));
    let part = at.min(until)..at.max(until);
    match how {
        0..=9 => same!(s, model, Removed, set => set.insert(x)),
        10 => same!(s, model, Removed, set => set.insert_full(x)),
        11 => same!(s, model, Removed, set => set.insert_sorted(x)),
        12 => same!(s, model, Removed, set => set.insert_sorted_by(x, |a, b| b.cmp(a))),
        13 => same!(s, model, Removed, set => set.insert_sorted_by_key(x, |a| a % 7)),
        14 => same!(s, model, Removed, set => set.insert_before(at, x)),
        15 => {
            let room = len + usize::from(!model.set.contains(&x));
            same!(s, model, Removed, set => set.shift_insert(n % room, x));
        }
        16 => {
            let old = model.set.get(&x).map(|old| (*old, Replaced));
            model.exits.extend(old);
            same!(s, model, Removed, set => set.replace(x));
        }
        17 if len > 0 => {
            // No element comes or leaves.
            let theirs = model.set.replace_index(n % len, x);
            prop_assert_eq!(s.set.replace_index(n % len, x), theirs);
        }
        18..=20 => same!(s, model, Removed, set => set.swap_remove(&x)),
        21 => same!(s, model, Removed, set => set.shift_take(&x)),
        22 => same!(s, model, Removed, set => set.shift_remove_full(&x)),
        23 => {
            let theirs = model.step(Removed, |set| set.shift_take(&x));
            prop_assert_eq!(s.set.shift_take_if_allowed(&x), Ok(theirs));
        }
        24 => {
            let theirs = model.step(Removed, |set| {
                let gone = more.iter().filter_map(|x| set.swap_take(x));
                gone.collect::<Vec<_>>()
            });
            prop_assert_eq!(s.set.remove_many(&more), theirs);
        }
        25 => same!(s, model, Removed, set => set.pop()),
        26 => same!(s, model, Removed, set => set.pop_if(|x| x % 2 == 0)),
        27 => same!(s, model, Removed, set => set.swap_remove_index(n)),
        28 => same!(s, model, Removed, set => set.shift_remove_index(n)),
        29 => same!(s, model, Filtered, set => set.retain(|have| have % 3 != x % 3)),
        30 => same!(s, model, Filtered, set => {
            set.extract_if(part.clone(), |x| x % 2 == 0).take(3).collect::<Vec<_>>()
        }),
        31 => same!(s, model, Cleared, set => set.truncate(n)),
        32 => {
            same!(s, model, Drained, set => set.drain(part.clone()).rev().take(2).collect::<Vec<_>>())
        }
        33 => same!(s, model, Removed, set => set.sort()),
        34 => same!(s, model, Removed, set => set.sort_unstable_by(|a, b| b.cmp(a))),
        35 => same!(s, model, Removed, set => set.sort_by_key(|a| a % 5)),
        36 => same!(s, model, Removed, set => set.reverse()),
        37 if len > 0 => same!(s, model, Removed, set => set.move_index(at % len, until % len)),
        38 if len > 0 => same!(s, model, Removed, set => set.swap_indices(at % len, until % len)),
        39 | 40 => same!(s, model, Removed, set => set.extend(&more)),
        41 => {
            let mut other: mapkeeper::IndexSet<u8> = more.iter().copied().collect();
            s.set.append(&mut other);
            prop_assert!(other.is_empty());
            model.step(Removed, |set| set.extend(more));
        }
        42 => {
            let gone: Vec<_> = s.set.splice(part.clone(), more.clone()).collect();
            let mut left = Model {
                set: model.set.clone(),
                ..Model::default()
            };
            let theirs: Vec<_> = left.step(Drained, |set| set.drain(part.clone()).collect());
            prop_assert_eq!(gone, theirs);
            left.step(Removed, |set| set.extend(&more));
            model.births += left.births;
            model.exits.append(&mut left.exits);
            model.set.splice(part, more);
        }
        43 => same!(s, model, Cleared, set => set.clear()),
        44 => {
            let (off, theirs) = (
                s.set.split_off(at),
                model.step(Taken, |set| set.split_off(at)),
            );
            prop_assert!(off.iter().eq(theirs.iter()));
            drop(off);
            model.births += theirs.len() as u64;
            model.exits.extend(theirs.iter().map(|x| (*x, MapDropped)));
        }
        45 => {
            let copy = s.set.clone();
            prop_assert!(copy == s.set && copy.iter().eq(&model.set));
            drop(copy);
            model.births += len as u64;
            model.all_leave(MapDropped);
        }
        46 => {
            model.all_leave(Taken);
            let ours = std::mem::take(&mut s.set).sorted_by(|a, b| (a % 5).cmp(&(b % 5)));
            let theirs = std::mem::take(&mut model.set).sorted_by(|a, b| (a % 5).cmp(&(b % 5)));
            prop_assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
            prop_assert!(ours.rev().eq(theirs.rev()));
        }
        _ => look(x, n, &more.into_iter().collect(), s, model)?,
    }
    Ok(())
}

fn look(
    x: u8,
    n: usize,
    other: &IndexSet<u8, BuildHasherDefault<DefaultHasher>>,
    s: &mut Queue,
    model: &mut Model,
) -> Result<(), TestCaseError> {
    let (ours, theirs) = (&s.set, &model.set);
    prop_assert_eq!(ours.get_full(&x), theirs.get_full(&x));
    prop_assert_eq!(ours.get(&x), theirs.get(&x));
    prop_assert_eq!(ours.get_index_of(&x), theirs.get_index_of(&x));
    prop_assert_eq!(ours.get_index(n), theirs.get_index(n));
    prop_assert_eq!((ours.first(), ours.last()), (theirs.first(), theirs.last()));
    prop_assert_eq!(ours.binary_search(&x), theirs.binary_search(&x));
    prop_assert_eq!(ours.is_sorted(), theirs.is_sorted());
    prop_assert_eq!(
        ours.partition_point(|have| *have < x),
        theirs.partition_point(|have| *have < x)
    );
    prop_assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
    // The other operand: a plain one and one that is kept, of another hasher.
    let kept = mapkeeper::IndexSet::<u8, _>::from(other.clone());
    macro_rules! operations {
        ($($operation:ident),+) => {$(
            let known: Vec<u8> = theirs.$operation(other).copied().collect();
            prop_assert!(ours.$operation(other).eq(&known));
            prop_assert!(ours.$operation(&kept).eq(&known));
            prop_assert!(ours.$operation(&kept).rev().eq(known.iter().rev()));
        )+};
    }
    operations!(difference, symmetric_difference, intersection, union);
    prop_assert_eq!(ours.is_subset(other), theirs.is_subset(other));
    prop_assert_eq!(ours.is_superset(&kept), theirs.is_superset(other));
    prop_assert_eq!(ours.is_disjoint(&kept), theirs.is_disjoint(other));
    prop_assert_eq!(*ours == kept, theirs == other);
    let (both, known) = (ours & other, theirs & other);
    prop_assert!(both.iter().eq(&known));
    model.births += known.len() as u64;
    drop(both);
    model.exits.extend(known.iter().map(|x| (*x, MapDropped)));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_same_answers_the_same_set_one_hook_for_each_exit(
        ops in prop::collection::vec(
            (0..52_u8, 0..40_u8, 0..60_usize, prop::collection::vec(0..40_u8, 0..8)),
            1..150,
        ),
        prefill in 0..200_usize,
    ) {
        EXITS.take();
        let before = site("Queue.set");
        let (mut s, mut model) = (Queue::default(), Model::default());
        for n in 0..prefill {
            run((0, n.wrapping_mul(37) as u8, 0, Vec::new()), &mut s, &mut model)?;
        }
        for op in ops {
            run(op, &mut s, &mut model)?;
            prop_assert!(s.set.iter().eq(&model.set));
        }
        if records() {
            let row = site("Queue.set");
            prop_assert_eq!(row.len, model.set.len() as u64);
            prop_assert_eq!(row.inserts - before.inserts, model.births);
        }
        drop(s);
        model.all_leave(MapDropped);
        let mut ours = EXITS.take();
        if records() {
            let row = site("Queue.set");
            for cause in RemovalCause::ALL {
                let n = row.removed.get(cause) - before.removed.get(cause);
                prop_assert_eq!(n, model.exits.iter().filter(|exit| exit.1 == cause).count() as u64, "{}", cause);
            }
            prop_assert_eq!((row.len, row.capacity, row.instances), (0, 0, 0));
        }
        ours.sort_unstable();
        model.exits.sort_unstable();
        prop_assert_eq!(ours, model.exits);
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Bounded {
    #[map(max_len = 2)]
    seen: IndexSet<u32>,
    #[map(subset_of = seen)]
    open: IndexSet<u32>,
}

#[test]
fn contracts_hold_and_the_line_that_inserts_is_named() {
    let mut s = Bounded::default();
    s.seen.extend([1, 2, 2]);
    s.open.insert(1);
    assert!(s.check_maps().is_empty());
    s.open.insert(7);
    assert_eq!(s.check_maps().len(), 1);
    let third = caught(|| s.seen.insert(3));
    let line = line!() - 1;
    assert_eq!(third.is_err(), MODE == Mode::Strict);
    if MODE == Mode::Strict {
        let row = site("Bounded.seen");
        let named = |at: &str| at.contains(&format!("indexes/sets.rs:{line}:"));
        assert!(row.call_sites.iter().any(|known| named(&known.call_site)));
    }
    assert_eq!(s.reset_maps().entries(), 5);
}

#[test]
fn the_wire_format_is_the_crates_and_sets_convert() {
    let plain: IndexSet<u32> = [3, 1, 2].into();
    let ours = mapkeeper::IndexSet::<u32>::from(plain.clone());
    let text = serde_json::to_string(&plain).unwrap();
    assert_eq!(serde_json::to_string(&ours).unwrap(), text);
    let read: mapkeeper::IndexSet<u32> = serde_json::from_str(&text).unwrap();
    assert!(read.iter().eq(&plain));
    assert_eq!(
        (ours[0], format!("{:?}", ours.iter())),
        (3, "[3, 1, 2]".to_owned())
    );
    assert_eq!(IndexSet::from(ours), plain);
    if MODE == Mode::Off {
        assert_eq!(
            size_of::<mapkeeper::IndexSet<u8>>(),
            size_of::<IndexSet<u8>>()
        );
    }
}
