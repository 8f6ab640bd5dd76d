//! Finds the maps that leak.
//!
//! Long-lived programs leak through maps: the borrow checker frees what nobody owns, and a map owns everything that
//! was ever put into it and never taken out. Annotate map fields, statics or type aliases with [`tracked`] and every
//! way in and out of them is recorded: [`report`] names the field, the line that inserted, what stays and what to do.
//!
//! ```
//! use std::collections::HashMap;
//!
//! #[mapkeeper::tracked]
//! #[derive(Default)]
//! struct Sessions {
//!     #[map]
//!     by_id: HashMap<u64, Option<String>>,
//! }
//!
//! let mut sessions = Sessions::default();
//! sessions.by_id.insert(7, Some("ada".to_owned()));
//! sessions.by_id.insert(7, None); // meant to remove: the key stays
//! println!("{}", mapkeeper::report());
//! ```
//!
//! # Modes
//! Cargo features decide when mapkeeper is compiled; no code of yours changes.
//!
//! | | off (`default-features = false`) | `observe` (default) | `strict` |
//! |---|---|---|---|
//! | for | nothing at all | production | dev and tests |
//! | hooks | run | run | run |
//! | counts | – | exact | exact |
//! | entries: line, age, lifetime | – | 1 in 256, from 64 buckets on | every one |
//! | values after they left | – | sampled, if shared | `Arc`s and `Rc`s, up to 1,024 of a site at a time |
//! | breach of a contract | – | counted, one WARN event a minute | panic at the caller's line |
//! | the last operations ([`flight_recorder`]) | – | – | with thread, line and time |
//!
//! `enforce` compiles guards in, `audit` makes each removal a `tracing` event, `spans` notes in which `tracing` spans
//! entries are inserted, `backtrace` which functions called the line that did (a few times for each line; resolving
//! symbols takes milliseconds). `tokio`, `parking_lot`, `once_cell` and `arc-swap` let maps stand inside the locks and
//! cells of those crates ([`MapType`]); `tokio` also teaches [`Vacant`] about its senders and `JoinHandle`. `sync` has a map
//! and a set that threads share, and `dashmap` makes them of `DashMap` and `DashSet` fields; with `send_guard`, their guards go
//! to other threads. `html` makes pages of snapshots, `inspector` serves one of the running program; `prometheus` and
//! `opentelemetry` hand the figures to those, `usdt` has probes for bpftrace (their arguments, and questions to ask, are in
//! the documentation of `mapkeeper-probes`).

#![forbid(unsafe_code)]

// Generated code says `::mapkeeper`.
#[cfg(mapkeeper_models)]
extern crate self as mapkeeper;

mod after_removal;
mod breach;
pub mod btree_map;
pub mod btree_set;
mod clock;
mod contention;
mod contract;
mod detect;
#[doc = include_str!("events.md")]
pub mod events {}
#[cfg(any(feature = "opentelemetry", feature = "prometheus"))]
mod families;
mod figures;
mod flight;
pub mod hash_map;
pub mod hash_set;
#[cfg(feature = "indexmap")]
pub mod index_map;
#[cfg(feature = "indexmap")]
pub mod index_set;
#[cfg(feature = "inspector")]
pub mod inspector;
mod keeper;
mod keyless;
mod lifecycle;
mod locks;
mod log;
mod map_type;
mod maps;
mod mode;
#[cfg(all(test, mapkeeper_models))]
#[path = "../../models/src/models.rs"]
mod models;
#[cfg(feature = "opentelemetry")]
pub mod opentelemetry;
mod ordered;
#[cfg(feature = "html")]
mod page;
mod panics;
mod places;
mod probe;
#[cfg(feature = "prometheus")]
pub mod prometheus;
mod relation;
mod report;
mod sets;
pub mod signature;
mod silence;
mod site;
#[cfg(feature = "slab")]
pub mod slab;
mod snapshot;
mod store;
#[cfg(feature = "sync")]
pub mod sync;
pub mod testing;
mod threads;
mod tracked_maps;
mod vacant;
mod whole_map;

pub use after_removal::{Removed, WeakValue, retained_after, set_retained_after};
pub use breach::{Breach, Clause};
pub use btree_map::BTreeMap;
pub use btree_set::BTreeSet;
pub use contention::Contention;
pub use contract::{Contract, Residue};
pub use detect::{Also, Suspect, Trend};
pub use flight::{FlightRecord, FlightRecorder, History, MapFlight, Operation, flight_recorder};
pub use hash_map::HashMap;
pub use hash_set::HashSet;
#[cfg(feature = "indexmap")]
pub use index_map::IndexMap;
#[cfg(feature = "indexmap")]
pub use index_set::IndexSet;
pub use keeper::{
    ElementHook, Keeper, RemovalCause, RemovalHook, StatefulKeeper, Unguarded, Untracked, Vetoed,
};
pub use lifecycle::{AgeHistogram, Lifecycle, Point, Step};
pub use locks::{HasSites, LockState, Locks, watch_locks};
pub use map_type::{MapOfMaps, MapType};
pub use mapkeeper_macros::tracked;
pub use mode::{MODE, Mode};
pub use report::{
    AfterRemoval, BornBefore, CallSiteReport, Hashing, InsertionTrace, InstanceReport, Removals,
    Report, Retained, Return, SiteReport, SpanShare, StandardErrors, report, set_memory_budget,
};
pub use silence::{Silenced, silence};
pub use site::{Site, sites};
#[cfg(feature = "slab")]
pub use slab::Slab;
pub use snapshot::{
    CallSiteDiff, CallSiteSurvivors, Change, Diff, Place, Presence, SiteDiff, SiteSurvivors,
    Snapshot, SnapshotError, Survivors,
};
pub use tracked_maps::{MapFigures, Reset, ResetMap, TrackedMaps};
pub use vacant::Vacant;

/// Not public API: what generated code names, and `cargo mapkeeper`.
#[doc(hidden)]
pub mod __private {
    pub use crate::{
        keeper::Lazy,
        locks::LocksOfStatic,
        map_type::{Key, Tracked, Value, WithValue},
        probe::Probe,
        signature::{Guard, IsVacant, OnRemove, SignatureOf},
        site::Registered,
        tracked_maps::{check_on_drop, reset_shared},
    };
    pub use inventory;
    // Named through here: a `no_std` crate has no `std` of its own.
    pub use std::{format, string::String, vec::Vec};

    pub mod probe {
        pub use crate::{
            probe::{
                HasMaps, HasNoMaps, Hashed, Outlives, Owned, Shared, Unhashed, Unwatched,
                VacancyKnown, VacancyUnknown,
            },
            relation::{KeysAgree, KeysDiffer},
        };
    }

    /// So that the same figure reads the same in a report and in a terminal.
    pub mod written {
        pub use crate::figures::{bytes, count, seconds, short};
        #[cfg(feature = "html")]
        pub use crate::page::percent_encoded;
    }
}
