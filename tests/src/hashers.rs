//! Hashers as bad as programs really use them.

use std::hash::{BuildHasher, Hasher};

use rustc_hash::FxHasher;

/// Every key has the same hash.
#[derive(Clone, Copy, Debug, Default)]
pub struct Constant;

/// Every key that is a `u32` has a hash of its own, and observe samples it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sampled;

/// The state of [`Sampled`].
#[derive(Clone, Copy, Debug, Default)]
pub struct SampledState(u64);

impl BuildHasher for Sampled {
    type Hasher = SampledState;

    fn build_hasher(&self) -> SampledState {
        SampledState::default()
    }
}

impl Hasher for SampledState {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32((*byte).into()));
    }

    fn write_u32(&mut self, key: u32) {
        self.0 = self.0.wrapping_mul(31).wrapping_add(key.into());
    }

    fn finish(&self) -> u64 {
        // The inverse, modulo 2^64, of the number that observe mixes a hash with: what is left are the key's few bits.
        self.0.wrapping_mul(0xF1DE_83E1_9937_733D)
    }
}

/// The hash of a key is its last byte: a handful of values, all bits but the lowest eight zero.
#[derive(Clone, Copy, Debug, Default)]
pub struct LowEntropy;

/// Hashes as rustc's own hasher does; or, if told so, into neighbouring buckets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clumped(pub bool);

/// The state of [`Clumped`].
#[derive(Clone, Default)]
#[allow(missing_debug_implementations)]
pub struct ClumpedState {
    clumped: bool,
    spread: FxHasher,
    last: u32,
}

impl BuildHasher for Clumped {
    type Hasher = ClumpedState;

    fn build_hasher(&self) -> ClumpedState {
        ClumpedState {
            clumped: self.0,
            ..ClumpedState::default()
        }
    }
}

impl Hasher for ClumpedState {
    fn write(&mut self, bytes: &[u8]) {
        self.spread.write(bytes);
    }

    fn write_u32(&mut self, key: u32) {
        self.last = key;
        self.spread.write_u32(key);
    }

    fn finish(&self) -> u64 {
        // The table picks the bucket by low bits and tells neighbours apart by the highest seven.
        if self.clumped {
            u64::from(self.last) << 57
        } else {
            self.spread.finish()
        }
    }
}

/// The state of either.
#[derive(Clone, Copy, Debug, Default)]
pub struct State {
    keep: bool,
    hash: u64,
}

impl BuildHasher for Constant {
    type Hasher = State;

    fn build_hasher(&self) -> State {
        State {
            keep: false,
            hash: 0,
        }
    }
}

impl BuildHasher for LowEntropy {
    type Hasher = State;

    fn build_hasher(&self) -> State {
        State {
            keep: true,
            hash: 0,
        }
    }
}

impl Hasher for State {
    fn write(&mut self, bytes: &[u8]) {
        if self.keep {
            self.hash = bytes
                .iter()
                .fold(0, |hash, byte| (hash ^ u64::from(*byte)) & 0x0f);
        }
    }

    fn finish(&self) -> u64 {
        self.hash
    }
}
