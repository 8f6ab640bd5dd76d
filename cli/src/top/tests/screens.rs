//! Every view as it was last looked at. `MAPKEEPER_SCREENS=overwrite cargo test -p cargo-mapkeeper` writes what is drawn
//! now; look at it.

use std::{
    env, fs,
    path::Path,
    time::{Duration, Instant},
};

use ratatui::crossterm::event::{KeyCode, KeyEvent};

use super::served::{Served, app, drawn, seen, wanted};
use crate::top::{app::App, client::Fault, once, sort::Sort};

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

#[track_caller]
fn is_as_recorded(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/top/tests/screens")
        .join(format!("{name}.txt"));
    if env::var("MAPKEEPER_SCREENS").as_deref() == Ok("overwrite") {
        fs::write(&path, text).unwrap();
    }
    let was = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        was == text,
        "{name} was\n{was}\nand is\n{text}\n(MAPKEEPER_SCREENS=overwrite records it anew)"
    );
}

/// Presses keys, and asks for what is wanted then.
fn after(served: &Served, keys: &[KeyCode]) -> App {
    let mut app = app(served);
    for key in keys {
        app.key(KeyEvent::from(*key));
        let news = seen(served, &app.wanted);
        app.news(Ok(Box::new(news)), Instant::now());
    }
    app
}

#[track_caller]
fn at_all_sizes(name: &str, mut app: App, now: Instant) {
    for (width, height) in SIZES {
        let text = drawn(&mut app, (width, height), now);
        is_as_recorded(&format!("{name}-{width}x{height}"), &text);
    }
}

#[test]
fn suspects_come_first_and_maps_below_them() {
    let served = Served::recorded(|_| {});
    at_all_sizes("all", after(&served, &[]), Instant::now());
}

#[test]
fn a_suspect_has_its_evidence_and_advice() {
    let served = Served::recorded(|_| {});
    let app = after(&served, &[KeyCode::Enter]);
    at_all_sizes("suspect", app, Instant::now());
}

#[test]
fn a_map_has_its_lines_causes_and_lifetimes() {
    let served = Served::recorded(|_| {});
    let app = after(&served, &[KeyCode::Tab, KeyCode::Enter]);
    at_all_sizes("map", app, Instant::now());
    // What does not fit is scrolled to.
    let mut app = after(&served, &[KeyCode::Tab, KeyCode::Enter]);
    drawn(&mut app, (80, 24), Instant::now());
    app.key(KeyEvent::from(KeyCode::End));
    let text = drawn(&mut app, (80, 24), Instant::now());
    is_as_recorded("map-end-80x24", &text);
}

#[test]
fn help_tells_of_all_keys() {
    let served = Served::recorded(|_| {});
    let app = after(&served, &[KeyCode::Char('?')]);
    at_all_sizes("help", app, Instant::now());
}

#[test]
fn a_lost_connection_and_a_restart_are_told() {
    let served = Served::recorded(|_| {});
    let mut app = after(&served, &[]);
    let now = Instant::now();
    app.news(Err(Fault::new("nobody listens")), now);
    app.news(
        Err(Fault::new("nobody listens")),
        now + Duration::from_secs(3),
    );
    let text = drawn(&mut app, (80, 24), now + Duration::from_secs(5));
    is_as_recorded("lost-80x24", &text);
    let mut news = seen(&served, &wanted());
    news.summary.process = "another".to_owned();
    app.news(Ok(Box::new(news)), now);
    let text = drawn(&mut app, (80, 24), now + Duration::from_secs(5));
    is_as_recorded("restarted-80x24", &text);
    let later = drawn(&mut app, (80, 24), now + Duration::from_secs(60));
    assert!(!later.contains("restarted"), "{later}");
}

#[test]
fn a_terminal_that_is_too_small_is_told_so_and_none_is_too_small_for_that() {
    let served = Served::recorded(|_| {});
    let mut app = after(&served, &[]);
    is_as_recorded("small-40x10", &drawn(&mut app, (40, 10), Instant::now()));
    for width in (1..=64).step_by(7).chain([63, 65, 80, 101, 130]) {
        for height in [1, 2, 5, 15, 16, 17, 50] {
            let text = drawn(&mut app, (width, height), Instant::now());
            let fits = width >= 64 && height >= 16;
            let says = text.split_whitespace().collect::<String>();
            if fits {
                assert!(
                    says.contains("OrderService.orders"),
                    "{width}x{height}\n{text}"
                );
            } else if width >= 24 && height >= 8 {
                assert!(
                    says.contains("Pleasemakeitlarger"),
                    "{width}x{height}\n{text}"
                );
            }
        }
    }
}

#[test]
fn every_view_can_be_drawn_at_any_size() {
    let served = Served::recorded(|_| {});
    for keys in [
        &[KeyCode::Enter][..],
        &[KeyCode::Tab, KeyCode::Enter],
        &[KeyCode::Char('?')],
        &[KeyCode::Char('/'), KeyCode::Char('x')],
    ] {
        let mut app = after(&served, keys);
        for width in [64, 65, 79, 99, 100, 110, 200, 400] {
            for height in [16, 17, 100] {
                drawn(&mut app, (width, height), Instant::now());
            }
        }
    }
}

#[test]
fn once_is_a_frame_of_text() {
    let served = Served::recorded(|_| {});
    let mut wanted = wanted();
    let text = once::text("http://127.0.0.1:8080", &seen(&served, &wanted), &wanted);
    is_as_recorded("once", &text);
    assert!(text.lines().all(|line| line.trim_end() == line));
    wanted.sort = Sort::Name;
    wanted.ascending = true;
    let text = once::text("http://127.0.0.1:8080", &seen(&served, &wanted), &wanted);
    let place = |name: &str| text.rfind(name).unwrap();
    assert!(place("OrderService.deliveries") < place("OrderService.orders"));
}
