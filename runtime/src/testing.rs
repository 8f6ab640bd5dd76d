//! For the tests of programs that use mapkeeper: leak assertions, and a clock that the test drives.
//!
//! ```
//! # if mapkeeper::MODE != mapkeeper::Mode::Strict { return; }
//! # #[mapkeeper::tracked]
//! # #[derive(Default)]
//! # struct Shop {
//! #     #[map]
//! #     orders: std::collections::HashMap<u32, u32>,
//! # }
//! use mapkeeper::testing;
//!
//! let mut shop = Shop::default();
//! let _leaks = testing::scope("checkout"); // panics at its end if entries born from here on are left
//! shop.orders.insert(1, 100);
//! shop.orders.remove(&1);
//! ```
//!
//! [`scope`] asserts that what a piece of a test put into maps is gone at its end, [`scoped`] does so for a future, and
//! [`round_trips`] asserts that a scenario that is run again and again does not leave something behind each time.
//! Entries are known one by one in strict mode only, so in other modes these panic and say what to write:
//!
//! ```toml
//! [dev-dependencies]
//! mapkeeper = { version = "0.1", features = ["strict"] }
//! ```
//!
//! # Which entries
//! An entry is *born* when its key comes into a map: by an insertion, a conversion, or a clone of a map. A value that
//! takes the place of another is no birth: the entry stays that of whoever brought the key. An entry is *gone* when it
//! left its map in any way and on any thread, or its map is gone. What was there before a scope does not matter to it,
//! whether it stays or leaves; so a map that was at its baseline when the scope began is back at it.
//!
//! An entry belongs to the scope its *thread* is in, so tests that run in parallel do not see each other's entries, not
//! even in one shared map. A thread or task that a test starts is in no scope until it is told: see [`ScopeHandle`].
//!
//! Scopes nest: an entry belongs to the innermost scope that is open, and what an inner scope leaves is handed over to
//! the one around it, which asks for it again at its own end, under its own allow-list.

mod clock;
mod futures;
mod leaks;
mod round_trips;
mod scope;

pub use clock::Clock;
pub use futures::{InScope, Scoped, scoped};
pub(crate) use leaks::Left;
pub use leaks::{Leaks, Leftover};
pub use round_trips::{RoundTrips, round_trips};
pub use scope::{Scope, ScopeHandle, current_scope, scope};
