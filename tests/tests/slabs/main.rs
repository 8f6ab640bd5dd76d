//! The instrumented slab against the crate's: the same answers, the same slab, one hook for each exit, and the report counts.

#![allow(missing_docs)]

use std::cell::RefCell;

use mapkeeper::{MODE, Mode, RemovalCause, RemovalCause::*, TrackedMaps};
use mapkeeper_tests::{
    panics::caught,
    sites::{records, site},
};
use proptest::prelude::*;
use slab::Slab;

#[mapkeeper::tracked]
#[derive(Default)]
struct Jobs {
    #[map(on_remove = note)]
    slab: Slab<u32>,
}

type Exit = (usize, u32, RemovalCause);

thread_local! {
    static EXITS: RefCell<Vec<Exit>> = const { RefCell::new(Vec::new()) };
}

fn note(key: &usize, value: &u32, cause: RemovalCause) {
    EXITS.with_borrow_mut(|exits| exits.push((*key, *value, cause)));
}

#[derive(Default)]
struct Model {
    slab: Slab<u32>,
    births: u64,
    exits: Vec<Exit>,
}

impl Model {
    fn all_leave(&mut self, cause: RemovalCause) {
        let all = self.slab.iter().map(|(key, value)| (key, *value, cause));
        self.exits.extend(all);
    }
}

#[derive(Clone, Debug)]
enum Op {
    Insert(u32),
    Vacant(u32),
    VacantDropped,
    TryRemove(usize),
    Remove(usize),
    Tracked(usize),
    GetMut(usize, u32),
    Retain(u32),
    Clear,
    Drain(usize),
    Clone,
    Take,
    Compact,
    Reserve(usize),
    Shrink,
    Look(usize),
}

fn op() -> impl Strategy<Value = Op> {
    let key = || 0..100_usize;
    prop_oneof![
        20 => any::<u32>().prop_map(Op::Insert),
        3 => any::<u32>().prop_map(Op::Vacant),
        1 => Just(Op::VacantDropped),
        6 => key().prop_map(Op::TryRemove),
        4 => key().prop_map(Op::Remove),
        1 => key().prop_map(Op::Tracked),
        3 => (key(), any::<u32>()).prop_map(|(k, v)| Op::GetMut(k, v)),
        1 => (2..5_u32).prop_map(Op::Retain),
        1 => Just(Op::Clear),
        1 => (0..5_usize).prop_map(Op::Drain),
        1 => Just(Op::Clone),
        1 => Just(Op::Take),
        1 => Just(Op::Compact),
        1 => (0..200_usize).prop_map(Op::Reserve),
        1 => Just(Op::Shrink),
        4 => key().prop_map(Op::Look),
    ]
}

