//! With the feature `hashbrown`, its maps and sets are tracked too, with the hasher that they have.
#![deny(warnings)]

use std::hash::RandomState;
use std::sync::{Arc, RwLock};

use hashbrown::{HashMap, HashSet};
use mapkeeper::TrackedMaps;

#[mapkeeper::tracked]
#[derive(Debug, Default)]
struct Orders<S: Default> {
    #[map(on_remove = gone)]
    by_id: HashMap<u64, String, RandomState>,
    #[map(subset_of = by_id)]
    open: Arc<RwLock<HashSet<u64, RandomState>>>,
    #[map]
    other: HashMap<u8, u8, S>,
}

fn gone(_id: &u64, _order: &String, _cause: mapkeeper::RemovalCause) {}

fn main() {
    let mut orders: Orders<RandomState> = Orders::default();
    orders.by_id.insert(1, "tea".to_owned());
    orders.open.write().unwrap().insert(1);
    orders.other.insert(1, 1);
    let _: &RandomState = orders.by_id.hasher();
    assert!(orders.by_id.allocation_size() > 0);
    assert_eq!(orders.open.read().unwrap().len(), 1);
    orders.assert_maps();
}
