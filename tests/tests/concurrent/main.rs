//! The map and the set that threads share: dashmap's answers, exact hooks and counts, and what panics leave behind.

#![allow(missing_docs)]

mod batches;
mod contention;
mod faults;
mod fields;
mod linear;
mod locks;
mod one_map;
mod parity;
mod read_only;
#[cfg(feature = "send_guard")]
mod sent;
mod sets;
mod threads;
mod types;
