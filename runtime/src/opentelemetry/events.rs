//! Breaches, what is left in maps that go, and suspects, as log records with the trace that inserted.

use std::{collections::BTreeSet, fmt, sync::Arc, time::SystemTime};

use ::opentelemetry::{
    Context, InstrumentationScope, KeyValue, SpanId, TraceFlags, TraceId, Value,
    logs::{AnyValue, LogRecord, Logger, Severity},
    trace::{Link, Span, SpanContext, TraceState, Tracer},
};

use super::names;
use crate::{
    InsertionTrace, Report, Suspect,
    threads::{Mutex, PoisonError, RwLock, statics},
};

statics! {
    static INSTALLED: RwLock<Option<Arc<Events>>> = RwLock::new(None);
}

type Tell = dyn Fn(&Event<'_>) + Send + Sync;

/// Tells breaches, what is left in maps that go, and suspects through a logger of the program's; see the
/// [module](super#log-records).
pub struct Events {
    records: Box<Tell>,
    links: Option<Box<Tell>>,
    /// Fingerprints of suspects that were told and are still there.
    told: Mutex<BTreeSet<String>>,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

impl Events {
    /// Through this logger; see [`scope`](super::scope) for a name to make it with.
    ///
    /// Records are handed over on the thread on which they come up, maybe while a map of the program is written: its
    /// processor should not wait (the SDK's batch processor does not).
    pub fn new<L>(logger: L) -> Self
    where
        L: Logger + Send + Sync + 'static,
    {
        Self {
            records: Box::new(move |event| event.emit(&logger)),
            links: None,
            told: Mutex::default(),
        }
    }

    /// Also makes a span of each that knows traces of insertions, with a link to each of those.
    #[must_use]
    pub fn with_tracer<T>(mut self, tracer: T) -> Self
    where
        T: Tracer + Send + Sync + 'static,
    {
        self.links = Some(Box::new(move |event| event.link(&tracer)));
        self
    }

    /// From now on, in the place of what was installed before.
    pub fn install(self) {
        let mut installed = INSTALLED.write().unwrap_or_else(PoisonError::into_inner);
        *installed = Some(Arc::new(self));
    }

    fn tell(&self, event: &Event<'_>) {
        (self.records)(event);
        if let Some(links) = &self.links
            && !event.examples.is_empty()
        {
            links(event);
        }
    }

    /// Those that were not told yet; they are told now.
    fn news<'r>(&self, report: &'r Report) -> Vec<&'r Suspect> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::take(&mut *told);
        let suspects = report.suspects.iter();
        suspects
            .filter(|suspect| {
                told.insert(suspect.fingerprint.clone()) && !before.contains(&suspect.fingerprint)
            })
            .collect()
    }
}

/// Who is told, if anybody is.
pub(crate) fn installed() -> Option<Arc<Events>> {
    let installed = INSTALLED.read().unwrap_or_else(PoisonError::into_inner);
    installed.clone()
}

/// The scope that this crate's signals are made in: its name and version.
///
/// # Examples
/// ```
/// let meter = opentelemetry::global::meter_with_scope(mapkeeper::opentelemetry::scope());
/// # drop(meter);
/// ```
pub fn scope() -> InstrumentationScope {
    InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
        .with_version(env!("CARGO_PKG_VERSION"))
        .build()
}

/// What is told at once: of which map, in which words, with which figures.
pub(crate) struct Event<'a> {
    name: &'static str,
    target: &'static str,
    sentence: &'a str,
    attributes: Vec<KeyValue>,
    /// Traces of insertions that it is about.
    examples: Vec<InsertionTrace>,
}

impl<'a> Event<'a> {
    /// Has the name and target of the same event of `tracing`.
    pub(crate) fn new(
        [name, target]: [&'static str; 2],
        [module, site]: [&str; 2],
        sentence: &'a str,
    ) -> Self {
        Self {
            name,
            target,
            sentence,
            attributes: Vec::new(),
            examples: Vec::new(),
        }
        .with(names::MODULE, module.to_owned())
        .with(names::SITE, site.to_owned())
    }

    pub(crate) fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.attributes.push(KeyValue::new(key, value));
        self
    }

