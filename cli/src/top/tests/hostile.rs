//! Names, keys and sentences that would take over a terminal.

use std::time::Instant;

use ratatui::crossterm::event::{KeyCode, KeyEvent};
use serde_json::Value;

use super::served::{Served, app, drawn, seen, wanted};
use crate::top::once;

const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\r\n\t\u{202e}x\u{2066}\u{0}\u{7f}";

/// Every text in it ends in what is hostile, but for the ids and modes that the rest goes by.
fn spoil(json: &mut Value) {
    match json {
        Value::String(text) => text.push_str(HOSTILE),
        Value::Array(items) => items.iter_mut().for_each(spoil),
        Value::Object(fields) => {
            let kept = ["id", "mode", "kind", "fingerprint", "process"];
            let all = fields.iter_mut();
            all.filter(|(name, _)| !kept.contains(&name.as_str()))
                .for_each(|(_, value)| spoil(value));
        }
        _ => {}
    }
}

#[track_caller]
fn is_harmless(text: &str) {
    for c in text.chars() {
        let obeyed = c.is_control() && c != '\n' || ('\u{202a}'..='\u{2069}').contains(&c);
        assert!(!obeyed, "{c:?} in\n{text}");
    }
    assert!(
        text.contains('\u{fffd}'),
        "it is said that something was there"
    );
}

#[test]
fn nothing_of_it_reaches_the_terminal() {
    let served = Served::recorded(spoil);
    for keys in [
        &[][..],
        &[KeyCode::Enter],
        &[KeyCode::Tab, KeyCode::Enter],
        &[KeyCode::Tab, KeyCode::Down, KeyCode::Enter],
    ] {
        let mut app = app(&served);
        for key in keys {
            app.key(KeyEvent::from(*key));
            let news = seen(&served, &app.wanted);
            app.news(Ok(Box::new(news)), Instant::now());
        }
        for size in [(80, 24), (120, 200)] {
            is_harmless(&drawn(&mut app, size, Instant::now()));
        }
    }
    let wanted = wanted();
    is_harmless(&once::text(
        "http://127.0.0.1",
        &seen(&served, &wanted),
        &wanted,
    ));
}

#[test]
fn what_refuses_is_not_obeyed_either() {
    let served = Served::saying(|_, _| (500, serde_json::json!({ "error": HOSTILE }).to_string()));
    let fault = served.client().summary().unwrap_err().to_string();
    is_harmless(&fault);
    assert!(!fault.contains('\n'), "one sentence: {fault}");
}
