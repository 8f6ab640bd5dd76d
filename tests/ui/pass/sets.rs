//! Sets are tracked like maps: aliased, wrapped, generic, related to maps, with hooks and guards of their elements.
#![deny(warnings)]

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};
use std::sync::{Arc, LazyLock, Mutex, RwLock};

use mapkeeper::{ElementHook, RemovalCause, TrackedMaps};

type Fast<T> = HashSet<T, BuildHasherDefault<DefaultHasher>>;

#[mapkeeper::tracked]
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Service {
    #[map(on_remove = gone, guard = may_go, max_len = 100, show_keys)]
    open: HashSet<u64>,
    #[map(hooks = Count, residue = deny, empty_on_drop, growth = allow)]
    fast: Fast<String>,
    #[map(subset_of = open, follows = open)]
    own: mapkeeper::HashSet<u64>,
    #[map]
    nested: Option<Box<Fast<u8>>>,
}

#[derive(Debug, Default)]
struct Count(u32);

impl ElementHook<String> for Count {
    fn on_remove(&mut self, _: &String, _: RemovalCause) {
        self.0 += 1;
    }
}

fn gone(_id: &u64, _cause: RemovalCause) {}

fn may_go(id: &u64) -> Result<(), impl std::fmt::Display> {
    if *id > 0 { Ok(()) } else { Err("zero stays") }
}

#[mapkeeper::tracked]
struct Generic<'a, T: Eq + Hash, S: BuildHasher> {
    #[map]
    all: Arc<RwLock<HashSet<T, S>>>,
    #[map(subset_of = all)]
    some: RefCell<HashSet<&'a T, S>>,
    #[map]
    by_element: HashMap<T, (), S>,
    #[map(follows = by_element)]
    index: HashSet<T, S>,
}

#[mapkeeper::tracked]
struct Global {
    #[map]
    names: LazyLock<Mutex<HashSet<String>>>,
}

static GLOBAL: Global = Global {
    names: LazyLock::new(Mutex::default),
};

fn main() {
    let mut service = Service::default();
    assert!(service.open.insert(1) && service.own.insert(1));
    assert_eq!(service.open.try_remove(&2), Ok(false));
    service.fast.insert("one".to_owned());
    assert!(service.fast.remove("one"));
    assert_eq!(service.fast.hooks_mut().0, 1);
    service.nested.get_or_insert_default().extend([1, 2]);
    service.assert_maps();
    let copy = service.clone();
    assert_eq!(copy, service);

    let generic: Generic<'_, u8, std::hash::RandomState> = Generic {
        all: Arc::new(RwLock::new([1].into())),
        some: RefCell::new(HashSet::new().into()),
        by_element: HashMap::new().into(),
        index: mapkeeper::HashSet::new(),
    };
    assert!(generic.all.read().unwrap().contains(&1));
    assert!(generic.some.borrow().is_empty() && generic.index.is_empty());
    generic.assert_maps();

    GLOBAL.names.lock().unwrap().insert("a".to_owned());
    assert_eq!(GLOBAL.names.lock().unwrap().len(), 1);
}
