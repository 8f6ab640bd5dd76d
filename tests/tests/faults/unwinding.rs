//! Hooks that panic while another panic unwinds.

use std::collections::HashMap;

use mapkeeper::RemovalCause;
use mapkeeper_tests::{
    events::{capture, under},
    panics::caught,
};

use crate::bomb::{Key, Value, light, tell, told, unlit};

#[mapkeeper::tracked]
#[derive(Default)]
struct Unwinding {
    #[map(on_remove = tell)]
    map: HashMap<Key, Value>,
}

#[test]
fn a_hook_that_panics_during_an_unwind_becomes_an_event() {
    told();
    let mut maps = Unwinding::default();
    for key in 0..5 {
        maps.map.insert(Key(key), Value::new());
    }
    let (panic, events) = capture(|| {
        caught(move || {
            let _maps = maps;
            light(Some(2));
            panic!("the first panic");
        })
    });
    light(None);
    assert_eq!(panic.unwrap_err().message, "the first panic");
    let events = under(&events, "mapkeeper::hook");
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0].level, tracing::Level::ERROR);
    assert_eq!(events[0].field("site"), "Unwinding.map");
    assert!(
        events[0]
            .field("message")
            .contains("the fuse went off in the hook"),
        "{events:?}"
    );
    let told = told();
    assert_eq!(told.len(), 5);
    assert!(
        told.values()
            .all(|causes| causes == &[RemovalCause::MapDropped]),
        "{told:?}"
    );
}

#[mapkeeper::tracked]
#[derive(Default)]
struct Batch {
    #[map(on_remove = tell)]
    map: HashMap<Key, Value>,
}

/// The iterator of `remove_many` panics once entries are out; then the hook of the first of them panics too.
#[test]
fn entries_taken_by_a_batch_that_fails_have_their_hooks_run() {
    told();
    let mut maps = Batch::default();
    for key in 0..5 {
        maps.map.insert(Key(key), Value::new());
    }
    let keys = [Key(0), Key(1), Key(2)];
    let (panic, events) = capture(|| {
        caught(|| {
            let keys = keys.iter().enumerate().map(|(n, key)| {
                if n == 2 {
                    light(Some(0));
                    panic!("no more keys");
                }
                key
            });
            drop(maps.map.remove_many(keys));
        })
    });
    light(None);
    assert_eq!(panic.unwrap_err().message, "no more keys");
    assert_eq!(under(&events, "mapkeeper::hook").len(), 1, "{events:?}");
    assert_eq!(maps.map.len(), 3);
    assert_eq!(
        told().into_values().collect::<Vec<_>>(),
        vec![vec![RemovalCause::Removed]; 2]
    );
    unlit(|| drop(maps));
}
