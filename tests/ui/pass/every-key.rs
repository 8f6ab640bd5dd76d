//! The whole grammar of a field.

use std::collections::HashMap;
use std::fmt::Display;

use mapkeeper::{RemovalCause, RemovalHook};

mod stock {
    pub fn release<K>(_key: &K, _order: &Option<String>, _cause: mapkeeper::RemovalCause) {}
}

struct Policy;

impl Policy {
    fn may_remove(key: &u64, _order: &Option<String>) -> Result<(), impl Display> {
        if *key == 0 { Err("0 stays") } else { Ok(()) }
    }
}

#[derive(Debug, Default)]
struct Count {
    removed: usize,
}

impl RemovalHook<u64, Vec<u8>> for Count {
    fn on_remove(&mut self, _key: &u64, _value: &Vec<u8>, _cause: RemovalCause) {
        self.removed += 1;
    }
}

fn is_empty(bytes: &Vec<u8>) -> bool {
    bytes.is_empty()
}

// The reason may borrow from the entry.
fn too_long<'a>(_key: &u64, bytes: &'a Vec<u8>) -> Result<(), std::borrow::Cow<'a, str>> {
    if bytes.len() > 10 {
        Err(String::from_utf8_lossy(bytes))
    } else {
        Ok(())
    }
}

#[mapkeeper::tracked()]
#[derive(Default)]
struct Service {
    #[map(
        on_remove = stock::release::<u64>,
        guard = <Policy>::may_remove,
        residue = deny,
        max_len = 10_000,
        max_age = "1h30m",
        empty_on_drop,
        growth = allow,
        show_keys,
        name = "The orders",
    )]
    orders: HashMap<u64, Option<String>>,
    #[map(hooks = Count, guard = too_long, residue = is_empty, follows = orders, subset_of = orders)]
    bytes: HashMap<u64, Vec<u8>>,
    #[map(residue = allow)]
    allowed: HashMap<u64, Option<u8>>,
    #[map(watch)]
    shared: HashMap<u64, std::sync::Arc<u8>>,
    #[map()]
    plain: HashMap<u64, Option<u8>>,
}

fn main() {
    let mut service = Service::default();
    service.orders.insert(0, Some(String::new()));
    assert!(service.orders.try_remove(&1).is_ok());
    service.orders.try_remove(&0).ok();
    service.plain.clear();
    service.bytes.insert(1, vec![1]);
    service.bytes.try_remove(&1).unwrap();
    assert_eq!(service.allowed.len() + service.shared.len() + service.plain.len(), 0);
    assert_eq!(Count::default().removed, 0);
}
