//! Scopes are a matter of threads: tests that run in parallel do not see each other.

use std::{
    sync::{Arc, Barrier, Mutex},
    thread,
};

use mapkeeper::testing;

use crate::{KNOWN, Shop};

/// Runs `test` on several threads at once, each with its number.
fn in_parallel(test: impl Fn(u32) + Sync) {
    const THREADS: u32 = 4;
    let start = Barrier::new(THREADS as usize);
    thread::scope(|threads| {
        for thread in 0..THREADS {
            let (start, test) = (&start, &test);
            threads.spawn(move || {
                start.wait();
                test(thread);
            });
        }
    });
}

#[test]
fn each_thread_sees_the_entries_of_its_own_maps() {
    if !KNOWN {
        return;
    }
    in_parallel(|thread| {
        for round in 0..50 {
            let mut shop = Shop::default();
            let scope = testing::scope("own maps");
            shop.carts.extend((0..100).map(|n| (n, n)));
            shop.carts.retain(|key, _| *key < thread);
            match scope.check() {
                Ok(()) => assert_eq!(thread, 0, "round {round}"),
                Err(leaks) => assert_eq!(leaks.leftovers()[0].entries, u64::from(thread)),
            }
        }
    });
}

#[test]
fn each_thread_sees_its_own_entries_of_a_shared_map() {
    if !KNOWN {
        return;
    }
    let shop = Mutex::new(Shop::default());
    in_parallel(|thread| {
        let base = thread * 1_000;
        for _ in 0..50 {
            let scope = testing::scope("shared map");
            for n in 0..20 {
                shop.lock().unwrap().carts.insert(base + n, n);
            }
            for n in thread..20 {
                shop.lock().unwrap().carts.remove(&(base + n));
            }
            match scope.check() {
                Ok(()) => assert_eq!(thread, 0),
                Err(leaks) => assert_eq!(leaks.leftovers()[0].entries, u64::from(thread)),
            }
            let mut shop = shop.lock().unwrap();
            shop.carts.retain(|key, _| !(base..base + 20).contains(key));
        }
    });
}

#[test]
fn what_another_thread_removes_is_gone() {
    if !KNOWN {
        return;
    }
    let shop = Arc::new(Mutex::new(Shop::default()));
    let scope = testing::scope("a worker cleans up");
    shop.lock().unwrap().carts.extend([(1, 1), (2, 2), (3, 3)]);
    let worker = Arc::clone(&shop);
    thread::spawn(move || {
        let _own = testing::scope("the worker's own");
        let mut shop = worker.lock().unwrap();
        shop.carts.remove(&1);
        shop.carts.retain(|key, _| *key == 3);
    })
    .join()
    .unwrap();
    let leaks = scope.check().unwrap_err();
    assert_eq!(leaks.leftovers()[0].entries, 1);
}

#[test]
fn a_map_that_is_dropped_on_another_thread_is_gone() {
    if !KNOWN {
        return;
    }
    let scope = testing::scope("dropped elsewhere");
    let mut shop = Shop::default();
    shop.carts.extend([(1, 1), (2, 2)]);
    thread::spawn(move || drop(shop)).join().unwrap();
    scope.check().unwrap();
}

#[test]
fn a_thread_is_in_no_scope_until_it_is_told() {
    if !KNOWN {
        return;
    }
    let shop = Mutex::new(Shop::default());
    let scope = testing::scope("helpers");
    let handle = scope.handle();
    thread::scope(|threads| {
        threads.spawn(|| shop.lock().unwrap().carts.insert(1, 1));
        threads.spawn(|| handle.run(|| shop.lock().unwrap().carts.insert(2, 2)));
        let here = testing::current_scope();
        threads.spawn(move || {
            assert_eq!(here.run(|| 5), 5);
            shop_free(&here);
        });
    });
    let leaks = scope.check().unwrap_err();
    assert_eq!(leaks.leftovers()[0].entries, 1, "{leaks}");
    // After its end, a handle charges nothing to anybody.
    let later = testing::scope("later");
    thread::scope(|threads| {
        threads.spawn(|| handle.run(|| shop.lock().unwrap().carts.insert(3, 3)));
    });
    later.check().unwrap();
}

/// What a handle ran does not stay with the thread.
fn shop_free(handle: &testing::ScopeHandle) {
    let mut shop = Shop::default();
    handle.run(|| shop.carts.insert(1, 1));
    shop.carts.remove(&1);
    shop.carts.insert(2, 2);
    std::mem::forget(shop);
}
