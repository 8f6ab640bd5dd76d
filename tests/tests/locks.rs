//! Locks around maps that are held or poisoned: whoever looks is told so, and never waits.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, RwLock},
    thread,
};

use mapkeeper::{LockState, Locks, MODE, Mode, TrackedMaps, watch_locks};
use mapkeeper_tests::sites::{figures, if_recorded, records, site};

/// Whoever looks tries the locks: two tests that do at a time would find each other.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Each lock as (site, held, poisoned).
fn locks(value: &impl TrackedMaps) -> Vec<(&'static str, bool, bool)> {
    let mut all = Vec::new();
    value.visit_locks(&mut |lock: &LockState| {
        all.push((lock.site.name(), lock.held, lock.poisoned));
    });
    all
}

/// What the report knows of the locks of a site: (seen, held, poisoned).
fn reported(name: &str) -> Option<(u64, u64, u64)> {
    let locks = site(name).locks;
    locks.map(
        |Locks {
             seen,
             held,
             poisoned,
             ..
         }| (seen, held, poisoned),
    )
}

fn seen(n: u64, held: u64, poisoned: u64) -> Option<(u64, u64, u64)> {
    records().then_some((n, held, poisoned))
}

/// What the report's text says below the row of a site.
fn remarks(name: &str) -> Vec<String> {
    let report = mapkeeper::report().to_string();
    let lines = report
        .lines()
        .skip_while(|line| !line.starts_with(&format!("{name} ")));
    let below = lines.skip(1).take_while(|line| line.starts_with("  "));
    below.map(|line| line.trim().to_owned()).collect()
}

/// Panics in another thread that does so while it looks at `maps`.
fn panic_with<M: Send + Sync + 'static>(maps: &Arc<M>, while_holding: fn(&M)) {
    let theirs = Arc::clone(maps);
    let thread = thread::spawn(move || while_holding(&theirs));
    assert!(thread.join().is_err());
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Std {
    #[map]
    mutex: Mutex<HashMap<u32, u32>>,
    #[map]
    rw: RwLock<BTreeMap<u32, u32>>,
    #[map]
    set: Arc<Mutex<HashSet<u32>>>,
    #[map]
    bare: HashMap<u32, u32>,
}

#[test]
fn poisoned_locks_of_std_are_told_and_their_maps_are_read() {
    let _alone = alone();
    let maps = Arc::new(Std::default());
    assert_eq!(watch_locks(&maps), MODE != Mode::Off);
    let free = [
        ("Std.mutex", false, false),
        ("Std.rw", false, false),
        ("Std.set", false, false),
    ];
    assert_eq!(locks(&*maps), free);
    assert_eq!(reported("Std.mutex"), seen(1, 0, 0));
    assert_eq!(reported("Std.bare"), None, "nothing is around it");

    panic_with(&maps, |maps| {
        maps.mutex.lock().unwrap().insert(1, 1);
        let mut held = (maps.mutex.lock().unwrap(), maps.rw.write().unwrap());
        held.0.extend([(2, 2), (3, 3)]);
        held.1.insert(1, 1);
        panic!("half-way");
    });
    panic_with(&maps, |maps| {
        maps.set.lock().unwrap().insert(1);
        let _reading = maps.set.lock().unwrap();
        panic!("a mutex is poisoned by reading, too");
    });
    assert_eq!(locks(&*maps), free.map(|(name, ..)| (name, false, true)));
    let shown: Vec<_> = figures(&*maps)
        .iter()
        .map(|map| (map.site.name(), map.len, map.poisoned))
        .collect();
    let expected = [
        ("Std.mutex", 3, true),
        ("Std.rw", 1, true),
        ("Std.set", 1, true),
        ("Std.bare", 0, false),
    ];
    assert_eq!(shown, expected);
    assert!(
        maps.check_maps().is_empty(),
        "no contract says anything of it"
    );
    for (name, len) in [("Std.mutex", 3), ("Std.rw", 1), ("Std.set", 1)] {
        assert_eq!(reported(name), seen(1, 0, 1), "{name}");
        assert_eq!(site(name).len, if_recorded(len), "{name}");
        if records() {
            let text = "its lock is poisoned: a thread panicked while holding it";
            assert_eq!(remarks(name), [text]);
        }
    }

    maps.mutex.clear_poison();
    assert_eq!(reported("Std.mutex"), seen(1, 0, 0));
    assert!(!figures(&*maps)[0].poisoned);
    drop(maps);
    assert_eq!(
        reported("Std.mutex"),
        None,
        "it went, and its locks with it"
    );
}

