//! What is being done, on standard error while it takes its time; drawn on a terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::clean::clean;

/// Does the work, and says so as long as that takes.
pub(crate) fn during<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let style = ProgressStyle::with_template("{spinner} {msg}, {elapsed}");
    let spinner = ProgressBar::new_spinner().with_message(clean(what));
    if let Ok(style) = style {
        spinner.set_style(style);
    }
    spinner.enable_steady_tick(Duration::from_millis(100));
    let done = work();
    spinner.finish_and_clear();
    done
}

/// Does work of so many pieces, and says how many of them are done as long as that takes.
pub(crate) fn of<T>(what: &str, pieces: u64, work: impl FnOnce(&(dyn Fn() + Sync)) -> T) -> T {
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len}, {msg}, {elapsed}");
    let bar = ProgressBar::new(pieces).with_message(clean(what));
    if let Ok(style) = style {
        bar.set_style(style);
    }
    let done = work(&|| bar.inc(1));
    bar.finish_and_clear();
    done
}
