//! Where a map counts, and which hashes it looks at twice: at hand in the map itself. So an operation of which nothing else is
//! recorded need not ask whether there is an [`Instance`], nor go there.

use std::ops::Deref;

use super::{
    super::live::{Counters, Instance},
    MAX_SAMPLED, mixed,
};
use crate::threads::{Mutex, MutexGuard, PoisonError, addresses, bound, statics};

/// The counters of an instance.
pub(crate) enum Block {
    /// One that is handed on to another once the instance is gone, and never freed: so a map may point to it without owning it.
    Lent(&'static Counters),
    /// Its own, once too many are out. Such a map counts by way of its instance.
    Own(Box<Counters>),
}

/// Blocks to be lent: 416 KiB of them, if ever as many instances live at a time.
const MOST: usize = bound(4_096, 2);

struct Blocks {
    made: usize,
    free: Vec<&'static Counters>,
}

statics! {
    static BLOCKS: Mutex<Blocks> = Mutex::new(Blocks {
        made: 0,
        free: Vec::new(),
    });
}

fn blocks() -> MutexGuard<'static, Blocks> {
    BLOCKS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Block {
    fn default() -> Self {
        let mut blocks = blocks();
        if let Some(block) = blocks.free.pop() {
            Self::Lent(block)
        } else if blocks.made < MOST {
            blocks.made += 1;
            Self::Lent(Box::leak(Box::default()))
        } else {
            Self::Own(Box::default())
        }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if let Self::Lent(block) = *self {
            block.clear();
            blocks().free.push(block);
        }
    }
}

impl Deref for Block {
    type Target = Counters;

    #[inline]
    fn deref(&self) -> &Counters {
        match self {
            Self::Lent(block) => block,
            Self::Own(block) => block,
        }
    }
}

/// See the [module](self).
#[derive(Clone, Copy)]
pub(super) struct Account {
    counters: &'static Counters,
    /// Hashes up to this one, mixed, may be sampled. Without a block all of them: so where one may not, there is a block.
    sampled_to: u64,
}

addresses! {
    /// Nobody counts here.
    static NOBODY: Counters = Counters::new();
}

impl Account {
    pub(super) const NONE: Self = Self {
        counters: &NOBODY,
        sampled_to: u64::MAX,
    };

    pub(super) fn of(instance: &Instance) -> Self {
        match instance.counters {
            Block::Lent(counters) => Self {
                counters,
                sampled_to: MAX_SAMPLED,
            },
            Block::Own(_) => Self::NONE,
        }
    }

    #[inline(always)]
    pub(super) fn is_open(&self) -> bool {
        self.sampled_to != u64::MAX
    }

    /// Whoever asks knows that it is open.
    #[inline(always)]
    pub(super) fn counters(&self) -> &'static Counters {
        self.counters
    }

    #[inline(always)]
    pub(super) fn may_sample(&self, hash: u64) -> bool {
        mixed(hash) <= self.sampled_to
    }
}
