//! The one place where mistakes are collected, so that all of them are reported at once.
//!
//! It cannot render or recover: a stage that finds a mistake adds it here and carries on with whatever it still knows.

use std::cell::RefCell;
use std::fmt::Display;
use std::thread;

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Error, Result};

/// Collects errors until [`Ctxt::check`] is called; panics when it is dropped unchecked, because a lost error would let
/// broken input expand.
pub(crate) struct Ctxt {
    // `None` once checked.
    errors: RefCell<Option<Vec<Error>>>,
}

impl Ctxt {
    pub(crate) fn new() -> Self {
        Ctxt {
            errors: RefCell::new(Some(Vec::new())),
        }
    }

    /// Adds a mistake that is located at all of `tokens`.
    pub(crate) fn error_spanned_by(&self, tokens: impl ToTokens, message: impl Display) {
        self.push(Error::new_spanned(tokens, message));
    }

    /// Adds a mistake that is located at `span`.
    pub(crate) fn error_at(&self, span: Span, message: impl Display) {
        self.push(Error::new(span, message));
    }

    /// Adds a mistake that a parser found.
    pub(crate) fn push(&self, error: Error) {
        if let Some(errors) = self.errors.borrow_mut().as_mut() {
            errors.push(error);
        }
    }

    /// Ends the collection: all mistakes as one error, in the order in which they were found.
    pub(crate) fn check(self) -> Result<()> {
        let mut errors = self.errors.take().unwrap_or_default().into_iter();
        let Some(mut all) = errors.next() else {
            return Ok(());
        };
        all.extend(errors);
        Err(all)
    }
}

impl Drop for Ctxt {
    fn drop(&mut self) {
        assert!(
            thread::panicking() || self.errors.borrow().is_none(),
            "the errors of `#[tracked]` were collected and never checked"
        );
    }
}

#[cfg(test)]
mod tests;
