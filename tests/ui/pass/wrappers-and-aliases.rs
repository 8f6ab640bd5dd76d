//! The macro never looks into a field's type: wrapped, aliased and renamed maps are tracked.

use std::cell::RefCell;
use std::collections::HashMap as Renamed;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::{Arc, Mutex, RwLock};

type Fast<K, V> = Renamed<K, V, BuildHasherDefault<DefaultHasher>>;
type Sessions = Arc<RwLock<Renamed<u64, Arc<str>>>>;

macro_rules! map {
    ($value:ty) => { Renamed<u64, $value> };
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Service {
    #[map]
    renamed: Renamed<u64, String>,
    #[map]
    fast: Fast<u64, String>,
    #[map]
    sessions: Sessions,
    #[map]
    optional: Option<Box<Mutex<Renamed<u64, u8>>>>,
    #[map]
    cell: RefCell<Fast<u64, u8>>,
    #[map]
    own: mapkeeper::HashMap<u64, u8>,
    #[map]
    of_a_macro: map!(u8),
}

fn main() {
    let mut service = Service::default();
    service.renamed.insert(1, String::new());
    service.fast.insert(1, String::new());
    service.sessions.write().unwrap().insert(1, "one".into());
    service.cell.borrow_mut().insert(1, 1);
    service.own.insert(1, 1);
    service.of_a_macro.insert(1, 1);
    assert!(service.optional.is_none());
    assert_eq!(service.sessions.read().unwrap().len(), 1);
}
