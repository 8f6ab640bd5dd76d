//! Every operation of a set, done to both sets.

use std::{collections::HashSet as StdSet, hash::BuildHasher};

use mapkeeper::{HashSet, Keeper, RemovalCause, RemovalCause::*, Unguarded};
use mapkeeper_tests::sites::figures;

use crate::{
    OurSet,
    model::{Element, Key, Ledger},
    ops::{self, kinds},
};

pub(crate) type Op = ops::Op<Kind>;

kinds! {
    Insert, Replace, Remove, Take, TryRemove, TryTake, RemoveMany, Get, Extend, ExtendRefs, Retain, TryRetain,
    ExtractAll, ExtractSome, DrainAll, DrainSome, Clear, CloneAndDrop, AssignClone, CloneFrom, CloneFromEmpty, ShrinkTo,
    ShrinkToFit, Reserve, TryReserve, TryReserveTooMuch, IntoIter, IntoIterSome, FromStd, IntoStd, Collect, FromArray,
    Relations, RelationsWithStd, BitOr, BitAnd, BitXor, Sub, Serde,
}

pub(crate) const FILL: &[Kind] = &[Kind::Insert, Kind::Extend, Kind::Replace];

type Operator<A, B> = fn(&A, &B) -> A;

pub(crate) struct Model<S> {
    set: StdSet<Element, S>,
    ledger: Ledger,
}

impl<S: BuildHasher + Default> Model<S> {
    fn left(&mut self, element: Element, cause: RemovalCause) {
        self.ledger.left(element.key, Some(element.tag), cause);
    }

    fn all_left(&mut self, cause: RemovalCause) {
        for element in &self.set {
            self.ledger.left(element.key, Some(element.tag), cause);
        }
    }

    fn insert(&mut self, element: Element) -> bool {
        let new = self.set.insert(element);
        self.ledger.came(usize::from(new));
        new
    }

    fn extend(&mut self, elements: Vec<Element>) {
        for element in elements {
            self.insert(element);
        }
    }

    fn take(&mut self, key: Key) -> Option<Element> {
        let old = self.set.take(&key);
        match old {
            Some(old) => self.left(old, Removed),
            None => self.ledger.missed(),
        }
        old
    }

    fn filter(&mut self, picks: impl Fn(Key) -> bool) -> Vec<Element> {
        let out: Vec<Element> = self.set.extract_if(|element| picks(element.key)).collect();
        out.iter().for_each(|element| self.left(*element, Filtered));
        out
    }

    /// Everything goes as a set that is dropped goes, and `set` comes, element by element.
    fn become_new(&mut self, set: StdSet<Element, S>) {
        self.all_left(MapDropped);
        self.ledger.came(set.len());
        self.set = set;
    }
}

/// Runs `steps` on a fresh set (`ours`) of `site` and compares after each of them, and once more when the set is gone.
pub(crate) fn check<S, K>(mut ours: HashSet<Element, S, K>, site: &'static str, steps: &[Op])
where
    S: BuildHasher + Clone + Default,
    K: Keeper<Element, ()> + Unguarded,
{
    let mut model = Model::<S> {
        set: StdSet::default(),
        ledger: Ledger::of(site),
    };
    for step in steps {
        step.run(&mut ours, &mut model);
        assert_eq!(ours.len(), model.set.len());
        assert_eq!(ours.is_empty(), model.set.is_empty());
        assert_eq!(
            sorted(ours.iter()),
            sorted(&model.set),
            "which of equals stays"
        );
        assert!(model.set.iter().all(|element| ours.contains(element)));
        model.ledger.check_exits();
        let [now] = figures(&ours)[..] else {
            panic!("a set has one row of figures")
        };
        assert_eq!((now.len, now.capacity), (ours.len(), ours.capacity()));
        model.ledger.check(ours.len(), now.table_bytes, Some(0));
    }
    drop(ours);
    model.all_left(MapDropped);
    model.ledger.check_exits();
    model.ledger.check(0, 0, Some(0));
}

fn sorted<'a>(elements: impl IntoIterator<Item = &'a Element>) -> Vec<(Key, u8)> {
    let mut all: Vec<_> = elements
        .into_iter()
        .map(|element| (element.key, element.tag))
        .collect();
    all.sort_unstable();
    all
}

fn shown(element: Option<Element>) -> Option<(Key, u8)> {
    element.map(|element| (element.key, element.tag))
}

impl Op {
    fn element(&self) -> Element {
        Element {
            key: self.key,
            tag: self.n,
        }
    }

    /// The elements of a bulk insertion, every other one twice.
    fn elements(&self) -> Vec<Element> {
        let tag = self.value.unwrap_or(100);
        let element = |(key, _)| [(key, tag), (key - key % 2, tag.wrapping_add(1))];
        let all = self.entries().into_iter().flat_map(element);
        all.map(|(key, tag)| Element { key, tag }).collect()
    }

    fn std_set<S: BuildHasher + Default>(&self) -> StdSet<Element, S> {
        self.elements().into_iter().collect()
    }

