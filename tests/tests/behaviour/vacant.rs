//! What `Vacant` says of every type it knows, alone and wrapped, and which fields' values it reaches.

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
    ffi::OsString,
    rc::Rc,
    sync::{Arc, Mutex, OnceLock, RwLock, Weak},
};

use mapkeeper::Vacant;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

#[track_caller]
fn vacant(value: &(impl Vacant + ?Sized)) {
    assert!(value.is_vacant());
}

#[track_caller]
fn full(value: &(impl Vacant + ?Sized)) {
    assert!(!value.is_vacant());
}

#[test]
fn what_is_none_or_empty_is_vacant() {
    vacant(&None::<u8>);
    full(&Some(0));
    full(&Some(String::new()));
    vacant("");
    full("x");
    vacant(&String::new());
    full(&"x".to_owned());
    vacant(&OsString::new());
    vacant(&Vec::<u8>::with_capacity(10));
    full(&vec![0]);
    vacant(&[0_u8; 0][..]);
    full(&[0_u8][..]);
}

#[test]
fn every_collection_of_std_and_mapkeeper_is_vacant_when_empty() {
    macro_rules! check {
        ($($collection:ty: $item:expr),+ $(,)?) => {$(
            vacant(&<$collection>::default());
            full(&<$collection>::from_iter([$item]));
        )+};
    }
    check! {
        Vec<u8>: 1,
        VecDeque<u8>: 1,
        LinkedList<u8>: 1,
        BinaryHeap<u8>: 1,
        BTreeSet<u8>: 1,
        BTreeMap<u8, u8>: (1, 1),
        HashSet<u8>: 1,
        HashMap<u8, u8>: (1, 1),
        mapkeeper::HashMap<u8, u8>: (1, 1),
    }
}

#[test]
fn a_weak_handle_is_vacant_when_nobody_owns_the_value() {
    let arc = Arc::new(1);
    let weak = Arc::downgrade(&arc);
    full(&weak);
    drop(arc);
    vacant(&weak);
    vacant(&Weak::<u8>::new());
    let rc = Rc::new(1);
    let weak = Rc::downgrade(&rc);
    full(&weak);
    drop(rc);
    vacant(&weak);
}

#[test]
fn owners_cells_and_locks_are_as_vacant_as_what_they_hold() {
    let none = || None::<u8>;
    vacant(&Box::new(none()));
    vacant(&Arc::new(none()));
    vacant(&Rc::new(none()));
    vacant(&Mutex::new(none()));
    vacant(&RwLock::new(none()));
    vacant(&RefCell::new(none()));
    vacant(&Cell::new(none()));
    vacant(&Arc::new(Mutex::new(Vec::<u8>::new())));
    full(&Arc::new(Mutex::new(vec![1])));
    full(&Box::new(Some(1)));
    full(&Cell::new(Some(1)));
    full(&RefCell::new(Some(1)));
    let boxed: Box<[u8]> = Box::default();
    vacant(&boxed);
    full(&OnceCell::<Option<u8>>::new());
    full(&OnceLock::<Option<u8>>::new());
    let once = OnceLock::new();
    once.set(none()).unwrap();
    vacant(&once);
}

#[test]
fn a_held_lock_is_not_vacant_and_is_not_waited_for() {
    let mutex = Mutex::new(None::<u8>);
    let guard = mutex.lock().unwrap();
    full(&mutex);
    drop(guard);
    vacant(&mutex);

    let lock = RwLock::new(None::<u8>);
    let guard = lock.write().unwrap();
    full(&lock);
    drop(guard);
    let guard = lock.read().unwrap();
    vacant(&lock);
    drop(guard);

    let cell = RefCell::new(None::<u8>);
    let guard = cell.borrow_mut();
    full(&cell);
    drop(guard);
    vacant(&cell);
}

#[test]
fn a_poisoned_lock_is_read_all_the_same() {
    let mutex = Mutex::new(None::<u8>);
    let lock = RwLock::new(Some(1));
    let panic = mapkeeper_tests::panics::caught(|| {
        let _guards = (mutex.lock().unwrap(), lock.write().unwrap());
        panic!("poison");
    });
    assert!(panic.is_err() && mutex.is_poisoned() && lock.is_poisoned());
    vacant(&mutex);
    full(&lock);
}

#[test]
fn a_sender_nobody_listens_to_is_vacant() {
    let (sender, receiver) = oneshot::channel::<u8>();
    full(&sender);
    drop(receiver);
    vacant(&sender);

    let (sender, receiver) = mpsc::channel::<u8>(1);
    full(&sender);
    drop(receiver);
    vacant(&sender);

    let (sender, mut receiver) = mpsc::unbounded_channel::<u8>();
    full(&sender);
    receiver.close();
    vacant(&sender);

    let (sender, receiver) = watch::channel(0_u8);
    full(&sender);
    drop(receiver);
    vacant(&sender);

    let (sender, receiver) = broadcast::channel::<u8>(1);
    full(&sender);
    drop(receiver);
    vacant(&sender);
    let _again = sender.subscribe();
    full(&sender);
}

#[test]
fn a_finished_task_or_thread_is_vacant() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = runtime.spawn(stopped);
    full(&task);
    stop.send(()).unwrap();
    runtime.block_on(async {
        while !task.is_finished() {
            tokio::task::yield_now().await;
        }
    });
    vacant(&task);

    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || stopped.recv());
    full(&thread);
    stop.send(()).unwrap();
    while !thread.is_finished() {
        std::thread::yield_now();
    }
    vacant(&thread);
}
