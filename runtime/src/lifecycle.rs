//! How long entries live: what is written down of a life, as plain data. It reads no clock and sees no map.

mod ages;

pub use ages::AgeHistogram;
pub(crate) use ages::{BUCKETS, bucket_of};
