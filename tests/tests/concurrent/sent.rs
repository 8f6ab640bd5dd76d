//! Guards that go to other threads (feature `send_guard`): the lock is let go there, and strict tells of it.

use std::{
    sync::Arc,
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use mapkeeper::{MODE, Mode, sync::HashMap};
use mapkeeper_tests::events::{Event, capture, under};

#[mapkeeper::tracked]
struct Sent {
    #[map]
    map: HashMap<u8, u8>,
}

fn sent() -> Sent {
    // All keys are in one shard.
    let map = HashMap::with_shard_amount(1);
    map.insert(1, 1);
    Sent { map }
}

fn locks(events: &[Event]) -> Vec<Event> {
    under(events, "mapkeeper::locks")
}

#[test]
fn a_guard_is_let_go_where_it_went() {
    let s = sent();
    let (held, line) = (s.map.get_mut(&1), line!());
    let told = thread::scope(|threads| {
        let elsewhere = threads.spawn(|| capture(|| drop(held)).1);
        locks(&elsewhere.join().unwrap())
    });
    // This thread holds nothing any more, and knows it.
    assert_eq!(s.map.insert(1, 2), Some(1));
    assert_eq!(s.map.remove(&1), Some((1, 2)));
    if MODE != Mode::Strict {
        assert!(told.is_empty(), "{told:?}");
        return;
    }
    assert_eq!(told.len(), 1, "{told:?}");
    let message = told[0].field("message");
    assert!(
        message.contains("a guard of Sent.map") && message.contains(&format!("sent.rs:{line}:")),
        "{line} in {message}"
    );
}

#[test]
fn a_part_and_an_entry_go_as_well() {
    let s = sent();
    let part = s.map.get(&1).unwrap().map(|value| value);
    thread::scope(|threads| {
        threads.spawn(|| assert_eq!(*part, 1));
    });
    drop(part);
    let entry = s.map.entry(2);
    thread::scope(|threads| {
        threads.spawn(|| drop(entry.insert(2)));
    });
    let made = s.map.get_or_insert_with(3, || 3);
    thread::scope(|threads| {
        threads.spawn(|| drop(made));
    });
    assert_eq!(s.map.len(), 3);
}

/// Holds a guard over `.await`s until another worker goes on with it; where, if that happened.
async fn held_over_awaits(map: Arc<HashMap<u8, u8>>) -> Option<[ThreadId; 2]> {
    let began = thread::current().id();
    let since = Instant::now();
    let mut held = map.get_mut(&1).unwrap();
    while since.elapsed() < Duration::from_secs(20) {
        tokio::task::yield_now().await;
        *held += 1;
        if thread::current().id() != began {
            return Some([began, thread::current().id()]);
        }
    }
    None
}

#[test]
fn a_task_takes_its_guard_along_to_another_worker() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let map: Arc<HashMap<u8, u8>> = Arc::new(HashMap::new());
    map.insert(1, 0);
    let moved = runtime.block_on(async {
        // Workers that are busy now and then, so that the other one takes over what waits for them.
        for _ in 0..4 {
            tokio::spawn(async {
                loop {
                    thread::sleep(Duration::from_millis(2));
                    tokio::task::yield_now().await;
                }
            });
        }
        tokio::spawn(held_over_awaits(Arc::clone(&map))).await
    });
    assert!(moved.unwrap().is_some(), "it stayed on one worker");
    // Whoever asks for it on any thread gets it.
    assert!(map.remove(&1).is_some_and(|(_, n)| n > 0));
    runtime.shutdown_background();
}
