//! The maps of the models: two shards, and keys that say which of them they are in.

use std::{
    hash::{BuildHasher, Hasher},
    sync::Arc,
};

use shuttle::thread;

use crate::sync::HashMap;

/// Hashes that, once mixed, are the key itself: bit 36 is the number of its shard, and observe samples all small ones.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mixed;

pub(super) struct Mixing(u64);

/// What the runtime mixes hashes with, turned round (its inverse modulo 2^64).
const UNMIX: u64 = {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    // Newton's iteration: each step doubles the bits that are right.
    let mut inverse = MIX;
    let mut step = 0;
    while step < 6 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(MIX.wrapping_mul(inverse)));
        step += 1;
    }
    assert!(MIX.wrapping_mul(inverse) == 1);
    inverse
};

impl BuildHasher for Mixed {
    type Hasher = Mixing;

    fn build_hasher(&self) -> Mixing {
        Mixing(0)
    }
}

impl Hasher for Mixing {
    fn write(&mut self, _: &[u8]) {
        unreachable!("keys are numbers")
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key.wrapping_mul(UNMIX);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Keys in the first shard.
pub(super) const A: [u64; 3] = [1, 2, 3];
/// Keys in the second shard.
pub(super) const B: [u64; 3] = [1 << 36 | 1, 1 << 36 | 2, 1 << 36 | 3];

pub(super) type Map = HashMap<u64, u64, Mixed>;

/// An empty map of two shards.
pub(super) fn map() -> Arc<Map> {
    Arc::new(HashMap::with_hasher_and_shard_amount(Mixed, 2))
}

/// A map of two shards with these entries.
pub(super) fn map_of(entries: &[(u64, u64)]) -> Arc<Map> {
    let map = map();
    for (key, value) in entries {
        map.insert(*key, *value);
    }
    map
}

/// What two threads say that use `shared` at the same time. (Threads that borrow it would be shorter, but shuttle 0.9 wakes up
/// whoever waits for one of them when another one ends.)
pub(super) fn both<M: Send + Sync + 'static, R: Send + 'static, S>(
    shared: &Arc<M>,
    one: impl FnOnce(&M) -> R + Send + 'static,
    other: impl FnOnce(&M) -> S,
) -> (R, S) {
    let theirs = Arc::clone(shared);
    let one = thread::spawn(move || one(&theirs));
    let other = other(shared);
    (one.join().unwrap(), other)
}

/// What three say.
pub(super) fn three<M, R, S, T>(
    shared: &Arc<M>,
    one: impl FnOnce(&M) -> R + Send + 'static,
    other: impl FnOnce(&M) -> S + Send + 'static,
    third: impl FnOnce(&M) -> T,
) -> (R, S, T)
where
    M: Send + Sync + 'static,
    R: Send + 'static,
    S: Send + 'static,
{
    let theirs = Arc::clone(shared);
    let one = thread::spawn(move || one(&theirs));
    let (other, third) = both(shared, other, third);
    (one.join().unwrap(), other, third)
}

/// The entries at one moment, in the order of their keys.
pub(super) fn entries(map: &Map) -> Vec<(u64, u64)> {
    let mut entries: Vec<(u64, u64)> = map.snapshot().into_iter().collect();
    entries.sort_unstable();
    entries
}
