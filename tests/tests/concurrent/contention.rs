//! Who waits and who holds: counted by those who wait; in strict guards are timed, and opposite orders told.

use std::{
    sync::{Barrier, mpsc},
    thread,
    time::Duration,
};

use mapkeeper::{
    MODE, Mode,
    sync::{HashMap, set_long_hold},
};
use mapkeeper_tests::{
    events::{Event, capture, under},
    sites::{records, site},
};

/// All keys are in one shard.
fn one_shard<T: mapkeeper::Keeper<u8, u8>>() -> HashMap<u8, u8, std::hash::RandomState, T> {
    HashMap::with_shard_amount(1)
}

#[mapkeeper::tracked]
struct Waited {
    #[map]
    map: HashMap<u8, u8>,
}

#[test]
fn who_waits_is_counted_and_who_does_not_is_not() {
    let s = Waited { map: one_shard() };
    s.map.insert(1, 1);
    assert!(
        site("Waited.map")
            .contention
            .is_none_or(|known| known.waits == 0)
    );
    let (locked, is_locked) = mpsc::channel();
    thread::scope(|threads| {
        let s = &s;
        threads.spawn(move || {
            let held = s.map.get_mut(&1);
            locked.send(()).unwrap();
            // Long enough for the other one to come by on a busy machine.
            thread::sleep(Duration::from_millis(300));
            drop(held);
        });
        is_locked.recv().unwrap();
        assert!(s.map.try_get(&1).is_locked(), "it waits for nobody");
        assert_eq!(s.map.get(&1).map(|n| *n), Some(1));
    });
    let line = line!() - 2;
    if !records() {
        assert_eq!(site("Waited.map").contention, None);
        return;
    }
    let known = site("Waited.map").contention.unwrap();
    assert_eq!(known.waits, 1);
    assert!(known.waited_ms > 0.0 && known.waited_ms == known.longest_wait_ms);
    let at = known.longest_wait_at.as_deref().unwrap();
    assert!(
        at.contains(&format!("contention.rs:{line}:")),
        "{at} is not {line}"
    );
    assert!(known.longest_hold_ms > 0.0);
    let text = mapkeeper::report().to_string();
    assert!(
        text.contains("its shards were waited for 1 times"),
        "{text}"
    );
}

#[mapkeeper::tracked]
struct Slow {
    #[map]
    map: HashMap<u8, u8>,
}

#[test]
fn strict_tells_of_a_guard_that_was_held_for_long() {
    let s = Slow { map: one_shard() };
    set_long_hold(Duration::from_millis(20));
    let ((), events) = capture(|| {
        drop(s.map.entry(1));
        let entry = s.map.entry(1);
        thread::sleep(Duration::from_millis(25));
        entry.insert(1);
    });
    let line = line!() - 4;
    let told = under(&events, "mapkeeper::locks");
    if MODE != Mode::Strict {
        assert!(told.is_empty(), "{told:?}");
        return;
    }
    assert_eq!(told.len(), 1, "{told:?}");
    let message = told[0].field("message");
    assert!(
        message.contains(&format!("contention.rs:{line}:")),
        "{message} is not {line}"
    );
    let known = site("Slow.map").contention.unwrap();
    assert!(known.longest_hold_ms >= 25.0);
    assert!(
        known
            .longest_hold_at
            .unwrap()
            .contains(&format!(":{line}:"))
    );
    assert_eq!(known.waits, 0);
}

#[mapkeeper::tracked]
struct Accounts {
    #[map]
    by_id: HashMap<u8, u8>,
    #[map]
    by_name: HashMap<u8, u8>,
    #[map]
    by_mail: HashMap<u8, u8>,
}

fn accounts() -> Accounts {
    let s = Accounts {
        by_id: one_shard(),
        by_name: one_shard(),
        by_mail: one_shard(),
    };
    s.by_id.insert(1, 1);
    s.by_name.insert(1, 1);
    s.by_mail.insert(1, 1);
    s
}

fn told(f: impl FnOnce()) -> Vec<Event> {
    let ((), events) = capture(f);
    under(&events, "mapkeeper::locks")
}

