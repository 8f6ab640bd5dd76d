//! The last operations of one map: a ring of two words each.
//!
//! One writer, the owner of the map, who never waits; a reader takes a copy and leaves out what was overwritten while it
//! read.

use std::array::from_fn;

use super::{Scene, returns::Returns, texts::Texts};
use crate::threads::{
    Mutex, MutexGuard, PoisonError, TryLockError,
    atomic::{
        AtomicU64,
        Ordering::{Acquire, Relaxed, Release},
        fence,
    },
    bound,
};

/// Operations kept of each map. A power of two.
const OPERATIONS: usize = bound(1024, 16);

/// See the [module](self).
pub(super) struct Ring {
    /// Operations so far.
    next: AtomicU64,
    /// Of what: the hash of the key, or a number of entries.
    whats: [AtomicU64; OPERATIONS],
    /// Who did what when and where.
    scenes: [AtomicU64; OPERATIONS],
    /// Keys that came back.
    returns: Mutex<Returns>,
    /// Keys as text, where the programmer allowed it.
    texts: Mutex<Texts>,
}

impl Ring {
    pub(super) fn new() -> Self {
        Self {
            next: AtomicU64::new(0),
            whats: from_fn(|_| AtomicU64::new(0)),
            scenes: from_fn(|_| AtomicU64::new(0)),
            returns: Mutex::default(),
            texts: Mutex::default(),
        }
    }

    /// As a new one, for another map.
    pub(super) fn reset(&mut self) {
        // What was is not looked at: there were no operations yet.
        self.next = AtomicU64::new(0);
        self.returns = Mutex::default();
        self.texts = Mutex::default();
    }

    #[inline(always)]
    pub(super) fn push(&self, what: u64, scene: Scene) {
        let place = self.next.load(Relaxed) as usize % OPERATIONS;
        // A reader that sees any of this sees all before it counted: a seqlock whose sequence is the count (Boehm, Can
        // Seqlocks Get Along with Programming Language Memory Models?, MSPC 2012).
        self.whats[place].store(what, Release);
        self.scenes[place].store(scene.bits(), Release);
        // Read again: so it is one instruction that adds one.
        self.next
            .store(self.next.load(Relaxed).wrapping_add(1), Release);
    }

    /// Counts `entries` more to the last operation if it has this scene.
    pub(super) fn add_to_last(&self, entries: u64, scene: Scene) -> bool {
        let Some(last) = self.next.load(Relaxed).checked_sub(1) else {
            return false;
        };
        let place = last as usize % OPERATIONS;
        let is_same = self.scenes[place].load(Relaxed) == scene.bits();
        if is_same {
            let before = self.whats[place].load(Relaxed);
            self.whats[place].store(before.saturating_add(entries), Relaxed);
        }
        is_same
    }

    /// Operations so far.
    pub(super) fn count(&self) -> u64 {
        self.next.load(Relaxed)
    }

    /// The operations from this one on that are kept, the oldest first, and how many were before; for any thread.
    pub(super) fn read_from(&self, first: u64) -> (u64, Vec<(u64, Scene)>) {
        let end = self.next.load(Acquire);
        let start = end.saturating_sub(OPERATIONS as u64).max(first.min(end));
        let mut kept: Vec<(u64, Scene)> = (start..end)
            .map(|at| at as usize % OPERATIONS)
            .map(|place| {
                let what = self.whats[place].load(Relaxed);
                (what, Scene::from_bits(self.scenes[place].load(Relaxed)))
            })
            .collect();
        fence(Acquire);
        // The one after the newest may be half-way, in the place of the oldest.
        let newest = self.next.load(Relaxed);
        let torn = (newest + 1).saturating_sub(OPERATIONS as u64 + start);
        let torn = kept.len().min(torn as usize);
        kept.drain(..torn);
        (start + torn as u64, kept)
    }

    /// What is known of keys that came back. For readers, who may wait.
    pub(super) fn returns(&self) -> MutexGuard<'_, Returns> {
        self.returns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, if nobody else looks at it just now. For the writer, who waits for nobody.
    pub(super) fn try_returns(&self) -> Option<MutexGuard<'_, Returns>> {
        free(&self.returns)
    }

    /// Whether the text of this key is known.
    pub(super) fn has_text(&self, hash: u64) -> bool {
        free(&self.texts).is_none_or(|texts| texts.get(hash).is_some())
    }

    /// Keeps a key as text, unless somebody reads them just now.
    pub(super) fn keep_text(&self, hash: u64, text: &str) {
        if let Some(mut texts) = free(&self.texts) {
            texts.put(hash, text);
        }
    }

    /// A key as text.
    pub(super) fn text(&self, hash: u64) -> Option<String> {
        let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.get(hash).map(str::to_owned)
    }
}

/// What is behind the lock, if nobody holds it.
fn free<T>(lock: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match lock.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}
