//! Orders and sessions, under the strictest lints: they find nothing in what `#[tracked]` generates.
#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    unused,
    nonstandard_style,
    rust_2018_idioms
)]
#![deny(
    missing_debug_implementations,
    missing_copy_implementations,
    single_use_lifetimes
)]
#![deny(
    trivial_casts,
    trivial_numeric_casts,
    unused_qualifications,
    unused_results
)]
#![deny(
    unnameable_types,
    let_underscore_drop,
    unused_lifetimes,
    non_ascii_idents
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
// The user's own choice of keys and hooks, not of generated code.
#![allow(
    clippy::trivially_copy_pass_by_ref,
    clippy::missing_const_for_fn,
    clippy::redundant_pub_crate
)]
#![forbid(unsafe_code)]
#![forbid(non_camel_case_types)]

use std::collections::HashMap;

pub mod orders {
    //! Orders.
    use std::collections::HashMap;
    use std::hash::Hash;

    /// Orders.
    #[keeper::tracked(crate = keeper)]
    #[derive(Debug, Default)]
    pub struct Orders<K: Eq + Hash + Clone> {
        /// Public.
        #[map(on_remove = removed, guard = may_remove, max_len = 10)]
        pub open: HashMap<u64, String>,
        /// Of the crate.
        #[map(show_keys)]
        pub(crate) closed: HashMap<u64, String>,
        #[map(hooks = Count)]
        held: HashMap<u64, String>,
        #[map]
        by_key: HashMap<K, String>,
        #[cfg(any())]
        #[map]
        never: HashMap<u64, String>,
    }

    impl<K: Eq + Hash + Clone> Orders<K> {
        /// How many.
        #[must_use]
        pub fn count(&self) -> usize {
            self.open.len() + self.closed.len() + self.held.len() + self.by_key.len()
        }
    }

    fn removed(_: &u64, _: &String, _: keeper::RemovalCause) {}

    fn may_remove(id: &u64, _: &String) -> Result<(), &'static str> {
        if *id == 0 { Err("0 stays") } else { Ok(()) }
    }

    #[derive(Debug, Default, Clone, Copy)]
    struct Count;

    impl keeper::RemovalHook<u64, String> for Count {
        fn on_remove(&mut self, _: &u64, _: &String, _: keeper::RemovalCause) {}
    }
}

pub mod places {
    //! What is no struct.
    use std::collections::HashMap;
    use std::sync::{LazyLock, Mutex};

    /// An alias.
    #[keeper::tracked(crate = keeper, residue = allow)]
    pub type Names<V> = HashMap<String, V>;

    /// A static.
    #[keeper::tracked(crate = keeper, max_len = 10)]
    pub static SESSIONS: LazyLock<Mutex<HashMap<u64, &str>>> = LazyLock::new(Mutex::default);

    /// Maps of maps.
    #[keeper::tracked(crate = keeper)]
    #[derive(Debug, Default)]
    pub struct Rooms<'a> {
        /// Members by room.
        #[map(deep(max_len = 10))]
        pub members: HashMap<String, HashMap<u64, &'a str>>,
    }

    /// An enum.
    #[keeper::tracked(crate = keeper)]
    #[derive(Debug, Default)]
    pub enum Connection<K> {
        /// Without maps.
        #[default]
        Closed,
        /// With some.
        Open {
            /// Named.
            #[map(show_keys)]
            pending: HashMap<u64, K>,
            /// Not tracked.
            retries: u8,
        },
        /// In a tuple.
        Draining(#[map] HashMap<u64, u64>, u8),
    }
}

mod private {
    use std::collections::HashMap;

    #[keeper::tracked(crate = keeper)]
    #[derive(Debug, Default)]
    pub(crate) struct Lines<'a>(
        #[map] pub(crate) HashMap<u64, &'a str>,
        #[map] HashMap<u64, u64>,
    );

    impl Lines<'_> {
        pub(crate) fn count(&self) -> usize {
            self.0.len() + self.1.len()
        }
    }
}

/// How many in all.
#[must_use]
pub fn count() -> usize {
    /// Inside a function.
    #[keeper::tracked(crate = keeper)]
    #[derive(Debug, Default)]
    struct Local {
        #[map]
        map: HashMap<u64, u64>,
    }

    private::Lines::default().count() + Local::default().map.len()
}
