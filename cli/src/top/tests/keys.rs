//! What keys do, on what was recorded.

use std::time::Instant;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::served::{Served, app, drawn, seen};
use crate::top::{
    app::{App, Pick, Screen, Then},
    client::Fault,
    data::Row,
    sort::Sort,
};

fn press(app: &mut App, keys: &str) -> Then {
    let keys = keys.chars().map(KeyCode::Char).map(KeyEvent::from);
    keys.map(|key| app.key(key)).last().unwrap_or(Then::Nothing)
}

fn hit(app: &mut App, key: KeyCode) -> Then {
    app.key(KeyEvent::from(key))
}

/// A view of that many maps: the n-th one has n entries, and each third one a suspect.
fn with_maps(n: u64) -> App {
    let served = Served::recorded(|_| {});
    let mut app = app(&served);
    let model = app.seen.rows.items[0].clone();
    app.seen.rows.items = (0..n)
        .map(|n| Row {
            id: format!("id{n}"),
            site: format!("Site{n:03}.map"),
            entries: n,
            suspects: u64::from(n % 3 == 0),
            growth_per_hour: (n % 2 == 0).then_some(1000.0 - n as f64),
            ..model.clone()
        })
        .collect();
    app.seen.rows.total = n as usize;
    app
}

fn picked(app: &App) -> String {
    match app.pick.clone() {
        Some(Pick::Suspect(fingerprint)) => fingerprint,
        Some(Pick::Map(id)) => id,
        None => String::new(),
    }
}

#[test]
fn q_and_control_c_end_it_from_anywhere() {
    let served = Served::recorded(|_| {});
    for keys in [&[][..], &[KeyCode::Enter], &[KeyCode::Char('?')]] {
        let mut app = app(&served);
        for key in keys {
            hit(&mut app, *key);
        }
        let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(app.key(interrupt), Then::Interrupt);
        assert_eq!(press(&mut app, "q"), Then::Quit);
    }
    // A key that is let go of was pressed before.
    let mut app = app(&served);
    let mut release = KeyEvent::from(KeyCode::Char('q'));
    release.kind = KeyEventKind::Release;
    assert_eq!(app.key(release), Then::Nothing);
}

#[test]
fn one_moves_through_suspects_and_maps_and_not_beyond() {
    let mut app = with_maps(50);
    app.room = 10;
    let suspect = app.seen.suspects.items[0].fingerprint.clone();
    assert_eq!(picked(&app), suspect, "the first suspect at first");
    press(&mut app, "kkk");
    assert_eq!(picked(&app), suspect);
    press(&mut app, "j");
    assert_eq!(picked(&app), "id0");
    hit(&mut app, KeyCode::PageDown);
    assert_eq!(picked(&app), "id10");
    press(&mut app, "G");
    hit(&mut app, KeyCode::Down);
    assert_eq!(picked(&app), "id49");
    assert!(drawn(&mut app, (80, 24), Instant::now()).contains("Site049.map"));
    hit(&mut app, KeyCode::Tab);
    assert_eq!(picked(&app), suspect);
    hit(&mut app, KeyCode::Tab);
    assert_eq!(picked(&app), "id0");
    press(&mut app, "g");
    assert_eq!(picked(&app), suspect);
}

#[test]
fn what_is_picked_stays_picked_when_it_moves() {
    let mut app = with_maps(50);
    for _ in 0..8 {
        hit(&mut app, KeyCode::Down);
    }
    assert_eq!(picked(&app), "id7");
    let mut news = app.seen.clone();
    news.rows.items.reverse();
    app.news(Ok(Box::new(news.clone())), Instant::now());
    assert_eq!(picked(&app), "id7");
    // If it is gone, the one in its place is.
    news.rows.items.retain(|row| row.id != "id7");
    app.news(Ok(Box::new(news.clone())), Instant::now());
    assert_eq!(picked(&app), "id6");
    news.rows.items.clear();
    news.suspects.items.clear();
    app.news(Ok(Box::new(news)), Instant::now());
    assert_eq!(app.pick, None);
    assert_eq!(hit(&mut app, KeyCode::Enter), Then::Nothing);
    drawn(&mut app, (80, 24), Instant::now());
}

/// Against a sort by hand.
#[test]
fn s_sorts_by_each_column_in_turn_and_r_reverses() {
    let mut app = with_maps(20);
    let ids = |app: &App| -> Vec<u64> {
        let rows = app.seen.rows.items.iter();
        rows.map(|row| row.id[2..].parse().unwrap()).collect()
    };
    assert_eq!(press(&mut app, "s"), Then::Ask);
    assert_eq!(app.wanted.sort, Sort::Growth);
    // Even ones grow, the first one most; the others stand by name.
    let mut by_hand: Vec<u64> = (0..20).step_by(2).collect();
    by_hand.extend((1..20).step_by(2));
    assert_eq!(ids(&app), by_hand);
    press(&mut app, "s");
    assert_eq!(app.wanted.sort, Sort::Entries);
    assert_eq!(ids(&app), (0..20).rev().collect::<Vec<u64>>());
    press(&mut app, "r");
    assert_eq!(ids(&app), (0..20).collect::<Vec<u64>>());
    press(&mut app, "SS");
    assert_eq!(app.wanted.sort, Sort::Suspects);
    assert!(!app.wanted.ascending, "each column starts with its largest");
    let (mut suspects, mut others): (Vec<u64>, Vec<u64>) = (0..20).partition(|n| n % 3 == 0);
    let by_growth = |n: &u64| match n % 2 {
        0 => (0, *n),
        odd => (odd, 100 - n),
    };
    suspects.sort_by_key(by_growth);
    others.sort_by_key(by_growth);
    suspects.extend(others);
    assert_eq!(ids(&app), suspects);
    for sort in Sort::ALL {
        assert_eq!(app.wanted.sort, sort);
        press(&mut app, "s");
    }
    assert_eq!(app.wanted.sort, Sort::Suspects, "round and round");
}

