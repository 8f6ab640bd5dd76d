//! Random operations on several maps under nested scopes, against a model: plain maps from key to the scope of birth.

use std::collections::HashMap as StdMap;

use mapkeeper::testing::{self, Scope};
use proptest::prelude::*;

use crate::{KNOWN, Shop};

#[derive(Clone, Debug)]
enum Step {
    Begin,
    End,
    Insert(usize, u32),
    Entry(usize, u32),
    Vacate(usize, u32),
    Remove(usize, u32),
    RemoveMany(usize, Vec<u32>),
    Retain(usize, u32),
    Extract(usize, u32, usize),
    Clear(usize),
    Drain(usize),
    Take(usize),
    Replace(usize),
    CloneFrom(usize, usize),
    Shrink(usize),
}

const MAPS: usize = 3;

fn step() -> impl Strategy<Value = Step> {
    use Step::*;
    let map = 0..MAPS;
    let key = 0..24_u32;
    let at = (map.clone(), key.clone());
    prop_oneof![
        3 => Just(Begin),
        3 => Just(End),
        8 => at.clone().prop_map(|(map, key)| Insert(map, key)),
        3 => at.clone().prop_map(|(map, key)| Entry(map, key)),
        2 => at.clone().prop_map(|(map, key)| Vacate(map, key)),
        5 => at.clone().prop_map(|(map, key)| Remove(map, key)),
        1 => (map.clone(), prop::collection::vec(key, 0..6)).prop_map(|(map, keys)| RemoveMany(map, keys)),
        1 => (map.clone(), 2..5_u32).prop_map(|(map, n)| Retain(map, n)),
        1 => (map.clone(), 2..5_u32, 0..4_usize).prop_map(|(map, n, taken)| Extract(map, n, taken)),
        1 => map.clone().prop_map(Clear),
        1 => map.clone().prop_map(Drain),
        1 => map.clone().prop_map(Take),
        1 => map.clone().prop_map(Replace),
        1 => (map.clone(), map.clone()).prop_map(|(to, from)| CloneFrom(to, from)),
        1 => map.prop_map(Shrink),
    ]
}

/// The scope an entry was born in, by number; 0 is none.
type Births = StdMap<u32, usize>;

/// What the real maps and scopes must agree with.
#[derive(Default)]
struct Model {
    maps: [Births; MAPS],
    /// The open scopes, outermost first.
    open: Vec<usize>,
    made: usize,
}

impl Model {
    fn current(&self) -> usize {
        self.open.last().copied().unwrap_or(0)
    }

    /// How many entries the innermost scope leaves; they are the outer one's from now on.
    fn end(&mut self) -> u64 {
        let scope = self.open.pop().unwrap_or(0);
        let outer = self.current();
        let mut left = 0;
        for birth in self.maps.iter_mut().flat_map(StdMap::values_mut) {
            if *birth == scope {
                *birth = outer;
                left += 1;
            }
        }
        left
    }
}

fn left(scope: Scope) -> u64 {
    scope.check().map_or_else(
        |leaks| leaks.leftovers().iter().map(|row| row.entries).sum(),
        |()| 0,
    )
}

fn apply(step: &Step, shops: &mut [Shop; MAPS], model: &mut Model) {
    let scope = model.current();
    let births = &mut model.maps;
    match *step {
        Step::Begin | Step::End => {}
        Step::Insert(map, key) => {
            shops[map].orders.insert(key, Some(key));
            births[map].entry(key).or_insert(scope);
        }
        Step::Entry(map, key) => {
            shops[map].orders.entry(key).or_insert(None);
            births[map].entry(key).or_insert(scope);
        }
        Step::Vacate(map, key) => {
            if let Some(value) = shops[map].orders.get_mut(&key) {
                *value = None;
            }
        }
        Step::Remove(map, key) => {
            shops[map].orders.remove(&key);
            births[map].remove(&key);
        }
        Step::RemoveMany(map, ref keys) => {
            shops[map].orders.remove_many(keys);
            births[map].retain(|key, _| !keys.contains(key));
        }
        Step::Retain(map, n) => {
            shops[map].orders.retain(|key, _| key % n == 0);
            births[map].retain(|key, _| key % n == 0);
        }
        Step::Extract(map, n, taken) => {
            let picked = shops[map].orders.extract_if(|key, _| key % n == 0);
            for (key, _) in picked.take(taken) {
                births[map].remove(&key);
            }
        }
        Step::Clear(map) => {
            shops[map].orders.clear();
            births[map].clear();
        }
        Step::Drain(map) => {
            drop(shops[map].orders.drain());
            births[map].clear();
        }
        Step::Take(map) => {
            let taken = std::mem::take(&mut shops[map].orders);
            assert_eq!(taken.into_iter().count(), births[map].len());
            births[map].clear();
        }
        Step::Replace(map) => {
            shops[map].orders = Default::default();
            births[map].clear();
        }
        Step::CloneFrom(to, from) => {
            let copy = shops[from].orders.clone();
            shops[to].orders.clone_from(&copy);
            births[to] = births[from].keys().map(|key| (*key, scope)).collect();
        }
        Step::Shrink(map) => shops[map].orders.shrink_to_fit(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn scopes_agree_with_a_model_that_knows_each_entrys_birth(
        steps in prop::collection::vec(step(), 1..120),
    ) {
        if KNOWN {
            let mut shops: [Shop; MAPS] = Default::default();
            let mut model = Model::default();
            let mut scopes = Vec::new();
            for step in &steps {
                match step {
                    Step::Begin => {
                        model.made += 1;
                        model.open.push(model.made);
                        scopes.push(testing::scope("model"));
                    }
                    Step::End => {
                        if let Some(scope) = scopes.pop() {
                            prop_assert_eq!(left(scope), model.end());
                        }
                    }
                    step => apply(step, &mut shops, &mut model),
                }
            }
            while let Some(scope) = scopes.pop() {
                prop_assert_eq!(left(scope), model.end());
            }
        }
    }
}