    /// Does it to `ours` and to the model, and compares what they answer.
    #[allow(clippy::too_many_lines)]
    fn run<S, K>(&self, ours: &mut HashSet<Element, S, K>, model: &mut Model<S>)
    where
        S: BuildHasher + Clone + Default,
        K: Keeper<Element, ()> + Unguarded,
    {
        let Self { kind, key, n, .. } = *self;
        let element = self.element();
        match kind {
            Kind::Insert => assert_eq!(ours.insert(element), model.insert(element)),
            Kind::Replace => {
                let old = model.set.replace(element);
                match old {
                    Some(old) => model.left(old, Replaced),
                    None => model.ledger.came(1),
                }
                assert_eq!(shown(ours.replace(element)), shown(old));
            }
            Kind::Remove => assert_eq!(ours.remove(&key), model.take(key).is_some()),
            Kind::Take => assert_eq!(shown(ours.take(&key)), shown(model.take(key))),
            Kind::TryRemove => assert_eq!(ours.try_remove(&key), Ok(model.take(key).is_some())),
            Kind::TryTake => assert_eq!(ours.try_take(&key).map(shown), Ok(shown(model.take(key)))),
            Kind::RemoveMany => {
                let keys: Vec<Key> = (key..key + Key::from(n)).step_by(2).collect();
                let theirs: Vec<_> = keys.iter().filter_map(|key| model.take(*key)).collect();
                assert_eq!(ours.remove_many(&keys), theirs);
            }
            Kind::Get => {
                assert_eq!(
                    shown(ours.get(&key).copied()),
                    shown(model.set.get(&key).copied())
                );
                assert_eq!(ours.contains(&key), model.set.contains(&key));
            }
            Kind::Extend => {
                ours.extend(self.elements());
                model.extend(self.elements());
            }
            Kind::ExtendRefs => {
                ours.extend(&self.elements());
                model.extend(self.elements());
            }
            Kind::Retain => {
                ours.retain(|element| !self.picks(element.key));
                model.filter(|key| self.picks(key));
            }
            Kind::TryRetain => {
                assert_eq!(ours.try_retain(|element| !self.picks(element.key)), 0);
                model.filter(|key| self.picks(key));
            }
            Kind::ExtractAll => {
                let out: Vec<_> = ours.extract_if(|element| self.picks(element.key)).collect();
                assert_eq!(sorted(&out), sorted(&model.filter(|key| self.picks(key))));
            }
            Kind::ExtractSome => {
                let iter = ours.extract_if(|element| self.picks(element.key));
                for element in iter.take(usize::from(n / 8)) {
                    assert!(self.picks(element.key));
                    assert_eq!(shown(model.set.take(&element)), shown(Some(element)));
                    model.left(element, Filtered);
                }
            }
            Kind::DrainAll | Kind::DrainSome => {
                model.all_left(Drained);
                let take = if matches!(kind, Kind::DrainAll) {
                    usize::MAX
                } else {
                    usize::from(n) / 4
                };
                let mut drain = ours.drain();
                assert_eq!(drain.len(), model.set.len());
                for element in drain.by_ref().take(take) {
                    assert_eq!(shown(model.set.take(&element)), shown(Some(element)));
                }
                assert_eq!(drain.len(), model.set.len());
                drop(drain);
                model.set.clear();
            }
            Kind::Clear => {
                model.all_left(Cleared);
                model.set.clear();
                ours.clear();
            }
            Kind::CloneAndDrop => {
                let copy = ours.clone();
                assert!(copy == *ours);
                model.ledger.came(model.set.len());
                model.all_left(MapDropped);
            }
            Kind::AssignClone => {
                *ours = ours.clone();
                model.become_new(model.set.clone());
            }
            Kind::CloneFrom | Kind::CloneFromEmpty => {
                let mut source: HashSet<Element, S, K> = HashSet::default();
                model.all_left(Cleared);
                model.set.clear();
                if matches!(kind, Kind::CloneFrom) {
                    source.extend(self.elements());
                    model.set = self.std_set();
                }
                ours.clone_from(&source);
                model.ledger.came(2 * model.set.len());
                model.all_left(MapDropped);
            }
            Kind::ShrinkTo => {
                ours.shrink_to(usize::from(n));
                assert!(ours.capacity() >= ours.len());
            }
            Kind::ShrinkToFit => {
                ours.shrink_to_fit();
                assert!(ours.capacity() >= ours.len());
            }
            Kind::Reserve => {
                ours.reserve(usize::from(n));
                assert!(ours.capacity() >= ours.len() + usize::from(n));
            }
            Kind::TryReserve => {
                assert_eq!(ours.try_reserve(usize::from(n)), Ok(()));
                assert!(ours.capacity() >= ours.len() + usize::from(n));
            }
            Kind::TryReserveTooMuch => {
                let mine = ours.try_reserve(usize::MAX);
                assert_eq!(mine, model.set.try_reserve(usize::MAX));
                assert!(mine.is_err());
            }
            Kind::IntoIter | Kind::IntoIterSome => {
                model.all_left(Taken);
                let all = matches!(kind, Kind::IntoIter);
                let take = if all { usize::MAX } else { usize::from(n) / 3 };
                let mut iter = std::mem::take(ours).into_iter();
                for element in iter.by_ref().take(take) {
                    assert_eq!(shown(model.set.take(&element)), shown(Some(element)));
                }
                assert_eq!(iter.len(), model.set.len());
                model.set = StdSet::default();
            }
            Kind::FromStd => {
                *ours = self.std_set().into();
                model.become_new(self.std_set());
            }
            Kind::IntoStd => {
                model.all_left(Taken);
                let plain: StdSet<Element, S> = std::mem::take(ours).into();
                assert_eq!(sorted(&plain), sorted(&std::mem::take(&mut model.set)));
            }
            Kind::Collect => {
                *ours = self.elements().into_iter().collect();
                model.become_new(self.std_set());
            }
            Kind::FromArray => {
                // `From<[_; N]>` wants `RandomState`, so this is a set of its own, outside the record.
                let array = [
                    element,
                    Element {
                        key: key + 1,
                        tag: 0,
                    },
                    Element { key, tag: 1 },
                ];
                let mine: HashSet<Element> = array.into();
                assert_eq!(sorted(&mine), sorted(&StdSet::from(array)));
            }
            Kind::Relations => self.relate(
                ours,
                &HashSet::<Element, S>::from(self.std_set::<S>()),
                model,
            ),
            Kind::RelationsWithStd => self.relate(ours, &self.std_set(), model),
            Kind::BitOr => self.operate(
                ours,
                model,
                |ours, other| ours | other,
                |theirs, other| theirs | other,
            ),
            Kind::BitAnd => self.operate(
                ours,
                model,
                |ours, other| ours & other,
                |theirs, other| theirs & other,
            ),
            Kind::BitXor => self.operate(
                ours,
                model,
                |ours, other| ours ^ other,
                |theirs, other| theirs ^ other,
            ),
            Kind::Sub => self.operate(
                ours,
                model,
                |ours, other| ours - other,
                |theirs, other| theirs - other,
            ),
            Kind::Serde => {
                let keys = |json: &str| -> StdSet<Key> { serde_json::from_str(json).unwrap() };
                let mine: HashSet<Key, S> = ours.iter().map(|element| element.key).collect();
                let theirs: StdSet<Key, S> = model.set.iter().map(|element| element.key).collect();
                let json = serde_json::to_string(&mine).unwrap();
                assert_eq!(keys(&json), keys(&serde_json::to_string(&theirs).unwrap()));
                assert!(serde_json::from_str::<HashSet<Key, S>>(&json).unwrap() == mine);
            }
        }
    }

