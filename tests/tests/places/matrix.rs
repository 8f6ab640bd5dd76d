//! Every kind in every place: found, counted and named wherever it stands, in every mode.

use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    hash::RandomState,
    rc::Rc,
    sync::{Arc, LazyLock, Mutex, OnceLock, RwLock},
};

use arc_swap::ArcSwap;
use mapkeeper::TrackedMaps;
use mapkeeper_tests::sites::{figures, if_recorded, site};

macro_rules! in_every_place {
    ($($test:ident, $name:ident: $kind:ty, $entries:expr;)+) => {$(
        #[test]
        fn $test() {
            #[mapkeeper::tracked]
            struct $name {
                #[map]
                alone: $kind,
                #[map]
                arc: Arc<$kind>,
                #[map]
                rc: Rc<$kind>,
                #[map]
                boxed: Box<$kind>,
                #[map]
                option: Option<$kind>,
                #[map]
                mutex: Mutex<$kind>,
                #[map]
                rw_lock: RwLock<$kind>,
                #[map]
                ref_cell: RefCell<$kind>,
                #[map]
                once_lock: OnceLock<$kind>,
                #[map]
                once_cell: OnceCell<$kind>,
                #[map]
                lazy: LazyLock<$kind>,
                #[map]
                shards: Vec<$kind>,
                #[map]
                array: [$kind; 2],
                #[map]
                slice: Arc<[RwLock<$kind>]>,
                #[map]
                parking: parking_lot::RwLock<$kind>,
                #[map]
                tokio: tokio::sync::Mutex<$kind>,
                #[map]
                lazy_of_once_cell: once_cell::sync::Lazy<$kind>,
                #[map]
                swapped: ArcSwap<$kind>,
                #[map]
                deep_down: Arc<Mutex<Option<Box<RefCell<$kind>>>>>,
            }

            let mut s = $name {
                alone: $entries.collect(),
                arc: Arc::new($entries.collect()),
                rc: Rc::new($entries.collect()),
                boxed: Box::new($entries.collect()),
                option: Some($entries.collect()),
                mutex: Mutex::new($entries.collect()),
                rw_lock: RwLock::new($entries.collect()),
                ref_cell: RefCell::new($entries.collect()),
                once_lock: OnceLock::new(),
                once_cell: OnceCell::new(),
                lazy: LazyLock::new(|| $entries.collect()),
                shards: vec![$entries.collect(), $entries.collect()],
                array: [$entries.collect(), $entries.collect()],
                slice: Arc::new([RwLock::new($entries.collect())]),
                parking: parking_lot::RwLock::new($entries.collect()),
                tokio: tokio::sync::Mutex::new($entries.collect()),
                lazy_of_once_cell: once_cell::sync::Lazy::new(|| $entries.collect()),
                swapped: ArcSwap::from_pointee($entries.collect()),
                deep_down: Arc::new(Mutex::new(Some(Box::new(RefCell::new($entries.collect()))))),
            };
            s.once_lock.get_or_init(|| $entries.collect());
            s.once_cell.get_or_init(|| $entries.collect());
            assert_eq!(s.lazy.len() + s.lazy_of_once_cell.len(), 6);
            let mut places = 0;
            for map in figures(&s) {
                places += 1;
                let row = site(map.site.name());
                let several = 1 + u64::from(matches!(
                    map.site.name().rsplit('.').next(),
                    Some("shards" | "array")
                ));
                assert_eq!((map.len, row.len), (3, if_recorded(3 * several)), "{}", map.site.name());
            }
            assert_eq!(places, 21);
            assert!(s.check_maps().is_empty());
            // What is in an `ArcSwap` may be looked at by others at any time.
            let reset = s.reset_maps();
            assert_eq!((reset.entries(), reset.unreached.len()), (3 * 20, 1), "{reset}");
            assert_eq!(reset.unreached, [concat!(stringify!($name), ".swapped")]);
        }
    )+};
}

in_every_place! {
    hash_maps, Hashes: HashMap<u32, u32>, (0..3).map(|n| (n, n));
    hash_sets, HashSets: HashSet<u32>, 0..3;
    hashbrowns_maps, Hashbrowns: hashbrown::HashMap<u32, u32, RandomState>, (0..3).map(|n| (n, n));
    hashbrowns_sets, HashbrownSets: hashbrown::HashSet<u32, RandomState>, 0..3;
    btree_maps, Trees: BTreeMap<u32, u32>, (0..3).map(|n| (n, n));
    btree_sets, TreeSets: BTreeSet<u32>, 0..3;
    index_maps, Indexes: indexmap::IndexMap<u32, u32>, (0..3).map(|n| (n, n));
    index_sets, IndexSets: indexmap::IndexSet<u32>, 0..3;
    slabs, Slabs: slab::Slab<u32>, (0..3).map(|n| (n as usize, n));
}
