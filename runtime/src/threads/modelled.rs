//! What models run on: shuttle's.
//!
//! Real is all of the runtime but for what is named here. What is not modelled:
//!
//! - weak memory: shuttle's atomics are sequentially consistent. (`models/tests/ring.rs` has loom for the file that depends on
//!   orderings.)
//! - how `parking_lot` chooses among those who wait: any of them may be next here.
//! - time: it goes on by a microsecond a step, so that a schedule repeats exactly. The runtime's own thread, strict's clock,
//!   never gets to run.
//! - races for a cell: `OnceLock`, `LazyLock` and the cells of `once_cell` are the real ones, and setting one is a step.
//!   Nothing in the runtime waits while it makes such a value.
//! - locks of users around their maps.
//!
//! Statics are made anew in each execution, and bounds are lower.

#![allow(
    unused_imports,
    unused_macros,
    dead_code,
    reason = "which of it is used is up to the mode"
)]

use std::time::Duration;

use once_cell::race::OnceBox;
pub(crate) use shuttle::{
    sync::{Mutex, MutexGuard, PoisonError, RwLock, TryLockError, atomic},
    thread_local,
};
pub(crate) use std::sync::{LazyLock, OnceLock};

#[cfg(feature = "sync")]
pub(crate) mod parking_lot;

/// A bound on what is kept at a time, low enough to be reached.
pub(crate) const fn bound(_in_programs: usize, low: usize) -> usize {
    low
}

/// Statics that are made anew in each execution of a model.
macro_rules! statics {
    ($($(#[$attribute:meta])* static $name:ident: $type:ty = $value:expr;)*) => {
        shuttle::lazy_static! {
            $($(#[$attribute])* static ref $name: $type = $value;)*
        }
    };
}
pub(crate) use statics;

/// A value that is made once in an execution.
pub(crate) struct OncePerProcess<T: Send + Sync + 'static>(shuttle::lazy_static::Lazy<OnceBox<T>>);

impl<T: Send + Sync> OncePerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self(shuttle::lazy_static::Lazy::new(OnceBox::new))
    }

    pub(crate) fn get(&'static self) -> Option<&'static T> {
        self.0.get().get()
    }

    pub(crate) fn get_or_init(&'static self, make: impl FnOnce() -> Box<T>) -> &'static T {
        self.0.get().get_or_init(make)
    }
}

/// Steps since an execution began, each a microsecond.
#[derive(Clone, Copy)]
pub(crate) struct Instant(usize);

impl Instant {
    pub(crate) fn now() -> Self {
        Self(shuttle::current::context_switches())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        let steps = Self::now().0.saturating_sub(self.0);
        Duration::from_micros(steps as u64)
    }
}

pub(crate) mod thread {
    //! Threads of the runtime's own never get to run in a model: it is over long before their time comes.

    pub(crate) use shuttle::thread::{Thread, current, park, sleep};

    #[derive(Default)]
    pub(crate) struct Builder;

    pub(crate) struct Handle(Thread);

    impl Builder {
        pub(crate) fn new() -> Self {
            Self
        }

        pub(crate) fn name(self, _: String) -> Self {
            self
        }

        pub(crate) fn stack_size(self, _: usize) -> Self {
            self
        }

        pub(crate) fn spawn(self, _: impl FnOnce() + Send + 'static) -> std::io::Result<Handle> {
            Ok(Handle(current()))
        }
    }

    impl Handle {
        pub(crate) fn thread(&self) -> &Thread {
            &self.0
        }
    }
}
