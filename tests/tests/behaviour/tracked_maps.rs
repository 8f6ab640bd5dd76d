//! All maps of a value: visited in the order of the fields, and reset, through wrappers and nested structs.

use std::{
    cell::RefCell,
    collections::HashMap,
    rc::Rc,
    sync::{Arc, LazyLock, Mutex, OnceLock, RwLock},
};

use mapkeeper::{RemovalCause, TrackedMaps};
use mapkeeper_tests::{
    panics::caught,
    sites::{exits, figures, if_recorded, site},
};

thread_local! {
    static TOLD: RefCell<Vec<(u32, RemovalCause)>> = const { RefCell::new(Vec::new()) };
}

fn tell(key: &u32, _: &Arc<u32>, cause: RemovalCause) {
    TOLD.with_borrow_mut(|told| told.push((*key, cause)));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Inner {
    #[map(on_remove = tell)]
    map: HashMap<u32, Arc<u32>>,
}

impl Inner {
    fn with(keys: &[u32]) -> Self {
        Self {
            map: keys.iter().map(|key| (*key, Arc::new(*key))).collect(),
        }
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Outer {
    #[map]
    plain: HashMap<u32, u32>,
    #[map]
    locked: Arc<RwLock<HashMap<u32, u32>>>,
    #[map]
    maybe: Option<HashMap<u32, u32>>,
    #[map]
    once: OnceLock<HashMap<u32, u32>>,
    #[map]
    cell: Rc<RefCell<HashMap<u32, u32>>>,
    #[map]
    boxed: Box<Mutex<HashMap<u32, u32>>>,
    inner: Inner,
    several: Vec<Inner>,
    optional: Option<Box<Inner>>,
    behind: Arc<Mutex<Inner>>,
    not_a_map: String,
}

fn outer() -> Outer {
    let mut s = Outer {
        maybe: Some([(1, 1)].into()),
        inner: Inner::with(&[10, 11]),
        several: vec![Inner::with(&[20]), Inner::with(&[21, 22, 23])],
        optional: Some(Box::new(Inner::with(&[30]))),
        behind: Arc::new(Mutex::new(Inner::with(&[40, 41]))),
        ..Outer::default()
    };
    s.plain.extend([(1, 1), (2, 2), (3, 3)]);
    s.locked.write().unwrap().extend([(1, 1), (2, 2)]);
    s.once.set([(1, 1), (2, 2)].into()).ok().unwrap();
    s.cell.borrow_mut().insert(1, 1);
    s.boxed.lock().unwrap().insert(1, 1);
    "no map".clone_into(&mut s.not_a_map);
    s
}

const IN_ORDER: [(&str, usize); 11] = [
    ("Outer.plain", 3),
    ("Outer.locked", 2),
    ("Outer.maybe", 1),
    ("Outer.once", 2),
    ("Outer.cell", 1),
    ("Outer.boxed", 1),
    ("Inner.map", 2),
    ("Inner.map", 1),
    ("Inner.map", 3),
    ("Inner.map", 1),
    ("Inner.map", 2),
];

/// One test, because the sites of `Outer` are the process'.
#[test]
fn every_map_is_visited_and_reset_through_wrappers_and_nested_structs() {
    let mut s = outer();
    let seen: Vec<_> = figures(&s)
        .iter()
        .map(|map| (map.site.name(), map.len))
        .collect();
    assert_eq!(seen, IN_ORDER);
    assert!(
        figures(&s)
            .iter()
            .all(|map| map.capacity >= map.len && map.table_bytes > 0)
    );
    assert_eq!(site("Inner.map").len, if_recorded(9));

    TOLD.take();
    let outside = Arc::clone(&s.inner.map[&10]);
    let reset = s.reset_maps();
    let done: Vec<_> = reset
        .maps
        .iter()
        .map(|map| (map.site, map.entries))
        .collect();
    assert_eq!(done, IN_ORDER);
    assert_eq!(reset.entries(), 19);
    assert_eq!(
        reset.retained(),
        1,
        "somebody else holds the value of key 10"
    );
    assert_eq!(reset.maps[6].retained, 1);
    assert!(
        reset
            .maps
            .iter()
            .all(|map| map.freed_bytes > 0 && map.kept == 0)
    );
    assert!(reset.unreached.is_empty());
    assert!(
        reset
            .to_string()
            .contains("Inner.map: 2 entries cleared, 1 of their values stay alive"),
        "{reset}"
    );
    drop(outside);

    let after = figures(&s);
    assert_eq!(after.len(), IN_ORDER.len());
    assert!(
        after
            .iter()
            .all(|map| (map.len, map.capacity, map.table_bytes) == (0, 0, 0)),
        "{after:?}"
    );
    let mut told = TOLD.take();
    told.sort_unstable();
    let keys = [10, 11, 20, 21, 22, 23, 30, 40, 41];
    assert_eq!(told, keys.map(|key| (key, RemovalCause::Cleared)));
    for name in ["Inner.map", "Outer.plain", "Outer.locked"] {
        let row = site(name);
        assert_eq!(
            (row.len, row.instances, row.capacity, row.table_bytes),
            (0, 0, 0, 0),
            "{name}"
        );
    }
    let cleared = (RemovalCause::Cleared, 9);
    assert_eq!(
        exits("Inner.map"),
        if mapkeeper_tests::sites::records() {
            vec![cleared]
        } else {
            vec![]
        }
    );
    s.plain.insert(1, 1);
    assert_eq!(
        site("Outer.plain").len,
        if_recorded(1),
        "a reset map is as good as new"
    );
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Locked {
    #[map]
    mutex: Arc<Mutex<HashMap<u32, u32>>>,
    #[map]
    shared: Rc<HashMap<u32, u32>>,
}

#[test]
fn a_map_behind_a_held_lock_or_shared_without_one_is_reported_as_unreached() {
    let mut s = Locked::default();
    s.mutex.lock().unwrap().insert(1, 1);
    let other = Arc::clone(&s.mutex);
    let also_shared = Rc::clone(&s.shared);
    let guard = other.lock().unwrap();
    assert_eq!(
        figures(&s)
            .iter()
            .map(|map| map.site.name())
            .collect::<Vec<_>>(),
        ["Locked.shared"]
    );
    let reset = s.reset_maps();
    assert!(reset.maps.is_empty());
    assert!(
        reset.unreached.contains(&"Locked.shared"),
        "{:?}",
        reset.unreached
    );
    assert_eq!(
        reset.unreached.len(),
        2,
        "both maps were left alone: {reset}"
    );
    assert_eq!(guard.len(), 1);
    drop(guard);
    let reset = s.reset_maps();
    assert_eq!(
        (reset.maps.len(), reset.unreached.len()),
        (1, 1),
        "the lock is free, the other is shared"
    );
    drop(also_shared);
    assert!(s.reset_maps().unreached.is_empty());
    assert!(other.lock().unwrap().is_empty());
}

#[mapkeeper::tracked]
struct Global {
    #[map]
    map: LazyLock<Mutex<HashMap<u32, u32>>>,
}

static GLOBAL: Global = Global {
    map: LazyLock::new(Mutex::default),
};

#[test]
fn a_map_in_a_static_is_visited() {
    GLOBAL.map.lock().unwrap().insert(1, 1);
    let seen: Vec<_> = figures(&GLOBAL)
        .iter()
        .map(|map| (map.site.name(), map.len))
        .collect();
    assert_eq!(seen, [("Global.map", 1)]);
    assert_eq!(site("Global.map").instances, if_recorded(1));
}

fn fails_on_two(key: &u32, _: &u32, cause: RemovalCause) {
    if cause == RemovalCause::Cleared {
        TOLD.with_borrow_mut(|told| told.push((*key, cause)));
    }
    assert_ne!(*key, 2, "the hook failed");
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Failing {
    #[map(on_remove = fails_on_two)]
    map: HashMap<u32, u32>,
}

#[test]
fn a_hook_that_panics_in_a_reset_leaves_the_map_empty() {
    TOLD.take();
    let mut s = Failing::default();
    s.map.extend((0..5).map(|n| (n, n)));
    let panic = caught(|| s.reset_maps()).unwrap_err();
    assert!(panic.message.contains("the hook failed"), "{panic:?}");
    assert_eq!(
        (s.map.len(), s.map.capacity(), TOLD.take().len()),
        (0, 0, 5)
    );
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Hub {
    #[map(on_remove = tell_hub)]
    sessions: Mutex<HashMap<u32, u32>>,
    #[map]
    names: HashMap<u32, u32>,
    state: Mutex<HubState>,
}

#[mapkeeper::tracked]
#[derive(Default)]
enum HubState {
    #[default]
    Closed,
    Open {
        #[map]
        waiting: RefCell<HashMap<u32, u32>>,
    },
}

fn tell_hub(key: &u32, _: &u32, cause: RemovalCause) {
    TOLD.with_borrow_mut(|told| told.push((*key, cause)));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Server {
    #[map]
    own: HashMap<u32, u32>,
    hub: Arc<Hub>,
    spare: Option<Arc<Hub>>,
}

#[test]
fn maps_of_a_shared_struct_are_reset_as_far_as_its_locks_allow() {
    TOLD.take();
    let mut server = Server::default();
    server.own.insert(1, 1);
    server.hub.sessions.lock().unwrap().extend([(7, 1), (8, 1)]);
    let waiting = RefCell::new([(9, 1)].into_iter().collect());
    *server.hub.state.lock().unwrap() = HubState::Open { waiting };
    let elsewhere = Arc::clone(&server.hub);

    let reset = server.reset_maps();
    let rows: Vec<_> = reset
        .maps
        .iter()
        .map(|map| (map.site, map.entries))
        .collect();
    assert_eq!(
        rows,
        [
            ("Server.own", 1),
            ("Hub.sessions", 2),
            ("HubState::Open.waiting", 1)
        ]
    );
    assert_eq!(reset.unreached, ["Hub.names"], "it has no lock");
    let mut told = TOLD.take();
    told.sort_unstable_by_key(|(key, _)| *key);
    assert_eq!(told, [7, 8].map(|key| (key, RemovalCause::Cleared)));
    assert!(elsewhere.sessions.lock().unwrap().is_empty());

    let held = elsewhere.sessions.lock().unwrap();
    assert_eq!(server.reset_maps().unreached, ["Hub.sessions", "Hub.names"]);
    drop(held);
    drop(elsewhere);
    let reset = server.reset_maps();
    assert!(
        reset.unreached.is_empty() && reset.maps.len() == 4,
        "{reset}"
    );
}
