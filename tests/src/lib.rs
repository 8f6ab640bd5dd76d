//! What mapkeeper promises, tested from outside: see `tests/`. Here is what the tests share.

pub mod events;
pub mod hashers;
pub mod panics;
pub mod programs;
pub mod sites;
