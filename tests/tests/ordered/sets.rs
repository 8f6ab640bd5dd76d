//! The instrumented ordered set against std's.

use std::{cell::RefCell, collections::BTreeSet, hash::Hash};

use mapkeeper::{MODE, Mode, RemovalCause, RemovalCause::*, TrackedMaps};
use mapkeeper_tests::sites::{records, site};
use proptest::prelude::*;

/// Elements that are equal and can be told apart: by the second number.
#[derive(Clone, Copy, Debug)]
struct Element(u8, u32);

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Element {}

impl PartialOrd for Element {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Element {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl Hash for Element {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Due {
    #[map(on_remove = note)]
    set: BTreeSet<Element>,
}

type Exit = (u8, u32, RemovalCause);

thread_local! {
    static EXITS: RefCell<Vec<Exit>> = const { RefCell::new(Vec::new()) };
}

fn note(element: &Element, cause: RemovalCause) {
    EXITS.with_borrow_mut(|exits| exits.push((element.0, element.1, cause)));
}

#[derive(Default)]
struct Model {
    set: BTreeSet<Element>,
    births: u64,
    exits: Vec<Exit>,
}

impl Model {
    fn gone(&mut self, element: Element, cause: RemovalCause) {
        self.exits.push((element.0, element.1, cause));
    }

