//! For the tests of programs that use mapkeeper.

mod clock;

pub use clock::Clock;
