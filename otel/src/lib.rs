//! OTLP over HTTP without a collector: a client that is one socket, and a receiver that decodes what arrives.

#![forbid(unsafe_code)]

mod client;
mod pipeline;
mod receiver;

pub use client::Client;
pub use pipeline::Pipeline;
pub use receiver::{Answer, Arrived, Receiver, Record, Series, Spanned};
