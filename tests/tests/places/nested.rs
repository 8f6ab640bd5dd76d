//! Maps as the values of maps.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, LazyLock, Mutex, RwLock},
};

use mapkeeper::{Clause, MODE, Mode, RemovalCause, TrackedMaps};
use mapkeeper_tests::{
    panics::caught,
    sites::{exits, figures, if_recorded, records, site},
};

fn seen(value: &impl TrackedMaps) -> Vec<(&'static str, usize, usize)> {
    let mut maps: Vec<_> = figures(value)
        .iter()
        .map(|map| (map.site.name(), map.len, map.residue))
        .collect();
    // The order of inner maps is that of the outer one's table.
    maps.sort_unstable();
    maps
}

#[test]
fn an_inner_map_that_is_empty_is_residue_of_the_outer_one() {
    #[mapkeeper::tracked]
    #[derive(Default)]
    struct Rooms {
        #[map]
        members: HashMap<u32, HashMap<u32, String>>,
        #[map]
        locked: HashMap<u32, Arc<RwLock<HashMap<u32, String>>>>,
    }

    let mut rooms = Rooms::default();
    let ada = || "ada".to_owned();
    for room in 0..2 {
        rooms.members.entry(room).or_default().insert(7, ada());
        let locked = rooms.locked.entry(room).or_default();
        locked.write().unwrap().insert(7, ada());
    }
    assert_eq!(
        seen(&rooms),
        [("Rooms.locked", 2, 0), ("Rooms.members", 2, 0)]
    );
    rooms.members.get_mut(&0).unwrap().remove(&7);
    rooms.locked[&0].write().unwrap().remove(&7);
    assert_eq!(
        seen(&rooms),
        [("Rooms.locked", 2, 1), ("Rooms.members", 2, 1)]
    );
}

thread_local! {
    static TOLD: RefCell<Vec<(u32, RemovalCause)>> = const { RefCell::new(Vec::new()) };
}

fn tell(key: &u32, _: &String, cause: RemovalCause) {
    TOLD.with_borrow_mut(|told| told.push((*key, cause)));
}

#[test]
fn deep_tracks_the_inner_maps_as_instances_of_a_site() {
    #[mapkeeper::tracked]
    #[derive(Debug, Default, Clone, PartialEq)]
    struct Tenants {
        #[map(max_len = 10, deep(on_remove = tell, max_len = 3))]
        by_tenant: HashMap<u32, HashMap<u32, String>>,
    }

    let mut tenants = Tenants::default();
    for tenant in 0..3 {
        let inner = tenants.by_tenant.entry(tenant).or_default();
        inner.extend((0..tenant).map(|key| (key, key.to_string())));
    }
    tenants.by_tenant.insert(3, HashMap::new().into());
    let (outer, inner) = ("Tenants.by_tenant", "Tenants.by_tenant.*");
    assert_eq!(
        seen(&tenants),
        [
            (outer, 4, 2),
            (inner, 0, 0),
            (inner, 0, 0),
            (inner, 1, 0),
            (inner, 2, 0)
        ]
    );
    assert_eq!(
        (site(outer).max_len, site(inner).max_len),
        (Some(10), Some(3))
    );
    assert_eq!(site(inner).len, if_recorded(3));
    assert_eq!(site(inner).instances, if_recorded(2));

    tenants.by_tenant.get_mut(&2).unwrap().remove(&1);
    assert_eq!(TOLD.take(), [(1, RemovalCause::Removed)]);
    tenants.by_tenant.remove(&1);
    assert_eq!(TOLD.take(), [(0, RemovalCause::MapDropped)]);
    let copy = tenants.clone();
    assert_eq!(copy, tenants);
    assert_eq!(tenants.reset_maps().entries(), 3);
    assert_eq!(TOLD.take(), [(0, RemovalCause::MapDropped)]);
    assert_eq!(site(inner).len, if_recorded(1), "the copy's");
    if records() {
        assert_eq!(
            exits(inner),
            [(RemovalCause::Removed, 1), (RemovalCause::MapDropped, 2)]
        );
    }
}

#[test]
fn what_is_declared_about_inner_maps_is_checked_in_each() {
    #[mapkeeper::tracked]
    #[derive(Default)]
    struct Checked {
        #[map(deep(residue = deny))]
        rooms: HashMap<u32, HashMap<u32, Option<u32>>>,
    }

    let mut checked = Checked::default();
    for room in 0..3 {
        checked.rooms.entry(room).or_default().insert(1, Some(1));
    }
    assert!(checked.check_maps().is_empty());
    let emptied = caught(|| {
        checked.rooms.get_mut(&2).unwrap().insert(1, None);
    });
    // Strict refuses the write itself.
    assert_eq!(emptied.is_err(), MODE == Mode::Strict);
    if emptied.is_ok() {
        let found = checked.check_maps();
        assert_eq!(
            (found[0].clause, found[0].site.name(), found.len()),
            (Clause::Residue, "Checked.rooms.*", 1)
        );
    }
}