#[test]
fn a_filter_is_typed_kept_and_cleared() {
    let served = Served::recorded(|_| {});
    let mut app = app(&served);
    assert_eq!(press(&mut app, "/"), Then::Nothing);
    // Letters are letters now.
    assert_eq!(press(&mut app, "delq"), Then::Ask);
    assert_eq!(hit(&mut app, KeyCode::Backspace), Then::Ask);
    assert_eq!(app.wanted.filter, "del");
    assert!(drawn(&mut app, (80, 24), Instant::now()).contains("filter: del▏"));
    assert_eq!(app.suspects().count(), 0, "a suspect of another map");
    hit(&mut app, KeyCode::Enter);
    assert_eq!(press(&mut app, "q"), Then::Quit);
    assert_eq!(app.wanted.filter, "del");
    assert_eq!(hit(&mut app, KeyCode::Esc), Then::Ask);
    assert_eq!(app.wanted.filter, "");
    press(&mut app, "/orders");
    assert_eq!(app.suspects().count(), 1);
    hit(&mut app, KeyCode::Esc);
    assert!(!app.is_typing && app.wanted.filter.is_empty());
}

#[test]
fn a_suspect_leads_to_its_map_and_back() {
    let served = Served::recorded(|_| {});
    let mut app = app(&served);
    assert_eq!(hit(&mut app, KeyCode::Enter), Then::Ask);
    assert!(matches!(app.screen, Screen::Suspect(_)));
    let orders = app.wanted.site.clone().expect("its map is asked for");
    assert!(drawn(&mut app, (80, 24), Instant::now()).contains("What it rests on"));
    let news = seen(&served, &app.wanted);
    app.news(Ok(Box::new(news)), Instant::now());
    hit(&mut app, KeyCode::Enter);
    assert_eq!(app.screen, Screen::Site);
    assert_eq!(app.wanted.site, Some(orders));
    assert!(drawn(&mut app, (80, 24), Instant::now()).contains("Lines that inserted"));
    hit(&mut app, KeyCode::Esc);
    assert!(matches!(app.screen, Screen::Suspect(_)));
    assert_eq!(hit(&mut app, KeyCode::Esc), Then::Ask);
    assert_eq!((&app.screen, &app.wanted.site), (&Screen::All, &None));
}

#[test]
fn a_suspect_that_is_none_any_more_is_told_so() {
    let served = Served::recorded(|_| {});
    let mut app = app(&served);
    hit(&mut app, KeyCode::Enter);
    let mut news = seen(&served, &app.wanted);
    news.suspects.items.clear();
    app.news(Ok(Box::new(news)), Instant::now());
    let text = drawn(&mut app, (80, 24), Instant::now());
    assert!(text.contains("This is no suspect any more."), "{text}");
}

#[test]
fn while_paused_nothing_changes_but_what_is_opened() {
    let served = Served::recorded(|_| {});
    let mut app = app(&served);
    let entries = app.seen.summary.entries;
    press(&mut app, "p");
    let mut news = seen(&served, &app.wanted);
    news.summary.entries += 1;
    app.news(Ok(Box::new(news.clone())), Instant::now());
    assert_eq!(app.seen.summary.entries, entries);
    assert!(drawn(&mut app, (80, 24), Instant::now()).contains("paused"));
    hit(&mut app, KeyCode::Enter);
    let site = seen(&served, &app.wanted).site;
    app.news(
        Ok(Box::new(crate::top::data::Seen {
            site,
            ..news.clone()
        })),
        Instant::now(),
    );
    assert!(app.site().is_some());
    assert_eq!(press(&mut app, "p"), Then::Ask);
    app.news(Ok(Box::new(news)), Instant::now());
    assert_eq!(app.seen.summary.entries, entries + 1);
}

#[test]
fn a_lost_connection_keeps_what_was_seen() {
    let served = Served::recorded(|_| {});
    let mut app = app(&served);
    let start = Instant::now();
    app.news(Err(Fault::new("gone")), start);
    let text = drawn(&mut app, (80, 24), start);
    assert!(text.contains("gone") && text.contains("OrderService.orders"));
    let news = seen(&served, &app.wanted);
    app.news(Ok(Box::new(news)), start);
    let text = drawn(&mut app, (80, 24), start);
    assert!(text.contains("live") && !text.contains("gone"), "{text}");
    assert!(!app.was_restarted(start), "the same run answers again");
}