#[test]
fn a_panic_while_a_lock_is_read_poisons_nothing() {
    let _alone = alone();
    #[mapkeeper::tracked]
    static READ: RwLock<BTreeMap<u32, u32>> = RwLock::new(mapkeeper::BTreeMap::new());

    let reader = thread::spawn(|| {
        let _reading = READ.read().unwrap();
        panic!("while reading");
    });
    assert!(reader.join().is_err());
    assert_eq!(reported("READ"), seen(1, 0, 0));
}

#[test]
fn a_static_tells_of_its_lock_unasked() {
    let _alone = alone();
    #[mapkeeper::tracked]
    static HELD: LazyLock<Mutex<HashMap<u32, u32>>> = LazyLock::new(Mutex::default);

    assert_eq!(reported("HELD"), None, "a report fills no cell");
    let mut held = HELD.lock().unwrap();
    held.extend((0..100).map(|n| (n, n)));
    assert!(figures(&*HELD).is_empty());
    assert_eq!(locks(&*HELD), [("HELD", true, false)]);
    assert_eq!(reported("HELD"), seen(1, 1, 0));
    assert_eq!(site("HELD").len, if_recorded(100), "as last counted");
    if records() {
        let text = "its lock is held now: the figures are as last counted";
        assert_eq!(remarks("HELD"), [text]);
        let json: serde_json::Value = serde_json::from_str(&mapkeeper::report().to_json()).unwrap();
        let rows = json["sites"].as_array().unwrap();
        let row = rows.iter().find(|row| row["site"] == "HELD").unwrap();
        assert_eq!(
            row["locks"],
            serde_json::json!({"seen": 1, "held": 1, "poisoned": 0})
        );
    }
    drop(held);
    assert_eq!(reported("HELD"), seen(1, 0, 0));
}

#[test]
fn a_cell_whose_filling_panicked_is_no_map_and_no_panic() {
    let _alone = alone();
    #[mapkeeper::tracked]
    static NEVER: LazyLock<Mutex<HashMap<u32, u32>>> = LazyLock::new(|| panic!("not today"));

    assert!(
        thread::spawn(|| NEVER.lock().unwrap().len())
            .join()
            .is_err()
    );
    assert!(figures(&NEVER).is_empty());
    assert!(NEVER.check_maps().is_empty());
    assert_eq!(reported("NEVER"), None);
}

#[test]
fn shards_are_counted() {
    let _alone = alone();
    #[mapkeeper::tracked]
    static SHARDS: LazyLock<Vec<RwLock<HashMap<u32, u32>>>> =
        LazyLock::new(|| (0..8).map(|_| RwLock::default()).collect());

    for n in 0..800 {
        SHARDS[n as usize % 8].write().unwrap().insert(n, n);
    }
    let _writing = (SHARDS[1].write().unwrap(), SHARDS[5].write().unwrap());
    let _reading = SHARDS[2].read().unwrap();
    let poisoner = thread::spawn(|| {
        let _writing = SHARDS[7].write().unwrap();
        panic!("while writing");
    });
    assert!(poisoner.join().is_err());
    assert_eq!(
        reported("SHARDS"),
        seen(8, 2, 1),
        "readers do not keep others from looking"
    );
    assert_eq!(figures(&*SHARDS).len(), 6);
    assert_eq!(site("SHARDS").len, if_recorded(800));
    if records() {
        assert_eq!(
            remarks("SHARDS"),
            [
                "1 of its 8 locks is poisoned: a thread panicked while holding it",
                "2 of its 8 locks are held now: the figures are as last counted",
            ]
        );
    }
}

/// Its map of maps has two sites, and one lock.
#[test]
fn a_lock_around_a_map_of_maps_is_told_once() {
    let _alone = alone();
    #[mapkeeper::tracked(deep)]
    static ROOMS: LazyLock<Mutex<HashMap<u32, HashMap<u32, u32>>>> = LazyLock::new(Mutex::default);

    let mut held = ROOMS.lock().unwrap();
    held.entry(1).or_default().insert(1, 1);
    assert_eq!(reported("ROOMS"), seen(1, 1, 0));
    assert_eq!(reported("ROOMS.*"), None, "none is around the inner maps");
    drop(held);
    assert_eq!(reported("ROOMS"), seen(1, 0, 0));
}

/// Its maps are behind one lock, so that nobody can look at the struct itself.
#[mapkeeper::tracked]
#[derive(Default)]
struct Inner {
    #[map]
    first: HashMap<u32, u32>,
    #[map]
    second: HashSet<u32>,
}

