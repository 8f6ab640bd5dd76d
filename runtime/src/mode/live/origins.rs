//! What a line's entries were inserted in: `tracing` spans, and the functions that called it.
//!
//! Asked only where an entry is looked at anyway: a sample in observe, an entry whose time is written down in strict.
//! Spans are counted by name, a few names for each line; backtraces are taken a few times for each line, and never more
//! often than once a second after the first ones; the text kept of a site is bounded. Nothing of ours is locked while a
//! subscriber is asked or a stack walked.

mod frames;

use std::{backtrace::Backtrace, collections::BTreeMap};

use once_cell::race::OnceBox;

use super::{CallSites, LINES, LineId};
use crate::{
    mode::{BACKTRACES, NOTES_ORIGINS, SPANS},
    report::{CallSiteReport, SpanShare, UNKNOWN},
    threads::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

/// Names kept for each line.
const MAX_SPANS: usize = 8;
/// What births count under whose span's name found no place.
const OTHER_SPANS: &str = "(others)";
/// What births count under that happened outside of any span.
const NO_SPAN: &str = "(no span)";

/// Different backtraces kept for each line.
const MAX_BACKTRACES: usize = 4;
/// Backtraces taken for each line, the same ones included.
const MAX_CAPTURES: u32 = 16;
/// The first of them are taken as they come, the others not more often than this.
const CAPTURE_EVERY_MS: u64 = 1_000;
/// Bytes of backtraces kept of all lines of a site.
const MAX_TEXT: usize = 16 * 1024;

/// One line's.
#[derive(Default)]
struct Origin {
    /// Births by the name of their span.
    spans: Vec<(&'static str, u64)>,
    /// Births in spans of other names.
    other_spans: u64,
    /// Births outside of any span, where a subscriber knows.
    outside: u64,
    backtraces: Vec<String>,
    /// Different ones that the site had no room for.
    backtraces_dropped: u64,
    captures: u32,
    captured_ms: u64,
}

impl Origin {
    fn count(&mut self, span: Option<&'static str>, births: u64) {
        let count = match span {
            None => &mut self.outside,
            Some(name) => match self.spans.iter().position(|(known, _)| *known == name) {
                Some(place) => &mut self.spans[place].1,
                None if self.spans.len() < MAX_SPANS => {
                    self.spans.push((name, 0));
                    let place = self.spans.len() - 1;
                    &mut self.spans[place].1
                }
                None => &mut self.other_spans,
            },
        };
        *count = count.saturating_add(births);
    }

    /// Whether a backtrace is to be taken now; then it counts as taken.
    fn captures(&mut self, now_ms: u64) -> bool {
        let rests = self.captures >= MAX_BACKTRACES as u32
            && now_ms >= self.captured_ms
            && now_ms - self.captured_ms < CAPTURE_EVERY_MS;
        if rests || self.captures >= MAX_CAPTURES || self.backtraces.len() >= MAX_BACKTRACES {
            return false;
        }
        self.captures += 1;
        self.captured_ms = now_ms;
        true
    }

    fn lacks(&self, backtrace: &str) -> bool {
        let is_new =
            !backtrace.is_empty() && self.backtraces.iter().all(|known| known != backtrace);
        is_new && self.backtraces.len() < MAX_BACKTRACES
    }

    fn add(&mut self, other: &Self) {
        for (name, births) in &other.spans {
            self.count(Some(name), *births);
        }
        self.other_spans = self.other_spans.saturating_add(other.other_spans);
        self.outside = self.outside.saturating_add(other.outside);
        self.backtraces_dropped += other.backtraces_dropped;
        for backtrace in &other.backtraces {
            if self.lacks(backtrace) {
                self.backtraces.push(backtrace.clone());
            }
        }
    }
}

/// The name of the span this thread is in: `None` if nobody keeps track of spans, `Some(None)` outside of any.
fn current_span() -> Option<Option<&'static str>> {
    tracing::dispatcher::get_default(|subscriber| {
        let current = subscriber.current_span();
        current
            .is_known()
            .then(|| current.metadata().map(|span| span.name()))
    })
}

/// See the [module](self).
#[derive(Default)]
pub(crate) struct Origins {
    /// Made when the first one is noted; one account for each line.
    lines: OnceBox<[OnceBox<Mutex<Origin>>; LINES]>,
    /// Bytes of all backtraces.
    text: AtomicUsize,
}

impl Origins {
    /// A line's entry came that stands for so many.
    pub(crate) fn note(&self, call_sites: &CallSites, line: LineId, births: u64, now_ms: u64) {
        if !NOTES_ORIGINS {
            return;
        }
        let span = if SPANS { current_span() } else { None };
        if span.is_none() && !BACKTRACES {
            return;
        }
        let captures = {
            let mut origin = self.line(line);
            if let Some(span) = span {
                origin.count(span, births);
            }
            BACKTRACES && origin.captures(now_ms)
        };
        if captures {
            let call_site = call_sites.location(line.into());
            let backtrace = Backtrace::force_capture().to_string();
            self.keep(line, frames::of_the_program(&backtrace, call_site));
        }
    }

    fn keep(&self, line: LineId, mut backtrace: String) {
        backtrace.shrink_to_fit();
        let mut origin = self.line(line);
        if !origin.lacks(&backtrace) {
            return;
        }
        let bytes = backtrace.len();
        if self.text.fetch_add(bytes, Relaxed) + bytes <= MAX_TEXT {
            origin.backtraces.push(backtrace);
        } else {
            self.text.fetch_sub(bytes, Relaxed);
            origin.backtraces_dropped += 1;
        }
    }

    fn line(&self, line: LineId) -> MutexGuard<'_, Origin> {
        let lines = self
            .lines
            .get_or_init(|| Box::new([const { OnceBox::new() }; LINES]));
        let origin = lines[usize::from(line) % LINES].get_or_init(Box::default);
        lock(origin)
    }

    /// What is known of each line, by the text of its place.
    pub(super) fn read(&self, call_sites: &CallSites) -> KnownOrigins {
        let mut known = KnownOrigins::default();
        for (id, origin) in self.lines.get().into_iter().flatten().enumerate() {
            if let Some(origin) = origin.get() {
                let place = call_sites
                    .location(id)
                    .map_or_else(|| UNKNOWN.to_owned(), ToString::to_string);
                known.0.entry(place).or_default().add(&lock(origin));
            }
        }
        known
    }
}

fn lock(origin: &Mutex<Origin>) -> MutexGuard<'_, Origin> {
    origin.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The origins of one site's entries, for a report.
#[derive(Default)]
pub(super) struct KnownOrigins(BTreeMap<String, Origin>);

impl KnownOrigins {
    /// Adds what is known to the row of a line; `scaled` makes entries of what was noted.
    pub(super) fn add_to(&self, row: &mut CallSiteReport, scaled: impl Fn(u64) -> u64) {
        let Some(origin) = self.0.get(&row.call_site) else {
            return;
        };
        let aside = [(NO_SPAN, origin.outside), (OTHER_SPANS, origin.other_spans)];
        row.spans = origin
            .spans
            .iter()
            .copied()
            .chain(aside)
            .filter(|(_, births)| *births > 0)
            .map(|(name, births)| SpanShare {
                name: name.to_owned(),
                births: scaled(births),
            })
            .collect();
        row.spans
            .sort_by(|a, b| (b.births, &a.name).cmp(&(a.births, &b.name)));
        row.backtraces.clone_from(&origin.backtraces);
        row.backtraces_dropped = origin.backtraces_dropped;
    }
}
