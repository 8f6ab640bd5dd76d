//! `check_maps` and `assert_maps`: what was declared, against what the maps hold; the same in every mode.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    hash::Hash,
    rc::{Rc, Weak},
    sync::{Arc, LazyLock, Mutex, OnceLock, RwLock},
};

use mapkeeper::{Breach, Clause, MODE, Mode, TrackedMaps};
use mapkeeper_tests::{
    events::{capture, under},
    panics::caught,
    sites::{if_recorded, site},
};
use proptest::{collection::vec, prelude::*};

#[mapkeeper::tracked]
#[derive(Default)]
struct Related {
    #[map]
    whole: HashMap<u8, ()>,
    #[map(subset_of = whole, show_keys)]
    part: HashMap<u8, u64>,
    #[map(follows = whole)]
    twin: Arc<RwLock<HashMap<u8, String>>>,
    #[map(subset_of = whole)]
    by_name: HashMap<String, u8>,
    #[map(follows = whole)]
    names: HashMap<String, u8>,
}

/// Clause, declaring map and number of entries of each breach.
fn facts(breaches: &[Breach]) -> Vec<(Clause, &'static str, usize)> {
    breaches
        .iter()
        .map(|breach| (breach.clause, breach.site.name(), breach.entries))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn breaches_are_those_of_a_brute_force_model(
        whole in vec(0..30_u8, 0..30),
        part in vec(0..30_u8, 0..12),
        twin in vec(0..30_u8, 0..12),
        by_name in vec(0..30_u8, 0..30),
    ) {
        let mut s = Related::default();
        s.whole.extend(whole.iter().map(|key| (*key, ())));
        s.part.extend(part.iter().map(|key| (*key, 0)));
        s.twin.write().unwrap().extend(twin.iter().map(|key| (*key, String::new())));
        for key in &by_name {
            s.by_name.insert(key.to_string(), *key);
            s.names.insert(key.to_string(), *key);
        }

        let strays = |keys: &[u8]| -> Vec<u8> {
            let keys: BTreeSet<u8> = keys.iter().copied().collect();
            keys.into_iter().filter(|key| !whole.contains(key)).collect()
        };
        let size = |keys: &[u8]| keys.iter().collect::<BTreeSet<_>>().len();
        let mut expected = Vec::new();
        let (parts, twins) = (strays(&part), strays(&twin));
        if !parts.is_empty() {
            expected.push((Clause::SubsetOf, "Related.part", parts.len()));
        }
        if !twins.is_empty() {
            expected.push((Clause::Follows, "Related.twin", twins.len()));
        }
        if size(&by_name) > size(&whole) {
            let surplus = size(&by_name) - size(&whole);
            expected.push((Clause::SubsetOf, "Related.by_name", surplus));
        }
        let found = s.check_maps();
        prop_assert_eq!(facts(&found), expected);
        for breach in &found {
            prop_assert_eq!(breach.other.map(|other| other.name()), Some("Related.whole"));
            let shown = if breach.site.name() == "Related.part" { parts.len().min(8) } else { 0 };
            prop_assert_eq!(breach.sample_keys.len(), shown);
            for key in &breach.sample_keys {
                prop_assert!(parts.contains(&key.parse().unwrap()));
            }
        }
        prop_assert_eq!(caught(|| s.assert_maps()).is_err(), !found.is_empty());
    }
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Told {
    #[map]
    orders: HashMap<u32, u32>,
    #[map(subset_of = orders, show_keys, name = "the index")]
    index: HashMap<u32, u32>,
}

#[test]
fn a_breach_is_counted_each_time_and_told_once_a_minute() {
    let _the_same_minute = mapkeeper::testing::Clock::drive();
    let mut s = Told::default();
    s.index.extend([(7, 7)]);
    let (found, events) = capture(|| {
        s.check_maps();
        s.check_maps()
    });
    let text = "the index holds 1 key that Told.orders does not hold, but declares `subset_of` Told.orders: remove a key \
                from the index before it leaves Told.orders, and insert it after it came there";
    assert_eq!(found[0].sentence, text);
    assert_eq!(found[0].to_string(), format!("{text} (7)"));
    assert_eq!(site("the index").breaches, if_recorded(2));
    let events = under(&events, "mapkeeper::breach");
    assert_eq!(events.len() as u64, if_recorded(1));
    for event in &events {
        assert_eq!(event.field("site"), "the index");
        assert_eq!(event.field("message"), found[0].to_string());
    }

    s.index.extend((0..20).map(|n| (n, n)));
    let found = s.check_maps();
    assert_eq!((found[0].entries, found[0].sample_keys.len()), (20, 8));
    assert!(found[0].to_string().ends_with(", …)"), "{}", found[0]);
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Alone {
    #[map(max_len = 2)]
    few: HashMap<u32, u32>,
    #[map(residue = deny, show_keys)]
    handles: HashMap<u32, Weak<u32>>,
    #[map(residue = deny)]
    unknown: HashMap<u32, u32>,
    #[map]
    any: HashMap<u32, Option<u32>>,
}

#[test]
fn what_a_map_declares_of_itself_is_checked_by_what_it_holds_now() {
    let mut s = Alone::default();
    let alive = Rc::new(1);
    s.any.insert(1, None);
    s.unknown.insert(1, 1);
    s.handles.insert(1, Rc::downgrade(&alive));
    s.few.extend([(1, 1), (2, 2)]);
    assert!(s.check_maps().is_empty());
    s.assert_maps();

    drop(alive);
    drop(caught(|| s.few.insert(3, 3)));
    let found = s.check_maps();
    assert_eq!(
        facts(&found),
        [
            (Clause::MaxLen, "Alone.few", 1),
            (Clause::Residue, "Alone.handles", 1)
        ]
    );
    assert_eq!(found[1].sample_keys, ["1"]);
    assert!(found.iter().all(|breach| breach.other.is_none()));

    let (line, panic) = (line!(), caught(|| s.assert_maps()).unwrap_err());
    assert_eq!((panic.file.as_str(), panic.line), (file!(), line));
    for part in [
        "Alone.few holds 3 entries, but declares `max_len = 2`",
        "Alone.handles holds 1 key whose value is vacant, but declares `residue = deny`",
    ] {
        assert!(panic.message.contains(part), "{}", panic.message);
    }
    // Strict counted the insertion that was one too many, too.
    let inserted = u64::from(MODE != Mode::Off);
    assert_eq!(site("Alone.few").breaches, if_recorded(2 + inserted));
    // Strict would say it of the next operation.
    drop(caught(|| s.handles.clear()));
    drop(caught(|| s.few.clear()));
}

#[mapkeeper::tracked]
struct Wrapped {
    #[map]
    orders: LazyLock<Arc<Mutex<HashMap<u32, u32>>>>,
    #[map(subset_of = orders)]
    maybe: Option<Box<HashMap<u32, u32>>>,
    #[map(follows = maybe)]
    once: OnceLock<Rc<RefCell<HashMap<u32, u32>>>>,
    inner: Vec<Arc<Mutex<Nested>>>,
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Nested {
    #[map(max_len = 1)]
    map: HashMap<u32, u32>,
    #[map(subset_of = map)]
    part: HashMap<u32, u32>,
}

#[test]
fn maps_are_compared_through_wrappers_and_left_alone_behind_held_locks() {
    let mut s = Wrapped {
        orders: LazyLock::new(Arc::default),
        maybe: None,
        once: OnceLock::new(),
        inner: vec![Arc::default(), Arc::default()],
    };
    assert!(s.check_maps().is_empty(), "no map, no keys");

    s.once.get_or_init(Rc::default).borrow_mut().insert(1, 1);
    let follows = (Clause::Follows, "Wrapped.once", 1);
    assert_eq!(
        facts(&s.check_maps()),
        [follows],
        "what is not there holds no key"
    );

    s.maybe = Some(Box::default());
    s.maybe.as_mut().unwrap().extend([(1, 1), (2, 2)]);
    let subset = (Clause::SubsetOf, "Wrapped.maybe", 2);
    assert_eq!(facts(&s.check_maps()), [subset]);
    s.orders.lock().unwrap().insert(2, 2);
    assert_eq!(facts(&s.check_maps()), [(subset.0, subset.1, 1)]);

    s.inner[1].lock().unwrap().part.insert(5, 5);
    let nested = (Clause::SubsetOf, "Nested.part", 1);
    assert_eq!(facts(&s.check_maps()), [(subset.0, subset.1, 1), nested]);

    let orders = Arc::clone(&*s.orders);
    let inner = Arc::clone(&s.inner[1]);
    let held = (orders.lock().unwrap(), inner.lock().unwrap());
    assert!(s.check_maps().is_empty(), "both locks are held");
    drop(held);
    let once = Rc::clone(s.once.get().unwrap());
    let borrowed = once.borrow_mut();
    assert_eq!(s.check_maps().len(), 2);
    drop(borrowed);
    assert_eq!(Rc::new(s).check_maps().len(), 2);
}

#[mapkeeper::tracked]
struct Bounded<K: Eq + Hash> {
    #[map]
    whole: HashMap<K, u8>,
    #[map(subset_of = whole, follows = whole)]
    part: HashMap<K, u8>,
}

#[mapkeeper::tracked]
struct Bare<K> {
    #[map]
    whole: HashMap<K, u8>,
    #[map(subset_of = whole, follows = whole)]
    part: HashMap<K, u8>,
}

#[test]
fn keys_of_a_parameter_are_looked_up_if_its_bounds_allow() {
    let bounded = Bounded {
        whole: [(1, 1)].into(),
        part: [(2, 1)].into(),
    };
    let name = "Bounded.part";
    assert_eq!(
        facts(&bounded.check_maps()),
        [(Clause::SubsetOf, name, 1), (Clause::Follows, name, 1)]
    );
    let mut bare = Bare {
        whole: [(1, 1)].into(),
        part: [(2, 1)].into(),
    };
    assert!(bare.check_maps().is_empty(), "the sizes agree");
    bare.part.extend([(3, 1), (4, 1)]);
    let found = bare.check_maps();
    assert_eq!(facts(&found), [(Clause::SubsetOf, "Bare.part", 2)]);
    assert!(
        found[0]
            .sentence
            .starts_with("Bare.part holds 3 entries and Bare.whole only 1, but"),
        "{}",
        found[0]
    );
}

#[mapkeeper::tracked(check_on_drop)]
#[derive(Default)]
struct CheckedAtItsEnd {
    #[map]
    whole: HashMap<u8, ()>,
    #[map(follows = whole, show_keys)]
    part: Arc<Mutex<BTreeSet<u8>>>,
}

#[test]
fn a_struct_is_checked_when_it_goes() {
    let mut sound = CheckedAtItsEnd::default();
    sound.whole.insert(7, ());
    sound.part.lock().unwrap().insert(7);
    drop(sound);
    assert_eq!(site("CheckedAtItsEnd.part").breaches, 0);

    let stray = || {
        let s = CheckedAtItsEnd::default();
        s.part.lock().unwrap().insert(7);
        s
    };
    let (result, events) = capture(|| caught(|| drop(stray())));
    let strict = MODE == Mode::Strict;
    assert_eq!(result.is_err(), strict);
    let text = "CheckedAtItsEnd.part holds 1 key that CheckedAtItsEnd.whole does not hold, but declares that it follows \
                CheckedAtItsEnd.whole: remove a key from CheckedAtItsEnd.part wherever it leaves CheckedAtItsEnd.whole (7)";
    if let Err(panic) = result {
        assert_eq!(
            (panic.message.as_str(), panic.file.as_str()),
            (text, file!())
        );
    }
    assert_eq!(site("CheckedAtItsEnd.part").breaches, if_recorded(1));
    for event in under(&events, "mapkeeper::breach") {
        assert_eq!(event.field("message"), text);
    }
    assert_eq!(site("CheckedAtItsEnd.part").len, 0, "its maps went with it");

    let unwound = caught(|| {
        let _s = stray();
        panic!("half-way");
    });
    assert_eq!(unwound.unwrap_err().message, "half-way");
    assert_eq!(site("CheckedAtItsEnd.part").breaches, if_recorded(1));

    let held = stray();
    let lock = Arc::clone(&held.part);
    let guard = lock.lock().unwrap();
    drop(held);
    drop(guard);
    assert_eq!(
        site("CheckedAtItsEnd.part").breaches,
        if_recorded(1),
        "nobody waits for a lock"
    );
}

#[mapkeeper::tracked(check_on_drop)]
enum CheckedState<K: Eq + Hash> {
    #[allow(dead_code, reason = "one of two")]
    Closed,
    Open {
        #[map(max_len = 1)]
        few: HashMap<K, u8>,
    },
}

#[test]
fn an_enum_is_checked_when_it_goes_or_changes() {
    let mut state = CheckedState::Open {
        few: [(1, 1)].into(),
    };
    let changed = caught(|| {
        let CheckedState::Open { few } = &mut state else {
            return;
        };
        drop(caught(|| few.insert(2, 2)));
        state = CheckedState::Closed;
    });
    assert_eq!(changed.is_err(), MODE == Mode::Strict);
    // Strict counted the insertion that was one too many, too.
    let inserted = u64::from(MODE != Mode::Off);
    assert_eq!(
        site("CheckedState::Open.few").breaches,
        if_recorded(1 + inserted)
    );
}
