//! Panics of the code under test, as data.

use std::{
    cell::{Cell, RefCell},
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

/// A panic that was caught: what it said, and the line it blames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caught {
    /// The message.
    pub message: String,
    /// The file of the panic's location.
    pub file: String,
    /// The line of the panic's location.
    pub line: u32,
}

thread_local! {
    static QUIET: Cell<u32> = const { Cell::new(0) };
    static FIRST: RefCell<Option<Caught>> = const { RefCell::new(None) };
}

fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if QUIET.get() == 0 {
                return before(info);
            }
            let message = info
                .payload()
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| info.payload().downcast_ref::<String>().cloned())
                .unwrap_or_default();
            let (file, line) = info
                .location()
                .map_or_else(Default::default, |at| (at.file().to_owned(), at.line()));
            FIRST.with_borrow_mut(|first| {
                first.get_or_insert(Caught {
                    message,
                    file,
                    line,
                });
            });
        }));
    });
}

/// Runs `f`; its first panic is handed back instead of being printed.
///
/// # Errors
/// The panic.
pub fn caught<R>(f: impl FnOnce() -> R) -> Result<R, Caught> {
    install();
    QUIET.set(QUIET.get() + 1);
    let outer = FIRST.take();
    let out = panic::catch_unwind(AssertUnwindSafe(f));
    QUIET.set(QUIET.get() - 1);
    let first = FIRST.replace(outer);
    out.map_err(|_| first.expect("a panic runs the panic hook"))
}
