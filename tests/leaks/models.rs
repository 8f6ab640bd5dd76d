//! Services that leak, by what went wrong in them.

mod capacity;
mod disconnect;
mod forgets;
mod handles;
mod index;
mod moment;
mod never;
mod overwrites;
mod residue;
mod retained;
mod returns;
mod timeout;

use crate::service::Model;

pub(crate) static LEAKING: [&[Model]; 12] = [
    &never::MODELS,
    &forgets::MODELS,
    &returns::MODELS,
    &disconnect::MODELS,
    &timeout::MODELS,
    &handles::MODELS,
    &capacity::MODELS,
    &residue::MODELS,
    &index::MODELS,
    &retained::MODELS,
    &moment::MODELS,
    &overwrites::MODELS,
];
