//! One shard: a map behind a lock.

use crate::{
    Contract, Keeper, RemovalCause, Site, StatefulKeeper, TrackedMaps, Unguarded, WeakValue,
    hash_map,
    mode::{
        Caller, RECORDS,
        holds::{self, Hold, MapId},
    },
    threads::{
        Instant, bound,
        parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard},
    },
};

/// The map of a shard.
pub(crate) type Part<K, V, S, T> = hash_map::HashMap<K, V, S, OfShard<T>>;
/// The map of a shard, locked to be read.
pub(crate) type Read<'a, K, V, S, T> = (RwLockReadGuard<'a, Part<K, V, S, T>>, Hold);
/// The map of a shard, locked to be written.
pub(crate) type Written<'a, K, V, S, T> = (RwLockWriteGuard<'a, Part<K, V, S, T>>, Hold);

/// Somebody asks for a shard.
#[derive(Clone, Copy)]
pub(crate) struct Ask {
    /// Its address, which nobody else has while it is borrowed.
    pub(crate) shard: usize,
    pub(crate) map: MapId,
    pub(crate) site: Option<&'static Site>,
    pub(crate) writes: bool,
    pub(crate) at: Caller,
}

/// Two cache lines each, as processors fetch them: a thread that locks one shard does not disturb its neighbours.
#[repr(align(128))]
pub(crate) struct Shard<K, V, S, T: Keeper<K, V>> {
    lock: RwLock<Part<K, V, S, T>>,
    of: MapId,
}

impl<K, V, S, T: Keeper<K, V>> Shard<K, V, S, T> {
    pub(crate) fn new(map: Part<K, V, S, T>, of: MapId) -> Self {
        Self {
            lock: RwLock::new(map),
            of,
        }
    }

    #[inline(always)]
    fn ask(&self, writes: bool, at: Caller) -> Ask {
        Ask {
            shard: std::ptr::from_ref(self).addr(),
            map: self.of,
            site: if T::TRACKED { T::site() } else { None },
            writes,
            at,
        }
    }

    /// Waits to read. A thread that reads the shard already never waits.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn read(&self, at: Caller) -> Read<'_, K, V, S, T> {
        let ask = self.ask(false, at);
        holds::about_to_wait(ask);
        // That nobody writes or waits to is quickest to see.
        let map = match self.lock.try_read() {
            Some(map) => map,
            None => self.wait_to_read(at),
        };
        (map, Hold::of(ask))
    }

    #[cold]
    #[inline(never)]
    fn wait_to_read(&self, at: Caller) -> RwLockReadGuard<'_, Part<K, V, S, T>> {
        soon(|| self.lock.try_read_recursive())
            .unwrap_or_else(|| timed(self.ask(false, at), || self.lock.read_recursive()))
    }

    /// Waits to write.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn write(&self, at: Caller) -> Written<'_, K, V, S, T> {
        let ask = self.ask(true, at);
        holds::about_to_wait(ask);
        let map = match self.lock.try_write() {
            Some(map) => map,
            None => self.wait_to_write(at),
        };
        (map, Hold::of(ask))
    }

    #[cold]
    #[inline(never)]
    fn wait_to_write(&self, at: Caller) -> RwLockWriteGuard<'_, Part<K, V, S, T>> {
        soon(|| self.lock.try_write())
            .unwrap_or_else(|| timed(self.ask(true, at), || self.lock.write()))
    }

    /// Reads if nobody writes.
    #[inline(always)]
    pub(crate) fn try_read(&self, at: Caller) -> Option<Read<'_, K, V, S, T>> {
        let map = self.lock.try_read_recursive()?;
        Some((map, Hold::of(self.ask(false, at))))
    }

    /// Writes if nobody reads or writes.
    #[inline(always)]
    pub(crate) fn try_write(&self, at: Caller) -> Option<Written<'_, K, V, S, T>> {
        let map = self.lock.try_write()?;
        Some((map, Hold::of(self.ask(true, at))))
    }

    pub(crate) fn get_mut(&mut self) -> &mut Part<K, V, S, T> {
        self.lock.get_mut()
    }

    pub(crate) fn into_inner(self) -> Part<K, V, S, T> {
        self.lock.into_inner()
    }
}

/// Tries as often as parking_lot does before it sleeps: most shards are taken for fewer nanoseconds than it takes to read the
/// clock twice. Where nobody counts waits, that is left to the lock.
#[inline(always)]
fn soon<G>(try_lock: impl Fn() -> Option<G>) -> Option<G> {
    /// None in models: whoever waits there is let in in any order, and tries would be orders of their own.
    const TRIES: usize = bound(10, 0);
    const WITH_PAUSES: usize = 3;
    let tries = if RECORDS { TRIES } else { 0 };
    (1..=tries).find_map(|n| {
        if n <= WITH_PAUSES {
            (0..1 << n).for_each(|_| std::hint::spin_loop());
        } else {
            std::thread::yield_now();
        }
        try_lock()
    })
}

/// Waits, and tells the record how long.
fn timed<G>(ask: Ask, wait: impl FnOnce() -> G) -> G {
    match ask.site {
        Some(site) if RECORDS => {
            let since = Instant::now();
            let guard = wait();
            site.record.waited(since.elapsed(), ask.at.location());
            guard
        }
        _ => wait(),
    }
}

/// The keeper of a shard: all that its map's keeper is, but for what is declared of the map as a whole.
pub(crate) struct OfShard<T>(pub(crate) T);

impl<T: Unguarded> Unguarded for OfShard<T> {}

impl<T: StatefulKeeper> StatefulKeeper for OfShard<T> {
    type Hooks = T::Hooks;

    fn hooks_mut(&mut self) -> &mut T::Hooks {
        self.0.hooks_mut()
    }
}

impl<K, V, T: Keeper<K, V>> Keeper<K, V> for OfShard<T> {
    const NEW: Self = Self(T::NEW);
    const TRACKED: bool = T::TRACKED;
    const HOOKED: bool = T::HOOKED;
    const GUARDED: bool = T::GUARDED;
    const DEEP: bool = T::DEEP;
    const WATCHES_ALL: bool = T::WATCHES_ALL;
    const IS_SHARD: bool = true;
    const CONTRACT: Contract = T::CONTRACT.of_shard();

    #[inline]
    fn site() -> Option<&'static Site> {
        T::site()
    }

    #[inline]
    fn on_remove(&mut self, key: &K, value: &V, cause: RemovalCause) {
        let _hook = holds::in_hook(T::site());
        self.0.on_remove(key, value, cause);
    }

    #[inline]
    fn guard(key: &K, value: &V) -> Result<(), String> {
        T::guard(key, value)
    }

    #[inline]
    fn knows_vacancy() -> bool {
        T::knows_vacancy()
    }

    #[inline]
    fn holds_handles() -> bool {
        T::holds_handles()
    }

    #[inline]
    fn is_vacant(value: &V) -> bool {
        T::is_vacant(value)
    }

    #[inline]
    fn strong_count(value: &V) -> Option<usize> {
        T::strong_count(value)
    }

    #[inline]
    fn watcher() -> Option<fn(&V) -> Option<WeakValue>> {
        T::watcher()
    }

    #[inline]
    fn maps_in(value: &V) -> Option<&dyn TrackedMaps> {
        T::maps_in(value)
    }

    #[inline]
    fn key_hash(key: &K) -> Option<u64> {
        T::key_hash(key)
    }

    #[inline]
    fn show_key(key: &K) -> Option<String> {
        T::show_key(key)
    }
}
