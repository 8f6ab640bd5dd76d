//! A tracked static is a site of its own name.

use std::{
    borrow::Cow,
    collections::HashMap,
    hash::{BuildHasherDefault, DefaultHasher},
    sync::{Arc, LazyLock, Mutex, OnceLock, RwLock},
};

use mapkeeper::{RemovalCause, TrackedMaps};
use mapkeeper_tests::{
    panics::caught,
    sites::{exits, figures, if_recorded, records, site},
};

type Fixed = BuildHasherDefault<DefaultHasher>;

#[test]
fn a_lazy_static_is_known_by_its_name() {
    #[mapkeeper::tracked(max_len = 100)]
    static SESSIONS: LazyLock<RwLock<HashMap<u64, Option<String>>>> =
        LazyLock::new(Default::default);

    SESSIONS.write().unwrap().extend([(1, None), (2, None)]);
    SESSIONS.write().unwrap().remove(&1);
    assert_eq!(SESSIONS.read().unwrap().get(&2), Some(&None));
    let known = &figures(&SESSIONS)[0];
    assert_eq!((known.site.name(), known.len), ("SESSIONS", 1));
    assert_eq!(site("SESSIONS").max_len, Some(100));
    assert_eq!(site("SESSIONS").len, if_recorded(1));
    if records() {
        assert_eq!(exits("SESSIONS"), [(RemovalCause::Removed, 1)]);
    }
}

#[test]
fn a_constant_initialiser_stays_constant() {
    #[mapkeeper::tracked]
    static JOBS: Mutex<HashMap<u32, u32, Fixed>> =
        Mutex::new(mapkeeper::HashMap::with_hasher(Fixed::new()));

    JOBS.lock().unwrap().insert(1, 1);
    assert_eq!(site("JOBS").len, if_recorded(1));
}

#[test]
fn a_cell_that_is_filled_once_shows_no_map_before() {
    #[mapkeeper::tracked]
    static ROUTES: OnceLock<HashMap<&str, &'_ str>> = OnceLock::new();

    assert!(figures(&ROUTES).is_empty());
    ROUTES.get_or_init(|| [("/", "home")].into());
    assert_eq!(figures(&ROUTES)[0].len, 1);
    assert_eq!(site("ROUTES").len, if_recorded(1));
}

/// Whatever stands in the initialiser can be turned into the tracked map.
#[test]
fn an_initialiser_that_makes_std_s_map_converts_it() {
    #[mapkeeper::tracked]
    static NAMES: LazyLock<Arc<Mutex<HashMap<Cow<'static, str>, fn(&str) -> bool>>>> =
        LazyLock::new(|| Arc::new(Mutex::new(HashMap::new().into())));

    NAMES.lock().unwrap().insert("empty".into(), str::is_empty);
    assert_eq!(site("NAMES").len, if_recorded(1));
}

#[test]
fn a_static_that_is_held_or_poisoned_does_not_stop_who_looks() {
    #[mapkeeper::tracked]
    static LEASES: LazyLock<Mutex<HashMap<u32, u32>>> = LazyLock::new(Default::default);

    let mut held = LEASES.lock().unwrap();
    held.insert(1, 1);
    assert!(figures(&LEASES).is_empty());
    assert!(LEASES.check_maps().is_empty());
    assert_eq!(site("LEASES").len, if_recorded(1));
    drop(held);

    let panicked = caught(|| {
        let _held = LEASES.lock().unwrap();
        panic!("while it is held");
    });
    assert!(panicked.is_err() && LEASES.is_poisoned());
    assert_eq!(figures(&LEASES)[0].len, 1);
    assert_eq!(site("LEASES").len, if_recorded(1));
}
