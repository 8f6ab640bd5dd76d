//! Services that do not leak, whatever their maps look like from outside.

mod awaits;
mod batches;
mod caches;
mod growing;
mod indexes;
mod overwrites;
mod registries;
mod reloads;
mod requests;
mod sessions;
mod shared;

use crate::service::Model;

pub(crate) static HEALTHY: [&[Model]; 11] = [
    &caches::MODELS,
    &batches::MODELS,
    &reloads::MODELS,
    &registries::MODELS,
    &sessions::MODELS,
    &requests::MODELS,
    &awaits::MODELS,
    &indexes::MODELS,
    &overwrites::MODELS,
    &shared::MODELS,
    &growing::MODELS,
];
