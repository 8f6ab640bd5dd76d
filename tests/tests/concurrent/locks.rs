//! Who holds what: nothing waits that need not, and strict names the line that would be waited for.

use std::{mem, sync::mpsc, thread, time::Duration};

use mapkeeper::{MODE, Mode, RemovalCause, sync::HashMap};
use mapkeeper_tests::panics::{Caught, caught};

/// All keys are in one shard.
fn one_shard() -> HashMap<u8, u8> {
    let map = HashMap::with_shard_amount(1);
    map.insert(1, 1);
    map.insert(2, 2);
    map
}

#[test]
fn debug_waits_for_nobody() {
    let map = one_shard();
    assert_eq!(format!("{map:?}").len(), "{1: 1, 2: 2}".len());
    let reader = map.get(&1);
    assert_eq!(format!("{map:?}").len(), "{1: 1, 2: 2}".len());
    drop(reader);
    let writer = map.get_mut(&1);
    assert_eq!(format!("{map:?}"), "{<locked>: …}");
    assert!(format!("{writer:?}").contains("RefMut"));
    drop(writer);
    let entry = map.entry(3);
    assert_eq!(format!("{map:?}"), "{<locked>: …}");
    assert!(format!("{entry:?}").contains("VacantEntry"));
}

#[test]
fn who_reads_may_read_again_while_somebody_waits_to_write() {
    let map = one_shard();
    thread::scope(|threads| {
        let first = map.get(&1);
        let (started, waits) = mpsc::channel();
        let map = &map;
        threads.spawn(move || {
            started.send(()).unwrap();
            map.insert(3, 3)
        });
        waits.recv().unwrap();
        // Whether the writer is in the queue by now or not.
        for _ in 0..50 {
            assert_eq!(map.get(&2).map(|n| *n), Some(2));
            thread::sleep(Duration::from_millis(1));
        }
        drop(first);
    });
    assert_eq!(map.len(), 3);
}

#[test]
fn a_leaked_iterator_locks_nothing() {
    let map = one_shard();
    let mut iter = map.iter();
    drop(iter.next());
    mem::forget(iter);
    let mut iter = map.iter_mut();
    drop(iter.next());
    mem::forget(iter);
    map.clear();
    assert!(map.is_empty());
}

#[track_caller]
fn names(caught: Result<(), Caught>, line: u32, held_since: u32) {
    let caught = caught.unwrap_err();
    assert_eq!(
        (caught.file.as_str(), caught.line),
        (file!(), line),
        "{caught:?}"
    );
    let since = format!("{}:{held_since}:", file!());
    assert!(caught.message.contains(&since), "{since} in {caught:?}");
}

#[test]
fn strict_names_what_a_thread_would_wait_for_in_vain() {
    if MODE != Mode::Strict {
        return;
    }
    let map = one_shard();
    let (held, line) = (map.get(&1), line!());
    names(caught(|| _ = map.insert(1, 2)), line!(), line);
    names(caught(|| _ = map.get_mut(&2)), line!(), line);
    names(caught(|| _ = map.entry(9)), line!(), line);
    names(caught(|| _ = map.remove(&1)), line!(), line);
    names(caught(|| map.alter(&1, |_, n| n)), line!(), line);
    names(caught(|| map.alter_all(|_, n| n)), line!(), line);
    names(caught(|| map.retain(|_, _| true)), line!(), line);
    names(caught(|| map.clear()), line!(), line);
    names(caught(|| _ = map.insert_many([(1, 1)])), line!(), line);
    names(caught(|| _ = map.remove_many([&1])), line!(), line);
    let update = || _ = map.update_many([&1], |_, _| ());
    names(caught(update), line!() - 1, line);
    names(caught(|| map.replace_all([])), line!(), line);
    names(caught(|| _ = map.iter_mut().next()), line!(), line);
    names(caught(|| map.shrink_to_fit()), line!(), line);
    let make = || _ = map.get_or_insert_with(9, || 9);
    names(caught(make), line!() - 1, line);
    drop(held);

    let (held, line) = (map.entry(1), line!());
    names(caught(|| _ = map.get(&2)), line!(), line);
    names(caught(|| _ = map.contains_key(&2)), line!(), line);
    names(caught(|| _ = map.view(&2, |_, _| ())), line!(), line);
    names(caught(|| _ = map.len()), line!(), line);
    names(caught(|| _ = map.snapshot()), line!(), line);
    names(caught(|| _ = map.iter().next()), line!(), line);
    names(caught(|| _ = map.clone()), line!(), line);
    drop(held);

    let part = map.get_mut(&1).unwrap().map(|n| n);
    let line = line!() - 1;
    names(caught(|| _ = map.insert(3, 3)), line!(), line);
    drop(part);
    assert_eq!(map.insert(3, 3), None);

    // What is read once more is written to by nobody.
    let made = map.get_or_insert_with(4, || 4);
    assert_eq!(map.get(&4).as_deref(), Some(&*made));
    drop(made);
    assert_eq!(map.remove(&4), Some((4, 4)));
}