#[test]
fn deep_goes_through_whatever_is_around_either_map() {
    #[mapkeeper::tracked]
    #[derive(Default)]
    struct Around<K: Eq + std::hash::Hash, V> {
        #[map(deep)]
        wrapped: Arc<RwLock<HashMap<K, Arc<Mutex<HashMap<u32, V>>>>>>,
        #[map(deep)]
        shards: Vec<HashMap<K, Option<Box<HashMap<u32, V>>>>>,
        #[map(deep, name = "array")]
        array: [parking_lot::Mutex<HashMap<K, Vec<HashMap<u32, V>>>>; 1],
    }

    let mut around = Around::<&str, u8>::default();
    let wrapped = Arc::clone(around.wrapped.write().unwrap().entry("a").or_default());
    wrapped.lock().unwrap().insert(1, 1);
    around.shards.push(HashMap::new().into());
    let inner = around.shards[0].entry("a").or_default();
    inner.insert(Box::default()).insert(1, 1);
    let inner = around.array[0].get_mut().entry("a").or_default();
    inner.push([(1, 1), (2, 2)].into());
    assert_eq!(
        seen(&around),
        [
            ("Around.shards", 1, 0),
            ("Around.shards.*", 1, 0),
            ("Around.wrapped", 1, 0),
            ("Around.wrapped.*", 1, 0),
            ("array", 1, 0),
            ("array.*", 2, 0)
        ]
    );
    assert_eq!(site("Around.wrapped.*").len, if_recorded(1));
    let _held = wrapped.lock().unwrap();
    assert_eq!(seen(&around).len(), 5, "a held inner map is left out");
}

#[test]
fn kinds_may_be_nested_in_each_other() {
    #[mapkeeper::tracked]
    #[derive(Default)]
    struct Kinds {
        #[map(deep)]
        trees: BTreeMap<u8, BTreeMap<u8, u8>>,
        #[map(deep)]
        slabs: HashMap<u8, slab::Slab<u8>>,
        #[map(deep)]
        maps: slab::Slab<HashMap<u8, u8>>,
        #[map(deep)]
        sets: hashbrown::HashMap<u8, HashSet<u8>, std::hash::RandomState>,
    }

    let mut kinds = Kinds::default();
    kinds.trees.entry(1).or_default();
    kinds.slabs.entry(1).or_default();
    kinds.maps.insert(HashMap::new().into());
    kinds.sets.entry(1).or_default();
    assert_eq!(
        seen(&kinds),
        [
            ("Kinds.maps", 1, 1),
            ("Kinds.maps.*", 0, 0),
            ("Kinds.sets", 1, 1),
            ("Kinds.sets.*", 0, 0),
            ("Kinds.slabs", 1, 1),
            ("Kinds.slabs.*", 0, 0),
            ("Kinds.trees", 1, 1),
            ("Kinds.trees.*", 0, 0)
        ]
    );
    kinds.trees.entry(1).or_default().insert(1, 1);
    assert_eq!(site("Kinds.trees.*").len, if_recorded(1));
}

#[test]
fn statics_aliases_and_variants_may_be_deep() {
    #[mapkeeper::tracked(deep(name = "members of rooms"))]
    static ROOMS: LazyLock<Mutex<HashMap<u32, HashMap<u32, u8>>>> = LazyLock::new(Default::default);

    #[mapkeeper::tracked(deep(deep))]
    type Levels = HashMap<u8, HashMap<u8, HashMap<u8, u8>>>;

    #[mapkeeper::tracked]
    enum State {
        Open(#[map(deep)] HashMap<u8, HashMap<u8, u8>>),
    }

    ROOMS.lock().unwrap().entry(1).or_default().insert(1, 1);
    assert_eq!(seen(&ROOMS), [("ROOMS", 1, 0), ("members of rooms", 1, 0)]);

    let mut levels = Levels::new();
    let inner = levels.entry(1).or_default();
    inner.entry(1).or_default().insert(1, 1);
    inner.entry(2).or_default();
    assert_eq!(
        seen(&levels),
        [
            ("Levels", 1, 0),
            ("Levels.*", 2, 1),
            ("Levels.*.*", 0, 0),
            ("Levels.*.*", 1, 0)
        ]
    );

    let mut open = HashMap::new();
    open.insert(1, [(1, 1)].into());
    let state = State::Open(open.into());
    assert_eq!(
        seen(&state),
        [("State::Open.0", 1, 0), ("State::Open.0.*", 1, 0)]
    );
}
