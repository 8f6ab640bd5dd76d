//! The parts of an operation that need some lines: entries, maps taken apart, and what the model does for both.

use std::{collections::HashMap as StdMap, hash::BuildHasher};

use mapkeeper::{HashMap, Keeper, RemovalCause::Filtered, Unguarded, hash_map::Entry};

use crate::{
    model::{Key, Model, Value},
    ops::{Kind, Op},
};

impl Op {
    pub(crate) fn run_entry<S, T>(&self, ours: &mut HashMap<Key, Value, S, T>, model: &mut Model<S>)
    where
        S: BuildHasher + Clone + Default,
        T: Keeper<Key, Value> + Unguarded,
    {
        let Self {
            kind, key, value, ..
        } = *self;
        let entry = ours.entry(key);
        assert_eq!(*entry.key(), key);
        let known = model.map.get(&key).copied();
        match entry {
            Entry::Occupied(mut entry) => {
                assert_eq!((*entry.key(), Some(*entry.get())), (key, known));
                match kind {
                    Kind::OccupiedInsert => {
                        assert_eq!(Some(entry.insert(value)), model.insert(key, value));
                    }
                    Kind::OccupiedRemove => assert_eq!(Some(entry.remove()), model.remove(key)),
                    Kind::OccupiedRemoveEntry => {
                        assert_eq!(entry.remove_entry(), (key, known.unwrap()));
                        model.remove(key);
                    }
                    Kind::OccupiedTryRemove => {
                        assert_eq!(entry.try_remove().ok(), model.remove(key));
                    }
                    Kind::OccupiedIntoMut => {
                        model.lent = true;
                        *entry.into_mut() = value;
                        model.map.insert(key, value);
                    }
                    _ => {
                        model.lent = true;
                        *entry.get_mut() = value;
                        model.map.insert(key, value);
                    }
                }
            }
            Entry::Vacant(entry) => {
                assert_eq!((*entry.key(), None), (key, known));
                match kind {
                    Kind::VacantIntoKey => assert_eq!(entry.into_key(), key),
                    Kind::VacantInsertEntry => {
                        assert_eq!(model.insert(key, value), None);
                        let mut entry = entry.insert_entry(value);
                        assert_eq!((*entry.key(), *entry.get()), (key, value));
                        assert_eq!(Some(entry.insert(None)), model.insert(key, None));
                    }
                    _ => {
                        model.lent |= value.is_none();
                        assert_eq!(model.insert(key, value), None);
                        assert_eq!(*entry.insert(value), value);
                    }
                }
            }
        }
    }

    /// Takes both maps apart.
    pub(crate) fn consume<S: BuildHasher, T: Keeper<Key, Value> + Unguarded>(
        &self,
        ours: HashMap<Key, Value, S, T>,
        mut theirs: StdMap<Key, Value, S>,
    ) {
        match self.kind {
            Kind::IntoKeys => {
                let mut keys: Vec<_> = ours.into_keys().collect();
                let mut due: Vec<_> = theirs.into_keys().collect();
                keys.sort_unstable();
                due.sort_unstable();
                assert_eq!(keys, due);
            }
            Kind::IntoValues => {
                let mut values: Vec<_> = ours.into_values().collect();
                let mut due: Vec<_> = theirs.into_values().collect();
                values.sort_unstable();
                due.sort_unstable();
                assert_eq!(values, due);
            }
            _ => {
                let all = matches!(self.kind, Kind::IntoIter);
                let take = if all {
                    usize::MAX
                } else {
                    usize::from(self.n) / 3
                };
                let mut iter = ours.into_iter();
                for (key, value) in iter.by_ref().take(take) {
                    assert_eq!(theirs.remove(&key), Some(value));
                }
                assert_eq!(iter.len(), theirs.len());
            }
        }
    }
}

impl<S: BuildHasher + Default> Model<S> {
    pub(crate) fn extend(&mut self, entries: Vec<(Key, Value)>) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }

    pub(crate) fn or_insert(&mut self, key: Key, value: Value) -> Value {
        match self.map.get(&key) {
            Some(value) => *value,
            None => {
                self.lent |= value.is_none();
                self.insert(key, value);
                value
            }
        }
    }

    /// Every entry is looked at and incremented; those picked leave.
    pub(crate) fn filter(&mut self, picks: impl Fn(Key) -> bool) -> Vec<(Key, Value)> {
        for value in self.map.values_mut().flatten() {
            *value = value.wrapping_add(1);
        }
        let mut out: Vec<(Key, Value)> =
            self.map.iter().map(|(key, value)| (*key, *value)).collect();
        out.retain(|(key, _)| picks(*key));
        for (key, value) in &out {
            self.map.remove(key);
            self.ledger.left(*key, *value, Filtered);
        }
        out
    }
}
