//! Scopes of futures: each poll is in the scope, whichever thread makes it, and nothing in between is.

use std::{
    collections::HashMap,
    future::Future,
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    thread,
};

use mapkeeper::testing::{self, RoundTrips};
use mapkeeper_tests::panics::caught;

use crate::{KNOWN, Shop};

type Shared = Arc<Mutex<Shop>>;

fn insert(shop: &Shared, key: u32) {
    shop.lock().unwrap().carts.insert(key, key);
}

fn remove(shop: &Shared, key: u32) {
    shop.lock().unwrap().carts.remove(&key);
}

/// Is ready at its second poll.
async fn yield_now() {
    let mut polled = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut polled, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Polls on a thread of its own.
fn poll_elsewhere<F: Future<Output: Send> + Send>(future: Pin<&mut F>) -> Poll<F::Output> {
    thread::scope(|threads| {
        let poll = || future.poll(&mut Context::from_waker(Waker::noop()));
        threads.spawn(poll).join().unwrap()
    })
}

#[test]
fn a_future_polled_by_two_threads_is_in_one_scope_and_other_work_of_theirs_is_not() {
    if !KNOWN {
        return;
    }
    let shop = Shared::default();
    let scope = testing::scope("moves");
    let here = Arc::clone(&shop);
    let mut task = pin!(scope.wrap(async move {
        insert(&here, 1);
        yield_now().await;
        insert(&here, 2);
        yield_now().await;
        insert(&here, 3);
        remove(&here, 1);
    }));
    assert!(poll_elsewhere(task.as_mut()).is_pending());
    thread::scope(|threads| threads.spawn(|| insert(&shop, 100)).join().unwrap());
    let mut cx = Context::from_waker(Waker::noop());
    assert!(task.as_mut().poll(&mut cx).is_pending());
    assert!(poll_elsewhere(task.as_mut()).is_ready());
    let leaks = scope.check().unwrap_err();
    assert_eq!(
        leaks.leftovers().iter().map(|row| row.entries).sum::<u64>(),
        2,
        "{leaks}"
    );
}

#[test]
fn between_polls_the_thread_is_in_its_own_scope() {
    if !KNOWN {
        return;
    }
    let shop = Shared::default();
    let own = testing::scope("the thread's");
    let other = Arc::clone(&shop);
    let mut task = Box::pin(testing::scoped("the task's", async move {
        insert(&other, 1);
        yield_now().await;
        remove(&other, 1);
    }));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(task.as_mut().poll(&mut cx).is_pending());
    insert(&shop, 2);
    assert!(task.as_mut().poll(&mut cx).is_ready());
    let leaks = own.check().unwrap_err();
    assert_eq!(leaks.leftovers()[0].entries, 1);
}

/// A scope that a future opens itself goes to sleep and wakes up with it.
#[test]
fn a_scope_inside_of_a_wrapped_future_is_current_at_its_next_poll() {
    if !KNOWN {
        return;
    }
    let shop = Shared::default();
    let scope = testing::scope("outer");
    let here = Arc::clone(&shop);
    let mut task = Box::pin(scope.wrap(async move {
        let inner = testing::scope("inner");
        yield_now().await;
        insert(&here, 1);
        assert_eq!(inner.check().unwrap_err().leftovers()[0].entries, 1);
        remove(&here, 1);
    }));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(task.as_mut().poll(&mut cx).is_pending());
    insert(&shop, 2);
    assert!(task.as_mut().poll(&mut cx).is_ready());
    assert_eq!(scope.check().unwrap_err().leftovers()[0].entries, 1);
}

#[tokio::test]
async fn a_scope_in_an_async_test_sees_what_its_thread_polls() {
    if !KNOWN {
        return;
    }
    let shop = Shared::default();
    let scope = testing::scope("current thread");
    let here = Arc::clone(&shop);
    tokio::spawn(async move { insert(&here, 1) }).await.unwrap();
    insert(&shop, 2);
    tokio::task::yield_now().await;
    remove(&shop, 2);
    assert_eq!(scope.check().unwrap_err().leftovers()[0].entries, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subtasks_on_a_multi_thread_runtime_are_in_the_scope_if_they_are_wrapped() {
    if !KNOWN {
        return;
    }
    let shop = Shared::default();
    let test = testing::scoped("many tasks", {
        let shop = Arc::clone(&shop);
        async move {
            let mut tasks = Vec::new();
            for key in 0..200 {
                let other = Arc::clone(&shop);
                // Not wrapped: nobody's.
                tasks.push(tokio::spawn(async move { insert(&other, 5_000 + key) }));
                let shop = Arc::clone(&shop);
                let task = testing::current_scope().wrap(async move {
                    insert(&shop, key);
                    tokio::task::yield_now().await;
                    insert(&shop, 1_000 + key);
                    remove(&shop, key);
                    tokio::task::yield_now().await;
                    remove(&shop, 1_000 + key);
                });
                tasks.push(tokio::spawn(task));
            }
            for task in tasks {
                task.await.unwrap();
            }
        }
    });
    // Spawned, so that it moves between the workers too.
    tokio::spawn(test).await.unwrap();
    assert_eq!(shop.lock().unwrap().carts.len(), 200);

    let leaky = Arc::clone(&shop);
    let test = testing::scoped("leaky", async move {
        let task = testing::current_scope().wrap(async move { insert(&leaky, 9_999) });
        tokio::spawn(task).await.unwrap();
    });
    let panic = tokio::spawn(test).await.unwrap_err().into_panic();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(
        message.contains("1 entry born in the scope \"leaky\""),
        "{message}"
    );
}

#[test]
fn a_future_that_is_ready_takes_its_maps_along() {
    if !KNOWN {
        return;
    }
    let mut captured = Shop::default();
    captured.carts.insert(0, 0);
    let test = testing::scoped("owned", async move {
        let mut local = HashMap::from([(1, Shop::default())]);
        local.get_mut(&1).unwrap().carts.insert(1, 1);
        captured.carts.insert(2, 2);
        7
    });
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(pin!(test).poll(&mut cx), Poll::Ready(7));
}

#[test]
fn a_task_that_is_cancelled_must_have_cleaned_up_and_says_so_only_once() {
    if !KNOWN {
        return;
    }
    let shop = Shared::default();
    let task = |allow: &'static str| {
        let here = Arc::clone(&shop);
        testing::scoped("cancelled", async move {
            insert(&here, 1);
            yield_now().await;
            remove(&here, 1);
        })
        .allow_site(allow)
    };
    let mut cx = Context::from_waker(Waker::noop());
    let mut cancelled = Box::pin(task("Shop.orders"));
    assert!(cancelled.as_mut().poll(&mut cx).is_pending());
    let panic = caught(|| drop(cancelled)).unwrap_err();
    assert!(panic.message.contains("\"cancelled\""), "{}", panic.message);
    remove(&shop, 1);

    let mut allowed = Box::pin(task("Shop.carts"));
    assert!(allowed.as_mut().poll(&mut cx).is_pending());
    drop(allowed);
    remove(&shop, 1);

    let panic = caught(|| {
        let mut cancelled = Box::pin(task("Shop.orders"));
        assert!(cancelled.as_mut().poll(&mut cx).is_pending());
        panic!("the test's own");
    });
    assert_eq!(panic.unwrap_err().message, "the test's own");
}

#[test]
fn the_next_poll_after_the_end_of_a_scope_is_in_the_one_around_it() {
    if !KNOWN {
        return;
    }
    let shop = Shared::default();
    let outer = testing::scope("outer");
    let inner = testing::scope("inner");
    let here = Arc::clone(&shop);
    let mut late = Box::pin(inner.wrap(async move {
        yield_now().await;
        insert(&here, 1);
    }));
    assert!(poll_elsewhere(late.as_mut()).is_pending());
    inner.check().unwrap();
    assert!(poll_elsewhere(late.as_mut()).is_ready());
    assert_eq!(outer.check().unwrap_err().leftovers()[0].entries, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn round_trips_of_futures() {
    if !KNOWN {
        return;
    }
    let shop = Shared::default();
    let trips = |leak: bool| {
        let shop = Arc::clone(&shop);
        let mut trip = 0;
        RoundTrips::new(4).run_async(move || {
            trip += 1;
            let shop = Arc::clone(&shop);
            async move {
                insert(&shop, trip);
                tokio::task::yield_now().await;
                if !leak {
                    remove(&shop, trip);
                }
            }
        })
    };
    tokio::spawn(trips(false)).await.unwrap();
    let panic = tokio::spawn(trips(true)).await.unwrap_err().into_panic();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(
        message.contains("4 entries left by 4 round trips"),
        "{message}"
    );
}
