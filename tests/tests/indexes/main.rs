//! indexmap's map and set instrumented, against the crate's own.

#![allow(missing_docs)]

mod behaviour;
mod faults;
mod maps;
mod raw;
mod sets;
mod slices;