    /// A count.
    pub(crate) fn counting(self, key: &'static str, n: u64) -> Self {
        self.with(key, i64::try_from(n).unwrap_or(i64::MAX))
    }

    /// The line that it is about, `path/file.rs:line:column`.
    pub(crate) fn at(mut self, call_site: Option<&str>) -> Self {
        self.attributes
            .extend(call_site.into_iter().flat_map(names::place));
        self
    }

    /// Traces of insertions that it is about.
    pub(crate) fn about(mut self, examples: Vec<InsertionTrace>) -> Self {
        self.examples = examples;
        self
    }

    /// Tells it, if anybody wants to know.
    pub(crate) fn tell(&self) {
        if let Some(events) = installed() {
            events.tell(self);
        }
    }

    fn emit<L: Logger>(&self, logger: &L) {
        if !logger.event_enabled(Severity::Warn, self.target, Some(self.name)) {
            return;
        }
        let mut record = logger.create_log_record();
        let now = SystemTime::now();
        record.set_event_name(self.name);
        record.set_target(self.target);
        record.set_timestamp(now);
        record.set_observed_timestamp(now);
        record.set_severity_number(Severity::Warn);
        record.set_severity_text("WARN");
        record.set_body(AnyValue::from(self.sentence.to_owned()));
        for KeyValue { key, value, .. } in &self.attributes {
            record.add_attribute(key.clone(), any(value));
        }
        // Without one, the SDK takes the span that is active.
        if let Some(span) = self.examples.first().and_then(context) {
            let flags = span.trace_flags();
            record.set_trace_context(span.trace_id(), span.span_id(), Some(flags));
        }
        logger.emit(record);
    }

    fn link<T: Tracer>(&self, tracer: &T) {
        let links = self.examples.iter().filter_map(context);
        let links = links.map(|span| Link::new(span, Vec::new(), 0));
        let builder = tracer
            .span_builder(self.name)
            .with_attributes(self.attributes.clone())
            .with_links(links.collect());
        // No part of the trace that is active where it comes up.
        tracer.build_with_context(builder, &Context::new()).end();
    }
}

fn context(of: &InsertionTrace) -> Option<SpanContext> {
    let flags = if of.sampled {
        TraceFlags::SAMPLED
    } else {
        TraceFlags::default()
    };
    let trace = TraceId::from_hex(&of.trace_id).ok()?;
    let span = SpanId::from_hex(&of.span_id).ok()?;
    Some(SpanContext::new(trace, span, flags, true, TraceState::NONE))
}

fn any(value: &Value) -> AnyValue {
    match value {
        Value::Bool(yes) => AnyValue::Boolean(*yes),
        Value::I64(n) => AnyValue::Int(*n),
        Value::F64(x) => AnyValue::Double(*x),
        other => AnyValue::from(other.as_str().into_owned()),
    }
}

/// Tells the suspects of a report that were not told before, or that were gone since.
pub(crate) fn suspects(report: &Report) {
    let Some(events) = installed() else { return };
    // A reader collects with telemetry suppressed, lest exporters export what they do themselves; these are told once.
    let _not_suppressed = Context::new().attach();
    for suspect in events.news(report) {
        let mut event = Event::new(
            ["mapkeeper.suspect", "mapkeeper::suspect"],
            [&suspect.module, &suspect.site],
            &suspect.sentence,
        )
        .with(names::KIND, suspect.kind)
        .with(names::FINGERPRINT, suspect.fingerprint.clone())
        .counting("mapkeeper.suspect.entries", suspect.entries)
        .with("mapkeeper.suspect.share", suspect.share)
        .with("mapkeeper.suspect.growth", suspect.entries_per_hour)
        .with("mapkeeper.suspect.confidence", suspect.confidence)
        .with("mapkeeper.suspect.advice", suspect.advice.clone())
        .at(suspect.call_site.as_deref())
        .about(report.traces(suspect));
        if let Some(line) = &suspect.emptied_at {
            event = event.with("mapkeeper.suspect.emptied_at", line.clone());
        }
        event.tell();
    }
}
