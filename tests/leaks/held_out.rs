//! Services that no detector was tuned with, whatever the seed: written from what such services do, run as they were
//! written, and left as they are.
//!
//! Leaks have the shares of the study of real ones. Many services come twice, as one type with the mistake as its
//! parameter: a day with it, and a day with it put right; others stand beside a healthy map of the same kind of service.
//! Once a detector changes on their account they belong to `seen`, and others have to be written.

mod bidding;
mod data;
mod editor;
mod game;
mod media;
mod nodes;
mod operations;
mod queues;
mod things;

use crate::service::Model;

pub(crate) static MODELS: [&[Model]; 9] = [
    &game::MODELS,
    &nodes::MODELS,
    &queues::MODELS,
    &data::MODELS,
    &editor::MODELS,
    &bidding::MODELS,
    &media::MODELS,
    &things::MODELS,
    &operations::MODELS,
];
