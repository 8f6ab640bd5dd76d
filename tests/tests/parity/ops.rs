//! Every operation, done to both maps.

use std::{collections::HashMap as StdMap, fmt::Debug, hash::BuildHasher};

use mapkeeper::{HashMap, Keeper, RemovalCause::*, Unguarded};
use proptest::{prelude::*, sample::select};

use crate::model::{Key, Model, Value};

macro_rules! kinds {
    ($($kind:ident),+ $(,)?) => {
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum Kind { $($kind),+ }
        pub(crate) const KINDS: &[Kind] = &[$(Kind::$kind),+];
    };
}

pub(crate) use kinds;

kinds! {
    Insert, Remove, GetMut, Extend, ExtendRefs, RemoveEntry, RemoveMany, TryRemove, TryRemoveEntry, TryInsert, Get,
    GetDisjoint, OrInsert, OrInsertWith, OrInsertWithKey, OrDefault, AndModify, InsertEntry, OccupiedGetMut,
    OccupiedIntoMut, OccupiedInsert, OccupiedRemove, OccupiedRemoveEntry, OccupiedTryRemove, VacantInsert,
    VacantInsertEntry, VacantIntoKey, Retain, TryRetain, ExtractAll, ExtractSome, DrainAll, DrainSome, Clear,
    CloneAndDrop, AssignClone, CloneFrom, CloneFromEmpty, ShrinkTo, ShrinkToFit, Reserve, TryReserve, TryReserveTooMuch,
    IntoIter, IntoIterSome, IntoKeys, IntoValues, IterMut, ValuesMut, FromStd, IntoStd, Collect, FromArray,
}

#[derive(Clone, Debug)]
pub(crate) struct Op<K = Kind> {
    pub(crate) kind: K,
    pub(crate) key: Key,
    pub(crate) value: Value,
    pub(crate) n: u8,
}

/// What fills a map, or it would stay small.
pub(crate) const FILL: &[Kind] = &[Kind::Insert, Kind::Extend, Kind::OrInsert];

/// Operations of `kinds`, some more of them of those that `fill`.
pub(crate) fn ops<K: Copy + Debug + 'static>(
    kinds: &'static [K],
    fill: &'static [K],
    keys: Key,
) -> impl Strategy<Value = Vec<Op<K>>> {
    let of = move |kinds, values: BoxedStrategy<Value>| {
        (select(kinds), 0..keys, values, 0..120_u8).prop_map(|(kind, key, value, n)| Op {
            kind,
            key,
            value,
            n,
        })
    };
    let op = of(kinds, proptest::option::of(0..9_u8).boxed());
    let fill = of(fill, any::<Option<u8>>().boxed());
    proptest::collection::vec(prop_oneof![3 => op, 1 => fill], 1..60)
}

impl<K> Op<K> {
    /// The entries of a bulk insertion: `n` keys from `key` on, some of them residue.
    pub(crate) fn entries(&self) -> Vec<(Key, Value)> {
        (0..Key::from(self.n))
            .map(|i| (self.key + i, if i % 5 == 0 { None } else { self.value }))
            .collect()
    }

    pub(crate) fn picks(&self, key: Key) -> bool {
        key % 3 == Key::from(self.n) % 3
    }
}

