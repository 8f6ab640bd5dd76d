//! Services that no detector was tuned with, whatever the seed: written from what such services do, run as they were
//! written, and left as they are.
//!
//! Most come twice, as one type with the mistake as its parameter: a day with it, and a day with it put right. Once a
//! detector changes on their account they belong to `seen`, and others have to be written.

mod builds;
mod cluster;
mod commerce;
mod delivery;
mod gateway;
mod identity;

use crate::service::Model;

pub(crate) static MODELS: [&[Model]; 6] = [
    &gateway::MODELS,
    &delivery::MODELS,
    &builds::MODELS,
    &commerce::MODELS,
    &cluster::MODELS,
    &identity::MODELS,
];
