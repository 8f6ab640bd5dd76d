//! What each mode does about contracts, guards, hooks, residue and leftovers, and what the report says of it.
//!
//! A site's figures belong to the whole process, so every test has a struct of its own.

#![allow(missing_docs)]
// `drop(…)` says that an answer does not matter here, whatever its type.
#![allow(dropping_copy_types, clippy::drop_non_drop, clippy::forget_non_drop)]

mod audit;
mod breaches;
mod checks;
mod guards;
mod hooks;
mod loans;
mod observe;
mod relations;
mod report;
mod residue;
mod sets;
mod strict;
mod threads;
mod tracked_maps;
mod unhappy;
mod vacant;

use mapkeeper::{MODE, Mode};
use mapkeeper_tests::panics::Caught;

/// What an operation at a known line did: the line, and its panic if it had one.
pub(crate) type Outcome = (u32, Result<(), Caught>);

/// Runs the expression and says at which line it stands. It must fit on one line.
macro_rules! at_line {
    ($($operation:tt)+) => {
        (
            line!(),
            mapkeeper_tests::panics::caught(|| {
                let _ = $($operation)+;
            }),
        )
    };
}
pub(crate) use at_line;

/// Strict: the outcome is a panic at its own line, which says all of `says`. Else: it is none.
#[track_caller]
pub(crate) fn panics_in_strict(file: &str, outcome: &Outcome, says: &[&str]) {
    let (line, result) = outcome;
    match (MODE, result) {
        (Mode::Strict, Err(panic)) => {
            for part in says {
                assert!(
                    panic.message.contains(part),
                    "{:?} does not say {part:?}",
                    panic.message
                );
            }
            assert_eq!(
                (panic.file.as_str(), panic.line),
                (file, *line),
                "{}",
                panic.message
            );
        }
        (Mode::Strict, Ok(())) => panic!("strict did not panic; it should have said {says:?}"),
        (_, result) => assert_eq!(result, &Ok(())),
    }
}