impl Op {
    /// Does it to `ours` and to the model, and compares what they answer.
    #[allow(clippy::too_many_lines)]
    pub(crate) fn run<S, T>(&self, ours: &mut HashMap<Key, Value, S, T>, model: &mut Model<S>)
    where
        S: BuildHasher + Clone + Default,
        T: Keeper<Key, Value> + Unguarded,
    {
        let Self {
            kind,
            key,
            value,
            n,
        } = *self;
        match kind {
            Kind::Insert => assert_eq!(ours.insert(key, value), model.insert(key, value)),
            Kind::Extend => {
                ours.extend(self.entries());
                model.extend(self.entries());
            }
            Kind::ExtendRefs => {
                let entries = self.entries();
                ours.extend(entries.iter().map(|(key, value)| (key, value)));
                model.extend(entries);
            }
            Kind::Remove => assert_eq!(ours.remove(&key), model.remove(key)),
            Kind::RemoveEntry => {
                assert_eq!(
                    ours.remove_entry(&key),
                    model.remove(key).map(|value| (key, value))
                );
            }
            Kind::TryRemove => assert_eq!(ours.try_remove(&key), Ok(model.remove(key))),
            Kind::TryRemoveEntry => {
                let theirs = model.remove(key).map(|value| (key, value));
                assert_eq!(ours.try_remove_entry(&key), Ok(theirs));
            }
            Kind::RemoveMany => {
                let keys: Vec<Key> = (key..key + Key::from(n)).step_by(2).collect();
                let theirs: Vec<(Key, Value)> = keys
                    .iter()
                    .filter_map(|key| Some((*key, model.remove(*key)?)))
                    .collect();
                assert_eq!(ours.remove_many(&keys), theirs);
            }
            Kind::TryInsert => match ours.try_insert(key, value) {
                Ok(new) => {
                    model.lent |= value.is_none();
                    assert_eq!(*new, value);
                    assert_eq!(model.insert(key, value), None);
                }
                Err(error) => {
                    assert_eq!(Some(error.entry.get()), model.map.get(&key));
                    assert_eq!((*error.entry.key(), error.value), (key, value));
                }
            },
            Kind::Get => {
                assert_eq!(ours.get(&key), model.map.get(&key));
                assert_eq!(ours.get_key_value(&key), model.map.get_key_value(&key));
                assert_eq!(ours.contains_key(&key), model.map.contains_key(&key));
            }
            Kind::GetMut => {
                model.lent = true;
                let theirs = model.map.get_mut(&key);
                assert_eq!(ours.get_mut(&key), theirs);
                if let (Some(mine), Some(theirs)) = (ours.get_mut(&key), theirs) {
                    (*mine, *theirs) = (value, value);
                }
            }
            Kind::GetDisjoint => {
                model.lent = true;
                let keys = [key, key + 1, key + 7];
                let keys = keys.each_ref();
                let mut mine = ours.get_disjoint_mut(keys);
                let mut theirs = model.map.get_disjoint_mut(keys);
                assert_eq!(mine, theirs);
                for value in mine.iter_mut().chain(&mut theirs).flatten() {
                    **value = None;
                }
            }
            Kind::OrInsert => {
                let theirs = model.or_insert(key, value);
                assert_eq!(*ours.entry(key).or_insert(value), theirs);
            }
            Kind::OrInsertWith => {
                let theirs = model.or_insert(key, value);
                assert_eq!(*ours.entry(key).or_insert_with(|| value), theirs);
            }
            Kind::OrInsertWithKey => {
                let theirs = model.or_insert(key, Some(key as u8));
                assert_eq!(
                    *ours.entry(key).or_insert_with_key(|key| Some(*key as u8)),
                    theirs
                );
            }
            Kind::OrDefault => {
                model.lent = true;
                model.or_insert(key, None);
                *ours.entry(key).or_default() = value;
                model.map.insert(key, value);
            }
            Kind::AndModify => {
                model.lent = true;
                let known = model.map.contains_key(&key);
                model.or_insert(key, Some(1));
                let mine = ours
                    .entry(key)
                    .and_modify(|mine| *mine = value)
                    .or_insert(Some(1));
                if known {
                    model.map.insert(key, value);
                }
                assert_eq!(Some(&*mine), model.map.get(&key));
            }
            Kind::InsertEntry => {
                model.insert(key, value);
                let entry = ours.entry(key).insert_entry(value);
                assert_eq!((*entry.key(), *entry.get()), (key, value));
            }
            Kind::OccupiedGetMut
            | Kind::OccupiedIntoMut
            | Kind::OccupiedInsert
            | Kind::OccupiedRemove
            | Kind::OccupiedRemoveEntry
            | Kind::OccupiedTryRemove
            | Kind::VacantInsert
            | Kind::VacantInsertEntry
            | Kind::VacantIntoKey => self.run_entry(ours, model),
            Kind::Retain => {
                model.lent = true;
                ours.retain(|key, mine| {
                    *mine = mine.map(|mine| mine.wrapping_add(1));
                    !self.picks(*key)
                });
                model.filter(|key| self.picks(key));
            }
            Kind::TryRetain => {
                model.lent = true;
                let kept = ours.try_retain(|key, mine| {
                    *mine = mine.map(|mine| mine.wrapping_add(1));
                    !self.picks(*key)
                });
                assert_eq!(kept, 0);
                model.filter(|key| self.picks(key));
            }
            Kind::ExtractAll => {
                model.lent = true;
                let mut out: Vec<_> = ours
                    .extract_if(|key, mine| {
                        *mine = mine.map(|mine| mine.wrapping_add(1));
                        self.picks(*key)
                    })
                    .collect();
                let mut due = model.filter(|key| self.picks(key));
                out.sort_unstable();
                due.sort_unstable();
                assert_eq!(out, due);
            }
            Kind::ExtractSome => {
                model.lent = true;
                let mut iter = ours.extract_if(|key, _| self.picks(*key));
                for _ in 0..n / 8 {
                    let Some((key, value)) = iter.next() else {
                        break;
                    };
                    assert!(self.picks(key));
                    assert_eq!(model.map.remove(&key), Some(value));
                    model.ledger.left(key, value, Filtered);
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
                assert_eq!(drain.len(), model.map.len());
                for (key, value) in drain.by_ref().take(take) {
                    assert_eq!(model.map.remove(&key), Some(value));
                }
                assert_eq!(drain.len(), model.map.len());
                drop(drain);
                model.map.clear();
            }
            Kind::Clear => {
                model.all_left(Cleared);
                model.map.clear();
                ours.clear();
            }
            Kind::CloneAndDrop => {
                let copy = ours.clone();
                assert!(copy == *ours);
                model.ledger.came(model.map.len());
                model.all_left(MapDropped);
            }
            Kind::AssignClone => {
                *ours = ours.clone();
                model.ledger.came(model.map.len());
                model.all_left(MapDropped);
            }
            Kind::CloneFrom | Kind::CloneFromEmpty => {
                let mut source: HashMap<Key, Value, S, T> = HashMap::default();
                if matches!(kind, Kind::CloneFrom) {
                    source.extend(self.entries());
                }
                model.all_left(Cleared);
                model.map = self.entries_as(&source);
                model.ledger.came(2 * model.map.len());
                ours.clone_from(&source);
                model.all_left(MapDropped);
            }
            Kind::ShrinkTo => {
                ours.shrink_to(usize::from(n));
                model.map.shrink_to(usize::from(n));
            }
            Kind::ShrinkToFit => {
                ours.shrink_to_fit();
                model.map.shrink_to_fit();
            }
            Kind::Reserve => {
                ours.reserve(usize::from(n));
                model.map.reserve(usize::from(n));
                assert!(ours.capacity() >= ours.len() + usize::from(n));
            }
            Kind::TryReserve => {
                assert_eq!(
                    ours.try_reserve(usize::from(n)).is_ok(),
                    model.map.try_reserve(usize::from(n)).is_ok()
                );
                assert!(ours.capacity() >= ours.len() + usize::from(n));
            }
            Kind::TryReserveTooMuch => {
                let (mine, theirs) = (
                    ours.try_reserve(usize::MAX),
                    model.map.try_reserve(usize::MAX),
                );
                assert_eq!(mine, theirs);
                assert!(mine.is_err());
            }
            Kind::IntoIter | Kind::IntoIterSome | Kind::IntoKeys | Kind::IntoValues => {
                model.all_left(Taken);
                self.consume(std::mem::take(ours), std::mem::take(&mut model.map));
            }
            Kind::IterMut => {
                model.lent = true;
                for (key, mine) in ours.iter_mut() {
                    if self.picks(*key) {
                        *mine = value;
                    }
                }
                model
                    .map
                    .iter_mut()
                    .filter(|(key, _)| self.picks(**key))
                    .for_each(|(_, v)| *v = value);
            }
            Kind::ValuesMut => {
                model.lent = true;
                ours.values_mut().for_each(|mine| *mine = None);
                model.map.values_mut().for_each(|theirs| *theirs = None);
            }
            Kind::FromStd => {
                model.all_left(MapDropped);
                model.map = self.entries().into_iter().collect();
                model.ledger.came(model.map.len());
                *ours = model.map.clone().into();
            }
            Kind::IntoStd => {
                model.all_left(Taken);
                let plain: StdMap<Key, Value, S> = std::mem::take(ours).into();
                assert!(plain == std::mem::take(&mut model.map));
            }
            Kind::Collect => {
                model.all_left(MapDropped);
                model.map = self.entries().into_iter().collect();
                model.ledger.came(model.map.len());
                *ours = self.entries().into_iter().collect();
            }
            Kind::FromArray => {
                // `From<[_; N]>` wants `RandomState`, so this is a map of its own, outside the record.
                let array = [(key, value), (key + 1, None), (key, None)];
                let mine: HashMap<Key, Value> = array.into();
                let theirs: StdMap<Key, Value> = array.into();
                assert_eq!(mine.len(), theirs.len());
                assert!(
                    theirs
                        .iter()
                        .all(|(key, value)| mine.get(key) == Some(value))
                );
            }
        }
    }

    fn entries_as<S: BuildHasher + Default, T: Keeper<Key, Value>>(
        &self,
        source: &HashMap<Key, Value, S, T>,
    ) -> StdMap<Key, Value, S> {
        source.iter().map(|(key, value)| (*key, *value)).collect()
    }
}
