//! "I deleted it and it is still there": who brought a key back, read off the flight recorder.
//!
//! ```text
//! cargo run -p mapkeeper-examples --features strict --bin flight_recorder -- sessions.trace.json
//! ```
//!
//! prints the key's history and the report's remark on the line that brought it back, and writes a trace that
//! `chrome://tracing` and <https://ui.perfetto.dev> open. Without `strict` nothing is recorded, and the history says so.
#![forbid(unsafe_code)]

use std::{
    collections::HashMap,
    env, fs, io,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

#[mapkeeper::tracked]
#[derive(Default)]
struct Sessions {
    #[map(show_keys)]
    by_user: HashMap<&'static str, u32>,
}

/// Locks for one operation: that each of them is safe does not make two of them one.
fn with(sessions: &Mutex<Sessions>, then: impl FnOnce(&mut Sessions)) {
    then(&mut sessions.lock().unwrap_or_else(PoisonError::into_inner));
}

fn log_in(sessions: &Mutex<Sessions>, user: &'static str) {
    with(sessions, |it| {
        it.by_user.insert(user, 1);
    });
}

/// Reads, waits for the database, and writes back what it read.
fn heartbeat(sessions: &Mutex<Sessions>, user: &'static str) {
    let mut beats = None;
    with(sessions, |it| beats = it.by_user.get(user).copied());
    thread::sleep(Duration::from_millis(60));
    if let Some(beats) = beats {
        with(sessions, |it| {
            it.by_user.insert(user, beats + 1);
        });
    }
}

fn log_out(sessions: &Mutex<Sessions>, user: &str) {
    thread::sleep(Duration::from_millis(30));
    with(sessions, |it| {
        it.by_user.remove(user);
    });
}

fn main() -> io::Result<()> {
    let sessions = Mutex::new(Sessions::default());
    log_in(&sessions, "ada");
    thread::scope(|scope| {
        for (name, run) in [
            ("heartbeat", heartbeat as fn(&Mutex<Sessions>, &'static str)),
            ("log-out", |sessions, user| log_out(sessions, user)),
        ] {
            let sessions = &sessions;
            thread::Builder::new()
                .name(name.to_owned())
                .spawn_scoped(scope, move || run(sessions, "ada"))?;
        }
        io::Result::Ok(())
    })?;
    with(&sessions, |it| {
        println!("{}\n", it.by_user.history("ada"));
    });
    println!("{}", mapkeeper::report());
    if let Some(path) = env::args().nth(1) {
        fs::write(path, mapkeeper::flight_recorder().to_chrome_trace())?;
    }
    Ok(())
}