#[test]
fn strict_names_a_guard_that_lives_across_an_await() {
    if MODE != Mode::Strict {
        return;
    }
    let map = std::rc::Rc::new(one_shard());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let tasks = tokio::task::LocalSet::new();
    let theirs = std::rc::Rc::clone(&map);
    let line = line!() + 2;
    tasks.spawn_local(async move {
        let held = theirs.get(&1);
        tokio::task::yield_now().await;
        drop(held);
    });
    let caught = tasks.block_on(&runtime, async {
        tokio::task::yield_now().await;
        let caught = caught(|| _ = map.insert(1, 1));
        (caught, line!() - 1)
    });
    names(caught.0, caught.1, line);
}

mod hooked {
    use super::*;

    #[mapkeeper::tracked]
    #[derive(Default)]
    pub(crate) struct Calls {
        #[map(on_remove = looks_again)]
        pub(crate) back: HashMap<u8, u8>,
    }

    #[mapkeeper::tracked]
    #[derive(Default)]
    pub(crate) struct Elsewhere {
        #[map(on_remove = looks_elsewhere)]
        pub(crate) back: HashMap<u8, u8>,
    }

    static ELSEWHERE: std::sync::LazyLock<Elsewhere> = std::sync::LazyLock::new(Elsewhere::default);

    #[allow(
        clippy::trivially_copy_pass_by_ref,
        reason = "a hook is shown what the map holds"
    )]
    fn looks_elsewhere(key: &u8, _: &u8, _: RemovalCause) {
        // Where it would wait, it asks whether it may.
        ELSEWHERE.back.try_get(&(key + 1));
        if MODE == Mode::Strict {
            ELSEWHERE.back.contains_key(&(key + 1));
        }
    }

    #[test]
    fn strict_names_a_hook_that_calls_back_whatever_the_shard() {
        let map = &ELSEWHERE.back;
        for key in 0..20 {
            map.insert(key, key);
        }
        for key in 0..20 {
            let line = line!() + 1;
            let caught = caught(|| map.remove(&key));
            if MODE != Mode::Strict {
                assert!(caught.is_ok());
                continue;
            }
            let message = caught.unwrap_err().message;
            let since = format!("{}:{line}:", file!());
            assert!(
                message.contains("a hook of it calls back") && message.contains(&since),
                "{message}"
            );
            // It is over.
            assert!(!map.contains_key(&key));
        }
        assert!(map.is_empty());
    }

    static CALLS: std::sync::LazyLock<Calls> = std::sync::LazyLock::new(|| Calls {
        back: HashMap::with_shard_amount(1),
    });

    #[allow(
        clippy::trivially_copy_pass_by_ref,
        reason = "a hook is shown what the map holds"
    )]
    fn looks_again(key: &u8, _: &u8, _: RemovalCause) {
        CALLS.back.contains_key(key);
    }

    #[test]
    fn strict_names_a_hook_that_calls_back() {
        if MODE != Mode::Strict {
            return;
        }
        CALLS.back.insert(1, 1);
        let line = line!() + 1;
        let caught = caught(|| CALLS.back.remove(&1)).unwrap_err();
        let since = format!("{}:{line}:", file!());
        assert!(caught.message.contains("Calls.back"), "{caught:?}");
        assert!(caught.message.contains(&since), "{since} in {caught:?}");
        assert!(CALLS.back.is_empty());
    }
}
