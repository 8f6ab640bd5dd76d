//! How long entries live: what is written down of a life, as plain data. It reads no clock and sees no map.

pub(crate) mod ages;
mod point;
mod steps;

pub use ages::AgeHistogram;
pub use point::Point;
pub use steps::{Lifecycle, Step};