#[test]
fn strict_tells_of_maps_that_are_locked_in_opposite_orders() {
    let s = accounts();
    let mut lines = Vec::new();
    let first = told(|| {
        let held = s.by_id.get_mut(&1);
        s.by_name.insert(1, 2);
        lines.extend([line!() - 2, line!() - 1]);
        drop(held);
        // One after the other is no order.
        s.by_name.insert(1, 3);
        s.by_id.insert(1, 3);
        // Readers do not wait for readers.
        let held = s.by_mail.get(&1);
        assert!(s.by_name.contains_key(&1));
        drop(held);
        let held = s.by_name.get(&1);
        assert!(s.by_mail.contains_key(&1));
        drop(held);
    });
    assert!(first.is_empty(), "{first:?}");
    let second = told(|| {
        for _ in 0..3 {
            let held = s.by_name.get(&1);
            s.by_id.alter(&1, |_, n| n);
            drop(held);
        }
        lines.extend([line!() - 4, line!() - 3]);
    });
    let inversions = |name| site(name).contention.map_or(0, |known| known.inversions);
    if MODE != Mode::Strict {
        assert!(second.is_empty(), "{second:?}");
        assert_eq!(inversions("Accounts.by_id"), 0);
        return;
    }
    assert_eq!(second.len(), 1, "{second:?}");
    let message = second[0].field("message");
    for line in lines {
        assert!(
            message.contains(&format!("contention.rs:{line}:")),
            "{line} in {message}"
        );
    }
    for (name, wanted) in [
        ("Accounts.by_id", 1),
        ("Accounts.by_name", 1),
        ("Accounts.by_mail", 0),
    ] {
        assert_eq!(inversions(name), wanted, "{name}");
    }
}

#[test]
fn threads_that_lock_two_maps_in_one_order_are_not_told_of() {
    #[mapkeeper::tracked]
    #[derive(Default)]
    struct Pair {
        #[map]
        one: HashMap<u8, u8>,
        #[map]
        other: HashMap<u8, u8>,
    }
    let s = Pair::default();
    let start = Barrier::new(2);
    thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                start.wait();
                for n in 0..200 {
                    let mut one = s.one.entry(n % 20).or_default();
                    *one = n;
                    s.other.insert(n % 20, n);
                }
            });
        }
    });
    assert_eq!((s.one.len(), s.other.len()), (20, 20));
    let known = site("Pair.one").contention;
    assert_eq!(known.map_or(0, |known| known.inversions), 0);
}

#[mapkeeper::tracked]
struct Room {
    #[map]
    seats: HashMap<u8, u8>,
}

fn room() -> Room {
    let s = Room { seats: one_shard() };
    s.seats.insert(1, 1);
    s
}

/// Locks both, and says where.
fn lock(first: &Room, second: &Room) -> [u32; 2] {
    let _held = first.seats.get_mut(&1);
    second.seats.insert(1, 2);
    [line!() - 2, line!() - 1]
}

#[test]
fn strict_tells_of_two_maps_of_one_field_that_are_locked_in_opposite_orders() {
    let (one, other, third) = (room(), room(), room());
    let lines = lock(&one, &other);
    let inversions = || {
        let known = site("Room.seats").contention;
        known.map_or(0, |known| known.inversions)
    };
    // A cycle of three is none of two, and the same order is none.
    let quiet = told(|| {
        lock(&one, &other);
        lock(&other, &third);
    });
    assert!(quiet.is_empty() && inversions() == 0, "{quiet:?}");
    let opposite = told(|| {
        thread::scope(|threads| {
            threads.spawn(|| lock(&third, &one)).join().unwrap();
        });
        lock(&other, &one);
    });
    if MODE != Mode::Strict {
        assert!(opposite.is_empty(), "{opposite:?}");
        return;
    }
    assert_eq!(opposite.len(), 1, "{opposite:?}");
    let message = opposite[0].field("message");
    assert!(message.starts_with("two maps of Room.seats"), "{message}");
    for line in lines {
        let at = format!("contention.rs:{line}:");
        assert_eq!(message.matches(&at).count(), 2, "{at} in {message}");
    }
    assert_eq!(inversions(), 1);
    // Two other maps, the same lines: known.
    let (one, other) = (room(), room());
    let again = told(|| {
        lock(&one, &other);
        lock(&other, &one);
    });
    assert!(again.is_empty() && inversions() == 1, "{again:?}");
}
