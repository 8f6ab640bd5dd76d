//! What the programmer declared about a map, as plain constants.

use std::time::Duration;

/// What to do about entries whose value is vacant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Residue {
    /// Count it and show it (the default).
    #[default]
    Report,
    /// It is part of the design: neither counted nor shown.
    Allow,
    /// A breach.
    Deny,
}

/// Everything `#[map(…)]` declared; only this can make strict mode panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contract {
    pub(crate) residue: Residue,
    pub(crate) max_len: Option<usize>,
    pub(crate) max_age: Option<Duration>,
    pub(crate) empty_on_drop: bool,
    pub(crate) growth_allowed: bool,
    pub(crate) follows: Option<&'static str>,
    pub(crate) subset_of: Option<&'static str>,
    pub(crate) show_keys: bool,
}

impl Contract {
    /// Nothing declared.
    pub const NONE: Self = Self {
        residue: Residue::Report,
        max_len: None,
        max_age: None,
        empty_on_drop: false,
        growth_allowed: false,
        follows: None,
        subset_of: None,
        show_keys: false,
    };

    /// Whether anything was declared that may be found not to hold.
    pub(crate) const fn can_be_breached(&self) -> bool {
        matches!(self.residue, Residue::Deny)
            || self.max_len.is_some()
            || self.max_age.is_some()
            || self.empty_on_drop
    }

    /// What of it holds for each shard of a map by itself.
    #[cfg(feature = "sync")]
    pub(crate) const fn of_shard(mut self) -> Self {
        self.max_len = None;
        self.empty_on_drop = false;
        self
    }

    /// Declares what residue means here.
    #[must_use]
    pub const fn residue(mut self, residue: Residue) -> Self {
        self.residue = residue;
        self
    }

    /// Declares that the map never holds more than `entries`.
    #[must_use]
    pub const fn max_len(mut self, entries: usize) -> Self {
        self.max_len = Some(entries);
        self
    }

    /// Declares that no entry stays longer than `age`.
    #[must_use]
    pub const fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Declares that the map is empty when it goes.
    #[must_use]
    pub const fn empty_on_drop(mut self) -> Self {
        self.empty_on_drop = true;
        self
    }

    /// Declares that the map is meant to grow for ever.
    #[must_use]
    pub const fn growth_allowed(mut self) -> Self {
        self.growth_allowed = true;
        self
    }

    /// Declares that these entries live only while those of the map named `site` do.
    #[must_use]
    pub const fn follows(mut self, site: &'static str) -> Self {
        self.follows = Some(site);
        self
    }

    /// Declares that every key here is a key of the map named `site`.
    #[must_use]
    pub const fn subset_of(mut self, site: &'static str) -> Self {
        self.subset_of = Some(site);
        self
    }

    /// Allows keys to appear in events and reports.
    #[must_use]
    pub const fn show_keys(mut self) -> Self {
        self.show_keys = true;
        self
    }
}

impl Default for Contract {
    fn default() -> Self {
        Self::NONE
    }
}
