//! The maps that are measured, under one trait.

use std::{
    collections::HashMap,
    hash::RandomState,
    sync::{PoisonError, RwLock},
};

use dashmap::DashMap;
use mapkeeper::{Keeper, Unguarded, sync};

#[mapkeeper::tracked]
pub(crate) type Tracked = sync::HashMap<u64, u64>;

pub(crate) trait Shared: Sync {
    fn get(&self, key: u64) -> Option<u64>;
    fn insert(&self, key: u64, value: u64);
    fn remove(&self, key: u64);
}

impl<T: Keeper<u64, u64> + Unguarded + Sync + Send> Shared
    for sync::HashMap<u64, u64, RandomState, T>
{
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key).map(|value| *value)
    }

    fn insert(&self, key: u64, value: u64) {
        self.insert(key, value);
    }

    fn remove(&self, key: u64) {
        self.remove(&key);
    }
}

impl Shared for DashMap<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.get(&key).map(|value| *value)
    }

    fn insert(&self, key: u64, value: u64) {
        self.insert(key, value);
    }

    fn remove(&self, key: u64) {
        self.remove(&key);
    }
}

impl Shared for RwLock<HashMap<u64, u64>> {
    fn get(&self, key: u64) -> Option<u64> {
        let map = self.read().unwrap_or_else(PoisonError::into_inner);
        map.get(&key).copied()
    }

    fn insert(&self, key: u64, value: u64) {
        let mut map = self.write().unwrap_or_else(PoisonError::into_inner);
        map.insert(key, value);
    }

    fn remove(&self, key: u64) {
        let mut map = self.write().unwrap_or_else(PoisonError::into_inner);
        map.remove(&key);
    }
}

impl Shared for papaya::HashMap<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.pin().get(&key).copied()
    }

    fn insert(&self, key: u64, value: u64) {
        self.pin().insert(key, value);
    }

    fn remove(&self, key: u64) {
        self.pin().remove(&key);
    }
}

impl Shared for scc::HashMap<u64, u64> {
    fn get(&self, key: u64) -> Option<u64> {
        self.read_sync(&key, |_, value| *value)
    }

    fn insert(&self, key: u64, value: u64) {
        self.upsert_sync(key, value);
    }

    fn remove(&self, key: u64) {
        self.remove_sync(&key);
    }
}

/// Each with its name; dashmap first, whom the others are compared with.
pub(crate) fn maps() -> Vec<(&'static str, Box<dyn Shared>)> {
    vec![
        ("dashmap", Box::new(DashMap::<u64, u64>::new())),
        ("mapkeeper", Box::new(Tracked::new())),
        ("papaya", Box::new(papaya::HashMap::<u64, u64>::new())),
        ("scc", Box::new(scc::HashMap::<u64, u64>::new())),
        ("RwLock", Box::new(RwLock::new(HashMap::<u64, u64>::new()))),
    ]
}
