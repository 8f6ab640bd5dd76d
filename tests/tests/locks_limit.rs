//! The limit of values whose locks are watched. A program of its own, because it takes all there is.

#![allow(missing_docs)]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use mapkeeper::watch_locks;
use mapkeeper_tests::sites::records;

#[mapkeeper::tracked]
#[derive(Default)]
struct Many {
    #[map]
    map: HashMap<u32, u32>,
}

#[test]
fn so_many_values_are_watched_and_those_that_went_make_room() {
    let all: Vec<_> = (0..1_100)
        .map(|_| Arc::new(Mutex::new(Many::default())))
        .collect();
    let taken = all.iter().filter(|maps| watch_locks(maps)).count();
    assert!(taken <= 1_024 && (taken > 1_000 || !records()), "{taken}");
    let weak = Arc::downgrade(&all[0]);
    drop(all);
    assert!(weak.upgrade().is_none(), "nobody keeps them alive");
    let next = Arc::new(Mutex::new(Many::default()));
    assert_eq!(watch_locks(&next), records());
}
