//! Tracked fields of dashmap's type and ours: one site and one instance, whose figures are the sums of the shards'.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use dashmap::DashMap;
use mapkeeper::{Clause, MODE, Mode, RemovalCause, RemovalHook, TrackedMaps, sync};
use mapkeeper_tests::{
    panics::caught,
    sites::{ENFORCE, exits, figures, if_recorded, records, site},
};

#[mapkeeper::tracked]
#[derive(Default)]
struct Hub {
    #[map]
    sessions: DashMap<u64, Option<u8>>,
}

#[test]
fn shards_are_one_map() {
    let hub = Hub {
        sessions: DashMap::new().into(),
    };
    assert_eq!(site("Hub.sessions").instances, if_recorded(1));
    for key in 0..1_000 {
        hub.sessions.insert(key, (key >= 10).then_some(1));
    }
    let seen = figures(&hub)[0];
    assert_eq!((seen.len, seen.residue), (1_000, 10));
    let row = site("Hub.sessions");
    assert_eq!(
        (row.len, row.peak),
        (if_recorded(1_000), if_recorded(1_000))
    );
    assert_eq!(row.instances, if_recorded(1));
    assert_eq!(row.residue, if_recorded(10));
    assert_eq!(row.table_bytes, if_recorded(seen.table_bytes as u64));
    assert!(row.capacity >= row.len);
    if records() {
        assert_eq!(row.largest.len(), 1);
        assert_eq!(
            (row.largest[0].len, row.largest[0].residue),
            (row.len, row.residue)
        );
        assert_eq!(
            (row.largest[0].capacity, row.largest[0].table_bytes),
            (row.capacity, row.table_bytes)
        );
    }
    drop(hub);
    let row = site("Hub.sessions");
    assert_eq!((row.len, row.instances, row.residue), (0, 0, 0));
    assert_eq!((row.capacity, row.instances_total), (0, if_recorded(1)));
    assert_eq!(
        row.removed.get(RemovalCause::MapDropped),
        if_recorded(1_000)
    );
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Loaned {
    #[map]
    maybe: sync::HashMap<u64, Option<u8>>,
}

#[test]
fn a_value_that_is_emptied_through_a_guard_is_residue() {
    let s = Loaned::default();
    s.maybe.insert(7, Some(1));
    *s.maybe.get_mut(&7).unwrap() = None;
    assert_eq!(figures(&s)[0].residue, 1);
    // Strict looks at the shard's next operation.
    s.maybe.remove(&8);
    s.maybe.entry(7).and_modify(|_| ());
    if MODE == Mode::Strict {
        assert_eq!(site("Loaned.maybe").residue, 1);
    }
    s.maybe.insert(7, Some(2));
    s.maybe.insert(7, None);
    assert_eq!(figures(&s)[0].residue, 1);
    s.maybe.remove(&7);
    assert_eq!(site("Loaned.maybe").residue, 0);
}

static LIVE: LazyLock<Arc<LiveMap>> = LazyLock::new(Arc::default);

#[mapkeeper::tracked]
type LiveMap = sync::HashMap<&'static str, u32>;

#[test]
fn an_alias_in_a_static_works_as_well() {
    LIVE.insert("a", 1);
    *LIVE.get_mut("a").unwrap() += 1;
    assert_eq!(LIVE.remove("a"), Some(("a", 2)));
    assert_eq!(
        exits("LiveMap"),
        if records() {
            vec![(RemovalCause::Removed, 1)]
        } else {
            vec![]
        }
    );
}

fn stays(_: &u64, value: &bool) -> Result<(), &'static str> {
    if *value { Err("pinned") } else { Ok(()) }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Pins {
    #[map(guard = stays)]
    pins: DashMap<u64, bool>,
}

#[test]
fn a_guard_is_asked_while_the_entry_is_locked() {
    let s = Pins::default();
    s.pins.extend_from([(1, true), (2, false)]);
    assert_eq!(s.pins.try_remove(&2).unwrap(), Some((2, false)));
    assert_eq!(s.pins.try_remove(&1).is_err(), ENFORCE);
    s.pins.insert(1, true);
    assert_eq!(s.pins.try_retain(|_, _| false), usize::from(ENFORCE));
    s.pins.insert(1, true);
    match s.pins.entry(1) {
        sync::Entry::Occupied(entry) => assert_eq!(entry.try_remove().is_err(), ENFORCE),
        sync::Entry::Vacant(_) => panic!("it was inserted"),
    }
    assert_eq!(s.pins.len(), usize::from(ENFORCE));
}

/// Inserts through a shared reference.
trait ExtendFrom<K, V> {
    fn extend_from(&self, entries: impl IntoIterator<Item = (K, V)>);
}

impl<K: Eq + std::hash::Hash, V, T: mapkeeper::Keeper<K, V>> ExtendFrom<K, V>
    for sync::HashMap<K, V, std::hash::RandomState, T>
{
    fn extend_from(&self, entries: impl IntoIterator<Item = (K, V)>) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

#[derive(Default)]
struct Sum(u64);

impl RemovalHook<u64, u64> for Sum {
    fn on_remove(&mut self, _: &u64, value: &u64, _: RemovalCause) {
        self.0 += value;
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Stateful {
    #[map(hooks = Sum)]
    map: DashMap<u64, u64>,
}

#[test]
fn each_shard_has_hooks_of_its_own() {
    let s = Stateful::default();
    s.map.extend_from((0..100).map(|n| (n, n)));
    s.map.retain(|n, _| *n >= 50);
    let mut sum = 0;
    s.map.each_hooks(|hooks| sum += hooks.0);
    assert_eq!(sum, (0..50).sum::<u64>());
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Bounded {
    #[map(max_len = 100)]
    map: DashMap<u64, u8>,
}

#[test]
fn a_longest_length_is_of_the_whole_map() {
    let s = Bounded::default();
    s.map.extend_from((0..100).map(|n| (n, 0)));
    for n in 0..1_000 {
        s.map.remove(&n);
        s.map.insert(n + 100, 0);
    }
    assert_eq!(site("Bounded.map").breaches, 0);
    assert!(s.check_maps().is_empty());
    let line = line!() + 1;
    let breach = caught(|| s.map.insert(0, 0));
    if MODE == Mode::Strict {
        let breach = breach.unwrap_err();
        assert_eq!((breach.line, breach.file.as_str()), (line, file!()));
        assert!(breach.message.contains("Bounded.map"), "{}", breach.message);
    } else {
        assert_eq!(breach, Ok(None));
    }
    assert_eq!(site("Bounded.map").breaches, if_recorded(1));
    assert_eq!(s.check_maps()[0].clause, Clause::MaxLen);
    assert_eq!(s.map.len(), 101);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Emptied {
    #[map(empty_on_drop)]
    map: DashMap<u64, u8>,
}

#[test]
fn a_map_that_was_to_be_empty_tells_of_all_its_shards_at_once() {
    drop(Emptied::default());
    let s = Emptied::default();
    s.map.extend_from((0..100).map(|n| (n, 0)));
    let end = caught(|| drop(s));
    if MODE == Mode::Strict {
        assert!(end.unwrap_err().message.contains("100"));
    }
    let row = site("Emptied.map");
    assert_eq!((row.breaches, row.len), (if_recorded(1), 0));
    assert_eq!(row.leftovers, if_recorded(100));
}

thread_local! {
    static TOLD: RefCell<Vec<(u64, RemovalCause)>> = const { RefCell::new(Vec::new()) };
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "a hook is shown what the map holds"
)]
fn tell(key: &u64, _: &u8, cause: RemovalCause) {
    TOLD.with_borrow_mut(|told| told.push((*key, cause)));
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Orders {
    #[map(on_remove = tell)]
    by_id: DashMap<u64, u8>,
    #[map(subset_of = by_id)]
    urgent: sync::HashMap<u64, ()>,
}

#[test]
fn maps_are_checked_and_reset() {
    TOLD.take();
    let mut s = Orders::default();
    s.by_id.extend_from([(1, 1), (2, 1)]);
    s.urgent.insert(2, ());
    assert!(s.check_maps().is_empty());
    s.by_id.remove(&2);
    assert_eq!(s.check_maps()[0].clause, Clause::SubsetOf);
    let reset = s.reset_maps();
    assert_eq!(
        reset.maps.iter().map(|map| map.entries).collect::<Vec<_>>(),
        [1, 1]
    );
    assert_eq!(figures(&s).iter().map(|map| map.capacity).sum::<usize>(), 0);
    assert_eq!(
        TOLD.take(),
        [(2, RemovalCause::Removed), (1, RemovalCause::Cleared)]
    );
}

#[mapkeeper::tracked]
type SharedMap = DashMap<u64, u8>;

#[test]
fn a_shared_map_is_reset_unless_it_is_in_use() {
    let mut shared = Arc::new(SharedMap::default());
    shared.insert(3, 1);
    let other = Arc::clone(&shared);
    let guard = other.get(&3);
    assert_eq!(shared.reset_maps().unreached, ["SharedMap"]);
    drop(guard);
    assert_eq!(shared.reset_maps().entries(), 1);
    assert_eq!(
        exits("SharedMap"),
        if records() {
            vec![(RemovalCause::Cleared, 1)]
        } else {
            vec![]
        }
    );
}

#[test]
fn a_shard_that_is_written_is_a_held_lock() {
    let s = Loaned::default();
    let held = || {
        let mut held = Vec::new();
        s.visit_locks(&mut |lock| held.push((lock.site.name(), lock.held)));
        held
    };
    s.maybe.insert(1, Some(1));
    assert_eq!(held(), [("Loaned.maybe", false)]);
    let guard = s.maybe.get_mut(&1);
    assert_eq!(held(), [("Loaned.maybe", true)]);
    assert!(figures(&s).is_empty());
    drop(guard);
    assert_eq!(figures(&s).len(), 1);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Rooms {
    #[map(deep)]
    rooms: DashMap<u64, HashMap<u64, u8>>,
}

#[test]
fn maps_in_a_concurrent_map_are_tracked_as_well() {
    let s = Rooms::default();
    s.rooms.entry(1).or_default().insert(7, 7);
    s.rooms.entry(2).or_default().insert(8, 8);
    let lens: Vec<usize> = figures(&s).iter().map(|map| map.len).collect();
    assert_eq!(lens, [2, 1, 1]);
}

#[test]
fn a_line_is_named_that_inserts() {
    #[mapkeeper::tracked]
    #[derive(Default)]
    struct Lines {
        #[map]
        map: DashMap<u64, u64>,
    }
    let s = Lines::default();
    let line = line!() + 2;
    for n in 0..200_000 {
        s.map.insert(n, n);
    }
    let row = site("Lines.map");
    if records() {
        assert_eq!(row.call_sites.len(), 1);
        let at = &row.call_sites[0].call_site;
        assert!(at.contains(&format!("fields.rs:{line}")), "{at}");
    }
}
