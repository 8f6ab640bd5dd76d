//! The ring of the flight recorder, which depends on the orderings of its atomics: the runtime's own file on
//! [loom](https://docs.rs/loom), which tries all that the memory model allows, in all orders.

#![allow(missing_docs)]

#[path = "../../runtime/src/mode/every/flight/ring.rs"]
mod ring;

use std::panic::{AssertUnwindSafe, catch_unwind};

use loom::{model::Builder, sync::Arc, thread};
use ring::Ring;

use threads::atomic::{Weakness, weakened};

/// What the ring takes from the runtime's module of that name.
mod threads {
    pub(crate) use loom::sync::{Mutex, MutexGuard};
    pub(crate) use std::sync::{PoisonError, TryLockError};

    /// Whatever the bound is elsewhere.
    pub(crate) const fn bound(_: usize, _: usize) -> usize {
        super::KEPT
    }

    pub(crate) mod atomic {
        //! Loom's atomics, which mutants weaken.

        use std::cell::Cell;

        pub(crate) use loom::sync::atomic::Ordering;
        use loom::sync::atomic::Ordering::Relaxed;

        /// An ordering that a mutant forgets.
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Weakness {
            None,
            Stores,
            Loads,
            Fence,
        }

        thread_local! {
            static WEAKNESS: Cell<Weakness> = const { Cell::new(Weakness::None) };
        }

        /// What `run` does without one of the orderings. (Loom runs its threads on the one that asks.)
        pub(crate) fn weakened(weakness: Weakness, run: impl FnOnce()) {
            WEAKNESS.set(weakness);
            run();
            WEAKNESS.set(Weakness::None);
        }

        fn unless(weakness: Weakness, ordering: Ordering) -> Ordering {
            if WEAKNESS.get() == weakness {
                Relaxed
            } else {
                ordering
            }
        }

        pub(crate) struct AtomicU64(loom::sync::atomic::AtomicU64);

        impl AtomicU64 {
            pub(crate) fn new(value: u64) -> Self {
                Self(loom::sync::atomic::AtomicU64::new(value))
            }

            pub(crate) fn load(&self, ordering: Ordering) -> u64 {
                self.0.load(unless(Weakness::Loads, ordering))
            }

            pub(crate) fn store(&self, value: u64, ordering: Ordering) {
                self.0.store(value, unless(Weakness::Stores, ordering));
            }
        }

        pub(crate) fn fence(ordering: Ordering) {
            if WEAKNESS.get() != Weakness::Fence {
                loom::sync::atomic::fence(ordering);
            }
        }
    }
}

/// Who did what when and where; here, a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Scene(u64);

impl Scene {
    fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    fn bits(self) -> u64 {
        self.0
    }
}

mod returns {
    #[derive(Default)]
    pub(crate) struct Returns(pub(crate) u64);
}

mod texts {
    #[derive(Default)]
    pub(crate) struct Texts(Option<(u64, String)>);

    impl Texts {
        pub(crate) fn get(&self, hash: u64) -> Option<&str> {
            let (known, text) = self.0.as_ref()?;
            (*known == hash).then_some(text)
        }

        pub(crate) fn put(&mut self, hash: u64, text: &str) {
            self.0 = Some((hash, text.to_owned()));
        }
    }
}

/// As many operations as the ring keeps.
const KEPT: usize = 2;

/// The scene of the operation with this number.
fn scene(number: u64) -> Scene {
    Scene(100 + number)
}

/// All that loom can think of, with at most so many switches away from a thread that could go on.
fn all(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

/// What both say, of whom one writes and the other reads, and the ring. (The one that reads begins last, or loom would not
/// try what it finds when the other is far ahead.)
fn both<R: 'static, S: 'static>(
    ring: Ring,
    write: impl FnOnce(&Ring) -> R + 'static,
    read: impl FnOnce(&Ring) -> S + 'static,
) -> (R, S, Arc<Ring>) {
    let ring = Arc::new(ring);
    let [theirs, others] = [Arc::clone(&ring), Arc::clone(&ring)];
    let write = thread::spawn(move || write(&theirs));
    let read = thread::spawn(move || read(&others));
    (write.join().unwrap(), read.join().unwrap(), ring)
}

/// One writes more operations than are kept.
fn written_while_it_is_read() {
    const WRITES: u64 = 3;
    let ring = Ring::new();
    ring.push(0, scene(0));
    let write = |ring: &Ring| (1..=WRITES).for_each(|number| ring.push(number, scene(number)));
    let ((), (first, read), ring) = both(ring, write, |ring| ring.read_from(0));
    for (number, operation) in (first..).zip(&read) {
        assert_eq!(*operation, (number, scene(number)), "torn");
    }
    assert!(first + read.len() as u64 > 0, "what was there is known");
    // Of the oldest one nobody knows whether it is being overwritten.
    let last = (WRITES, scene(WRITES));
    assert_eq!(ring.read_from(0), (WRITES, vec![last]));
    assert_eq!(ring.count(), WRITES + 1);
}

#[test]
fn no_operation_is_read_torn() {
    all(3, written_while_it_is_read);
}

#[track_caller]
fn is_torn(weakness: Weakness) {
    weakened(weakness, || {
        let found = catch_unwind(AssertUnwindSafe(|| all(3, written_while_it_is_read)));
        let panic = found.expect_err("the mutant passes: the model sees too little");
        let said = panic.downcast_ref::<String>();
        assert!(said.is_some_and(|said| said.contains("torn")), "{said:?}");
    });
}

#[test]
fn mutant_stores_that_release_nothing() {
    is_torn(Weakness::Stores);
}

#[test]
fn mutant_loads_that_acquire_nothing() {
    is_torn(Weakness::Loads);
}

#[test]
fn mutant_no_fence_before_the_second_look() {
    is_torn(Weakness::Fence);
}

#[test]
fn entries_that_come_together_are_added_up_in_place() {
    all(3, || {
        let ring = Ring::new();
        assert!(!ring.add_to_last(1, scene(0)), "there is no last one");
        ring.push(1, scene(0));
        let write = |ring: &Ring| [ring.add_to_last(2, scene(0)), ring.add_to_last(1, scene(1))];
        let (added, (_, read), ring) = both(ring, write, |ring| ring.read_from(0));
        assert_eq!(added, [true, false], "the other has another scene");
        assert!(
            read == [(1, scene(0))] || read == [(3, scene(0))],
            "{read:?}"
        );
        assert_eq!(ring.read_from(0).1, [(3, scene(0))]);
    });
}

/// Who writes waits for nobody: what is held by a reader is left alone.
#[test]
fn a_writer_that_finds_a_lock_held_goes_on() {
    all(3, || {
        let write = |ring: &Ring| {
            ring.keep_text(7, "seven");
            // Held or known: there is nothing to ask for.
            assert!(ring.has_text(7) || ring.text(7).is_none());
            ring.try_returns()
                .map(|mut returns| returns.0 += 1)
                .is_some()
        };
        let read = |ring: &Ring| (ring.text(7), ring.returns().0);
        let (looked, (text, seen), ring) = both(Ring::new(), write, read);
        assert!(text.is_none_or(|text| text == "seven"));
        assert!(seen <= u64::from(looked));
        assert_eq!(ring.returns().0, u64::from(looked));
    });
}

#[test]
fn a_ring_for_another_map_shows_nothing_of_the_first() {
    all(1, || {
        let mut ring = Ring::new();
        ring.push(1, scene(1));
        ring.keep_text(1, "one");
        ring.reset();
        assert_eq!(ring.read_from(0), (0, vec![]));
        assert_eq!(ring.text(1), None);
    });
}