#[test]
fn a_lock_around_a_struct_is_told_for_each_of_its_maps() {
    let _alone = alone();
    let maps = Arc::new(Mutex::new(Inner::default()));
    watch_locks(&maps);
    watch_locks(&maps);
    let mut held = maps.lock().unwrap();
    held.first.insert(1, 1);
    assert_eq!(
        locks(&*maps),
        [("Inner.first", true, false), ("Inner.second", true, false)]
    );
    assert_eq!(
        reported("Inner.first"),
        seen(1, 1, 0),
        "watched twice, told once"
    );
    assert_eq!(reported("Inner.second"), seen(1, 1, 0));
    let unreached = Arc::clone(&maps).reset_maps().unreached;
    assert_eq!(unreached, ["Inner.first", "Inner.second"]);
    drop(held);
    panic_with(&maps, |maps| {
        let _held = maps.lock().unwrap();
        panic!("half-way");
    });
    assert_eq!(reported("Inner.first"), seen(1, 0, 1));
    assert_eq!(figures(&*maps).iter().filter(|map| map.poisoned).count(), 2);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Others {
    #[map]
    mutex: parking_lot::Mutex<HashMap<u32, u32>>,
    #[map]
    rw: parking_lot::RwLock<HashMap<u32, u32>>,
    #[map]
    tokio_mutex: tokio::sync::Mutex<HashMap<u32, u32>>,
    #[map]
    tokio_rw: tokio::sync::RwLock<HashMap<u32, u32>>,
    #[map]
    swapped: Mutex<arc_swap::ArcSwap<HashMap<u32, u32>>>,
}

#[test]
fn the_locks_of_other_crates_are_held_and_never_poisoned() {
    let _alone = alone();
    let maps = Arc::new(Others::default());
    watch_locks(&maps);
    let names = [
        "Others.mutex",
        "Others.rw",
        "Others.tokio_mutex",
        "Others.tokio_rw",
    ];
    {
        let _held = (
            maps.mutex.lock(),
            maps.rw.write(),
            maps.tokio_mutex.try_lock().unwrap(),
            maps.tokio_rw.try_write().unwrap(),
            maps.swapped.lock().unwrap(),
        );
        assert_eq!(locks(&*maps).len(), 5);
        assert!(
            locks(&*maps)
                .iter()
                .all(|(_, held, poisoned)| *held && !poisoned)
        );
        assert!(figures(&*maps).is_empty());
        for name in names {
            assert_eq!(reported(name), seen(1, 1, 0), "{name}");
        }
    }
    panic_with(&maps, |maps| {
        let _held = (
            maps.mutex.lock(),
            maps.rw.write(),
            maps.tokio_rw.try_write().unwrap(),
        );
        panic!("they know no poison");
    });
    for name in names {
        assert_eq!(reported(name), seen(1, 0, 0), "{name}");
    }
    assert_eq!(figures(&*maps).len(), 5);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Celled {
    #[map]
    cell: Rc<RefCell<HashMap<u32, u32>>>,
}

#[test]
fn a_cell_that_is_borrowed_for_writing_is_held() {
    let _alone = alone();
    let maps = Celled::default();
    let reading = maps.cell.borrow();
    assert_eq!(locks(&maps), [("Celled.cell", false, false)]);
    drop(reading);
    let mut writing = maps.cell.borrow_mut();
    writing.insert(1, 1);
    assert_eq!(locks(&maps), [("Celled.cell", true, false)]);
    assert!(figures(&maps).is_empty());
    assert_eq!(site("Celled.cell").len, if_recorded(1));
}

/// Behind a type that nobody knows, the maps are found by looking, and a held lock has nothing to tell.
#[test]
fn a_lock_around_any_tracked_value_names_what_can_be_looked_at() {
    let _alone = alone();
    let maps: Arc<Mutex<dyn TrackedMaps + Send>> = Arc::new(Mutex::new(Inner::default()));
    assert_eq!(figures(&maps).len(), 2);
    let _held = maps.lock().unwrap();
    assert!(figures(&maps).is_empty() && locks(&maps).is_empty());
}

/// Two scrapes that come at once.
#[test]
fn reports_do_not_find_each_others_hands_on_a_lock() {
    let _alone = alone();
    let all: Vec<_> = (0..400).map(|_| Arc::new(Twice::default())).collect();
    for maps in &all {
        watch_locks(maps);
    }
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..200 {
                    assert_eq!(reported("Twice.map"), seen(400, 0, 0));
                }
            });
        }
    });
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Twice {
    #[map]
    map: Mutex<HashMap<u32, u32>>,
}
