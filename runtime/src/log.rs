//! What happens besides a map's own work when its entries come, change or leave, whatever kind of map it is: audit events,
//! hooks, guards. How an entry is recorded depends on where it is kept: [`hash_map::log`](crate::hash_map) and
//! [`keyless`](crate::keyless).

use std::borrow::Borrow;

use crate::{
    Keeper, RemovalCause, Vetoed,
    mode::{AUDIT, Caller, ENFORCE, RECORDS, Recorder},
    panics::Panics,
    store::{Slot, Store},
};

/// Whether anything happens besides the map's own work.
pub(crate) const fn listens<K, V, T: Keeper<K, V>>() -> bool {
    T::HOOKED || (T::TRACKED && (RECORDS || AUDIT))
}

/// Whether somebody is told of each entry that leaves: a hook, or the audit log.
pub(crate) const fn tells<K, V, T: Keeper<K, V>>() -> bool {
    T::HOOKED || (T::TRACKED && AUDIT)
}

/// A map's record and its keeper.
pub(crate) struct Log<T> {
    pub(crate) recorder: Recorder,
    pub(crate) keeper: T,
}

impl<T> Log<T> {
    pub(crate) const fn new(keeper: T) -> Self {
        Self {
            recorder: Recorder::NEW,
            keeper,
        }
    }

    /// Every entry of `store` leaves: record, events and hooks for each; the caller takes the entries out.
    pub(crate) fn all_leave<'m, K, V: 'm>(
        &mut self,
        store: &impl Store<V>,
        entries: impl Iterator<Item = (impl Borrow<K>, &'m V)>,
        cause: RemovalCause,
        at: Caller,
    ) -> Panics
    where
        T: Keeper<K, V>,
    {
        let panics = self.tell_all(store, entries, cause, at);
        self.recorder.all_left::<K, V, T>(cause, store, at);
        panics
    }

    /// Events and hooks for every entry of `store`, whatever some of them do; the panics are handed back.
    pub(crate) fn tell_all<'m, K, V: 'm>(
        &mut self,
        store: &impl Store<V>,
        entries: impl Iterator<Item = (impl Borrow<K>, &'m V)>,
        cause: RemovalCause,
        at: Caller,
    ) -> Panics
    where
        T: Keeper<K, V>,
    {
        self.recorder.let_all_go::<K, V, T>(store, cause, at);
        let mut panics = Panics::default();
        if AUDIT || T::HOOKED {
            for (key, value) in entries {
                panics.run(|| self.tell(key.borrow(), value, cause, at));
            }
        }
        panics
    }

    /// Records that an entry was taken out, or is about to be, and runs its hook; `len` still counts it. `look` does what
    /// few removals need; it may ask user code.
    #[inline(always)]
    pub(crate) fn note_gone<K, V>(
        &mut self,
        len: usize,
        key: &K,
        slot: &Slot<impl Sized, V>,
        cause: RemovalCause,
        at: Caller,
        look: impl FnOnce(&mut Self),
    ) where
        T: Keeper<K, V>,
    {
        if !tells::<K, V, T>() {
            // Nobody is told, so user code may panic once all is counted.
            self.recorder.removed::<K, V, T>(slot, cause, len, at);
            self.recorder.let_go::<K, V, T>(slot.value(), cause, at);
            return look(self);
        }
        let mut rest = Rest {
            log: self,
            len,
            key,
            slot,
            cause,
            at,
            is_done: false,
        };
        look(rest.log);
        rest.finish();
    }

    /// Tells the audit log and the hook.
    #[inline(always)]
    pub(crate) fn tell<K, V>(&mut self, key: &K, value: &V, cause: RemovalCause, at: Caller)
    where
        T: Keeper<K, V>,
    {
        if AUDIT && T::TRACKED {
            audit::<K, V, T>(key, cause, at);
        }
        if T::HOOKED {
            self.keeper.on_remove(key, value, cause);
        }
    }
}

/// What is left to do for an entry that is out already, whatever panics before: it is counted, and its hook runs.
struct Rest<'a, K, B, V, T: Keeper<K, V>> {
    log: &'a mut Log<T>,
    len: usize,
    key: &'a K,
    slot: &'a Slot<B, V>,
    cause: RemovalCause,
    at: Caller,
    is_done: bool,
}

impl<K, B, V, T: Keeper<K, V>> Rest<'_, K, B, V, T> {
    #[inline(always)]
    fn finish(&mut self) {
        let Self {
            len,
            key,
            slot,
            cause,
            at,
            ..
        } = *self;
        self.is_done = true;
        let recorder = &mut self.log.recorder;
        recorder.removed::<K, V, T>(slot, cause, len, at);
        recorder.let_go::<K, V, T>(slot.value(), cause, at);
        self.log.tell(key, slot.value(), cause, at);
    }
}

impl<K, B, V, T: Keeper<K, V>> Drop for Rest<'_, K, B, V, T> {
    #[inline(always)]
    fn drop(&mut self) {
        if !self.is_done {
            let mut panics = Panics::default();
            panics.run(|| self.finish());
            panics.resume(T::site());
        }
    }
}

/// Asks the guard, if guards are compiled in.
#[inline]
pub(crate) fn ask<K, V, T: Keeper<K, V>>(key: &K, value: &V, at: Caller) -> Result<(), Vetoed> {
    if !(ENFORCE && T::GUARDED) {
        return Ok(());
    }
    T::guard(key, value).map_err(|reason| vetoed::<K, V, T>(key, reason, at))
}

#[cold]
fn vetoed<K, V, T: Keeper<K, V>>(key: &K, reason: String, at: Caller) -> Vetoed {
    let site = T::site().map_or("an untracked map", |site| site.name());
    let call_site = at.location().map(tracing::field::display);
    let key = T::show_key(key);
    tracing::warn!(
        target: "mapkeeper::audit",
        site,
        call_site,
        key,
        reason,
        "a removal from {site} was vetoed"
    );
    Vetoed { site, reason }
}

#[cold]
#[inline(never)]
fn audit<K, V, T: Keeper<K, V>>(key: &K, cause: RemovalCause, at: Caller) {
    if !tracing::enabled!(target: "mapkeeper::audit", tracing::Level::INFO) {
        return;
    }
    let site = T::site().map_or("an untracked map", |site| site.name());
    // A map's end has no caller: drop glue runs it.
    let call_site = if cause == RemovalCause::MapDropped {
        None
    } else {
        at.location()
    };
    let call_site = call_site.map(tracing::field::display);
    let key = T::show_key(key);
    tracing::info!(
        target: "mapkeeper::audit",
        site,
        cause = cause.as_str(),
        call_site,
        key,
        "an entry left {site}"
    );
}
