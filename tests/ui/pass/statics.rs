//! Statics: lazy, constant, filled once, under options, with lifetimes left out.
#![deny(warnings)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::{LazyLock, Mutex, OnceLock, RwLock};

use mapkeeper::{RemovalCause, tracked};

type Fixed = BuildHasherDefault<DefaultHasher>;

/// Kept.
#[tracked]
pub static SESSIONS: LazyLock<RwLock<HashMap<u64, String>>> = LazyLock::new(Default::default);

#[tracked(on_remove = removed, max_len = 10, show_keys, name = "the jobs")]
static JOBS: Mutex<HashMap<&str, Option<&'_ [u8]>, Fixed>> =
    Mutex::new(mapkeeper::HashMap::with_hasher(Fixed::new()));

fn removed(_: &&str, _: &Option<&[u8]>, _: RemovalCause) {}

#[tracked]
static CALLS: OnceLock<HashMap<u64, Box<dyn Fn(&str) -> &str + Send + Sync>>> = OnceLock::new();

#[tracked]
#[cfg(any())]
static NEVER: Missing = Missing;

mod inside {
    #[super::tracked]
    pub(super) static COUNTS: super::Mutex<Option<mapkeeper::HashMap<u8, u8>>> =
        super::Mutex::new(None);
}

fn main() {
    SESSIONS.write().unwrap().insert(1, String::new());
    JOBS.lock().unwrap().insert("a", None);
    JOBS.lock().unwrap().remove("a");
    assert!(CALLS.get().is_none());
    assert!(inside::COUNTS.lock().unwrap().is_none());

    #[tracked]
    static LOCAL: LazyLock<Mutex<HashMap<u64, u64>>> = LazyLock::new(|| Mutex::new([(1, 1)].into()));
    assert_eq!(LOCAL.lock().unwrap().len(), 1);
}
