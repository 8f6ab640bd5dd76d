//! Contracts that did not hold: the sentence that says so, and the event.

use std::{panic::Location, time::Duration};

use super::{
    super::{Caller, detail},
    Recorder,
};
use crate::{Keeper, Site, report::seconds};

/// Which declaration did not hold, with what was seen.
pub(crate) enum BreachKind {
    Residue,
    DeadValue,
    MaxLen {
        max: usize,
        len: usize,
    },
    MaxAge {
        max_age: Duration,
        age_ms: u64,
        born_at: Option<&'static Location<'static>>,
    },
    EmptyOnDrop {
        left: usize,
    },
}

impl BreachKind {
    /// What, where and how to fix, in one sentence.
    pub(crate) fn sentence(&self, site: &Site, at: Option<&Location<'_>>) -> String {
        let name = site.name();
        let at = at.map_or_else(String::new, |at| format!(" at {at}"));
        match self {
            Self::Residue => format!(
                "{name} holds a key whose value was made vacant{at}, but declares `residue = deny`: remove the key \
                 instead of emptying its value"
            ),
            Self::DeadValue => format!(
                "{name} holds a key whose value became vacant without a write (its other side is gone, or it was emptied \
                 through another owner), but declares `residue = deny`: remove the key when that happens"
            ),
            Self::MaxLen { max, len } => format!(
                "{name} holds {len} entries after the insertion{at}, but declares `max_len = {max}`: remove entries \
                 before inserting more, or raise the limit"
            ),
            Self::MaxAge {
                max_age,
                age_ms,
                born_at,
            } => {
                let born = born_at.map_or_else(|| "unknown".to_owned(), ToString::to_string);
                format!(
                    "{name} keeps an entry that is {} old (inserted at {born}), but declares a `max_age` of {}: remove \
                     it in time, or raise the limit",
                    seconds(*age_ms),
                    seconds(u64::try_from(max_age.as_millis()).unwrap_or(u64::MAX)),
                )
            }
            Self::EmptyOnDrop { left } => format!(
                "{name} went with {left} entries in it, but declares `empty_on_drop`: remove them before the map goes"
            ),
        }
    }
}

/// The event of a breach that does not panic.
pub(crate) fn warn(site: &Site, message: &str) {
    tracing::warn!(target: "mapkeeper::breach", site = site.name(), "{message}");
}

impl Recorder {
    /// Something declared did not hold.
    #[cold]
    #[inline(never)]
    pub(crate) fn breach<K, V, T: Keeper<K, V>>(&mut self, kind: BreachKind, at: Caller) {
        let Some(site) = T::site() else { return };
        let state = site.record.state();
        state.breaches.add(1);
        let message = kind.sentence(site, at.location());
        if detail::RAISES {
            self.watch.set_breach(message);
        } else if state.may_warn() {
            warn(site, &message);
        }
    }

    /// Panics with the breach the operation that just ended left behind (strict), at the caller's line.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn raise<K, V, T: Keeper<K, V>>(&mut self) {
        if detail::RAISES && T::TRACKED && T::CONTRACT.can_be_breached() {
            self.watch.raise(T::site());
        }
    }

    /// The map is gone: panics with the breach its end left behind (strict), unless a panic is unwinding already.
    pub(crate) fn finish<K, V, T: Keeper<K, V>>(&mut self) {
        if detail::RAISES && T::TRACKED {
            self.watch.raise(T::site());
        }
    }
}
