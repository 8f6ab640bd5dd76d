//! The feature `audit`: one event per removal, with its place, its cause and the line that removed.

use std::collections::HashMap;

use mapkeeper::TrackedMaps;
use mapkeeper_tests::{
    events::{Event, capture, under},
    sites::AUDIT,
};

#[mapkeeper::tracked]
#[derive(Default)]
struct Audited {
    #[map(show_keys)]
    shown: HashMap<&'static str, u32>,
    #[map]
    hidden: HashMap<&'static str, u32>,
}

/// One operation on a map of two entries, and the events it caused.
fn events_of(run: impl FnOnce(&mut Audited)) -> Vec<Event> {
    let mut s = Audited::default();
    s.shown.extend([("a", 1), ("b", 2)]);
    s.hidden.extend([("secret", 1)]);
    let ((), events) = capture(|| run(&mut s));
    under(&events, "mapkeeper::audit")
}

fn fields(events: &[Event]) -> Vec<(String, String, String)> {
    let mut fields: Vec<_> = events
        .iter()
        .map(|event| {
            assert_eq!(event.level, tracing::Level::INFO);
            let field = |name| event.field(name).to_owned();
            (field("site"), field("cause"), field("key"))
        })
        .collect();
    fields.sort_unstable();
    fields
}

#[test]
fn every_removal_is_one_event() {
    type Case = (&'static str, fn(&mut Audited), &'static [&'static str]);
    let cases: [Case; 15] = [
        ("removed", |s| drop(s.shown.remove("a")), &["a"]),
        ("removed", |s| drop(s.shown.remove_entry("a")), &["a"]),
        ("removed", |s| drop(s.shown.try_remove("a")), &["a"]),
        ("removed", |s| drop(s.shown.remove_many(["a", "x"])), &["a"]),
        ("removed", |s| drop(s.shown.remove("x")), &[]),
        ("replaced", |s| drop(s.shown.insert("a", 3)), &["a"]),
        ("replaced", |s| s.shown.extend([("a", 3), ("c", 4)]), &["a"]),
        ("cleared", |s| s.shown.clear(), &["a", "b"]),
        (
            "cleared",
            |s| s.shown.clone_from(&mapkeeper::HashMap::default()),
            &["a", "b"],
        ),
        ("drained", |s| drop(s.shown.drain()), &["a", "b"]),
        ("filtered", |s| s.shown.retain(|key, _| *key == "b"), &["a"]),
        (
            "filtered",
            |s| s.shown.extract_if(|key, _| *key == "b").for_each(drop),
            &["b"],
        ),
        (
            "taken",
            |s| drop(std::mem::take(&mut s.shown).into_iter()),
            &["a", "b"],
        ),
        (
            "map_dropped",
            |s| drop(std::mem::take(&mut s.shown)),
            &["a", "b"],
        ),
        (
            "removed",
            |s| drop((s.shown.get_mut("b").is_some(), s.shown.iter().count())),
            &[],
        ),
    ];
    for (cause, run, keys) in cases {
        let due: Vec<_> = keys
            .iter()
            .filter(|_| AUDIT)
            .map(|key| {
                (
                    "Audited.shown".to_owned(),
                    cause.to_owned(),
                    format!("{key:?}"),
                )
            })
            .collect();
        assert_eq!(fields(&events_of(run)), due, "{cause}");
    }
}

#[test]
fn reset_maps_is_audited_too() {
    let events = events_of(|s| drop(s.reset_maps()));
    assert_eq!(events.len(), if AUDIT { 3 } else { 0 });
    assert!(
        events.iter().all(|event| event.field("cause") == "cleared"),
        "{events:?}"
    );
}

#[test]
fn the_event_names_the_line_that_removed() {
    if !AUDIT {
        return;
    }
    let line = line!() + 1;
    let events = events_of(|s| drop(s.shown.remove("a")));
    let place = format!("{}:{line}:", file!());
    assert!(
        events[0].field("call_site").starts_with(&place),
        "{events:?}"
    );
    let line = line!() + 1;
    let events = events_of(|s| s.shown.retain(|_, _| false));
    let place = format!("{}:{line}:", file!());
    assert!(
        events
            .iter()
            .all(|event| event.field("call_site").starts_with(&place)),
        "{events:?}"
    );
    let events = events_of(|s| drop(std::mem::take(&mut s.shown)));
    assert!(
        events
            .iter()
            .all(|event| !event.field("call_site").contains(file!())),
        "{events:?}"
    );
}

#[test]
fn a_key_is_shown_only_where_that_was_asked_for() {
    if !AUDIT {
        return;
    }
    let events = events_of(|s| drop(s.hidden.remove("secret")));
    assert_eq!(
        fields(&events),
        [(
            "Audited.hidden".to_owned(),
            "removed".to_owned(),
            String::new()
        )]
    );
    assert!(!format!("{events:?}").contains("secret"));
}
