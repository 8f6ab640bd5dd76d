//! Maps that declare something about each other are compared, whatever their types and wrappers are.
#![deny(warnings)]

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, RwLock};

use mapkeeper::TrackedMaps;

type Shared<M> = Arc<RwLock<M>>;

#[mapkeeper::tracked]
struct Generic<'a, K: Eq + Hash, B, V: ?Sized, S: BuildHasher, const N: usize> {
    #[map]
    keys: HashMap<K, [u8; N], S>,
    #[map(subset_of = keys, follows = bare)]
    same: HashMap<K, Box<V>, S>,
    #[map(subset_of = keys, follows = borrowed)]
    bare: HashMap<B, ()>,
    #[map(follows = keys, subset_of = bare)]
    borrowed: Shared<HashMap<&'a str, Cow<'a, str>>>,
    #[map(follows = borrowed, subset_of = borrowed)]
    owned: Option<HashMap<&'a str, ()>>,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Tuple(
    #[map] HashMap<u8, u8>,
    #[map(follows = 0, subset_of = 3)] Box<Mutex<HashMap<u8, u8>>>,
    #[allow(dead_code)] u8,
    #[map(subset_of = 1)] RefCell<OnceCell<OnceLock<HashMap<u8, u8>>>>,
);

#[mapkeeper::tracked]
struct Global {
    #[map]
    whole: LazyLock<Mutex<HashMap<String, u8>>>,
    #[map(subset_of = whole)]
    part: LazyLock<Mutex<HashMap<String, u16>>>,
}

static GLOBAL: Global = Global {
    whole: LazyLock::new(Mutex::default),
    part: LazyLock::new(Mutex::default),
};

// A relation is there exactly when both of its fields are.
#[mapkeeper::tracked]
#[derive(Default)]
struct Conditional {
    #[cfg(any())]
    #[map]
    either: HashMap<Missing, u8>,
    #[cfg(not(any()))]
    #[map]
    either: HashMap<u8, u8>,
    #[map(subset_of = either)]
    part: HashMap<u8, u8>,
    #[cfg(any())]
    #[map(subset_of = part)]
    gone: HashMap<Missing, u8>,
    #[map(follows = gone)]
    alone: HashMap<u8, u8>,
    #[deprecated]
    #[map(follows = part)]
    old: HashMap<u8, u8>,
}

fn main() {
    let generic: Generic<'_, u8, f64, str, std::hash::RandomState, 2> = Generic {
        keys: HashMap::new().into(),
        same: [(1, "one".into())].into_iter().collect(),
        bare: mapkeeper::HashMap::new(),
        borrowed: Arc::new(RwLock::new([("a", "b".into())].into())),
        owned: Some([("a", ()), ("b", ())].into()),
    };
    // `same` (exactly), `borrowed` of `bare` (by size), `owned` of `borrowed` twice (exactly).
    assert_eq!(generic.check_maps().len(), 4);

    let mut tuple = Tuple::default();
    tuple.1.get_mut().unwrap().insert(1, 1);
    assert_eq!(tuple.check_maps().len(), 2);
    tuple.0.insert(1, 1);
    let once = tuple.3.get_mut().get_or_init(OnceLock::new);
    once.get_or_init(|| [(1, 1)].into());
    tuple.assert_maps();

    GLOBAL.part.lock().unwrap().insert("a".to_owned(), 1);
    assert_eq!(GLOBAL.check_maps().len(), 1);

    let mut conditional = Conditional::default();
    conditional.either.insert(1, 1);
    conditional.part.insert(1, 1);
    conditional.alone.insert(1, 1);
    conditional.assert_maps();
}