    /// Compares every operation of two sets that changes neither.
    fn relate<S, K, O>(&self, ours: &HashSet<Element, S, K>, other: &O, model: &Model<S>)
    where
        S: BuildHasher + Default,
        K: Keeper<Element, ()>,
        O: mapkeeper::hash_set::Operand<Element, S>,
    {
        /// Walked step by step and at once: the keys and the sizes announced.
        fn walked<'a>(
            iter: impl Iterator<Item = &'a Element> + Clone,
        ) -> (Vec<Key>, usize, (usize, Option<usize>)) {
            let mut keys: Vec<Key> = Vec::new();
            let mut left = iter.clone().count();
            let mut steps = iter.clone();
            while let Some(element) = steps.next() {
                keys.push(element.key);
                left -= 1;
                assert!(steps.size_hint().0 <= left);
            }
            keys.sort_unstable();
            let hint = iter.size_hint();
            (keys, iter.fold(0, |n, _| n + 1), hint)
        }
        let (theirs, plain) = (&model.set, &self.std_set());
        assert_eq!(
            walked(ours.difference(other)),
            walked(theirs.difference(plain))
        );
        assert_eq!(
            walked(ours.intersection(other)),
            walked(theirs.intersection(plain))
        );
        assert_eq!(walked(ours.union(other)), walked(theirs.union(plain)));
        assert_eq!(
            walked(ours.symmetric_difference(other)),
            walked(theirs.symmetric_difference(plain))
        );
        assert_eq!(ours.is_disjoint(other), theirs.is_disjoint(plain));
        assert_eq!(ours.is_subset(other), theirs.is_subset(plain));
        assert_eq!(ours.is_superset(other), theirs.is_superset(plain));
    }

    /// The set becomes what an operator makes of it.
    fn operate<S, K>(
        &self,
        ours: &mut HashSet<Element, S, K>,
        model: &mut Model<S>,
        mine: Operator<OurSet<S, K>, StdSet<Element, S>>,
        std: Operator<StdSet<Element, S>, StdSet<Element, S>>,
    ) where
        S: BuildHasher + Default,
        K: Keeper<Element, ()>,
    {
        let other = self.std_set();
        *ours = mine(ours, &other);
        // Which of two equal elements an operator clones is not for anybody to rely on.
        let theirs = std(&model.set, &other);
        assert!(ours.len() == theirs.len() && theirs.is_superset(&ours.iter().copied().collect()));
        model.become_new(ours.iter().copied().collect());
    }
}
