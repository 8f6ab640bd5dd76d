//! The inspector, asked over real connections.

#![allow(missing_docs)]

mod client;
mod data;
mod described;
mod faults;
mod metrics;
mod safety;