    fn all_gone(&mut self, cause: RemovalCause) {
        for element in std::mem::take(&mut self.set) {
            self.gone(element, cause);
        }
    }
}

#[derive(Clone, Debug)]
enum Op {
    Insert(u8, u32),
    Replace(u8, u32),
    Remove(u8),
    Take(u8),
    PopFirst,
    PopLast,
    Retain(u8),
    Extract(u8, u8),
    SplitOff(u8),
    Append(Vec<(u8, u32)>),
    RemoveMany(Vec<u8>),
    Clear,
    Clone,
    Together(Vec<u8>),
    Look(u8, u8),
}

fn op() -> impl Strategy<Value = Op> {
    let key = || 0..40_u8;
    prop_oneof![
        12 => (key(), any::<u32>()).prop_map(|(k, n)| Op::Insert(k, n)),
        4 => (key(), any::<u32>()).prop_map(|(k, n)| Op::Replace(k, n)),
        4 => key().prop_map(Op::Remove),
        2 => key().prop_map(Op::Take),
        2 => Just(Op::PopFirst),
        2 => Just(Op::PopLast),
        1 => (2..5_u8).prop_map(Op::Retain),
        1 => (key(), key()).prop_map(|(a, b)| Op::Extract(a.min(b), a.max(b))),
        1 => key().prop_map(Op::SplitOff),
        1 => prop::collection::vec((key(), any::<u32>()), 0..6).prop_map(Op::Append),
        1 => prop::collection::vec(key(), 0..6).prop_map(Op::RemoveMany),
        1 => Just(Op::Clear),
        1 => Just(Op::Clone),
        3 => prop::collection::vec(key(), 0..40).prop_map(Op::Together),
        3 => (key(), key()).prop_map(|(a, b)| Op::Look(a.min(b), a.max(b))),
    ]
}

fn of(key: u8) -> Element {
    Element(key, 0)
}

/// Equal elements, and the same ones.
fn told<'a>(elements: impl IntoIterator<Item = &'a Element>) -> Vec<(u8, u32)> {
    elements
        .into_iter()
        .map(|element| (element.0, element.1))
        .collect()
}

fn run(op: Op, s: &mut Due, model: &mut Model) -> Result<(), TestCaseError> {
    match op {
        Op::Insert(k, n) => {
            let new = model.set.insert(Element(k, n));
            prop_assert_eq!(s.set.insert(Element(k, n)), new);
            model.births += u64::from(new);
        }
        Op::Replace(k, n) => {
            let old = model.set.replace(Element(k, n));
            prop_assert_eq!(told(&s.set.replace(Element(k, n))), told(&old));
            match old {
                Some(old) => model.gone(old, Replaced),
                None => model.births += 1,
            }
        }
        Op::Remove(k) => {
            let old = model.set.take(&of(k));
            prop_assert_eq!(s.set.remove(&of(k)), old.is_some());
            old.into_iter().for_each(|old| model.gone(old, Removed));
        }
        Op::Take(k) => {
            let old = model.set.take(&of(k));
            prop_assert_eq!(told(&s.set.take(&of(k))), told(&old));
            old.into_iter().for_each(|old| model.gone(old, Removed));
        }
        Op::PopFirst => {
            let old = model.set.pop_first();
            prop_assert_eq!(told(&s.set.pop_first()), told(&old));
            old.into_iter().for_each(|old| model.gone(old, Removed));
        }
        Op::PopLast => {
            let old = model.set.pop_last();
            prop_assert_eq!(told(&s.set.pop_last()), told(&old));
            old.into_iter().for_each(|old| model.gone(old, Removed));
        }
        Op::Retain(n) => {
            let gone: Vec<Element> = model.set.extract_if(.., |e| e.0 % n == 0).collect();
            s.set.retain(|e| e.0 % n != 0);
            gone.into_iter().for_each(|e| model.gone(e, Filtered));
        }
        Op::Extract(a, b) => {
            let theirs: Vec<Element> = model
                .set
                .extract_if(of(a)..=of(b), |e| e.0 % 2 == 0)
                .collect();
            let ours: Vec<Element> = s.set.extract_if(of(a)..=of(b), |e| e.0 % 2 == 0).collect();
            prop_assert_eq!(told(&ours), told(&theirs));
            theirs.into_iter().for_each(|e| model.gone(e, Filtered));
        }
        Op::SplitOff(k) => {
            let (ours, theirs) = (s.set.split_off(&of(k)), model.set.split_off(&of(k)));
            prop_assert_eq!(told(&ours), told(&theirs));
            model.births += theirs.len() as u64;
            drop(ours);
            for e in theirs {
                model.gone(e, Taken);
                model.gone(e, MapDropped);
            }
        }
        Op::Append(elements) => {
            let mut other = Due::default();
            let mut theirs = Model::default();
            for (k, n) in elements {
                run(Op::Insert(k, n), &mut other, &mut theirs)?;
            }
            s.set.append(&mut other.set);
            prop_assert!(other.set.is_empty());
            model.births += theirs.births;
            for e in theirs.set {
                model.gone(e, Drained);
                // The key that is there stays, as in std's map; only its value, `()`, is another one.
                if let Some(old) = model.set.get(&e).copied() {
                    model.gone(old, Replaced);
                } else {
                    model.set.insert(e);
                    model.births += 1;
                }
            }
        }
        Op::RemoveMany(keys) => {
            let keys: Vec<Element> = keys.into_iter().map(of).collect();
            let theirs: Vec<Element> = keys.iter().filter_map(|k| model.set.take(k)).collect();
            prop_assert_eq!(told(&s.set.remove_many(&keys)), told(&theirs));
            theirs.into_iter().for_each(|e| model.gone(e, Removed));
        }
        Op::Clear => {
            s.set.clear();
            model.all_gone(Cleared);
        }
        Op::Clone => {
            let copy = s.set.clone();
            prop_assert_eq!(&copy, &s.set);
            model.births += copy.len() as u64;
            drop(copy);
            for e in model.set.clone() {
                model.gone(e, MapDropped);
            }
        }
        Op::Together(keys) => {
            let plain: BTreeSet<Element> = keys.into_iter().map(of).collect();
            let kept: mapkeeper::BTreeSet<Element> = plain.iter().copied().collect();
            let (ours, theirs) = (&s.set, &model.set);
            prop_assert_eq!(told(ours.union(&plain)), told(theirs.union(&plain)));
            prop_assert_eq!(
                told(ours.difference(&kept)),
                told(theirs.difference(&plain))
            );
            prop_assert_eq!(told(kept.difference(ours)), told(plain.difference(theirs)));
            // Which of two equal elements it shows is not said.
            prop_assert!(ours.intersection(&kept).eq(theirs.intersection(&plain)));
            prop_assert_eq!(
                told(ours.symmetric_difference(&plain)),
                told(theirs.symmetric_difference(&plain))
            );
            prop_assert_eq!(ours.is_subset(&plain), theirs.is_subset(&plain));
            prop_assert_eq!(ours.is_superset(&kept), theirs.is_superset(&plain));
            prop_assert_eq!(ours.is_disjoint(&kept), theirs.is_disjoint(&plain));
            prop_assert_eq!(told(&(&kept | ours)), told(&(&plain | theirs)));
            prop_assert!((&kept & ours).iter().eq(&(&plain & theirs)));
            prop_assert_eq!(told(&(&kept - ours)), told(&(&plain - theirs)));
            prop_assert_eq!(told(&(&kept ^ ours)), told(&(&plain ^ theirs)));
            let hint = ours.difference(&plain).size_hint();
            let n = ours.difference(&plain).count();
            prop_assert!(hint.0 <= n && n <= hint.1.unwrap());
        }
        Op::Look(a, b) => {
            prop_assert_eq!(s.set.contains(&of(a)), model.set.contains(&of(a)));
            prop_assert_eq!(told(s.set.get(&of(b))), told(model.set.get(&of(b))));
            prop_assert_eq!(told(s.set.first()), told(model.set.first()));
            prop_assert_eq!(told(s.set.last()), told(model.set.last()));
            prop_assert_eq!(
                told(s.set.range(of(a)..of(b))),
                told(model.set.range(of(a)..of(b)))
            );
            prop_assert_eq!(told(s.set.iter().rev()), told(model.set.iter().rev()));
            prop_assert_eq!(format!("{:?}", s.set), format!("{:?}", model.set));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_set_is_std_s_and_tells_each_exit_once(ops in prop::collection::vec(op(), 1..120)) {
        EXITS.take();
        let before = site("Due.set");
        let (mut s, mut model) = (Due::default(), Model::default());
        for op in ops {
            run(op, &mut s, &mut model)?;
            prop_assert_eq!(told(&s.set), told(&model.set));
        }
        drop(s);
        model.all_gone(MapDropped);
        if records() {
            let row = site("Due.set");
            prop_assert_eq!(row.inserts - before.inserts, model.births);
            prop_assert_eq!((row.len, row.instances), (0, 0));
            for cause in RemovalCause::ALL {
                let n = row.removed.get(cause) - before.removed.get(cause);
                let theirs = model.exits.iter().filter(|exit| exit.2 == cause).count() as u64;
                prop_assert_eq!(n, theirs, "{}", cause);
            }
        }
        let (mut ours, mut theirs) = (EXITS.take(), model.exits);
        ours.sort_unstable();
        theirs.sort_unstable();
        prop_assert_eq!(ours, theirs);
    }
}

#[mapkeeper::tracked]
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Derived {
    #[map(max_len = 3)]
    set: BTreeSet<u8>,
}

#[test]
fn it_derives_serializes_and_is_checked() {
    let mut s = Derived::default();
    s.set.extend([3, 1, 2]);
    assert_eq!(s.clone(), s);
    assert_eq!(serde_json::to_string(&s.set).unwrap(), "[1,2,3]");
    let read: mapkeeper::BTreeSet<u8> = serde_json::from_str("[2,1,2]").unwrap();
    assert_eq!(BTreeSet::from(read), BTreeSet::from([1, 2]));
    assert!(s.check_maps().is_empty());
    if MODE == Mode::Off {
        assert_eq!(
            size_of::<mapkeeper::BTreeSet<u8>>(),
            size_of::<BTreeSet<u8>>()
        );
        s.set.insert(9);
        assert_eq!(s.check_maps().len(), 1);
    }
    assert_eq!(
        s.set.into_iter().next_back(),
        Some(if MODE == Mode::Off { 9 } else { 3 })
    );
}
