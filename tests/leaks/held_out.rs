//! Services that no detector was tuned with, whatever the seed: written from what such services do, run as they were
//! written, and left as they are.
//!
//! Most come twice, as one type with the mistake as its parameter: a day with it, and a day with it put right.

mod accounts;
mod messaging;
mod network;
mod telemetry;
mod workflows;

use crate::service::Model;

pub(crate) static MODELS: [&[Model]; 5] = [
    &network::MODELS,
    &messaging::MODELS,
    &workflows::MODELS,
    &accounts::MODELS,
    &telemetry::MODELS,
];
