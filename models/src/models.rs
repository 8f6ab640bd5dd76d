//! Models of what threads do to one another: small programs on the real code, run in many orders of their steps.
//!
//! Each says what must hold in every order. Beside it stand mutants, the same programs on a protocol with one mistake: of
//! those, some order must fail, or the model could not see such a mistake.

mod batches;
mod entries;
mod explore;
mod iteration;
mod maps;
#[cfg(feature = "strict")]
mod recorder;
#[cfg(feature = "observe")]
mod registry;
#[cfg(feature = "observe")]
mod samples;
mod shards;
