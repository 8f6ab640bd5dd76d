//! Contracts that did not hold: the sentence that says so, and the event.

use std::{panic::Location, time::Duration};

use super::{
    super::{Caller, detail},
    Example, Recorder,
    probes::probe_breach,
};
use crate::{Keeper, Site, clock::now_ms, report::seconds};

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
        /// The entry, if that is known.
        example: Option<Example>,
    },
    EmptyOnDrop {
        left: usize,
    },
}

impl BreachKind {
    /// The key of `#[map(…)]` that declares it.
    fn clause(&self) -> &'static str {
        match self {
            Self::Residue | Self::DeadValue => "residue",
            Self::MaxLen { .. } => "max_len",
            Self::MaxAge { .. } => "max_age",
            Self::EmptyOnDrop { .. } => "empty_on_drop",
        }
    }

    /// The entry that it is about, if one is known.
    fn example(&self) -> Option<Example> {
        match self {
            Self::MaxAge { example, .. } => *example,
            _ => None,
        }
    }

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
                ..
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

/// A contract that did not hold, as it is told.
pub(crate) struct ToldBreach {
    /// The key of `#[map(…)]` that declares it.
    pub(crate) clause: &'static str,
    /// The line of the program that was there; `None` if nobody called, or it was found on request.
    pub(crate) call_site: Option<&'static Location<'static>>,
    pub(crate) sentence: String,
    /// The entry that it is about, if one is known.
    pub(crate) example: Option<Example>,
}

impl ToldBreach {
    /// The event of a breach that does not panic.
    #[cold]
    pub(crate) fn warn(&self, site: &Site) {
        let trace = self.example.and_then(|example| example.told(now_ms()));
        tracing::warn!(
            target: "mapkeeper::breach",
            site = site.name(),
            clause = self.clause,
            call_site = self.call_site.map(tracing::field::display),
            trace_id = trace.as_ref().map(|trace| trace.trace_id.as_str()),
            span_id = trace.as_ref().map(|trace| trace.span_id.as_str()),
            "{}",
            self.sentence
        );
        #[cfg(feature = "opentelemetry")]
        self.tell(site, trace);
    }
}

#[cfg(feature = "opentelemetry")]
impl ToldBreach {
    /// The same as a log record, in the trace of the entry that it is about, or of the operation.
    fn tell(&self, site: &Site, trace: Option<crate::InsertionTrace>) {
        crate::opentelemetry::events::Event::new(
            ["mapkeeper.breach", "mapkeeper::breach"],
            [site.module_path(), site.name()],
            &self.sentence,
        )
        .with("mapkeeper.clause", self.clause)
        .at(self.call_site.map(ToString::to_string).as_deref())
        .about(trace.into_iter().collect())
        .tell();
    }
}

impl Recorder {
    /// Something declared did not hold.
    #[cold]
    #[inline(never)]
    pub(crate) fn breach<K, V, T: Keeper<K, V>>(&mut self, kind: BreachKind, at: Caller) {
        let Some(site) = T::site() else { return };
        let state = site.record.state();
        state.breaches.add(1);
        // A map's end has no caller: drop glue runs it.
        let call_site = match kind {
            BreachKind::EmptyOnDrop { .. } => None,
            _ => at.location(),
        };
        let breach = ToldBreach {
            clause: kind.clause(),
            call_site,
            sentence: kind.sentence(site, call_site),
            example: kind.example(),
        };
        probe_breach(site, &breach);
        if detail::RAISES {
            self.watch.set_breach(breach);
        } else if state.may_warn() {
            breach.warn(site);
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