fn run(op: Op, s: &mut Jobs, model: &mut Model) -> Result<(), TestCaseError> {
    match op {
        Op::Insert(v) => {
            prop_assert_eq!(s.slab.vacant_key(), model.slab.vacant_key());
            prop_assert_eq!(s.slab.insert(v), model.slab.insert(v));
            model.births += 1;
        }
        Op::Vacant(v) => {
            let (ours, theirs) = (s.slab.vacant_entry(), model.slab.vacant_entry());
            prop_assert_eq!(ours.key(), theirs.key());
            prop_assert_eq!(ours.insert(v), theirs.insert(v));
            model.births += 1;
        }
        Op::VacantDropped => drop(s.slab.vacant_entry()),
        Op::TryRemove(k) => {
            let theirs = model.slab.try_remove(k);
            prop_assert_eq!(s.slab.try_remove(k), theirs);
            model.exits.extend(theirs.map(|v| (k, v, Removed)));
        }
        Op::Remove(k) => {
            let theirs = caught(|| model.slab.remove(k)).map_err(|caught| caught.message);
            let ours = caught(|| s.slab.remove(k)).map_err(|caught| caught.message);
            prop_assert_eq!(&ours, &theirs);
            model.exits.extend(theirs.ok().map(|v| (k, v, Removed)));
        }
        Op::Tracked(k) => {
            let theirs = model.slab.try_remove(k);
            let ours = s.slab.remove_tracked(k).map(mapkeeper::Removed::into_inner);
            prop_assert_eq!(ours, theirs);
            model.exits.extend(theirs.map(|v| (k, v, Removed)));
        }
        Op::GetMut(k, v) => {
            let (ours, theirs) = (s.slab.get_mut(k), model.slab.get_mut(k));
            prop_assert_eq!(&ours, &theirs);
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                (*ours, *theirs) = (v, v);
                s.slab[k] += 0;
            }
        }
        Op::Retain(n) => {
            let gone = model.slab.iter().filter(|(_, v)| **v % n == 0);
            model.exits.extend(gone.map(|(k, v)| (k, *v, Filtered)));
            s.slab.retain(|_, v| *v % n != 0);
            model.slab.retain(|_, v| *v % n != 0);
        }
        Op::Clear => {
            model.all_leave(Cleared);
            s.slab.clear();
            model.slab.clear();
        }
        Op::Drain(n) => {
            model.all_leave(Drained);
            let ours: Vec<u32> = s.slab.drain().take(n).collect();
            let theirs: Vec<u32> = model.slab.drain().take(n).collect();
            prop_assert_eq!(ours, theirs);
        }
        Op::Clone => {
            let copy = s.slab.clone();
            prop_assert!(copy.iter().eq(model.slab.iter()));
            model.births += copy.len() as u64;
            drop(copy);
            model.all_leave(MapDropped);
        }
        Op::Take => {
            model.all_leave(Taken);
            let ours: Vec<_> = std::mem::take(&mut s.slab).into_iter().rev().collect();
            let theirs: Vec<_> = std::mem::take(&mut model.slab).into_iter().rev().collect();
            prop_assert_eq!(ours, theirs);
        }
        Op::Compact => {
            s.slab.compact(|_, from, to| from > to);
            model.slab.compact(|_, from, to| from > to);
        }
        Op::Reserve(n) => {
            s.slab.reserve(n);
            model.slab.reserve(n);
            prop_assert!(s.slab.capacity() >= s.slab.len() + n);
        }
        Op::Shrink => {
            s.slab.shrink_to_fit();
            model.slab.shrink_to_fit();
        }
        Op::Look(k) => {
            prop_assert_eq!(s.slab.get(k), model.slab.get(k));
            prop_assert_eq!(s.slab.contains(k), model.slab.contains(k));
            if let Some(value) = s.slab.get(k) {
                prop_assert_eq!(s.slab.key_of(value), k);
                prop_assert_eq!(s.slab[k], model.slab[k]);
            }
            prop_assert_eq!(format!("{:#?}", s.slab), format!("{:#?}", model.slab));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_same_answers_the_same_slab_one_hook_for_each_exit(
        ops in prop::collection::vec(op(), 1..200),
        prefill in 0..150_u32,
    ) {
        EXITS.take();
        let before = site("Jobs.slab");
        let (mut s, mut model) = (Jobs::default(), Model::default());
        for v in 0..prefill {
            run(Op::Insert(v), &mut s, &mut model)?;
        }
        for op in ops {
            run(op, &mut s, &mut model)?;
            prop_assert_eq!(s.slab.len(), model.slab.len());
            prop_assert!(s.slab.iter().eq(model.slab.iter()));
        }
        if records() {
            let row = site("Jobs.slab");
            prop_assert_eq!(row.len, model.slab.len() as u64);
            prop_assert_eq!(row.capacity, s.slab.capacity() as u64);
            prop_assert_eq!(row.instances, u64::from(s.slab.capacity() > 0));
            prop_assert_eq!(row.inserts - before.inserts, model.births);
        }
        drop(s);
        model.all_leave(MapDropped);
        let mut ours = EXITS.take();
        if records() {
            let row = site("Jobs.slab");
            for cause in RemovalCause::ALL {
                let n = row.removed.get(cause) - before.removed.get(cause);
                prop_assert_eq!(n, model.exits.iter().filter(|exit| exit.2 == cause).count() as u64);
            }
            prop_assert_eq!((row.capacity, row.instances), (0, 0));
        }
        ours.sort_unstable();
        model.exits.sort_unstable();
        prop_assert_eq!(ours, model.exits);
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Futures {
    #[map(residue = deny)]
    tasks: Slab<Option<u32>>,
}

#[test]
fn an_emptied_place_is_found_at_the_next_operation() {
    let mut s = Futures::default();
    let key = s.tasks.insert(Some(1));
    s.tasks[key] = None;
    let line = line!() - 1;
    let next = caught(|| s.tasks.insert(Some(2)));
    assert_eq!(s.check_maps().len(), 1);
    if MODE == Mode::Strict {
        let message = next.unwrap_err().message;
        assert!(
            message.contains("Futures.tasks") && message.contains(&format!("main.rs:{line}:")),
            "{message}"
        );
    }
    s.reset_maps();
    assert_eq!((s.tasks.len(), s.tasks.capacity()), (0, 0));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Large {
    #[map]
    slab: Slab<u32>,
}

#[test]
fn the_line_that_inserts_is_named_and_room_that_is_not_used() {
    let mut s = Large::default();
    for n in 0..100_000 {
        s.slab.insert(n);
    }
    let line = line!() - 2;
    for key in 0..90_000 {
        s.slab.remove(key);
    }
    if records() {
        let row = site("Large.slab");
        assert!(
            row.capacity >= 100_000 && row.table_bytes >= 800_000,
            "{row:?}"
        );
        let named = |known: &mapkeeper::CallSiteReport| {
            known
                .call_site
                .ends_with(&format!("slabs/main.rs:{line}:16"))
        };
        assert!(row.call_sites.iter().any(named), "{:?}", row.call_sites);
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Grows {
    #[map]
    slab: Slab<Option<u32>>,
}

#[test]
fn residue_is_found_in_a_slab_that_only_grows() {
    let mut s = Grows::default();
    for n in 0..1_000 {
        let key = s.slab.insert(Some(n));
        if n % 2 == 0 {
            s.slab[key] = None;
        }
    }
    for n in 1_000..4_200 {
        s.slab.insert(Some(n));
    }
    if records() {
        assert_eq!(site("Grows.slab").residue, 500);
    }
}

#[test]
fn the_wire_format_is_the_crates() {
    let mut plain = Slab::new();
    let key = plain.insert(1);
    plain.insert(2);
    plain.remove(key);
    let ours: mapkeeper::Slab<i32> = plain.clone().into_iter().collect();
    let text = serde_json::to_string(&plain).unwrap();
    assert_eq!(serde_json::to_string(&ours).unwrap(), text);
    let read: mapkeeper::Slab<i32> = serde_json::from_str(&text).unwrap();
    assert!(read.iter().eq(plain.iter()));
    assert_eq!(read.vacant_key(), plain.vacant_key());
    if MODE == Mode::Off {
        assert_eq!(size_of::<mapkeeper::Slab<u8>>(), size_of::<Slab<u8>>());
    }
}

#[test]
fn the_crates_slab_becomes_a_tracked_one_and_comes_back() {
    #[mapkeeper::tracked(on_remove = note)]
    type Moved = Slab<u32>;

    EXITS.take();
    let mut plain: Slab<u32> = (0..20).map(|n| (n, n as u32)).collect();
    plain.retain(|key, _| key % 3 > 0);
    let ours = Moved::from(plain.clone());
    assert!(ours.iter().eq(plain.iter()));
    assert!(EXITS.take().is_empty());
    let back = Slab::from(ours);
    assert!(back.iter().eq(plain.iter()));
    let due: Vec<Exit> = plain
        .iter()
        .map(|(key, value)| (key, *value, Taken))
        .collect();
    assert_eq!(EXITS.take(), due);
}
