//! Events of the code under test, as data.

use std::{cell::RefCell, collections::BTreeMap, fmt, sync::Once};

use tracing::{
    Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// One event whose target is mapkeeper's.
#[derive(Clone, Debug)]
pub struct Event {
    /// Such as `mapkeeper::audit`.
    pub target: String,
    /// Its level.
    pub level: Level,
    /// Its fields as text, `message` among them.
    pub fields: BTreeMap<String, String>,
}

impl Event {
    /// A field as text; empty if the event has none of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

thread_local! {
    static CAUGHT: RefCell<Option<Vec<Event>>> = const { RefCell::new(None) };
}

/// Runs `f` and collects what this thread says under mapkeeper's targets meanwhile.
///
/// One subscriber serves all threads: with one of its own for each, a place that first speaks on a thread without one
/// would be taken for switched off everywhere.
pub fn capture<R>(f: impl FnOnce() -> R) -> (R, Vec<Event>) {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| tracing::subscriber::set_global_default(Capture).unwrap());
    tracing::callsite::rebuild_interest_cache();
    CAUGHT.set(Some(Vec::new()));
    let out = f();
    (out, CAUGHT.take().unwrap_or_default())
}

/// The events under one target.
#[must_use]
pub fn under(events: &[Event], target: &str) -> Vec<Event> {
    events
        .iter()
        .filter(|event| event.target == target)
        .cloned()
        .collect()
}

struct Capture;

impl Subscriber for Capture {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("mapkeeper")
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let event = Event {
            target: event.metadata().target().to_owned(),
            level: *event.metadata().level(),
            fields: fields.0,
        };
        CAUGHT.with_borrow_mut(|caught| {
            if let Some(caught) = caught {
                caught.push(event);
            }
        });
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[derive(Default)]
struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}
