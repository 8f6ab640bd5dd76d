//! Several maps in one place are instances of one site.

use std::{
    array,
    collections::HashMap,
    sync::{Arc, Mutex, RwLock},
};

use mapkeeper::{Breach, Clause, TrackedMaps};
use mapkeeper_tests::sites::{figures, if_recorded, site};

#[mapkeeper::tracked]
struct Sharded {
    #[map]
    vec: Vec<RwLock<HashMap<u32, u32>>>,
    #[map]
    array: [Mutex<HashMap<u32, u32>>; 4],
    #[map]
    boxed: Box<[HashMap<u32, u32>]>,
    #[map]
    shared: Arc<[RwLock<HashMap<u32, u32>>]>,
}

impl Sharded {
    fn new() -> Self {
        let mut sharded = Self {
            vec: (0..4).map(|_| RwLock::default()).collect(),
            array: array::from_fn(|_| Mutex::new(HashMap::new().into())),
            boxed: (0..4).map(|_| HashMap::new().into()).collect(),
            shared: (0..4).map(|_| RwLock::default()).collect(),
        };
        for key in 0..400 {
            let shard = key as usize % 4;
            sharded.vec[shard].get_mut().unwrap().insert(key, key);
            sharded.array[shard].get_mut().unwrap().insert(key, key);
            sharded.boxed[shard].insert(key, key);
            sharded.shared[shard].write().unwrap().insert(key, key);
        }
        sharded
    }
}

#[test]
fn shards_are_one_site_with_an_instance_each() {
    let mut sharded = Sharded::new();
    for name in [
        "Sharded.vec",
        "Sharded.array",
        "Sharded.boxed",
        "Sharded.shared",
    ] {
        let row = site(name);
        assert_eq!(
            (row.len, row.instances),
            (if_recorded(400), if_recorded(4)),
            "{name}"
        );
        assert_eq!(row.peak, if_recorded(100), "{name}: of one map");
        let shards = figures(&sharded)
            .into_iter()
            .filter(|map| map.site.name() == name && map.len == 100);
        assert_eq!(shards.count(), 4, "{name}");
    }

    let shared = Arc::clone(&sharded.shared);
    let held = shared[2].write().unwrap();
    let reset = sharded.reset_maps();
    assert_eq!(reset.entries(), 1_500);
    // Its lock is held, so that not even its name can be asked for.
    assert_eq!(reset.unreached.len(), 1);
    drop(held);
    assert_eq!(site("Sharded.shared").len, if_recorded(100));
    assert_eq!(site("Sharded.vec").len, 0);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Related {
    #[map]
    orders: Vec<RwLock<HashMap<u32, u32>>>,
    #[map(subset_of = orders)]
    urgent: [Mutex<HashMap<u32, u32>>; 2],
    #[map(subset_of = orders)]
    by_name: Vec<HashMap<String, u32>>,
}

fn found(related: &Related) -> Vec<(Clause, usize)> {
    let breaches = related.check_maps();
    breaches
        .iter()
        .map(|breach: &Breach| (breach.clause, breach.entries))
        .collect()
}

#[test]
fn a_key_may_be_in_any_shard_of_the_other_map() {
    let related = Related {
        orders: (0..3).map(|_| RwLock::default()).collect(),
        ..Related::default()
    };
    for key in 0..30_u32 {
        let shard = &related.orders[key as usize % 3];
        shard.write().unwrap().insert(key, 0);
        related.urgent[key as usize % 2]
            .lock()
            .unwrap()
            .insert(key, 0);
    }
    assert_eq!(found(&related), []);

    // One in each shard of `urgent`.
    related.orders[1].write().unwrap().remove(&1);
    related.orders[2].write().unwrap().remove(&2);
    assert_eq!(found(&related), [(Clause::SubsetOf, 2)]);

    // Nobody knows whether the keys are in there.
    let held = related.orders[0].write().unwrap();
    assert_eq!(found(&related), []);
    drop(held);
    assert_eq!(found(&related), [(Clause::SubsetOf, 2)]);
}

#[test]
fn where_keys_differ_the_shards_together_are_no_larger() {
    let related = Related {
        orders: vec![RwLock::new([(1, 1)].into()), RwLock::new([(2, 2)].into())],
        by_name: vec![[("a".into(), 1)].into(), [("b".into(), 2)].into()],
        ..Related::default()
    };
    assert_eq!(found(&related), []);
    related.orders[0].write().unwrap().clear();
    assert_eq!(found(&related), [(Clause::SubsetOf, 1)]);
}

#[test]
fn no_shard_at_all_is_no_map() {
    let mut none = Related::default();
    assert_eq!(figures(&none).len(), 2, "the array's");
    assert_eq!(none.reset_maps().maps.len(), 2);
    assert!(none.check_maps().is_empty());
}
