//! parking_lot's lock of readers and one writer: a real one, entered by those whom shuttle lets through.
//!
//! Whoever reads takes one permit, whoever writes takes all of them. Who waits is let in in any order, so readers pass
//! writers that wait, as [`read_recursive`](RwLock::read_recursive) says of itself; the fairness of `read` is not modelled,
//! and the runtime does not use it. [`try_read`](RwLock::try_read) passes nobody.

use std::{
    ops::{Deref, DerefMut},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use shuttle::future::batch_semaphore::{BatchSemaphore, Fairness};

/// A writer's permits; more than there are readers.
const ALL: usize = 1 << 16;

pub(crate) struct RwLock<T> {
    permits: BatchSemaphore,
    writers_waiting: AtomicUsize,
    real: parking_lot::RwLock<T>,
}

/// So many permits, until they are given back.
struct Permits<'a> {
    of: &'a BatchSemaphore,
    number: usize,
}

impl<'a> Permits<'a> {
    fn wait(of: &'a BatchSemaphore, number: usize) -> Self {
        // It is never closed.
        let _ = of.acquire_blocking(number);
        Self { of, number }
    }

    fn try_now(of: &'a BatchSemaphore, number: usize) -> Option<Self> {
        of.try_acquire(number).ok()?;
        Some(Self { of, number })
    }
}

impl Drop for Permits<'_> {
    fn drop(&mut self) {
        self.of.release(self.number);
    }
}

impl<T> RwLock<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            permits: BatchSemaphore::const_new(ALL, Fairness::Unfair),
            writers_waiting: AtomicUsize::new(0),
            real: parking_lot::RwLock::new(value),
        }
    }

    pub(crate) fn read_recursive(&self) -> RwLockReadGuard<'_, T> {
        self.reading(Permits::wait(&self.permits, 1))
    }

    pub(crate) fn try_read_recursive(&self) -> Option<RwLockReadGuard<'_, T>> {
        Permits::try_now(&self.permits, 1).map(|permits| self.reading(permits))
    }

    pub(crate) fn try_read(&self) -> Option<RwLockReadGuard<'_, T>> {
        let permits = Permits::try_now(&self.permits, 1)?;
        (self.writers_waiting.load(Relaxed) == 0).then(|| self.reading(permits))
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, T> {
        self.writers_waiting.fetch_add(1, Relaxed);
        let permits = Permits::wait(&self.permits, ALL);
        self.writers_waiting.fetch_sub(1, Relaxed);
        self.writing(permits)
    }

    pub(crate) fn try_write(&self) -> Option<RwLockWriteGuard<'_, T>> {
        Permits::try_now(&self.permits, ALL).map(|permits| self.writing(permits))
    }

    fn reading<'a>(&'a self, permits: Permits<'a>) -> RwLockReadGuard<'a, T> {
        let real = self.real.try_read_recursive();
        RwLockReadGuard {
            real: real.expect("whoever has a permit can read"),
            permits,
        }
    }

    fn writing<'a>(&'a self, permits: Permits<'a>) -> RwLockWriteGuard<'a, T> {
        let real = self.real.try_write();
        RwLockWriteGuard {
            real: real.expect("whoever has all permits can write"),
            permits,
        }
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.real.get_mut()
    }

    pub(crate) fn into_inner(self) -> T {
        self.real.into_inner()
    }
}

macro_rules! guards {
    ($($guard:ident -> $mapped:ident: $($mutable:ident)?;)+) => {$(
        /// Left first, then its permits are given back.
        pub(crate) struct $guard<'a, T> {
            real: parking_lot::$guard<'a, T>,
            permits: Permits<'a>,
        }

        impl<'a, T> $guard<'a, T> {
            pub(crate) fn map<U>(
                this: Self,
                f: impl FnOnce(&$($mutable)? T) -> &$($mutable)? U,
            ) -> $mapped<'a, U> {
                let Self { real, permits } = this;
                $mapped {
                    real: parking_lot::$guard::map(real, f),
                    permits,
                }
            }

            pub(crate) fn try_map<U>(
                this: Self,
                f: impl FnOnce(&$($mutable)? T) -> Option<&$($mutable)? U>,
            ) -> Result<$mapped<'a, U>, Self> {
                let Self { real, permits } = this;
                match parking_lot::$guard::try_map(real, f) {
                    Ok(real) => Ok($mapped { real, permits }),
                    Err(real) => Err(Self { real, permits }),
                }
            }
        }

        impl<T> Deref for $guard<'_, T> {
            type Target = T;

            fn deref(&self) -> &T {
                &self.real
            }
        }
    )+};
}

guards! {
    RwLockReadGuard -> MappedRwLockReadGuard:;
    MappedRwLockReadGuard -> MappedRwLockReadGuard:;
    RwLockWriteGuard -> MappedRwLockWriteGuard: mut;
    MappedRwLockWriteGuard -> MappedRwLockWriteGuard: mut;
}

impl<'a, T> RwLockWriteGuard<'a, T> {
    pub(crate) fn downgrade(this: Self) -> RwLockReadGuard<'a, T> {
        let Self { real, mut permits } = this;
        let real = parking_lot::RwLockWriteGuard::downgrade(real);
        permits.number = 1;
        permits.of.release(ALL - 1);
        RwLockReadGuard { real, permits }
    }
}

impl<T> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.real
    }
}

impl<T> DerefMut for MappedRwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.real
    }
}
